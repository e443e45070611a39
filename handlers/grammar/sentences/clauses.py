"""The parts of a sentence that aren't its core: courtesies in front, what the money is for, when it will come back.

Called before a booking is read. Each function takes tokens and returns fewer tokens with what it learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from handlers.grammar.sentences.frames import Act
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import words
from handlers.grammar.sentences.units import Token
from handlers.grammar.sentences.verbs import VERBS

_COURTESY = frozenset(
    (Kind.POLITE, Kind.MAY, Kind.PARTICLE, Kind.ME, Kind.YOU, Kind.STOP, Kind.TO, Kind.THAT, Kind.SHOW)
)
_WISHING = words("mau mo pengen minta coba want need would wanna like")
_ADDING = words("add put")
_ADDED_TO = words("balance account bill")
_AFTER_RECORD = frozenset((Kind.PARTICLE, Kind.THAT, Kind.STOP, Kind.BACK, Kind.OFF))
_ENDS_PURPOSE = frozenset((Kind.MONEY, Kind.DATE, Kind.STOP, Kind.QUESTION, Kind.UNTIL, Kind.FROM))
_LIGHT = frozenset((Kind.PARTICLE, Kind.POLITE, Kind.DONE, Kind.STOP))
_NOT_A_PURPOSE = frozenset((Kind.ME, Kind.THIRD, Kind.YOU, Kind.MONEY, Kind.DATE))
_PROMISING = frozenset(
    (
        Kind.FUTURE,
        Kind.THIRD,
        Kind.AND,
        Kind.STOP,
        Kind.PARTICLE,
        Kind.TO,
        Kind.BACK,
        Kind.OFF,
        Kind.ME,
        Kind.DATE,
        Kind.EVENT,
    )
)
_SAYS_MORE = frozenset(
    (
        Kind.MONEY,
        Kind.VERB,
        Kind.NOT,
        Kind.IF,
        Kind.QUESTION,
        Kind.ASK,
        Kind.TAG,
        Kind.WHO,
        Kind.MUCH,
        Kind.WHEN,
        Kind.MAY,
    )
)


def strip_request(tokens: Sequence[Token]) -> tuple[list[Token], bool]:
    """The statement behind `tolong catat …` or `can you note that …`, and whether there was such a request."""
    for at, token in enumerate(tokens):
        if token.kind is Kind.RECORD and not (token.key == "write" and any(t.kind is Kind.OFF for t in tokens[at:])):
            behind = _behind(tokens, at + 1)
            return [_as_tab(each) for each in behind] if token.key in _ADDING else behind, True
        if token.kind not in _COURTESY and token.key not in _WISHING:
            break
    return list(tokens), False


def _as_tab(token: Token) -> Token:
    """`add 45 to James's balance`: what is added to is a debt."""
    return replace(token, kind=Kind.VERB, frame=VERBS["tab"]) if token.key in _ADDED_TO else token


def _behind(tokens: Sequence[Token], at: int) -> list[Token]:
    while at < len(tokens) and tokens[at].kind in _AFTER_RECORD:
        at += 1
    return list(tokens[at:])


def is_verb(token: Token, *acts: Act) -> bool:
    """Whether a word is a verb of one of these acts."""
    return token.frame is not None and token.frame.act in acts


def is_noun(token: Token) -> bool:
    """Whether a verb's word is a noun beside another verb: `utang`, `loan`, `pembayaran`."""
    return token.frame is not None and token.frame.noun


def fold_promise(tokens: Sequence[Token]) -> list[Token]:
    """`… 500rb, janji bayar jumat`: behind a loan's amount, the day of paying back is its due date."""
    loan = next((at for at, token in enumerate(tokens) if is_verb(token, Act.LOAN) or _takes_from_me(tokens, at)), None)
    money = next((at for at, token in enumerate(tokens) if token.kind is Kind.MONEY), None)
    if loan is None or money is None:
        return list(tokens)
    first = max(loan, money)
    pay = next((at for at in range(first + 1, len(tokens)) if _pays_back(tokens, at)), None)
    if pay is None:
        return list(tokens)
    start = pay
    while start - 1 > first and tokens[start - 1].kind in _PROMISING and tokens[start - 2].kind is not Kind.FROM:
        start -= 1
    tail = tokens[start:]
    days = [_as_due(token) for token in tail if token.kind in (Kind.DATE, Kind.EVENT)]
    says_more = any(token.kind in _SAYS_MORE for token in tokens[pay + 1 :])
    promised = bool(days) or any(token.kind is Kind.FUTURE for token in tail)
    return list(tokens) if says_more or not promised else [*tokens[:start], *days]


def _as_due(token: Token) -> Token:
    """The day of a promise, marked so that `on Friday` isn't taken for the one gone by."""
    return replace(token, text=f"due {token.text}")


def _takes_from_me(tokens: Sequence[Token], at: int) -> bool:
    """`Ali took 30 from me`."""
    behind = pairwise(tokens[at:]) if tokens[at].kind is Kind.GOODS else ()
    return any(before.kind is Kind.FROM and after.kind is Kind.ME for before, after in behind)


def _pays_back(tokens: Sequence[Token], at: int) -> bool:
    """A verb of paying that isn't the purpose of the loan: `buat bayar sekolah`."""
    gives_back = is_verb(tokens[at], Act.GIVE) and any(token.kind is Kind.BACK for token in tokens[at : at + 4])
    return (is_verb(tokens[at], Act.PAY) or gives_back) and tokens[at - 1].kind is not Kind.FOR


def cut_purpose(tokens: Sequence[Token], verb: int) -> tuple[list[Token], list[Token]]:
    """The sentence without its `buat beli semen`, and the tokens of that purpose."""
    for at in range(verb + 1, len(tokens)):
        if not _opens_purpose(tokens, at):
            continue
        start = at - (tokens[at - 1].kind is Kind.HEARSAY)  # `katanya buat …` is about the purpose
        end = at + 1
        while end < len(tokens) and tokens[end].kind not in _ENDS_PURPOSE:
            end += 1
        return [*tokens[:start], *tokens[end:]], list(tokens[at + 1 : end])
    return list(tokens), []


def _opens_purpose(tokens: Sequence[Token], at: int) -> bool:
    if at + 1 >= len(tokens):
        return False
    token, after = tokens[at], tokens[at + 1]
    if token.kind is Kind.FOR:
        return after.kind not in _NOT_A_PURPOSE or after.key in ("his", "her", "their", "my", "our")
    return token.key == "to" and (after.kind in (Kind.VERB, Kind.GOODS) or _bare_verb(tokens, at))


def _bare_verb(tokens: Sequence[Token], at: int) -> bool:
    """`200 to fix her car`: lower-case words behind `to` once the amount has been said."""
    said = any(token.kind is Kind.MONEY for token in tokens[:at])
    after = tokens[at + 1]
    more = at + 2 < len(tokens) and tokens[at + 2].kind not in _ENDS_PURPOSE
    return said and after.kind is Kind.NAME and not after.capital and more


def words_of(tokens: Sequence[Token], text: str) -> str:
    """The text from the first to the last token, without particles at its ends."""
    kept = list(tokens)
    while kept and kept[-1].kind in _LIGHT:
        kept.pop()
    while kept and kept[0].kind is Kind.STOP:
        kept.pop(0)
    return text[kept[0].start : kept[-1].end].strip() if kept else ""
