"""The commands that book money lent and owed."""

from __future__ import annotations

from datetime import timedelta

from handlers.grammar.spec import Argument, Command, Kind, Words
from handlers.owner import accounts
from handlers.owner.call import Call
from handlers.owner.persons import find_person
from handlers.owner.telling import done, reach_of
from handlers.reply import Question, Reply
from services.i18n import _, _c, lines
from services.lending import debts
from services.lending.ledger import Side

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


NAME = Argument("name", Kind.NAME, _("Who is it?"))
_AMOUNT = Argument("amount", Kind.MONEY, _("How much is it? (for example {example})"))
_DUE = Argument("due", Kind.DUE)
ON = Argument("on", Kind.ON)
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
        arguments=(NAME, _AMOUNT, _DUE, _NOTE, ON),
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
        arguments=(NAME, _AMOUNT, _DUE, _NOTE, ON),
        examples=("owe Toko Maju 1,000,000 3 months", "HUTANG Toko Maju 1jt sebulan"),
        booking=True,
    ),
)
