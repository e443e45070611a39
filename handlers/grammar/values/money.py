"""Amounts of money wherever they stand in a text: `500rb`, `Rp 1.250.000`, `2 juta 500 ribu`, `$1,200.50`.

An amount is read first and then checked against what surrounds it, which may show that it counts or numbers something
else. Called with a text whose phone numbers and dates are already blanked out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from handlers.grammar.reading import Claim, Reading, Unclear
from handlers.grammar.values.amounts import Amount, AmountReader
from handlers.grammar.values.money_context import Found, is_money, without_firm_numbers
from handlers.grammar.values.money_words import (
    AFTER_AMOUNT,
    BEFORE_AMOUNT,
    DOLLAR,
    DOLLAR_COUNTRIES,
    DOLLAR_LETTERS,
    DOLLARS,
    SIGNS,
)
from handlers.grammar.values.plain import BARRIER, Token, tokens
from services.money import Money

_MINUS_WORDS = frozenset({"minus", "negatif", "negative"})


@dataclass(frozen=True, slots=True)
class _Parser:
    tokens: list[Token]
    words: list[str]
    amounts: AmountReader
    reading: Reading

    def _word(self, at: int) -> str:
        return self.words[at] if at < len(self.words) else ""

    def _touching(self, at: int) -> bool:
        """Whether the token at `at` touches the one before it."""
        return 0 < at < len(self.tokens) and self.tokens[at - 1].touches(self.tokens[at])

    def _sign_at(self, at: int) -> tuple[bool, int]:
        """Whether a minus begins here, and the index after any sign. A dash inside or between words is none."""
        if self._word(at) in _MINUS_WORDS:
            return True, at + 1
        if self._word(at) not in {"-", "+", "@"} or not self._touching(at + 1):
            return False, at
        inside = self._touching(at) and self.tokens[at - 1].kind != "sign"
        return (False, at) if inside else (self._word(at) == "-", at + 1)

    def _currency_before(self, at: int) -> tuple[str | None, int]:
        word = self._word(at)
        if word in DOLLAR_LETTERS and self._word(at + 1) == "$" and self._touching(at + 1):
            return DOLLAR_LETTERS[word], at + 2
        if word in SIGNS:
            return self._dollar(SIGNS[word]), at + 1
        if word in BEFORE_AMOUNT:
            dotted = self._word(at + 1) in {".", ":", "$"}
            return BEFORE_AMOUNT[word], at + 1 + dotted
        return None, at

    def _currency_after(self, at: int) -> tuple[str | None, int]:
        word, following = self._word(at), self._word(at + 1)
        if word in DOLLAR_LETTERS and following == "$" and self._touching(at + 1):
            return DOLLAR_LETTERS[word], at + 2
        if word in SIGNS:
            starts_another = self._touching(at + 1) and self.tokens[at + 1].kind == "number"
            return (None, at) if starts_another else (self._dollar(SIGNS[word]), at + 1)
        if word in DOLLAR_COUNTRIES and AFTER_AMOUNT.get(following) == DOLLAR:
            return DOLLAR_COUNTRIES[word], at + 2
        if AFTER_AMOUNT.get(word) == DOLLAR and following in DOLLAR_COUNTRIES:
            return DOLLAR_COUNTRIES[following], at + 2
        if word in AFTER_AMOUNT and not self._begins_amount(word, at + 1):
            return self._dollar(AFTER_AMOUNT[word]), at + 1
        return None, at

    def _begins_amount(self, word: str, after: int) -> bool:
        """Whether a code belongs to the figure after it rather than to the one before: `500 usd 20`."""
        return word in BEFORE_AMOUNT and after < len(self.tokens) and self.tokens[after].kind == "number"

    def _dollar(self, currency: str) -> str:
        if currency != DOLLAR:
            return currency
        return self.reading.currency if self.reading.currency in DOLLARS else "USD"

    def _tail(self, at: int) -> int:
        """Past the `,-` of `Rp500.000,-` and the `-an` of `500rb-an`."""
        end = at
        while end < len(self.tokens) and self._word(end) in {",", ".", "-"} and self._touching(end):
            end += 1
        if end == at or self._word(end - 1) != "-":
            return at
        if self._word(end) == "an" and self._touching(end):
            return end + 1
        goes_on = self._touching(end) and (self.tokens[end].kind != "sign" or self._word(end) == BARRIER)
        return at if goes_on else end

    def found_at(self, at: int) -> Found | None:
        """The amount that begins at a token with all that belongs to it, or None."""
        negative, start = self._sign_at(at)
        before, start = self._currency_before(start)
        if before is not None and not negative:
            negative = self._word(start) == "-"
            start += negative
        amount = self.amounts.amount_at(start)
        if amount is None:
            return None
        after, end = self._currency_after(amount.end)
        currency = before or after
        value = self._value(amount, currency or self.reading.currency, negative)
        if value is None:
            return None
        return Found(value, amount, at, start, end, self._tail(end), currency is not None)

    def _value(self, amount: Amount, currency: str, negative: bool) -> Money | Unclear | None:
        sign = -1 if negative else 1
        figures = amount.options(self.reading.locale, currency)
        options = tuple(Money(sign * _whole(figure), currency) for figure in figures)
        if not options:
            return None
        return options[0] if len(options) == 1 else Unclear(options)

    def all(self) -> Iterator[Found]:
        """The amounts of the text, in order; what is no money is passed over whole."""
        at = 0
        while at < len(self.tokens):
            found = self.found_at(at)
            if found is not None and is_money(found, self.tokens):
                yield found
            at = found.end if found is not None else at + 1


def _whole(figure: Decimal) -> Decimal:
    """The same figure without decimals that are all nought."""
    return figure if figure % 1 else figure.to_integral_value()


def money_in(text: str, reading: Reading) -> list[Claim]:
    """The amounts in a plain text, in order, none overlapping another."""
    found_tokens = tokens(text)
    words = [token.text for token in found_tokens]
    reader = AmountReader(found_tokens, words, reading.locale[:2].lower())
    amounts = list(_Parser(found_tokens, words, reader, reading).all())
    return [
        Claim(found.value, found_tokens[found.start].start, found_tokens[found.end - 1].end)
        for found in without_firm_numbers(amounts, found_tokens)
    ]
