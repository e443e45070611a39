"""The commands that book money: lend, owe, paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

from handlers.grammar.spec import Argument, Command, Kind, Words
from handlers.owner import accounts
from handlers.owner.call import Call
from handlers.owner.persons import find_person
from handlers.owner.telling import done, reach_of
from handlers.reply import YES_NO, Option, Question, Reply
from services.db.models import Contact
from services.errors import DomainError
from services.i18n import _, _c, lines
from services.lending import debts, ledger
from services.lending.ledger import OpenDebt, Side
from services.money import Money

LEND_DAYS, OWE_DAYS = 14, 30
AREA = _("Debts")


def lend(call: Call) -> Reply | Question:
    """Books money lent."""
    return _book(call, "lent", LEND_DAYS)


def owe(call: Call) -> Reply | Question:
    """Books money that the owner owes."""
    return _book(call, "owed", OWE_DAYS)


def _book(call: Call, side: Side, days: int) -> Reply | Question:
    context = call.context
    person = find_person(call, create=True)
    if isinstance(person, Question):
        return person
    on = call.day("on") or context.today
    due = call.day("due") or max(on + timedelta(days=days), context.today)
    call = call.given(due=due)
    amount, note = call.money("amount"), call.text("note")
    booked = debts.book(
        context.tx,
        context.source,
        contact_id=person.id,
        side=side,
        amount=amount,
        due_on=due,
        on=on,
        note=note,
        limit=context.limit("debts"),
    )
    told = reach_of(call, person)
    call.remember(person, told, entries=[booked.entry_id])
    text = lines(
        accounts.booked(side, person, amount, due, note, on if on != context.today else None),
        accounts.standing(side, person, booked.account),
    )
    notice = accounts.booked_notice(context, side, person, amount, due, booked.account)
    return done(call, person, told, text, notice, first=len(booked.account.debts) == 1)


def paid(call: Call) -> Reply | Question:
    """Books a payment on whichever side is open."""
    person = find_person(call)
    if isinstance(person, Question):
        return person
    found = ledger.open_debts(call.context.tx, person.id)
    side = _side(call, person, found)
    if isinstance(side, Question):
        return side
    amount = _amount(call, person, [debt for debt in found if debt.side == side])
    if isinstance(amount, Question):
        return amount
    on = call.day("on") or call.context.today
    doubt = _doubt(call, person, side, amount, on, bool(found))
    return doubt or _pay(call.given(amount=amount), person, side, amount, on)


def _side(call: Call, person: Contact, found: Sequence[OpenDebt]) -> Side | Question:
    """The side on which something is open; asked for when both are."""
    chosen = call.arguments.get("side")
    sides = {chosen} if chosen in ("lent", "owed") else {debt.side for debt in found}
    if len(sides) < 2:
        return cast(Side, sides.pop()) if sides else "lent"
    name = accounts.shown(person)
    return Question(
        "side",
        _("You and {name} owe each other. Who paid?", name=name),
        (Option(_("{name} paid me", name=name), "lent"), Option(_("I paid {name}", name=name), "owed")),
    )


def _amount(call: Call, person: Contact, found: Sequence[OpenDebt]) -> Money | Question:
    """The amount given, or everything that is open when it was said to be settled."""
    if "amount" in call.arguments:
        return call.money("amount")
    name, left = accounts.shown(person), debts.total(found, call.context.tenant.currency)
    if not left:
        raise DomainError("nothing_open", _("Nothing is open with {name}.", name=name))
    if call.arguments.get("all"):
        return left
    return Question("amount", _("How much did {name} pay? {left} is open.", name=name, left=left))


def _doubt(call: Call, person: Contact, side: Side, amount: Money, on: date, anything_open: bool) -> Question | None:
    """What is asked about before a payment is booked."""
    context, name = call.context, accounts.shown(person)
    if call.arguments.get("confirmed") is True:
        return None
    if not anything_open:
        text = _("Nothing is open with {name}. Shall I keep {amount} as credit?", name=name, amount=amount)
        return Question("confirmed", text, YES_NO)
    if debts.paid_on(context.tx, person.id, side, amount, on):
        text = _(
            "{amount} with {name} is already booked for that day. Was it paid once more?", name=name, amount=amount
        )
        return Question("confirmed", text, YES_NO)
    return None


def _pay(call: Call, person: Contact, side: Side, amount: Money, on: date) -> Reply:
    context = call.context
    booked = debts.pay(context.tx, context.source, contact_id=person.id, side=side, amount=amount, on=on)
    told = reach_of(call, person)
    call.remember(person, told, entries=[booked.entry_id])
    text = lines(
        accounts.paid(side, person, amount, on if on != context.today else None),
        accounts.standing(side, person, booked.account),
    )
    return done(call, person, told, text, accounts.paid_notice(context, side, person, amount, booked.account))


NAME = Argument("name", Kind.NAME, _("Who is it?"))
_AMOUNT = Argument("amount", Kind.MONEY, _("How much is it? (for example {example})"))
_DUE = Argument("due", Kind.DUE)
_ON = Argument("on", Kind.ON)
_NOTE = Argument("note", Kind.NOTE)

COMMANDS = (
    Command(
        name="lend",
        words=Words(_c("command", "lend | loan")),
        area=AREA,
        usage=_('NAME AMOUNT [PERIOD] ["NOTE"]'),
        help=_("books money that you lent, due in 14 days if you name no day"),
        run=lend,
        permission="book",
        arguments=(NAME, _AMOUNT, _DUE, _NOTE, _ON),
        examples=("lend Budi 500k 14 days", 'PINJAM Budi 500000 14hari "semen"'),
        booking=True,
    ),
    Command(
        name="owe",
        words=Words(_c("command", "owe | borrow")),
        area=AREA,
        usage=_("NAME AMOUNT [PERIOD]"),
        help=_("books money that you owe, due in 30 days if you name no day"),
        run=owe,
        permission="book",
        arguments=(NAME, _AMOUNT, _DUE, _NOTE, _ON),
        examples=("owe Toko Maju 1,000,000 3 months", "HUTANG Toko Maju 1jt sebulan"),
        booking=True,
    ),
    Command(
        name="paid",
        words=Words(_c("command", "paid")),
        area=AREA,
        usage=_("NAME AMOUNT"),
        help=_("books a payment, to what is due first; part of it or too much is fine"),
        run=paid,
        permission="book",
        arguments=(NAME, Argument("amount", Kind.MONEY), _ON),
        examples=("paid Budi 200k", "BAYAR Budi 200rb"),
        booking=True,
    ),
)
