"""The verb that a sentence turns on, and how it takes its people.

Called by `bookings`, `lookups` and `corrections`. Also tells a sentence about one event from one about several.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from handlers.grammar.sentences.clauses import is_noun, is_verb
from handlers.grammar.sentences.figures import amounts
from handlers.grammar.sentences.frames import Act, Frame
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import words
from handlers.grammar.sentences.units import Token
from handlers.grammar.sentences.verbs import GIVE_AS_LOAN, VERBS

_CREDIT_WORDS = words("dulu dl dlu duluan")
_TOWARDS = words("his her their toward towards against")
_TIMES = re.compile(r"\d+x|x\d+|x|twice|thrice|kali")
_BORROWING = VERBS["minjem"]
_LENDING = VERBS["lend"]
_PAYING = VERBS["pay"]


@dataclass(frozen=True, slots=True)
class Core:
    """The verb of a sentence, how it takes its people, and where it stands."""

    frame: Frame
    at: int


def find_core(tokens: Sequence[Token]) -> Core | None:
    """The verb that books, or None. Nouns such as `utang` count as the verb only where there is no other."""
    verbs = [
        (at, token.frame)
        for at, token in enumerate(tokens)
        if token.frame is not None and is_verb(token, Act.LOAN, Act.PAY, Act.GIVE)
    ]
    strong = [(at, frame) for at, frame in verbs if not frame.noun]
    giving = next((at for at, frame in strong if frame.act is Act.GIVE), None)
    if giving is not None:
        return _giving(tokens, giving)
    for at, frame in strong or verbs:
        return Core(frame, at)
    return _put_down(tokens) or _on_credit(tokens)


def _giving(tokens: Sequence[Token], at: int) -> Core | None:
    """`gave Tom a loan` lends, `gave Tom 50 back` pays; plain giving is neither."""
    tail = tokens[at + 1 :]
    if any(token.key in GIVE_AS_LOAN and _is_for(tail[:n]) for n, token in enumerate(tail)):
        return Core(_PAYING, at)
    if any(token.key in GIVE_AS_LOAN or token.kind is Kind.CREDIT for token in tail):
        return Core(_LENDING, at)
    if any(token.kind is Kind.BACK or is_verb(token, Act.PAY) for token in tail):
        return Core(_PAYING, at)
    return None


def _is_for(before: Sequence[Token]) -> bool:
    """`ngasih 300rb buat nyicil utang`, `gave me 50 towards his loan`: it is given for a debt, not as one."""
    direct = [token for token in before if token.kind is not Kind.PARTICLE or token.key in _TOWARDS][-1:]
    paying = any(is_verb(token, Act.PAY) and not is_noun(token) for token in direct)
    return paying or any(token.key in _TOWARDS or token.key == "for" for token in direct)


def _put_down(tokens: Sequence[Token]) -> Core | None:
    """`put Tom down for 35`, where `put` has been taken off as a verb of recording."""
    keys = [(token.key, after.kind) for token, after in pairwise(tokens)]
    at = next((at for at, (key, kind) in enumerate(keys) if key == "down" and kind is Kind.FOR), None)
    return Core(_BORROWING, at) if at and any(token.kind is Kind.MONEY for token in tokens[at:]) else None


def _on_credit(tokens: Sequence[Token]) -> Core | None:
    """`Budi ambil barang dulu`, `took goods on credit`: buying without paying."""
    goods = next((at for at, token in enumerate(tokens) if token.kind is Kind.GOODS), None)
    if goods is None:
        return None
    unpaid = any(token.kind is Kind.CREDIT or token.key in _CREDIT_WORDS for token in tokens[goods:])
    unpaid = unpaid or any(a.kind is Kind.FROM and b.kind is Kind.ME for a, b in pairwise(tokens[goods:]))
    return Core(_BORROWING, goods) if unpaid else None


def several_things(tokens: Sequence[Token], core: Core) -> bool:
    """Two events or two amounts in one message."""
    acts = {
        token.frame.act
        for token in tokens
        if token.frame and not token.frame.noun and token.frame.act in (Act.LOAN, Act.PAY)
    }
    one = core.frame in (_LENDING, _PAYING) or _what_was_owed(tokens, core)
    times = any(_TIMES.fullmatch(token.key) for token in tokens)
    return (len(acts) > 1 and not one) or len(amounts(tokens)) > 1 or (times and bool(amounts(tokens)))


def _what_was_owed(tokens: Sequence[Token], core: Core) -> bool:
    """`paid everything he owed`: behind a payment, the debt is only described."""
    owed = [at for at, token in enumerate(tokens) if is_verb(token, Act.LOAN) and at > core.at]
    return core.frame.act is Act.PAY and all(tokens[at - 1].kind in (Kind.THIRD, Kind.ME) for at in owed)
