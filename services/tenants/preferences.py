"""What an owner may set for the business, declared once: key, meaning, values, default.

From here come the `settings` and `set` commands, their checks and their help. A change takes effect at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from services.db.models import Tenant
from services.errors import DomainError
from services.i18n import LanguageName, Renderable, Text, _
from services.tenants import preference_values as values
from services.tenants.preference_values import language_named, read_language

__all__ = ["PREFERENCES", "Preference", "change", "language_named", "read_language", "value_of"]


_OFF = _("off")


@dataclass(frozen=True, slots=True)
class Preference:
    """One setting of a tenant. `read` turns an owner's word into the value to keep, or gives None if it can't be.

    With `may_be_off` a word such as `off` is a value too, kept as None and shown as `absent`. `show` puts any other
    value into words. `check` looks at a value beside the tenant's other settings and raises `DomainError`.
    """

    key: str
    meaning: Text
    default: object
    read: Callable[[str], object | None]
    example: str
    column: str | None = None
    may_be_off: bool = False
    absent: Text = _OFF
    show: Callable[[object], Renderable | str] = str
    check: Callable[[Tenant, object], None] | None = None

    def shown(self, value: object) -> Renderable | str:
        """A value as an owner reads it."""
        if value is None:
            return self.absent
        if isinstance(value, bool):
            return _("on") if value else _OFF
        return self.show(value)


def _hour_is_not_quiet(tenant: Tenant, hour: object) -> None:
    _refuse_quiet_reminders(cast(int, hour), cast("Sequence[int] | None", value_of(tenant, "quiet_hours")))


def _quiet_leaves_the_hour(tenant: Tenant, hours: object) -> None:
    _refuse_quiet_reminders(cast(int, value_of(tenant, "reminder_hour")), cast("Sequence[int] | None", hours))


def _refuse_quiet_reminders(hour: int, quiet: Sequence[int] | None) -> None:
    if quiet is not None and values.is_within(hour, quiet):
        raise DomainError(
            "quiet_reminders",
            _(
                "Reminders at {hour} would fall into the quiet hours {quiet}. Change one of the two: set reminder_hour"
                " 9, or set quiet_hours 21-8",
                hour=values.show_hour(hour),
                quiet=values.show_hours(quiet),
            ),
        )


_NEXT_OR_SHORTEN = {
    "next": "next", "berikut": "next", "berikutnya": "next",
    "shorten": "shorten", "singkat": "shorten", "persingkat": "shorten", "perpendek": "shorten",
}  # fmt: skip

_BUSINESS = (
    Preference(
        "name", _("the name of your business, as others read it"), None, values.text_of(2, 80), "Toko Maju", "name"
    ),
    Preference(
        "language", _("the language I write in"), None, read_language, "id", "locale",
        show=lambda value: LanguageName(str(value)),
    ),
    Preference(
        "currency", _("the currency of your book, until the first entry"), None, values.read_currency, "IDR", "currency"
    ),
    Preference("timezone", _("your time zone"), None, values.read_timezone, "Asia/Jakarta", "timezone"),
    Preference("notify", _("whether people hear of each entry on their account"), True, values.read_switch, "off"),
    Preference(
        "takeover", _("how long I keep quiet after you wrote to somebody yourself"), 60, values.read_minutes, "2 hours",
        show=values.show_minutes,
    ),
)  # fmt: skip
_PROGRAMS = (
    Preference(
        "keys_in_addresses",
        _("whether programs, such as routers, may send with a key in the address (others may read it there)"),
        False,
        values.read_switch,
        "on",
    ),
)
_REQUESTS = (
    Preference(
        "sla", _("within how many hours requests should be answered, before I remind you"), 4, values.read_span,
        "4 hours", may_be_off=True, show=values.show_span,
    ),
    Preference(
        "handoff", _("how long I keep quiet where somebody asked for a person"), 12, values.read_span, "12 hours",
        may_be_off=True, absent=_("until you release the chat"), show=values.show_span,
    ),
)  # fmt: skip
_REMINDERS = (
    Preference(
        "auto_reminder", _("whether I remind people of what they owe by myself"), True, values.read_switch, "off"
    ),
    Preference(
        "reminder_template", _("how a reminder sounds: default, friendly, formal, or your own words"), "default",
        values.read_template, "friendly",
    ),
    Preference(
        "reminder_days", _("the days of reminders, counted from the due date"), [-3, -1, 0, 1, 3, 7],
        values.read_levels, "-3,-1,0,1,3,7", show=values.show_levels,
    ),
    Preference(
        "reminder_hour", _("the hour of reminders and of your daily summary"), 9, values.read_hour, "9",
        show=values.show_hour, check=_hour_is_not_quiet,
    ),
    Preference(
        "quiet_hours", _("when I send no reminders"), [21, 8], values.read_hours, "21-8", may_be_off=True,
        show=values.show_hours, check=_quiet_leaves_the_hour,
    ),
    Preference(
        "daily_summary", _("whether I tell you each day what is due and late"), True, values.read_switch, "off"
    ),
)  # fmt: skip
_LENDING = (
    Preference(
        "penalty", _("what paying late costs, in new agreements"), None, values.read_penalty_rule,
        "1% daily after 3 max 100000", may_be_off=True,
    ),
    Preference(
        "overpayment", _("what is paid too much: to the next instalment, or to the last ones (shorten)"), "next",
        values.choice(_NEXT_OR_SHORTEN), "shorten",
    ),
    Preference(
        "allocation_order", _("what a payment settles first"), "penalty,fee,interest,principal", values.read_order,
        "interest,principal,penalty,fee", show=values.show_order,
    ),
    Preference(
        "longest_term", _("the longest term of an agreement"), 24, values.read_months, "24 months",
        show=values.show_months,
    ),
    Preference(
        "how_to_pay", _("how people pay you; it stands in agreements"), None, values.text_of(3, 200),
        "BCA 1234567890 Toko Maju", may_be_off=True, absent=_("not set"),
    ),
    Preference(
        "lender", _("the lender's name in agreements, if it isn't the business's"), None, values.text_of(2, 80),
        "Siti Rahayu", may_be_off=True, absent=_("not set"),
    ),
)  # fmt: skip

PREFERENCES: Mapping[str, Preference] = {
    preference.key: preference for preference in (*_BUSINESS, *_REQUESTS, *_REMINDERS, *_LENDING, *_PROGRAMS)
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
    value = _read(preference, word)
    if preference.check is not None:
        preference.check(tenant, value)
    before = value_of(tenant, key)
    if preference.column is not None:
        setattr(tenant, preference.column, value)
    else:
        tenant.preferences = {**tenant.preferences, key: value}
    return before


def _read(preference: Preference, word: str) -> object | None:
    if preference.may_be_off and values.is_off(word):
        return None
    value = preference.read(word)
    if value is None:
        raise DomainError(
            "bad_setting",
            _(
                "“{word}” is no value for {key}. Example: set {key} {example}",
                word=word,
                key=preference.key,
                example=preference.example,
            ),
        )
    return value
