"""Amounts in words, as deeds state them: `lima juta rupiah`, `one thousand two hundred dollars and fifty cents`."""

from __future__ import annotations

from babel.numbers import get_currency_name
from num2words import num2words

from services.i18n import Text, _, _n, language_of
from services.money import Money, currency_digits


def in_words(money: Money, locale: str) -> str:
    """An amount of zero or more in the words of the document's language, with the names of currency and subunit."""
    amount = money.rounded().amount
    whole = int(amount)
    parts = int((amount - whole).scaleb(currency_digits(money.currency)))
    shown = _unit(money.currency, whole, locale)
    if not parts:
        return shown
    fraction = _fraction(money.currency, parts, locale)
    return _("{whole} and {fraction}", whole=shown, fraction=fraction).render(locale)


def _unit(currency: str, whole: int, locale: str) -> str:
    words = _cardinal(whole, locale)
    known = _UNITS.get(currency)
    if known is None:
        return f"{words} {get_currency_name(currency, whole, locale)}"
    one, many = known
    return Text(one, {"words": words}, many, whole).render(locale)


def _fraction(currency: str, parts: int, locale: str) -> str:
    """Cents in words where the currency calls them so, else as cheques have it: 50/100."""
    known = _CENTS.get(currency)
    if known is None:
        return f"{parts}/{10 ** currency_digits(currency)}"
    one, many = known
    return Text(one, {"words": _cardinal(parts, locale)}, many, parts).render(locale)


def _cardinal(number: int, locale: str) -> str:
    """A number in words; in English, as the texts are, for a language whose numbers can't be spelt here."""
    try:
        words = num2words(number, lang=language_of(locale))
    except (NotImplementedError, OverflowError):
        words = num2words(number, lang="en")
    return str(words).replace(",", "")


def _known(text: Text) -> tuple[str, str]:
    return text.message, text.plural or text.message


_DOLLARS = _known(_n("{words} dollar", "{words} dollars", 1))
_CENT = _known(_n("{words} cent", "{words} cents", 1))
_UNITS = {
    "IDR": _known(_n("{words} rupiah", "{words} rupiah", 1)),
    "USD": _DOLLARS,
    "EUR": _known(_n("{words} euro", "{words} euros", 1)),
    "MYR": _known(_n("{words} ringgit", "{words} ringgit", 1)),
}
_CENTS = {"USD": _CENT, "EUR": _CENT, "MYR": _known(_n("{words} sen", "{words} sen", 1))}
