"""Days of the week: `jumat`, `hari minggu`, `senin minggu depan`, `next friday`, `last monday`.

A weekday alone is the next such day after today, so on a Friday `jumat` is a week away. Weeks run from Monday to
Sunday: `next friday` and `jumat depan` are the Friday of next week, even if another Friday comes before it; `this
friday` and `jumat ini` are the one of the current week, today included, even if it has passed.
"""

from __future__ import annotations

import re
from datetime import date

from handlers.grammar.reading import Reading
from handlers.grammar.values.calendar_rules import AHEAD, PAST, THIS, Rule, add_days, spelling, week_start
from handlers.grammar.values.calendar_words import DOUBTFUL_WEEKDAYS, WEEKDAYS
from handlers.grammar.values.word_tables import one_of, words

_SUNDAY_NUMBERED = {"minggu": 7, "mggu": 7, "mgg": 7, "ahad": 7}
_NUMBERS = {**WEEKDAYS, **DOUBTFUL_WEEKDAYS, **_SUNDAY_NUMBERED}
_SURE = one_of(WEEKDAYS)
_DOUBTFUL = one_of(DOUBTFUL_WEEKDAYS)
_ANY = one_of(_NUMBERS)
_ENGLISH = one_of(
    [*(day for day in WEEKDAYS if day.endswith(("day", "s"))), *words("mon tue wed thu thur fri sat sun")]
)
_WEEK = r"(?:minggu|mgg|pekan)"
_AFTER = (
    rf"(?: (?:(?P<ahead>{_WEEK} (?:depan|dpn)|{AHEAD}|next week|nextweek)"
    rf"|(?P<past>{_WEEK} (?:lalu|kemarin|kmrn)|{PAST}|last week)|(?P<this>{_WEEK} {THIS}|{THIS}|this week)))?"
)
_NAMED_WEEK = (
    rf"(?:(?P<ahead>{_WEEK} (?:depan|dpn)|next week)|(?P<past>{_WEEK} lalu|last week)|(?:{_WEEK} ini|this week))"
)


def _in_week(reading: Reading, weekday: int, weeks: int) -> date:
    return add_days(week_start(reading.today), weekday - 1 + 7 * weeks)


def _after_today(reading: Reading, weekday: int) -> date:
    return add_days(reading.today, (weekday - 2 - reading.today.weekday()) % 7 + 1)


def _before_today(reading: Reading, weekday: int) -> date:
    return add_days(reading.today, -((reading.today.weekday() - weekday) % 7 + 1))


def _weekday(match: re.Match[str], reading: Reading) -> date:
    weekday = _NUMBERS[match["day"]]
    if match["ahead"]:
        return _in_week(reading, weekday, 1)
    if match["past"]:
        return _before_today(reading, weekday)
    return _in_week(reading, weekday, 0) if match["this"] else _after_today(reading, weekday)


def _in_named_week(match: re.Match[str], reading: Reading) -> date:
    return _in_week(reading, _NUMBERS[match["day"]], 1 if match["ahead"] else -1 if match["past"] else 0)


def _english(match: re.Match[str], reading: Reading) -> date:
    weekday = _NUMBERS[match["day"]]
    if match["which"] in {"last", "past"}:
        return _before_today(reading, weekday)
    if match["which"] in {"next", "nxt"}:
        return _in_week(reading, weekday, 1)
    return _in_week(reading, weekday, 0) if match["which"] == "this" else _after_today(reading, weekday)


RULES = (
    Rule(spelling(rf"(?P<day>{_SURE}){_AFTER}"), _weekday, like_a_name=True),
    Rule(spelling(rf"hari (?P<day>{_ANY}){_AFTER}"), _weekday),
    Rule(spelling(rf"(?P<day>{_DOUBTFUL}){_AFTER}"), _weekday, needs_cue=True),
    Rule(spelling(rf"(?P<which>next|nxt|this|coming|this coming|last|past) (?P<day>{_ENGLISH})"), _english),
    Rule(spelling(rf"{_NAMED_WEEK},?~(?:hari |on )?(?P<day>{_SURE})"), _in_named_week),
)
