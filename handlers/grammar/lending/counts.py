"""How often is paid, and how many times: `10x mingguan`, `12 bulan`, `every 2 weeks`, `30x harian`, `setahun`.

Called by `terms`. A duration in one unit and a rhythm in another are only brought together where that is exact.
"""

from __future__ import annotations

import re
from decimal import Decimal

from handlers.grammar.lending.scan import Scan
from handlers.grammar.values.calendar_rules import spaced
from handlers.grammar.values.number_words import DIGITS, TEENS, TENS, read_small
from handlers.grammar.values.word_tables import one_of
from services.money import currency_digits

_WORD = one_of([*DIGITS, *TEENS, *TENS])
_NUMBER = rf"(?:\d{{1,3}}|{_WORD}(?: (?:belas|puluh)(?: {_WORD})?)?)"
_DAY = r"(?:hari|hr|days?)"
_WEEK = r"(?:minggu|mgg|mggu|pekan|weeks?|wks?)"
_MONTH = r"(?:bulan|bln|bl|months?|mos?|mths?)"
_YEAR = r"(?:tahun|thn|taun|years?|yrs?)"
_UNIT = rf"(?:(?P<day>{_DAY})|(?P<week>{_WEEK})|(?P<month>{_MONTH})|(?P<year>{_YEAR}))"
_EACH = r"(?:per|tiap|setiap|every|each|/)"
_TIMES = r"(?:x|kali|times)"
_NAMED = r"(?:instal?lments?|payments?|cicilan|angsuran|termin|pembayaran)"

COUNT = re.compile(
    spaced(
        rf"(?<![\w.,/-])(?:(?P<before>{_NUMBER})~{_TIMES}(?:~(?:bayar|cicil|cicilan|angsur|angsuran))?"
        rf"(?=~\d{{1,2}}~(?:hari|minggu|mingg|bulan)an|(?! sekali)(?!\w))"
        rf"|(?P<named>\d{{1,2}}) (?:equal )?(?:(?P<months>monthly) |(?P<weeks>weekly) )?{_NAMED}(?!\w)"
        rf"|(?<=\s)x~(?P<after>\d{{1,3}})(?![\w.,]))"
    )
)
SMALL_COUNT = re.compile(
    spaced(
        r"(?<!\w)(?:dicicil|nyicil|cicil|cicilan|angsuran|diangsur) (?P<count>\d{1,3})(?![\w.,]|~(?:rb|ribu|jt"
        r"|juta|k)\b)"
    )
)
RHYTHM = re.compile(
    spaced(
        rf"(?<!\w)(?:{_EACH}~(?:(?P<every>{_NUMBER})~|(?P<other>other )|satu )?{_UNIT}(?:~sekali)?"
        rf"|(?:(?P<adverbs>{_NUMBER})~)?(?:(?P<daily>harian|daily)|(?P<weekly>mingguan|weekly)"
        rf"|(?P<monthly>bulanan|monthly))"
        r"|(?P<fortnight>bi-?weekly|dwi~mingguan|fortnightly|(?:every |each |a )fortnight)"
        r"|(?P<quarter>quarterly|triwulanan|per triwulan|tiap kuartal)"
        rf"|(?P<once>{_NUMBER}~|se)(?:(?P<oday>{_DAY})|(?P<oweek>{_WEEK})|(?P<omonth>{_MONTH})) (?:sekali|skali"
        rf"|1x|1 x))(?!\w)"
    )
)
DURATION = re.compile(
    spaced(
        rf"(?<![\w.,/-])(?:(?P<number>\d{{1,3}}(?:[.,]5)?|{_NUMBER})~-?~|(?P<half>setengah|half an?) |(?P<one>se|an? ))"
        rf"{_UNIT}(?:~(?P<plus>setengah|and a half))?(?!\w)"
    )
)
_MOST_APART = 6  # `12 monthly` are twelve payments
_UNITS = {"day": "days", "week": "weeks", "month": "months", "daily": "days", "weekly": "weeks", "monthly": "months"}
_EXACT = {("years", "months"): 12, ("years", "weeks"): 52, ("weeks", "days"): 7}


