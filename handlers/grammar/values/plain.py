"""Text made plain for reading, character by character, so that positions stay those of the original.

Letters become lower case, digits of every script ASCII, typographic dashes and apostrophes the common ones, every line
end a newline and every other blank a space. A no-break space between groups of digits becomes an apostrophe, which no
one writes there for another reason. Called by every finder of values; decides no meaning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from handlers.grammar.reading import Claim

# Stands where a value has already been claimed: nothing reads across it.
BARRIER = "\0"

_DASHES = "‐‑‒–−﹣－"
_APOSTROPHES = "’‘ʼ`´＇"
_LINE_ENDS = "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_GROUP_SPACE = re.compile("(?<=\\d)[\u00a0\u2007\u2009\u202f](?=\\d{3}(?!\\d))")
_ADDRESS = re.compile(
    r"(?<![^\s])(?:(?:https?://|www\.)\S{1,500}|[^\s@]{1,64}@[^\s@.]{1,60}(?:\.[^\s@.]{1,60}){0,4}\.[a-z]{2,12})"
)
_TOKEN = re.compile(
    r"(?P<number>\d{1,3}(?:'\d{3}){1,6}(?:[.,]\d+)?(?!\d)"
    r"|\d{1,3}(?: \d{3}){0,3} 000(?:[.,]\d{1,2})?(?![\d]|[.,]\d)"
    r"|(?<![\w.,])\.\d{1,2}(?![\d]|[.,]\d)"
    r"|\d+(?:[.,]\d+)*)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<sign>[^ ])"
)


@lru_cache(maxsize=4096)
def _plain_character(character: str) -> str:
    if character in _LINE_ENDS:
        return "\n"
    if character in _DASHES:
        return "-"
    if character in _APOSTROPHES:
        return "'"
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category == "Zs" or category in {"Cc", "Cf"}:
        return " "
    composed = unicodedata.normalize("NFKC", character)
    lowered = (composed if len(composed) == 1 else character).lower()
    return lowered if len(lowered) == 1 else character


def plain(text: str) -> str:
    """The text as finders read it, of the same length."""
    return "".join(map(_plain_character, _GROUP_SPACE.sub("'", text)))


def without_addresses(text: str) -> str:
    """A plain text in which links and e-mail addresses are barriers: their digits mean nothing."""
    return _ADDRESS.sub(lambda match: BARRIER * len(match[0]), text)


def blanked(text: str, claims: Iterable[Claim]) -> str:
    """The text with barriers where values have been claimed."""
    for claim in claims:
        text = text[: claim.start] + BARRIER * (claim.end - claim.start) + text[claim.end :]
    return text


@dataclass(frozen=True, slots=True)
class Token:
    """A number, a word or a single other character; blanks are no tokens."""

    kind: Literal["number", "word", "sign"]
    text: str
    start: int
    end: int

    def touches(self, other: Token) -> bool:
        """Whether no blank stands between this token and the next one."""
        return self.end == other.start


def tokens(text: str) -> list[Token]:
    """The tokens of a plain text, in order."""
    return [
        Token(match.lastgroup, match[0], match.start(), match.end())  # type: ignore[arg-type]
        for match in _TOKEN.finditer(text)
    ]
