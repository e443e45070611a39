"""Messages that came in: accepted in one short transaction, handled later, never lost and never handled twice.

Called by the transports (`accept`) and by the jobs that handle what waits. A message is done when `processed_at` is
set, in the same commit as everything it caused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, text, update

from services import queue
from services.db.engine import Database, Tx
from services.db.models import Conversation, Message
from services.messaging.addresses import Address

MAX_BODY = 65_536
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
MAX_ATTEMPTS = 5
# How long a message, and what follows in its chat, waits for the file that came with it, and for a model to read it.
MEDIA_PATIENCE = timedelta(seconds=45)
READING_PATIENCE = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as a transport decoded it. `sent_at` is WhatsApp's time, UTC.

    `media` describes a file: kept already (`hash`), or still to be fetched (`state` is `pending`). `alias` is the
    sender's other address, where WhatsApp told it; `mentioned` whether a group's message calls the tenant's number.
    """

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
    alias: Address | None = None
    mentioned: bool = False

    @property
    def awaits_file(self) -> bool:
        """Whether its file is still to be fetched."""
        return self.media is not None and self.media.get("state") == "pending"


# In the order of the array; the job is deferred unless all of them are known already.
_ACCEPT = text("""
    with accepted as (
        insert into messages (
            tenant_id, session_id, received_at,
            provider_id, chat, sender, sender_name, from_me, kind, body, quoted_id, media, sent_at, alias, mentioned,
            media_due
        )
        select :tenant, :session, :now, message.* from jsonb_to_recordset(cast(:messages as jsonb)) as message (
            provider_id text, chat text, sender text, sender_name text, from_me boolean, kind text, body text,
            quoted_id text, media jsonb, sent_at timestamptz, alias text, mentioned boolean, media_due timestamptz
        )
        on conflict do nothing
        returning id
    )
    select queue_defer('inbound', :key, jsonb_build_object('tenant_id', :tenant, 'session_id', :session))
    from accepted limit 1
""")


def accept(db: Database, tenant_id: int, session_id: int, messages: Sequence[Inbound]) -> None:
    """Takes messages of one session into the inbox; its commit is the acknowledgement.

    One that is already there (same provider id) is left out. The session's `inbound` job is deferred with the rest.
    """
    if not messages:
        return
    until = db.clock.now() + MEDIA_PATIENCE
    rows = [_storable(_row(message, until.isoformat())) for message in messages]
    with db.tenant(tenant_id) as tx:
        given = {"tenant": tenant_id, "session": session_id, "now": tx.now, "messages": json.dumps(rows)}
        tx.execute(_ACCEPT, {**given, "key": _key(tx, session_id)})
        if any(row["media_due"] for row in rows):
            queue.defer(tx, "inbound", f"{_key(tx, session_id)}:{until.timestamp()}", at=until, session_id=session_id)


def wake(tx: Tx, session_id: int) -> None:
    """Has the waiting messages of a session handled."""
    queue.defer(tx, "inbound", _key(tx, session_id), session_id=session_id)


def _key(tx: Tx, session_id: int) -> str:
    return f"inbound:{tx.tenant}:{session_id}"


def _row(message: Inbound, until: str) -> dict[str, object]:
    return {
        "provider_id": message.provider_id,
        "chat": str(message.chat),
        "sender": str(message.sender),
        "sender_name": message.sender_name,
        "from_me": message.from_me,
        "kind": message.kind,
        "body": message.text[:MAX_BODY],
        "quoted_id": message.quoted_id,
        "media": message.media,
        "sent_at": message.sent_at.isoformat(),
        "alias": None if message.alias is None else str(message.alias),
        "mentioned": message.mentioned,
        "media_due": until if message.awaits_file else None,
    }


def _storable(value: Any) -> Any:
    """The same without what PostgreSQL can't keep: NUL goes, and half a surrogate pair becomes U+FFFD."""
    match value:
        case str():
            return _HALF_A_CHARACTER.sub("\ufffd", value.replace("\x00", ""))
        case dict():
            return {_storable(key): _storable(each) for key, each in value.items()}
        case list():
            return [_storable(each) for each in value]
    return value


