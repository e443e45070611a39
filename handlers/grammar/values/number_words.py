"""Small numbers written as words, in Indonesian and English: `dua puluh lima`, `two hundred and fifty`.

Reads numbers below a thousand; scales such as `ribu` and `million` belong to money. Called for amounts and periods.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.grammar.values.word_tables import numbered

DIGITS = numbered(
    """
    nol zero
    satu one
    dua two
    tiga three
    empat four
    lima five
    enam six
    tujuh tuju seven
    delapan lapan eight
    sembilan nine
    """,
    first=0,
)
TEENS = numbered(
    """
    sepuluh ten
    sebelas eleven
    twelve
    thirteen
    fourteen
    fifteen
    sixteen
    seventeen
    eighteen
    nineteen
    """,
    first=10,
)
TENS = numbered(
    """
    twenty
    thirty
    forty fourty
    fifty
    sixty
    seventy
    eighty
    ninety
    """,
    first=20,
    step=10,
)
# What an Indonesian or English digit may be followed by, with the value that may still follow below it.
_AFTER_DIGIT = {"belas": 1, "puluh": 10, "ratus": 100, "hundred": 100}
_WHOLE = {"seratus": 100}


def _component(words: Sequence[str], at: int) -> tuple[int, int, int] | None:
    """One part of a number at `at`: its value, the limit for the next part, and where that begins."""
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    if word in _WHOLE:
        return _WHOLE[word], 100, at + 1
    if word in TEENS:
        return TEENS[word], 1, at + 1
    if word in TENS:
        return TENS[word], 10, at + 1
    if word in {"a", "an"} and following == "hundred":
        return 100, 100, at + 2
    if word not in DIGITS:
        return None
    digit = DIGITS[word]
    if following == "belas":
        return digit + 10, 1, at + 2
    if following in _AFTER_DIGIT:
        return digit * _AFTER_DIGIT[following], _AFTER_DIGIT[following], at + 2
    if digit and following in TENS:
        return digit * 100, 100, at + 1  # `two fifty` is 250
    return digit, 1, at + 1


def _skip_joint(words: Sequence[str], at: int, limit: int) -> int:
    """Past the `and` of `two hundred and fifty` and the hyphen of `twenty-five`."""
    joint = words[at] if at < len(words) else ""
    return at + 1 if (joint == "and" and limit == 100) or (joint == "-" and limit == 10) else at


def read_small(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """The number below 1,000 that begins at `words[at]` and the index after it, or None."""
    total, limit, end = 0, 1000, at
    while limit > 1:
        start = _skip_joint(words, end, limit) if end > at else at
        part = _component(words, start) if start < len(words) else None
        if part is None or part[0] >= limit:
            break
        value, limit, end = part
        total += value
    return (total, end) if end > at else None
