"""Sentences that ask for something other than a booking of money: remind, forgive, extend, undo, contact, block and
more.

Each request is a row: what it looks like and what it yields. Called for plain statements and polite questions; a
row that changes anything is passed over when the sentence denies or supposes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from handlers.grammar.lending.months import read_month
from handlers.grammar.reading import Reading, Understood
from handlers.grammar.sentences.clauses import is_noun, is_verb
from handlers.grammar.sentences.figures import dates
from handlers.grammar.sentences.frames import Act
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import words
from handlers.grammar.sentences.people import is_name, mentions, others
from handlers.grammar.sentences.units import Token
from handlers.grammar.sentences.verbs import GIVE_AS_LOAN
from handlers.grammar.values.calendar_words import MONTHS

_Asks = Callable[[Sequence[Token], Reading], Understood | None]
_LANGUAGES = {
    "inggris": "en",
    "english": "en",
    "indonesia": "id",
    "indonesian": "id",
    "portuguese": "pt_BR",
    "portugis": "pt_BR",
    "spanish": "es",
    "spanyol": "es",
    "russian": "ru",
    "rusia": "ru",
    "português": "pt_BR",
    "español": "es",
}
_LANGUAGE_WORDS = words("bahasa language speak ngomong bicara pakai ganti switch use in to change balas reply")
_UNDOABLE = words(
    """
    that it itu tadi td barusan yang last terakhir previous ini this entry entri catatan transaksi booking
    barusannya salah transaction
    """
)
_ACCOUNT = words("akun account langganan subscription paket plan")
_REPORT = words(
    """
    rekap laporan report laporannya rekapan recap summary ringkasan rekapitulasi rangkuman reports overview
    """
)
_STATISTICS = words("statistik statistics stats statistiknya")
_HELP = words("bantuan help panduan")
_REMINDER = words("reminder reminders pengingat peringatan")
_ACTS: dict[Act, str] = {Act.REMIND: "remind", Act.FORGIVE: "write_off", Act.BLOCK: "block", Act.UNBLOCK: "unblock"}


def _first(tokens: Sequence[Token], *acts: Act) -> int | None:
    return next((at for at, token in enumerate(tokens) if is_verb(token, *acts)), None)


def _only_person(tokens: Sequence[Token], verb: int) -> str | None:
    found = mentions(tokens, verb)
    named = others(found)
    alone = len(named) == 1 and not named[0].joined and not named[0].extra
    return named[0].name if alone and is_name(named[0].name) else None


def _about_a_person(tokens: Sequence[Token], reading: Reading) -> Understood | None:
    """`tagih Budi`, `ikhlasin utang Budi`, `blokir Budi`: a verb and the one person it is done to."""
    verb = _first(tokens, *_ACTS)
    frame = tokens[verb].frame if verb is not None else None
    given = verb is not None and any(is_verb(token, Act.GIVE) for token in tokens[:verb])
    if verb is not None and (given or tokens[verb].key in _REMINDER):
        verb = -1
    acts = {token.frame.act for token in tokens if token.frame is not None} & set(_ACTS)
    if verb is None or frame is None or len(acts) > 1:
        return None
    core = _until_infinitive(tokens, verb)
    name = _only_person(core, verb)
    subject = [mention for mention in mentions(core, verb) if mention.place == "before"]
    told_by_somebody = any(mention.who != "me" for mention in subject) and not _topic(core, verb)
    done_to_me = verb >= 0 and core[verb].key.startswith("di") and any(mention.who == "me" for mention in subject)
    if name is None or done_to_me or told_by_somebody or (frame.act is Act.REMIND and _reminds_me(core, verb)):
        return None
    if frame.act is Act.FORGIVE and any(token.kind is Kind.MONEY for token in core):
        return None
    return Understood(_ACTS[frame.act], {"name": name})


def _let_off(tokens: Sequence[Token], reading: Reading) -> Understood | None:
    """`write Tom off`, `let Sara off`: the verb's other half stands behind the name."""
    opened = bool(tokens) and tokens[0].key in ("write", "let")
    if not opened or not any(token.kind is Kind.OFF for token in tokens) or any(t.kind is Kind.MONEY for t in tokens):
        return None
    name = _only_person(tokens, 0)
    return Understood("write_off", {"name": name}) if name else None


