"""The month of a report: `2025 2`, `02/2025`, `februari`, `last month`.

Called for what follows the word `report`, and for sentences that ask for one. A month without a year is the last one
of its name that has begun.
"""

from __future__ import annotations

import re
from datetime import date

from handlers.grammar.reading import Reading
from handlers.grammar.values.calendar_rules import THIS, add_months, spaced
from handlers.grammar.values.calendar_words import MONTHS
from handlers.grammar.values.plain import plain
from handlers.grammar.values.word_tables import one_of

_YEAR = r"(?P<year>20\d\d)"
_BLN = r"(?:bulan|bln|bl)"
# Everyday words of other meanings as well: months only where something leads to them.
_ALSO_WORDS = frozenset({"may", "mar", "des", "jan", "sep"})
_PLAIN = one_of(word for word in MONTHS if word not in _ALSO_WORDS)
# The fuller spelling first: `for february 2024` is of that year.
_SPELLINGS = (
    rf"{_YEAR}~[-/. ]~(?P<month>\d{{1,2}})(?:~[-/]~\d{{1,2}})?",
    rf"(?P<month>\d{{1,2}})~[-/. ]~{_YEAR}",
    rf"(?P<name>{one_of(MONTHS)})\.?(?:~[-/, ]~{_YEAR}|~'(?P<short>\d\d))",
    rf"(?:{_BLN}|for|in|of|untuk|utk) (?P<name>{one_of(MONTHS)})",
    rf"(?P<name>{_PLAIN})",
    rf"{_YEAR} (?P<name>{one_of(MONTHS)})",
    rf"(?P<ago>\d{{1,2}}) (?:{_BLN} (?:yang |yg )?lalu|months? ago)",
    rf"(?P<last>{_BLN} (?:yang |yg )?(?:lalu|kemarin|kemaren|kmrn|kmarin|lewat|sebelumnya)|(?:last|previous"
    rf"|prev|past) month"
    rf"|month before)",
    rf"(?P<current>{_BLN} {THIS}|this month|current month)",
    rf"{_BLN} (?P<month>\d{{1,2}})",
)
_SPELLED = tuple(re.compile(spaced(rf"(?<![\w.,/-])(?:{each})(?![\w/-]|[.,]\d)")) for each in _SPELLINGS)
_ALONE = re.compile(rf"(?:(?P<name>{one_of(MONTHS)})|(?P<month>\d{{1,2}}))[.!]?")
_LONGEST = 300


def read_month(text: str, reading: Reading) -> tuple[int, int] | None:
    """Year and month, None where the text names no month that has begun."""
    spoken = plain(text[:_LONGEST]).strip()
    alone = _ALONE.fullmatch(spoken)
    found = alone or next((match for each in _SPELLED if (match := each.search(spoken)) is not None), None)
    return _begun(_resolved(found, reading), reading) if found is not None else None


def _resolved(match: re.Match[str], reading: Reading) -> tuple[int, int] | None:
    groups = match.groupdict()
    if groups.get("current") or groups.get("last") or groups.get("ago"):
        return _back(int(groups.get("ago") or (1 if groups.get("last") else 0)), reading.today)
    month = MONTHS[groups["name"]] if groups.get("name") else int(groups.get("month") or 0)
    if not 1 <= month <= 12:
        return None
    year = groups.get("year") or (f"20{groups['short']}" if groups.get("short") else None)
    today = reading.today
    return int(year) if year else today.year - (month > today.month), month


def _back(months: int, today: date) -> tuple[int, int] | None:
    if today.year * 12 + today.month - 1 - months < 12:
        return None
    first = add_months(today.replace(day=1), -months)
    return first.year, first.month


def _begun(found: tuple[int, int] | None, reading: Reading) -> tuple[int, int] | None:
    """A month to come has no report yet, and before the first year of the calendar there is none."""
    today = reading.today
    return found if found is not None and (1, 1) <= found <= (today.year, today.month) else None
