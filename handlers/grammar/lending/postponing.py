"""What borrowers write to ask for more time: `minta tempo`, `boleh mundur seminggu?`, `can I pay next week instead`.

Called for messages of people who have debts. Only a wish is read: who says that they will pay on a day promises it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from handlers.grammar.reading import Reading
from handlers.grammar.values.dates import dates_in
from handlers.grammar.values.phone import phones_in
from handlers.grammar.values.plain import blanked, plain, without_addresses

_LONGEST = 300
_MAY = r"(?:boleh|bole|blh|bisa|bs|bisakah|bolehkah|mohon|minta|mnt|izin|ijin|tolong|apa(?:kah)?|mau|pengen|ingin)"
_NEAR = r"(?:[\w'-]+ ){0,4}?"
_LATER = (
    r"(?:di)?(?:mundur|undur|tunda|perpanjang|tangguh)(?:in|kan|i)?(?:nya)?|nunda|menunda|memperpanjang|ngundurin"
    r"|telat|terlambat|nyusul"
)
_TIME = r"(?:tempo|waktu|keringanan|kelonggaran|kelonggara?n|penundaan|perpanjangan|dispensasi|toleransi|penangguhan)"
_PAY = r"(?:pay|repay|settle|transfer|send (?:it|the money)|do it)"
_ASKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_MAY}\b {_NEAR}(?:{_LATER})\b",
        rf"\b(?:{_LATER})\b {_NEAR}(?:boleh|bole|blh|bisa|bs|gak|ga|nggak|tidak|ya)\b(?: \w+)?\s*\?",
        rf"\b(?:minta|mnt|mohon|butuh|perlu|kasih|beri|boleh|bisa)\b {_NEAR}{_TIME}\b",
        r"\bada (?:keringanan|kelonggaran|toleransi|dispensasi|perpanjangan|penundaan)\b",
        r"\b(?:tambah(?:an|in)?|nambah) (?:waktu|tempo|hari)\b",
        rf"\b{_MAY}\b {_NEAR}(?:bayar|byr|cicil|lunas)\w* {_NEAR}(?:lebih lama|belakangan|nanti(?: dulu)?"
        r"|lain kali)\b",
        rf"\b(?:can|could|may|might) (?:i|we) (?:please |maybe |possibly |perhaps )?{_PAY}\b(?=.*(?:\blater\b"
        r"|\binstead\b|\bnext\b|\bafter\b|\bat the end\b|\bend of\b|\ba (?:bit|little) late\b|\blate\b))",
        r"\b(?:extend|extension|postpone(?:ment)?|defer(?:ral|ment)?|push (?:it |this |the \w+ )?back|grace period)\b",
        r"\b(?:more|extra|additional|some|a (?:bit|little) (?:more )?) ?(?:time|days|weeks)\b",
        r"\b(?:delay|put off|hold off) (?:the |my |this |on )?(?:payment|instal?lment|paying|it)\b",
        r"\b(?:would|is) it (?:be )?(?:ok|okay|possible|alright|all right|fine) (?:if i|to|for me to) "
        rf"{_NEAR}(?:{_PAY}|paid)\b",
    )
)
_WILL_PAY = re.compile(
    r"\b(?:i'?ll|i will|i'm going to|im going to|we'?ll) (?:\w+ )?(?:pay|transfer|send|settle)\b"
    r"|(?<!boleh )(?<!bisa )(?<!kalau )\b(?:saya|sy|aku|gw|gue|kami)(?: (?:akan|pasti|mau|janji))? (?:bayar|byr"
    r"|transfer|tf|trf|lunasi|setor|cicil)\b(?! (?:nya )?(?:boleh|bisa|telat|mundur|nanti dulu))"
    r"|\bpasti (?:saya |sy |di)?(?:bayar|lunasi)\b"
)
_ASKS_WHETHER = re.compile(
    r"\b(?:boleh|bole|blh|bisa|bs|bisakah|bolehkah)(?: (?:gak|ga|nggak|tidak|kah))? (?:\w+ )?(?:saya|sy|aku|gw|gue"
    r"|kami) (?:bayar|byr|transfer|tf|cicil|lunasi)\b"
)
_OTHER_THINGS = re.compile(
    r"\b(?:pinjam|pinjem|minjam|minjem|ngutang|borrow|another loan|kirim(?:an)?|barang|pesanan|order|garansi|warranty"
    r"|booking|appointment|janji temu|opening|delivery|how (?:do|does|much|long)|berapa (?:lama|biaya)|kapan)\b"
)
_REFUSES = re.compile(
    r"\b(?:tidak|tdk|gak|ga|nggak|ngga|jangan|don't|dont|no|without) (?:perlu|usah|mau|need|want|minta|extension|any)\b"
)


@dataclass(frozen=True, slots=True)
class Postponement:
    """More time that somebody asks for: until a day, if they name exactly one within a year."""

    until: date | None


def read_postponement(text: str, reading: Reading) -> Postponement | None:
    """The wish for more time that a text is, else None. Who says that they will pay on a day asks for nothing."""
    if len(text) > _LONGEST:
        return None
    spoken = plain(text)
    if not any(pattern.search(spoken) for pattern in _ASKS) or _REFUSES.search(spoken):
        return None
    if _OTHER_THINGS.search(spoken):
        return None
    day = _day(spoken, reading)
    if day is not None and _WILL_PAY.search(_ASKS_WHETHER.sub(" ", spoken)):
        return None
    return Postponement(day)


def _day(spoken: str, reading: Reading) -> date | None:
    readable = without_addresses(blanked(spoken, phones_in(spoken, reading)))
    values = {claim.value for claim in dates_in(readable, reading)}
    days = {
        day for day in values if isinstance(day, date) and reading.today < day and (day - reading.today).days <= 366
    }
    return days.pop() if len(days) == 1 else None
