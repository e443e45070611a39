"""A borrower's answer to an agreement: `SETUJU`, `Setuju 7`, `TOLAK, bunganya kemahalan`.

Called for messages of people to whom an agreement was sent. The words are kept as evidence, so only what can mean
nothing else is taken: a question, a condition, a courtesy that could soften it, and the answer is explained instead.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from handlers.grammar.sentences.answers import answer
from handlers.grammar.sentences.chat import small_talk
from handlers.grammar.sentences.lists import words

_LONGEST_AGREEMENT = 80
_LONGEST = 400
_ADDRESS = (
    r"(?:pak|bapak|pa|bu|ibu|buk|kak|kakak|ka|bang|bg|mas|mbak|mba|bos|boss|min|admin|gan|juragan|sir|madam|mr|ms)"
)
_THANKS = r"(?:terima ?kasih|makasih|trims|tks|thx|thanks|thank you)(?: (?:banyak|ya|yaa|you))?"
_ME = r"(?:saya|sy|sya|aku|kami|gw|gue|i|we)"
_WHICH = (
    r"(?:(?:dengan |dgn |atas |with |to |the )*(?:perjanjian|pinjaman|agreement)(?: ini| nya|nya"
    r"| this)?(?: (?:no|nomor|nomer|number)"
    r"\.?)?|(?:no|nomor|nomer|number)\.?|dengan|with|to)"
)
_NUMBER = r"#? ?(?P<number>[1-9]\d{0,8})"
_THIS = r"(?:dengan |dgn |with |to )?(?:perjanjian(?:nya| ini| tersebut)?|(?:the|this) agreement)"
_POLITE = rf"(?:[ ,.!]+{_ADDRESS})?(?:[ ,.!]+{_THANKS})?(?:[ ,.!]+{_ADDRESS})?"
_END = r"[ .,!*_👍🙏✅👌☑✔]*"
_AGREE = re.compile(
    rf"[ *_]*(?:{_ME} )?(?:setuju|agreed?|menyetujui)(?:[*_ :]+(?:{_WHICH} ?)?{_NUMBER}|[ ]+{_THIS})?{_POLITE}{_END}"
)
_DECLINE = re.compile(
    rf"[ *_]*(?:(?:maaf|mohon maaf|sorry)[ ,.]+(?:{_ADDRESS}[ ,.]+)?)?(?:{_ME} )?"
    r"(?:tolak|menolak|(?:tidak|tdk|gak|ga|gk|nggak|ngga|enggak|tak) (?:setuju|menyetujui)|decline|reject"
    r"|refuse|disagree|(?:don't|dont|do not) (?:agree|accept))"
    rf"[*_]*(?![\w'])(?:[ :]+(?:{_WHICH} ?)?#? ?(?P<number>[1-9]\d{{0,8}})(?![\w.,]?\w| (?:juta|jt|ribu|rb|k|x|kali"
    rf"|persen|bulan"
    r"|bln|minggu|hari|tahun|months?|weeks?|days?|percent)\b| ?%))?(?P<rest>.*)",
    re.DOTALL,
)
_OPENS_REASON = re.compile(
    rf"^(?:[\s,.:;!()*_–—-]|(?:{_THIS}|karena|karna|krn|krna|sebab|soalnya|soale|because|bcs|coz|cause|since"
    rf"|{_ADDRESS}|maaf|sorry|ya)(?!\w))+"
)
_CLOSES_REASON = re.compile(rf"(?:^|[ ,.!]+){_THANKS}[ .!🙏👍]*$", re.IGNORECASE)
_SUPPOSES = re.compile(
    r"(?:^|\W)(?:kalau|kalo|klo|kl|klu|jika|bila|seandainya|andai|misal|misalnya|if|unless|apakah|gimana|gmn"
    r"|bagaimana|caranya|how|bisa|boleh|dulu|angin|bala|balik|ukur|peluru)(?!\w)"
)
_QUOTES = frozenset("\"'“”‘’„«»`>?？¿")
_INSIDE_A_WORD = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_HESITATES = re.compile(r"\.{3}|…")
_SOUNDS = words(
    """
    setuju stuju setujuu agree agreed accept accepted menyetujui sepakat acc deal approve approved tolak decline reject
    menolak ditolak sepakati setujui disetujui tertarik berminat
    """
)
_ASSENT = words(
    """
    ok oke okay okey okeh oki y ya iya yes yep yup yoi sip siap siip boleh mau lanjut lanjutkan gas deal sure fine bisa
    terima diterima menerima good great sounds looks acc go ahead ayo yuk baik baiklah cocok pas mantap setuju
    """
)
_AROUND = words(
    """
    saya sy aku gw gue kami i we it that me pak bapak bu ibu kak bang mas mbak mba bos boss min gan ya yaa iyaa deh dong
    nih sih lah kok aja saja banget dulu the to with dengan itu ini perjanjiannya perjanjian please tolong pinjamannya
    terimakasih makasih thanks juga very much
    """
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Consent:
    """What a borrower answered: the agreement's number and the reason, where they were given."""

    word: Literal["agree", "decline"]
    number: int | None
    reason: str | None


def read_consent(text: str) -> Consent | None:
    """The answer that a text unmistakably is, else None."""
    shown = _tidy(text)
    said = shown.casefold()
    if not said or len(shown) > _LONGEST or _QUOTES & set(_INSIDE_A_WORD.sub("", shown)):
        return None
    agreed = _AGREE.fullmatch(said)
    if agreed is not None:
        short = len(said) <= _LONGEST_AGREEMENT and _HESITATES.search(said) is None
        return Consent("agree", _number(agreed), None) if short else None
    return _declined(said, shown)


def sounds_like_consent(text: str) -> bool:
    """Whether a text may be meant as an answer to an agreement but doesn't count as one: `ok`, `setuju tapi …`."""
    if len(text) > _LONGEST or read_consent(text) is not None:
        return False
    spoken = set(_WORD.findall(re.sub(r"([a-z])\1{2,}", r"\1", _tidy(text).casefold())))
    if answer(text) in ("yes", "no", "cancel") or small_talk(text) == "ok" or spoken & _SOUNDS:
        return True
    only_assent = spoken <= _ASSENT | _AROUND and not any(character.isdigit() for character in text)
    return only_assent and bool(spoken & _ASSENT) and not {"terima", "kasih"} <= spoken


def _tidy(text: str) -> str:
    """Common spellings of the same letters, single blanks, no marks of colour behind emoji."""
    spelled = unicodedata.normalize("NFKC", text[: _LONGEST * 3]).replace("’", "'").replace("…", "...")
    bare = "".join(c for c in spelled if c != "\ufe0f" and not "\U0001f3fb" <= c <= "\U0001f3ff")
    return " ".join(bare.split())


def _number(match: re.Match[str]) -> int | None:
    return int(match["number"]) if match["number"] else None


def _declined(said: str, shown: str) -> Consent | None:
    match = _DECLINE.fullmatch(said)
    if match is None or _SUPPOSES.search(_head(match["rest"])):
        return None
    reason = match["rest"]
    reason = shown[len(shown) - len(reason) :] if len(shown) == len(said) else reason
    opened = _OPENS_REASON.match(reason.casefold())
    reason = reason[opened.end() :] if opened else reason
    reason = _CLOSES_REASON.sub("", reason).strip(" .,;:!*_-–—👍🙏")
    return Consent("decline", _number(match), reason or None)


def _head(rest: str) -> str:
    """What stands right behind the word, where a condition would turn it round: up to the second pause."""
    return " ".join(rest.split()[:2])
