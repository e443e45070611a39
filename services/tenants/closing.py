"""Leaving: a business is closed, can be opened again for some time, and is erased then. In its own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Login, OneTimeCode, OutboxMessage, Tenant, UserKey, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.tenants import life, notifications, sessions, switching
from services.tenants.actors import Actor

_WHY = "closed"


def close(tx: Tx, actor: Actor, reason: str | None = None) -> Tenant:
    """Closes the business: its numbers are logged out, logins and keys end, nothing waits to be sent any more.

    It can be opened again for `life.ERASED_AFTER_DAYS`. Raises `DomainError` `platform_tenant` or `tenant_closed`.
    """
    tenant = switching.lock(tx)
    if tenant.is_platform:
        raise DomainError("platform_tenant", _("The platform's own tenant can't be closed."))
    if tenant.status == "closed":
        raise DomainError("tenant_closed", _("{name} is closed.", name=tenant.name))
    life.move(tx, actor, tenant, "closed", reason)
    tenant.erase_at = tx.now + timedelta(days=life.ERASED_AFTER_DAYS)
    for each in tx.scalars(select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant)).all():
        sessions.logout(tx, actor, sessions.get(tx, each))
    _end_access(tx)
    erase_on = local_date(tenant.erase_at, tenant.timezone)
    notifications.tell(tx, tx.tenant, "closed", {"erase_on": str(erase_on)})
    return tenant


def require_confirmed(tenant: Tenant, confirmation: str) -> None:
    """Refuses to close a business unless its company id was repeated: `not_confirmed`."""
    if confirmation.strip().casefold() != tenant.slug.casefold():
        text = _("To close {name} for good, repeat its company id: {slug}", name=tenant.name, slug=tenant.slug)
        raise DomainError("not_confirmed", text, companyId=tenant.slug)


def _end_access(tx: Tx) -> None:
    tx.execute(
        update(Login)
        .where(Login.tenant_id == tx.tenant, Login.revoked_at.is_(None))
        .values(revoked_at=tx.now, reason=_WHY)
    )
    tx.execute(
        update(UserKey).where(UserKey.tenant_id == tx.tenant, UserKey.revoked_at.is_(None)).values(revoked_at=tx.now)
    )
    tx.execute(
        update(OneTimeCode)
        .where(OneTimeCode.tenant_id == tx.tenant, OneTimeCode.used_at.is_(None))
        .values(used_at=tx.now)
    )
    tx.execute(
        update(OutboxMessage)
        .where(OutboxMessage.tenant_id == tx.tenant, OutboxMessage.status == "queued")
        .values(status="cancelled", error=_WHY)
    )


def reopen(tx: Tx, actor: Actor) -> Tenant:
    """Opens a closed business again; its people log in and link its numbers anew.

    Raises `DomainError` `not_closed` or `tenant_erased`.
    """
    tenant = switching.lock(tx)
    if tenant.status != "closed":
        raise DomainError("not_closed", _("{name} isn't closed.", name=tenant.name), status=tenant.status)
    if tenant.erased_at is not None or tenant.erase_at is None or tenant.erase_at <= tx.now:
        raise DomainError("tenant_erased", _("{name} was closed too long ago; its data is erased.", name=tenant.name))
    has_number = select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant).limit(1)
    was_approved = tx.scalar(has_number) is not None
    life.move(tx, actor, tenant, switching.standing(tx, tenant) if was_approved else "pending_approval")
    tenant.erase_at = None
    for each in tx.scalars(select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant)).all():
        switching.resume(tx, actor, sessions.get(tx, each))
    notifications.tell(tx, tx.tenant, "reopened", {})
    return tenant


def due(tx: Tx) -> Sequence[int]:
    """The businesses whose data is to be erased now, in a platform transaction."""
    over = Tenant.erase_at <= tx.now
    statement = select(Tenant.id).where(Tenant.status == "closed", over, Tenant.erased_at.is_(None))
    return tx.scalars(statement.order_by(Tenant.id)).all()
