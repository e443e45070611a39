"""A text of which one value after another is taken, so that none is read twice; what is left over is the name.

Used inside this package only. Positions are those of the original text all the way.
"""

from __future__ import annotations

import re

from handlers.grammar.reading import Claim, Reading
from handlers.grammar.values.dates import dates_in
from handlers.grammar.values.money import money_in
from handlers.grammar.values.phone import phones_in
from handlers.grammar.values.plain import BARRIER, blanked, plain, without_addresses

LONGEST = 1_000
"""Characters of a text that are read; nobody writes the terms of an agreement in more."""


class Scan:
    """The original `text`, and in `left` its plain spelling with barriers where something has been taken."""

    def __init__(self, text: str, reading: Reading) -> None:
        self.text = text[:LONGEST]
        self.reading = reading
        self.left = plain(self.text)

    def blank(self, start: int, end: int) -> None:
        """Takes a part of the text."""
        self.left = self.left[:start] + BARRIER * (end - start) + self.left[end:]

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Takes the first match of a pattern, None where there is none."""
        match = pattern.search(self.left)
        if match is not None:
            self.blank(match.start(), match.end())
        return match

    def original(self, start: int, end: int) -> str:
        """A part of the text as it was written."""
        return " ".join(self.text[start:end].split())

    def phones(self) -> list[Claim]:
        return phones_in(self.left, self.reading)

    def dates(self) -> list[Claim]:
        return dates_in(without_addresses(self.left), self.reading)

    def money(self, *without: re.Pattern[str]) -> list[Claim]:
        """The amounts, where the matches of some patterns and the dates are known to be none."""
        probe = blanked(without_addresses(self.left), self.dates())
        for pattern in without:
            probe = pattern.sub(lambda match: BARRIER * len(match[0]), probe)
        return money_in(probe, self.reading)