def _cancel_debt(tokens: Sequence[Token], reading: Reading) -> Understood | None:
    """`hapuskan saja hutang Budi`, `wipe Tom's debt`."""
    cancel = any(token.kind is Kind.CANCEL for token in tokens)
    debt = any(token.kind is Kind.DEBT or (is_verb(token, Act.LOAN) and is_noun(token)) for token in tokens)
    name = _only_person(tokens, -1) if cancel and debt and not any(t.kind is Kind.MONEY for t in tokens) else None
    return Understood("write_off", {"name": name}) if name else None


def _topic(tokens: Sequence[Token], verb: int) -> bool:
    """`utang Budi ikhlasin aja`, `Budi tolong tagih`: the person stands in front, but is spoken of, not speaking."""
    if verb < 0 or tokens[verb].key.startswith("di"):
        return True
    debt = any(token.kind is Kind.DEBT or token.key in GIVE_AS_LOAN for token in tokens[:verb])
    return debt or any(token.kind in (Kind.POLITE, Kind.STOP) for token in tokens[:verb])


def _reminds_me(tokens: Sequence[Token], verb: int) -> bool:
    return any(mention.who == "me" and mention.place == "after" for mention in mentions(tokens, verb))


def _until_infinitive(tokens: Sequence[Token], verb: int) -> list[Token]:
    """`remind Sara to pay …`, `ingetin Budi bayar utang`: what the person is told to do says nothing new."""
    end = next(
        (
            at
            for at in range(verb + 1, len(tokens))
            if is_verb(tokens[at], Act.PAY)
            or tokens[at].key in ("about", "soal", "buat", "untuk", "utk", "supaya", "biar")
        ),
        len(tokens),
    )
    return list(tokens[:end]) if any(t.kind in (Kind.NAME, Kind.KIN) for t in tokens[:end]) else list(tokens)


def _tell_to_pay(tokens: Sequence[Token], reading: Reading) -> Understood | None:
    """`suruh Budi bayar`, `tell Sara to pay up`."""
    keys = [token.key for token in tokens]
    at = next(
        (at for at, key in enumerate(keys) if key in ("suruh", "tell", "suruhin", "mintain", "bilangin", "kabarin")),
        None,
    )
    pay = _first(tokens, Act.PAY)
    if at is None or pay is None or pay < at or any(token.kind is Kind.MONEY for token in tokens):
        return None
    name = _only_person(tokens[at + 1 : pay], -1)
    return Understood("remind", {"name": name}) if name else None


def _extension(tokens: Sequence[Token], reading: Reading) -> Understood | None:
    """`undur tempo Budi ke tgl 25`, `give Sara until Friday`, `Budi's due date is Friday`."""
    due = dates(tokens, -1, reading).due
    if (
        due is None
        or any(token.kind is Kind.MONEY for token in tokens)
        or _first(tokens, Act.LOAN, Act.PAY) is not None
    ):
        return None
    verb = _first(tokens, Act.EXTEND, Act.GIVE)
    term = any(token.kind is Kind.TERM for token in tokens)
    if verb is None and not term:
        return None
    at = -1 if verb is None else verb
    found = [mention for mention in mentions(tokens, at) if mention.who == "other"]
    asked_for = (
        verb is not None
        and not tokens[verb].key.startswith("di")
        and any(mention.place == "before" for mention in found)
        and not term
    )
    name = _only_person(tokens, at)
    return Understood("due", {"name": name, "due": due}) if name and not asked_for else None


