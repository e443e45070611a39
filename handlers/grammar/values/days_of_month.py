"""Days by the calendar: `25/12`, `2025-12-25`, `5 maret`, `Mar 5th 2026`, `tgl 25 bulan depan`, `the 25th`.

Without a year or month it is the next such day, today included, unless the words say that it has passed. `03/04` is
day first, except in American English; in plain English with dollars it stays unclear. A reading that the calendar
refuses gives way to the other one, and where both are impossible there is no date.
"""

from __future__ import annotations

import re
from datetime import date

from handlers.grammar.reading import Reading, Unclear
from handlers.grammar.values.calendar_rules import PAST, THIS, DateValue, Rule, add_months, monthly, spelling, yearly
from handlers.grammar.values.calendar_words import DOUBTFUL_WEEKDAYS, MONTHS, NAMED_MONTHS, WEEKDAYS
from handlers.grammar.values.number_words import DIGITS, TEENS, TENS, read_small
from handlers.grammar.values.word_tables import one_of

_MONTH_FIRST_TERRITORIES = {"US", "PH", "PR", "GU"}
_TGL = r"(?:tgl|tanggal|tggl|tgal|tg)\.?~:?~"
_WEEKDAY = rf"(?:(?:hari )?(?:{one_of([*WEEKDAYS, *DOUBTFUL_WEEKDAYS])})\.?,?~)?"
_DAY = r"(?P<day>\d{1,2})"
_SHORT_YEAR = r"(?P<year>\d{4}|\d\d)"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!~(?:rb|ribu|k|jt|juta|rupiah|perak)|[.,]\d)"
_NUMBER_WORD = one_of([*DIGITS, *TEENS, *TENS, "belas", "puluh"])
_ALONE = r"(?<!\d[.,/:-])"
_NO_MORE = r"(?![.,/:-]\d|~%)"
_AFTER_FRACTION = (
    r"(?!~(?:rb|ribu|jt|juta|m|miliar|milyar|million|k|bulan|bln|tahun|thn|hari|minggu|years?|months?|weeks?)\b)"
)
_PASSED = rf"(?: (?:(?P<past>{PAST}|tahun lalu|thn lalu|last year)|ini|this year|tahun ini))?"
_SUFFIX = r"(?:st|nd|rd|th)"
# What an ordinal counts when it isn't a day: `the 2nd installment`.
_COUNTED = (
    r"(?! (?:instal\w{0,10}|payment|time|one|bill|order|loan|debt|invoice|week|month|quarter|half)\b"
    r"| of (?:the )?(?:\d|two|three))"
)


def _year(digits: str) -> int:
    return int(digits) + 2000 if len(digits) == 2 else int(digits)


