"""Figures written in digits, with whatever separators: `1.250.000,50`, `1,250`, `500 000`.

Says which amounts a spelling may stand for. The shape decides first, then the currency's decimals, then the locale.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from babel.core import UnknownLocaleError
from babel.numbers import get_decimal_symbol

from services.money import currency_digits

MOST_DIGITS = 18


@lru_cache(maxsize=256)
def decimal_mark(locale: str) -> str:
    """What parts decimals in a locale: a comma in `id`, a point in `en` and where the locale is unknown."""
    try:
        return "," if get_decimal_symbol(locale.replace("-", "_")) == "," else "."
    except (UnknownLocaleError, ValueError):
        return "."


def _grouped(groups: list[str]) -> Decimal | None:
    """The figure whose thousands stand apart, or None if these groups aren't thousands."""
    well_formed = 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    return Decimal("".join(groups)) if well_formed else None


def _options(*figures: Decimal | None) -> tuple[Decimal, ...]:
    return tuple(dict.fromkeys(figure for figure in figures if figure is not None))


def _both_marks(figure: str) -> tuple[Decimal, ...]:
    """The last mark parts decimals; three of them may as well be thousands after a slip of the finger."""
    mark = figure[max(figure.rfind("."), figure.rfind(","))]
    whole, _, decimals = figure.rpartition(mark)
    if mark in whole:
        return ()
    grouped = _grouped(whole.replace(",", ".").split("."))
    if grouped is None:
        return ()
    parted = Decimal(f"{grouped}.{decimals}")
    return _options(parted, Decimal(f"{grouped}{decimals}") if len(decimals) == 3 else None)


def _one_mark(whole: str, decimals: str, mark: str, locale: str, currency: str | None) -> tuple[Decimal, ...]:
    """A single mark: `currency` is None for a figure before a scale, where decimals are common in any currency."""
    parted = Decimal(f"{whole}.{decimals}")
    if len(decimals) > 3:
        return (parted,) if currency is None else ()
    if len(decimals) < 3 or whole.startswith("0"):
        return (parted,)
    grouped = Decimal(whole + decimals)
    if len(whole) > 3:
        return _options(parted, grouped)
    if currency is not None and currency_digits(currency) == 0:
        return (grouped,)
    foreign = mark == decimal_mark(locale)
    if currency is None:
        return (parted,) if foreign else _options(grouped, parted)
    return _options(parted, grouped) if foreign else (grouped,)


def read_figure(figure: str, locale: str, currency: str | None) -> tuple[Decimal, ...]:
    """The amounts that a figure may mean: none if it is malformed, several if it is ambiguous.

    `currency` is None for a figure in front of a scale word (`2,5` juta).
    """
    if sum(map(str.isdigit, figure)) > MOST_DIGITS:
        return ()
    bare = figure.replace("'", "").replace(" ", "")
    marks = [mark for mark in bare if mark in ".,"]
    if not marks:
        return (Decimal(bare),)
    if len(set(marks)) == 2:
        return _both_marks(bare)
    if len(marks) > 1:
        return _options(_grouped(bare.split(marks[0])))
    whole, _, fraction = bare.partition(marks[0])
    if bare != figure:
        return (Decimal(f"{whole}.{fraction}"),)
    return _one_mark(whole, fraction, marks[0], locale, currency)
