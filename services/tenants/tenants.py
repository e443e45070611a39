"""Businesses that use Juragan: registering one with its first number and its owner."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import select

from services.db.engine import Database, Tx
from services.db.models import Tenant, User, WhatsAppSession
from services.tenants import single


@dataclass(frozen=True, slots=True)
class NewTenant:
    """What is needed to begin; `phone` is the owner's number and the session's, as bare digits.

    `owner` is the owner's name, as the business's if there is none.
    """

    name: str
    phone: str
    locale: str = "id"
    currency: str = "IDR"
    timezone: str = "Asia/Jakarta"
    country: str = "ID"
    plan: str = "free"
    email: str | None = None
    is_platform: bool = False
    status: str = "active"
    provider: str = "simulator"
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A tenant with its first session."""

    tenant_id: int
    session_id: int


def register(db: Database, new: NewTenant) -> Registered:
    """Makes a tenant, its default session and its owner's user."""
    with db.system() as tx:
        return add(tx, new)


def add(tx: Tx, new: NewTenant) -> Registered:
    """The same in a platform transaction that is open already."""
    tenant = add_tenant(tx, new)
    session = WhatsAppSession(
        tenant_id=tenant.id, name="main", phone=new.phone, state="new", desired_state="connected",
        is_default=True, created_at=tx.now, provider=new.provider,
    )  # fmt: skip
    tx.add(session)
    tx.flush()
    return Registered(tenant.id, session.id)


def add_tenant(tx: Tx, new: NewTenant, password_hash: str | None = None) -> Tenant:
    """A tenant with its owner's user and without any session, in a platform transaction."""
    if not new.is_platform:
        single.require_first(tx)
    tenant = Tenant(
        slug=free_slug(tx, new.name), name=new.name, status=new.status, plan=new.plan, locale=new.locale,
        currency=new.currency, timezone=new.timezone, country=new.country, email=new.email,
        is_platform=new.is_platform, created_at=tx.now, phone=new.phone, status_at=tx.now,
    )  # fmt: skip
    tx.add(tenant)
    tx.flush()
    tx.add(
        User(
            tenant_id=tenant.id, name=new.owner or new.name, phone=new.phone, created_at=tx.now,
            role="super_admin" if new.is_platform else "owner", password_hash=password_hash,
            email=None if password_hash is None else new.email,
            password_at=None if password_hash is None else tx.now,
        )
    )  # fmt: skip
    tx.flush()
    return tenant


def add_user(tx: Tx, name: str, phone: str, role: str) -> User:
    """Lets another number act for the tenant of this transaction."""
    user = User(tenant_id=tx.tenant, name=name, phone=phone, role=role, created_at=tx.now)
    tx.add(user)
    tx.flush()
    return user


def by_name(tx: Tx, name: str) -> Registered | None:
    """The tenant of this name or slug with its default session, in a platform transaction."""
    statement = (
        select(Tenant.id, WhatsAppSession.id)
        .join(WhatsAppSession, (WhatsAppSession.tenant_id == Tenant.id) & WhatsAppSession.is_default)
        .where((Tenant.name == name) | (Tenant.slug == slugify(name)))
        .order_by(Tenant.id)
        .limit(1)
    )
    row = tx.execute(statement).one_or_none()
    return None if row is None else Registered(row[0], row[1])


def called(tx: Tx, name: str) -> Tenant | None:
    """The tenant of this name or slug, with a session or without one, in a platform transaction."""
    statement = select(Tenant).where((Tenant.name == name) | (Tenant.slug == slugify(name)))
    return tx.scalars(statement.order_by(Tenant.id).limit(1)).one_or_none()


def any_tenant(tx: Tx, provider: str = "simulator") -> Registered | None:
    """The first business whose number goes this way to WhatsApp, the platform itself not counted."""
    statement = (
        select(Tenant.id, WhatsAppSession.id)
        .join(WhatsAppSession, (WhatsAppSession.tenant_id == Tenant.id) & WhatsAppSession.is_default)
        .where(~Tenant.is_platform, WhatsAppSession.provider == provider)
        .order_by(Tenant.id)
        .limit(1)
    )
    row = tx.execute(statement).one_or_none()
    return None if row is None else Registered(row[0], row[1])


def slugify(name: str) -> str:
    """A name for addresses: `Toko Maju` → `toko-maju`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "tenant"


def free_slug(tx: Tx, name: str) -> str:
    """A slug for a name that no tenant has, in a platform transaction."""
    slug = slugify(name)
    taken = set(tx.scalars(select(Tenant.slug).where(Tenant.slug.startswith(slug))))
    candidates = (slug if n == 1 else f"{slug}-{n}" for n in range(1, len(taken) + 2))
    return next(candidate for candidate in candidates if candidate not in taken)
