"""How a command is declared: its words, its typed arguments, who may use it, how it is explained.

From one declaration come parsing in every language, the question for a missing argument, permission, help and the
docs table. A declaration that collides with another or can't be read stops the program at import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from handlers.grammar.reading import Reading
from services.i18n import Text

if TYPE_CHECKING:
    from handlers.reply import Question, Reply


class Kind(Enum):
    """What an argument is, which decides how it is read from text and asked for."""

    NAME = "name"
    MONEY = "money"
    DUE = "due"
    ON = "on"
    NOTE = "note"
    PHONE = "phone"
    TEXT = "text"
    NUMBER = "number"
    RATE = "rate"
    TERMS = "terms"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. `ask` is the question when it is missing; an argument without one may be left out."""

    name: str
    kind: Kind
    ask: Text | None = None

    @property
    def required(self) -> bool:
        return self.ask is not None


@dataclass(frozen=True, slots=True)
class Reader:
    """How a command reads what typed values alone don't tell.

    `line` reads what follows the command's word; `reroute` names the command that such a line is really for ("" for
    none at all, None for this one). `answer` reads the answer to a question about an argument: None where the text is
    none; what it reads only `loosely`, after no command was found in the text, it returns then.
    """

    line: Callable[[str, Reading], dict[str, object]]
    answer: Callable[[str, str, Reading, bool], dict[str, object] | None] | None = None
    reroute: Callable[[str, Reading], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """The spellings of a command: a translatable list separated by `|`, the first one being shown in help."""

    message: Text

    def spellings(self, language: str) -> tuple[tuple[str, ...], ...]:
        """Each spelling as its words, folded."""
        listed = self.message.render(language).split("|")
        return tuple(tuple(spelling.casefold().split()) for spelling in listed if spelling.strip())

    def shown(self, language: str) -> str:
        """The spelling that help shows."""
        return self.message.render(language).split("|")[0].strip()


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the owner's side. `name` is its name in records, `run` what it does.

    `usage` shows its arguments, if it has any (`NAME AMOUNT [PERIOD]`), `help` says what it does, `examples` are lines
    that work, in English and Indonesian alike; each of them is tested. `booking` marks what moves money: a question or
    a supposition never runs it. Its questions lapse after it `waits`; one that waits longer than others is an
    interview, which goes on after other commands.
    """

    name: str
    words: Words
    area: Text
    usage: Text | None
    help: Text
    run: Callable[..., Reply | Question]
    permission: str = "read"
    arguments: tuple[Argument, ...] = ()
    examples: tuple[str, ...] = field(default=())
    booking: bool = False
    reader: Reader | None = None
    waits: timedelta = timedelta(minutes=30)

    def argument(self, name: str) -> Argument | None:
        return next((argument for argument in self.arguments if argument.name == name), None)

    def missing(self, given: object) -> Argument | None:
        """The first required argument that `given` (a mapping) lacks."""
        return next((each for each in self.arguments if each.required and each.name not in given), None)  # type: ignore[operator]
