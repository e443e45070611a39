"""A business in figures: where it stands today, and what a month of lending brought.

Called by the commands that show or print figures. Everything is worked out from entries that stand: one that was taken
back counts for nothing, nor does what took it back. A debt that an agreement replaces was lent once: `lent` is what was
disbursed less what took the place of older debts, which is why a month's equation needs no figure for it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from services.db.engine import Tx
from services.lending.figures import AgeBucket, DayFigures, MonthFigures, PersonFigures, Statistics
from services.lending.standing import STANDING, Item, items_now, items_on
from services.money import Money

EXPECTED_DAYS = 30
AGES = ((1, 30), (31, 60), (61, 90), (91, None))

_KINDS = """
    coalesce(sum(entry.amount) filter (where entry.kind in ('disbursement', 'replacement')), 0) as lent,
    coalesce(sum(entry.amount) filter (where entry.kind = 'interest'), 0) as interest,
    coalesce(sum(entry.amount) filter (where entry.kind in ('penalty', 'fee')), 0) as penalties,
    -coalesce(sum(entry.amount) filter (where entry.kind = 'payment'), 0) as collected,
    -coalesce(sum(entry.amount) filter (where entry.kind = 'write_off'), 0) as written_off
"""
# Accounts first: what is left of one isn't lessened by the credit of another.
_TOTALS = text(f"""
    with standing as ({STANDING}), account as (
        select entry.side, sum(entry.amount) as balance, {_KINDS}
        from standing entry group by entry.contact_id, entry.side
    )
    select side, sum(lent) as lent, sum(interest) as interest, sum(collected) as collected,
        sum(written_off) as written_off, sum(greatest(balance, 0)) as unpaid, -sum(least(balance, 0)) as credit
    from account group by side
""")
# The row without a date is everything before the month. A loan that only replaces others brings no new money.
_FLOWS = text(f"""
    with standing as ({STANDING}), replaced as (
        select agreement_id, sum(amount) as amount from standing where kind = 'replacement' group by agreement_id
    )
    select case when entry.effective_on >= :since then entry.effective_on end as day,
        sum(entry.amount) as balance, {_KINDS},
        count(*) filter (
            where entry.kind = 'disbursement' and entry.amount + coalesce(replaced.amount, 0) > 0
        ) as new_loans,
        count(*) filter (where entry.kind = 'payment') as payments
    from standing entry left join replaced on replaced.agreement_id = entry.agreement_id
    where entry.side = 'lent' group by 1
""")


def statistics(tx: Tx, currency: str, on: date) -> Statistics:
    """Where the business stands now; `on` is today in the tenant's zone. Two statements."""
    return _statistics(tx, currency, on, date.max, items_now(tx))


def month(tx: Tx, currency: str, year: int, month: int, today: date) -> MonthFigures:
    """A calendar month by the dates on which things happened; people and `at_end` as of its end, or of today if that
    comes first. Three statements for the running month, six for an earlier one.

    Due dates are those of today: an instalment whose date was moved since counts by its new date.
    """
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    past = last < today
    on = last if past else today
    items = items_on(tx, last) if past else items_now(tx)
    flows = {row.day: row for row in tx.execute(_FLOWS, {"tenant": tx.tenant, "since": first, "until": last})}
    opening = flows.pop(None).balance if None in flows else Decimal(0)

    def total(name: str) -> Money:
        return Money(sum((getattr(row, name) for row in flows.values()), Decimal(0)), currency)

    return MonthFigures(
        year=year, month=month, opening=Money(opening, currency), lent=total("lent"), interest=total("interest"),
        penalties=total("penalties"), collected=total("collected"), written_off=total("written_off"),
        closing=Money(opening, currency) + total("balance"),
        new_loans=sum(row.new_loans for row in flows.values()), payments=sum(row.payments for row in flows.values()),
        days=tuple(_day(first + timedelta(days=n), flows, currency) for n in range(last.day)),
        people=_people(items, on, currency),
        at_end=_statistics(tx, currency, on, last if past else date.max, items),
    )  # fmt: skip


def _day(on: date, flows: dict[Any, Any], currency: str) -> DayFigures:
    row, nothing = flows.get(on), Money(Decimal(0), currency)
    return (
        DayFigures(on, Money(row.lent, currency), Money(row.collected, currency))
        if row
        else DayFigures(on, nothing, nothing)
    )


def _statistics(tx: Tx, currency: str, on: date, until: date, items: Sequence[Item]) -> Statistics:
    """Totals of what happened until a day, and what `items`, open on the lent side, say about `on`."""
    sides = {row.side: row for row in tx.execute(_TOTALS, {"tenant": tx.tenant, "until": until})}

    def total(name: str, side: str = "lent") -> Money:
        return Money(getattr(sides[side], name) if side in sides else Decimal(0), currency)

    late = [item for item in items if item.due_on < on]
    coming = [item for item in items if on <= item.due_on <= on + timedelta(days=EXPECTED_DAYS)]
    credit = total("credit") - total("credit", "owed")
    return Statistics(
        on=on, lent=total("lent"), interest=total("interest"), collected=total("collected"),
        written_off=total("written_off"), outstanding=total("unpaid"), overdue=_sum(late, currency),
        aging=tuple(_bucket(first, last, late, on, currency) for first, last in AGES),
        expected=_sum(coming, currency), owed=total("unpaid", "owed"), credit=credit,
        net=total("unpaid") - total("unpaid", "owed") - credit,
        borrowers=len({item.contact_id for item in items}), late_borrowers=len({item.contact_id for item in late}),
        active_agreements=len({item.agreement for item in items} - {None}),
    )  # fmt: skip


def _bucket(first: int, last: int | None, late: Sequence[Item], on: date, currency: str) -> AgeBucket:
    found = [item for item in late if first <= (on - item.due_on).days <= (last or date.max.toordinal())]
    return AgeBucket(first, last, _sum(found, currency), len({item.contact_id for item in found}))


def _people(items: Sequence[Item], on: date, currency: str) -> tuple[PersonFigures, ...]:
    """Those with something open: the largest overdue amount first, then the largest debt."""
    theirs: dict[int, list[Item]] = {}
    for item in items:
        theirs.setdefault(item.contact_id, []).append(item)
    people = [_person(each, on, currency) for each in theirs.values()]
    return tuple(sorted(people, key=lambda each: (-each.overdue.amount, -each.outstanding.amount, each.name)))


def _person(items: Sequence[Item], on: date, currency: str) -> PersonFigures:
    late = [item for item in items if item.due_on < on]
    days = max(((on - item.due_on).days for item in late), default=0)
    return PersonFigures(items[0].name, _sum(items, currency), _sum(late, currency), days)


def _sum(items: Sequence[Item], currency: str) -> Money:
    return Money(sum((item.left for item in items), Decimal(0)), currency)
