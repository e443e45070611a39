"""How people announce that they correct themselves: `salah, maksudnya …`, `no wait`, `make it …`, `…, not Sarah`.

Called by `corrections`. `wrong` says that something was wrong, `meant` that what follows is right, `soft` may be
either or mere hesitation.
"""

from __future__ import annotations

import re

from handlers.grammar.sentences.lists import phrases

_ANNOUNCES: dict[str, str] = {
    "wrong": """
        salah, slh, salah ketik, salah tulis, salah catat, salah input, salah nominal, salah nama, salah orang,
        salah jumlah, salah tanggal, salah tgl, salah sebut, salah ngomong, itu salah, yang tadi salah, yg tadi
        salah, keliru, kliru, ralat, koreksi, revisi, typo, waduh, ups, oops, wrong, wrong name, wrong amount,
        wrong person, wrong date, wrong one, that's wrong, thats wrong, that was wrong, it's wrong, its wrong,
        not right, that's not right, incorrect, correction, mistake, my mistake, my bad, i made a mistake,
        scratch that, koreksi jadi, made a mistake
    """,
    "meant": """
        maksud, maksudnya, maksudny, maksudku, maksud saya, maksud gw, maksud gue, maksud aku, maksud sy, mksd,
        mksdnya, mksdku, yang bener, yang benar, yang betul, yg bener, yg benar, yg betul, harusnya, hrsnya,
        seharusnya, jadi, jadinya, jadiin, ganti, ganti jadi, ganti ke, ubah, ubah jadi, ubah ke, bener,
        benernya, sebenarnya, sebenernya, aslinya, tepatnya, mean, i mean, meant, i meant, i meant to say, i
        meant to write, should, should be, should have been, should've been, it should be, it should have been,
        that should be, that should have been, this should be, tadi harusnya, make it, make that, change to,
        change it to, change that to, rather, instead, it's, its, it was, it is, that's, thats, actually, it's
        actually, it was actually, supposed to be, was supposed to be, it was supposed to be
    """,
    "soft": """
        eh, sorry, sori, maaf, mf, no, nope, wait, bukan, bkn, tunggu, bentar, hold on, aduh, oh, hmm, um, not,
        gak, nggak, enggak, ga, tapi, but
    """,
}


def _any_of(text: str) -> str:
    """A pattern for any of the phrases, the longest first."""
    longest_first = sorted(phrases(text), key=len, reverse=True)
    return "|".join(re.escape(phrase).replace("\\ ", r"\s+") for phrase in longest_first)


_OPENER = re.compile(
    r"[\s,.:;!\-–—]*(?:"
    + "|".join(f"(?P<{kind}>{_any_of(text)})" for kind, text in _ANNOUNCES.items())
    + r")(?![\w'])",
    re.IGNORECASE,
)
CONTRAST = re.compile(
    r"^(?P<old>[^,\n]{1,80}?)\s*(?:,\s*(?:but|tapi|tp|melainkan|it's|its)?"
    r"|\b(?:tapi|tp|melainkan|but|it's|its|itu)\b)\s*(?P<new>.{1,200})$",
    re.IGNORECASE | re.DOTALL,
)
"""`500rb tapi 600rb` behind a denial."""

NOT_OLD = re.compile(
    r"^(?P<new>.{1,120}?)[\s,]*\b(?:not|bukan(?:nya)?|bkn|instead of|rather than)\b\s+(?P<old>.{1,100})$",
    re.IGNORECASE | re.DOTALL,
)
"""`Badu, bukan Budi`."""

BEHIND = re.compile(
    r"^(?P<new>.{1,80}?)[\s,]+(?:maksudnya|maksudku|mksdnya|maksud saya|i meant?|harusnya|yang bener)[.! ]*$",
    re.IGNORECASE,
)
"""`600rb maksudnya`."""

_MOST = 6


def openers_of(text: str) -> tuple[list[tuple[str, str]], str]:
    """The words at the start that announce a correction, each with its kind, and the text behind them."""
    found: list[tuple[str, str]] = []
    at = 0
    while (match := _OPENER.match(text, at)) is not None and len(found) < _MOST:
        found.append((match.lastgroup or "", match.group(match.lastgroup or 0).casefold()))
        at = match.end()
    return found, text[at:].strip(" ,.:;!-–—\t\n")
