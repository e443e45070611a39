"""Linking a number to Juragan: the codes that are shown meanwhile, and how it ends.

A pairing row stands while a code is to be shown. A process of its own asks WhatsApp for codes, round after round, at
most as many as were allowed; then it rests until somebody asks again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from services import queue
from services.db.engine import Tx
from services.db.models import Pairing, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit, sessions
from services.tenants.actors import SYSTEM

# How often WhatsApp is tried that can't be reached: for about five minutes.
MOST_MISSES, LONGEST_PAUSE = 10, timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pairing for which nobody asks WhatsApp yet."""

    tenant_id: int
    session_id: int
    phone: str | None
    asked_at: datetime | None = None


def wanted(tx: Tx, limit: int) -> Sequence[Wanted]:
    """Pairings that wait for a process, in a platform transaction: first those whose code somebody has just asked for,
    then the oldest.
    """
    statement = (
        select(Pairing.tenant_id, Pairing.session_id, Pairing.phone, Pairing.asked_at)
        .where(Pairing.holder.is_(None), or_(Pairing.not_before.is_(None), Pairing.not_before <= tx.now))
        .order_by(Pairing.asked_at.desc().nulls_last(), Pairing.started_at, Pairing.session_id)
        .limit(limit)
    )
    return [Wanted(*row) for row in tx.execute(statement)]


def take(tx: Tx, each: Wanted, holder: str) -> bool:
    """Gives a pairing to a process; False when another has it."""
    statement = (
        update(Pairing)
        .where(Pairing.tenant_id == each.tenant_id, Pairing.session_id == each.session_id, Pairing.holder.is_(None))
        .values(holder=holder)
        .returning(Pairing.session_id)
    )
    return tx.scalar(statement) is not None


def ask(tx: Tx, session_id: int) -> None:
    """Somebody wants to see the code now."""
    statement = (
        update(Pairing)
        .where(Pairing.tenant_id == tx.tenant, Pairing.session_id == session_id)
        .values(asked_at=tx.now)
        .returning(Pairing.holder)
    )
    row = tx.execute(statement).one_or_none()
    if row is not None and row.holder is None:
        sessions.wake_manager(tx)


def unwatched(tx: Tx, holders: Collection[str], since: datetime) -> str | None:
    """The one of these processes whose code nobody has asked for since then, for the longest time; in a platform
    transaction.
    """
    statement = (
        select(Pairing.holder)
        .where(Pairing.holder.in_(holders), or_(Pairing.asked_at.is_(None), Pairing.asked_at < since))
        .order_by(Pairing.asked_at.asc().nulls_first(), Pairing.started_at)
        .limit(1)
    )
    return tx.scalar(statement)


def put_back(tx: Tx, session_id: int, holder: str) -> None:
    """A pairing makes room for another; it waits for a process again, and no round is counted."""
    row = _mine(tx, session_id, holder)
    if row is not None:
        row.holder, row.code, row.expires_at = None, None, None
        tx.flush()


def is_running(tx: Tx, session_id: int, holder: str) -> bool:
    """Whether this process still is the one that pairs; it isn't once somebody stopped or restarted the pairing."""
    found = select(func.count()).where(
        Pairing.tenant_id == tx.tenant, Pairing.session_id == session_id, Pairing.holder == holder
    )
    return bool(tx.scalar(found))


def offer(tx: Tx, session_id: int, holder: str, code: str, lasts: float) -> bool:
    """Shows a code for `lasts` seconds; False when the pairing isn't this process's any more."""
    row = _mine(tx, session_id, holder)
    if row is None:
        return False
    is_first = row.code is None
    row.code, row.expires_at, row.trouble = code, tx.now + timedelta(seconds=lasts), None
    tx.flush()
    if is_first and row.show_in is not None:
        queue.defer(tx, "show_qr", f"show_qr:{tx.tenant}:{session_id}", session_id=session_id)
    sessions.wake_manager(tx)
    return True


