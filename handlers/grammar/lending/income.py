"""What a borrower lives on and when it is paid: `gaji tgl 25`, `usaha warung`, `dari jualan`, `every 25th`.

Called by `terms`, and for the answers to the interview's questions about it.
"""

from __future__ import annotations

import re
from decimal import Decimal

from handlers.grammar.lending.counts import number_of
from handlers.grammar.lending.ranges import with_ranges
from handlers.grammar.lending.scan import Scan
from handlers.grammar.lending.words import EARNINGS, INCOME, NOTHING
from handlers.grammar.reading import Reading, Unclear
from handlers.grammar.values.calendar_rules import spaced
from handlers.grammar.values.calendar_words import MONTHS
from handlers.grammar.values.number_words import DIGITS, TEENS, TENS
from handlers.grammar.values.plain import plain
from handlers.grammar.values.values import find_money
from handlers.grammar.values.word_tables import one_of
from services.money import Money

_MOST_SOURCE = 60
_ZERO = Decimal(0)
_LAST_DAY = 31
_TGL = r"(?:tgl|tanggal|tggl|tgal|tg)\.?~:?~"
_EACH = r"(?:tiap|setiap|tiap2|every|each)"
_BULAN = r"(?:bulan(?:nya)?|bln(?:nya)?)"
_NUMBER_WORD = one_of([*DIGITS, *TEENS, *TENS, "belas", "puluh"])
_NO_DATE = rf"(?![\d.,/-]*\d|~%|~(?:rb|ribu|jt|juta|k)\b|~(?:{one_of(MONTHS)})\b| {_BULAN} (?:depan|dpn|lalu|ini)|\w)"
_DAY = rf"(?P<day>\d{{1,2}}|{_NUMBER_WORD}(?: {_NUMBER_WORD}){{0,2}})"
_MONTHLY = rf"(?:~an)?(?: (?:(?:{_EACH}|per) {_BULAN}|(?:of )?(?:the|each|every|a) month|monthly))?"
_SPELLINGS = (
    rf"(?:gajian|pay~day|payday|tgl gajian|tanggal gajian|hari gajian)(?: (?:{_EACH}|setiap))?~:?~(?:{_TGL})?"
    rf"(?P<paid>\d{{1,2}}){_NO_DATE}{_MONTHLY}",
    rf"(?:(?:{_EACH}|per|on) )?{_TGL}{_DAY}{_NO_DATE}{_MONTHLY}",
    rf"(?:(?:on|{_EACH}) )?(?:the )?(?P<ordinal>\d{{1,2}})(?:st|nd|rd|th)(?! of [a-z]*\d| (?:{one_of(MONTHS)})\b|\w)"
    rf"{_MONTHLY}",
    rf"(?P<last>(?:(?:{_EACH}|pada|di|at|at the|on) )?(?:akhir|ahir|end)(?: of)?(?: (?:the|each|every|{_EACH}))? "
    rf"(?:{_BULAN}|month)|month~-?~end)(?! (?:ini|depan|dpn|lalu))",
    rf"(?P<first>(?:{_EACH} )?(?:awal {_BULAN}|(?:start|beginning) of (?:the|each|every) month))(?! (?:ini"
    rf"|depan|dpn|lalu))",
)
_PAY_DAYS = tuple(re.compile(spaced(rf"(?<![\w.,/-])(?:{each})(?!\w)")) for each in _SPELLINGS)
_SHORT = re.compile(
    spaced(r"(?<!\w)gaji(?:an)? (?P<day>\d{1,2})(?=[\s\0]{1,3}(?:rp|\$)?~\d)(?! (?:rb|ribu|jt|juta|k)\b)")
)
_NUMBER = re.compile(spaced(rf"(?:{_EACH} |pada |on |the |di )*(?P<day>\d{{1,2}}){_MONTHLY}"))
_COURTESY = re.compile(
    r"(?:^(?:ya|iya|biasanya|usually|gajian|gaji|gajinya|saya|dia|sekitar|kira-kira|around|about|it's|on)\s+)"
    r"|(?:[\s,]+(?:ya|yaa|kak|pak|bu|bang|mas|mbak|bos|boss|min|gan|dong|deh|sih|aja|saja|please|biasanya|gajian"
    r"|gajinya|usually)$)"
)
_SOURCE_WORD = (
    r"(?!(?:tgl|tanggal|tiap|setiap|per|every|each|on|the|bunga|cicilan|angsuran|dengan|mulai|selama|tenor|flat)\b)"
)
_SOURCE_WORDS = rf"(?: {_SOURCE_WORD}[^\W\d_]+(?:['.-][^\W\d_]+)*){{0,4}}"
_SOURCE = re.compile(
    spaced(
        rf"(?<!\w)(?:(?:sumber(?: penghasilan| pendapatan| income)?|source(?: of income)?)(?:~[:=]| is)?~"
        rf"(?:dari |from )?(?P<labelled>{_SOURCE_WORD}[^\W\d_]+{_SOURCE_WORDS})"
        rf"|(?:{INCOME}(?: bersih)?~)?(?:dari|from) (?P<origin>{_SOURCE_WORD}[^\W\d_]+{_SOURCE_WORDS})"
        rf"|(?P<earned>(?<!\w){EARNINGS}(?!\w){_SOURCE_WORDS}))"
    )
)
_FIRM_BEFORE = re.compile(r"(?:^|[\s\0])(?:pt|cv|ud|toko|pak|bu|bapak|ibu|koperasi|kios|warung|bengkel|kedai)\.?\s+$")
_PURPOSE_BEFORE = re.compile(r"(?:buat|untuk|utk|for|modal|beli)\s+(?:\w+\s+){0,2}$")
_TAIL = re.compile(
    r"(?:\s+(?:saya|sy|dia|nya|bersih|kotor|per|sebulan|bulanan|is|of|net|gross|sekitar|kira-kira|dan|and|ya"
    r"|kak|pak|my))+$",
    re.IGNORECASE,
)
_PLAIN_SALARY = re.compile(r"gaji(?:an|nya|han)\b", re.IGNORECASE)
_NOTHING = re.compile(spaced(rf"(?:{NOTHING})(?:[\s,]+\w+)*"))
_NO = re.compile(r"(?:tidak|tdk|gak|ga|gk|nggak|ngga|enggak|no|-+|kosong|0+)")


