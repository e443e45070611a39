"""The interview that leads to an agreement: what it asks, one thing at a time, and what it makes of the answers.

Everything may also stand in one message: `perjanjian Ahmad 5jt 081234567890 gaji tgl 25 8jt 0`. It waits for days, goes
on after other commands, and ends with a plan that the owner accepts, changes or leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from handlers.grammar.lending import (
    read_agreement,
    read_amount_or_none,
    read_changes,
    read_pay_day,
    read_source,
)
from handlers.grammar.reading import Reading, Unclear
from handlers.grammar.sentences import answer
from handlers.grammar.spec import Argument, Command, Kind, Reader, Words
from handlers.grammar.values import clean_name, find_dates, find_phones, lone_money
from handlers.owner import accounts, offers
from handlers.owner.bookings import NAME
from handlers.owner.call import Call
from handlers.owner.checks import example_amount
from handlers.owner.persons import look_for
from handlers.owner.plans import plan_of, proposal
from handlers.reply import Option, Question, Reply
from services.db.models import Contact
from services.i18n import Percent, _, _c, lines
from services.lending import ledger
from services.lending.terms import Person
from services.messaging import contacts
from services.messaging.addresses import Address
from services.money import Money

AREA = _("Agreements")
WAITS = timedelta(days=7)


def agreement(call: Call) -> Reply | Question:
    """Asks for what is missing, then proposes a plan; with the owner's consent it is sent to the borrower."""
    person = look_for(call, create=True)
    if isinstance(person, Question):
        return person
    question = rate_question(call) or _number(call, person) or _means(call) or _replaces(call, person)
    if question is not None:
        return question
    call = _changed(call)
    borrower = Person(_name(call, person), str(call.arguments.get("number") or _known_number(call, person)))
    plan = plan_of(call.context, borrower, call.arguments)
    if call.arguments.get("plan") is not True:
        return Question("plan", lines(proposal(plan), "", _(_HOW.message, example=example_amount(call.context))))
    return offers.make(call, person, plan)


_HOW = _("Reply *AGREE* and I send it for acceptance, *change {example}* for another instalment, or *cancel*.")


def _name(call: Call, person: Contact | None) -> str:
    return accounts.shown(person) if person is not None else call.text("name") or ""


def _known_number(call: Call, person: Contact | None) -> str | None:
    if person is None:
        return None
    phones = [each for each in contacts.addresses(call.context.tx, person.id) if each.kind == "phone"]
    return f"+{phones[0].value}" if phones else None


def _number(call: Call, person: Contact | None) -> Question | None:
    """The number to which the agreement goes: the one known, else it is asked for; nobody else's, nor the own."""
    context, number = call.context, call.text("number")
    name = _name(call, person)
    if number is None:
        if _known_number(call, person) is not None:
            return None
        return Question("number", _("What is {name}'s WhatsApp number? (for example 081234567890)", name=name))
    if number == f"+{context.session.phone}":
        return Question("number", _("{number} is your own number. What is {name}'s?", number=number, name=name))
    holder = contacts.at_address(context.tx, Address.phone(number))
    if holder is None or holder.name is None or (person is not None and holder.id == person.id):
        return None
    text = _("{number} already belongs to {other}. What is {name}'s number?", number=number, other=holder.name,
             name=name)  # fmt: skip
    return Question("number", text)


def _means(call: Call) -> Question | None:
    """What the borrower lives on: source, pay day, income, other instalments."""
    given = call.arguments
    name = call.text("name") or ""
    monthly = given.get("frequency", "months") == "months"
    if "source" not in given:
        return Question("source", _("What does {name} live on? (for example salary, or a food stall)", name=name))
    if "pay_day" not in given and "first_due" not in given and monthly:
        return Question("pay_day", _("On which day of the month does {name} get paid? (1 to 31)", name=name))
    if "income" not in given:
        text = _("How much does {name} earn a month? (or *skip*, if you don't know)", name=name)
        return Question("income", text)
    if "other" not in given:
        return Question("other", _("How much does {name} pay for other instalments a month? (0 if none)", name=name))
    return _negative(given)


def _negative(given: Mapping[str, object]) -> Question | None:
    for key in ("income", "other"):
        amount = given.get(key)
        if isinstance(amount, Money) and amount.amount < 0:
            return Question(key, _("That can't be less than nothing. How much is it?"))
    return None


def rate_question(call: Call) -> Question | None:
    """Interest without a period may be meant a month or a year."""
    rate = call.arguments.get("rate")
    if not isinstance(rate, Unclear):
        return None
    by_month, by_year = sorted((str(each) for each in rate.options), key=Decimal, reverse=True)
    share = Percent(Decimal(by_year) / 100)
    options = (
        Option(_("{rate} a month ({year} a year)", rate=share, year=Percent(Decimal(by_month) / 100)), by_month),
        Option(_("{rate} a year", rate=share), by_year),
    )
    return Question("rate", _("Interest of {rate}: a month or a year?", rate=share), options)


