"""How the values of a business's settings are read from an owner's word, and how they are shown.

Each `read_…` gives the value to keep, None for what can't be one, or raises a `DomainError` that says more. Each
`show_…` gives what an owner reads. `services.tenants.preferences` says which setting takes which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import cast
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies

from services.errors import DomainError
from services.i18n import Joined, Renderable, _, _n, language_of, languages
from services.lending.penalties import read_penalty

_ON = {"on", "yes", "ya", "true", "1", "aktif", "hidup", "nyala"}
_OFF = {"off", "no", "none", "tidak", "false", "0", "mati", "nonaktif"}

TEMPLATES = ("default", "friendly", "formal")
PLACEHOLDERS = ("name", "amount", "due", "days", "business")
_LONGEST_TEMPLATE = 500
_EARLIEST, _LATEST, _MOST_LEVELS = -30, 90, 12


def is_off(word: str) -> bool:
    """Whether a word switches something off."""
    return word.casefold() in _OFF


def read_switch(word: str) -> bool | None:
    folded = word.casefold()
    return True if folded in _ON else False if folded in _OFF else None


_DURATION = re.compile(r"(\d{1,4})\s*(?:(m|min|mins|minutes?|menit)|(h|hours?|jam))?")


def read_minutes(word: str) -> int | None:
    """Minutes up to a day: `60`, `90 menit`, `2 jam`, `2 hours`."""
    match = _DURATION.fullmatch(word.casefold().strip())
    if match is None:
        return None
    minutes = int(match[1]) * (60 if match[3] else 1)
    return minutes if 1 <= minutes <= 1440 else None


_SPAN = re.compile(r"(\d{1,3})\s*(?:(hours?|hrs?|h|jam)|(days?|d|hari))?")


def read_span(word: str) -> int | None:
    """Hours up to 30 days: `4`, `4 jam`, `12 hours`, `2 days`."""
    match = _SPAN.fullmatch(word.casefold().strip())
    if match is None:
        return None
    hours = int(match[1]) * (24 if match[3] else 1)
    return hours if 1 <= hours <= 720 else None


def show_span(value: object) -> Renderable:
    return _n("{n} hour", "{n} hours", cast(int, value))


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


def read_timezone(word: str) -> str | None:
    named = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
    by_folded = {name.casefold(): name for name in available_timezones()}
    return named.get(word.upper()) or by_folded.get(word.casefold())


def read_currency(word: str) -> str | None:
    return word.upper() if word.upper() in list_currencies() else None


def text_of(least: int, most: int) -> Callable[[str], str | None]:
    """Reads any text of `least` to `most` characters."""
    return lambda word: word.strip() if least <= len(word.strip()) <= most else None


def choice(words: dict[str, str]) -> Callable[[str], str | None]:
    """Reads one of some words, each of which stands for a value."""
    return lambda word: words.get(word.casefold().strip())


_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def read_template(word: str) -> str:
    """One of the templates by its name, or the owner's own words with placeholders; raises `DomainError`."""
    text = word.strip()
    if text.casefold() in TEMPLATES:
        return text.casefold()
    if len(text) > _LONGEST_TEMPLATE:
        raise _bad_template(_("A reminder may have {n} characters at most.", n=_LONGEST_TEMPLATE))
    for name in _PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            raise _bad_template(_("There is no {placeholder} in a reminder.", placeholder=f"{{{name}}}"))
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        raise _bad_template(_("The braces in this reminder don't match."))
    if len(text) < 10:
        raise _bad_template(_("That is too short for a reminder."))
    return text


def _bad_template(what: Renderable) -> DomainError:
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    example = "set reminder_template Hi {name}, {amount} is {days} ({due}). {business}"
    how = _(
        "Write default, friendly, formal, or your own words with {known}. Example: {example}",
        known=known,
        example=example,
    )
    return DomainError("bad_setting", Joined((what, how), " "))


_LEVEL = re.compile(r"h?\s*([+\-−–]?\d{1,3})|h")


