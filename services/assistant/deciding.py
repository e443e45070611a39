"""What a bot does with what was found: say the answer, offer a few questions to choose from, or admit not to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.assistant import passages
from services.assistant.retrieval import SURE, Found

OFFER = 0.2
OFFERED = 3


@dataclass(frozen=True, slots=True)
class Decision:
    """`found` is what it rests on: the one that answers, or up to three to choose from. `text` is what to say."""

    kind: Literal["answer", "offer", "unknown"]
    found: tuple[Found, ...]
    text: str | None
    confidence: float


def decide(question: str, found: Sequence[Found]) -> Decision:
    """Whether what `retrieval.search` found answers the question, is near it, or has nothing to do with it."""
    best = found[0] if found else None
    if best is None or best.confidence < OFFER:
        return Decision("unknown", (), None, best.confidence if best else 0.0)
    if best.confidence >= SURE:
        return Decision("answer", (best,), said(question, best), best.confidence)
    return Decision("offer", _near(found), None, best.confidence)


def said(question: str, found: Found) -> str:
    """The words that answer: the stored answer, or what of a passage is about the question."""
    if found.question is not None:
        return found.answer
    return passages.extract(question, found.heading, found.answer).text


def _near(found: Sequence[Found]) -> tuple[Found, ...]:
    """The best few that may be meant, each answer once."""
    chosen: dict[str, Found] = {}
    for each in found:
        if each.confidence >= OFFER / 2 and len(chosen) < OFFERED:
            chosen.setdefault(each.answer, each)
    return tuple(chosen.values())
