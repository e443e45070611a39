"""Questions that the books answer: who owes what, whether somebody paid, what happened on an account.

Yields only commands that read. Called for every sentence, whatever its mood, because showing the books is always
safe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from handlers.grammar.reading import NotBooked, Understood
from handlers.grammar.sentences.clauses import is_noun, is_verb
from handlers.grammar.sentences.cores import find_core
from handlers.grammar.sentences.frames import Act
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import words
from handlers.grammar.sentences.mood import Mood
from handlers.grammar.sentences.people import Mention, is_name, mentions, others
from handlers.grammar.sentences.remainders import is_still_open
from handlers.grammar.sentences.units import Token

_HISTORY = words(
    """
    riwayat histori history mutasi rincian riwayatnya transactions transaksi log details detail catatan
    statement ledger pembukuan records
    """
)
_STATUS = words("status posisi")
_LATE = words("telat nunggak late overdue menunggak ngutang lewat jatuh nunggaknya terlambat behind macet")
_BEHIND = words("telat nunggak late overdue menunggak nunggaknya terlambat behind macet")
_OWING = words("owe owes owed owing")
_MUST = words("must harus hrs kudu") | {"has to", "have to", "supposed to"}
_TOPICAL = frozenset((Kind.DEBT, Kind.TERM, Kind.CANCEL))
_BEGGING = words("minta mnta")


_Row = Callable[[Sequence[Token], Mood | None], Understood | None]


def look_up(tokens: Sequence[Token], mood: Mood | None) -> Understood | None:
    """The reading command that a sentence asks for, None where it asks for none."""
    rows: tuple[_Row, ...] = (_history, _last_payment, _everybody, _bare_debt, _own_debt, _asked_status)
    if any(token.kind is Kind.IF for token in tokens) or (mood and mood.why == "future"):
        rows = rows[:1]
    if any(token.kind is Kind.MONEY for token in tokens) and mood is None:
        return _still_open(tokens)
    return next((found for row in rows if (found := row(tokens, mood)) is not None), None)


def _still_open(tokens: Sequence[Token]) -> Understood | None:
    """`Tom still owes 40`: the books show whether that is so."""
    name = _named(tokens) if is_still_open(tokens) else None
    return Understood("status", {"name": name}) if name else None


def _verb_at(tokens: Sequence[Token]) -> int:
    core = find_core(tokens)
    return core.at if core is not None else -1


def _people(tokens: Sequence[Token]) -> list[Mention]:
    spoken = [token for token in tokens if token.key not in _STATUS]
    return mentions(spoken, _verb_at(spoken))


def _named(tokens: Sequence[Token]) -> str | None:
    """The one person asked about; `` where several are."""
    named = others(_people(tokens))
    sure = [mention for mention in named if not mention.small]
    names = [mention.name for mention in (sure if len(sure) == 1 and not sure[0].joined else named)]
    return None if not names else names[0] if len(names) == 1 and is_name(names[0]) else ""


def _asks(tokens: Sequence[Token]) -> bool:
    return any(token.kind in (Kind.SHOW, Kind.MUCH, Kind.WHO, Kind.ASK, Kind.LAST) for token in tokens)


def _of_debt(tokens: Sequence[Token]) -> bool:
    return any(token.kind is Kind.DEBT or is_verb(token, Act.LOAN) for token in tokens)


def _history(tokens: Sequence[Token], mood: Mood | None) -> Understood | None:
    if not any(token.key in _HISTORY for token in tokens):
        return None
    name = _named([token for token in tokens if token.key not in _HISTORY])
    return Understood("history", {"name": name}) if name else None


def _last_payment(tokens: Sequence[Token], mood: Mood | None) -> Understood | None:
    """`kapan Budi terakhir bayar`, `when did Sara last pay`."""
    when = any(token.kind is Kind.WHEN for token in tokens)
    last = any(token.kind is Kind.LAST for token in tokens)
    event = any(is_verb(token, Act.PAY, Act.LOAN) for token in tokens)
    name = _named(tokens) if event and (when or last) and mood and mood.of_facts else None
    return Understood("history", {"name": name}) if name else None


def _everybody(tokens: Sequence[Token], mood: Mood | None) -> Understood | None:
    """`siapa aja yang belum bayar`, `who owes me`, `daftar utang`."""
    topic = _of_debt(tokens) or any(is_verb(t, Act.PAY) or t.key in _LATE for t in tokens)
    who = any(token.kind is Kind.WHO for token in tokens)
    listed = any(token.key in ("daftar", "list", "semua", "all", "everyone", "everybody") for token in tokens)
    if (
        not topic
        or not (who or listed)
        or _named([t for t in tokens if t.key not in _LATE]) is not None
        or (mood is None and not listed)
    ):
        return None
    if who and _mine_first(tokens):
        return Understood("status", {"side": "owed"})
    late = any(token.key in _BEHIND for token in tokens) and not any(token.kind is Kind.NOT for token in tokens)
    return Understood("status", {"late": True} if late else {})


def _bare_debt(tokens: Sequence[Token], mood: Mood | None) -> Understood | None:
    """`saldo Budi`, `total utang saya`: a debt that is named, without an amount or a verb."""
    spoken = [token for token in tokens if token.kind not in (Kind.PARTICLE, Kind.POLITE, Kind.STOP)]
    strong = any(token.frame and not (token.frame.noun and token.frame.act is Act.LOAN) for token in tokens)
    opened = bool(spoken) and (spoken[0].kind in (Kind.DEBT, Kind.THING) or is_noun(spoken[0]))
    closed = bool(spoken) and spoken[-1].kind is Kind.DEBT
    if mood is not None or strong or not _of_debt(tokens) or not (opened or closed):
        return None
    name = _named(tokens)
    if name is None:
        return _own(tokens) if any(t.kind is Kind.ME for t in tokens) else None
    return Understood("status", {"name": name}) if name and not _placed(tokens) else None


def _placed(tokens: Sequence[Token]) -> bool:
    """Whether a preposition says who owes whom: then it is a sentence, not a title."""
    return any(mention.place not in ("before", "after") for mention in _people(tokens))


def _mine_first(tokens: Sequence[Token]) -> bool:
    """`who do I owe`, `saya utang ke siapa`: the owner stands in front of the verb."""
    return any(mention.who == "me" and mention.place == "before" for mention in _people(tokens))


def _own_debt(tokens: Sequence[Token], mood: Mood | None) -> Understood | None:
    """`hutang saya berapa`, `cek hutang saya dong`, `what do I owe`."""
    if not _of_debt(tokens) or not _asks(tokens) or _named(tokens) is not None:
        return None
    mine = any(mention.who == "me" and mention.place in ("before", "after") for mention in _people(tokens))
    total = not mine or any(token.key in _OWING and _follows(tokens, token, Kind.ME) for token in tokens)
    return Understood("status") if total else _own(tokens)


def _own(tokens: Sequence[Token]) -> Understood:
    """What the owner owes; but `piutang saya` is what others owe."""
    lent = any(token.key in ("piutang", "piutangnya") for token in tokens)
    return Understood("status", {} if lent else {"side": "owed"})


def _follows(tokens: Sequence[Token], token: Token, kind: Kind) -> bool:
    at = tokens.index(token) + 1
    return at < len(tokens) and tokens[at].kind is kind


def _asked_status(tokens: Sequence[Token], mood: Mood | None) -> Understood | None:
    """`did Sara pay`, `Budi belum bayar`, `berapa utang Budi`, `cek Budi`, `status Budi`."""
    name = _named(tokens)
    if not name:
        return None
    status = Understood("status", {"name": name})
    still = _of_debt(tokens) and any(t.key in ("still", "masih", "msh") or t.kind is Kind.FULL for t in tokens)
    shown = still or any(token.key in _STATUS or token.kind is Kind.SHOW for token in tokens)
    if mood is None:
        return status if shown and _plain_look(tokens) else None
    owed = _of_debt(tokens) or any(token.key in _MUST for token in tokens)
    asks_books = _asks(tokens) and owed and mood.why == "question"
    return status if asks_books or (mood.of_facts and (shown or _happened(tokens, mood))) else None


def _happened(tokens: Sequence[Token], mood: Mood) -> bool:
    """Whether a payment, or a loan that is asked about, lies in the past."""
    past = any(token.kind in (Kind.DONE, Kind.AUX, Kind.DEBT) or is_noun(token) for token in tokens)
    lent = _of_debt(tokens) and past and mood.why == "question"
    return lent or any(is_verb(token, Act.PAY) for token in tokens)


def _plain_look(tokens: Sequence[Token]) -> bool:
    return not any(is_verb(t, Act.PAY, Act.EXTEND, Act.REMIND, Act.GIVE) or t.kind is Kind.CANCEL for t in tokens)


def refuse(tokens: Sequence[Token], mood: Mood) -> NotBooked | None:
    """Why nothing is booked, for a sentence that is about money or people's debts; None for any other."""
    topical = any(token.frame is not None or token.kind in _TOPICAL or token.key in _BEGGING for token in tokens)
    named = [mention.name for mention in others(_people(tokens)) if is_name(mention.name)]
    if not topical and not (any(token.kind is Kind.MONEY for token in tokens) and named):
        return None
    return NotBooked(mood.why, named[0] if named else None)
