"""Texts for people: written in English, rendered once, in the language of whoever reads them.

`_("{name} owes {amount}", name=…, amount=Money(…))` is a value that any room may build and pass on; an edge renders it.
Amounts, dates and numbers among the parameters are formatted by Babel for the reader's locale. Catalogues are
`locales/<language>/LC_MESSAGES/juragan.po`; English is the source and needs none.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Protocol

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import NumberPattern, format_decimal, format_percent

from services.money import Money, currency_digits

# CLDR's spacing rule, which Babel leaves out: a symbol of letters stands apart from the figure.
_LETTER_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")

LOCALES = Path(__file__).resolve().parent.parent / "locales"
DOMAIN = "juragan"
SOURCE_LANGUAGE = "en"


class Renderable(Protocol):
    """Anything that can be put into words for a reader."""

    def render(self, locale: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Text:
    """A translatable message with its parameters; `plural` and `n` where a number decides the form.

    `context` tells apart what is the same in English and not in another language.
    """

    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    plural: str | None = None
    n: int = 0
    context: str | None = None

    def render(self, locale: str) -> str:
        if not self.message:
            return ""
        catalogue = translations(language_of(locale))
        if self.context is not None:
            template = catalogue.pgettext(self.context, self.message)
        elif self.plural is None:
            template = catalogue.gettext(self.message)
        else:
            template = catalogue.ngettext(self.message, self.plural, self.n)
        return template.format(**{key: show(value, locale) for key, value in self.params.items()})


@dataclass(frozen=True, slots=True)
class Joined:
    """Several texts as one, in order; empty ones are left out."""

    parts: tuple[Renderable | str | None, ...]
    separator: str = "\n"

    def render(self, locale: str) -> str:
        shown = (show(part, locale) for part in self.parts if part is not None)
        return self.separator.join(shown)


@dataclass(frozen=True, slots=True)
class Shown:
    """A bare value as a text of its own."""

    value: object

    def render(self, locale: str) -> str:
        return show(self.value, locale)


@dataclass(frozen=True, slots=True)
class LanguageName:
    """A language by its name in the reader's own."""

    locale: str

    def render(self, locale: str) -> str:
        return Locale.parse(self.locale).get_display_name(locale) or self.locale


@dataclass(frozen=True, slots=True)
class Percent:
    """A share (0.3 for 30 %) to be shown as a percentage."""

    share: Decimal


@dataclass(frozen=True, slots=True)
class Weekday:
    """A date shown with its day of the week, for dates that people plan by."""

    day: date


@dataclass(frozen=True, slots=True)
class MonthName:
    """The month of a date with its year: `February 2025`."""

    day: date

    def render(self, locale: str) -> str:
        return _plain(format_skeleton("yMMMM", self.day, locale=locale))


def _(message: str, /, **params: object) -> Text:
    """A message of the catalogue with named parameters in `str.format` fields."""
    return Text(message, params)


def _n(one: str, many: str, n: int, /, **params: object) -> Text:
    """A message whose form depends on the number `n`, which its fields may show as `{n}`."""
    return Text(one, {"n": n, **params}, many, n)


def _c(context: str, message: str, /) -> Text:
    """A message whose translation depends on where it stands."""
    return Text(message, context=context)


def lines(*parts: Renderable | str | None) -> Joined:
    """Texts under each other; `""` leaves an empty line and None leaves nothing."""
    return Joined(parts)


@lru_cache(maxsize=16)
def translations(language: str) -> NullTranslations:
    """The catalogue of a language; English, or a language without one, gives the source texts."""
    source = LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if language == SOURCE_LANGUAGE or not source.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages that Juragan speaks, the source language first."""
    return (SOURCE_LANGUAGE, *sorted(path.parent.parent.name for path in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")))


def language_of(locale: str) -> str:
    """The catalogue that serves a locale: itself (`pt_BR`), else its language (`en_GB` → `en`)."""
    return locale if locale in languages() else locale.split("_", 1)[0]


def show(value: object, locale: str) -> str:
    """A value as a reader of `locale` writes it; strings stay as they are."""
    match value:
        case str():
            return value
        case Money():
            return format_money(value, locale)
        case bool():
            return _("yes").render(locale) if value else _("no").render(locale)
        case int() | Decimal():
            return format_decimal(value, locale=locale)
        case Percent():
            return format_percent(value.share, locale=locale, decimal_quantization=False)
        case Weekday():
            return _plain(format_date(value.day, "EEE, d MMM y", locale=locale))
        case datetime():
            return _plain(format_datetime(value, "d MMM y HH:mm", tzinfo=value.tzinfo, locale=locale))
        case date():
            return _plain(format_date(value, "d MMM y", locale=locale))
        case None:
            return ""
    if hasattr(value, "render"):
        return str(value.render(locale))
    raise TypeError(f"{type(value).__name__} can't be shown in a text")


def format_money(money: Money, locale: str) -> str:
    """An amount with its currency, with as many decimals as people use in it: `Rp 500.000`, `$1,200.50`."""
    pattern, parsed = _currency_pattern(locale, currency_digits(money.currency))
    shown = pattern.apply(money.rounded().amount, parsed, currency=money.currency, currency_digits=False)
    return _plain(_LETTER_BEFORE_DIGIT.sub(" ", shown))


@lru_cache(maxsize=64)
def _currency_pattern(locale: str, digits: int) -> tuple[NumberPattern, Locale]:
    parsed = Locale.parse(locale)
    pattern = copy.copy(parsed.currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    return pattern, parsed


def _plain(text: str) -> str:
    """Chats wrap and copy ordinary spaces better than the no-break ones of the locale data."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")
