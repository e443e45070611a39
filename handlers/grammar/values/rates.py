"""Rates of interest in a text, as per cent a year: `bunga 2% per bulan`, `12% p.a.`, `tanpa bunga`.

Called for the terms of an agreement, and where the interest of a booking must not be taken for a part of its name. A
rate without a period isn't guessed: a month or a year may be meant.
"""

from __future__ import annotations

import re
from decimal import Decimal

from handlers.grammar.reading import Claim, Unclear
from handlers.grammar.values.calendar_rules import spaced
from handlers.grammar.values.plain import plain

_A = r"(?:per|/|tiap|setiap|every|each|an?|se)~"
# How often a year the rate is due, the parts of a year being those of the schedule.
_PERIODS: tuple[tuple[int, str], ...] = (
    (12, rf"{_A}(?:bulan|bln|bl|month|mo|mth)(?:nya)?|monthly|bulanan|p\.?m\.?"),
    (1, rf"{_A}(?:tahun|thn|th|year|yr|annum)|yearly|annual(?:ly)?|tahunan|p\.?a\.?"),
    (52, rf"{_A}(?:minggu|mgg|mg|week|wk)|weekly|mingguan"),
    (365, rf"{_A}(?:hari|hr|day)|daily|harian"),
)
_PERIOD = "|".join(f"(?P<by{times}>{words})" for times, words in _PERIODS)
_INTEREST = r"(?:suku )?bunga(?:nya)?|interest(?: rate)?|rate|jasa(?:nya)?"
_METHOD = r"(?: (?:flat|tetap|efektif|effective|menurun|anuitas|annuity|fixed))?"
_LEAD = (
    rf"(?:(?:dengan|dgn|pakai|at|with|plus) )?(?:(?:{_INTEREST}){_METHOD}(?:~[:=@]| sebesar| of| is"
    rf"| at)?[\s\0]{{0,30}})"
)
_FIGURE = r"(?P<figure>\d{1,6}(?:[.,]\d{1,4})?)"
_PERCENT = r"~(?:%|persen\b|percent\b|per cent\b|pct\b|prosen\b)"
_AFTER = (
    rf"(?:[\s,]{{0,2}}(?:{_INTEREST})\b)?{_METHOD}(?:[\s,(]{{0,2}}(?:{_PERIOD})(?!\w)\)?)?(?:~(?:{_INTEREST})(?![\w]))?"
)
_OWN = re.compile(
    spaced(rf"(?<![\w.,/-])(?:(?P<lead>{_LEAD})|(?:at|@)~)?(?<![\w.,/-]){_FIGURE}(?:{_PERCENT}){_AFTER}(?!%)")
)
_UNMARKED = re.compile(spaced(rf"(?<![\w.,/-])(?P<lead>{_LEAD}){_FIGURE}~(?:{_PERIOD})(?!\w)"))
_NONE = re.compile(
    spaced(
        r"(?<!\w)(?:(?:tanpa|bebas|tdk ada|tidak ada|ga ada|gak ada|nggak ada|without|no|zero|nol|0) (?:suku )?"
        r"(?:bunga|interest)|interest(?: |-)?free|bunga(?:nya)? (?:nol|zero|0|gratis)(?:~%| persen)?|(?:nol|zero) "
        r"(?:persen|percent))(?!\w|[.,]\d|~%|~(?:rb|ribu|jt|juta|k)\b)"
    )
)
# What a per cent figure behind these is of, instead of interest.
_OTHER_SHARE = re.compile(
    r"(?:denda|dendanya|penalty|penalties|late fee|fee|fees|dp|uang muka|down payment|admin|administrasi|diskon"
    r"|discount|potongan|provisi|komisi|pajak|ppn|tax)[ :=]{0,3}(?:of |sebesar )?$"
)


def find_rate(text: str, *, bare: bool = True) -> Claim | None:
    """The first rate in a plain text: a decimal string of per cent a year, or `Unclear` of two without a period.

    Without `bare`, only what is called interest counts, and `10%` alone doesn't.
    """
    none = _NONE.search(text)
    for pattern in (_OWN, _UNMARKED):
        for match in pattern.finditer(text):
            named = match["lead"] is not None or re.search(_INTEREST, match[0]) is not None
            if _OTHER_SHARE.search(text[max(0, match.start() - 30) : match.start()]) or not (bare or named):
                continue
            if none is None or match.start() <= none.start():
                return Claim(_yearly(match), match.start(), match.end())
    return Claim("0", none.start(), none.end()) if none is not None else None


def _yearly(match: re.Match[str]) -> str | Unclear:
    figure = Decimal(match["figure"].replace(",", "."))
    times = next((times for times, _ in _PERIODS if match[f"by{times}"]), None)
    if times is not None or not figure:
        return _shown(figure * (times or 1))
    return Unclear((_shown(figure * 12), _shown(figure)))


def _shown(rate: Decimal) -> str:
    """`24`, `7.5`: as few digits as there are."""
    return f"{rate.normalize():f}" if rate else "0"


def take_interest(text: str) -> tuple[str, str | None]:
    """The text without what it says of interest, and those words: `Budi 500rb bunga 2%` → `Budi 500rb`, `bunga 2%`."""
    found = find_rate(plain(text), bare=False)
    if found is None:
        return text, None
    around = (text[: found.start].rstrip(), text[found.end :].lstrip())
    return " ".join(filter(None, around)), " ".join(text[found.start : found.end].split()).strip(" ,.")
