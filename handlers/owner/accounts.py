"""How accounts are put into words: for the owner, and for the person on the other side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from handlers.context import Context
from services.db.models import Contact
from services.i18n import Joined, Renderable, Shown, Weekday, _, lines
from services.lending import payment_texts, reminder_texts
from services.lending.ledger import Account, OpenDebt, Side
from services.messaging.contacts import called
from services.money import Money

SHOWN_PEOPLE = 30
shown = called


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
    return lines(
        text,
        payment_texts.notice_standing(side, account),
        _("Ask any time: *balance*. Something wrong? Just write here."),
    )


def paid(side: Side, person: Contact, amount: Money, on: date | None) -> Renderable:
    """The payment that was just booked."""
    params = {"name": shown(person), "amount": amount, "details": _details(None, on)}
    if side == "lent":
        return _("Noted: {name} paid {amount}{details}.", **params)
    return _("Noted: you paid {name} {amount}{details}.", **params)


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


def reminder(context: Context, person: Contact, open_debts: Sequence[OpenDebt]) -> Renderable:
    """A reminder of what a person owes, in the words that the tenant has chosen."""
    template = str(context.preference("reminder_template"))
    found = reminder_texts.to_remind_of(open_debts, context.today)
    return reminder_texts.reminder(template, context.tenant.name, shown(person), found, context.today)


_UNDONE = {
    "lend": _("Taken back: the loan of {amount} to {name}."),
    "owe": _("Taken back: your debt of {amount} to {name}."),
    "paid": _("Taken back: the payment of {amount} with {name}."),
    "write_off": _("Taken back: {name}'s debt stands again."),
    "due": _("Taken back: {name}'s due date is {due} again."),
    "agreement": _("Taken back: the agreement with {name} over {amount}."),
}


def undone(command: str, arguments: Mapping[str, object]) -> Renderable:
    """What `undo` took back."""
    text, due = _UNDONE[command], arguments.get("due")
    day = Weekday(due) if isinstance(due, date) else None
    return _(text.message, amount=arguments.get("amount"), name=arguments.get("name"), due=day)
