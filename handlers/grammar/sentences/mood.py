"""Whether a sentence states that something happened, or asks, denies, supposes or expects it.

Everything that books asks here first; a text whose mood isn't plain books nothing. Errs towards not booking: the
cost is one more question, where the other error is a wrong entry.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from handlers.grammar.reading import Reading
from handlers.grammar.sentences.figures import dates, is_past
from handlers.grammar.sentences.frames import Act
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import words
from handlers.grammar.sentences.units import Token

Why = Literal["question", "negation", "conditional", "future", "unclear"]

_SILENT = frozenset((Kind.PARTICLE, Kind.STOP, Kind.POLITE))
_POINTING = words("this that these there ini itu")
_WONDERING = frozenset((Kind.ASK, Kind.WHO, Kind.WHEN, Kind.MUCH, Kind.TAG))
_OPENS_QUESTION = frozenset((Kind.AUX, Kind.MAY))
_SOMEBODY = frozenset((Kind.ME, Kind.YOU, Kind.THIRD, Kind.NAME, Kind.KIN, Kind.NOT, Kind.PARTICLE))
_EXPECTING = frozenset((Kind.FUTURE, Kind.HEARSAY, Kind.MAY))
_UNTIL = re.compile(r"sampai|sampe|hingga|until|till|by\b|due|tempo|jatuh", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mood:
    """Why a sentence states nothing, and whether it is about what has happened, so that the books can answer it."""

    why: Why
    of_facts: bool


def mood(tokens: Sequence[Token], *, asked_politely: bool = False) -> Mood | None:
    """The mood of a sentence, None for a plain statement or instruction.

    `asked_politely` marks a request to note something down, whose question mark is only courtesy.
    """
    kinds = {token.kind for token in tokens}
    # A day that was understood covers its own `until`; one left over waits for something unknown.
    open_ended = bool(kinds & (_EXPECTING | {Kind.IF, Kind.DONT}))
    if Kind.IF in kinds or _when_clause(tokens):
        return Mood("conditional", of_facts=False)
    if Kind.UNTIL in kinds and not kinds & _WONDERING:
        return Mood("unclear", of_facts=False)
    if kinds & _WONDERING or _inverted(tokens) or _tagged(tokens):
        return Mood("question", of_facts=not open_ended)
    if Kind.QUESTION in kinds and not asked_politely:
        return Mood("question", of_facts=False)
    if kinds & {Kind.NOT, Kind.DONT} or _called_off(tokens):
        return Mood("negation", of_facts=not open_ended)
    if kinds & _EXPECTING or _waits(tokens) or any(token.frame and token.frame.progressive for token in tokens):
        return Mood("future", of_facts=False)
    return None


def _called_off(tokens: Sequence[Token]) -> bool:
    """`Budi batal pinjam`: something that isn't going to happen."""
    moves = any(is_strong(token) for token in tokens)
    return moves and any(token.kind is Kind.CANCEL for token in tokens)


def _waits(tokens: Sequence[Token]) -> bool:
    """`Budi bayar 200rb habis gajian`, `habis lebaran Budi pinjam`: only behind a loan an event is its term."""
    event = next((at for at, token in enumerate(tokens) if token.kind is Kind.EVENT), None)
    paying = any(token.frame is not None and token.frame.act is Act.PAY for token in tokens)
    return event is not None and (paying or not any(is_strong(token) or token.frame for token in tokens[:event]))


def is_strong(token: Token) -> bool:
    """Whether a word can only be the verb of a loan or a payment."""
    return token.frame is not None and not token.frame.noun and token.frame.act in (Act.LOAN, Act.PAY)


def _spoken(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token.kind not in _SILENT]


def _inverted(tokens: Sequence[Token]) -> bool:
    """`did Sara pay`, `has he paid`, `was it 500`: an auxiliary in front of its subject."""
    spoken = [token for token in tokens if token.kind not in _SILENT or token.key in _POINTING]
    return bool(spoken) and spoken[0].kind in _OPENS_QUESTION


def _tagged(tokens: Sequence[Token]) -> bool:
    """`Budi udah bayar belum ya`: a denial at the very end asks."""
    spoken = [token for token in _spoken(tokens) if token.kind is not Kind.QUESTION]
    return len(spoken) > 1 and spoken[-1].kind is Kind.NOT


def _when_clause(tokens: Sequence[Token]) -> bool:
    """`when Sara pays …` supposes, while `when did Sara pay` asks."""
    return any(token.key == "when" and after.kind in _SOMEBODY for token, after in pairwise(tokens)) and not any(
        token.kind is Kind.AUX for token in tokens
    )


def before_its_time(tokens: Sequence[Token], verb: int, reading: Reading) -> bool:
    """Whether a day still to come is named in front of the verb: `besok Budi pinjam …`."""
    early = [token for token in tokens[:verb] if token.kind is Kind.DATE and not _UNTIL.match(token.text)]
    return dates(early, -1, reading, past=is_past(tokens, verb)).due is not None
