"""Bringing people the codes by which they set a password: by WhatsApp to their own number, from a job.

A code is made when it is sent, so that no job carries one, and made unreadable in the outbox soon after. What can't be
sent becomes a notification, without the code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select

from services import queue
from services.clock import local_date
from services.db.engine import Database, Tx
from services.db.models import Notification, OneTimeCode, OutboxMessage, Tenant, User, WhatsAppSession
from services.i18n import Renderable, _, lines
from services.messaging import outbox
from services.messaging.outbox import REPLY, Outgoing
from services.settings import Settings
from services.tenants import codes, entering, platform, usage
from services.tenants.codes import Purpose

MOST_A_DAY = 10
AGAIN_AFTER = timedelta(minutes=1)
HIDDEN_AFTER = timedelta(seconds=10)
HIDDEN = "•••"
_UNDELIVERED = {"reset": "password_reset_undelivered", "invitation": "invitation_undelivered"}


@dataclass(frozen=True, slots=True)
class _Way:
    """A number by which can be written: whose, and which."""

    tenant_id: int
    session_id: int


def reset(db: Database, settings: Settings, written: str, tenant: str | None) -> None:
    """Sends a code to everybody who may be meant by an e-mail address or number, in the named business or in all."""
    with db.system() as tx:
        found = [
            (each.tenant.id, each.user.id)
            for each in entering.people(tx, written)
            if tenant is None or tenant in (each.tenant.slug, str(each.tenant.id))
        ]
    for tenant_id, user_id in found:
        with db.tenant(tenant_id) as tx:
            may = _may_again(tx, user_id)
        if may:
            _bring(db, settings, tenant_id, user_id, "reset")


def invite(db: Database, settings: Settings, tenant_id: int, user_id: int) -> None:
    """Sends a code to somebody who was invited and hasn't set a password yet."""
    with db.tenant(tenant_id) as tx:
        user = tx.get(User, (tenant_id, user_id))
        wanted = user is not None and user.active and user.password_hash is None
    if wanted:
        _bring(db, settings, tenant_id, user_id, "invitation")


def hide(db: Database, tenant_id: int, code_key: str) -> None:
    """Makes a code unreadable that was sent; one that still waits is looked at again, and cancelled once it is over."""
    mine = (OutboxMessage.tenant_id == tenant_id) & (OutboxMessage.dedup_key == code_key)
    with db.tenant(tenant_id) as tx:
        message = tx.scalars(select(OutboxMessage).where(mine)).one_or_none()
        if message is None:
            return
        age = tx.now - message.created_at
        if message.status == "queued" and age >= codes.LIVES[_purpose(code_key)]:
            message.status = "cancelled"
        if message.status in ("queued", "sending"):
            _hide_later(tx, code_key, min(max(age, HIDDEN_AFTER), timedelta(hours=1)))
        else:
            message.body = HIDDEN
        tx.flush()


def _purpose(code_key: str) -> Purpose:
    return "invitation" if code_key.startswith(f"{codes.SENT_AS}invitation:") else "reset"


def _may_again(tx: Tx, user_id: int) -> bool:
    """Not to be used for pestering somebody: some a day, and none right after another."""
    mine = (OneTimeCode.tenant_id == tx.tenant) & (OneTimeCode.user_id == user_id)
    if tx.scalar(select(exists().where(mine, OneTimeCode.created_at > tx.now - AGAIN_AFTER))):
        return False
    today = local_date(tx.now, tx.get_one(Tenant, tx.tenant).timezone)
    return usage.consume(tx, f"reset_codes:{user_id}", MOST_A_DAY, period=today.isoformat())


def _bring(db: Database, settings: Settings, tenant_id: int, user_id: int, purpose: Purpose) -> None:
    way = _way(db, tenant_id, purpose)
    with db.tenant(tenant_id) as tx:
        user, tenant = tx.get_one(User, (tenant_id, user_id)), tx.get_one(Tenant, tenant_id)
        if way is None:
            _note(tx, user, _UNDELIVERED[purpose])
            return
        code, text = codes.make(tx, codes.key_of(settings), user, purpose)
        told = _text(purpose, tenant.name, text).render(user.locale or tenant.locale)
        message = Outgoing(
            way.session_id, f"phone:{user.phone}", told, priority=REPLY, counted=True,
            dedup_key=f"{codes.SENT_AS}{purpose}:{tenant_id}:{code.id}",
        )  # fmt: skip
        if way.tenant_id == tenant_id:
            _put(tx, message)
    if way.tenant_id != tenant_id:
        with db.tenant(way.tenant_id) as tx:
            _put(tx, message)


def _put(tx: Tx, message: Outgoing) -> None:
    assert message.dedup_key is not None
    outbox.put(tx, [message])
    _hide_later(tx, message.dedup_key, HIDDEN_AFTER)


def _hide_later(tx: Tx, code_key: str, after: timedelta) -> None:
    at = tx.now + after
    queue.defer(tx, "hide_code", f"hide_code:{code_key}:{at.isoformat()}", at=at, code_key=code_key)


def _way(db: Database, tenant_id: int, purpose: Purpose) -> _Way | None:
    """Resets come from the platform, which is nobody's number in the business; invitations from the business itself."""
    with db.system() as tx:
        place = platform.place(tx)
    tenants = [tenant_id] if place is None or place.tenant_id == tenant_id else [place.tenant_id, tenant_id]
    return _first(db, tenants if purpose == "reset" else tenants[::-1])


def _first(db: Database, tenants: Sequence[int]) -> _Way | None:
    for each in tenants:
        with db.tenant(each) as tx:
            session_id = _connected(tx)
        if session_id is not None:
            return _Way(each, session_id)
    return None


def _connected(tx: Tx) -> int | None:
    """A number of the tenant that works, its default one before others; a simulated one always does."""
    works: ColumnElement[bool] = or_(
        WhatsAppSession.state == "connected",
        and_(WhatsAppSession.provider == "simulator", WhatsAppSession.state == "new"),
    )
    statement = select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant, works)
    return tx.scalar(statement.order_by(WhatsAppSession.is_default.desc(), WhatsAppSession.id).limit(1))


def _note(tx: Tx, user: User, kind: str) -> None:
    """One for each person, until somebody has seen it."""
    known = exists().where(
        Notification.tenant_id == tx.tenant, Notification.kind == kind, Notification.seen_at.is_(None),
        Notification.data["userId"].as_integer() == user.id,
    )  # fmt: skip
    if not tx.scalar(select(known)):
        data = {"userId": user.id, "name": user.name, "phone": user.phone}
        tx.add(Notification(tenant_id=tx.tenant, at=tx.now, kind=kind, data=data))
        tx.flush()


def _text(purpose: Purpose, business: str, code: str) -> Renderable:
    """The code comes last: of a message that couldn't be sent, the number's owner is told the beginning."""
    if purpose == "reset":
        asked = _(
            "Somebody asked for a new password at {business}, maybe you. This code sets it, within 15 minutes. Give it"
            " to nobody; if it wasn't you, you need do nothing.",
            business=business,
        )
        return lines(asked, f"*{code}*")
    invited = _(
        "You can now log in to {business} with your number and a password of your own. This code sets it, within"
        " 7 days. Give it to nobody. On WhatsApp you need no password: just write.",
        business=business,
    )
    return lines(invited, f"*{code}*")
