"""What a number's own WhatsApp knows of people and groups, taken over when somebody asks for it.

What is asked for stands in `contact_syncs`; whoever holds the session takes it, looks, and writes down what came of it
(see `directories`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from services import queue
from services.db.engine import Tx
from services.db.models import ContactSync, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.messaging.sending import SIMULATED
from services.tenants import audit, sessions
from services.tenants.actors import Actor

# A look that nobody took, or nobody finished, by then has failed.
PATIENCE = timedelta(minutes=10)
LATE = "timed_out"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A look that somebody waits for."""

    tenant_id: int
    id: int
    session_id: int


def ask(tx: Tx, actor: Actor, session_name: str | None = None) -> ContactSync:
    """Has a session's people and groups looked up; while that waits, asking again gives the same.

    Raises `DomainError` `session_unknown` or `no_active_session`.
    """
    session = sessions.of_tenant(tx, session_name)
    expire(tx)
    waiting = tx.scalars(
        select(ContactSync).where(
            ContactSync.tenant_id == tx.tenant, ContactSync.session_id == session.id, ContactSync.done_at.is_(None)
        )
    ).first()
    if waiting is not None:
        return waiting
    if session.provider != SIMULATED and session.state != "connected":
        text_ = _("The number {name} isn't connected to WhatsApp. Connect it first.", name=session.name)
        raise DomainError("no_active_session", text_, state=session.state)
    made = ContactSync(tenant_id=tx.tenant, session_id=session.id, asked_at=tx.now)
    tx.add(made)
    tx.flush()
    if session.provider == SIMULATED:
        queue.defer(tx, "sync_contacts", f"sync_contacts:{tx.tenant}:{made.id}", sync_id=made.id)
    else:
        sessions.wake_manager(tx)
    audit.record(tx, actor, "contact.sync", "contact_syncs", made.id, after={"session": session.name})
    return made


def last(tx: Tx, session_name: str | None = None) -> ContactSync | None:
    """The last look that was asked for, of one session or of any."""
    expire(tx)
    statement = select(ContactSync).where(ContactSync.tenant_id == tx.tenant)
    if session_name is not None:
        statement = statement.join(
            WhatsAppSession,
            (WhatsAppSession.tenant_id == ContactSync.tenant_id) & (WhatsAppSession.id == ContactSync.session_id),
        ).where(WhatsAppSession.name == session_name)
    return tx.scalars(statement.order_by(ContactSync.id.desc()).limit(1)).one_or_none()


def expire(tx: Tx) -> None:
    """Ends what nobody took or finished in time."""
    tx.execute(
        update(ContactSync)
        .where(
            ContactSync.tenant_id == tx.tenant, ContactSync.done_at.is_(None), ContactSync.asked_at < tx.now - PATIENCE
        )
        .values(done_at=tx.now, error=LATE)
    )


def waiting(tx: Tx, session_ids: Collection[int]) -> Sequence[Waiting]:
    """What waits to be looked up of some sessions, in a platform transaction."""
    statement = (
        select(ContactSync.tenant_id, ContactSync.id, ContactSync.session_id)
        .where(
            ContactSync.session_id.in_(session_ids), ContactSync.done_at.is_(None), ContactSync.taken_at.is_(None),
            ContactSync.asked_at >= tx.now - PATIENCE,
        )
        .order_by(ContactSync.asked_at)
    )  # fmt: skip
    return [Waiting(*row) for row in tx.execute(statement)]


def take(tx: Tx, sync_id: int) -> bool:
    """Takes a look on; False when somebody else did, or it is over."""
    free = (
        update(ContactSync)
        .where(
            ContactSync.tenant_id == tx.tenant, ContactSync.id == sync_id, ContactSync.taken_at.is_(None),
            ContactSync.done_at.is_(None),
        )
        .values(taken_at=tx.now)
        .returning(ContactSync.id)
    )  # fmt: skip
    return tx.scalar(free) is not None


def session_of(tx: Tx, sync_id: int) -> int:
    """The session that a look is about."""
    return tx.get_one(ContactSync, (tx.tenant, sync_id)).session_id


def fail(tx: Tx, sync_id: int, error: str) -> None:
    """Notes that nothing came of a look."""
    _end(tx, sync_id, error[:200])


def done(tx: Tx, sync_id: int) -> None:
    """Notes that a look is over."""
    _end(tx, sync_id, None)


def _end(tx: Tx, sync_id: int, error: str | None) -> None:
    this = (ContactSync.tenant_id == tx.tenant) & (ContactSync.id == sync_id) & ContactSync.done_at.is_(None)
    tx.execute(update(ContactSync).where(this).values(done_at=tx.now, error=error))
