"""Messages that came in: accepted in one short transaction, handled later, never lost and never handled twice.

Called by the transports (`accept`) and by the jobs that handle what waits. A message is done when `processed_at` is
set, in the same commit as everything it caused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from services import queue
from services.db.engine import Database, Tx
from services.db.models import Message
from services.messaging.addresses import Address

MAX_BODY = 65_536
MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as a transport decoded it. `sent_at` is WhatsApp's time, UTC; `media` describes a stored file."""

    provider_id: str
    chat: Address
    sender: Address
    from_me: bool
    text: str
    sent_at: datetime
    kind: str = "text"
    sender_name: str | None = None
    quoted_id: str | None = None
    media: dict[str, object] | None = None


def accept(db: Database, tenant_id: int, session_id: int, messages: Sequence[Inbound]) -> None:
    """Takes messages of one session into the inbox; its commit is the acknowledgement.

    One that is already there (same provider id) is left out. The session's `inbound` job is deferred with the rest.
    """
    if not messages:
        return
    with db.tenant(tenant_id) as tx:
        rows = [_row(tx, session_id, message) for message in messages]
        new = insert(Message).values(rows).on_conflict_do_nothing().returning(Message.id).cte("new")
        any_new = select(func.count()).select_from(new).scalar_subquery()
        if tx.scalar(select(any_new)):
            wake(tx, session_id)


def wake(tx: Tx, session_id: int) -> None:
    """Has the waiting messages of a session handled."""
    queue.defer(tx, "inbound", f"inbound:{tx.tenant}:{session_id}", session_id=session_id)


def _row(tx: Tx, session_id: int, message: Inbound) -> dict[str, object]:
    return {
        "tenant_id": tx.tenant,
        "session_id": session_id,
        "provider_id": message.provider_id,
        "chat": str(message.chat),
        "sender": str(message.sender),
        "sender_name": message.sender_name,
        "from_me": message.from_me,
        "kind": message.kind,
        "body": message.text.replace("\x00", "")[:MAX_BODY],
        "quoted_id": message.quoted_id,
        "media": message.media,
        "sent_at": message.sent_at,
        "received_at": tx.now,
    }


def waiting(tx: Tx, session_id: int, limit: int = 100) -> Sequence[tuple[int, str]]:
    """Ids and chats of the messages to be handled, in the order in which they came."""
    statement = (
        select(Message.id, Message.chat)
        .where(
            Message.tenant_id == tx.tenant,
            Message.session_id == session_id,
            Message.processed_at.is_(None),
            Message.parked_at.is_(None),
            Message.not_before.is_(None),
        )
        .order_by(Message.id)
        .limit(limit)
    )
    return [(row.id, row.chat) for row in tx.execute(statement)]


def record_failure(tx: Tx, message_id: int, error: str) -> bool:
    """Notes that handling a message failed, and plans the next try: after 5 s, 25 s, 2 min, 10 min.

    Returns True when the tries are used up and the message is parked. It blocks no other message meanwhile.
    """
    attempts = tx.scalar(
        update(Message)
        .where(Message.tenant_id == tx.tenant, Message.id == message_id, Message.processed_at.is_(None))
        .values(attempts=Message.attempts + 1, error=error[:2000])
        .returning(Message.attempts)
    )
    if attempts is None:
        return False
    if attempts >= MAX_ATTEMPTS:
        tx.execute(update(Message).where(Message.id == message_id).values(parked_at=tx.now))
        return True
    retry_at = tx.now + timedelta(seconds=5**attempts)
    tx.execute(update(Message).where(Message.id == message_id).values(not_before=retry_at))
    queue.defer(tx, "retry", f"retry:{tx.tenant}:{message_id}", at=retry_at, message_id=message_id)
    return False
