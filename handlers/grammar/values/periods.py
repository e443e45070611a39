"""Periods counted from today: `14 hari`, `sebulan`, `two weeks`, `3 days ago`, `1,5 bulan`, `2-3 hari`.

Calendar months keep the day of the month, clipped at the month's end; half a month is 15 days, half a year six months.
A rate (`per bulan`, `seminggu sekali`) or what has already passed (`sudah 3 bulan`, `telat 2 hari`) is no period.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from handlers.grammar.reading import Reading, Unclear
from handlers.grammar.values.calendar_rules import DateValue, Rule, add_days, add_months, spaced, spelling
from handlers.grammar.values.calendar_words import DAY, FORTNIGHT, MONTH, WEEK, WORKDAY, YEAR
from handlers.grammar.values.number_words import DIGITS, TEENS, TENS, read_small
from handlers.grammar.values.word_tables import one_of, words

_WORD = one_of([*DIGITS, *TEENS, *TENS, "belas", "puluh", "seratus"])
_NUMBER = (
    r"(?:\d{1,4}(?:[.,][05])?|(?:a )?couple(?: of)?|another|"
    rf"{_WORD}(?:(?: |-){_WORD}){{0,3}}|a hundred|an?)"
)
_HALF = r"(?:setengah|1/2|½|half an?|half)"
_AND_HALF = r"(?:setengah|½|and a half|1/2)"
_UNIT = rf"(?:{WORKDAY}|{DAY}|{WEEK}|{FORTNIGHT}|{MONTH}|{YEAR})"
_ONE = rf"se~(?:hari|{one_of(words('minggu mgg pekan bulan bln tahun thn taun'))}(?:an)?)"
_COUNT = (
    rf"(?:{_NUMBER}(?:(?: |-|~(?=½)){_AND_HALF})?~{_UNIT}|{_HALF}~{_UNIT}|{_ONE})(?!\w)"
    r"(?: (?:and a half|setengah)(?!\w))?"
)
_LATER = r"(?:lagi|lg|ke~depan|kdpn|ke dpn|mendatang|dari sekarang|from now|from today|later|time)"
_AGO = r"(?:yang lalu|yg lalu|lalu|ago|lewat|kemarin|kmrn|back)"
_PARTS = re.compile(
    spaced(
        rf"(?:(?P<half>{_HALF})~|(?P<number>{_NUMBER})(?:(?: |-|~(?=½))(?P<plus>{_AND_HALF}))?~|(?P<one>se)~)"
        rf"(?:(?P<workday>{WORKDAY})|(?P<day>{DAY})|(?P<week>{WEEK})|(?P<fortnight>{FORTNIGHT})|(?P<month>{MONTH})"
        rf"|(?P<year>{YEAR}))(?:an)?(?!\w)(?: (?P<after>and a half|setengah))?"
    )
)
_RATE_BEFORE = re.compile(
    r"(?:(?<![^\W_])(?:per|tiap|setiap|tiap2|every|each|kali|x|sekali|once|twice|times|sudah|udah|udh|sdh|telat|terlambat"
    r"|nunggak|menunggak|late|overdue|sehari|umur|usia|persen|percent)|\dx|%)[ ]{0,3}$"
)
_NEXT = re.compile(r"[ ]{1,3}(?:depan|dpn)(?!\w)")
_RATE_AFTER = re.compile(r"[ ]{0,3}(?:sekali|\d{1,2}[ ]?(?:x|kali)|old)(?!\w)")
_GLUE = re.compile(r"\d[.:']$|(?<!\d\d\d)\d,$|(?<!\d\d)\d/$|(?:^|[\s(])-$")
_CONTEXT = 16


@dataclass(frozen=True, slots=True)
class _Count:
    """How many of which unit, in halves where the unit has a half."""

    amount: Decimal
    unit: str

    def after(self, start: date, sign: int) -> date | None:
        """`start` moved by this count, or None if the unit can't be divided so."""
        whole, half = divmod(self.amount, 1)
        steps = sign * int(whole)
        if self.unit == "workday":
            return _add_workdays(start, steps) if not half else None
        if self.unit in {"day", "week", "fortnight"}:
            days = self.amount * {"day": 1, "week": 7, "fortnight": 14}[self.unit]
            return add_days(start, sign * int(days)) if self.unit != "day" or not half else None
        moved = add_months(start, steps * (12 if self.unit == "year" else 1))
        if not half:
            return moved
        return add_months(moved, sign * 6) if self.unit == "year" else add_days(moved, sign * 15)


