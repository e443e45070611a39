"""Lists of what is open and what happened: of everybody, of one person, and of a person's own account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from handlers.context import Context
from handlers.owner.accounts import shown
from services.clock import local_date
from services.db.models import Contact, LedgerEntry
from services.i18n import Joined, Renderable, Text, Weekday, _, _n, lines
from services.lending import debts, ledger
from services.lending.ledger import OpenDebt, Side
from services.money import Money

SHOWN_PEOPLE = 30


def debt_line(debt: OpenDebt) -> Renderable:
    """One debt in a list."""
    note: Renderable | str | None = f"({debt.note})" if debt.note else None
    if debt.number is not None:
        note = _("(instalment {number} of agreement {agreement})", number=str(debt.number),
                 agreement=str(debt.agreement))  # fmt: skip
    return Joined((_("{left}, due {due}", left=debt.left, due=Weekday(debt.due_on)), note), " ")


def listed(found: Sequence[OpenDebt], today: date) -> list[Renderable]:
    """What is open, a line each; of an agreement what is late or due next, and what is left of it after that."""
    parts: list[Renderable] = []
    later: dict[int, list[OpenDebt]] = {}
    shown_next: set[int] = set()
    for debt in found:
        if debt.agreement is None or debt.due_on <= today or debt.agreement not in shown_next:
            parts.append(_detail(debt, today))
            if debt.agreement is not None and debt.due_on > today:
                shown_next.add(debt.agreement)
        else:
            later.setdefault(debt.agreement, []).append(debt)
    return parts + [_later(agreement, rest) for agreement, rest in later.items()]


def _later(agreement: int, rest: Sequence[OpenDebt]) -> Renderable:
    total = debts.total(rest, rest[0].left.currency)
    text = _n(
        "then {n} more instalment of agreement {agreement}, {total}",
        "then {n} more instalments of agreement {agreement}, {total} in all, until {until}",
        len(rest), agreement=str(agreement), total=total, until=rest[-1].due_on,
    )  # fmt: skip
    return Joined(("•", text), " ")


def _late(debt: OpenDebt, today: date) -> Text | None:
    days = (today - debt.due_on).days
    if days > 0:
        return _n("{n} day late", "{n} days late", days)
    return _("due today") if days == 0 else None


def _detail(debt: OpenDebt, today: date) -> Renderable:
    late = _late(debt, today)
    mark = "⚠️" if debt.due_on < today else "•"
    return Joined((mark, debt_line(debt), Joined(("–", late), " ") if late else None), " ")


def overview(context: Context, only: str | None = None, *, only_late: bool = False) -> Renderable:
    """Totals, then each person with what is open, overdue first; of one side, or only what is late."""
    found = [debt for debt in ledger.open_debts(context.tx) if only in (None, debt.side)]
    if only_late:
        return _late_ones(context, found)
    credit = ledger.credits(context.tx) if only is None else {}
    if not found and not credit:
        return _nothing_open(only)
    titles: tuple[tuple[Side, Text], ...] = (("lent", _("*Owed to you*: {total}")), ("owed", _("*You owe*: {total}")))
    parts: list[Renderable | str] = []
    for side, title in titles:
        parts += _side(context, [debt for debt in found if debt.side == side], title)
    if credit:
        total = Money(sum(credit.values(), Decimal(0)), context.tenant.currency)
        parts.append(_("*Kept as credit*: {total}", total=total))
    return lines(*parts)


def _late_ones(context: Context, found: Sequence[OpenDebt]) -> Renderable:
    late = [debt for debt in found if debt.side == "lent" and debt.due_on < context.today]
    if not late:
        return _("Nobody is late.")
    return lines(*_side(context, late, _("*Late*: {total}"), mark_late=False))


def _nothing_open(only: str | None) -> Renderable:
    if only == "owed":
        return _("You owe nobody anything.")
    return _("Nothing is open. Book the first one: lend Budi 500k 14 days")


def _side(
    context: Context, found: Sequence[OpenDebt], title: Text, *, mark_late: bool = True
) -> list[Renderable | str]:
    if not found:
        return []
    currency = context.tenant.currency
    late = [debt for debt in found if debt.due_on < context.today]
    parts: list[Renderable | str] = [_(title.message, total=debts.total(found, currency))]
    if late and mark_late:
        parts.append(_("Overdue: {total}", total=debts.total(late, currency)))
    people: dict[int, list[OpenDebt]] = {}
    for debt in found:
        people.setdefault(debt.contact_id, []).append(debt)
    parts += [_person(theirs, context) for theirs in list(people.values())[:SHOWN_PEOPLE]]
    if len(people) > SHOWN_PEOPLE:
        parts.append(_("… and {n} more; ask for one by name: status NAME", n=len(people) - SHOWN_PEOPLE))
    return parts


def _person(theirs: Sequence[OpenDebt], context: Context) -> Renderable:
    total = debts.total(theirs, context.tenant.currency)
    first = theirs[0]
    overdue = debts.total([debt for debt in theirs if debt.due_on < context.today], total.currency)
    when = _late(first, context.today) or _("due {due}", due=Weekday(first.due_on))
    if overdue and overdue != total:
        when = _("{part} of it {when}", part=overdue, when=when)
    return Joined(
        (
            "⚠️" if first.due_on < context.today else "•",
            _("{name}: {total}, {when}", name=first.name, total=total, when=when),
        ),
        " ",
    )


def of_person(context: Context, person: Contact) -> Renderable:
    """What is open with one person, on both sides."""
    found = ledger.open_debts(context.tx, person.id)
    credit = ledger.credits(context.tx, person.id)
    name, currency = shown(person), context.tenant.currency
    parts: list[Renderable] = []
    for side, text in (("lent", _("*{name}* owes you {total}:")), ("owed", _("You owe *{name}* {total}:"))):
        theirs = [debt for debt in found if debt.side == side]
        if theirs:
            parts.append(_(text.message, name=name, total=debts.total(theirs, currency)))
            parts += listed(theirs, context.today)
    for amount in credit.values():
        parts.append(_("{name} has {credit} as credit.", name=name, credit=Money(amount, currency)))
    return lines(*parts) if parts else _("Nothing is open with {name}.", name=name)


_KINDS = {
    ("lent", "disbursement"): _("borrowed"),
    ("lent", "payment"): _("paid"),
    ("lent", "write_off"): _("written off"),
    ("lent", "interest"): _("interest"),
    ("lent", "fee"): _("fee"),
    ("lent", "penalty"): _("penalty"),
    ("lent", "replacement"): _("replaced by an agreement"),
    ("owed", "disbursement"): _("lent to you"),
    ("owed", "payment"): _("you paid"),
    ("owed", "write_off"): _("let go"),
}


def entries_of(context: Context, person: Contact) -> Renderable:
    """Every entry of one person with its date and the balance after it."""
    found = ledger.history(context.tx, person.id)
    if not found:
        return _("There are no entries for {name} yet.", name=shown(person))
    balances: dict[str, Decimal] = ledger.balances_before(context.tx, person.id, found[0].id)
    parts: list[Renderable | str] = [_("*{name}*, all entries:", name=shown(person))]
    kinds = {entry.id: entry.kind for entry in found}
    for entry in found:
        balances[entry.side] = balances.get(entry.side, Decimal(0)) + entry.amount
        parts.append(_entry(context, entry, kinds.get(entry.reverses_id or 0), balances[entry.side]))
    return lines(*parts)


def _entry(context: Context, entry: LedgerEntry, reversed_kind: str | None, balance: Decimal) -> Renderable:
    line = _(
        "{day} {kind} {amount} → {balance}",
        day=_day(context, entry),
        kind=_kind(entry, reversed_kind),
        amount=Money(abs(entry.amount), entry.currency),
        balance=Money(balance, entry.currency),
    )
    note = entry.note if entry.kind == "disbursement" and entry.note else None
    return Joined((line, f"({note})" if note else None), " ")


def _day(context: Context, entry: LedgerEntry) -> date:
    """The day of what happened; of a reversal, the day on which it was decided."""
    reversal = entry.kind == "reversal"
    return local_date(entry.recorded_at, context.tenant.timezone) if reversal else entry.effective_on


def _kind(entry: LedgerEntry, reversed_kind: str | None) -> Text:
    if entry.kind != "reversal":
        return _KINDS[entry.side, entry.kind]
    what = _KINDS.get((entry.side, reversed_kind or ""))
    return _("{what}, taken back:", what=what) if what is not None else _("taken back")
