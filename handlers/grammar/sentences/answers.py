"""Short answers to a question that the program asked: yes, no, cancel, back, skip.

Called by dialogs. Consent to an agreement (`SETUJU`, `TOLAK`) is another matter and isn't read here.
"""

from __future__ import annotations

import re
from typing import Literal

from handlers.grammar.sentences.lists import phrases, words

Answer = Literal["yes", "no", "cancel", "back", "skip"]

_ANSWERS: dict[Answer, str] = {
    "yes": """
        ya, iya, y, yoi, yup, yap, yaa, ye, yes, yep, yeah, yea, sure, correct, right, betul, bener, benar,
        oke, ok, okay, okey, okeh, sip, siap, lanjut, lanjutkan, gas, gass, boleh, mau, do it, go ahead, of
        course, that's right, thats right, yes please, iya betul, ya benar, ya betul, iya bener, iya benar,
        oke lanjut, ok lanjut, ya lanjut, confirm, confirmed, konfirmasi, tentu, pasti, sudah benar, udah
        bener, udah betul, sounds good, looks good, k, kk, exactly, absolutely, indeed, yg itu, fine, 👍, 👌, ✅,
        🆗, 👍🏻, 👍🏼, 👍🏽
    """,
    "no": """
        tidak, tdk, tak, gak, ga, nggak, ngga, enggak, engga, gk, g, bukan, jangan, jgn, no, nope, nah, n,
        kagak, ndak, no thanks, no thank you, not really, jangan dulu, tidak usah, gak usah, ga usah, nggak
        usah, not correct, that's wrong, tidak benar, 👎, ❌, don't, dont, tidak mau, gak mau, ga mau, belum,
        not yet
    """,
    "cancel": """
        batal, batalkan, batalin, cancel, gak jadi, ga jadi, nggak jadi, tidak jadi, gk jadi, g jadi, gajadi,
        nevermind, never mind, nvm, stop it, forget it, lupakan, abort, cancel it, cancel that, batal aja,
        ngga jadi, enggak jadi, keluar, quit, exit, leave it
    """,
    "back": """
        kembali, back, balik, mundur, go back, sebelumnya, previous, ulang yang tadi
    """,
    "skip": """
        lewati, lewat, skip, lewatin, lewatkan, skip it, skip this, skip aja, lewat aja, lewati aja, pass,
        next, nanti aja
    """,
}
_TABLE = {phrase: meaning for meaning, listed in _ANSWERS.items() for phrase in phrases(listed)}
_PARTICLES = words(
    """
    dong donk deh ya yaa nih sih kok lah kak min gan bos boss pak bu please pls tolong saja aja itu sudah ah
    juragan mas mbak
    """
)
_TRIM = " \t\n.,!~*_?…;:-"
_LONGEST = 60


def answer(text: str) -> Answer | None:
    """The answer that a text is, None where it says anything more."""
    if len(text) > _LONGEST:
        return None
    spoken = " ".join(re.sub(r"[.,!~…;:]+", " ", text.casefold().replace("’", "'")).split()).strip(_TRIM)
    spoken = re.sub(r"(\w)\1{2,}", r"\1", spoken.replace("\ufe0f", ""))
    return _TABLE.get(spoken) or _TABLE.get(_without_particles(spoken)) or _repeated(spoken)


def _without_particles(spoken: str) -> str:
    words = spoken.split()
    while len(words) > 1 and words[-1] in _PARTICLES:
        words.pop()
    while len(words) > 1 and words[0] in ("eh", "ah", "oh", "um", "hmm", "well"):
        words.pop(0)
    return " ".join(words)


def _repeated(spoken: str) -> Answer | None:
    """`iya iya`, `yes correct`: words that all mean the same."""
    words = _without_particles(spoken).split()
    meanings = {_TABLE.get(word) for word in words}
    return meanings.pop() if len(meanings) == 1 and len(words) <= 4 else None
