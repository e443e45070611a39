"""Phone numbers in one spelling, E.164 (`+6281234567890`), for whatever stores or compares them.

Called by the finder of values, imports and the API. Knows numbering plans through `phonenumbers` and never asks the
network whether a number exists.
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

_SPELLING = re.compile(r"[\d\s().+/'-]{7,40}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–−", "-"))
FEWEST_DIGITS, MOST_DIGITS = 10, 15


def _parsed(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _readings(text: str) -> list[str]:
    """The ways to understand a spelling, most literal first: `0062…` was dialled abroad, `62812…` lacks its plus."""
    if text.startswith("+"):
        return [text]
    if text.startswith("00"):
        return ["+" + text[2:], text]
    return [text] if text.startswith(("0", "(0")) else [text, "+" + text]


def _e164(number: phonenumbers.PhoneNumber) -> str | None:
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written if FEWEST_DIGITS <= len(written) - 1 <= MOST_DIGITS else None


def _plain(text: str) -> str:
    shown = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return unicodedata.normalize("NFKC", shown).translate(_DASHES).strip()


def normalise_phone(text: str, country: str, *, valid_only: bool = False) -> str | None:
    """The number in E.164, read as somebody in `country` (ISO 3166) writes it, or None if it is no number.

    A reading that the numbering plan knows wins over one that merely has a possible length, which `valid_only`
    refuses. Either has 10 to 15 digits, its country code included.
    """
    written = _plain(text)
    if not _SPELLING.fullmatch(written):
        return None
    numbers = [number for reading in _readings(written) if (number := _parsed(reading, country.upper())) is not None]
    valid = [number for number in numbers if phonenumbers.is_valid_number(number)]
    possible = [] if valid_only else [number for number in numbers if phonenumbers.is_possible_number(number)]
    return next((e164 for number in valid + possible if (e164 := _e164(number)) is not None), None)
