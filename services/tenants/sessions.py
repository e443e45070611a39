"""WhatsApp sessions as records: what people want of each number, what is so, and what happened to it.

The API and the commands change `desired_state`; the session manager and its hosts make it so and write `state`. Every
change of state is kept in the history. `LOST` states are told to the owner and to the super admin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select, text
from sqlalchemy.exc import IntegrityError

from services import queue
from services.db.engine import Tx
from services.db.models import Notification, Pairing, SessionEvent, Tenant, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.messaging.notices import tell_owner
from services.tenants import audit, life, limits
from services.tenants.actors import SYSTEM, Actor

KEPT = "neonize"
# From each state to those that may follow it.
FOLLOWS: Mapping[str, frozenset[str]] = {
    "new": frozenset({"pairing", "stopped", "failed"}),
    "pairing": frozenset({"reconnecting", "stopped", "failed", "pairing"}),
    "connected": frozenset({"reconnecting", "logged_out", "replaced", "banned", "failed", "stopped"}),
    "reconnecting": frozenset({"connected", "logged_out", "replaced", "banned", "failed", "stopped"}),
    "logged_out": frozenset({"pairing", "stopped", "new"}),
    "replaced": frozenset({"reconnecting", "pairing", "stopped", "logged_out"}),
    "banned": frozenset({"reconnecting", "pairing", "stopped", "logged_out"}),
    "failed": frozenset({"reconnecting", "pairing", "stopped", "logged_out", "connected"}),
    "stopped": frozenset({"new", "reconnecting", "pairing", "logged_out"}),
}
LOST = frozenset({"logged_out", "replaced", "banned", "failed"})
# An interruption that is shorter is nobody's concern.
NOTED_AFTER = timedelta(minutes=2)


def of_tenant(tx: Tx, name: str | None = None) -> WhatsAppSession:
    """The tenant's session of this name, else its default, locked; raises `DomainError` `session_unknown`."""
    wanted = WhatsAppSession.is_default if name is None else WhatsAppSession.name == name
    found = tx.scalars(_locked().where(WhatsAppSession.tenant_id == tx.tenant, wanted)).one_or_none()
    if found is None:
        raise DomainError("session_unknown", _("There is no such WhatsApp session."))
    return found


def named(tx: Tx, name: str) -> WhatsAppSession | None:
    """The tenant's session of this name, if there is one, only to look at it."""
    statement = select(WhatsAppSession).where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.name == name)
    return tx.scalars(statement).one_or_none()


def get(tx: Tx, session_id: int) -> WhatsAppSession:
    """One session of the tenant, locked against others who would change its state."""
    return tx.scalars(_locked().where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.id == session_id)).one()


def _locked() -> Select[WhatsAppSession]:
    return select(WhatsAppSession).with_for_update(key_share=True).execution_options(populate_existing=True)


def add(tx: Tx, actor: Actor, name: str, phone: str, provider: str, limit: int) -> WhatsAppSession:
    """Another number for the tenant; raises `DomainError` `limit_reached`, `session_exists` or `number_taken`.

    `limit` is how many the tenant may have, -1 for any number.
    """
    limits.take_up_to(tx, "sessions", [limit])
    mine = tx.scalars(select(WhatsAppSession.name).where(WhatsAppSession.tenant_id == tx.tenant)).all()
    if name in mine:
        raise DomainError("session_exists", _("There is already a WhatsApp session called {name}.", name=name))
    session = WhatsAppSession(
        tenant_id=tx.tenant, name=name, phone=phone, state="new", desired_state="stopped", is_default=not mine,
        created_at=tx.now, provider=provider,
    )  # fmt: skip
    flush_number(tx, session)
    audit.record(tx, actor, "session.create", "sessions", session.id, after={"phone": phone})
    return session


def flush_number(tx: Tx, session: WhatsAppSession) -> None:
    """Writes a session with its number; whether another tenant has that number, only the database knows."""
    phone = session.phone
    try:
        with tx.begin_nested():
            tx.add(session)
            tx.flush()
    except IntegrityError:
        raise taken(phone) from None


def taken(phone: str) -> DomainError:
    """The refusal of a number that already serves somebody."""
    return DomainError("number_taken", _("{number} is already linked here.", number=phone), phone=phone)


def start(
    tx: Tx, actor: Actor, session: WhatsAppSession, *, phone: str | None = None, show_in: str | None = None
) -> None:
    """Wants the session connected: one that was paired resumes, another is paired, with fresh rounds.

    With `phone` by a code typed there, else by a QR code; `show_in` is a chat of the platform that gets its picture.
    """
    _want(tx, actor, session, "connected")
    session.attempts, session.retry_at = 0, None
    if session.device is not None:
        if session.state not in ("connected", "reconnecting"):
            move(tx, session, "reconnecting", "asked for")
        return
    running = tx.get(Pairing, (tx.tenant, session.id))
    method = "qr" if phone is None else "code"
    if running is None or (running.method, running.phone) != (method, phone) or session.state != "pairing":
        if running is not None:
            tx.delete(running)
            tx.flush()
        tx.add(
            Pairing(
                tenant_id=tx.tenant, session_id=session.id, method=method, phone=phone, rounds=0, started_at=tx.now,
                show_in=show_in, asked_at=tx.now if show_in is not None else None,
            )
        )  # fmt: skip
        move(tx, session, "pairing", "asked for")
        tx.flush()


