"""One answer to a burst of messages: read in one transaction, thought about in none, given in another.

Messages that come in meanwhile are folded in, and what a person has taken over meanwhile isn't answered: both are
looked at again under the chat's lock, in the transaction that answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update

from handlers.context import read_message
from handlers.finishing import answer_later, finish
from handlers.gates import gate
from handlers.reply import Thinking, Thought
from handlers.routes import answer_together
from handlers.thinking import think
from services.assistant.embeddings import Embedder
from services.db.engine import Database, Tx
from services.db.models import Conversation, Message
from services.settings import Settings

# A burst that never ends is answered after this many debounce times, and thought about this often at the most.
MAX_DEBOUNCES, MAX_THOUGHTS = 10, 3


class Bursts:
    """Answers what waits in a chat; holds nothing of any tenant."""

    def __init__(self, db: Database, settings: Settings, embedder: Embedder | None) -> None:
        self._db = db
        self._settings = settings
        self._embedder = embedder

    def answer(self, tenant_id: int, conversation_id: int) -> None:
        """Gives one answer to everything unanswered in a chat, once it has been quiet for the debounce time."""
        thought: Thought | None = None
        for turn in range(1, MAX_THOUGHTS + 1):
            thinking = self._answer_waiting(tenant_id, conversation_id, thought)
            if thinking is None:
                return
            thought = think(self._embedder, thinking, thought, is_last=turn >= MAX_THOUGHTS - 1)

    def _answer_waiting(self, tenant_id: int, conversation_id: int, thought: Thought | None) -> Thinking | None:
        with self._db.tenant(tenant_id) as tx:
            conversation = tx.scalars(
                select(Conversation)
                .where(Conversation.tenant_id == tenant_id, Conversation.id == conversation_id)
                .with_for_update(key_share=True)
            ).one()
            waiting = tx.scalars(
                select(Message)
                .where(Message.tenant_id == tenant_id, Message.conversation_id == conversation_id, Message.answer_due)
                .order_by(Message.id)
            ).all()
            if not waiting:
                return None
            if self._still_writing(waiting[0], waiting[-1], tx.now):
                answer_later(tx, self._settings, conversation_id)
                return None
            return self._answer_together(tx, conversation, waiting, thought)

    def _still_writing(self, first: Message, last: Message, now: datetime) -> bool:
        debounce = timedelta(seconds=self._settings.debounce_seconds)
        return last.received_at + debounce > now and first.received_at + MAX_DEBOUNCES * debounce > now

    def _answer_together(
        self, tx: Tx, conversation: Conversation, waiting: Sequence[Message], thought: Thought | None
    ) -> Thinking | None:
        context = read_message(tx, waiting[-1].id, conversation, self._settings, handled=True)
        assert context is not None
        context = replace(context, text="\n".join(message.body for message in waiting))
        answer = gate(context, arriving=False) or answer_together(context, waiting, thought)
        if isinstance(answer, Thinking):
            return answer
        tx.execute(
            update(Message)
            .where(Message.tenant_id == tx.tenant, Message.id.in_([message.id for message in waiting]))
            .values(answer_due=False, outcome="answered with the burst")
        )
        finish(context, answer)
        return None
