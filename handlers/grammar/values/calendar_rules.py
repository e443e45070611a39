"""What a reader of dates is made of, and the arithmetic of the calendar that they share.

Each kind of date (periods, weekdays, days of a month …) is a tuple of rules in its own module; `dates` runs them all.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.grammar.reading import Reading, Unclear

DateValue = date | Unclear | None
AHEAD = r"(?:depan|dpn|mendatang|akan datang|yang akan datang|yg akan datang|berikutnya|besok)"
PAST = r"(?:yang lalu|yg lalu|yang lewat|lalu|kemarin|kmrn|kemaren|kmaren|lewat)"
THIS = r"(?:ini|sekarang|skrg)"


@dataclass(frozen=True, slots=True)
class Rule:
    """A spelling and its meaning. `resolve` returns None, or raises as `date()` does, for what is no date after all.

    A rule that `needs_cue` counts only after a word such as `until`; one that is `like_a_name` not after `Pak`.
    """

    pattern: re.Pattern[str]
    resolve: Callable[[re.Match[str], Reading], DateValue]
    needs_cue: bool = False
    like_a_name: bool = False


def spaced(pattern: str) -> str:
    """The pattern in which each blank stands for one to three blanks, and each `~` for up to three."""
    return pattern.replace(" ", r"\x20{1,3}").replace("~", r"\x20{0,3}")


def spelling(pattern: str) -> re.Pattern[str]:
    """A `spaced` pattern that stands alone between words, or right after an amount: `500rb14hari`."""
    return re.compile(rf"(?:(?<![\w'])|(?<=\d(?:rb|jt))|(?<=\dk))(?:{spaced(pattern)})(?![\w]|'\w|-[^\W\d])")


def add_days(start: date, days: int) -> date:
    """The date some days later; raises `OverflowError` beyond the calendar."""
    return start + timedelta(days=days)


def add_months(start: date, months: int) -> date:
    """The same day some months later, or the last of that month if it is shorter; raises `ValueError` beyond."""
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(years, month + 1, min(start.day, days_in_month(years, month + 1)))


def days_in_month(year: int, month: int) -> int:
    """How many days a month has; raises `ValueError` for a year without calendar."""
    return calendar.monthrange(date(year, month, 1).year, month)[1]


def month_end(day: date) -> date:
    """The last day of the date's month."""
    return day.replace(day=days_in_month(day.year, day.month))


def week_start(day: date) -> date:
    """The Monday of the date's week."""
    return add_days(day, -day.weekday())


def _dates_in_years(years: Iterator[int], month: int, day: int) -> Iterator[date]:
    for year in years:
        if 1 <= year <= 9999 and day <= days_in_month(year, month):
            yield date(year, month, day)


def yearly(today: date, month: int, day: int, past: bool = False) -> date | None:
    """The next such day of the year, today included, or the last one before today; eight years cover every leap day."""
    if past:
        earlier = _dates_in_years(iter(range(today.year, today.year - 9, -1)), month, day)
        return next((found for found in earlier if found < today), None)
    later = _dates_in_years(iter(range(today.year, today.year + 9)), month, day)
    return next((found for found in later if found >= today), None)


def monthly(today: date, day: int, past: bool = False) -> date | None:
    """The next such day of a month, today included, or the last one before today; None for no day of any month."""
    step = -1 if past else 1
    for months in range(0, 4 * step, step):
        first = add_months(today.replace(day=1), months)
        if not 1 <= day <= days_in_month(first.year, first.month):
            continue
        found = first.replace(day=day)
        if found < today if past else found >= today:
            return found
    return None
