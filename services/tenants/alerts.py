"""Telling people that a number of theirs was lost, by a way that still works.

The owner hears by another number of the business, else by the platform's; super admins hear by the platform's. What
nobody could be told stays undelivered, and the API lists it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from services.db.engine import Database, Tx
from services.db.models import Notification, Tenant, User, WhatsAppSession
from services.i18n import Renderable, Text, _, lines
from services.messaging import outbox
from services.messaging.outbox import Outgoing
from services.tenants import platform

# From there a banned number can't be written to or read.
_DEAD = "session_banned"


@dataclass(frozen=True, slots=True)
class _Reader:
    """Somebody who is to be told, by bare number, and the language they read."""

    phone: str
    locale: str


@dataclass(frozen=True, slots=True)
class _Lost:
    """A number that was lost, whose business, and who has to know."""

    key: str
    text: Renderable
    owners: Sequence[_Reader]


def alert(db: Database, tenant_id: int, notification_id: int) -> None:
    """Tells the owner and the super admins of a lost session; told again, everybody hears of it once."""
    with db.tenant(tenant_id) as tx:
        note = tx.get(Notification, (tenant_id, notification_id))
        if note is None or note.delivered_at is not None or note.kind not in _HAPPENED:
            return
        lost = _lost(tx, note)
        told = _tell(tx, _connected(tx, note.session_id), lost, lost.owners)
    with db.system() as tx:
        found = platform.place(tx)
    if found is not None:
        others = () if told else lost.owners
        with db.tenant(found.tenant_id) as tx:
            lost_here = note.session_id if found.tenant_id == tenant_id else None
            told += _tell(tx, _connected(tx, lost_here), lost, [*others, *_users(tx, "super_admin")])
    if told:
        with db.tenant(tenant_id) as tx:
            tx.get_one(Notification, (tenant_id, notification_id)).delivered_at = tx.now


def _lost(tx: Tx, note: Notification) -> _Lost:
    tenant, phone = tx.get_one(Tenant, tx.tenant), str(note.data.get("phone") or "")
    owners = [each for each in _users(tx, "owner") if note.kind != _DEAD or each.phone != phone]
    return _Lost(f"alert:{tx.tenant}:{note.id}", _text(note, tenant.name, phone), owners)


def _users(tx: Tx, role: str) -> Sequence[_Reader]:
    statement = (
        select(User.phone, User.locale, Tenant.locale)
        .join(Tenant, Tenant.id == User.tenant_id)
        .where(User.tenant_id == tx.tenant, User.role == role, User.active)
        .order_by(User.id)
    )
    return [_Reader(phone, own or of_tenant) for phone, own, of_tenant in tx.execute(statement)]


def _connected(tx: Tx, lost: int | None) -> int | None:
    """A session of the tenant that works, other than the lost one; a simulated one always does."""
    works: ColumnElement[bool] = or_(
        WhatsAppSession.state == "connected",
        and_(WhatsAppSession.provider == "simulator", WhatsAppSession.state == "new"),
    )
    statement = select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant, works)
    if lost is not None:
        statement = statement.where(WhatsAppSession.id != lost)
    return tx.scalar(statement.order_by(WhatsAppSession.is_default.desc(), WhatsAppSession.id).limit(1))


def _tell(tx: Tx, session_id: int | None, lost: _Lost, readers: Sequence[_Reader]) -> int:
    """Writes to each reader by a session, and returns to how many; without a session to none."""
    if session_id is None:
        return 0
    by_phone: dict[str, _Reader] = {}
    for each in readers:
        by_phone.setdefault(each.phone, each)
    messages = [
        Outgoing(session_id, f"phone:{phone}", lost.text.render(each.locale), dedup_key=f"{lost.key}:{phone}")
        for phone, each in by_phone.items()
    ]
    outbox.put(tx, messages)
    return len(messages)


_HAPPENED = {
    "session_logged_out": _("It was unlinked in WhatsApp on the phone. Link it anew with a fresh QR code."),
    "session_replaced": _("Another program uses it now. End that one, then start the number again."),
    "session_banned": _("WhatsApp has blocked it. Look what WhatsApp says on the phone, then start the number again."),
    "session_failed": _("It can't be reached any more. See that the phone is online, then start the number again."),
}


def _text(note: Notification, business: str, phone: str) -> Renderable:
    happened: Text = _HAPPENED[note.kind]
    return lines(
        _("⚠️ The number +{number} of {business} isn't connected any more.", number=phone, business=business), happened
    )
