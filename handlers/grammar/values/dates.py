"""Every date and period in a text, with the words that only lead to it (`jatuh tempo tgl 25`, `until Friday`).

Runs the rules of the modules for periods, weekdays, days of the month and the rest; where their claims overlap, the
one that begins first wins, then the longest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.grammar.reading import Claim, Reading
from handlers.grammar.values import days_of_month, periods, relative_days, spans_of_time, weekdays
from handlers.grammar.values.calendar_rules import DateValue, Rule, spaced
from handlers.grammar.values.calendar_words import CUES, LEADS
from handlers.grammar.values.honorifics import HONORIFICS
from handlers.grammar.values.word_tables import one_of

_RULES = (*relative_days.RULES, *periods.RULES, *weekdays.RULES, *spans_of_time.RULES, *days_of_month.RULES)

_CUE_BEFORE = re.compile(spaced(rf"(?<![\w']){one_of(CUES)}\.?~:?~$"))
_LEAD_BEFORE = re.compile(spaced(rf"(?<![\w'])(?:{one_of([*CUES, *LEADS])}|no later than)\.?~:?~$"))
_HONORIFIC_BEFORE = re.compile(spaced(rf"(?<![\w']){one_of(HONORIFICS)}\.?~$"))
_HOUR_AFTER = re.compile(
    spaced(
        r",?~(?:jam|jm|pukul|pkl|at)\.?~\d{1,2}(?:[.:]\d\d)?(?![\d]|[.,]\d)"
        r"(?:~(?:wib|wita|wit|am|pm|pagi|siang|sore|malam|malem)(?!\w))?"
    )
)
_LONGEST_LEAD = 20
_MOST_LEADS = 5


def _before(pattern: re.Pattern[str], text: str, at: int) -> re.Match[str] | None:
    return pattern.search(text, max(0, at - _LONGEST_LEAD), at)


def _resolved(rule: Rule, match: re.Match[str], reading: Reading) -> DateValue:
    """What the rule makes of its match; beyond the calendar's ends there is no date."""
    if rule.needs_cue and not _before(_CUE_BEFORE, match.string, match.start()):
        return None
    if rule.like_a_name and _before(_HONORIFIC_BEFORE, match.string, match.start()):
        return None
    try:
        return rule.resolve(match, reading)
    except (ValueError, OverflowError):
        return None


def _candidates(text: str, reading: Reading) -> Iterator[Claim]:
    for rule in _RULES:
        for match in rule.pattern.finditer(text):
            value = _resolved(rule, match, reading)
            if value is not None:
                yield Claim(value, match.start(), match.end())


def _with_leads(text: str, claim: Claim, after: int) -> Claim:
    """The claim with the words around it that only serve it, none of them before `after`."""
    start = claim.start
    for _ in range(_MOST_LEADS):
        lead = _LEAD_BEFORE.search(text, max(after, start - _LONGEST_LEAD), start)
        if lead is None:
            break
        start -= len(lead[0])
    hour = _HOUR_AFTER.match(text, claim.end)
    return Claim(claim.value, start, hour.end() if hour else claim.end)


def dates_in(text: str, reading: Reading) -> list[Claim]:
    """The dates and periods in a plain text, in order, none overlapping another."""
    claims: list[Claim] = []
    for found in sorted(_candidates(text, reading), key=lambda claim: (claim.start, -claim.end)):
        after = claims[-1].end if claims else 0
        if found.start >= after:
            claims.append(_with_leads(text, found, after))
    return claims
