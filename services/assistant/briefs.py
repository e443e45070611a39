"""What a model is told to answer a customer, and what came of it: values, made and read in transactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from services.assistant.records import Spent
from services.assistant.retrieval import Found
from services.assistant.tools import Tool

# Why a model gave no answer that may be sent: there is none, no credits are left, it failed or took too long, it said
# nothing, or it said what nobody gave it.
Problem = Literal["off", "credits", "failed", "empty", "ungrounded"]


@dataclass(frozen=True, slots=True)
class Said:
    """Something said in the chat before: by the `customer`, the `bot`, or a `person` of the business."""

    who: Literal["customer", "bot", "person"]
    text: str


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that a model needs to answer a burst, read in one transaction.

    `question` is the burst as one text; `rules` the system's text, with the owner's instructions; `sources` what was
    found for the question beforehand, numbered from 1 as the model sees them. `model` and `temperature` are the
    bot's, None as usual. `figures` are amounts that may be said beside those of sources and tools, as plain text.
    """

    question: str
    rules: str
    tools: tuple[Tool, ...] = ()
    turns: tuple[Said, ...] = ()
    summary: str | None = None
    sources: tuple[Found, ...] = ()
    figures: tuple[str, ...] = ()
    locale: str = "en"
    chatbot_id: int | None = None
    contact_id: int | None = None
    message_id: int | None = None
    model: str | None = None
    temperature: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote: the answer to send, or why there is none.

    `asks_person` is set where it asked for a person, to the words that it gave as the reason. `sources` are those that
    the answer rests on; `given` what tools told it.
    """

    text: str | None = None
    problem: Problem | None = None
    asks_person: str | None = None
    sources: tuple[Found, ...] = ()
    given: tuple[str, ...] = ()
    spent: Spent = field(default_factory=Spent)


def as_given(brief: Brief, given: Sequence[str]) -> tuple[str, ...]:
    """Every text from which the answer may take its figures."""
    known = (
        part for each in brief.sources for part in (each.title, each.heading or "", each.question or "", each.answer)
    )
    return (brief.rules, *known, *brief.figures, *given)
