"""Conversations as programs see them: which are open, what was said last, every message of one in the order of time.

Only those with contacts: what the business's own people write to their number is nobody's conversation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, select, text

from services.db.engine import Tx
from services.db.models import Contact, Conversation, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.messaging.outbox import SHOWN_BODY
from services.tenants import audit
from services.tenants.actors import Actor

# What a list may be sorted by.
COLUMNS: Mapping[str, Any] = {"lastMessageAt": Conversation.last_in_at, "id": Conversation.id}


@dataclass(frozen=True, slots=True)
class Said:
    """A message: who said what and when. `author` is `contact`, `bot` (this program) or `person` (typed on the phone).

    `status` is what became of one that this program sent.
    """

    id: int
    direction: Literal["in", "out"]
    author: Literal["contact", "bot", "person"]
    kind: str
    text: str
    at: datetime
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation with the contact, the number's name and the last message each way."""

    conversation: Conversation
    session: str
    contact: Contact
    last_in: Said | None = None
    last_out: Said | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations; None means whichever."""

    is_open: bool | None = None
    session: str | None = None
    contact_id: int | None = None


def page(
    tx: Tx, wanted: Wanted, order: Sequence[ColumnElement[Any]], *, offset: int, limit: int
) -> tuple[Sequence[Listed], int]:
    """A page of the conversations with people and how many there are. Three statements."""
    statement = _listed(tx).where(Conversation.chat.not_like("group:%"))
    if wanted.is_open is not None:
        closed = Conversation.closed_at
        statement = statement.where(closed.is_(None) if wanted.is_open else closed.is_not(None))
    if wanted.session is not None:
        statement = statement.where(WhatsAppSession.name == wanted.session)
    if wanted.contact_id is not None:
        statement = statement.where(Conversation.contact_id == wanted.contact_id)
    total = tx.scalar(select(func.count()).select_from(statement.with_only_columns(Conversation.id).subquery())) or 0
    rows = tx.execute(statement.order_by(*order, Conversation.id).offset(offset).limit(limit)).all()
    return _with_last(tx, rows), total


def _listed(tx: Tx) -> Select[Conversation, str, Contact]:
    return (
        select(Conversation, WhatsAppSession.name, Contact)
        .join(
            WhatsAppSession,
            (WhatsAppSession.tenant_id == Conversation.tenant_id) & (WhatsAppSession.id == Conversation.session_id),
        )
        .join(
            Contact, (Contact.tenant_id == Conversation.tenant_id) & (Contact.id == Conversation.contact_id)
        )
        .where(Conversation.tenant_id == tx.tenant)
    )  # fmt: skip


_LAST = text(f"""
    select chat.id, incoming.*, outgoing.* from conversations chat
    left join lateral (
        select id as in_id, kind as in_kind, body as in_text, sent_at as in_at from messages
        where tenant_id = :tenant and session_id = chat.session_id and messages.chat = chat.chat and not from_me
        order by id desc limit 1
    ) incoming on true
    left join lateral (
        (select id as out_id, 'bot' as out_author, kind as out_kind, {SHOWN_BODY} as out_text,
            coalesce(sent_at, created_at) as out_at, status as out_status
         from outbox
         where tenant_id = :tenant and session_id = chat.session_id and outbox.chat = chat.chat
            and status <> 'cancelled'
         order by id desc limit 1)
        union all
        (select id, 'person', kind, body, sent_at, null from messages
         where tenant_id = :tenant and session_id = chat.session_id and messages.chat = chat.chat and from_me
            and outcome is distinct from 'echo'
         order by id desc limit 1)
        order by out_at desc limit 1
    ) outgoing on true
    where chat.tenant_id = :tenant and chat.id = any(:ids)
""")


def _with_last(tx: Tx, rows: Sequence[Any]) -> list[Listed]:
    ids = [row[0].id for row in rows]
    last = {row.id: row for row in tx.execute(_LAST, {"tenant": tx.tenant, "ids": ids})} if ids else {}
    return [
        Listed(chat, session, contact, _incoming(last[chat.id]), _outgoing(last[chat.id]))
        for chat, session, contact in rows
    ]


def _incoming(row: Any) -> Said | None:
    return None if row.in_id is None else Said(row.in_id, "in", "contact", row.in_kind, row.in_text, row.in_at)


def _outgoing(row: Any) -> Said | None:
    if row.out_id is None:
        return None
    return Said(row.out_id, "out", row.out_author, row.out_kind, row.out_text, row.out_at, row.out_status)


def get(tx: Tx, conversation_id: int) -> Listed:
    """One conversation with a person; raises `DomainError` `conversation_unknown`."""
    wanted = _listed(tx).where(Conversation.id == conversation_id, Conversation.chat.not_like("group:%"))
    rows = tx.execute(wanted).all()
    if not rows:
        raise DomainError("conversation_unknown", _("There is no such conversation."))
    return _with_last(tx, rows)[0]


_SAID = f"""
    select id, case when from_me then 'out' else 'in' end as direction,
        case when from_me then 'person' else 'contact' end as author, kind, body, sent_at as at, null as status
    from messages where tenant_id = :tenant and session_id = :session and chat = :chat
        and (not from_me or outcome is distinct from 'echo')
    union all
    select id, 'out', 'bot', kind, {SHOWN_BODY}, coalesce(sent_at, created_at), status
    from outbox where tenant_id = :tenant and session_id = :session and chat = :chat and status <> 'cancelled'
"""


def messages(tx: Tx, conversation_id: int, *, offset: int, limit: int) -> tuple[Sequence[Said], int]:
    """The messages of a conversation both ways, the newest first, and how many there are. Four statements."""
    chat = get(tx, conversation_id).conversation
    values = {"tenant": tx.tenant, "session": chat.session_id, "chat": chat.chat}
    total = tx.scalar(text(f"select count(*) from ({_SAID}) said"), values) or 0
    rows = tx.execute(
        text(f"{_SAID} order by at desc, direction desc, id desc offset :offset limit :limit"),
        {**values, "offset": offset, "limit": limit},
    )
    return [Said(*row) for row in rows], total


def close(tx: Tx, actor: Actor, conversation_id: int) -> Listed:
    """Marks a conversation as done with; the next message of the customer opens it again."""
    return _set(tx, actor, conversation_id, tx.now)


def reopen(tx: Tx, actor: Actor, conversation_id: int) -> Listed:
    """Opens a conversation again."""
    return _set(tx, actor, conversation_id, None)


def _set(tx: Tx, actor: Actor, conversation_id: int, closed_at: datetime | None) -> Listed:
    found = get(tx, conversation_id)
    chat = found.conversation
    tx.refresh(chat, with_for_update={"key_share": True})
    if (chat.closed_at is None) is not (closed_at is None):
        chat.closed_at = closed_at
        action = "conversation.reopen" if closed_at is None else "conversation.close"
        audit.record(tx, actor, action, "conversations", chat.id)
    return found