def _mine(tx: Tx, session_id: int, holder: str) -> Pairing | None:
    statement = select(Pairing).where(
        Pairing.tenant_id == tx.tenant, Pairing.session_id == session_id, Pairing.holder == holder
    )
    return tx.scalars(statement.with_for_update()).one_or_none()


def round_ended(tx: Tx, session_id: int, holder: str, rounds: int, reason: str) -> bool:
    """A round of codes went by unused, or its process died; False once all `rounds` are used and it rests."""
    row = _mine(tx, session_id, holder)
    if row is None:
        return False
    row.rounds, row.code, row.expires_at, row.holder = row.rounds + 1, None, None, None
    if row.rounds < rounds:
        tx.flush()
        sessions.wake_manager(tx)
        return True
    give_up(tx, session_id, reason)
    return False


def missed(tx: Tx, session_id: int, holder: str, reason: str) -> bool:
    """WhatsApp could not be reached: tried again after a growing pause; False once it was tried often enough."""
    row = _mine(tx, session_id, holder)
    if row is None:
        return False
    row.misses, row.holder, row.code, row.trouble = row.misses + 1, None, None, reason
    if row.misses < MOST_MISSES:
        row.not_before = tx.now + min(timedelta(seconds=2) * 2**row.misses, LONGEST_PAUSE)
        tx.flush()
        return True
    give_up(tx, session_id, reason)
    return False


def give_up(tx: Tx, session_id: int, reason: str) -> None:
    """Ends a pairing without success; somebody has to ask for a new one."""
    session = sessions.get(tx, session_id)
    session.desired_state = "stopped"
    _remove(tx, session_id)
    sessions.move(tx, session, "stopped" if reason == "qr_expired" else "failed", reason)


def succeeded(tx: Tx, session_id: int, phone: str, device: int, lid: str | None, push_name: str | None) -> None:
    """The owner has linked `phone` as `device`; a host may take the session now.

    Raises `DomainError` `number_taken` when another session has that number.
    """
    session = sessions.get(tx, session_id)
    before = session.phone
    session.device, session.lid, session.push_name = device, lid, push_name
    session.paired_at = tx.now
    if before != phone:
        session.phone = phone
        sessions.flush_number(tx, session)
        audit.record(
            tx, SYSTEM, "session.number", "sessions", session_id, before={"phone": before}, after={"phone": phone}
        )
    _remove(tx, session_id)
    sessions.move(tx, session, "reconnecting", "paired")


def _remove(tx: Tx, session_id: int) -> None:
    row = tx.get(Pairing, (tx.tenant, session_id))
    if row is not None:
        tx.delete(row)
        tx.flush()


@dataclass(frozen=True, slots=True)
class Code:
    """What the owner scans (`qr`) or types (`code`), and until when it is good.

    `code` is None before the first one; `trouble` says what keeps it from coming, if anything does.
    """

    method: str
    code: str | None
    expires_at: datetime | None
    trouble: str | None = None


def shown(tx: Tx, session: WhatsAppSession) -> Code:
    """The code of a session that is being paired.

    Raises `DomainError` `already_connected`, `qr_expired` (the rounds are used up: ask anew) or `not_pairing`.
    """
    row = tx.scalars(
        select(Pairing)
        .where(Pairing.tenant_id == tx.tenant, Pairing.session_id == session.id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is not None:
        fresh = row.expires_at is not None and row.expires_at > tx.now
        return Code(row.method, row.code if fresh else None, row.expires_at if fresh else None, row.trouble)
    if session.device is not None and session.state in ("connected", "reconnecting"):
        raise DomainError("already_connected", _("This number is linked already."))
    if session.reason == "qr_expired":
        raise DomainError("qr_expired", _("Nobody scanned the QR code in time. Start the session again for a new one."))
    if session.state == "failed":
        raise DomainError(
            "pairing_failed",
            _("Linking this number failed ({reason}). Start the session again.", reason=session.reason or "?"),
        )
    raise DomainError("not_pairing", _("This session isn't being linked. Start it to get a QR code."))
