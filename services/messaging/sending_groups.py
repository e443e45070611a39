"""Groups to which programs send: by their id or by their name, and only those in which the number is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import func, select

from services.db.engine import Tx
from services.db.models import ChatGroup, Conversation, WhatsAppSession
from services.errors import DomainError
from services.i18n import _

_ID = re.compile(r"(?:group:)?([0-9]{5,20}(?:-[0-9]{5,20})?)(?:@g\.us)?")


def find(tx: Tx, written: str, session_id: int | None) -> tuple[str, int]:
    """The chat of a group and a session that is in it, the default one if it is.

    `written` is the group's id (digits, `…@g.us`) or its name as it was synchronised; with `session_id` that session
    must be in it. Raises `DomainError` `group_unknown`, or `group_unclear` where several are called so.
    """
    given = written.strip()
    match = _ID.fullmatch(given)
    chat = None if match is None else f"group:{match[1]}"
    found = _synced(tx, given, chat, session_id)
    if not found and chat is not None:
        found = _heard(tx, chat, session_id)
    chats = sorted({row[0] for row in found})
    if not chats:
        text = _("This number is in no group “{group}”. Synchronise the groups, or send the group's id.", group=given)
        raise DomainError("group_unknown", text)
    if len(chats) > 1:
        ids = [each.removeprefix("group:") for each in chats]
        raise DomainError("group_unclear", _("Several groups are called “{group}”. Send the id.", group=given), ids=ids)
    return found[0]


def _synced(tx: Tx, name: str, chat: str | None, session_id: int | None) -> Sequence[tuple[str, int]]:
    """Groups as the last look at WhatsApp found them, those of the default session first."""
    statement = (
        select(ChatGroup.chat, ChatGroup.session_id)
        .join(
            WhatsAppSession,
            (WhatsAppSession.tenant_id == ChatGroup.tenant_id) & (WhatsAppSession.id == ChatGroup.session_id),
        )
        .where(ChatGroup.tenant_id == tx.tenant, ChatGroup.left_at.is_(None))
        .order_by(WhatsAppSession.is_default.desc(), ChatGroup.id)
    )
    wanted = func.lower(ChatGroup.name) == name.lower() if chat is None else ChatGroup.chat == chat
    statement = statement.where(wanted)
    if session_id is not None:
        statement = statement.where(ChatGroup.session_id == session_id)
    return [(row.chat, row.session_id) for row in tx.execute(statement)]


def _heard(tx: Tx, chat: str, session_id: int | None) -> Sequence[tuple[str, int]]:
    """A group that was never synchronised but in which somebody has written, and that wasn't left since."""
    left = select(ChatGroup.session_id).where(
        ChatGroup.tenant_id == tx.tenant, ChatGroup.chat == chat, ChatGroup.left_at.is_not(None)
    )
    statement = select(Conversation.chat, Conversation.session_id).where(
        Conversation.tenant_id == tx.tenant, Conversation.chat == chat, Conversation.session_id.not_in(left)
    )
    if session_id is not None:
        statement = statement.where(Conversation.session_id == session_id)
    return [(row.chat, row.session_id) for row in tx.execute(statement.order_by(Conversation.id))]
