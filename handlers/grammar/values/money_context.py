"""What surrounds a number and shows that it isn't money: `2 sak semen`, `no 3`, `jam 10`, `ke-2`, `10:30`, `Toko 88`.

Called with each amount that was read. Spellings that can be nothing but money, such as `500rb`, need few checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from handlers.grammar.reading import Unclear
from handlers.grammar.values.amounts import Amount
from handlers.grammar.values.calendar_words import MONTHS
from handlers.grammar.values.counting_words import COUNTED, FIRM_WORDS, HOUR_WORDS, NUMBERED, NUMBERED_WHEN_SMALL
from handlers.grammar.values.plain import Token
from services.money import Money

_MOST_BARE_DIGITS = 15
_SMALL = Decimal(1000)
_ORDINAL_ENDINGS = frozenset({"st", "nd", "rd", "th"})


@dataclass(frozen=True, slots=True)
class Found:
    """An amount among tokens: `start` and `end` hold all that belongs to it, `first` is where its number begins.

    `number_end` is the index after its currency, before such a tail as `,-`.
    """

    value: Money | Unclear
    amount: Amount
    start: int
    first: int
    number_end: int
    end: int
    has_currency: bool

    @property
    def bare(self) -> bool:
        """Nothing but digits, without separators, sign or currency."""
        figure = self.amount.figure
        return figure is not None and figure.isdigit() and not self.has_currency and self.start == self.first

    @property
    def sure(self) -> bool:
        """Whether a scale or a currency says that it is money."""
        return self.has_currency or self.amount.scaled


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def _touches_next(tokens: Sequence[Token], at: int) -> bool:
    return 0 <= at < len(tokens) - 1 and tokens[at].touches(tokens[at + 1])


def _inside_a_word(found: Found, tokens: Sequence[Token]) -> bool:
    """`10x`, `PT99`, `covid-19`: letters touch the number, or a dash ties a bare one to them."""
    before, after = found.start - 1, found.end
    if _touches_next(tokens, before) and tokens[before].kind != "sign":
        return True
    if _touches_next(tokens, after - 1) and tokens[after].kind == "word":
        return True
    tied = _word(tokens, before) in {"-", "+"} and _touches_next(tokens, before) and _touches_next(tokens, before - 1)
    return tied and not found.sure and tokens[before - 1].kind == "word" and found.bare


def _part_of_a_spelling(found: Found, tokens: Sequence[Token]) -> bool:
    """`10:30`, `99/99`, `#3`, `2%`, `123-456-789`."""
    before, after = found.start - 1, found.end
    if _word(tokens, after) in {"%", "°"} or (_word(tokens, before) in {"#", "×"} and not found.sure):
        return True
    if found.sure:
        return False
    left = _touches_next(tokens, before) and _touches_next(tokens, before - 1) and tokens[before - 1].kind == "number"
    right = _touches_next(tokens, after - 1) and _touches_next(tokens, after) and tokens[after + 1].kind == "number"
    if (left and _word(tokens, before) in ":/") or (right and _word(tokens, after) in ":/"):
        return True
    return (left and _dashed_again(tokens, before - 1, -1)) or (right and _dashed_again(tokens, after + 1, 1))


def _dashed_again(tokens: Sequence[Token], at: int, step: int) -> bool:
    """Whether the number at `at` goes on with another dash and number on its far side."""
    return (
        _word(tokens, at + step) == "-" and 0 <= at + 2 * step < len(tokens) and tokens[at + 2 * step].kind == "number"
    )


def _counts_something(found: Found, tokens: Sequence[Token]) -> bool:
    return not found.sure and _word(tokens, found.end) in COUNTED


def _numbers_something(found: Found, tokens: Sequence[Token]) -> bool:
    """`no. 3`, `ke-2`, `cicilan 3`, `maret 2025`, `jam 10.30`."""
    at = found.start - 1
    while _word(tokens, at) in {".", "-", ":"} and at > 0:
        at -= 1
    word, figure = _word(tokens, at), found.amount.figure
    if found.sure or figure is None:
        return False
    if word in HOUR_WORDS:
        return True
    if not found.bare:
        return False
    if word in NUMBERED or (word in MONTHS and len(figure) == 4 and figure.startswith(("19", "20"))):
        return True
    already_numbered = _word(tokens, at - 1) in _ORDINAL_ENDINGS
    return word in NUMBERED_WHEN_SMALL and Decimal(figure) < _SMALL and not already_numbered


def _no_figure(found: Found) -> bool:
    """Digits that nobody writes for an amount (`007`, an identity number), and small numbers in words (`two`)."""
    figure = found.amount.figure
    if found.sure:
        return False
    if figure is None:
        return isinstance(found.value, Money) and abs(found.value.amount) < 10
    nought_before = figure[0] == "0" and figure[1:2].isdigit()
    return nought_before or (figure.isdigit() and len(figure) > _MOST_BARE_DIGITS)


def _numbers_a_line(found: Found, tokens: Sequence[Token]) -> bool:
    """The `1.` or `2)` that begins a line of a list."""
    begins = found.start == 0 or _word(tokens, found.start - 1) == "\n"
    if not (begins and found.bare and _word(tokens, found.end) in {".", ")"} and _touches_next(tokens, found.end - 1)):
        return False
    return len(found.amount.figure or "") < 3 and _word(tokens, found.end + 1) not in {"", "\n"}


_NOT_MONEY = (_numbers_a_line, _inside_a_word, _part_of_a_spelling, _counts_something, _numbers_something)


def is_money(found: Found, tokens: Sequence[Token]) -> bool:
    """Whether nothing around an amount says that it is something else."""
    return not _no_figure(found) and not any(rule(found, tokens) for rule in _NOT_MONEY)


def without_firm_numbers(amounts: Sequence[Found], tokens: Sequence[Token]) -> list[Found]:
    """The amounts without the number in a firm's name, if there is another one: `PINJAM Toko 88 500rb`."""

    def named(found: Found) -> bool:
        return found.bare and len(found.amount.figure or "") < 4 and _word(tokens, found.start - 1) in FIRM_WORDS

    kept = [found for found in amounts if not named(found)]
    return kept or list(amounts)
