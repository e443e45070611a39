"""The command book: every declared command, found by the words with which a message begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from rapidfuzz import fuzz, process

from handlers.grammar.spec import Command
from services.i18n import languages


class CommandBook:
    """Commands by name and by spelling; two that share a spelling, or a name, are refused at once."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._commands: dict[str, Command] = {}
        for command in commands:
            if command.name in self._commands:
                raise ValueError(f"two commands are called {command.name}")
            self._commands[command.name] = command
        self.spellings = self._spellings()

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands.values())

    def __getitem__(self, name: str) -> Command:
        return self._commands[name]

    def get(self, name: str) -> Command | None:
        return self._commands.get(name)

    def _spellings(self) -> dict[tuple[str, ...], Command]:
        """Every spelling in every language."""
        found: dict[tuple[str, ...], Command] = {}
        for command in self:
            for language in languages():
                for spelling in command.words.spellings(language):
                    other = found.setdefault(spelling, command)
                    if other is not command:
                        raise ValueError(f"“{' '.join(spelling)}” means both {other.name} and {command.name}")
        return found

    @cached_property
    def _longest(self) -> int:
        return max(len(spelling) for spelling in self.spellings)

    def match(self, text: str) -> tuple[Command, str] | None:
        """The command whose spelling the text begins with (the longest one wins), and the rest of the text."""
        words = text.split(maxsplit=self._longest)
        folded = [word.casefold().rstrip(":,.!") for word in words]
        for length in range(min(self._longest, len(words)), 0, -1):
            command = self.spellings.get(tuple(folded[:length]))
            if command is not None:
                return command, text.strip().split(maxsplit=length)[length] if len(text.split()) > length else ""
        return None

    def nearest(self, text: str) -> tuple[Command, str] | None:
        """The command that the first word is probably a slip for, and the text with that word put right."""
        first, _, others = text.strip().partition(" ")
        if len(first) < 3:
            return None
        single = {spelling[0]: command for spelling, command in self.spellings.items() if len(spelling) == 1}
        best = process.extractOne(first.casefold(), single.keys(), scorer=fuzz.ratio, score_cutoff=75)
        if best is None or best[0] == first.casefold():
            return None
        return single[best[0]], f"{best[0]} {others}".strip()
