"""What an owner may set for the business, declared once: key, meaning, values, default.

From here come the `settings` and `set` commands, their checks and their help. A change takes effect at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies

from services.db.models import Tenant
from services.errors import DomainError
from services.i18n import Text, _, language_of, languages


@dataclass(frozen=True, slots=True)
class Preference:
    """One setting of a tenant. `read` turns an owner's word into the value to keep, or gives None if it can't be."""

    key: str
    meaning: Text
    default: object
    read: Callable[[str], object | None]
    example: str
    column: str | None = None


_ON = {"on", "yes", "ya", "true", "1", "aktif", "hidup", "nyala"}
_OFF = {"off", "no", "tidak", "false", "0", "mati", "nonaktif"}


def _switch(word: str) -> bool | None:
    folded = word.casefold()
    return True if folded in _ON else False if folded in _OFF else None


def _minutes(word: str) -> int | None:
    digits = word.split()[0] if word.split() else ""
    return int(digits) if digits.isdecimal() and 1 <= int(digits) <= 1440 else None


_LANGUAGE_NAMES = {"english": "en", "inggris": "en", "indonesia": "id", "indonesian": "id", "bahasa indonesia": "id"}


def language_named(word: str) -> str | None:
    """The language that a word names in full: `english`, `indonesia`; None for anything else."""
    return _LANGUAGE_NAMES.get(word.casefold().strip())


def read_language(word: str) -> str | None:
    """A language by its code or its name; None when Juragan doesn't speak it."""
    wanted = _LANGUAGE_NAMES.get(word.casefold().strip(), word.strip().replace("-", "_"))
    try:
        locale = str(Locale.parse(wanted))
    except (ValueError, UnknownLocaleError):
        return None
    return locale if language_of(locale) in languages() else None


def _timezone(word: str) -> str | None:
    named = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
    by_folded = {name.casefold(): name for name in available_timezones()}
    return named.get(word.upper()) or by_folded.get(word.casefold())


def _currency(word: str) -> str | None:
    return word.upper() if word.upper() in list_currencies() else None


def _name(word: str) -> str | None:
    return word.strip() if 2 <= len(word.strip()) <= 80 else None


PREFERENCES: Mapping[str, Preference] = {
    preference.key: preference
    for preference in (
        Preference("name", _("the name of your business, as others read it"), None, _name, "Toko Maju", "name"),
        Preference("language", _("the language I write in"), None, read_language, "id", "locale"),
        Preference(
            "currency", _("the currency of your book, until the first entry"), None, _currency, "IDR", "currency"
        ),
        Preference("timezone", _("your time zone"), None, _timezone, "Asia/Jakarta", "timezone"),
        Preference("notify", _("whether people hear of each entry on their account"), True, _switch, "off"),
        Preference("takeover", _("minutes that I keep quiet after you wrote to somebody yourself"), 60, _minutes, "60"),
    )
}


def value_of(tenant: Tenant, key: str) -> object:
    """What a preference is for a tenant: as set, else its default."""
    preference = PREFERENCES[key]
    if preference.column is not None:
        return getattr(tenant, preference.column)
    return tenant.preferences.get(key, preference.default)


def change(tenant: Tenant, key: str, word: str) -> object:
    """Sets a preference from an owner's word and returns the value before; raises `DomainError`."""
    preference = PREFERENCES.get(key)
    if preference is None:
        keys = ", ".join(sorted(PREFERENCES))
        raise DomainError("unknown_setting", _("There is no setting “{key}”. There are: {keys}.", key=key, keys=keys))
    value = preference.read(word)
    if value is None:
        raise DomainError(
            "bad_setting",
            _(
                "“{word}” is no value for {key}. Example: set {key} {example}",
                word=word,
                key=key,
                example=preference.example,
            ),
        )
    before = value_of(tenant, key)
    if preference.column is not None:
        setattr(tenant, preference.column, value)
    else:
        tenant.preferences = {**tenant.preferences, key: value}
    return before
