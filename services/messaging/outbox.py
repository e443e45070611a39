"""Messages to be sent: written in the transaction that decided on them, sent afterwards, in order per chat.

A row is marked `sending` and committed before the transport is asked; an attempt that was interrupted half-way is
`unknown` and never repeated blindly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from services import queue
from services.db.engine import Tx
from services.db.models import OutboxMessage

REPLY, NOTICE = 10, 0
MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text for one chat. `dedup_key`, when given, is sent once ever; a higher `priority` goes first between chats."""

    session_id: int
    chat: str
    text: str
    in_reply_to: int | None = None
    priority: int = NOTICE
    dedup_key: str | None = None
    not_before: datetime | None = None
    kind: str = "text"


def put(tx: Tx, messages: Sequence[Outgoing]) -> None:
    """Queues messages for sending after the commit, in the order given; one whose `dedup_key` is known is left out."""
    if not messages:
        return
    rows = [
        {
            "tenant_id": tx.tenant,
            "session_id": message.session_id,
            "chat": message.chat,
            "kind": message.kind,
            "body": message.text,
            "priority": message.priority,
            "dedup_key": message.dedup_key,
            "in_reply_to": message.in_reply_to,
            "not_before": message.not_before,
            "created_at": tx.now,
        }
        for message in messages
    ]
    tx.execute(insert(OutboxMessage).values(rows).on_conflict_do_nothing())
    for session_id in {message.session_id for message in messages}:
        wake(tx, session_id)


def wake(tx: Tx, session_id: int, at: datetime | None = None) -> None:
    """Has the session's sender look at its outbox, now or at a later time."""
    key = f"send:{tx.tenant}:{session_id}" + ("" if at is None else ":later")
    queue.defer(tx, "send", key, at=at, priority=REPLY, session_id=session_id)


def claim(tx: Tx, session_id: int) -> OutboxMessage | None:
    """Marks the next message `sending` and returns it; None when there is nothing to send now.

    Within a chat the oldest goes first, and nothing overtakes one that is being sent or waits for its next try.
    """
    other = aliased(OutboxMessage)
    earlier = exists().where(
        other.tenant_id == OutboxMessage.tenant_id,
        other.session_id == OutboxMessage.session_id,
        other.chat == OutboxMessage.chat,
        or_(other.status == "sending", (other.status == "queued") & (other.id < OutboxMessage.id)),
    )
    candidate = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.tenant_id == tx.tenant,
            OutboxMessage.session_id == session_id,
            OutboxMessage.status == "queued",
            or_(OutboxMessage.not_before.is_(None), OutboxMessage.not_before <= tx.now),
            ~earlier,
        )
        .order_by(OutboxMessage.priority.desc(), OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    statement = (
        update(OutboxMessage)
        .where(OutboxMessage.tenant_id == tx.tenant, OutboxMessage.id == candidate, OutboxMessage.status == "queued")
        .values(status="sending", sending_at=tx.now, attempts=OutboxMessage.attempts + 1)
        .returning(OutboxMessage)
        .execution_options(synchronize_session=False)
    )
    return tx.execute(statement).scalar_one_or_none()


def _set(tx: Tx, message_id: int, **values: object) -> None:
    tx.execute(
        update(OutboxMessage)
        .where(OutboxMessage.tenant_id == tx.tenant, OutboxMessage.id == message_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def sent(tx: Tx, message_id: int, provider_id: str) -> None:
    """The transport has taken the message."""
    _set(tx, message_id, status="sent", sent_at=tx.now, provider_id=provider_id, error=None)


def failed(tx: Tx, message: OutboxMessage, error: str, *, permanent: bool, retry_after: float | None = None) -> bool:
    """The transport refused the message: it is tried again after a growing pause, else it is `failed` for good.

    Returns True when it has failed for good.
    """
    if permanent or message.attempts >= MAX_ATTEMPTS:
        _set(tx, message.id, status="failed", error=error)
        return True
    pause = timedelta(seconds=retry_after if retry_after is not None else min(2**message.attempts, 300))
    _set(tx, message.id, status="queued", not_before=tx.now + pause, error=error)
    wake(tx, message.session_id, tx.now + pause)
    return False


def mark_unknown(tx: Tx, message_ids: Sequence[int]) -> None:
    """Nobody can say whether these went out; they are shown to the owner and never repeated by themselves."""
    tx.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.tenant_id == tx.tenant, OutboxMessage.id.in_(message_ids), OutboxMessage.status == "sending"
        )
        .values(status="unknown")
        .execution_options(synchronize_session=False)
    )


def abandoned(tx: Tx, before: datetime) -> Sequence[OutboxMessage]:
    """Messages that have been `sending` since before `before`: their sender is gone. In a platform transaction."""
    statement = select(OutboxMessage).where(OutboxMessage.status == "sending", OutboxMessage.sending_at < before)
    return tx.scalars(statement).all()


def is_echo(tx: Tx, session_id: int, chat: str, provider_id: str, body: str) -> bool:
    """Whether a from-me message is one that we sent: by its id, else by its words while an attempt is open."""
    same_words = (
        (OutboxMessage.chat == chat)
        & OutboxMessage.status.in_(("sending", "unknown"))
        & (OutboxMessage.body == body)
    )  # fmt: skip
    return bool(
        tx.scalar(
            select(
                exists().where(
                    OutboxMessage.tenant_id == tx.tenant,
                    OutboxMessage.session_id == session_id,
                    or_(OutboxMessage.provider_id == provider_id, same_words),
                )
            )
        )
    )