def take_pay_day(scan: Scan) -> dict[str, object]:
    """`pay_day`, if the text names one; a day that no month has is taken without a value."""
    for pattern in (*_PAY_DAYS, _SHORT):
        match = pattern.search(scan.left)
        if match is None:
            continue
        day = _day(match)
        scan.blank(match.end() - _length_of_day(match), match.end())
        return {"pay_day": day} if day else {}
    return {}


def _length_of_day(match: re.Match[str]) -> int:
    """What is taken: all of it, but `gajian` stays, since it is the source too."""
    word = re.match(r"gaji(?:an)?\b", match[0])
    return len(match[0]) - (word.end() if word else 0)


def _day(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    if groups.get("last"):
        return _LAST_DAY
    if groups.get("first"):
        return 1
    day = number_of((groups.get("paid") or groups.get("day") or groups.get("ordinal") or "").strip())
    return day if 1 <= day <= _LAST_DAY else None


def read_pay_day(text: str) -> int | None:
    """The day of the month that an answer gives, 31 for its end; None if it isn't one, or says more."""
    spoken = " ".join(plain(text[:200]).split()).strip(" .!,*")
    while (shorter := _COURTESY.sub("", spoken).strip(" .!,")) != spoken:
        spoken = shorter
    for pattern in (*_PAY_DAYS, _NUMBER):
        match = pattern.fullmatch(spoken)
        if match is not None:
            return _day(match)
    words = number_of(spoken)
    return words if 1 <= words <= _LAST_DAY and spoken.replace(" ", "").isalpha() else None


def take_source(scan: Scan) -> dict[str, object]:
    """`source`: what the income is called, as it was written."""
    for match in _SOURCE.finditer(scan.left):
        group = next(name for name in ("labelled", "origin", "earned") if match[name])
        before = scan.left[max(0, match.start() - 40) : match.start()]
        other = group == "earned" and (_FIRM_BEFORE.search(before) or _PURPOSE_BEFORE.search(before))
        source = read_source(_TAIL.sub("", scan.original(match.start(group), match.end(group))))
        if other or source is None:
            continue
        scan.blank(match.start(), match.end())
        return {"source": _PLAIN_SALARY.sub("gaji", source)}
    return {}


def read_source(text: str) -> str | None:
    """A source of income in the writer's own words: some letters, not too many."""
    source = " ".join(text.split()).strip(" .,;:!-")
    return source if 0 < len(source) <= _MOST_SOURCE and any(letter.isalpha() for letter in source) else None


def read_amount_or_none(text: str, reading: Reading) -> Money | Unclear | None:
    """The amount in an answer; nought where it says that there is none, None where it says neither."""
    claims = with_ranges(plain(text), find_money(text, reading), reading)
    found = list(dict.fromkeys(claim.value for claim in claims))
    if len(found) > 1:
        unclear = next((value for value in found if isinstance(value, Unclear)), None)
        return unclear or Unclear(tuple(found))
    if found:
        return found[0] if isinstance(found[0], Money | Unclear) else None
    spoken = " ".join(plain(text[:200]).split()).strip(" .!,*")
    nothing = _NOTHING.fullmatch(spoken) or _NO.fullmatch(spoken) or re.fullmatch(rf".*\b{NOTHING}", spoken)
    return Money(_ZERO, reading.currency) if nothing else None
