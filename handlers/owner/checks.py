"""What must hold for any command's arguments before it runs: an argument that doesn't is asked for again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from handlers.context import Context
from handlers.grammar.reading import Unclear
from handlers.grammar.spec import Argument, Command, Kind
from handlers.reply import Option, Question
from services.i18n import Renderable, Shown, Weekday, _, language_of
from services.money import Money

MAX_AMOUNT = Decimal(999_999_999_999)
MAX_NAME, MAX_NOTE = 80, 300
MAX_YEARS = 30


def example_amount(context: Context) -> str:
    """An amount as somebody would type it in the tenant's currency and their own language."""
    if context.tenant.currency != "IDR":
        return "500"
    return "500rb" if language_of(context.locale) == "id" else "500k"


def to_ask(context: Context, command: Command, arguments: Mapping[str, object]) -> Question | None:
    """The first thing to ask before `command` can run: what is unclear, wrong or missing; None when all is well."""
    for argument in command.arguments:
        if argument.name in arguments:
            question = _check(context, argument, arguments[argument.name], "meant" in arguments)
        elif argument.ask is not None:
            question = Question(argument.name, _asked(context, argument))
        else:
            continue
        if question is not None:
            return question
    return None


def _asked(context: Context, argument: Argument) -> Renderable:
    assert argument.ask is not None
    params = {**argument.ask.params, "example": example_amount(context)}
    return _(argument.ask.message, **params)


def _check(context: Context, argument: Argument, value: object, meant: bool) -> Question | None:
    if argument.kind is Kind.RATE:
        return None
    if isinstance(value, Unclear):
        options = tuple(Option(_label(option), option) for option in value.options)
        return Question(argument.name, _("Which one do you mean?"), options)
    if isinstance(value, Money) and not meant and _lacks_thousands(context, value):
        options = tuple(Option(Shown(each), each) for each in (Money(value.amount * 1000, value.currency), value))
        return Question(argument.name, _("Which one do you mean?"), options, {"meant": True})
    problem = _problem(context, argument.kind, value)
    return None if problem is None else Question(argument.name, problem)


def _lacks_thousands(context: Context, money: Money) -> bool:
    """Whether an amount is so small that its writer probably left out the thousands: `bayar 200` in rupiah."""
    in_thousands = money.currency in ("IDR", "VND") and money.currency == context.tenant.currency
    return in_thousands and 0 < money.amount < 1000 and money.is_exact


def _label(value: object) -> Renderable | str:
    match value:
        case Money():
            return Shown(value)
        case date():
            return Shown(Weekday(value))
    return str(value)


def _problem(context: Context, kind: Kind, value: object) -> Renderable | None:
    """What is wrong with a value of some kind, with an example of what works; None if nothing is."""
    match kind, value:
        case Kind.MONEY, Money():
            return _amount_problem(context, value)
        case Kind.DUE, date():
            return _due_problem(context, value)
        case Kind.ON, date():
            return _on_problem(context, value)
        case Kind.PHONE, str() if not value.startswith("+") or not 10 <= len(value) - 1 <= 15:
            return _("{number} isn't a phone number. What is it? (for example 081234567890)", number=value)
        case Kind.NAME, str():
            return _name_problem(value)
        case Kind.NOTE, str() if len(value) > MAX_NOTE:
            return _("That note is too long; {limit} characters fit. What shall I note?", limit=MAX_NOTE)
    return None


def _amount_problem(context: Context, money: Money) -> Renderable | None:
    currency = context.tenant.currency
    example = example_amount(context)
    if money.currency != currency:
        return _(
            "Your book is kept in {currency}, not in {other}. How much is it in {currency}? (for example {example})",
            currency=currency, other=money.currency, example=example,
        )  # fmt: skip
    if money.amount <= 0:
        return _("The amount must be more than zero. How much is it? (for example {example})", example=example)
    if money.amount > MAX_AMOUNT:
        return _("That is more than I can book; {most} is the most. How much is it?", most=Money(MAX_AMOUNT, currency))
    if not money.is_exact:
        return _(
            "{currency} has no such small units. How much is it? (for example {example})",
            currency=currency, example=example,
        )  # fmt: skip
    return None


def _due_problem(context: Context, due: date) -> Renderable | None:
    if due < context.today:
        return _("{day} is in the past. When is it due? (for example 14 days, or a date)", day=Weekday(due))
    if due > context.today + timedelta(days=366 * MAX_YEARS):
        return _("{day} is too far away. When is it due? (for example 14 days, or a date)", day=due)
    return None


def _on_problem(context: Context, on: date) -> Renderable | None:
    if on > context.today:
        return _("{day} hasn't come yet. On which day was it?", day=Weekday(on))
    if on < context.today - timedelta(days=366):
        return _("{day} is too long ago. On which day was it?", day=on)
    return None


def _name_problem(name: str) -> Renderable | None:
    if len(name) > MAX_NAME:
        return _("That name is too long; {limit} characters fit. Who is it?", limit=MAX_NAME)
    if not any(character.isalpha() for character in name):
        return _("I need a name with letters. Who is it?")
    return None
