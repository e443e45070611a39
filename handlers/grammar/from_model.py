"""What a model made of an owner's sentence, read by the grammar: a proposal is data, and nothing in it is believed.

A command that isn't in the book, an argument that can't be read, an amount or a person that the sentence can't have
meant: each is left out, and what is missing then is asked for as ever.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from handlers.grammar.book import CommandBook
from handlers.grammar.parse import Parsed, read_arguments
from handlers.grammar.reading import Reading, Unclear
from handlers.grammar.schema import LANGUAGE, LINE, property_of, takes_line
from handlers.grammar.spec import Argument, Command, Kind
from handlers.grammar.values import clean_name, find_dates, find_money, find_phones, name_key, rest
from handlers.grammar.values.number_words import DIGITS, TEENS, TENS
from services.money import Money

_PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,2})?")
_IN_THOUSANDS = ("IDR", "VND")
_ALIKE = 80
_SURELY_MONEY = 100
_PARTS = ("name", "amount", "phone", "due", "on")
_UNITS = DIGITS | TEENS


def read_proposal(proposal: Mapping[str, str], text: str, reading: Reading, book: CommandBook) -> Parsed | None:
    """The command of a proposal with those of its arguments that `text` bears out; None if there is no such command.

    `proposal` holds the command's name under `command` and what was said beside it under the schema's names.
    """
    command = book.get(proposal.get("command", ""))
    if command is None:
        return None
    if not takes_line(command):
        return Parsed(command, _singly(command, proposal, text, reading))
    line = _line(command, proposal)
    if any(argument.kind is Kind.MONEY for argument in command.arguments):
        line = _without_strange_amounts(line, text, reading)
    if command.reader is not None and command.reader.reroute is not None:
        other = command.reader.reroute(line, reading)
        if other == "":
            return None
        command = command if other is None else book[other]
    return Parsed(command, _borne_out(command, read_arguments(command, line, reading), text, reading))


def _line(command: Command, proposal: Mapping[str, str]) -> str:
    """What follows the command's word; where it was told apart after all, its parts in their order."""
    line = proposal.get(LINE, "").strip()
    own = command.words.shown(LANGUAGE)
    if line.casefold().startswith((f"{own} ", f"{command.name} ")):
        line = line.split(maxsplit=own.count(" ") + 1)[-1]
    return line or " ".join(filter(None, (proposal.get(name, "").strip() for name in _PARTS)))


def _singly(command: Command, proposal: Mapping[str, str], text: str, reading: Reading) -> dict[str, object]:
    read = {
        argument.name: value
        for argument in command.arguments
        if (said := proposal.get(property_of(argument), "").strip())
        and (value := _value(argument, said, text, reading)) is not None
    }
    return _borne_out(command, read, text, reading)


def _value(argument: Argument, said: str, text: str, reading: Reading) -> object:
    """What was said for an argument, as its kind is read; None for nothing that could be it."""
    match argument.kind:
        case Kind.NAME:
            return clean_name(said) or None
        case Kind.MONEY:
            return _amount(said, reading)
        case Kind.DUE | Kind.ON:
            return _day(said, reading)
        case Kind.NOTE:
            return said if fuzz.partial_ratio(said.casefold(), text.casefold()) >= _ALIKE else None
        case Kind.PHONE:
            phones = find_phones(said, reading)
            return phones[0].value if phones and _digits(said)[-8:] in _digits(text) else None
    return None


def _amount(said: str, reading: Reading) -> Money | Unclear | None:
    if _PLAIN.fullmatch(said):
        return Money(Decimal(said), reading.currency)
    found = find_money(said, reading)
    value = found[0].value if len(found) == 1 else None
    return value if isinstance(value, Money | Unclear) else None