def take_counts(scan: Scan) -> dict[str, object]:
    """`periods`, `frequency` and `every`, as far as the text says them."""
    counted = scan.take(COUNT)
    count = _count(counted)
    if count is None and currency_digits(scan.reading.currency) == 0 and (small := scan.take(SMALL_COUNT)) is not None:
        count = int(small["count"]) or None
    said = scan.take(RHYTHM)
    rhythm = _rhythm(said) or _rhythm_of_count(counted)
    if said is not None and rhythm is not None and said["adverbs"] and rhythm[1] > _MOST_APART:
        count, rhythm = count or rhythm[1], (rhythm[0], 1)
    length = _length(scan.take(DURATION))
    return together(count, rhythm, length)


def together(
    count: int | None, rhythm: tuple[str, int] | None, length: tuple[Decimal, str] | None
) -> dict[str, object]:
    """The plan that a number of payments, a rhythm and a duration make, without what can't be known exactly."""
    if rhythm is None and length is not None:
        rhythm = _even_rhythm(count, length)
    if count is None and rhythm is not None and length is not None:
        count = _times(length, *rhythm)
    found: dict[str, object] = {"periods": count} if count else {}
    return found | ({"frequency": rhythm[0], "every": rhythm[1]} if rhythm else {})


def _even_rhythm(count: int | None, length: tuple[Decimal, str]) -> tuple[str, int] | None:
    """`12 bulan` is paid every month, `10x dalam 20 minggu` every second week."""
    number, unit = length
    number, unit = (number * 12, "months") if unit == "years" else (number, unit)
    if number != int(number):
        return None
    if count is None:
        return unit, 1
    return (unit, int(number) // count) if count and number % count == 0 else None


def _times(length: tuple[Decimal, str], frequency: str, every: int) -> int | None:
    number, unit = length
    factor = 1 if unit == frequency else _EXACT.get((unit, frequency))
    times = number * factor / every if factor else Decimal(0)
    return int(times) if times and times == int(times) else None


def number_of(words: str) -> int:
    """A number in digits or words; 0 for none."""
    if words.isdigit():
        return int(words)
    small = read_small(words.split(), 0)
    return small[0] if small else 0


def _count(match: re.Match[str] | None) -> int | None:
    return number_of((match["before"] or match["named"] or match["after"]).strip()) or None if match else None


def _rhythm_of_count(match: re.Match[str] | None) -> tuple[str, int] | None:
    """`24 monthly payments`."""
    unit = next((name for name in ("months", "weeks") if match[name]), None) if match else None
    return (unit, 1) if unit else None


def _rhythm(match: re.Match[str] | None) -> tuple[str, int] | None:
    """The unit of a rhythm and how many of them lie between two payments."""
    if match is None:
        return None
    found = match.groupdict()
    if found["fortnight"]:
        return "weeks", 2
    if found["quarter"]:
        return "months", 3
    said = (found["every"] or found["adverbs"] or (found["once"] if found["once"] != "se" else None) or "1").strip()
    every = 2 if found["other"] else number_of(said) or 1
    if found["year"]:
        return "months", 12 * every
    unit = next(name for name in (*_UNITS, "oday", "oweek", "omonth") if found.get(name))
    return _UNITS[unit.removeprefix("o")], every


def _length(match: re.Match[str] | None) -> tuple[Decimal, str] | None:
    if match is None:
        return None
    unit = next(name for name in ("day", "week", "month", "year") if match[name])
    number = Decimal("0.5") if match["half"] else Decimal(1)
    if match["number"]:
        said = match["number"].replace(",", ".")
        number = Decimal(said) if said[0].isdigit() else Decimal(number_of(said))
    number += Decimal("0.5") if match["plus"] else 0
    return (number, f"{unit}s") if number else None
