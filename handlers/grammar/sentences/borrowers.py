"""What borrowers ask of their own account: balance, next due date, what they have paid.

Called for messages of contacts who have debts. A text about anybody else's debt is never answered here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from handlers.grammar.sentences.clauses import is_verb
from handlers.grammar.sentences.frames import Act
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import words
from handlers.grammar.sentences.people import mentions, others
from handlers.grammar.sentences.tokens import LONGEST, tokenize_words
from handlers.grammar.sentences.units import Token

Ask = Literal["balance", "due", "history"]

_BALANCE = words(
    """
    saldo balance sisa sisanya tagihan tunggakan outstanding utangku hutangku remaining left tagihanku kurang
    kekurangan
    """
)
_HISTORY = words("riwayat history histori mutasi rincian statement transaksi")
_DUE = words("due deadline tempo telat late overdue next")
_STILL = words("harus must due need lagi")
_FILLERS = words("berapaan cicilanku next be made make left remaining much so far cek anything")
_PAY_NOUNS = words("cicilan angsuran payment instalment installment payments pembayaran bayaran")


def ask_balance(text: str) -> Ask | None:
    """What a borrower wants to know about their own account, None where it is something else."""
    if len(text) > LONGEST:
        return None
    tokens = tokenize_words(text)
    if not tokens or _about_others(tokens) or any(t.kind in (Kind.IF, Kind.FIGURE, Kind.DONT) for t in tokens):
        return None
    return next((ask for ask, applies in _ROWS if applies(tokens)), None)


def _about_others(tokens: Sequence[Token]) -> bool:
    known = _BALANCE | _HISTORY | _DUE | _FILLERS | _PAY_NOUNS
    speaking = [token for token in tokens if token.key not in known]
    return bool(others(mentions(speaking, -1))) or any(
        token.kind is Kind.THIRD for token in speaking if token.key != "it"
    )


def _has(tokens: Sequence[Token], kind: Kind) -> bool:
    return any(token.kind is kind for token in tokens)


def _keys(tokens: Sequence[Token], keys: frozenset[str]) -> bool:
    return any(token.key in keys for token in tokens)


def _paying(tokens: Sequence[Token]) -> bool:
    return any(is_verb(token, Act.PAY) for token in tokens)


def _of_debt(tokens: Sequence[Token]) -> bool:
    return _keys(tokens, _BALANCE) or _has(tokens, Kind.DEBT) or any(is_verb(token, Act.LOAN) for token in tokens)


def _asks_history(tokens: Sequence[Token]) -> bool:
    counted = _has(tokens, Kind.MUCH) and _paying(tokens) and (_has(tokens, Kind.DONE) or _has(tokens, Kind.AUX))
    past = counted and not _keys(tokens, _STILL)
    return _keys(tokens, _HISTORY) or (past and not _has(tokens, Kind.FUTURE))


def _asks_due(tokens: Sequence[Token]) -> bool:
    asked = _has(tokens, Kind.WHEN) or any(t.kind is Kind.QUESTION for t in tokens) or _has(tokens, Kind.SHOW)
    term = _has(tokens, Kind.TERM) or _keys(tokens, _DUE)
    late = tokens[0].kind is Kind.AUX and any(token.key in ("late", "overdue") for token in tokens)
    when = late or (_has(tokens, Kind.WHEN) and (term or _paying(tokens) or _of_debt(tokens)))
    short = term and _has(tokens, Kind.TERM) and (asked or len(tokens) <= 4)
    return when or short or (_keys(tokens, _DUE) and _has(tokens, Kind.ASK) and _paying(tokens))


def _asks_balance(tokens: Sequence[Token]) -> bool:
    asked = any(_has(tokens, kind) for kind in (Kind.MUCH, Kind.SHOW, Kind.ASK))
    owing = _of_debt(tokens) and (
        asked or _keys(tokens, _BALANCE) or (_has(tokens, Kind.QUESTION) and _has(tokens, Kind.ME))
    )
    to_pay = asked and _paying(tokens) and _has(tokens, Kind.MUCH)
    bare = len(tokens) <= 3 and _of_debt(tokens) and _has(tokens, Kind.ME)
    stated = _has(tokens, Kind.MONEY) or len(tokens) > 16
    still = _has(tokens, Kind.AUX) and _has(tokens, Kind.ME) and any(token.key in ("owe", "debt") for token in tokens)
    return (owing or to_pay or bare or still) and not stated


_ROWS: tuple[tuple[Ask, Callable[[Sequence[Token]], bool]], ...] = (
    ("history", _asks_history),
    ("due", _asks_due),
    ("balance", _asks_balance),
)