def _undo(tokens: Sequence[Token], reading: Reading) -> Understood | None:
    """`batalin yang tadi`, `undo that`, `salah catat, hapus yang barusan`: taking back, and nobody named."""
    cancel = next((token for token in tokens if token.kind is Kind.CANCEL or _takes_back(tokens, token)), None)
    if cancel is None or any(token.kind in (Kind.NAME, Kind.KIN, Kind.MONEY) for token in _unmarked(tokens)):
        return None
    pointed = any(token.key in _UNDOABLE for token in tokens)
    alone = len([token for token in tokens if token.kind not in (Kind.PARTICLE, Kind.POLITE, Kind.STOP)]) == 1
    return Understood("undo") if pointed or alone or cancel.key in ("undo", "urungkan", "urungin") else None


def _takes_back(tokens: Sequence[Token], token: Token) -> bool:
    return token.key in ("take", "took") and any(other.kind is Kind.BACK for other in tokens)


def _unmarked(tokens: Sequence[Token]) -> list[Token]:
    return [
        token
        for token in tokens
        if token.key
        not in _UNDOABLE
        | {"one", "salah", "wrong", "pencatatan", "thing", "mistake", "kesalahan", "keliru", "oops", "error"}
    ]


def _contact(tokens: Sequence[Token], reading: Reading) -> Understood | None:
    """`nomor Budi 0812…`, `Budi's number is +62…`: one person, one number, nothing else."""
    numbers = [token for token in tokens if token.kind is Kind.PHONE]
    if len(numbers) != 1 or _first(tokens, Act.LOAN, Act.PAY) is not None:
        return None
    kept = [token for token in tokens if token.key not in ("simpan", "save", "saved", "simpen", "is")]
    name = _only_person(kept, -1)
    return Understood("contact", {"name": name, "number": str(numbers[0].value)}) if name else None


def _language(tokens: Sequence[Token], reading: Reading) -> Understood | None:
    keys = [token.key for token in tokens]
    spoken = [_LANGUAGES[key] for key in keys if key in _LANGUAGES]
    if spoken and any(key in _LANGUAGE_WORDS for key in keys):
        return Understood("language", {"language": spoken[0]})
    asked = len(keys) <= 3 and any(key in ("bahasa", "language") for key in keys)
    return Understood("language") if asked and not any(t.kind is Kind.ASK for t in tokens) else None


def _keyword(command: str, keys: frozenset[str], most: int = 8) -> _Asks:
    """A short sentence with one of these words, which names nobody and no amount."""

    def asks(tokens: Sequence[Token], reading: Reading) -> Understood | None:
        spoken = any(token.key in keys for token in tokens)
        moved = any(token.kind is Kind.MONEY for token in tokens)
        rest = [token for token in tokens if token.key not in keys]
        named = _first(rest, Act.LOAN, Act.PAY) is not None and bool(others(mentions(rest, -1)))
        named = named or any(token.capital and token.kind is Kind.NAME for token in rest)
        return Understood(command) if spoken and not moved and not named and len(tokens) <= most else None

    return asks


def _report(tokens: Sequence[Token], reading: Reading) -> Understood | None:
    """`laporan februari`, `report for last month`; of today where no month is named."""
    spoken = [token for token in tokens if token.key not in MONTHS or token.key in _REPORT]
    asked = _keyword("report", _REPORT)(spoken, reading)
    month = read_month(" ".join(token.text for token in tokens if token.key not in _REPORT), reading)
    return replace(asked, arguments={"year": month[0], "month": month[1]}) if asked and month else asked


CHANGES: tuple[_Asks, ...] = (_contact, _undo, _about_a_person, _let_off, _cancel_debt, _tell_to_pay, _extension)
"""Requests that change or send something."""

READS: tuple[_Asks, ...] = (
    _language,
    _keyword("statistics", _STATISTICS),
    _report,
    _keyword("account", _ACCOUNT),
    _keyword("help", _HELP),
)
"""Requests that only show something."""


def first_match(rows: Sequence[_Asks], tokens: Sequence[Token], reading: Reading) -> Understood | None:
    """What the first matching row yields."""
    return next((found for ask in rows if (found := ask(tokens, reading)) is not None), None)
