"""The WhatsApp groups in which a business's numbers are, as of the last look, and whether bots answer there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects.postgresql import insert

from services.db.engine import Tx
from services.db.models import ChatGroup, Conversation, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit
from services.tenants.actors import Actor

# What a list may be sorted by.
COLUMNS: Mapping[str, Any] = {"name": ChatGroup.name, "members": ChatGroup.members, "syncedAt": ChatGroup.synced_at}


@dataclass(frozen=True, slots=True)
class Listed:
    """A group with the name of the number that is in it; `answers`: the bot answers there who mentions it."""

    group: ChatGroup
    session: str
    answers: bool


def page(
    tx: Tx, session: str | None, q: str | None, order: Sequence[ColumnElement[Any]], *, offset: int, limit: int
) -> tuple[Sequence[Listed], int]:
    """A page of the groups in which the numbers still are, and how many there are. Two statements."""
    statement = _listed(tx).where(ChatGroup.left_at.is_(None))
    if session is not None:
        statement = statement.where(WhatsAppSession.name == session)
    if q is not None:
        statement = statement.where(ChatGroup.name.icontains(q, autoescape=True))
    total = tx.scalar(select(func.count()).select_from(statement.subquery())) or 0
    found = tx.execute(statement.order_by(*order, ChatGroup.id).offset(offset).limit(limit))
    return [Listed(*row) for row in found], total


def _listed(tx: Tx) -> Select[ChatGroup, str, bool]:
    return (
        select(ChatGroup, WhatsAppSession.name, func.coalesce(Conversation.answers_group, False))
        .join(
            WhatsAppSession,
            (WhatsAppSession.tenant_id == ChatGroup.tenant_id) & (WhatsAppSession.id == ChatGroup.session_id),
        )
        .outerjoin(
            Conversation,
            (Conversation.tenant_id == ChatGroup.tenant_id)
            & (Conversation.session_id == ChatGroup.session_id)
            & (Conversation.chat == ChatGroup.chat),
        )
        .where(ChatGroup.tenant_id == tx.tenant)
    )


def get(tx: Tx, group_id: int) -> Listed:
    """One group; raises `DomainError` `group_unknown`."""
    row = tx.execute(_listed(tx).where(ChatGroup.id == group_id)).one_or_none()
    if row is None:
        raise DomainError("group_unknown", _("There is no such group."))
    return Listed(*row)


def switch(tx: Tx, actor: Actor, group_id: int, answers: bool) -> Listed:
    """Has the bot answer in a group, or be quiet there, as the words `bot on` and `bot off` in the group do."""
    found = get(tx, group_id)
    if found.answers == answers:
        return found
    group = found.group
    statement = insert(Conversation).values(
        tenant_id=tx.tenant, session_id=group.session_id, chat=group.chat, answers_group=answers
    )
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "session_id", "chat"], set_={"answers_group": answers}
        )
    )
    audit.record(
        tx,
        actor,
        "group.switch",
        "chat_groups",
        group.id,
        before={"answers": found.answers},
        after={"answers": answers},
    )
    return Listed(group, found.session, answers)
