"""Businesses that register themselves: what becomes of the wish, and the list of those that wait for a decision.

Whether a number or an e-mail address is known, nobody learns from the answer: whoever has it already is told on
WhatsApp instead. Super admins are told of several that come within minutes at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, func, literal, or_, select, union_all

from services import queue
from services.db.engine import Tx
from services.db.models import Notification, Tenant, User, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.settings import Settings
from services.tenants import notifications, registration, single, system_settings, tenants
from services.tenants.notifications import REGISTRATION
from services.tenants.tenants import NewTenant

PENDING, KNOWN = "pending_approval", "registration_repeated"
TOGETHER = timedelta(minutes=3)
"""What comes within one such span of the clock is told together."""
_ONCE_IN = timedelta(days=1)


def require_open(tx: Tx, settings: Settings) -> None:
    """Refuses businesses that register themselves where that isn't wanted: `registration_closed` or `single_tenant`."""
    single.require_open(tx)
    if not system_settings.value(tx, settings, "registration_open"):
        raise DomainError("registration_closed", _("Nobody can register here at the moment. Ask the administrator."))


def apply(tx: Tx, new: NewTenant, password_hash: str, slug: str | None) -> int | None:
    """Keeps the wish of a business in a platform transaction, and has the super admins told.

    Returns the new tenant's id; None when its number or e-mail address belongs to somebody already, who is told.
    A `slug` that is taken gets a number behind it.
    """
    registration.in_turn(tx)
    known = _known(tx, new)
    if known is not None:
        _tell_known(tx, known)
        return None
    tenant = tenants.add_tenant(tx, new, password_hash)
    if slug is not None:
        tenant.slug = tenants.free_slug(tx, slug)
        tx.flush()
    data = {"name": new.name, "owner": new.owner, "phone": new.phone, "email": new.email}
    notifications.add(tx, tenant.id, REGISTRATION, data)
    _announce(tx)
    return tenant.id


@dataclass(frozen=True, slots=True)
class _Known:
    """Whose number or e-mail address it is, and the number at which they are told."""

    tenant_id: int
    status: str
    to: str


def _known(tx: Tx, new: NewTenant) -> _Known | None:
    """One statement, whoever asks. People of a business that was turned down or erased may come again."""
    email = (new.email or "").lower() or None

    def theirs(phone: ColumnElement[str | None], address: ColumnElement[str | None]) -> ColumnElement[bool]:
        return phone == new.phone if email is None else or_(phone == new.phone, func.lower(address) == email)

    user_phone, firm_phone = User.__table__.c.phone, Tenant.__table__.c.phone
    told = union_all(
        select(User.tenant_id, user_phone.label("phone"))
        .join(Tenant, Tenant.id == User.tenant_id)
        .where(User.active, ~Tenant.is_platform, theirs(user_phone, User.__table__.c.email)),
        select(WhatsAppSession.tenant_id, WhatsAppSession.phone).where(WhatsAppSession.phone == new.phone),
        select(Tenant.id, func.coalesce(firm_phone, literal("")))
        .where(~Tenant.is_platform, theirs(firm_phone, Tenant.__table__.c.email)),
    ).subquery()  # fmt: skip
    found = tx.execute(
        select(Tenant.id, Tenant.status, told.c.phone)
        .join(told, told.c.tenant_id == Tenant.id)
        .where(Tenant.status != "rejected", Tenant.erased_at.is_(None))
        .order_by((told.c.phone == new.phone).desc(), Tenant.id)
        .limit(1)
    ).one_or_none()
    return None if found is None else _Known(*found)


def _tell_known(tx: Tx, known: _Known) -> None:
    """Somebody may type another's number over and over: they are told once a day."""
    lately = select(Notification.id).where(
        Notification.tenant_id == known.tenant_id, Notification.kind == KNOWN, Notification.at > tx.now - _ONCE_IN,
        Notification.data["to"].astext == known.to,
    )  # fmt: skip
    if known.to and tx.scalar(lately.limit(1)) is None:
        notifications.tell(tx, known.tenant_id, KNOWN, {"to": known.to, "status": known.status})


def _announce(tx: Tx) -> None:
    seconds = TOGETHER.total_seconds()
    end = (tx.now.timestamp() // seconds + 1) * seconds
    queue.defer(tx, "registrations", f"registrations:{end:.0f}", at=datetime.fromtimestamp(end, UTC))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A business that registered itself, with its owner's name."""

    tenant: Tenant
    owner: str | None


SORTABLE = {"createdAt": Tenant.created_at, "name": Tenant.name, "id": Tenant.id, "decidedAt": Tenant.status_at}


def listed(
    tx: Tx, *, status: str, q: str | None, order: Sequence[ColumnElement[object]], offset: int, limit: int
) -> tuple[Sequence[Waiting], int]:
    """A page of those that registered themselves and are of this status, and how many; in a platform transaction."""
    conditions = [~Tenant.is_platform, Tenant.status == status]
    if q:
        searched = (Tenant.name, Tenant.slug, Tenant.email, Tenant.phone)
        conditions.append(or_(*(column.icontains(q, autoescape=True) for column in searched)))
    owner = select(User.name).where(User.tenant_id == Tenant.id, User.role == "owner").order_by(User.id).limit(1)
    page = select(Tenant, owner.scalar_subquery()).where(*conditions).order_by(*order, Tenant.id)
    total = tx.scalar(select(func.count()).select_from(Tenant).where(*conditions)) or 0
    return [Waiting(row[0], row[1]) for row in tx.execute(page.offset(offset).limit(limit))], total
