"""What people have to know of: listed for the super admin, and marked once somebody has seen it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update

from services.db.engine import Tx
from services.db.models import Notification, Tenant
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit
from services.tenants.actors import Actor


def page(tx: Tx, unseen: bool, offset: int, limit: int) -> tuple[Sequence[tuple[Notification, str]], int]:
    """A page of the notifications with their tenants' slugs, unseen ones first, and how many there are."""
    conditions = [Notification.seen_at.is_(None)] if unseen else []
    page = (
        select(Notification, Tenant.slug)
        .join(Tenant, Tenant.id == Notification.tenant_id)
        .where(*conditions)
        .order_by(Notification.seen_at.is_not(None), Notification.at.desc(), Notification.tenant_id, Notification.id)
    )
    total = tx.scalar(select(func.count()).select_from(Notification).where(*conditions)) or 0
    return [(row[0], row[1]) for row in tx.execute(page.offset(offset).limit(limit))], total


def mark_seen(tx: Tx, actor: Actor, notification_id: int) -> Notification:
    """Marks a notification of the transaction's tenant as seen; a second time changes nothing."""
    changed = tx.execute(
        update(Notification)
        .where(Notification.tenant_id == tx.tenant, Notification.id == notification_id, Notification.seen_at.is_(None))
        .values(seen_at=tx.now)
        .returning(Notification.id)
    ).scalar()
    if changed is not None:
        audit.record(tx, actor, "notification.seen", "notifications", notification_id)
    found = tx.get(Notification, (tx.tenant, notification_id))
    if found is None:
        raise DomainError("notification_unknown", _("There is no such notification."))
    return found
