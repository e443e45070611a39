"""Amounts and days of a sentence: which figure is the money, which day is past and which is to come.

Called by `bookings`, `requests` and `corrections`; the values themselves come from `handlers.grammar.values`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.grammar.reading import Reading, Unclear
from handlers.grammar.sentences.frames import Act
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import words
from handlers.grammar.sentences.units import Token
from handlers.grammar.values.calendar_rules import add_months

_BARE_COUNT = re.compile(r"\d{1,3}")
_TO_COME = re.compile(
    r"\d|besok|lusa|depan|tomorrow|next|coming|lagi|sampai|sampe|hingga|until|till|\bby\b|due|dalam|within|minggu|week"
    r"|bulan|month|paling",
    re.IGNORECASE,
)
_SINCE = re.compile(r"(?:since|sejak)\b", re.IGNORECASE)
_UNTIL = re.compile(r"sampai|sampe|hingga|until|till|by\b|due|tempo|jatuh|paling", re.IGNORECASE)
_OF_MONTH = re.compile(
    r"(?:on |the |tgl |tanggal |pada )*\d{1,2}(?:st|nd|rd|th)?"
    r"(?: (?!(?:hari|minggu|mgg|bulan|bln|bl|tahun|thn|th|days?|weeks?|months?|years?)\b)[a-z]+)?",
    re.IGNORECASE,
)
_MOST_AHEAD = 300
_PAST_VERBS = words("paid lent sent owed gave got bought took repaid")
_WEEK = 7


def amounts(tokens: Sequence[Token]) -> list[object]:
    """The different amounts of money that are named. Beside a real amount, a bare `2` counts things, not money."""
    money = [token for token in tokens if token.kind is Kind.MONEY]
    real = [token for token in money if not _BARE_COUNT.fullmatch(token.text)]
    different: list[object] = []
    for token in real or money:
        if token.value not in different:
            different.append(token.value)
    return different


@dataclass(frozen=True, slots=True)
class Days:
    """When it happened and when it is due; None where that isn't said."""

    on: date | None = None
    due: date | Unclear | None = None


def dates(tokens: Sequence[Token], verb: int, reading: Reading, *, past: bool = False) -> Days:
    """The days of a sentence whose verb is `tokens[verb]`; today needs no saying. `past`: it tells of the past."""
    past = past or is_past(tokens, verb)
    on: date | None = None
    due: date | Unclear | None = None
    for at, token in enumerate(tokens):
        back = at > 0 and tokens[at - 1].kind in (Kind.BACK, Kind.TERM, Kind.UNTIL)
        day = _day(token, reading, past and not back)
        by_today = day == reading.today and _UNTIL.match(token.text) is not None
        if isinstance(day, Unclear) or by_today or (day is not None and day > reading.today):
            due = due if due is not None else day
        elif day is not None and day < reading.today and not _of_the_debt(tokens, at, verb):
            on = on if on is not None else day
    return Days(on, due)


def _of_the_debt(tokens: Sequence[Token], at: int, verb: int) -> bool:
    """`bayar utang kemarin`: behind a payment's debt, the day is that of the debt."""
    before, frame = tokens[at - 1], tokens[verb].frame if verb >= 0 else None
    debt = before.kind is Kind.DEBT or (before.frame is not None and before.frame.act is Act.LOAN)
    return at > 0 and debt and frame is not None and frame.act is Act.PAY


def _day(token: Token, reading: Reading, past: bool) -> date | Unclear | None:
    """`Sara paid on Friday`: a bare weekday beside a past tense is the one gone by; `back on Friday` isn't."""
    if token.kind is Kind.PAST:
        return _days_before(reading.today, 1)
    if not isinstance(token.value, date):
        return token.value if token.kind is Kind.DATE and isinstance(token.value, Unclear) else None
    ahead = (token.value - reading.today).days
    if 0 < ahead <= _WEEK and (_SINCE.match(token.text) or (past and not _TO_COME.search(token.text))):
        return _days_before(token.value, _WEEK)
    return _day_gone_by(token.text, token.value, reading, past) if ahead > 0 else token.value


def _days_before(day: date, days: int) -> date | None:
    """None before the calendar begins."""
    return day - timedelta(days=days) if (day - date.min).days >= days else None


def _day_gone_by(text: str, day: date, reading: Reading, past: bool) -> date:
    """`paid on the 5th`, `tanggal 10 Maret` two days later: a day without month or year that has just passed."""
    if _UNTIL.match(text) or not _OF_MONTH.fullmatch(text):
        return day
    if (day - reading.today).days > _MOST_AHEAD:
        return add_months(day, -12)
    by_ordinal = re.search(r"\d(?:st|nd|rd|th)$", text, re.IGNORECASE) is not None
    return add_months(day, -1) if past and by_ordinal else day


def is_past(tokens: Sequence[Token], verb: int) -> bool:
    """Whether the verb's form or an adverb puts the sentence in the past."""
    key = tokens[verb].key.split(" ")[0] if 0 <= verb < len(tokens) else ""
    return key in _PAST_VERBS or key.endswith("ed") or any(token.kind is Kind.DONE for token in tokens)
