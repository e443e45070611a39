"""Who holds which WhatsApp session: hosts give signs of life, and sessions are given to them and taken back.

For the session manager and its hosts, in platform transactions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update

from services.db.engine import Tx
from services.db.models import Pairing, SessionHost, WhatsAppSession
from services.tenants.sessions import KEPT, wake_manager


def heartbeat(tx: Tx, host: str, machine: str, pid: int) -> None:
    """A host's sign of life; its first one makes it known."""
    seen = update(SessionHost).where(SessionHost.id == host).values(seen_at=tx.now).returning(SessionHost.id)
    if tx.scalar(seen) is None:
        tx.add(SessionHost(id=host, machine=machine, pid=pid, started_at=tx.now, seen_at=tx.now))


def held_by(tx: Tx, host: str) -> Sequence[WhatsAppSession]:
    """The sessions that a host is to keep."""
    return tx.scalars(select(WhatsAppSession).where(WhatsAppSession.holder == host)).all()


def silent_hosts(tx: Tx, before: datetime) -> Sequence[str]:
    """Hosts that have given no sign of life since `before`."""
    return tx.scalars(select(SessionHost.id).where(SessionHost.seen_at < before)).all()


def release(tx: Tx, host: str) -> Sequence[tuple[int, int]]:
    """Takes a host off the list and its sessions from it, to be taken by another; returns their keys."""
    tx.execute(delete(SessionHost).where(SessionHost.id == host))
    tx.execute(update(Pairing).where(Pairing.holder == host).values(holder=None))
    free = (
        update(WhatsAppSession)
        .where(WhatsAppSession.holder == host)
        .values(holder=None)
        .returning(WhatsAppSession.tenant_id, WhatsAppSession.id)
    )
    freed = [(row.tenant_id, row.id) for row in tx.execute(free)]
    wake_manager(tx)
    return freed


def waiting_for_host(tx: Tx, limit: int) -> Sequence[tuple[int, int]]:
    """Paired sessions that somebody wants and nobody holds, the longest waiting first."""
    due = or_(WhatsAppSession.retry_at.is_(None), WhatsAppSession.retry_at <= tx.now)
    statement = (
        select(WhatsAppSession.tenant_id, WhatsAppSession.id)
        .where(
            WhatsAppSession.provider == KEPT,
            WhatsAppSession.device.is_not(None),
            WhatsAppSession.holder.is_(None),
            WhatsAppSession.desired_state != "stopped",
            WhatsAppSession.state.not_in(("logged_out", "replaced")),
            due,
        )
        .order_by(WhatsAppSession.state_at, WhatsAppSession.id)
        .limit(limit)
    )
    return [(row.tenant_id, row.id) for row in tx.execute(statement)]


def assign(tx: Tx, host: str, keys: Collection[tuple[int, int]]) -> int:
    """Gives sessions that nobody holds to a host; returns how many it got."""
    statement = (
        update(WhatsAppSession)
        .where(WhatsAppSession.holder.is_(None), WhatsAppSession.id.in_([session for _tenant, session in keys]))
        .values(holder=host)
        .returning(WhatsAppSession.id)
    )
    got = len(tx.execute(statement).all())
    wake_manager(tx)
    return got


def proved(tx: Tx, session_ids: Collection[int]) -> None:
    """Sessions have been connected for a while: the tries that it took are forgotten."""
    these = update(WhatsAppSession).where(WhatsAppSession.id.in_(session_ids))
    tx.execute(these.values(attempts=0, retry_at=None))


def load(tx: Tx) -> dict[str, int]:
    """How many sessions each host has."""
    statement = (
        select(WhatsAppSession.holder, func.count())
        .where(WhatsAppSession.holder.is_not(None))
        .group_by(WhatsAppSession.holder)
    )
    return {str(row[0]): row[1] for row in tx.execute(statement)}


def hosts(tx: Tx) -> Sequence[tuple[SessionHost, int]]:
    """The host processes and how many sessions each of them has."""
    held = load(tx)
    found = tx.scalars(select(SessionHost).order_by(SessionHost.machine, SessionHost.id)).all()
    return [(host, held.get(host.id, 0)) for host in found]