def _day(said: str, reading: Reading) -> object:
    try:
        return date.fromisoformat(said)
    except ValueError:
        found = find_dates(said, reading)
        return found[0].value if len(found) == 1 else None


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _borne_out(command: Command, read: Mapping[str, object], text: str, reading: Reading) -> dict[str, object]:
    """The arguments as far as they stand in the text: people as they are called there, and amounts that it gives."""
    kept: dict[str, object] = {}
    for name, value in read.items():
        argument = command.argument(name)
        if isinstance(value, str) and argument is not None and argument.kind is Kind.NAME:
            called = as_called(value, text)
            if called is not None:
                kept[name] = called
        elif not isinstance(value, Money) or is_readable(value, text, reading):
            kept[name] = value
    return kept


def as_called(name: str, text: str) -> str | None:
    """A name as a text has it: its words that stand there, spelt as there; None if there are none: nobody so called.

    Which contact is meant by a slip of the finger, or by half a name, is decided where every command decides it.
    """
    written, spelled = words_of(text), text.casefold().split()
    kept: list[str] = []
    for word in name.split():
        key = name_key(word)
        meant = nearest(key, written)
        if meant is not None:
            kept.append(word if meant == key else meant.capitalize())
        elif word.casefold() in spelled:
            kept.append(word)
    return " ".join(kept) if words_of(" ".join(kept)) & written else None


def nearest(word: str, written: Collection[str]) -> str | None:
    """The word among others that this one is, or is nearly."""
    if not word or word in written:
        return word or None
    allowed = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    near = [(OSA.distance(word, other, score_cutoff=allowed), other) for other in written]
    distance, other = min(near, default=(allowed + 1, ""))
    return other if distance <= allowed else None


def words_of(text: str) -> frozenset[str]:
    """The words of a text, comparable as those of names are."""
    return frozenset(name_key(re.sub(r"[^\w\s'-]", " ", text)).split())


def _without_strange_amounts(line: str, text: str, reading: Reading) -> str:
    """A line without the amounts that the text doesn't give; what is smaller may be the number of an instalment."""
    strange = [
        claim
        for claim in find_money(line, reading)
        if isinstance(claim.value, Money)
        and claim.value.amount >= _SURELY_MONEY
        and not is_readable(claim.value, text, reading)
    ]
    return rest(line, strange).strip() if strange else line


def is_readable(amount: Money, text: str, reading: Reading) -> bool:
    """Whether a text gives an amount; where one counts in thousands, `gocap` and `500` give those too."""
    if amount.amount in {value.amount for value in _readable(text, reading)}:
        return True
    if amount.currency not in _IN_THOUSANDS:
        return False
    return any(value.amount < 1000 and value.amount * 1000 == amount.amount for value in _readable(text, reading))


def _readable(text: str, reading: Reading) -> list[Money]:
    """Every amount that may be read in a text: all meanings of an unclear one, and `two fifty` as it is said."""
    found: list[Money] = []
    for claim in find_money(text, reading):
        options = claim.value.options if isinstance(claim.value, Unclear) else (claim.value,)
        found += [value for value in options if isinstance(value, Money)]
    return [*found, *(Money(Decimal(value), reading.currency) for value in _spoken(text))]


def _spoken(text: str) -> Sequence[int]:
    """Hundreds as they are said in English: `two fifty`, `twelve hundred`, `twenty five hundred`, `a hundred`."""
    said = re.findall(r"[a-z]+", text.casefold().replace("-", " "))
    found: list[int] = []
    for at, word in enumerate(said[:-1]):
        first, second = _small(said, at), said[at + 1]
        if second in TENS and word in _UNITS:
            found.append(_UNITS[word] * 100 + TENS[second])
        elif second == "hundred" and first is not None:
            found.append(first * 100)
    return found


def _small(said: Sequence[str], at: int) -> int | None:
    """The number that ends with a word: `five` of `twenty five` counts as 25."""
    word = said[at]
    if word == "a":
        return 1
    before = said[at - 1] if at else ""
    if word in _UNITS:
        return TENS.get(before, 0) + _UNITS[word]
    return TENS.get(word)
