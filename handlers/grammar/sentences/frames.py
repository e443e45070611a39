"""What a verb of the debt book does, and who gives and who receives with it.

A `Frame` says what a verb does and which role falls to the person before it, after it, or behind a preposition.
Read by `bookings`, `requests` and `lookups`; which words have which frame stands in `verbs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from handlers.grammar.sentences.kinds import Kind


class Act(StrEnum):
    """What a verb says has happened, or what it asks for."""

    LOAN = "loan"
    PAY = "pay"
    GIVE = "give"
    REMIND = "remind"
    FORGIVE = "forgive"
    EXTEND = "extend"
    BLOCK = "block"
    UNBLOCK = "unblock"


class Role(StrEnum):
    """The two sides of a loan."""

    GIVER = "giver"
    RECEIVER = "receiver"


BEFORE = "before"
AFTER = "after"
_G, _R = Role.GIVER, Role.RECEIVER


@dataclass(frozen=True, slots=True)
class Frame:
    """One way in which a verb takes its people.

    `roles` maps the place of a person (before, after, or behind a preposition) to a role. `topic_only` is the role of a
    lone person after a verb without a subject (`pinjam Budi`), None where that reads both ways. `noun` marks words that
    are nouns beside another verb; `full` pays everything; `imperative` verbs have a topic, not a subject, in front;
    `goods` verbs may name what was taken; `progressive` forms speak of what is not done yet; behind
    `direct` ones stands the lender (`saya pinjam Budi`), not what was taken.
    """

    act: Act
    roles: Mapping[str, Role]
    topic_only: Role | None = None
    noun: bool = False
    full: bool = False
    imperative: bool = False
    goods: bool = False
    progressive: bool = False
    direct: bool = False


_FROM_GIVER = {BEFORE: _R, Kind.FROM: _G, Kind.WITH: _G, Kind.TO: _G, Kind.AT: _G}
_TO_RECEIVER = {BEFORE: _G, AFTER: _R, Kind.TO: _R, Kind.FOR: _R, Kind.WITH: _R, Kind.FROM: _G, Kind.BY: _G}
BORROW = Frame(Act.LOAN, _FROM_GIVER, goods=True, direct=True)
BORROW_COMMAND = Frame(Act.LOAN, _FROM_GIVER, topic_only=_R, goods=True, direct=True)
ON_CREDIT = Frame(Act.LOAN, _FROM_GIVER, goods=True)
CREDIT = Frame(Act.LOAN, _FROM_GIVER, topic_only=_R, noun=True, goods=True)
DEBT = Frame(Act.LOAN, _FROM_GIVER, topic_only=_G, noun=True, goods=True)
OWE = Frame(Act.LOAN, _FROM_GIVER | {AFTER: _G}, goods=True)
OWED = Frame(Act.LOAN, {BEFORE: _G, Kind.BY: _R, Kind.FROM: _R})
LEND = Frame(Act.LOAN, _TO_RECEIVER)
LEND_PLEASE = Frame(Act.LOAN, _TO_RECEIVER, imperative=True)
TAKEN = Frame(Act.LOAN, {BEFORE: _G, AFTER: _R, Kind.BY: _R, Kind.FROM: _G, Kind.WITH: _R})
GRANTED = Frame(Act.LOAN, {BEFORE: _R, AFTER: _G, Kind.BY: _G, Kind.FROM: _G, Kind.WITH: _G, Kind.TO: _R})
LOAN_NOUN = Frame(Act.LOAN, {BEFORE: _R, Kind.TO: _R, Kind.FOR: _R, Kind.FROM: _G}, topic_only=_R, noun=True)
IOU = Frame(Act.LOAN, {BEFORE: _R, Kind.FROM: _R, Kind.BY: _R, Kind.TO: _G}, topic_only=_R, noun=True)
PAY = Frame(Act.PAY, {})
PAY_FOR = Frame(Act.PAY, {AFTER: _R})
PAYING = Frame(Act.PAY, {}, progressive=True)
RECEIVE = Frame(Act.PAY, {BEFORE: _R, Kind.FROM: _G})
RECEIVE_NOUN = Frame(Act.PAY, {BEFORE: _R, Kind.FROM: _G}, noun=True)
PAYMENT = Frame(Act.PAY, {}, noun=True)
CLEAR = Frame(Act.PAY, {}, full=True)
GIVE = Frame(Act.GIVE, _TO_RECEIVER)


def request(act: Act) -> Frame:
    """The frame of a verb that asks for something to be done about a person."""
    return Frame(act, {})
