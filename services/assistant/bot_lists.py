"""Bots and their instructions as lists show them, a page at a time, and one of each by its id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from services.assistant.choosing import key
from services.db.engine import Tx
from services.db.models import Chatbot, Instruction, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.tenants import usage
from services.tenants.plans import UNLIMITED

BOT_COLUMNS: Mapping[str, Any] = {
    "number": Chatbot.number, "name": Chatbot.name_key, "createdAt": Chatbot.created_at, "active": Chatbot.active
}  # fmt: skip
INSTRUCTION_COLUMNS: Mapping[str, Any] = {
    "number": Instruction.number, "from": Instruction.starts_on, "until": Instruction.ends_on,
    "createdAt": Instruction.created_at,
}  # fmt: skip


def alone(tx: Tx) -> None:
    """Has whoever else changes this tenant's bots wait for this transaction, so that no name is given twice."""
    usage.consume(tx, "bot_number", UNLIMITED, 0)


def listed(
    tx: Tx, *, active: bool | None, q: str | None, order: Sequence[ColumnElement[Any]], offset: int, limit: int
) -> tuple[Sequence[tuple[Chatbot, str | None]], int]:
    """A page of the bots that aren't removed, each with the name of its number, and how many there are."""
    wanted = [Chatbot.tenant_id == tx.tenant, Chatbot.removed_at.is_(None)]
    if active is not None:
        wanted.append(Chatbot.active.is_(active))
    if q is not None:
        wanted.append(Chatbot.name_key.contains(key(q), autoescape=True))
    statement = _with_number().where(*wanted).order_by(*order, Chatbot.id).offset(offset).limit(limit)
    rows = [(bot, name) for bot, name in tx.execute(statement)]
    return rows, int(tx.scalar(select(func.count()).select_from(Chatbot).where(*wanted)) or 0)


def one(tx: Tx, bot_id: int, *, lock: bool = False) -> tuple[Chatbot, str | None]:
    """A bot with the name of its number; raises `DomainError` `bot_unknown`."""
    statement = _with_number().where(Chatbot.tenant_id == tx.tenant, Chatbot.id == bot_id, Chatbot.removed_at.is_(None))
    if lock:
        statement = statement.with_for_update(of=Chatbot, key_share=True).execution_options(populate_existing=True)
    found = tx.execute(statement).one_or_none()
    if found is None:
        raise DomainError("bot_unknown", _("There is no bot {number}.", number=str(bot_id)))
    return found[0], found[1]


def _with_number() -> Select[*tuple[Any, ...]]:
    number = (WhatsAppSession.tenant_id == Chatbot.tenant_id) & (WhatsAppSession.id == Chatbot.session_id)
    return select(Chatbot, WhatsAppSession.name).outerjoin(WhatsAppSession, number)


def instructions(
    tx: Tx, bot: Chatbot, today: date, order: Sequence[ColumnElement[Any]], offset: int, limit: int
) -> tuple[Sequence[Instruction], int]:
    """A page of what a bot has to heed now or later, its own and everybody's, and how many there are."""
    wanted = [
        Instruction.tenant_id == tx.tenant, Instruction.removed_at.is_(None),
        or_(Instruction.chatbot_id.is_(None), Instruction.chatbot_id == bot.id),
        or_(Instruction.ends_on.is_(None), Instruction.ends_on >= today),
    ]  # fmt: skip
    statement = select(Instruction).where(*wanted).order_by(*order, Instruction.id).offset(offset).limit(limit)
    rows = tx.scalars(statement).all()
    return rows, int(tx.scalar(select(func.count()).select_from(Instruction).where(*wanted)) or 0)


def instruction_number(tx: Tx, bot: Chatbot, instruction_id: int) -> int:
    """The number of something that a bot has to heed; raises `DomainError` `instruction_unknown`."""
    found = tx.scalar(
        select(Instruction.number).where(
            Instruction.tenant_id == tx.tenant, Instruction.id == instruction_id, Instruction.removed_at.is_(None),
            or_(Instruction.chatbot_id.is_(None), Instruction.chatbot_id == bot.id),
        )
    )  # fmt: skip
    if found is None:
        raise DomainError("instruction_unknown", _("There is no instruction {number}.", number=str(instruction_id)))
    return int(found)
