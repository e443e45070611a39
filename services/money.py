"""Amounts of money: a `Decimal` and a currency, never a float.

Used wherever an amount is kept, computed or read from text. Formatting for people is in `services.i18n`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from babel.numbers import get_currency_precision


@lru_cache(maxsize=256)
def currency_digits(currency: str) -> int:
    """Decimals that people use in a currency: 2 for USD, and none for IDR, whose sen are out of use."""
    return 0 if currency == "IDR" else get_currency_precision(currency)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in one currency. Arithmetic between two currencies raises `ValueError`."""

    amount: Decimal
    currency: str

    def rounded(self) -> Money:
        """The same amount in whole smallest units of its currency, half to even."""
        quantum = Decimal(1).scaleb(-currency_digits(self.currency))
        return Money(self.amount.quantize(quantum, rounding=ROUND_HALF_EVEN), self.currency)

    @property
    def is_exact(self) -> bool:
        """Whether the amount can be paid in the currency's smallest unit."""
        return self.rounded().amount == self.amount

    def _same(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} can't be mixed")
        return other.amount

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def plain(self) -> str:
        """The bare figure for machines: `500000`, `1200.50`."""
        return f"{self.rounded().amount:f}"
