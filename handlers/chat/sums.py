"""What an order costs, worked out exactly: counts times prices that the business gave, and their total.

A model asks for it, since its own arithmetic isn't to be trusted, and since it may name no amount that nobody gave.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from handlers.chat.grounding import ungiven
from handlers.grammar.reading import Reading
from handlers.grammar.values import lone_money
from services.i18n import Joined, Renderable, Shown, _, lines
from services.money import Money, currency_digits

MOST_PARTS, MOST_COUNT, MOST_TOTAL = 20, Decimal(100_000), Decimal(10) ** 13
_PARTS = re.compile(r"\s*(?:\n|;|\+)\s*")
_PART = re.compile(r"(?P<count>\d[\d.,]*)\s*(?:[x×*]|kali|times)\s*(?P<price>.+)", re.IGNORECASE | re.DOTALL)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")


class SumError(ValueError):
    """What keeps a sum from being worked out, in words for the model that asked."""


@dataclass(frozen=True, slots=True)
class Part:
    """So many of something at a price."""

    count: Decimal
    price: Money

    @property
    def total(self) -> Money:
        """Count times price, in whole smallest units, half up."""
        quantum = Decimal(1).scaleb(-currency_digits(self.price.currency))
        return Money((self.count * self.price.amount).quantize(quantum, ROUND_HALF_UP), self.price.currency)


def parts_of(calculation: str, given: Sequence[str], reading: Reading) -> tuple[Part, ...]:
    """The parts of `10 x 65.000 + 25.000`, whose prices must stand in the texts that were given.

    Raises `SumError`.
    """
    written = [each for each in _PARTS.split(calculation.strip()) if each]
    if not 1 <= len(written) <= MOST_PARTS:
        raise SumError("Write it like 10 x 65000 + 25000, with prices in the currency of the business.")
    return tuple(_part(each, given, reading) for each in written)


def _part(written: str, given: Sequence[str], reading: Reading) -> Part:
    found = _PART.fullmatch(written)
    count, price = (_count(found["count"]), found["price"]) if found else (Decimal(1), written)
    money = lone_money(price, reading)
    if count is None or money is None or money.amount <= 0 or money.currency != reading.currency:
        raise SumError("Write it like 10 x 65000 + 25000, with prices in the currency of the business.")
    if not is_given(money, given, reading):
        raise SumError(f"Nobody gave the price {money.plain()}. Take prices from the sources only.")
    part = Part(count, money)
    if count > MOST_COUNT or part.total.amount > MOST_TOTAL:
        raise SumError("That is too much to be worked out here.")
    return part


def is_given(price: Money, texts: Sequence[str], reading: Reading) -> bool:
    """Whether one of the texts names a price."""
    return not ungiven(f"{price.amount:f} {price.currency}", texts, reading)


def _count(written: str) -> Decimal | None:
    digits = written.rstrip(".,")
    if _GROUPED.fullmatch(digits):
        digits = re.sub("[.,]", "", digits)
    digits = digits.replace(",", ".")
    return Decimal(digits) if re.fullmatch(r"\d{1,9}(?:\.\d{1,3})?", digits) else None


def shown(parts: Sequence[Part]) -> Renderable:
    """Each part and the total, as people read them; a single part is its own total."""
    if len(parts) == 1:
        return _line(parts[0])
    total = sum((part.total for part in parts[1:]), parts[0].total)
    return lines(*map(_line, parts), _("Total: {total}", total=total))


def _line(part: Part) -> Renderable:
    if part.count == 1:
        return Shown(part.price)
    return Joined((Shown(part.count), "×", Shown(part.price), "=", Shown(part.total)), " ")
