"""Messages to be sent: written in the transaction that decided on them, sent afterwards, in order per chat.

A row is marked `sending` and committed before the transport is asked; an attempt that was interrupted half-way is
`unknown` and never repeated blindly.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select, text, update

from services.db.engine import Tx
from services.db.models import OutboxMessage
from services.messaging.splitting import LONGEST, split

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
    voice: bool = False


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
    voice: bool = False


class Sent(NamedTuple):
    """A message that the transport has taken, under its id there."""

    id: int
    provider_id: str


# In the order of the array; the senders of the sessions concerned are woken, now or at the time that was asked for.
_PUT = text("""
    with put as (
        insert into outbox (
            tenant_id, created_at, session_id, chat, kind, body, priority, dedup_key, in_reply_to, not_before,
            file_hash, file_name, mime, voice, cold
        )
        select :tenant, :now, message.*, not exists (
            select from conversations
            where tenant_id = :tenant and session_id = message.session_id and chat = message.chat
                and last_in_at is not null
            union all
            select from sessions where tenant_id = :tenant and id = message.session_id and 'phone:' || phone = chat
            union all
            select from users where tenant_id = :tenant and 'phone:' || phone = chat
        )
        from jsonb_to_recordset(cast(:messages as jsonb)) as message (
            session_id bigint, chat text, kind text, body text, priority bigint, dedup_key text, in_reply_to bigint,
            not_before timestamptz, file_hash text, file_name text, mime text, voice boolean
        )
        on conflict do nothing
        returning session_id, case when not_before > :now then not_before end as later
    )
    select wake_sender(:tenant, session_id, later, :priority)
    from (select session_id, later from put group by session_id, later order by session_id, later) as senders
""")


def put(tx: Tx, messages: Sequence[Outgoing]) -> None:
    """Queues messages for sending after the commit, in the order given; one whose `dedup_key` is known is left out.

    A text that is too long to be read in one go becomes several messages.
    """
    if messages:
        rows = json.dumps([_row(part) for message in messages for part in _parts(message)])
        tx.execute(_PUT, {"tenant": tx.tenant, "now": tx.now, "messages": rows, "priority": REPLY})


def _parts(message: Outgoing) -> Sequence[Outgoing]:
    if message.kind != "text" or len(message.text) <= LONGEST:
        return (message,)
    key = message.dedup_key
    return [
        replace(message, text=text, dedup_key=f"{key}#{number}" if key and number > 1 else key)
        for number, text in enumerate(split(message.text), 1)
    ]


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
        "voice": message.voice,
    }


def wake(tx: Tx, session_id: int, at: datetime | None = None) -> None:
    """Has the session's sender look at its outbox, now or at a later time.

    Each time has a key of its own: one wake-up for several times would be too early for some or too late for others.
    """
    tx.execute(_WAKE, {"tenant": tx.tenant, "session": session_id, "at": at, "priority": REPLY})


_WAKE = text("select wake_sender(:tenant, :session, :at, :priority)")


HEADS = """
    unsent as (
        select id, chat, status, priority, not_before, cold, kind, body from outbox
        where tenant_id = :tenant and session_id = :session and status = 'queued'
        and (attempts > 0 or not_before is null or not_before <= :now)
        union all
        select id, chat, status, priority, not_before, cold, kind, body from outbox
        where tenant_id = :tenant and session_id = :session and status = 'sending' and id <> :done
    ), heads as (
        select distinct on (chat) * from unsent order by chat, status = 'sending' desc, id
    )
"""
READY = "status = 'queued' and (not_before is null or not_before <= :now)"

# The oldest message of each chat may go unless one of that chat is being sent or it waits for its next try; one that
# was written for later isn't in the line before its time. The message `done`, sent just now, counts as recorded.
_CLAIM = text(f"""
    with recorded as (
        update outbox set status = 'sent', sent_at = :now, provider_id = :provider_id, error = null
        where tenant_id = :tenant and id = :done
    ), {HEADS}
    update outbox set status = 'sending', sending_at = :now, attempts = attempts + 1
    where tenant_id = :tenant and status = 'queued' and id = (
        select id from heads where {READY} and (:only = 0 or id = :only) order by priority desc, id limit 1
    )
    returning id, tenant_id, session_id, chat, kind, body, attempts, file_hash, file_name, mime, voice
""")


def claim(tx: Tx, session_id: int, sent: Sent | None = None, only: int = 0) -> Claimed | None:
    """Marks the next message `sending` and returns it; None when there is nothing to send now.

    `sent`, the message before, is recorded in the same step; with `only` that message is taken or none. Within a chat
    the oldest goes first, and nothing overtakes one that is being sent or waits for its next try. A sender that meets
    another at the same message gets None: the other goes on with the rest.
    """
    done = sent or Sent(0, "")
    row = tx.execute(
        _CLAIM,
        {
            "tenant": tx.tenant, "session": session_id, "now": tx.now, "done": done.id,
            "provider_id": done.provider_id, "only": only,
        },
    ).one_or_none()  # fmt: skip
    return None if row is None else Claimed(*row)


_RECEIPT = text("""
    update outbox set
        status = case when status = 'read' then status else :kind end,
        delivered_at = coalesce(delivered_at, :now),
        read_at = case when :kind = 'read' then coalesce(read_at, :now) else read_at end
    where tenant_id = :tenant and session_id = :session and provider_id = any(:ids)
        and status in ('sent', 'delivered', 'read', 'unknown')
    returning provider_id
""")


def receipt(tx: Tx, session_id: int, kind: str, provider_ids: Sequence[str]) -> Collection[str]:
    """Records that messages were `delivered` or `read`; returns the ids that are ours and known by now."""
    given = {"tenant": tx.tenant, "session": session_id, "kind": kind, "ids": list(provider_ids), "now": tx.now}
    return {str(row.provider_id) for row in tx.execute(_RECEIPT, given)}


def change(tx: Tx, message_id: int, **values: object) -> None:
    """Sets columns of a message of this outbox."""
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
        change(tx, message.id, status="failed", error=error)
        return True
    pause = timedelta(seconds=retry_after if retry_after is not None else min(2**message.attempts, 300))
    # At least one stays: a message that has been tried keeps its place in the line.
    attempts = message.attempts if retry_after is None else max(message.attempts - 1, 1)
    change(tx, message.id, status="queued", not_before=tx.now + pause, attempts=attempts, error=error)
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
