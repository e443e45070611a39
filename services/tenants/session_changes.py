"""Changing which numbers a tenant has: making one the default, taking one away."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update

from services.db.engine import Tx
from services.db.models import WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit, sessions
from services.tenants.actors import Actor


def page(tx: Tx, state: str | None, offset: int, limit: int) -> tuple[Sequence[WhatsAppSession], int]:
    """A page of the tenant's numbers, the default one first, and how many there are."""
    conditions = [WhatsAppSession.tenant_id == tx.tenant]
    conditions += [] if state is None else [WhatsAppSession.state == state]
    statement = select(WhatsAppSession).where(*conditions)
    rows = tx.scalars(
        statement.order_by(WhatsAppSession.is_default.desc(), WhatsAppSession.id).offset(offset).limit(limit)
    ).all()
    return rows, tx.scalar(select(func.count()).select_from(WhatsAppSession).where(*conditions)) or 0


def make_default(tx: Tx, actor: Actor, session: WhatsAppSession) -> None:
    """Makes a number the one by which messages leave whose reader never wrote to another; there is always one."""
    if session.is_default:
        return
    before = tx.scalar(
        update(WhatsAppSession)
        .where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.is_default)
        .values(is_default=False)
        .returning(WhatsAppSession.name)
    )
    session.is_default = True
    tx.flush()
    audit.record(
        tx, actor, "session.default", "sessions", session.id, before={"default": before},
        after={"default": session.name},
    )  # fmt: skip


def remove(tx: Tx, actor: Actor, session: WhatsAppSession) -> None:
    """Takes a number away, with its chats; raises `DomainError` `session_default` or `session_in_use`.

    It must have been stopped, and unlinked from WhatsApp, before.
    """
    if session.is_default:
        text = _("The default number can't be taken away. Make another one the default first.")
        raise DomainError("session_default", text)
    if session.desired_state == "connected" or session.holder is not None or session.device is not None:
        text = _("Stop {name} and log it out of WhatsApp before it is taken away.", name=session.name)
        raise DomainError("session_in_use", text, state=session.state)
    audit.record(tx, actor, "session.delete", "sessions", session.id, before={"phone": session.phone})
    tx.delete(session)
    tx.flush()
    sessions.wake_manager(tx)
