"""The command `paid`: a payment on whatever is open, or the instalment of an agreement by its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from handlers.grammar.lending import bare_installment, take_installment
from handlers.grammar.parse import read_typed
from handlers.grammar.reading import Reading
from handlers.grammar.spec import Argument, Command, Kind, Reader, Words
from handlers.owner import accounts, receipt_texts
from handlers.owner.bookings import AREA, NAME, ON
from handlers.owner.call import Call
from handlers.owner.checks import to_ask
from handlers.owner.persons import find_person
from handlers.owner.telling import done, reach_of
from handlers.reply import YES_NO, Option, Question, Reply
from services.db.models import Contact
from services.errors import DomainError
from services.i18n import _, _c, lines
from services.lending import debts, ledger, payment_texts
from services.lending.ledger import OpenDebt, Side
from services.lending.receiving import receive
from services.money import Money

IN_THOUSANDS = ("IDR", "VND")


def paid(call: Call) -> Reply | Question:
    """Books a payment on whichever side is open."""
    if call.arguments.get("name") is None and "contact" not in call.arguments:
        question = _whose(call)
        if isinstance(question, Question):
            return question
        call = question
    person = find_person(call)
    if isinstance(person, Question):
        return person
    call = call if call.arguments.get("name") else call.given(name=accounts.shown(person))
    found = ledger.open_debts(call.context.tx, person.id)
    chosen = _installment(call, person, found)
    if isinstance(chosen, Question):
        return chosen
    call = chosen
    side = _side(call, person, found)
    if isinstance(side, Question):
        return side
    amount = _amount(call, person, [debt for debt in found if debt.side == side])
    if isinstance(amount, Question):
        return amount
    on = call.day("on") or call.context.today
    doubt = _doubt(call, person, side, amount, on, bool(found))
    return doubt or pay(call.given(amount=amount), person, side, amount, on)


def _whose(call: Call) -> Call | Question:
    """`BAYAR 1` without a name: the only person with such an instalment open, else it is asked whose it is."""
    number = call.arguments.get("installment")
    found = [debt for debt in ledger.open_debts(call.context.tx, side="lent") if debt.number == number]
    people = {debt.contact_id: debt.name for debt in found}
    if not people:
        raise DomainError(
            "no_installment",
            _("No agreement has an instalment {number} open. *installments* shows them.", number=str(number)),
        )
    if len(people) > 1:
        options = tuple(Option(name, id_) for id_, name in sorted(people.items(), key=lambda each: each[1])[:8])
        return Question("contact", _("Whose instalment {number} was paid?", number=str(number)), options)
    return call.given(contact=next(iter(people)))


def _installment(call: Call, person: Contact, found: Sequence[OpenDebt]) -> Call | Question:
    """The call with the amount of the instalment that was named; a bare figure may be one, or an amount."""
    number, bare = call.arguments.get("installment"), call.arguments.get("bare")
    own = [debt for debt in found if debt.number is not None]
    if number is None:
        return call
    if isinstance(bare, Money) and not any(debt.number == number for debt in own):
        question = to_ask(call.context, call.command, {**call.arguments, "amount": bare})
        amount_only = {name: value for name, value in call.arguments.items() if name not in ("installment", "bare")}
        return question or replace(call, arguments={**amount_only, "amount": bare})
    named = [debt for debt in own if debt.number == number]
    if not named:
        raise _no_such(person, own, int(str(number)))
    agreement = call.arguments.get("agreement", named[0].agreement)
    if len(named) > 1 and "agreement" not in call.arguments:
        options = tuple(
            Option(_("agreement {number}: {left}", number=str(debt.agreement), left=debt.left), debt.agreement)
            for debt in named
        )
        return Question("agreement", _("Of which agreement?"), options)
    meant = next(debt for debt in named if debt.agreement == agreement)
    return call.given(side="lent", **({} if "amount" in call.arguments else {"amount": meant.left}))


def _no_such(person: Contact, own: Sequence[OpenDebt], number: int) -> DomainError:
    name = accounts.shown(person)
    if not own:
        return DomainError("no_installment", _("{name} has no instalments to pay.", name=name))
    first = own[0]
    text = _(
        "Instalment {number} of {name} isn't open. The next one is {next}: {left}, due {due}.", number=str(number),
        name=name, next=str(first.number), left=first.left, due=first.due_on,
    )  # fmt: skip
    return DomainError("no_installment", text)


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


def pay(call: Call, person: Contact, side: Side, amount: Money, on: date, **effects: object) -> Reply:
    """Books the payment, tells the payer, and has the receipt of an instalment made."""
    context = call.context
    told = reach_of(call, person)
    received = receive(context.tx, context.source, context.tenant, context.session, person, side, amount, on, told)
    booked = received.booked
    call.remember(person, told, entries=[booked.entry_id], **effects)
    text = lines(
        accounts.paid(side, person, amount, on if on != context.today else None),
        *payment_texts.split(received.receipt),
        accounts.standing(side, person, booked.account),
        *receipt_texts.changes(booked.changes),
        None if received.has_pdf else _("(The receipt goes out as text: this month's PDFs are used up.)"),
    )
    return done(call, person, told, text, received.notice)


def read_line(text: str, reading: Reading) -> dict[str, object]:
    """What follows the command's word: a name and an amount, or an instalment's number with or without a name."""
    number = bare_installment(text)
    if number is not None:
        return {"name": None, "installment": number}
    number, left = take_installment(text)
    found = read_typed(COMMAND, left, reading)
    if number is not None:
        return {"name": None, **found, "installment": number}
    amount = found.get("amount")
    if "name" in found and isinstance(amount, Money) and _is_bare(text, amount, reading):
        return {**{key: value for key, value in found.items() if key != "amount"}, "installment": int(amount.amount),
                "bare": amount}  # fmt: skip
    return found


def _is_bare(text: str, amount: Money, reading: Reading) -> bool:
    """Whether a figure in rupiah is so small, and written so bare, that it may be the number of an instalment."""
    small = reading.currency in IN_THOUSANDS and amount.currency == reading.currency and 0 < amount.amount < 1000
    return small and amount.is_exact and str(int(amount.amount)) in text.split()


COMMAND = Command(
    name="paid",
    words=Words(_c("command", "paid")),
    area=AREA,
    usage=_("NAME AMOUNT, or N [NAME]"),
    help=_("books a payment, to what is due first; part of it or too much is fine"),
    run=paid,
    permission="book",
    arguments=(NAME, Argument("amount", Kind.MONEY), Argument("installment", Kind.NUMBER), ON),
    examples=("paid Budi 200k", "BAYAR Budi 200rb", "paid installment 2 Ahmad", "BAYAR CICILAN 2 Ahmad"),
    booking=True,
    reader=Reader(read_line),
)