# Nothing overtakes a message of its chat that still waits for its file, or for a model.
_WAITING = text("""
    select id, chat from messages as message
    where tenant_id = :tenant and session_id = :session
        and processed_at is null and parked_at is null and not_before is null
        and not exists (
            select from messages as earlier
            where earlier.tenant_id = :tenant and earlier.session_id = :session and earlier.chat = message.chat
                and earlier.id <= message.id and greatest(earlier.media_due, earlier.reading_due) > :now
                and earlier.processed_at is null
        )
    order by id limit :limit
""")


def waiting(tx: Tx, session_id: int, limit: int = 100) -> Sequence[tuple[int, str]]:
    """Ids and chats of the messages to be handled, in the order in which they came."""
    found = tx.execute(_WAITING, {"tenant": tx.tenant, "session": session_id, "now": tx.now, "limit": limit})
    return [(row.id, row.chat) for row in found]


def read_first(tx: Tx, message: Message, wants: str) -> None:
    """Has a model read a message before it is handled; it and what follows in its chat wait meanwhile."""
    until = tx.now + READING_PATIENCE
    message.reading_due = until
    # A whole chat waits for it: it comes before answers.
    queue.defer(tx, "read", f"read:{tx.tenant}:{message.id}", priority=1, message_id=message.id, wants=wants)
    key = f"{_key(tx, message.session_id)}:{until.timestamp()}"
    queue.defer(tx, "inbound", key, at=until, session_id=message.session_id)


def has_read(tx: Tx, message_id: int, heard: Mapping[str, object], words: str | None = None) -> None:
    """Keeps what a model made of a message, beside what was kept before, and has it handled; `words` become its body.

    What has been handled meanwhile, because it took too long, isn't handled again.
    """
    message = tx.get_one(Message, (tx.tenant, message_id))
    message.heard = _storable({**(message.heard or {}), **heard})
    message.reading_due = None
    if words is not None and not message.body.strip():
        message.body = _storable(words)[:MAX_BODY]
    tx.flush()
    wake(tx, message.session_id)


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


def record_answer_failure(tx: Tx, conversation_id: int, error: str) -> Sequence[tuple[int, int]]:
    """Notes that answering a burst failed; the sweep has it tried again.

    Returns the messages, with their sessions, whose tries are used up: they are parked.
    """
    waiting = (Message.tenant_id == tx.tenant) & (Message.conversation_id == conversation_id) & Message.answer_due
    tx.execute(update(Message).where(waiting).values(attempts=Message.attempts + 1, error=error[:2000]))
    theirs = (Conversation.tenant_id == tx.tenant) & (Conversation.id == conversation_id)
    tx.execute(update(Conversation).where(theirs).values(thinking_until=None))
    parked = (
        update(Message)
        .where(waiting, Message.attempts >= MAX_ATTEMPTS)
        .values(answer_due=False, parked_at=tx.now)
        .returning(Message.id, Message.session_id)
    )
    return [(row.id, row.session_id) for row in tx.execute(parked)]


class Missing(NamedTuple):
    """A message whose file is still to be fetched, and what WhatsApp needs to know to give it."""

    id: int
    media: Mapping[str, Any]


def missing_files(tx: Tx, session_id: int, provider_ids: Sequence[str] | None = None) -> Sequence[Missing]:
    """Messages of a session whose file hasn't come yet, the newest 100; only those with `provider_ids` if given."""
    pending = (
        select(Message.id, Message.media)
        .where(Message.tenant_id == tx.tenant, Message.session_id == session_id, Message.media_due.is_not(None))
        .order_by(Message.id.desc())
        .limit(100)
    )
    if provider_ids is not None:
        pending = pending.where(Message.provider_id.in_(provider_ids))
    return [Missing(row.id, row.media) for row in reversed(tx.execute(pending).all())]


def file_came(tx: Tx, session_id: int, message_id: int, found: Mapping[str, object]) -> None:
    """Completes a message with what became of its file (`hash` and type, or `error`), and has it handled."""
    message = tx.get_one(Message, (tx.tenant, message_id))
    kept = {key: value for key, value in (message.media or {}).items() if key not in ("ref", "state")}
    message.media = {**kept, **found}
    message.media_due = None
    tx.flush()
    wake(tx, session_id)
