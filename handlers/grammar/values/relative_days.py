"""Days named by their distance from today: `besok`, `lusa`, `kemarin`, `tadi pagi`, `tomorrow`, `tonight`.

What happened `tadi` or `barusan` happened today; `tadi malam` and `last night` are yesterday.
"""

from __future__ import annotations

import re
from datetime import date

from handlers.grammar.reading import Reading
from handlers.grammar.values.calendar_rules import Rule, add_days, spelling
from handlers.grammar.values.calendar_words import WEEKDAYS
from handlers.grammar.values.word_tables import one_of

_OFFSETS = {
    "kemarin lusa": -2,
    "kemarin dulu": -2,
    "kemaren lusa": -2,
    "kemaren dulu": -2,
    "kmrn lusa": -2,
    "the day before yesterday": -2,
    "day before yesterday": -2,
    **dict.fromkeys(["kemarin", "kemaren", "kmrn", "kmren", "kmarin", "kmaren", "yesterday", "yest", "ystrdy"], -1),
    **dict.fromkeys(["tadi malam", "tadi malem", "td malam", "semalam", "semalem", "last night"], -1),
    **dict.fromkeys(["hari ini", "hr ini", "hari nih", "today", "tdy", "2day", "tonight", "malam ini", "malem ini"], 0),
    **dict.fromkeys(["saiki", "dina iki", "dino iki", "mau isuk", "mau esuk", "mau awan", "ayeuna"], 0),
    **dict.fromkeys(["wingi", "mau bengi", "wingi bengi", "kamari"], -1),
    **dict.fromkeys(["sesuk", "sesok", "isukan"], 1),
    **dict.fromkeys(["eod", "end of day", "end of the day", "cob", "close of business"], 0),
    **dict.fromkeys(["tadi", "tdi", "barusan", "brusan", "barusn", "td", "td pagi", "td siang", "just now"], 0),
    **dict.fromkeys(["pagi ini", "siang ini", "sore ini", "this morning", "this afternoon", "this evening"], 0),
    **dict.fromkeys(["nanti malam", "nanti sore", "nanti siang", "ntar malam", "ntar malem", "ntar sore"], 0),
    **dict.fromkeys(["besok", "bsk", "bsok", "besuk", "esok", "esok hari", "besoknya", "keesokan hari"], 1),
    **dict.fromkeys(["tomorrow", "tmrw", "tmr", "tmw", "tomorow", "tommorow", "tommorrow", "tomorrw", "2moro"], 1),
    **dict.fromkeys(["lusa", "besok lusa", "bsk lusa", "the day after tomorrow", "day after tomorrow"], 2),
    "tulat": 3,
}
_PART_OF_DAY = r"(?: (?:pagi|siang|sore|malam|malem|subuh|morning|afternoon|evening|night))?"


def _relative(match: re.Match[str], reading: Reading) -> date:
    return add_days(reading.today, _OFFSETS[" ".join(match["day"].split())])


def _next_weekday(match: re.Match[str], reading: Reading) -> date:
    """`besok jumat` is the coming Friday, be it tomorrow or not."""
    return add_days(reading.today, (WEEKDAYS[match["day"]] - 2 - reading.today.weekday()) % 7 + 1)


RULES = (
    Rule(spelling(rf"(?P<day>{one_of(_OFFSETS)})(?:nya)?{_PART_OF_DAY}"), _relative),
    Rule(spelling(rf"(?:besok|bsk|besuk) (?:hari )?(?P<day>{one_of(WEEKDAYS)})"), _next_weekday),
)
