"""What customers want that a bot may not decide: a person, a discount, their money back, or to complain.

Read by rules in both languages. A question about such a thing ("do you give refunds?") reads the same; whether the
bot knows the answer to it is the caller's to see first, except for the wish to talk to a person.
"""

from __future__ import annotations

import re
from typing import Literal

Wish = Literal["handover", "refund", "complaint", "discount"]

_PERSON_ID = (
    r"(?:orang(?:nya)?|manusia|admin\w*|cs|costumer service|customer service|operator|petugas|pemilik\w*|owner"
    r"|bos|boss|staf|staff|karyawan|pegawai|dokter\w*|teknisi|perawat|sales|marketing|penjual\w*|mimin|manajer|manager)"
)
_PERSON_EN = (
    r"(?:human|person|people|agent|representative|rep|operator|staff|owner|manager|someone|somebody"
    r"|receptionist|adviser|advisor|doctor|dentist|nurse|specialist|technician|consultant|team|boss|admin"
    r"|customer (?:service|support))"
)
_NEAR = r"(?:[^\s.!?]+\s+){0,3}?"

_PATTERNS: dict[Wish, str] = {
    "handover": rf"""
        ^(?:tolong\s+)?(?:minta\s+|mau\s+|panggil(?:kan)?\s+|butuh\s+)?{_PERSON_ID}(?:\s+(?:dong|donk|pls|please
            |aja|asli|beneran|mana|ada|kak|nya|ya|langsung))*$
        | ^(?:a\s+)?(?:real\s+|live\s+)?(?:human|agent|operator|person|representative)(?:\s+(?:please|pls|now))*$
        | \b(?:bicara|ngomong|ngobrol|chat|bincang|hubung\w*|sambung\w*|terhubung|telpon|telepon|konsultasi|tanya)
            \s+{_NEAR}(?:dengan|dgn|sama|ke|kpd|kepada|langsung|ama)\s+{_NEAR}{_PERSON_ID}\b
        | \b(?:sambungkan|sambungin|hubungkan|hubungin|oper|alihkan|panggilkan)\s+(?:saya\s+|aku\s+|gue\s+|ke\s+
            |sama\s+|dengan\s+)*{_PERSON_ID}\b
        | \b(?:minta|mau|pengen|ingin|butuh|perlu)\s+(?:bantuan\s+|dibantu\s+|bicara\s+|dilayani\s+)?(?:sama\s+
            |dengan\s+|oleh\s+)?(?:orang|manusia|admin|cs|petugas)\b(?!\s+\w*(?:untuk|yang\s+punya))
        | \bada\s+(?:orang|admin|manusia|cs)(?:nya)?\s*(?:g|ga|gak|nggak|tidak|kah|di\s*sini|disini)?\s*\??$
        | \bbukan\s+(?:sama\s+|dengan\s+)?(?:bot|robot|mesin)\b
        | \b(?:talk|speak|chat|connect(?:ed)?|transfer(?:red)?|put|pass|get)\s+(?:me\s+)?(?:directly\s+)?(?:to
            |with|through(?:\s+to)?|hold\s+of)\s+{_NEAR}{_PERSON_EN}\b
        | \b(?:want|need|like|get\s+me|give\s+me)\s+(?:to\s+(?:see|have)\s+)?(?:an?\s+|some\s+)?(?:real\s+|actual
            \s+|live\s+)?(?:human|agent|representative|real\s+person|person\s+to)\b
        | \b(?:is|are)\s+there\s+(?:an?\s+|any\s+)?(?:real\s+)?(?:human|person|people|anyone|anybody)\b
        | \b(?:can|could|may)\s+(?:i|someone|somebody|anyone|you)\s+(?:please\s+)?(?:call|phone|ring)\s+(?:me|us)\b
        | \b(?:call|phone|ring)\s+me(?:\s+back)?(?:\s+please)?\s*$
        | \b(?:tolong|minta|bisa|boleh)\s+(?:di)?(?:telepon|telpon|hubungi)\s+(?:saya|balik|aku)?\b
        | \b(?:not|no)\s+(?:a\s+|more\s+)?(?:ro)?bots?\b
    """,
    "refund": r"""
        \brefunds?\b | \brefund(?:ed|ing|nya)\b | \bmoney\s+back\b | \bchargeback\b
        | \breturn\s+(?:the|this|that|my|an|these|those)\s+\w+
        | \buang\s+(?:\w+\s+){0,2}?(?:di)?kembali(?:kan|in)?\b | \b(?:kembalikan|balikin|kembaliin)\s+(?:uang|duit
            |dana|barang)\b
        | \bpengembalian\s+(?:uang|dana|barang)\b | \bretur\b | \bduit\s+(?:\w+\s+){0,2}?(?:di)?balik(?:in|kan)?\b
    """,
    "complaint": r"""
        \bkomplain\b | \bkomplen\b | \bkeluhan\b | \bkecewa\b | \bmengecewakan\b | \bpenipu(?:an)?\b | \b(?:di
            |ke)tipu\b
        | \blapor(?:kan)?\s+(?:ke\s+)?polisi\b | \bsalah\s+(?:kirim|barang|ukuran|alamat)\b
        | \b(?:barang|pesanan|order(?:an)?|paket|produk)(?:nya|ku)?\s+(?:\w+\s+){0,3}?(?:rusak|cacat|pecah|bocor
            |kurang|hilang|tidak\s+sesuai|ga\s*k?\s+sesuai|nggak\s+sesuai)\b
        | \b(?:barang|pesanan|order(?:an)?|paket)(?:nya|ku)?\s+(?:\w+\s+){0,3}?(?:belum|blm)\s+(?:juga\s+)?
            (?:datang|sampai|sampe|dikirim|nyampe)\b
        | \bcomplain(?:t|ts|ing)?\b | \bdisappointed\b | \bunacceptable\b | \bscam(?:med|mers?)?\b | \brip[\s-]?off\b
        | \b(?:arrived|came|is|was|are|were|got|received)\s+(?:\w+\s+){0,2}?(?:broken|damaged|defective|faulty
            |wrong\s+(?:item|size|order|one))\b
        | \b(?:terrible|awful|horrible|worst|disgusting|rude)\s+(?:service|experience|staff|company)\b
        | \b(?:sue|report)\s+you\b | \bstill\s+(?:haven'?t|have\s+not|not)\s+(?:received|arrived|got)\b
    """,
    "discount": r"""
        \bdis[ck]on\b | \bdis[ck]ount(?:s|ed)?\b | \bpotongan(?:\s+harga)?\b | \bnego(?:siasi)?\b | \bharga\s+
            (?:teman|temen|grosir\s+dong|pas)\b
        | \b(?:bisa|boleh|bs|blh)\s+(?:di)?kurang(?:in|i|kan)?\b | \bkurang(?:in|i)\s+(?:dikit|harga|dong|lah)\b
            | \bkurang\s+dikit\b
        | \b(?:murahin|turunin|diturunkan|kurangin)\b
        | \b(?:lower|better|best|special|cheaper)\s+price\b | \b\d{1,2}\s*%\s*off\b | \bknock\s+(?:\w+\s+){0,3}off\b
        | \b(?:cheaper|less)\s+(?:if|for)\b | \b(?:any|a)\s+(?:good\s+)?deal\b | \blower\s+(?:the|your)\s+price\b
    """,
}
_WISHES: tuple[tuple[Wish, re.Pattern[str]], ...] = tuple(
    (wish, re.compile(pattern, re.VERBOSE)) for wish, pattern in _PATTERNS.items()
)
_INSULTS = re.compile(
    r"\b(?:anjing|anjir|anjay|bangsat|bajingan|kontol|memek|ngentot|tai|taik|goblok|tolol|bego|babi|monyet"
    r"|brengsek|kampret"
    r"|fuck\w*|f\*+k?\w*|shit\w*|bitch|asshole|bastard|idiots?|moron|dickhead|stupid|crap)\b"
)
_LONGEST = 1000


def wish_of(text: str) -> Wish | None:
    """What somebody wants that a person must decide; None where nothing of the kind is said."""
    said = _plain(text)
    return next((wish for wish, pattern in _WISHES if pattern.search(said)), None)


def is_insult(text: str) -> bool:
    """Whether somebody only vents: insulting words and hardly any others."""
    said = _plain(text)
    return bool(_INSULTS.search(said)) and len(_INSULTS.sub("", said).split()) <= 3


def _plain(text: str) -> str:
    folded = re.sub(r"[^\w%'\-?.!*\s]", " ", text[:_LONGEST].casefold().replace("’", "'"))
    return " ".join(folded.split()).strip(" .!?,-")
