"""What uses of models cost, in AI credits: a table for each purpose, which an operator may change (`AI_PRICES`)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any

SMALLEST = Decimal("0.001")
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """`credits` for each started `per` tokens, or seconds of speech."""

    credits: Decimal
    per: int

    def of(self, units: float) -> Decimal:
        """What so many units cost, one piece at the least."""
        return (self.credits * max(1, math.ceil(units / self.per))).quantize(SMALLEST, ROUND_CEILING)


USUAL: Mapping[str, Price] = {
    "chat": Price(Decimal(1), 8000),
    "understanding": Price(Decimal(1), 8000),
    "summary": Price(Decimal(1), 8000),
    "vision": Price(Decimal(2), 8000),
    "transcription": Price(Decimal(1), 60),
    "embedding": Price(SMALLEST, 200),
}


@dataclass(frozen=True, slots=True)
class Prices:
    """The price table of an installation; a model may have a price of its own, as `chat/gpt-4o`."""

    table: Mapping[str, Price] = field(default_factory=lambda: USUAL)

    def of(self, purpose: str, model: str | None = None) -> Price:
        """The price of a use."""
        return self.table.get(f"{purpose}/{model}") or self.table[purpose]


def read(written: str) -> Prices:
    """The table with an operator's changes, as JSON: `{"chat": [1, 8000], "chat/gpt-4o": [3, 8000]}`.

    Raises `ValueError`, whose text says what is wrong.
    """
    try:
        given = json.loads(written or "{}", parse_float=Decimal, parse_constant=lambda _name: None)
    except (ValueError, InvalidOperation, RecursionError):
        raise ValueError('not JSON such as {"chat": [1, 8000]}') from None
    if not isinstance(given, dict):
        raise ValueError('not an object such as {"chat": [1, 8000]}')
    return Prices({**USUAL, **{name: _price(name, value) for name, value in given.items()}})


def _price(name: str, value: Any) -> Price:
    purpose, slash, model = name.partition("/")
    if purpose not in USUAL or (slash and not model):
        raise ValueError(f"“{name}” is no use of a model; there are {', '.join(USUAL)}, each also with /MODEL")
    match value:
        case [credits, per] if _is_price(credits) and type(per) is int and 1 <= per <= _MOST:
            return Price(Decimal(credits), per)
    raise ValueError(f"“{name}” isn't [credits, for each]: [1, 8000], with at most three decimals and nothing negative")


def _is_price(value: Any) -> bool:
    return type(value) in (int, Decimal) and 0 <= value <= _MOST and value == round(Decimal(value), 3)