def _replaces(call: Call, person: Contact | None) -> Question | None:
    if person is None or "older" in call.arguments:
        return None
    found = ledger.open_debts(call.context.tx, person.id, "lent")
    if not found:
        return None
    owed = Money(sum((debt.left.amount for debt in found), Decimal(0)), call.context.tenant.currency)
    name = accounts.shown(person)
    return Question(
        "older",
        _("{name} already owes you {owed}. Does the agreement replace that, or come on top?", name=name, owed=owed),
        (Option(_("replace it"), "replace"), Option(_("on top"), "add")),
    )


def _changed(call: Call) -> Call:
    """The call with changes to the plan: another instalment ends a given number of periods, and the other way round."""
    given = {key: value for key, value in call.arguments.items() if value is not None or key == "income"}
    return Call(call.context, call.book, call.command, given)


def read_line(text: str, reading: Reading) -> dict[str, object]:
    """What follows the command's word."""
    found = read_agreement(text, reading)
    name = clean_name(str(found.pop("name", "")))
    return found | ({"name": name} if name else {})


def read_answer(asked: str, text: str, reading: Reading, loosely: bool) -> dict[str, object] | None:
    """The answer to one of the interview's questions."""
    match asked:
        case "number":
            return _as_number(text, reading)
        case "pay_day":
            day = read_pay_day(text)
            return None if day is None else {"pay_day": day}
        case "source" | "name" if loosely:
            found = read_source(text) if asked == "source" else clean_name(text)
            return {asked: found} if found else None
        case "income" if answer(text) == "skip":
            return {"income": None}
        case "first_due":
            dates = find_dates(text, reading)
            return {asked: dates[0].value} if dates else None
        case "amount" | "income" | "other" | "installment":
            amount = read_amount_or_none(text, reading)
            return None if amount is None else {asked: amount}
        case "plan":
            return as_consent(text, reading)
    return None


def _as_number(text: str, reading: Reading) -> dict[str, object] | None:
    phones = find_phones(text, reading)
    if phones:
        return {"number": phones[0].value}
    digits = text.strip()
    only_figures = digits and not any(character.isalpha() for character in digits)
    return {"number": digits} if only_figures and any(character.isdigit() for character in digits) else None


_CONSENT = {"setuju", "agree", "kirim", "send"}


def as_consent(text: str, reading: Reading) -> dict[str, object] | None:
    """The answer to a proposed plan: consent, refusal, or what shall be different."""
    said = text.strip(" .!*\"'").casefold()
    word = answer(text)
    if said in _CONSENT or word == "yes":
        return {"plan": True}
    if word == "no":
        return {"plan": False}
    changes = read_changes(text, reading)
    if changes is None:
        amount = lone_money(text, reading)
        changes = {"installment": amount} if amount is not None else None
    return replacing(changes) if changes else None


def replacing(changes: dict[str, object]) -> dict[str, object]:
    """Changes with what they push aside: an instalment the number of periods, and the other way round."""
    for one, other in (("installment", "periods"), ("periods", "installment"), ("pay_day", "first_due")):
        if one in changes and other not in changes:
            changes[other] = None
    return changes


COMMAND = Command(
    name="agreement",
    words=Words(_c("command", "agreement | new agreement")),
    area=AREA,
    usage=_("NAME AMOUNT [TERMS]"),
    help=_("makes an agreement: asks for number and income, proposes instalments, sends the PDF for acceptance"),
    run=agreement,
    permission="book",
    arguments=(
        NAME,
        Argument("amount", Kind.MONEY, _("How much is it? (for example {example})")),
        Argument("number", Kind.PHONE),
        Argument("source", Kind.NOTE),
        Argument("pay_day", Kind.NUMBER),
        Argument("income", Kind.TERMS),
        Argument("other", Kind.TERMS),
        Argument("installment", Kind.MONEY),
        Argument("periods", Kind.NUMBER),
        Argument("rate", Kind.RATE),
        Argument("method", Kind.TERMS),
        Argument("frequency", Kind.TERMS),
        Argument("every", Kind.TERMS),
        Argument("first_due", Kind.DUE),
        Argument("grace", Kind.NUMBER),
        Argument("lender", Kind.TERMS),
        Argument("lender_number", Kind.PHONE),
    ),
    examples=(
        "agreement Ahmad 5,000,000",
        "BUAT PERJANJIAN Ahmad 5000000",
        "buat perjanjian Ahmad 5jt 081234567890 gaji tgl 25 8jt 0",
    ),
    reader=Reader(read_line, read_answer),
    waits=WAITS,
)
