"""Sentences about agreements, their files and what waits for the owner: `bikin perjanjian buat Ahmad 5 juta`.

Called for every sentence of an owner before money is looked for, since `kirim perjanjian 3` sends no three rupiah. Each
request is a whole text of one shape; a text that says anything beside it isn't one.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from handlers.grammar.lending.terms import read_agreement
from handlers.grammar.reading import NotBooked, Reading, Understood
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.people import is_name
from handlers.grammar.sentences.tokens import tokenize
from handlers.grammar.values import clean_name
from handlers.grammar.values.calendar_rules import spaced
from handlers.grammar.values.plain import plain

_COURTESY = (
    r"(?:(?:tolong|tlg|tolongin|coba|mohon|minta|please|pls|plz|halo|hai|hi|hey|oke|ok|eh|bos|boss|min|kak|gan"
    r"|juragan|dong|ayo|yuk"
    r"|bisa|bs|boleh|bantu|bantuin|(?:(?:saya|sy|aku|gw|gue|i) )?(?:mau|pengen|ingin|perlu|want to|need to"
    r"|would like to|'d like"
    r" to)|can you|could you|would you|will you|let's|lets|i'd like to|then|now|sekarang|skrg)[\s,]+)*"
)
_CLOSING = (
    r"(?:[\s,]+(?:dong|donk|ya|yaa|deh|kak|pak|bu|bos|min|gan|juragan|please|pls|sekarang|skrg|now|lagi"
    r"|again|aja|saja))*[\s.!]*"
)
_AGREEMENT = r"(?:surat )?(?:perjanjian|agreement)(?:nya)?"
_THE = r"(?:(?:the|an?|new|my|sebuah|loan) )*"
_SEE = (
    r"(?:(?:lihat|liat|liatin|lihatin|cek|check|show|show me|list|tampilkan|tampilin|view|see|daftar|status"
    r"|info|progress|progres) )"
)
_OF = r"(?:(?:of|for|dari|punya|milik|si|buat|untuk|utk|ke|to|atas nama) )"
_NO = r"(?:~#~| (?:no|nomor|nomer|number|id)\.?~#?~| )"
_PAPER = r"(?:rekening koran|statement|account statement|mutasi rekening|laporan rekening)"
_SEND = (
    r"(?:kirim|kirimkan|kirimin|send|email|cetak|print|buat|buatkan|buatin|bikin|bikinin|show|show me|lihat"
    r"|liat|minta|get|make|give me)"
)
_HOW_FAR = (
    r"(?: (?:(?:sudah|udah|udh|sdh) (?:berapa(?: kali| x)?|brp(?: kali| x)?|sampai mana|sampe mana|ke berapa"
    r"|bayar berapa(?: kali)?)"
    r"|(?:tinggal|sisa|kurang) (?:berapa|brp)(?: kali| x)?(?: lagi)?|(?:berapa|brp)(?: kali)? lagi|ke berapa"
    r"|sampai mana|gimana|statusnya(?: gimana)?))"
)
_UNSURE = re.compile(
    r"(?<![\w'])(?:kalau|kalo|klo|kl|klu|jika|bila|seandainya|misal\w*|if|unless|when|whether|once|jangan|jgn"
    r"|don't|dont|do not|not"
    r"|tidak|tdk|gak|ga|gk|nggak|ngga|enggak|belum|blm|batal|gimana|gmn|bagaimana|caranya|cara|how|why|kenapa"
    r"|mungkin|maybe|perhaps|sudah|udah|udh|already|katanya|siapa|who|kapan|besok aja|nanti)(?![\w'])"
)


def _exactly(pattern: str, *, before: str = _COURTESY) -> re.Pattern[str]:
    return re.compile(spaced(rf"\s*{before}(?:{pattern}){_CLOSING}[?]?{_CLOSING}"))


_CREATE = re.compile(
    spaced(
        rf"\s*{_COURTESY}(?:bikin|bikinin|bikinkan|buat|buatin|buatkan|buatlah|susun|susunkan|siapkan|siapin"
        rf"|make|create|draw up|write up|prepare|set up|start|draft) {_THE}{_AGREEMENT}(?: (?:baru|pinjaman|utang"
        rf"|hutang))*(?:[\s:,]+(?P<terms>.*))?",
    ),
    re.DOTALL,
)
_RESEND = _exactly(
    rf"(?:(?:kirim|kirimkan|kirimin|send)(?: (?:ulang|lagi|again))?|resend|re-send)(?: (?:pdf|file"
    rf"|dokumen))* {_THE}{_AGREEMENT}{_NO}(?P<number>\d{{1,9}})(?: (?:ulang|lagi|again))*"
)
_CANCEL = _exactly(rf"(?:batalkan|batalin|batal|cancel) {_THE}{_AGREEMENT}{_NO}(?P<number>\d{{1,9}})")
_LIST = _exactly(
    rf"{_SEE}(?:semua |all |the |my |all my )?(?:perjanjian|agreements?)(?: (?:saya|aktif|yang ada|yg ada|semua))*"
    r"|(?:perjanjian|agreement)(?: yang| yg)? (?:apa|mana) (?:aja|saja)(?: yang (?:ada|aktif|jalan))?|(?:my|all"
    r"|active) agreements"
    r"|(?:ada )?(?:perjanjian apa|berapa perjanjian)(?: aja| saja)?(?: (?:yang|yg) (?:ada|aktif|jalan))?"
)
_ACTIONS = _exactly(
    r"(?:lihat |liat |cek |daftar |list |show |show me |see |view )(?:semua |all |the |my )?(?:aksi|actions"
    r"|pending actions|persetujuan|approvals)"
    r"|(?:pending|open) (?:actions|approvals)|(?:apa |apakah )?ada (?:yang|yg|apa yang) (?:perlu|harus|mau"
    r"|menunggu|nunggu|butuh) (?:saya |sy"
    r" |aku |gw |persetujuan )?(?:setujui|disetujui|approve|di-?approve|acc|di-?acc|diputuskan|putuskan|dijawab"
    r"|jawab|persetujuan|saya)(?: saya| sy)?|apa (?:aja |saja )?(?:yang|yg) (?:perlu|harus|menunggu|nunggu) (?:saya "
    r"|persetujuan )?(?:setujui|disetujui"
    r"|approve|saya)|(?:what|anything)(?: is|'s)? (?:that )?(?:needs?|waiting for|waits for) (?:my approval|me"
    r"|approval|my ok)"
    r"|(?:is there |do i have )?anything (?:i need to|to|for me to) approve|what (?:do i|should i) (?:need to "
    r"|have to )?approve",
)
_INSTALLMENTS = _exactly(
    rf"(?:{_SEE})*(?:the )?(?:cicilan|angsuran|instal?lments?(?: status"
    rf"| progress)?) (?:{_OF})?(?P<name>[^?!\d,:]+?)(?P<far>{_HOW_FAR})?"
    rf"|(?:{_SEE})+(?:the |all )?(?:cicilan|angsuran|instal?lments?)(?: (?:semua|semuanya|all))?"
    r"|(?P<owner>[^?!\d,:]+?)'s instal?lments?(?: status| progress)?"
)
_STATEMENT = _exactly(
    rf"(?:{_SEND} )*(?:me )?(?:the |a )?{_PAPER}(?: (?:{_OF})?(?P<name>[^?!\d,:]+?))?"
    rf"|(?:{_SEND} )*(?:me )?(?P<owner>[^?!\d,:]+?)'s (?:account )?statement|send (?P<to>[^?!\d,:]+?) (?:a|the"
    rf"|his|her|their) statement"
)
_FORMATS = {"excel": r"(?:excel|exel|xlsx?|spreadsheet|sheet)(?:nya)?", "pdf": r"pdf(?:nya)?"}
_EXPORT = tuple(
    (
        name,
        _exactly(
            rf"(?:export|ekspor|eksport|unduh|download|expor)(?:kan|in)?(?: (?:ke|to|as|in|dalam|the|semua|all"
            rf"|data|datanya|everything"
            rf"|bentuk|format|file|laporan|pembukuan|a))* {words}|(?:kirim|minta|bikin|buat|buatin|send(?: me)?"
            rf"|make)(?: (?:the|an?|file"
            rf"|data|export|laporan|dalam|bentuk|in))* {words}(?: (?:data|pembukuan|utang|export))*"
        ),
    )
    for name, words in _FORMATS.items()
)
_SENDS_PAPER = re.compile(
    spaced(
        r"(?<!\w)(?:kirim\w{0,3}|mengirim|ngirim|send|sent|sending|resend)(?: \w+){0,3}? (?:perjanjian"
        r"|agreements?|rekening koran|statement|kuitansi|kwitansi|receipt|laporan|report)(?:nya)?(?!\w)"
    )
)
_LONGEST = 400


def read_agreement_request(text: str, reading: Reading) -> Understood | None:
    """The request about agreements, instalments, files or actions that a text is; None where it is anything else."""
    if len(text) > _LONGEST:
        return None
    spoken = plain(text)
    rows: tuple[Callable[[str, str, Reading], Understood | None], ...] = (
        _create, _numbered, _files, _lists, _of_person,
    )  # fmt: skip
    return next((found for row in rows if (found := row(text, spoken, reading)) is not None), None)


def books_no_paper(text: str, outcome: Understood | NotBooked | None) -> Understood | NotBooked | None:
    """A payment read from a text that sends papers is none: `kirim perjanjian ke Ahmad`."""
    if not isinstance(outcome, Understood) or outcome.command != "paid" or not _SENDS_PAPER.search(plain(text)):
        return outcome
    return (
        NotBooked("unclear", str(outcome.arguments.get("name", "")) or None) if "amount" in outcome.arguments else None
    )


def _create(text: str, spoken: str, reading: Reading) -> Understood | None:
    match = _CREATE.fullmatch(spoken)
    if match is None or _UNSURE.search(spoken) or re.match(r"\s*\d{1,9}\W*$", match["terms"] or ""):
        return None
    terms = text[match.start("terms") : match.end("terms")] if match["terms"] else ""
    return Understood("agreement", read_agreement(terms.rstrip(" ?!."), reading))


def _numbered(text: str, spoken: str, reading: Reading) -> Understood | None:
    for command, pattern in (("send", _RESEND), ("cancel", _CANCEL)):
        match = pattern.fullmatch(spoken)
        asks = (
            "?" in spoken
            and re.match(r"\s*(?:bisa|bs|boleh|can|could|would|will|tolong|please|minta)\b", spoken) is None
        )
        if match is not None and not asks and int(match["number"]):
            return Understood(command, {"number": int(match["number"])})
    return None


def _files(text: str, spoken: str, reading: Reading) -> Understood | None:
    return next(
        (Understood("export", {"format": name}) for name, pattern in _EXPORT if pattern.fullmatch(spoken)), None
    )


def _lists(text: str, spoken: str, reading: Reading) -> Understood | None:
    if _LIST.fullmatch(spoken):
        return Understood("agreements")
    return Understood("actions") if _ACTIONS.fullmatch(spoken) else None


def _of_person(text: str, spoken: str, reading: Reading) -> Understood | None:
    """`cicilan Ahmad`, `rekening koran Budi`: nothing but the person stands beside the word."""
    for command, pattern in (("installments", _INSTALLMENTS), ("statement", _STATEMENT)):
        match = pattern.fullmatch(spoken)
        if match is None:
            continue
        group = next((name for name in ("name", "owner", "to") if match.groupdict().get(name)), None)
        if group is None:
            return Understood(command)
        name = _person(text[match.start(group) : match.end(group)], reading)
        if name is not None:
            return Understood(command, {"name": name})
    return None


def _person(text: str, reading: Reading) -> str | None:
    """The name that a piece of text is, None where any word of it is something else."""
    tokens = tokenize(text, reading)
    named = all(token.kind in (Kind.NAME, Kind.KIN) or token.key in (".", "bin", "binti", "'s") for token in tokens)
    name = clean_name(text) if tokens and named else ""
    return name if is_name(name) else None
