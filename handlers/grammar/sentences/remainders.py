"""Remarks about what is left: `Budi bayar 200rb, sisanya minggu depan`, `…, belum lunas`, and what is still owed.

Behind a payment such a remark changes nothing about it. A sentence that only says what is left (`Tom still owes 40`)
tells nothing new either: the books know it, and booking it would count it twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.grammar.sentences.clauses import is_noun, is_verb
from handlers.grammar.sentences.frames import Act
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import words
from handlers.grammar.sentences.units import Token

_REST = words(
    "sisa sisanya sisany kurang kurangnya kekurangan selebihnya rest remainder remaining balance left tinggal short"
)
_LACKING = words("kurang kurangnya short")
_BUT = words("tapi tp tetapi but the with still masih msh and a")
_STILL = words("still masih msh isih")
_ASKING = frozenset((Kind.ASK, Kind.QUESTION, Kind.WHO, Kind.MUCH, Kind.WHEN, Kind.TAG))
_LEADING = frozenset((Kind.STOP, Kind.PARTICLE, Kind.AND, Kind.DONE, Kind.THING))
_NEAR = 3


def cut_remainder(tokens: Sequence[Token]) -> list[Token]:
    """A payment without the remark that something is left of the debt."""
    pay = next((at for at, token in enumerate(tokens) if is_verb(token, Act.PAY)), None)
    money = next((at for at, token in enumerate(tokens) if token.kind is Kind.MONEY), None)
    if pay is None or money is None:
        return list(tokens)
    start = next((at for at in range(max(pay, money) + 1, len(tokens)) if _opens(tokens, at)), None)
    if start is None or any(token.kind in _ASKING for token in tokens[start:]):
        return list(tokens)
    while tokens[start - 1].kind in _LEADING or tokens[start - 1].key in _BUT:
        start -= 1
    return list(tokens[:start])


def _opens(tokens: Sequence[Token], at: int) -> bool:
    """`sisanya …`, `belum lunas`, `not all of it`."""
    if tokens[at].key in _REST:
        return True
    after = tokens[at + 1 : at + 1 + _NEAR]
    full = any(token.kind is Kind.FULL or (token.frame is not None and token.frame.full) for token in after)
    return tokens[at].kind is Kind.NOT and full


def is_still_open(tokens: Sequence[Token]) -> bool:
    """Whether a statement with an amount only says what is left: `sisa utang Budi 300rb`, `Tom still owes 40`."""
    if any(is_verb(token, Act.PAY) and not is_noun(token) for token in tokens):
        return False
    owing = any(token.kind is Kind.DEBT or is_verb(token, Act.LOAN) for token in tokens)
    still = any(key in _STILL for token in tokens for key in token.key.split())
    left = any(token.key in _REST for token in tokens)
    short = any(token.key in _LACKING for token in tokens) and any(_is_proper(token) for token in tokens)
    return (owing and (still or left)) or short


def _is_proper(token: Token) -> bool:
    return token.kind is Kind.KIN or (token.kind is Kind.NAME and token.capital)
