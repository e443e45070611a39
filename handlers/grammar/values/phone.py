"""Phone numbers wherever they stand in a text: `0812-3456-7890`, `+62 812…`, `(021) 555 1234`.

Called before amounts and dates are looked for, so that a number's digits are never taken for money. Which digits make
a number is `services.phone`'s to say; here is only where one begins and ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import phonenumbers

from handlers.grammar.reading import Claim, Reading
from handlers.grammar.values.plain import plain
from services.money import currency_digits
from services.phone import MOST_DIGITS, normalise_phone

# Digits right after a currency are an amount.
_START = re.compile(
    r"(?<![\w+])(?<!\d[.,/:'-])(?<!rp)(?<!rp )(?<!rp\.)(?<!rp\. )(?<!idr )(?<!usd )(?<![$€£¥])(?<![$€£¥] )"
    r"(?:\+ ?\(?\d|\(?\d)"
)
_GROUP = re.compile(r"(?P<gap>(?:[ .'-]|\)[ -]?|[ -]?\()?)(?P<digits>\d{1,17})")
_GROUPED_AMOUNT = re.compile(r"\d{1,3}(?:([.,'])\d{3})(?:\1\d{3})*")
_DATE = re.compile(r"\d{1,2}([-.])\d{1,2}\1\d{2}(?:\d\d)?(?!\d)|\d{4}([-.])\d{1,2}\2\d{1,2}(?!\d)")
MEANT_FOR_PHONE = re.compile(r"\+?\d[\d .()/-]{2,}")
"""Figures that are no phone number, where one was to be: kept, so that they can be refused."""

_MOST_GROUPS = 7
_FEWEST_DIGITS = 9
_SURELY_NO_AMOUNT = 12
# After so many digits that might be a number and aren't, a text holds figures and is searched no further.
_MOST_MISSES = 100


@dataclass(frozen=True, slots=True)
class _End:
    """Where a number may end, after a last group of so many digits that was parted by a blank or not."""

    at: int
    after_blank: bool
    group: int


def _ends(text: str, start: int) -> Iterator[_End]:
    """The ends of what begins at `start` and has about as many digits as a number."""
    at = start + 1 if text[start] in "+(" else start
    digits = 0
    for _ in range(_MOST_GROUPS):
        group = _GROUP.match(text, at)
        if group is None or (digits and not group["gap"]):
            return
        at = group.end()
        digits += len(group["digits"])
        if digits > MOST_DIGITS + 2:
            return
        if digits >= _FEWEST_DIGITS and not re.match(r"\w|[.,:/]\d", text[at : at + 2]):
            yield _End(at, " " in group["gap"], len(group["digits"]))


def _number(spelling: str, reading: Reading, valid_only: bool) -> str | None:
    """The number spelled, if these digits can't sensibly be anything else.

    Digits with neither `+` nor `0` in front might be an amount: they must make a valid number and not be round.
    """
    if spelling.startswith(("+", "0", "(0")):
        return normalise_phone(spelling, reading.country, valid_only=valid_only)
    digits = re.sub(r"\D", "", spelling)
    if digits.endswith("000") and (digits.endswith("000000") or not spelling.isdigit()):
        return None
    number = normalise_phone(spelling, reading.country, valid_only=True)
    return number if number and _unlike_amount(spelling, digits, number, reading) else None


def _unlike_amount(spelling: str, digits: str, number: str, reading: Reading) -> bool:
    """Whether bare digits are the number rather than an amount of the same length.

    With the tenant's own country code they are; with another one from twelve digits on; without any if they are
    grouped unlike an amount, or if the currency has decimals, whose amounts don't run to nine digits.
    """
    if _GROUPED_AMOUNT.fullmatch(spelling):
        return False
    if number == "+" + digits:
        return digits.startswith(_calling_code(reading.country)) or len(digits) >= _SURELY_NO_AMOUNT
    return not spelling.isdigit() or currency_digits(reading.currency) > 0


def _calling_code(country: str) -> str:
    return str(phonenumbers.country_code_for_region(country.upper()))


def _claim_at(text: str, start: int, ends: Sequence[_End], reading: Reading) -> Claim | None:
    """The longest valid number at `start`; a blank ends one that is already whole, or it would swallow an amount."""
    best: Claim | None = None
    for end in ends:
        whole = best is not None and text[best.start : best.end].lstrip("+").isdigit()
        if best is not None and end.after_blank and (whole or end.group < 3):
            break
        number = _number(text[start : end.at], reading, valid_only=best is not None)
        if number is not None:
            best = Claim(number, start, end.at)
    return best


def phones_in(text: str, reading: Reading) -> list[Claim]:
    """The phone numbers in a plain text."""
    claims: list[Claim] = []
    misses = 0
    for match in _START.finditer(text):
        start = match.start()
        if (claims and start < claims[-1].end) or _DATE.match(text, start) or not (ends := list(_ends(text, start))):
            continue
        claim = _claim_at(text, start, ends, reading)
        if claim is not None:
            claims.append(claim)
            continue
        misses += 1
        if misses == _MOST_MISSES:
            break
    return claims


def find_phones(text: str, reading: Reading) -> list[Claim]:
    """The phone numbers in a text, in order, as E.164 strings."""
    return phones_in(plain(text), reading)
