"""Reading the arguments of a command from what follows its word.

Typed values are claimed wherever they stand; what is left over is the name or the text, so that `pinjam 500rb Budi`
and `PINJAM Budi 500000` are the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from handlers.grammar.book import CommandBook
from handlers.grammar.reading import Claim, Reading, Unclear
from handlers.grammar.spec import Command, Kind
from handlers.grammar.values import clean_name, find_values, rest, take_interest, take_note
from handlers.grammar.values.phone import MEANT_FOR_PHONE

# `PINJAM Budi 500rb buat beli semen`: what the money is for becomes the note.
_PURPOSE = re.compile(r"\s(?:buat|untuk|utk|for)\s+(?=\S)", re.IGNORECASE)
_JOINING = re.compile(r"^(?:ke|kepada|dari|sama|to|from|for|the|untuk|buat)\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A command with the arguments that its text gives."""

    command: Command
    arguments: dict[str, object]

    @property
    def is_complete(self) -> bool:
        return self.command.missing(self.arguments) is None


def parse(text: str, reading: Reading, book: CommandBook) -> Parsed | None:
    """The command that a text begins with, and its arguments; None if it begins with no command's word."""
    found = book.match(text)
    if found is None:
        return None
    command, tail = found
    if command.reader is not None and command.reader.reroute is not None:
        other = command.reader.reroute(tail, reading)
        if other == "":
            return None
        command = command if other is None else book[other]
    return Parsed(command, read_arguments(command, tail, reading))


def read_arguments(command: Command, text: str, reading: Reading) -> dict[str, object]:
    """The arguments of `command` that stand in `text`, which doesn't hold its word any more."""
    return command.reader.line(text, reading) if command.reader is not None else read_typed(command, text, reading)


def read_typed(command: Command, text: str, reading: Reading) -> dict[str, object]:
    """The arguments as typed values, wherever they stand, with what is left over as the name or the text."""
    kinds = {argument.kind: argument.name for argument in command.arguments}
    arguments: dict[str, object] = {}
    interest: str | None = None
    if Kind.TEXT in kinds:
        return {kinds[Kind.TEXT]: text.strip()} if text.strip() else {}
    if Kind.NOTE in kinds:
        note, text = take_note(text)
        if note:
            arguments[kinds[Kind.NOTE]] = note
        text, interest = take_interest(text)
    values = find_values(text, reading)
    claimed: list[Claim] = []
    dates = Kind.DUE if Kind.DUE in kinds else Kind.ON
    for kind, claims in ((Kind.PHONE, values.phones), (dates, values.dates), (Kind.MONEY, values.money)):
        if kind in kinds and claims:
            arguments[kinds[kind]] = _one_of(kind, claims)
            claimed += claims if kind is Kind.MONEY else claims[:1]
    left = rest(text, claimed)
    if Kind.PHONE in kinds and kinds[Kind.PHONE] not in arguments and (digits := MEANT_FOR_PHONE.search(left)):
        arguments[kinds[Kind.PHONE]] = digits.group().strip()
        left = left.replace(digits.group(), " ")
    if Kind.NAME in kinds:
        _read_name(kinds, left, arguments)
    if interest:
        written = arguments.get(kinds[Kind.NOTE])
        arguments[kinds[Kind.NOTE]] = f"{written}, {interest}" if written else interest
    return arguments


def _one_of(kind: Kind, claims: Sequence[Claim]) -> object:
    """The value of several: the first one, but of different amounts none can be preferred."""
    values = list(dict.fromkeys(claim.value for claim in claims))
    if kind is Kind.MONEY and len(values) > 1 and not any(isinstance(value, Unclear) for value in values):
        return Unclear(tuple(values))
    return values[0]


def _read_name(kinds: dict[Kind, str], left: str, arguments: dict[str, object]) -> None:
    if Kind.NOTE in kinds and kinds[Kind.NOTE] not in arguments:
        parts = _PURPOSE.split(f" {left} ", maxsplit=1)
        if len(parts) == 2 and parts[0].strip():
            left, arguments[kinds[Kind.NOTE]] = parts[0], parts[1].strip()
    name = clean_name(_JOINING.sub("", left.strip()))
    if name:
        arguments[kinds[Kind.NAME]] = name
