"""Weeks, months and years named from today, and their ends: `minggu depan`, `akhir bulan`, `in March`, `next year`.

The next and the last week, month and year mean today's day in them. The current one, or a month by its name, means
its last day: what is due `bulan mei` or `this week` may be paid until it ends.
"""

from __future__ import annotations

import re
from datetime import date

from handlers.grammar.reading import Reading
from handlers.grammar.values.calendar_rules import (
    PAST,
    THIS,
    Rule,
    add_days,
    add_months,
    month_end,
    monthly,
    spelling,
    week_start,
    yearly,
)
from handlers.grammar.values.calendar_words import MONTHS
from handlers.grammar.values.word_tables import one_of, words

_SPAN = {
    **dict.fromkeys(["minggu", "mgg", "mggu", "pekan", "week", "wk"], "week"),
    **dict.fromkeys(["bulan", "bln", "month"], "month"),
    **dict.fromkeys(["tahun", "thn", "taun", "year"], "year"),
}
_INDONESIAN = one_of(words("minggu mgg mggu pekan bulan bln tahun thn taun"))
_ENGLISH = r"(?:week|wk|month|year)"
_NEXT = r"(?:depan|dpn|mendatang|berikutnya|yang akan datang|yg akan datang)"
_MONTH = one_of(MONTHS)
_FULL_MONTH = one_of(word for word in MONTHS if len(word) > 3 or word in {"may", "mei"})


def _moved(day: date, span: str, by: int) -> date:
    return add_days(day, 7 * by) if span == "week" else add_months(day, by * (12 if span == "year" else 1))


def _end(day: date, span: str) -> date:
    if span == "week":
        return add_days(week_start(day), 6)
    return month_end(day) if span == "month" else date(day.year, 12, 31)


def _which(match: re.Match[str]) -> int:
    """1 for the next span, -1 for the last, 0 for the current one or one that isn't said to be another."""
    words = match.groupdict()
    return 1 if words.get("next") else -1 if words.get("past") else 0


def _same_day(match: re.Match[str], reading: Reading) -> date:
    span, which = _SPAN[match["span"]], _which(match)
    return _moved(reading.today, span, which) if which else _end(reading.today, span)


def _end_of_span(match: re.Match[str], reading: Reading) -> date:
    span = _SPAN[match["span"]]
    first = reading.today.replace(day=1) if span != "week" else reading.today
    return _end(_moved(first, span, _which(match)), span)


def _end_of_month(_match: re.Match[str], reading: Reading) -> date:
    return month_end(reading.today)


def _weekend(match: re.Match[str], reading: Reading) -> date:
    return _end(add_days(reading.today, 7 * _which(match)), "week")


def _day_in_month(day: int, match: re.Match[str], reading: Reading) -> date | None:
    words = match.groupdict()
    if not (words.get("next") or words.get("past") or words.get("this")):
        return monthly(reading.today, day)
    return add_months(reading.today.replace(day=1), _which(match)).replace(day=day)


def _start_of_month(match: re.Match[str], reading: Reading) -> date | None:
    return _day_in_month(1, match, reading)


def _middle_of_month(match: re.Match[str], reading: Reading) -> date | None:
    return _day_in_month(15, match, reading)


def _start_of_year(match: re.Match[str], reading: Reading) -> date | None:
    return yearly(reading.today, 1, 1)


def _named(match: re.Match[str], reading: Reading) -> date | None:
    """The end of a month by its name, this year if it hasn't passed."""
    return _end_of(MONTHS[match["month"]], match, reading)


def _end_of(month: int, match: re.Match[str], reading: Reading) -> date:
    year = int(match["year"]) if match["year"] else reading.today.year + (month < reading.today.month)
    return month_end(date(year, month, 1))


def _start_of_named(match: re.Match[str], reading: Reading) -> date | None:
    return yearly(reading.today, MONTHS[match["month"]], 1)


def _middle_of_named(match: re.Match[str], reading: Reading) -> date | None:
    return yearly(reading.today, MONTHS[match["month"]], 15)


_IN_INDONESIAN = rf"(?: (?:(?P<next>{_NEXT})|(?P<past>{PAST})|(?P<this>{THIS})))?"
_IN_ENGLISH = r"(?:(?: of)?(?: (?:the|(?P<this>this)|(?P<next>next|the next)|(?P<past>last)))?)"
_BLN = r"(?:bulan|bln)"
_YEAR = r"(?: (?P<year>(?:19|20)\d\d))?"

RULES = (
    Rule(spelling(rf"(?P<span>{_INDONESIAN}) (?:(?P<next>{_NEXT})|(?P<past>{PAST})|{THIS})"), _same_day),
    Rule(spelling(rf"(?:(?P<next>next|nxt|coming)|(?P<past>last|past)|this) (?P<span>{_ENGLISH})"), _same_day),
    Rule(spelling(rf"akhir (?P<span>{_INDONESIAN}){_IN_INDONESIAN}"), _end_of_span),
    Rule(spelling(rf"end{_IN_ENGLISH} (?P<span>{_ENGLISH})"), _end_of_span),
    Rule(spelling(r"eom|month~-?~end|akhirbulan"), _end_of_month),
    Rule(spelling(r"(?:the |this )?(?:weekend|wkend)|(?P<next>next weekend)"), _weekend),
    Rule(spelling(rf"(?:awal|permulaan) {_BLN}{_IN_INDONESIAN}"), _start_of_month),
    Rule(spelling(rf"(?:beginning|start){_IN_ENGLISH} month"), _start_of_month),
    Rule(spelling(rf"(?:pertengahan|tengah) {_BLN}{_IN_INDONESIAN}"), _middle_of_month),
    Rule(spelling(rf"(?:mid|middle){_IN_ENGLISH} month|mid-month"), _middle_of_month),
    Rule(spelling(r"awal (?:tahun|thn)(?: depan)?"), _start_of_year),
    Rule(spelling(rf"(?:akhir|end of) (?:bulan |bln )?(?P<month>{_MONTH}){_YEAR}"), _named),
    Rule(spelling(rf"(?:awal|early|beginning of|start of) (?:bulan |bln )?(?P<month>{_MONTH})"), _start_of_named),
    Rule(spelling(rf"(?:pertengahan|mid|middle of) (?:bulan |bln )?(?P<month>{_MONTH})"), _middle_of_named),
    Rule(spelling(rf"{_BLN} (?P<month>{_MONTH}){_YEAR}"), _named),
    Rule(spelling(rf"(?:in|month of) (?P<month>{_FULL_MONTH}){_YEAR}"), _named),
)
