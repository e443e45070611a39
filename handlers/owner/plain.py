"""What an owner's text means when it answers no question: a command, a plain sentence, small talk, or nothing known."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.context import Context
from handlers.grammar.book import CommandBook
from handlers.grammar.lending import take_installment
from handlers.grammar.parse import Parsed, parse
from handlers.grammar.reading import NotBooked, Understood
from handlers.grammar.sentences import small_talk, understand_owner
from handlers.grammar.spec import Kind
from handlers.grammar.values import clean_name, find_values, name_key, rest
from handlers.owner import understanding
from handlers.owner.checks import example_amount
from handlers.owner.running import pending, run
from handlers.reply import YES_NO, Question, Reply, say
from services.i18n import Renderable, Shown, Text, _, lines
from services.messaging.cards import read_card
from services.money import Money


def shared_card(context: Context, book: CommandBook) -> Reply | None:
    """A contact card links its number to its name, as the command `contact` does."""
    if context.message.kind != "contact":
        return None
    media = context.message.media or {}
    card = read_card(str(media.get("card", "")), context.tenant.country)
    if card is None:
        return say(_("I can't find a name and a phone number on this card."))
    return run(context, book, book["contact"], {"name": clean_name(card.name), "number": card.number})


def command(context: Context, book: CommandBook) -> Reply | None:
    """A command by its word or as a plain sentence."""
    parsed = parse(context.text, context.reading, book)
    sentence = _sentence(context)
    if isinstance(sentence, NotBooked):
        if parsed is None or (parsed.command.booking and not _is_plain_command(context, parsed, sentence)):
            return None if _is_left_to_a_model(context, book, sentence) else _not_booked(context, sentence)
    elif sentence is not None and book.get(sentence.command) is not None and _reads_better(parsed, sentence):
        return run(context, book, book[sentence.command], sentence.arguments)
    return None if parsed is None else run(context, book, parsed.command, parsed.arguments)


def _is_left_to_a_model(context: Context, book: CommandBook, sentence: NotBooked) -> bool:
    """Whether a model may find a command in what is to change nothing: any in what is unclear, a look in a question."""
    asks = sentence.why == "question"
    return (asks or sentence.why == "unclear") and understanding.may_help(context, book, only_look=asks)


def _sentence(context: Context) -> Understood | NotBooked | None:
    """What the text means as a sentence; of a payment also the instalment that it names."""
    number, left = take_installment(context.text)
    sentence = understand_owner(context.text if number is None else left, context.reading)
    if number is None or not isinstance(sentence, Understood) or sentence.command != "paid":
        return understand_owner(context.text, context.reading) if number is not None else sentence
    return replace(sentence, arguments={**sentence.arguments, "installment": number})


def _is_plain_command(context: Context, parsed: Parsed, sentence: NotBooked) -> bool:
    """Whether a whole command stands there that only looks unclear as a sentence, as with a name of odd signs."""
    if sentence.why != "unclear" or not parsed.is_complete or "\n" in context.text.strip():
        return False
    name = str(parsed.arguments.get("name", ""))
    return len(find_values(context.text, context.reading).money) < 2 and not _SEVERAL.search(name)


_SEVERAL = re.compile(r"[&+,]|\b(?:dan|and|sama|serta)\b", re.IGNORECASE)


def _is_more_than_a_name(parsed: Parsed, sentence: Understood) -> bool:
    """Whether the command took words for a part of the name that the sentence reads: `utang Budi 500rb lunas`."""
    longer, name = name_key(str(parsed.arguments.get("name", ""))), name_key(str(sentence.arguments.get("name", "")))
    return bool(name) and longer != name and longer.startswith(f"{name} ")


def _reads_better(parsed: Parsed | None, sentence: Understood) -> bool:
    """Whether the sentence is preferred to the command with whose word it begins.

    It is when the command isn't whole. Of the same command the sentence reads more (`bayar Budi lunas`), but a date
    after a command's word is when it is due, never when it happened, and free text stands as it was written.
    """
    if parsed is None:
        return True
    if parsed.command.name != sentence.command:
        return not parsed.is_complete or _is_more_than_a_name(parsed, sentence)
    if any(argument.kind is Kind.TEXT for argument in parsed.command.arguments):
        return not parsed.arguments
    if "installment" in parsed.arguments:
        return False
    due_in_the_past = "due" in parsed.arguments and "on" in sentence.arguments
    return parsed.command.missing(sentence.arguments) is None and not due_in_the_past


_NOT_BOOKED: dict[str, Text] = {
    "question": _("I changed nothing: that sounds like a question. To see where things stand: *status*"),
    "negation": _("I changed nothing: that says something did not happen."),
    "conditional": _("I changed nothing: that is only an “if”. Tell me when it has happened."),
    "future": _("I changed nothing yet. Tell me when it has happened, and I note it."),
    "unclear": _("I'm not sure what to note. Please send one thing at a time, for example: {example}"),
}


def _not_booked(context: Context, sentence: NotBooked) -> Reply:
    return say(_(_NOT_BOOKED[sentence.why].message, example=sample(context)), outcome="not_booked")


def talk(context: Context) -> Reply | None:
    """A short, useful answer to small talk."""
    kind = small_talk(context.text)
    if kind is None:
        return None
    return say(*_talk(context, kind), outcome="small_talk")


def _talk(context: Context, kind: str) -> tuple[Renderable, ...]:
    example = sample(context)
    answers: dict[str, Renderable] = {
        "greeting": _(
            "Hello! Tell me who borrowed or paid, for example: {example}. *status* shows who owes what.",
            example=example,
        ),
        "thanks": _("You're welcome!"),
        "ok": Shown("👍"),
        "bye": _("See you!"),
        "laugh": Shown("😄"),
        "praise": _("Thank you! What shall I note next?"),
        "complaint": _("Sorry about that. *undo* takes back the last entry; *help* shows what I understand."),
        "who": _(
            "I keep {business}'s book: loans, payments, reminders. Try: {example}",
            business=context.tenant.name,
            example=example,
        ),
        "help": _("*help* lists everything. The usual: {example}", example=example),
    }
    return (answers[kind],)


def misspelt(context: Context, book: CommandBook) -> Reply | None:
    """A first word that is nearly a command's: asked about."""
    found = book.nearest(context.text)
    if found is None:
        return None
    _command, corrected = found
    parsed = parse(corrected, context.reading, book)
    if parsed is None or not parsed.is_complete:
        return None
    if not parsed.command.booking:
        return run(context, book, parsed.command, parsed.arguments)
    question = _("Did you mean: {text}?", text=corrected)
    return pending(context, parsed.command, parsed.arguments, Question("retyped", question, YES_NO))


