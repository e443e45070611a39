"""Which instalment a payment is for: `bayar cicilan 2 Ahmad`, `paid installment 3 Tom 50`, `BAYAR 3`.

Called for the command `paid`. `cicilan 500rb` is an amount, and `cicilan 2 dan 3` more than one instalment; neither is
a number here.
"""

from __future__ import annotations

import re

from handlers.grammar.values.calendar_rules import spaced
from handlers.grammar.values.plain import plain

_ORDINALS = {
    word: number
    for number, row in enumerate(
        (
            "pertama first", "kedua second", "ketiga third", "keempat fourth", "kelima fifth", "keenam sixth",
            "ketujuh seventh", "kedelapan eighth", "kesembilan ninth", "kesepuluh tenth", "kesebelas eleventh",
            "keduabelas twelfth",
        ),
        1,
    )
    for word in row.split()
}  # fmt: skip
_WORD = r"(?:cicilan(?:nya)?|cicil|angsuran(?:nya)?|angsur|instal?lments?|termin)"
_ORDINAL = "|".join(_ORDINALS)
_NO_NUMBER = (
    r"(?![\d]|[.,/:]\d|[^\W\d_]|~%|~(?:rb|ribu|k|jt|juta|ratus|puluh|hundred|thousand|grand|x|kali|times|m"
    r"|miliar|persen"
    r"|percent|bulan|bln|minggu|hari|tahun|months?|weeks?|days?|years?|rupiah|dollars?|bucks|usd|idr)\b| 000\b"
    r"|~(?:dan|&|\+|-|sampai|sd|s/d|and|to|atau|or|,)~\d)"
)
_INSTALLMENT = re.compile(
    spaced(
        rf"(?<![\w'])(?:{_WORD}~(?:yang )?(?:(?:ke|no|nomor|nomer|nr|number|num)(?![^\W\d_])\.?~-?~"
        rf"|#~)?(?P<number>\d{{1,3}}){_NO_NUMBER}"
        rf"|{_WORD} (?:yang )?(?P<behind>{_ORDINAL})(?!\w)"
        rf"|(?:the )?(?:(?P<ordinal>\d{{1,2}})(?:st|nd|rd|th)|(?P<before>{_ORDINAL})) instal?lment(?!\w)"
        rf"|payment (?:no\.?|number|#)~(?P<payment>\d{{1,3}}){_NO_NUMBER})"
    )
)
_BARE = re.compile(spaced(r"~(?:#~|no\.?~|nomor |ke~-?~)?(?P<number>\d{1,3})~[.!]?~"))


def take_installment(text: str) -> tuple[int | None, str]:
    """The number of the instalment and the text without the words that say it; the text as it is without a number."""
    for match in _INSTALLMENT.finditer(plain(text)):
        digits = match["number"] or match["ordinal"] or match["payment"]
        number = int(digits) if digits else _ORDINALS[match["behind"] or match["before"]]
        if number:
            return number, " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())
    return None, text


def bare_installment(text: str) -> int | None:
    """The number of an instalment where nothing but it stands, else None."""
    match = _BARE.fullmatch(plain(text[:30]))
    return int(match["number"]) or None if match and len(text) <= 30 else None
