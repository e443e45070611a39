"""What becomes of a message once its answer is known: its mark, the chat's question, and what goes out. One commit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import structlog

from handlers.context import Context
from handlers.grammar.codec import describe
from handlers.owner.dialogs import keep
from handlers.reply import Drop, Later, Reply, Unread
from handlers.sending import outgoing
from services import queue
from services.db.engine import Tx
from services.messaging import inbox, outbox
from services.messaging.outbox import Outgoing
from services.settings import Settings

# Of jobs that are due together, what owners ask for comes before bots' answers.
AFTER_COMMANDS = -1

# Outcomes of answers to customers: those about their consent, and those about money that they say they paid.
_OF_CONSENT = ("consent_", "agreement_", "decline_")
_OF_MONEY = frozenset({"proof", "promise"})
PAID = "paid"

log = structlog.get_logger(__name__)


def finish(context: Context, answer: Reply | Drop | Later | Unread) -> None:
    """Marks the message as handled and writes down everything that its answer brings; an unread one waits."""
    message = context.message
    if isinstance(answer, Unread):
        context.conversation.window_count -= 1  # it comes again
        inbox.read_first(context.tx, message, answer.wants)
        context.tx.flush()
        return
    message.processed_at = context.tx.now
    message.conversation_id = context.conversation.id
    match answer:
        case Drop(reason):
            message.outcome = reason
        case Later():
            message.outcome = "waiting"
            message.answer_due = True
            answer_later(context.tx, context.settings, context.conversation.id)
        case Reply():
            message.outcome = answer.outcome
            message.understood = describe(answer.understood) if answer.understood else None
            keep(context.conversation, answer, context.tx.now)
            context.tx.flush()
            if not outbox.put(context.tx, _weighed(context, answer), context.tenant):
                message.outcome = "limit"
    context.tx.flush()
    log.info(
        "message handled", tenant=message.tenant_id, message=message.id, role=context.role, outcome=message.outcome
    )


def _weighed(context: Context, answer: Reply) -> list[Outgoing]:
    """What goes out, by what it is to the limit of messages.

    Answers about consent and receipts don't count; what an owner asks for or a booking brings always goes and counts;
    other answers to customers go only while there is room.
    """
    messages, replies = outgoing(context, answer), len(answer.texts)
    if context.is_owner_side:
        is_payment = answer.understood is not None and answer.understood.command == PAID
        return [replace(each, counted=is_payment) for each in messages]
    if answer.outcome.startswith(_OF_CONSENT):
        return [replace(each, counted=True) for each in messages]
    if answer.outcome in _OF_MONEY:
        return messages
    return [replace(each, limited=number < replies) for number, each in enumerate(messages)]


def answer_later(tx: Tx, settings: Settings, conversation_id: int) -> None:
    """Has a chat answered once it has been quiet for the debounce time."""
    at = tx.now + timedelta(seconds=settings.debounce_seconds)
    key = f"reply:{tx.tenant}:{conversation_id}"
    queue.defer(tx, "reply", key, at=at, priority=AFTER_COMMANDS, conversation_id=conversation_id)