def read_levels(word: str) -> list[int] | None:
    """Days relative to the due date, negative before it: `-3,-1,0,1,3,7`, `H-3 H H+7`."""
    found: set[int] = set()
    for part in re.split(r"[\s,;]+", word.casefold().strip()):
        match = _LEVEL.fullmatch(part)
        if match is None:
            return None
        found.add(int(re.sub("[−–]", "-", match[1] or "0")))
    fits = len(found) <= _MOST_LEVELS and all(_EARLIEST <= level <= _LATEST for level in found)
    return sorted(found) if fits else None


def show_levels(value: object) -> Renderable:
    """`3, 1 days before; on the day; 1, 3, 7 days late`."""
    levels = cast("Sequence[int]", value)
    before, late = [-level for level in levels if level < 0], [level for level in levels if level > 0]
    parts = (
        _n("{days} day before", "{days} days before", max(before), days=_listed(before)) if before else None,
        _("on the day") if 0 in levels else None,
        _n("{days} day late", "{days} days late", max(late), days=_listed(late)) if late else None,
    )
    return Joined(tuple(part for part in parts if part is not None), "; ")


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


_HOUR = re.compile(r"(?:jam|pukul|at)?\s*(\d{1,2})(?:[:.]00)?\s*(am|pm|pagi|malam)?")


def read_hour(word: str) -> int | None:
    """A whole hour: `9`, `09:00`, `9am`, `jam 9`."""
    match = _HOUR.fullmatch(word.casefold().strip())
    if match is None:
        return None
    hour, half = int(match[1]), match[2]
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        return hour % 12 + (12 if half in ("pm", "malam") and not (half == "malam" and hour == 12) else 0)
    return hour if hour <= 23 else None


def show_hour(value: object) -> str:
    return f"{value:02}:00"


_RANGE = re.compile(r"\s*(?:-|–|−|to|until|sampai|s/d)\s*")


def read_hours(word: str) -> list[int] | None:
    """From one whole hour to another, over midnight if need be: `21-8`, `21:00-08:00`."""
    hours = [read_hour(part) for part in _RANGE.split(word.casefold().strip())]
    if len(hours) != 2 or None in hours or hours[0] == hours[1]:
        return None
    return cast("list[int]", hours)


def show_hours(value: object) -> str:
    begin, end = cast("Sequence[int]", value)
    return f"{show_hour(begin)}–{show_hour(end)}"


def is_within(hour: int, hours: Sequence[int]) -> bool:
    """Whether an hour lies between two others, the first included and the second not."""
    begin, end = hours
    return begin <= hour < end if begin < end else hour >= begin or hour < end


def read_penalty_rule(word: str) -> str | None:
    """A rule for late payments in the owner's words, if it is one."""
    text = " ".join(word.split())
    return text if read_penalty(text) is not None else None


_COMPONENTS = {
    "penalty": "penalty", "penalties": "penalty", "denda": "penalty", "fee": "fee", "fees": "fee", "biaya": "fee",
    "interest": "interest", "bunga": "interest", "principal": "principal", "pokok": "principal",
}  # fmt: skip


def read_order(word: str) -> str | None:
    """The four components of a debt in the order in which a payment settles them."""
    parts = [_COMPONENTS.get(part) for part in re.split(r"[\s,;>→]+", word.casefold().strip())]
    if None in parts or sorted(cast("list[str]", parts)) != sorted(set(_COMPONENTS.values())):
        return None
    return ",".join(cast("list[str]", parts))


def show_order(value: object) -> str:
    return str(value).replace(",", ", ")


_TERM = re.compile(r"(\d{1,3})\s*(?:(months?|bulan|bln|m)|(years?|tahun|thn|y))?")


def read_months(word: str) -> int | None:
    """Months up to thirty years: `24`, `18 bulan`, `2 years`."""
    match = _TERM.fullmatch(word.casefold().strip())
    if match is None:
        return None
    months = int(match[1]) * (12 if match[3] else 1)
    return months if 1 <= months <= 360 else None


def show_months(value: object) -> Renderable:
    return _n("{n} month", "{n} months", cast(int, value))


def show_minutes(value: object) -> Renderable:
    return _n("{n} minute", "{n} minutes", cast(int, value))