def stop(tx: Tx, actor: Actor, session: WhatsAppSession) -> None:
    """Wants the session off; its pairing is kept, so that it can be started again without a new code."""
    _want(tx, actor, session, "stopped")
    if session.holder is None:
        _end_pairing(tx, session)
        move(tx, session, "stopped", "asked for")


def logout(tx: Tx, actor: Actor, session: WhatsAppSession) -> None:
    """Wants the device unlinked; the number must be paired again afterwards."""
    _want(tx, actor, session, "logged_out")
    if session.device is None:
        _end_pairing(tx, session)
        move(tx, session, "stopped" if session.state in ("new", "pairing") else "logged_out", "asked for")


def restart(tx: Tx, actor: Actor, session: WhatsAppSession) -> None:
    """Has the session's client begin anew; whoever holds it lets go of it."""
    start(tx, actor, session)
    session.holder = None
    tx.flush()


def _want(tx: Tx, actor: Actor, session: WhatsAppSession, desired: str) -> None:
    if session.desired_state != desired:
        audit.record(
            tx, actor, f"session.{desired}", "sessions", session.id, before={"desired_state": session.desired_state}
        )
    session.desired_state = desired
    tx.flush()
    wake_manager(tx)


def wake_manager(tx: Tx) -> None:
    """Has session managers and hosts look at the sessions once this transaction has committed."""
    tx.execute(text("notify sessions"))


def _end_pairing(tx: Tx, session: WhatsAppSession) -> None:
    tx.execute(delete(Pairing).where(Pairing.tenant_id == tx.tenant, Pairing.session_id == session.id))


def move(tx: Tx, session: WhatsAppSession, state: str, reason: str | None = None) -> bool:
    """Brings a session into a state, keeps it in the history, and has people told of what concerns them.

    False, and nothing done, when it is in that state already or the state can't follow the present one.
    """
    if state == session.state or state not in FOLLOWS[session.state]:
        return False
    before, since = session.state, session.state_at
    session.state, session.reason, session.state_at = state, reason, tx.now
    if state == "connected":
        session.connected_at = tx.now
        _activate(tx)
        _tell_of_return(tx, session, before, since)
    event = SessionEvent(tenant_id=tx.tenant, session_id=session.id, at=tx.now, state=state, reason=reason)
    tx.add(event)
    tx.flush()
    if state in LOST and before != "pairing":
        _notify(tx, session, event)
    wake_manager(tx)
    return True


def _activate(tx: Tx) -> None:
    """A session that connects activates a tenant whom the super admin registered."""
    tenant = tx.scalars(
        select(Tenant).where(Tenant.id == tx.tenant, Tenant.status == "pending_qr").with_for_update(key_share=True)
    ).one_or_none()
    if tenant is not None:
        life.move(tx, SYSTEM, tenant, "active", "its number is linked")


def _tell_of_return(tx: Tx, session: WhatsAppSession, before: str, since: datetime | None) -> None:
    """Tells the owner, now that they can be told, for how long the number was away."""
    if since is None or before == "pairing" or tx.now - since < NOTED_AFTER:
        return
    tell_owner(
        tx,
        session.id,
        f"back:{session.id}:{since.timestamp():.0f}",
        _(
            "I am back. This number was not connected for {minutes} minutes; what arrived meanwhile is being answered.",
            minutes=int((tx.now - since).total_seconds() // 60),
        ),
    )


def _notify(tx: Tx, session: WhatsAppSession, event: SessionEvent) -> None:
    """Notes that a number was lost, and has the owner and the super admin told by other ways."""
    note = Notification(
        tenant_id=tx.tenant, at=tx.now, kind=f"session_{event.state}", session_id=session.id,
        data={"phone": session.phone, "session": session.name, "reason": event.reason},
    )  # fmt: skip
    tx.add(note)
    tx.flush()
    queue.defer(tx, "alert", f"alert:{tx.tenant}:{note.id}", notification_id=note.id)


def history(tx: Tx, session_id: int, limit: int = 50) -> Sequence[SessionEvent]:
    """What happened to a session, the newest first."""
    statement = (
        select(SessionEvent)
        .where(SessionEvent.tenant_id == tx.tenant, SessionEvent.session_id == session_id)
        .order_by(SessionEvent.id.desc())
        .limit(limit)
    )
    return tx.scalars(statement).all()


@dataclass(frozen=True, slots=True)
class Shown:
    """A session with its tenant, as lists show it."""

    session: WhatsAppSession
    slug: str
    tenant_name: str


def everyone(
    tx: Tx, state: str | None = None, *, offset: int = 0, limit: int | None = None
) -> tuple[Sequence[Shown], int]:
    """The sessions of all tenants, or a page of them, and how many there are; in a platform transaction."""
    conditions = [] if state is None else [WhatsAppSession.state == state]
    page = (
        select(WhatsAppSession, Tenant.slug, Tenant.name)
        .join(Tenant, Tenant.id == WhatsAppSession.tenant_id)
        .where(*conditions)
        .order_by(WhatsAppSession.tenant_id, WhatsAppSession.id)
    )
    total = tx.scalar(select(func.count()).select_from(WhatsAppSession).where(*conditions)) or 0
    return [Shown(*row) for row in tx.execute(page.offset(offset).limit(limit))], total


def by_state(tx: Tx) -> dict[str, int]:
    """How many sessions are in each state, in a platform transaction."""
    found = tx.execute(select(WhatsAppSession.state, func.count()).group_by(WhatsAppSession.state))
    return {row[0]: row[1] for row in found}
