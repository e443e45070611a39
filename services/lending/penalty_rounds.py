"""What late instalments cost, booked day by day where an agreement says so. Called by the daily round only.

Each penalty is an entry of its own with the instalment and the day in its source key, so that a round that is repeated
books nothing twice. Days that no round has seen are made up for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, text

from services.db.engine import Tx
from services.db.models import Contact
from services.lending import debts, ledger
from services.lending.ledger import Source
from services.lending.penalties import Penalty
from services.money import Money, currency_digits
from services.tenants.actors import SYSTEM

BATCH = 50

_OF = """
    from debts debt
    join agreements agreement on agreement.tenant_id = debt.tenant_id and agreement.id = debt.agreement_id
    join agreement_versions version on version.tenant_id = agreement.tenant_id
        and version.agreement_id = agreement.id and version.version = agreement.version
"""
_LATE = """
    where debt.tenant_id = :tenant and debt.is_open and debt.side = 'lent' and debt.due_on < :today
        and agreement.status = 'active' and jsonb_typeof(version.terms -> 'penalty') = 'object'
"""
_PEOPLE = text(f"""
    select distinct debt.contact_id {_OF} {_LATE} and debt.contact_id > :after order by debt.contact_id limit :most
""")
# A penalty that was waived stays so: it counts as charged.
_INSTALLMENTS = text(f"""
    select debt.id, debt.contact_id, debt.agreement_id, debt.due_on, version.terms -> 'penalty' as penalty,
        debt.principal + debt.interest + fees.amount - settled.amount as overdue, charged.amount as charged,
        charged.days
    {_OF}
    cross join lateral (
        select coalesce(sum(amount), 0) as amount from ledger_entries entry
        where tenant_id = debt.tenant_id and debt_id = debt.id and kind = 'fee' and not exists (
            select from ledger_entries reversal
            where reversal.tenant_id = entry.tenant_id and reversal.reverses_id = entry.id
        )
    ) fees
    cross join lateral (
        select coalesce(sum(amount), 0) as amount from allocations
        where tenant_id = debt.tenant_id and debt_id = debt.id and component <> 'penalty'
    ) settled
    cross join lateral (
        select coalesce(sum(amount), 0) as amount, coalesce(array_agg(effective_on), '{{}}') as days
        from ledger_entries where tenant_id = debt.tenant_id and debt_id = debt.id and kind = 'penalty'
    ) charged
    {_LATE} and debt.contact_id = any(:contacts)
    order by debt.contact_id, debt.due_on, debt.id
""")


def charge(tx: Tx, currency: str, since: date, today: date, after: int = 0) -> int | None:
    """Books the penalties of the days after `since` until `today` for the next people, 50 at most, in order of id.

    Returns the last person seen, to go on `after`; None when nobody is left. The accounts are locked and replayed.
    """
    given = {"tenant": tx.tenant, "today": today}
    people = tx.scalars(_PEOPLE, {**given, "after": after, "most": BATCH}).all()
    if not people:
        return None
    contacts = {contact.id: contact for contact in _locked(tx, people)}
    rows = tx.execute(_INSTALLMENTS, {**given, "contacts": list(people)}).all()
    charged = {row.contact_id for row in rows if _charge(tx, row, currency, since, today)}
    for contact_id in sorted(charged):
        settled_by = Source(f"penalty:{contact_id}:{today}", SYSTEM)
        debts.settle(tx, settled_by, contacts[contact_id], "lent", currency)
    return int(people[-1])


def _locked(tx: Tx, contact_ids: Sequence[int]) -> Sequence[Contact]:
    """The accounts of several people, locked in order of id."""
    statement = (
        select(Contact)
        .where(Contact.tenant_id == tx.tenant, Contact.id.in_(contact_ids))
        .order_by(Contact.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return tx.scalars(statement).all()


def _charge(tx: Tx, row: Any, currency: str, since: date, today: date) -> bool:
    """Books what an instalment costs for each day that isn't booked yet; returns whether that is anything."""
    penalty, charged, before = Penalty.from_json(row.penalty), row.charged, row.charged
    for day in _days(max(since, row.due_on), today):
        late = (day - row.due_on).days
        amount = penalty.charge(row.overdue, late, charged, currency_digits(currency))
        if day in row.days or not amount:
            continue
        charged += amount
        ledger.post(
            tx, Source(f"penalty:{row.id}:{day}", SYSTEM), contact_id=row.contact_id, side="lent", kind="penalty",
            amount=Money(amount, currency), on=day, debt_id=row.id, agreement_id=row.agreement_id,
        )  # fmt: skip
    return bool(charged != before)


def _days(after: date, until: date) -> Iterator[date]:
    return (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