def _add_workdays(start: date, days: int) -> date:
    """`start` moved by so many days that are neither Saturday nor Sunday."""
    weeks, left = divmod(abs(days), 5)
    step = 1 if days >= 0 else -1
    moved = add_days(start, step * weeks * 7)
    while left:
        moved = add_days(moved, step)
        left -= moved.weekday() < 5
    return moved


def _number(words: str) -> Decimal | None:
    if words[0].isdigit():
        return Decimal(words.replace(",", "."))
    if "couple" in words:
        return Decimal(2)
    if words in {"a", "an", "another"}:
        return Decimal(1)
    parts = re.findall(r"[^\W_]+|-", words)
    small = read_small(parts, 0)
    return Decimal(small[0]) if small and small[1] == len(parts) else None


def _count(part: re.Match[str]) -> _Count | None:
    unit = next(name for name in ("workday", "day", "week", "fortnight", "month", "year") if part[name])
    number = Decimal(1) if part["one"] else Decimal(0) if part["half"] else _number(part["number"])
    if number is None:
        return None
    halves = sum(1 for name in ("half", "plus", "after") if part[name])
    return _Count(number + Decimal("0.5") * halves, unit)


def _is_rate(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - _CONTEXT) : match.start()]
    return bool(_RATE_BEFORE.search(before) or _RATE_AFTER.match(match.string, match.end()))


def _glued_before(match: re.Match[str]) -> bool:
    """Whether the number goes on to the left (`1.14 hari`) or is negative (`-3 hari`).

    After a longer figure a comma or slash only parts the two: `500000,14 hari`.
    """
    before = match.string[max(0, match.start() - _CONTEXT) : match.start()]
    return _GLUE.search(before) is not None


def _means_hours(text: str, reading: Reading) -> bool:
    """`2 hr` is two hours in English and two days in Indonesian."""
    return reading.locale.startswith("en") and bool(re.search(r"\d ?hr(?!\w)", text))


def _period(match: re.Match[str], reading: Reading) -> DateValue:
    if _is_rate(match) or _glued_before(match) or _means_hours(match["counts"], reading):
        return None
    if _NEXT.match(match.string, match.end()):
        return None
    found: date | None = reading.today
    for part in _PARTS.finditer(match["counts"]):
        count = _count(part)
        found = count.after(found, -1 if match["ago"] else 1) if count and found else None
    return found


def _range(match: re.Match[str], reading: Reading) -> DateValue:
    """`2-3 hari`: either end may be meant."""
    part = _PARTS.match(match["last"])
    if _is_rate(match) or _glued_before(match) or part is None or (last := _count(part)) is None:
        return None
    first = _Count(Decimal(match["first"]), last.unit)
    ends = first.after(reading.today, 1), last.after(reading.today, 1)
    return Unclear(ends) if None not in ends and first.amount < last.amount else None


def _ahead(match: re.Match[str], reading: Reading) -> DateValue:
    """`2 minggu depan` is two weeks ahead, but `500 minggu depan` an amount and next week."""
    if _glued_before(match):
        return None
    part = _PARTS.match(match["count"])
    count = _count(part) if part else None
    return count.after(reading.today, 1) if count and count.amount <= 12 else None


RULES = (
    Rule(
        spelling(
            rf"(?P<counts>{_COUNT}(?:(?:,| and| dan)? {_COUNT}){{0,2}})(?:(?:'s?)? (?:{_LATER}|(?P<ago>{_AGO})))?"
        ),
        _period,
    ),
    Rule(spelling(rf"(?P<first>\d{{1,3}})~(?:-|sampai|to|atau|or)~(?P<last>\d{{1,3}}~{_UNIT})(?: {_LATER})?"), _range),
    Rule(spelling(rf"(?P<count>{_NUMBER}~(?:{WEEK}|{MONTH}|{YEAR})) (?:depan|dpn)"), _ahead),
)
