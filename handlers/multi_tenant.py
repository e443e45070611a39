"""The message handler: one message of one tenant, from the inbox to its reply, in one transaction.

Called by the worker's jobs. It locks the chat, reads the context, passes the gates, asks the routes in order, and
commits what they changed together with the reply and the mark that the message is done.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update

from handlers.chat.groups import in_group
from handlers.context import Context, open_chat, read_message
from handlers.gates import gate
from handlers.grammar.codec import describe
from handlers.owner.dialogs import keep, pending
from handlers.reply import Drop, Later, Pending, Reply
from handlers.routes import Answer, answer_together, at_once, command_book, for_businesses, owner_answer, owner_routes
from handlers.sending import outgoing
from services import queue
from services.db.engine import Database, Tx
from services.db.models import Conversation, Message
from services.errors import DomainError
from services.messaging import outbox
from services.settings import Settings

# A burst that never ends is answered after this many debounce times.
MAX_DEBOUNCES = 10

log = structlog.get_logger(__name__)


class MultiTenantMessageHandler:
    """Handles messages of every tenant; holds nothing of any of them."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings
        book = command_book()
        self._platform_routes = owner_routes(book)
        self._owner_routes = owner_routes(for_businesses(book))

    def handle(self, tenant_id: int, session_id: int, message_id: int, chat: str) -> None:
        """Handles one message unless that has been done; what a rule refuses is answered with the reason."""
        try:
            with self._db.tenant(tenant_id) as tx:
                context = self._context(tx, session_id, message_id, chat)
                if context is not None:
                    self._finish(context, self._answer(context))
        except DomainError as refusal:
            self._refuse(tenant_id, session_id, message_id, chat, refusal)

    def _context(self, tx: Tx, session_id: int, message_id: int, chat: str) -> Context | None:
        return read_message(tx, message_id, open_chat(tx, session_id, chat), self._settings)

    def _answer(self, context: Context) -> Answer:
        dropped = gate(context)
        if dropped is not None:
            return dropped
        if context.in_group:
            return in_group(context)
        if not context.is_owner_side:
            return at_once(context)
        return owner_answer(self._platform_routes if context.tenant.is_platform else self._owner_routes, context)

    def _refuse(self, tenant_id: int, session_id: int, message_id: int, chat: str, refusal: DomainError) -> None:
        """What was begun is rolled back; the answer says why, and a question that waits goes on waiting."""
        with self._db.tenant(tenant_id) as tx:
            context = self._context(tx, session_id, message_id, chat)
            if context is None:
                return
            state = pending(context)
            kept = Pending(state) if state is not None else None
            self._finish(context, Reply((refusal.text,), dialog=kept, outcome=f"refused:{refusal.code}"))

    def _finish(self, context: Context, answer: Answer) -> None:
        message = context.message
        message.processed_at = context.tx.now
        message.conversation_id = context.conversation.id
        match answer:
            case Drop(reason):
                message.outcome = reason
            case Later():
                message.outcome = "waiting"
                message.answer_due = True
                self._answer_later(context.tx, context.conversation.id)
            case Reply():
                message.outcome = answer.outcome
                message.understood = describe(answer.understood) if answer.understood else None
                keep(context.conversation, answer, context.tx.now)
                context.tx.flush()
                outbox.put(context.tx, outgoing(context, answer))
        context.tx.flush()
        log.info(
            "message handled", tenant=message.tenant_id, message=message.id, role=context.role, outcome=message.outcome
        )

    def _answer_later(self, tx: Tx, conversation_id: int) -> None:
        at = tx.now + timedelta(seconds=self._settings.debounce_seconds)
        queue.defer(tx, "reply", f"reply:{tx.tenant}:{conversation_id}", at=at, conversation_id=conversation_id)

    def answer_burst(self, tenant_id: int, conversation_id: int) -> None:
        """Gives one answer to everything unanswered in a chat, once it has been quiet for the debounce time."""
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
                return
            if self._still_writing(waiting[0], waiting[-1], tx.now):
                self._answer_later(tx, conversation_id)
                return
            self._answer_together(tx, conversation, list(waiting))

    def _still_writing(self, first_: Message, last: Message, now: datetime) -> bool:
        debounce = timedelta(seconds=self._settings.debounce_seconds)
        return last.received_at + debounce > now and first_.received_at + MAX_DEBOUNCES * debounce > now

    def _answer_together(self, tx: Tx, conversation: Conversation, waiting: list[Message]) -> None:
        context = read_message(tx, waiting[-1].id, conversation, self._settings, handled=True)
        assert context is not None
        texts = [message.body for message in waiting]
        context = replace(context, text="\n".join(texts))
        answer: Answer = gate(context) or answer_together(context, waiting)
        tx.execute(
            update(Message)
            .where(Message.tenant_id == tx.tenant, Message.id.in_([message.id for message in waiting]))
            .values(answer_due=False, outcome="answered with the burst")
        )
        self._finish(context, answer)
