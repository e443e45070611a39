"""Messages to be sent: written in the transaction that decided on them, sent afterwards, in order per chat.

A row is marked `sending` and committed before the transport is asked; an attempt that was interrupted half-way is
`unknown` and never repeated blindly.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select, text, update

from services import queue
from services.db.engine import Tx
from services.db.models import OutboxMessage

REPLY, NOTICE = 10, 0
MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to go with a message: where it is kept, the name that people see, and its type."""

    file_hash: str
    name: str
    mime: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text for one chat, or a file with a caption. `dedup_key`, when given, is sent once ever; a higher `priority`
    goes first between chats.
    """

    session_id: int
    chat: str
    text: str
    in_reply_to: int | None = None
    priority: int = NOTICE
    dedup_key: str | None = None
    not_before: datetime | None = None
    kind: str = "text"
    attachment: Attachment | None = None


class Claimed(NamedTuple):
    """A message that is being sent."""

    id: int
    tenant_id: int
    session_id: int
    chat: str
    kind: str
    text: str
    attempts: int
    file_hash: str | None = None
    file_name: str | None = None
    mime: str | None = None


class Sent(NamedTuple):
    """A message that the transport has taken, under its id there."""

    id: int
    provider_id: str


# In the order of the array; the senders of the sessions concerned are woken, now or at the time that was asked for.
_PUT = text("""
    with put as (
        insert into outbox (
            tenant_id, created_at, session_id, chat, kind, body, priority, dedup_key, in_reply_to, not_before,
            file_hash, file_name, mime
        )
        select :tenant, :now, message.* from jsonb_to_recordset(cast(:messages as jsonb)) as message (
            session_id bigint, chat text, kind text, body text, priority bigint, dedup_key text, in_reply_to bigint,
            not_before timestamptz, file_hash text, file_name text, mime text
        )
        on conflict do nothing
        returning session_id, case when not_before > :now then not_before end as later
    )
    select queue_defer(
        'send', concat_ws(':', 'send', :tenant, session_id, extract(epoch from later)),
        jsonb_build_object('tenant_id', :tenant, 'session_id', session_id), later, :priority
    )
    from (select session_id, later from put group by session_id, later order by session_id, later) as senders
""")


def put(tx: Tx, messages: Sequence[Outgoing]) -> None:
    """Queues messages for sending after the commit, in the order given; one whose `dedup_key` is known is left out."""
    if messages:
        rows = json.dumps([_row(message) for message in messages])
        tx.execute(_PUT, {"tenant": tx.tenant, "now": tx.now, "messages": rows, "priority": REPLY})


def _row(message: Outgoing) -> dict[str, object]:
    return {
        "session_id": message.session_id,
        "chat": message.chat,
        "kind": message.kind,
        "body": message.text.replace("\x00", ""),
        "priority": message.priority,
        "dedup_key": message.dedup_key,
        "in_reply_to": message.in_reply_to,
        "not_before": message.not_before and message.not_before.isoformat(),
        "file_hash": message.attachment and message.attachment.file_hash,
        "file_name": message.attachment and message.attachment.name,
        "mime": message.attachment and message.attachment.mime,
    }


def wake(tx: Tx, session_id: int, at: datetime | None = None) -> None:
    """Has the session's sender look at its outbox, now or at a later time.

    Each time has a key of its own: one wake-up for several times would be too early for some or too late for others.
    """
    key = f"send:{tx.tenant}:{session_id}" + ("" if at is None else f":{at.timestamp():.6f}")
    queue.defer(tx, "send", key, at=at, priority=REPLY, session_id=session_id)


# The oldest message of each chat may go unless one of that chat is being sent or it waits for its next try; one that
# was written for later isn't in the line before its time. The message `done`, sent just now, counts as recorded.
_CLAIM = text("""
    with recorded as (
        update outbox set status = 'sent', sent_at = :now, provider_id = :provider_id, error = null
        where tenant_id = :tenant and id = :done
    ), unsent as (
        select id, chat, status, priority, not_before from outbox
        where tenant_id = :tenant and session_id = :session and status = 'queued'
        and (attempts > 0 or not_before is null or not_before <= :now)
        union all
        select id, chat, status, priority, not_before from outbox
        where tenant_id = :tenant and session_id = :session and status = 'sending' and id <> :done
    ), heads as (
        select distinct on (chat) * from unsent order by chat, status = 'sending' desc, id
    )
    update outbox set status = 'sending', sending_at = :now, attempts = attempts + 1
    where tenant_id = :tenant and status = 'queued' and id = (
        select id from heads
        where status = 'queued' and (not_before is null or not_before <= :now)
        order by priority desc, id limit 1
    )
    returning id, tenant_id, session_id, chat, kind, body, attempts, file_hash, file_name, mime
""")


def claim(tx: Tx, session_id: int, sent: Sent | None = None) -> Claimed | None:
    """Marks the next message `sending` and returns it; None when there is nothing to send now.

    `sent`, the message before, is recorded in the same step. Within a chat the oldest goes first, and nothing overtakes
    one that is being sent or waits for its next try. A sender that meets another at the same message gets None: the
    other goes on with the rest.
    """
    done = sent or Sent(0, "")
    row = tx.execute(
        _CLAIM,
        {"tenant": tx.tenant, "session": session_id, "now": tx.now, "done": done.id, "provider_id": done.provider_id},
    ).one_or_none()
    return None if row is None else Claimed(*row)


def _set(tx: Tx, message_id: int, **values: object) -> None:
    tx.execute(
        update(OutboxMessage)
        .where(OutboxMessage.tenant_id == tx.tenant, OutboxMessage.id == message_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def failed(tx: Tx, message: Claimed, error: str, *, permanent: bool, retry_after: float | None = None) -> bool:
    """The transport refused the message: it is tried again after a growing pause, else it is `failed` for good.

    With `retry_after` it isn't the message's fault (the session is offline, WhatsApp asks for a pause), and no try is
    used up. Returns True when it has failed for good.
    """
    if permanent or (retry_after is None and message.attempts >= MAX_ATTEMPTS):
        _set(tx, message.id, status="failed", error=error)
        return True
    pause = timedelta(seconds=retry_after if retry_after is not None else min(2**message.attempts, 300))
    # At least one stays: a message that has been tried keeps its place in the line.
    attempts = message.attempts if retry_after is None else max(message.attempts - 1, 1)
    _set(tx, message.id, status="queued", not_before=tx.now + pause, attempts=attempts, error=error)
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


_IS_ECHO = text("""
    select exists (
        select from outbox where tenant_id = :tenant and session_id = :session and provider_id = :provider_id
    ) or exists (
        select from outbox
        where tenant_id = :tenant and session_id = :session and chat = :chat
            and status in ('sending', 'unknown') and body = :body
    )
""")


def is_echo(tx: Tx, session_id: int, chat: str, provider_id: str, body: str) -> bool:
    """Whether a from-me message is one that we sent: by its id, else by its words while an attempt is open."""
    given = {"tenant": tx.tenant, "session": session_id, "chat": chat, "provider_id": provider_id, "body": body}
    return bool(tx.scalar(_IS_ECHO, given))
