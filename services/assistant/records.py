"""The record of each answer of a bot: what was asked, what was said, what it rests on and what it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from services.assistant.retrieval import Found
from services.db.engine import Tx
from services.db.models import BotAnswer

MAX_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Spent:
    """What an answer took: milliseconds, and of a model its name, tokens and AI credits."""

    duration_ms: int = 0
    model: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    credits: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer. `outcome` is one of `ANSWER_OUTCOMES`; `confidence` from 0 to 1 where something was looked up."""

    message_id: int
    question: str
    answer: str | None
    outcome: str
    chatbot_id: int | None = None
    conversation_id: int | None = None
    contact_id: int | None = None
    confidence: float | None = None
    found: Sequence[Found] = ()
    spent: Spent = field(default_factory=Spent)


def keep(tx: Tx, said: Said) -> None:
    """Keeps an answer with its sources, as they are called now."""
    tx.add(
        BotAnswer(
            tenant_id=tx.tenant, at=tx.now, chatbot_id=said.chatbot_id, conversation_id=said.conversation_id,
            contact_id=said.contact_id, message_id=said.message_id, question=said.question[:MAX_KEPT],
            answer=None if said.answer is None else said.answer[:MAX_KEPT], outcome=said.outcome,
            confidence=said.confidence, sources=[_source(each) for each in said.found], model=said.spent.model,
            prompt_tokens=said.spent.prompt_tokens, completion_tokens=said.spent.completion_tokens,
            credits=said.spent.credits, duration_ms=said.spent.duration_ms,
        )
    )  # fmt: skip


def _source(found: Found) -> dict[str, Any]:
    return {
        "number": found.source_number, "title": found.title, "page": found.page, "entry": found.entry_id,
        "confidence": round(found.confidence, 3),
    }  # fmt: skip


def last_of(tx: Tx, conversation_id: int, within: timedelta) -> BotAnswer | None:
    """The last answer in a chat, if it was given within this time."""
    statement = (
        select(BotAnswer)
        .where(
            BotAnswer.tenant_id == tx.tenant,
            BotAnswer.conversation_id == conversation_id,
            BotAnswer.at > tx.now - within,
        )
        .order_by(BotAnswer.id.desc())
        .limit(1)
    )
    return tx.scalars(statement).one_or_none()


def forget(tx: Tx, before: datetime) -> None:
    """Deletes answers given before `before`, in a platform transaction."""
    tx.execute(delete(BotAnswer).where(BotAnswer.at < before))
