"""How accounts are put into words: for the owner, and for the person on the other side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from handlers.context import Context
from services.clock import local_date
from services.db.models import Contact, LedgerEntry
from services.i18n import Joined, Renderable, Shown, Text, Weekday, _, _n, lines
from services.lending import debts, ledger
from services.lending.ledger import Account, OpenDebt, Side
from services.money import Money

SHOWN_PEOPLE = 30


def shown(person: Contact) -> str:
    """The name by which the owner knows somebody, else what they call themselves."""
    return person.name or person.push_name or "?"


def booked(side: Side, person: Contact, amount: Money, due: date, note: str | None, on: date | None) -> Renderable:
    """What was just booked."""
    params = {"name": shown(person), "amount": amount, "due": Weekday(due), "details": _details(note, on)}
    if side == "lent":
        return _("Noted: {name} borrowed {amount}, due {due}{details}.", **params)
    return _("Noted: you owe {name} {amount}, due {due}{details}.", **params)


def _details(note: str | None, on: date | None) -> Renderable:
    """A note and an earlier day, in brackets behind the rest; nothing where there is neither."""
    parts = [part for part in (note, _("on {day}", day=on) if on is not None else None) if part]
    return Joined((" (", Joined(tuple(parts), ", "), ")"), "") if parts else Shown("")


def booked_notice(
    context: Context, side: Side, person: Contact, amount: Money, due: date, account: Account
) -> Renderable:
    """What the other side hears of a booking."""
    params = {"business": context.tenant.name, "name": shown(person), "amount": amount, "due": Weekday(due)}
    text = (
        _("Hello {name}, {business} noted a loan to you of {amount}, due {due}.", **params)
        if side == "lent"
        else _("Hello {name}, {business} noted that it owes you {amount}, due {due}.", **params)
    )
    return lines(text, notice_standing(side, account), _("Ask any time: *balance*. Something wrong? Just write here."))


def paid(side: Side, person: Contact, amount: Money, on: date | None) -> Renderable:
    """The payment that was just booked."""
    params = {"name": shown(person), "amount": amount, "details": _details(None, on)}
    if side == "lent":
        return _("Noted: {name} paid {amount}{details}.", **params)
    return _("Noted: you paid {name} {amount}{details}.", **params)


def paid_notice(context: Context, side: Side, person: Contact, amount: Money, account: Account) -> Renderable:
    """What the other side hears of a payment."""
    params = {"business": context.tenant.name, "name": shown(person), "amount": amount}
    text = (
        _("Hello {name}, {business} received {amount} from you. Thank you!", **params)
        if side == "lent"
        else _("Hello {name}, {business} noted a payment of {amount} to you.", **params)
    )
    return lines(text, notice_standing(side, account))


def standing(side: Side, person: Contact, account: Account) -> Renderable:
    """Where an account stands, for the owner."""
    name = shown(person)
    if account.credit:
        return _("Nothing is open with {name}; {credit} is kept as credit.", name=name, credit=account.credit)
    if not account.debts:
        return _("Everything with {name} is paid off.", name=name)
    if side == "lent":
        return _("{name} now owes you {left}.", name=name, left=account.left)
    return _("You now owe {name} {left}.", name=name, left=account.left)


def notice_standing(side: Side, account: Account) -> Renderable:
    """Where an account stands, for the person on the other side."""
    if account.credit:
        return _("Nothing is open; {credit} is kept as your credit.", credit=account.credit)
    if not account.debts:
        return _("Everything is paid off.")
    first = account.debts[0]
    if side == "lent":
        return _("You owe {left} in all; next due: {due}.", left=account.left, due=Weekday(first.due_on))
    return _("You are owed {left} in all.", left=account.left)


def debt_line(debt: OpenDebt) -> Renderable:
    """One debt in a list."""
    return Joined(
        (_("{left}, due {due}", left=debt.left, due=Weekday(debt.due_on)), f"({debt.note})" if debt.note else None), " "
    )


def _late(debt: OpenDebt, today: date) -> Text | None:
    days = (today - debt.due_on).days
    if days > 0:
        return _n("{n} day late", "{n} days late", days)
    return _("due today") if days == 0 else None


def _detail(debt: OpenDebt, today: date) -> Renderable:
    late = _late(debt, today)
    mark = "⚠️" if debt.due_on < today else "•"
    return Joined((mark, debt_line(debt), Joined(("–", late), " ") if late else None), " ")


def overview(context: Context, only: str | None = None) -> Renderable:
    """Totals, then each person with what is open, overdue first."""
    found = [debt for debt in ledger.open_debts(context.tx) if only in (None, debt.side)]
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


def _nothing_open(only: str | None) -> Renderable:
    if only == "owed":
        return _("You owe nobody anything.")
    return _("Nothing is open. Book the first one: lend Budi 500k 14 days")


def _side(context: Context, found: Sequence[OpenDebt], title: Text) -> list[Renderable | str]:
    if not found:
        return []
    currency = context.tenant.currency
    late = [debt for debt in found if debt.due_on < context.today]
    parts: list[Renderable | str] = [_(title.message, total=debts.total(found, currency))]
    if late:
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
            parts += [_detail(debt, context.today) for debt in theirs]
    for amount in credit.values():
        parts.append(_("{name} has {credit} as credit.", name=name, credit=Money(amount, currency)))
    return lines(*parts) if parts else _("Nothing is open with {name}.", name=name)


_KINDS = {
    ("lent", "disbursement"): _("borrowed"),
    ("lent", "payment"): _("paid"),
    ("lent", "write_off"): _("written off"),
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


def reminder(context: Context, person: Contact, open_debts: Sequence[OpenDebt]) -> Renderable:
    """A friendly reminder of everything that a person owes."""
    total = debts.total(open_debts, context.tenant.currency)
    return lines(
        _("Hello {name}, a friendly reminder from {business}:", name=shown(person), business=context.tenant.name),
        *(_detail(debt, context.today) for debt in open_debts),
        _("Total: {total}", total=total) if len(open_debts) > 1 else None,
        _("Thank you! If you have paid already, just tell us here."),
    )


_UNDONE = {
    "lend": _("Taken back: the loan of {amount} to {name}."),
    "owe": _("Taken back: your debt of {amount} to {name}."),
    "paid": _("Taken back: the payment of {amount} with {name}."),
    "write_off": _("Taken back: {name}'s debt stands again."),
    "due": _("Taken back: {name}'s due date is {due} again."),
}


def undone(command: str, arguments: Mapping[str, object]) -> Renderable:
    """What `undo` took back."""
    text, due = _UNDONE[command], arguments.get("due")
    day = Weekday(due) if isinstance(due, date) else None
    return _(text.message, amount=arguments.get("amount"), name=arguments.get("name"), due=day)