def bare_amount(context: Context) -> Reply | None:
    """An amount and nothing else, when none was asked for: whose, and which way?"""
    money = find_values(context.text, context.reading).money
    if len(money) != 1 or not isinstance(money[0].value, Money) or rest(context.text, money).strip(" .,!?"):
        return None
    amount = Money(abs(money[0].value.amount), money[0].value.currency)
    text = _(
        "Whose are the {amount}? For example: {lent}, or: {paid}",
        amount=amount,
        lent=_("Budi borrowed {amount}", amount=amount),
        paid=_("Budi paid {amount}", amount=amount),
    )
    return say(text, outcome="not_understood")


def not_understood(context: Context) -> Reply:
    """Says so, with what would work, and why a model couldn't help where that is news."""
    trouble = understanding.trouble(context)
    return say(
        lines(
            _("I didn't understand that. Try for example:"),
            *(f"• {each}" for each in _examples(context)),
            _("*help* shows everything."),
            trouble[1] if trouble is not None else None,
        ),
        outcome=understanding.outcome_of(trouble[0]) if trouble is not None else "not_understood",
    )


def sample(context: Context) -> str:
    """A sentence that books something, as somebody would type it here."""
    return _("Budi borrowed {amount}", amount=example_amount(context)).render(context.locale)


def _examples(context: Context) -> tuple[str, ...]:
    amount = example_amount(context)
    shown = (
        _("Budi borrowed {amount} for 2 weeks", amount=amount),
        _("Budi paid {amount}", amount=amount),
        _("who owes me?"),
    )
    return tuple(text.render(context.locale) for text in shown)
