"""What people have to know of: noted, told by a job, listed, and marked once somebody has seen it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, update

from services import queue
from services.db.engine import Tx
from services.db.models import Notification, Tenant
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit
from services.tenants.actors import Actor

# For the super admins; a business's own list leaves it out.
REGISTRATION = "registration"
_NOT_ITS_OWN = frozenset({REGISTRATION})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notifications; `tenant_id` is a business's."""

    unseen: bool = False
    kind: str | None = None
    tenant_id: int | None = None


def add(tx: Tx, tenant_id: int, kind: str, data: Mapping[str, object]) -> Notification:
    """Notes something of a business, in either kind of transaction."""
    note = Notification(tenant_id=tenant_id, at=tx.now, kind=kind, data=dict(data))
    tx.add(note)
    tx.flush()
    return note


def tell(tx: Tx, tenant_id: int, kind: str, data: Mapping[str, object]) -> Notification:
    """Notes something of which a business's owner is told by the platform's number (`services.tenants.telling`).

    `data` may name another number that is told instead (`to`).
    """
    note = add(tx, tenant_id, kind, data)
    queue.defer(tx, "tell", f"tell:{tenant_id}:{note.id}", tenant_id=tenant_id, notification_id=note.id)
    return note


def page(tx: Tx, wanted: Wanted, offset: int, limit: int) -> tuple[Sequence[tuple[Notification, str]], int]:
    """A page of the notifications of all tenants with their slugs, unseen ones first, and how many there are.

    In a platform transaction.
    """
    conditions = _conditions(wanted)
    page = (
        select(Notification, Tenant.slug)
        .join(Tenant, Tenant.id == Notification.tenant_id)
        .where(*conditions)
        .order_by(Notification.seen_at.is_not(None), Notification.at.desc(), Notification.tenant_id, Notification.id)
    )
    total = tx.scalar(select(func.count()).select_from(Notification).where(*conditions)) or 0
    return [(row[0], row[1]) for row in tx.execute(page.offset(offset).limit(limit))], total


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    conditions += [Notification.seen_at.is_(None)] if wanted.unseen else []
    conditions += [] if wanted.kind is None else [Notification.kind == wanted.kind]
    conditions += [] if wanted.tenant_id is None else [Notification.tenant_id == wanted.tenant_id]
    return conditions


def own_page(tx: Tx, wanted: Wanted, offset: int, limit: int) -> tuple[Sequence[Notification], int]:
    """A page of the notifications of the transaction's tenant, unseen ones first, and how many there are."""
    conditions = [*_conditions(wanted), *_own(tx)]
    page = select(Notification).where(*conditions)
    page = page.order_by(Notification.seen_at.is_not(None), Notification.at.desc(), Notification.id)
    total = tx.scalar(select(func.count()).select_from(Notification).where(*conditions)) or 0
    return tx.scalars(page.offset(offset).limit(limit)).all(), total


def _own(tx: Tx) -> list[ColumnElement[bool]]:
    return [Notification.tenant_id == tx.tenant, Notification.kind.not_in(_NOT_ITS_OWN)]


def mark_seen(tx: Tx, actor: Actor, notification_id: int, *, is_own: bool = False) -> Notification:
    """Marks a notification of the transaction's tenant as seen; a second time changes nothing.

    `is_own`: only those that the tenant's own list has. Raises `DomainError` `notification_unknown`.
    """
    mine = _own(tx) if is_own else [Notification.tenant_id == tx.tenant]
    changed = tx.execute(
        update(Notification)
        .where(*mine, Notification.id == notification_id, Notification.seen_at.is_(None))
        .values(seen_at=tx.now)
        .returning(Notification.id)
    ).scalar()
    if changed is not None:
        audit.record(tx, actor, "notification.seen", "notifications", notification_id)
    found = tx.scalars(select(Notification).where(*mine, Notification.id == notification_id)).one_or_none()
    if found is None:
        raise DomainError("notification_unknown", _("There is no such notification."))
    return found


def mark_all_seen(tx: Tx, actor: Actor, wanted: Wanted) -> int:
    """Marks all notifications that fit as seen, in a platform transaction; returns how many weren't before."""
    unseen = Wanted(True, wanted.kind, wanted.tenant_id)
    changed = tx.execute(
        update(Notification).where(*_conditions(unseen)).values(seen_at=tx.now).returning(Notification.id)
    ).all()
    if changed:
        after: dict[str, object] = {"n": len(changed), "kind": wanted.kind, "tenant": wanted.tenant_id}
        audit.record_system(tx, actor, "notification.seen", "notifications", "all", after=after)
    return len(changed)