def _possible(year: str | None, month: int, day: int, reading: Reading, past: bool = False) -> date | None:
    """The day in that year, or the next one without a year; None if the calendar has no such day."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if year is None:
        return yearly(reading.today, month, day, past)
    try:
        return date(_year(year), month, day) if 1900 <= _year(year) < 2200 else None
    except ValueError:
        return None


def _month_first(reading: Reading) -> bool:
    return reading.locale.replace("-", "_").partition("_")[2].upper() in _MONTH_FIRST_TERRITORIES


def _numeric(match: re.Match[str], reading: Reading) -> DateValue:
    first, second = int(match["first"]), int(match["second"])
    words = match.groupdict()
    year, past = words.get("year"), bool(words.get("past"))
    by_day = _possible(year, second, first, reading, past)
    by_month = _possible(year, first, second, reading, past)
    if by_day is None or by_month is None or by_day == by_month:
        return by_day or by_month
    if reading.locale == "en" and reading.currency == "USD" and words.get("separator") != ".":
        return Unclear((by_day, by_month))
    return by_month if _month_first(reading) else by_day


def _iso(match: re.Match[str], reading: Reading) -> date | None:
    return _possible(match["year"], int(match["month"]), int(match["day"]), reading)


def _named_month(match: re.Match[str], reading: Reading) -> date | None:
    words = match.groupdict()
    year = words.get("year") or words.get("short")
    return _possible(year, MONTHS[match["month"]], int(match["day"]), reading, bool(words.get("past")))


def _unnamed_month(match: re.Match[str], reading: Reading) -> date | None:
    """`March 5` without anything leading to it, unless the month is as well a name."""
    return None if match["month"] in NAMED_MONTHS else _named_month(match, reading)


def _day_number(words: str) -> int:
    if words.isdigit():
        return int(words)
    parts = words.split()
    small = read_small(parts, 0)
    return small[0] if small and small[1] == len(parts) else 0


def _day_of_month(match: re.Match[str], reading: Reading) -> date | None:
    words = match.groupdict()
    day = _day_number(match["day"])
    if words.get("next") or words.get("last") or words.get("this"):
        month = add_months(reading.today.replace(day=1), 1 if words["next"] else -1 if words["last"] else 0)
        return _possible(str(month.year), month.month, day, reading)
    return monthly(reading.today, day, bool(words.get("past")))


def _of_numbered_month(match: re.Match[str], reading: Reading) -> date | None:
    return _possible(match.groupdict().get("year"), int(match["month"]), int(match["day"]), reading)


_MONTH = rf"(?P<month>{one_of(MONTHS)})(?:\.(?=~\d))?"
_ENGLISH_MONTH_DAY = rf"{_MONTH} (?:the )?(?P<day>\d{{1,2}})"
_WHICH_MONTH = rf"(?:bulan|bln) (?:(?P<next>depan|dpn)|(?P<last>lalu|kemarin|kmrn)|(?P<this>{THIS}))"
_WHICH = r"(?:(?P<next>next)|(?P<last>last)|(?P<this>this)) month"

RULES = (
    Rule(
        spelling(rf"(?:{_TGL})?{_ALONE}(?P<year>\d{{4}})(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark){_DAY}{_NO_MORE}"), _iso
    ),
    Rule(
        spelling(
            rf"{_WEEKDAY}(?:{_TGL})?{_ALONE}(?P<first>\d\d?)(?P<separator>[/.-])(?P<second>\d\d?)(?P=separator)"
            rf"{_SHORT_YEAR}{_NO_MORE}"
        ),
        _numeric,
    ),
    Rule(
        spelling(
            rf"{_WEEKDAY}(?:{_TGL})?{_ALONE}(?P<first>\d\d?)/(?P<second>\d\d?){_NO_MORE}{_AFTER_FRACTION}{_PASSED}"
        ),
        _numeric,
    ),
    Rule(spelling(rf"{_TGL}{_DAY}~-~(?P<month>\d\d?){_NO_MORE}"), _of_numbered_month),
    Rule(
        spelling(
            rf"{_WEEKDAY}(?:{_TGL}|the )?{_ALONE}{_DAY}{_SUFFIX}?(?:~|-|/| of |st of |th of )(?:bulan |bln )?{_MONTH}"
            rf"(?:(?:,?~|-|/){_YEAR}|(?:-|/|,?~')(?P<short>\d\d)(?!\d))?{_PASSED}"
        ),
        _named_month,
    ),
    Rule(spelling(rf"{_WEEKDAY}{_ENGLISH_MONTH_DAY}{_SUFFIX}?,?~{_YEAR}"), _named_month),
    Rule(spelling(rf"{_WEEKDAY}{_ENGLISH_MONTH_DAY}{_SUFFIX}{_PASSED}"), _named_month),
    Rule(spelling(rf"{_ENGLISH_MONTH_DAY}{_NO_MORE}{_PASSED}"), _named_month, needs_cue=True),
    Rule(spelling(rf"{_WEEKDAY}{_ENGLISH_MONTH_DAY}{_NO_MORE}{_PASSED}"), _unnamed_month),
    Rule(spelling(rf"{_TGL}(?P<day>\d{{1,2}}){_NO_MORE}(?: {_WHICH_MONTH}|{_PASSED})"), _day_of_month),
    Rule(spelling(rf"{_WHICH_MONTH},?~{_TGL}(?P<day>\d{{1,2}}){_NO_MORE}"), _day_of_month),
    Rule(spelling(rf"{_WHICH},?~(?:on )?the {_DAY}{_SUFFIX}"), _day_of_month),
    Rule(
        spelling(rf"{_TGL}(?P<day>{_NUMBER_WORD}(?: {_NUMBER_WORD}){{0,2}})(?: {_WHICH_MONTH}|{_PASSED})"),
        _day_of_month,
    ),
    Rule(spelling(rf"{_TGL}{_DAY} (?:bulan|bln) (?P<month>\d\d?)(?: (?:tahun |thn )?{_YEAR})?"), _of_numbered_month),
    Rule(
        spelling(
            rf"(?:the |on |by )(?P<day>\d{{1,2}}){_SUFFIX}{_COUNTED}"
            rf"(?:(?: of)? (?:{_WHICH}|(?:the|each) month))?"
        ),
        _day_of_month,
    ),
    Rule(
        spelling(rf"(?P<day>\d{{1,2}}){_SUFFIX} (?:of )?{_WHICH}"),
        _day_of_month,
    ),
    Rule(spelling(rf"(?P<day>\d{{1,2}}){_SUFFIX}{_COUNTED}"), _day_of_month, needs_cue=True),
)
