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

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import OutboxMessage, Tenant
from services.messaging.outbox_putting import PUT, PUT_WITHIN
from services.messaging.splitting import LONGEST, split
from services.tenants import limits

REPLY, NOTICE = 10, 0
# Codes by which a person sets a password are nobody else's to read, not even while they wait to be sent.
SECRET_KEY, HIDDEN = "code:", "•••"
SHOWN_BODY = f"case when dedup_key like '{SECRET_KEY}%' then '{HIDDEN}' else body end"
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
    goes first between chats. One that is `counted` was taken from the limit of messages already, or doesn't count;
    one that is `limited` goes only while there is room below that limit.
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
    counted: bool = False
    limited: bool = False


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


class Room(NamedTuple):
    """How many messages may still go: the periods in which they count, and the limit of each; -1 is none."""

    periods: Sequence[str]
    limits: Sequence[int]


def shown(message: OutboxMessage) -> str:
    """The words of a message as others than its reader may see them."""
    return HIDDEN if (message.dedup_key or "").startswith(SECRET_KEY) else message.body


def put(tx: Tx, messages: Sequence[Outgoing], tenant: Tenant | None = None) -> bool:
    """Queues messages for sending after the commit, in the order given; one whose `dedup_key` is known is left out.

    A text that is too long to be read in one go becomes several messages. Those to others than the business's own
    people count. With `tenant` the limited ones are left out, and the answer is False, when there is no room for all of
    them; without it they go like the others. One statement.
    """
    if not messages:
        return True
    room = _room(tx, tenant) if tenant is not None and any(each.limited for each in messages) else None
    rows = [_row(part, limited=part.limited and room is not None) for message in messages for part in _parts(message)]
    given = {
        "tenant": tx.tenant, "now": tx.now, "messages": json.dumps(rows), "priority": REPLY,
        "counting": tx.policy.counts_usage,
    }  # fmt: skip
    if room is None:
        put = tx.execute(PUT, given).one()
        if put.counted:
            limits.tell_of_messages(tx, put.plan, put.limits, put.used, put.counted, exact=False)
        return True
    put = tx.execute(PUT_WITHIN, {**given, **room._asdict()}).one()
    if put.totals[0] < 0:
        return False
    before = {period: total - put.taken for period, total in zip(room.periods, put.totals, strict=True)}
    limits.tell_of_messages(tx, put.plan, put.limits, before, put.taken + put.counted, exact=True)
    return True


def _room(tx: Tx, tenant: Tenant) -> Room | None:
    """None where messages have no limit: then nothing is asked, only counted."""
    windows, today = limits.WINDOWS["messages"], local_date(tx.now, tenant.timezone)
    allowed = [limits.limit_of(tx, tenant, each.key) for each in windows]
    if max(allowed) < 0:
        return None
    return Room([today.strftime(each.period) for each in windows], allowed)


def size(message: Outgoing) -> int:
    """How many messages it is once it is split: so many of the limit it takes."""
    return len(_parts(message))


def _parts(message: Outgoing) -> Sequence[Outgoing]:
    if message.kind != "text" or len(message.text) <= LONGEST:
        return (message,)
    key = message.dedup_key
    return [
        replace(message, text=text, dedup_key=f"{key}#{number}" if key and number > 1 else key)
        for number, text in enumerate(split(message.text), 1)
    ]


def _row(message: Outgoing, *, limited: bool) -> dict[str, object]:
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
        "counted": message.counted,
        "limited": limited,
    }


def wake(tx: Tx, session_id: int, at: datetime | None = None) -> None:
    """Has the session's sender look at its outbox, now or at a later time.

    Each time has a key of its own: one wake-up for several times would be too early for some or too late for others.
    """
    tx.execute(_WAKE, {"tenant": tx.tenant, "session": session_id, "at": at, "priority": REPLY})


def wake_for(tx: Tx, message: Outgoing) -> None:
    """The same for a message that is put next, where room for it is taken before: so the counter is locked last."""
    later = message.not_before is not None and message.not_before > tx.now
    wake(tx, message.session_id, message.not_before if later else None)


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
