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
from handlers.reply import Drop, Thinking, Thought
from handlers.routes import answer_together
from handlers.thinking import Minds
from services import queue
from services.assistant import summaries, words
from services.db.engine import Database, Tx
from services.db.models import Conversation, Message
from services.i18n import _
from services.messaging import outbox
from services.messaging.outbox import REPLY, Outgoing
from services.settings import Settings
from services.tenants import limits

# A burst that never ends is answered after this many debounce times, and thought about this often at the most: vectors
# and an answer, and both once more for what came in meanwhile.
MAX_DEBOUNCES, MAX_THOUGHTS = 10, 4
# How long an answer may be thought about, with the time that it waits for its turn, before somebody else may.
PATIENCE = timedelta(minutes=5)


class Bursts:
    """Answers what waits in a chat; holds nothing of any tenant."""

    def __init__(self, db: Database, settings: Settings, minds: Minds) -> None:
        self._db = db
        self._settings = settings
        self._minds = minds

    def answer(self, tenant_id: int, conversation_id: int) -> None:
        """Gives one answer to everything unanswered in a chat, once it has been quiet for the debounce time.

        What takes time to think about becomes a job of its own, which waits for its turn.
        """
        with self._db.tenant(tenant_id) as tx:
            conversation = _locked(tx, conversation_id)
            if conversation.thinking_until is not None and conversation.thinking_until > tx.now:
                return
            waiting = _waiting(tx, conversation_id)
            if self._answered(tx, conversation, waiting, None) is not None:
                self._ask_for_a_moment(tx, conversation, waiting)
                queue.defer(tx, "think", f"think:{tenant_id}:{conversation_id}", conversation_id=conversation_id)

    def think(self, tenant_id: int, conversation_id: int) -> None:
        """The same with time to think."""
        thought = Thought()
        for turn in range(1, MAX_THOUGHTS + 2):
            with self._db.tenant(tenant_id) as tx:
                conversation = _locked(tx, conversation_id)
                thinking = self._answered(tx, conversation, _waiting(tx, conversation_id), thought)
            if thinking is None:
                return
            thought = self._minds.think(tenant_id, thinking, thought, is_last=turn >= MAX_THOUGHTS)

    def _answered(
        self, tx: Tx, conversation: Conversation, waiting: Sequence[Message], thought: Thought | None
    ) -> Thinking | None:
        """Answers what waits, or says what there is to think about."""
        thinking: Thinking | None = None
        if waiting and self._still_writing(waiting[0], waiting[-1], tx.now):
            answer_later(tx, self._settings, conversation.id)
        elif waiting:
            thinking = self._answer_together(tx, conversation, waiting, thought)
        conversation.thinking_until = None if thinking is None else tx.now + PATIENCE
        tx.flush()
        return thinking

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
        if isinstance(answer, Thinking) and (thought is not None or limits.messages_left(tx, context.tenant) != 0):
            return answer
        if isinstance(answer, Thinking):
            answer = Drop("limit")  # what couldn't be sent isn't paid for either
        tx.execute(
            update(Message)
            .where(Message.tenant_id == tx.tenant, Message.id.in_([message.id for message in waiting]))
            .values(answer_due=False, outcome="answered with the burst")
        )
        finish(context, answer)
        if thought is not None and thought.written:
            summaries.wanted(tx, conversation)
        return None

    def _ask_for_a_moment(self, tx: Tx, conversation: Conversation, waiting: Sequence[Message]) -> None:
        """Who has to wait for many others hears so, once for each burst; a group waits in silence."""
        if queue.waiting_for_models(tx) <= self._settings.busy_threshold:
            return
        context = read_message(tx, waiting[-1].id, conversation, self._settings, handled=True)
        assert context is not None
        if context.in_group or context.contact is None:
            return
        locale = context.contact.locale or words.language(context.text) or context.locale
        text = _("One moment please, I'll answer you right away.").render(locale)
        moment = Outgoing(
            conversation.session_id, conversation.chat, text, priority=REPLY, dedup_key=f"moment:{waiting[0].id}",
            limited=True,
        )  # fmt: skip
        outbox.put(tx, [moment], context.tenant)


def _locked(tx: Tx, conversation_id: int) -> Conversation:
    return tx.scalars(
        select(Conversation)
        .where(Conversation.tenant_id == tx.tenant, Conversation.id == conversation_id)
        .with_for_update(key_share=True)
    ).one()


def _waiting(tx: Tx, conversation_id: int) -> Sequence[Message]:
    return tx.scalars(
        select(Message)
        .where(Message.tenant_id == tx.tenant, Message.conversation_id == conversation_id, Message.answer_due)
        .order_by(Message.id)
    ).all()
