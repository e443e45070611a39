"""What a bot can say to a question out of what it was taught: looked up, decided, without a chat around it.

A message may hold several questions. It is looked up as a whole and sentence by sentence; sure answers to several
sentences are given together. Vectors, where there are any, were made before: nothing here waits for the network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from sqlalchemy import select

from services.assistant import deciding, retrieval, words
from services.assistant.deciding import Decision
from services.assistant.retrieval import Found
from services.db.engine import Tx
from services.db.models import KnowledgeEntry, KnowledgeSource

# What is read of a message, in characters, and how many questions in one are looked up.
LONGEST, MOST = 1000, 4

Vectors = Mapping[str, Sequence[float]]
_BREAKS = re.compile(r"(?<=[?!.,;])\s+|\n+|(?<=\?)(?=\w)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What there is to say: the answer, up to three questions to choose from, or nothing.

    `confidence` is the estimated probability, 0 to 1, that the answer (or the first option) is right; `open` lists the
    questions of a message that stay without an answer while others got one; `passed` those to which nothing comes near.
    `near` is all that was found, by the text that was looked up.
    """

    kind: Literal["answer", "offer", "unknown"]
    text: str | None
    found: tuple[Found, ...]
    confidence: float
    open: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    near: Mapping[str, tuple[Found, ...]] = field(default_factory=dict, compare=False, repr=False)


def questions(text: str) -> tuple[str, ...]:
    """What is looked up of a message: the whole of it, then its sentences where there are several."""
    whole = text.strip()[:LONGEST]
    parts = [part.strip() for part in _BREAKS.split(whole) if len(part.split()) > 1]
    return (whole, *parts[:MOST]) if len(parts) > 1 else (whole,)


def look_up(tx: Tx, text: str, chatbot_id: int | None, vectors: Vectors | None = None) -> Outcome:
    """The outcome for a message, out of what this bot and all bots of the tenant were taught."""
    asked = questions(text)
    near = {each: retrieval.search(tx, each, chatbot_id=chatbot_id, vector=(vectors or {}).get(each)) for each in asked}
    return replace(_decided({each: deciding.decide(each, found) for each, found in near.items()}), near=near)


def _decided(decisions: Mapping[str, Decision]) -> Outcome:
    """The outcome for a message by the decisions on the whole of it, and then on its sentences."""
    (_whole, decision), *each = decisions.items()
    if not each:
        return _outcome(decision)
    sure = _distinct([decided for _part, decided in each if decided.kind == "answer"])
    passed = tuple(part for part, decided in each if decided.kind == "unknown" and words.asks(part))
    if len(sure) < 2 and decision.kind == "answer":
        return replace(_outcome(decision), passed=passed)
    if sure:
        unanswered = tuple(part for part, decided in each if decided.kind == "offer")
        return replace(_together(sure, unanswered), passed=passed)
    return _outcome(_best(decision, [decided for _part, decided in each]))


def _outcome(decision: Decision) -> Outcome:
    return Outcome(decision.kind, decision.text, decision.found, decision.confidence)


def _distinct(decisions: Sequence[Decision]) -> list[Decision]:
    """Each answer once, in the order of the questions."""
    return list({decision.text: decision for decision in decisions}.values())


def _together(sure: Sequence[Decision], unanswered: tuple[str, ...]) -> Outcome:
    text = "\n\n".join(decision.text or "" for decision in sure)
    found = tuple(each for decision in sure for each in decision.found)
    return Outcome("answer", text, found, min(decision.confidence for decision in sure), unanswered)


def _best(whole: Decision, parts: Sequence[Decision]) -> Decision:
    """Of what is only near: what the whole message is near to, else its nearest sentence."""
    if whole.kind == "offer":
        return whole
    return max([*parts, whole], key=lambda each: (each.kind == "offer", each.confidence))


def entry(tx: Tx, entry_id: int) -> Found | None:
    """One thing that was taught, as it was found before; None when it has been removed since."""
    row = tx.execute(
        select(KnowledgeEntry, KnowledgeSource)
        .join(
            KnowledgeSource,
            (KnowledgeSource.tenant_id == KnowledgeEntry.tenant_id) & (KnowledgeSource.id == KnowledgeEntry.source_id),
        )
        .where(KnowledgeEntry.tenant_id == tx.tenant, KnowledgeEntry.id == entry_id)
    ).one_or_none()
    if row is None:
        return None
    found, source = row
    return Found(
        entry_id=found.id, source_id=source.id, source_number=source.number, title=source.title, kind=source.kind,
        page=found.page, heading=found.heading, question=found.question, answer=found.answer, confidence=1.0,
    )  # fmt: skip
