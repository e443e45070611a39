"""Tenants and the people who act for them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.db.models.base import Base, Json, Numbered, OfTenant

STATUSES = (
    "pending_approval", "rejected", "pending_qr", "trial", "active", "past_due", "suspended", "inactive", "closed",
)  # fmt: skip


class Tenant(Base):
    """A business that uses Juragan. `preferences` and `limits` hold only what differs from the defaults.

    `daily_on` is the last day, by the tenant's calendar, whose daily round (reminders, summary) is done. `phone` is the
    number that it registered with. What each `status` means, `services/tenants/life.py` says; `status_reason` why it
    came to be. One that is closed is erased at `erase_at`.
    """

    __tablename__ = "tenants"
    __table_args__ = (
        CheckConstraint(f"status in {STATUSES}", name="status"),
        Index("ix_tenants_status", "status", "id"),
        Index("uq_tenants_platform", "is_platform", unique=True, postgresql_where=text("is_platform")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    status: Mapped[str]
    plan: Mapped[str]
    locale: Mapped[str]
    currency: Mapped[str]
    timezone: Mapped[str]
    country: Mapped[str]
    email: Mapped[str | None]
    is_platform: Mapped[bool] = mapped_column(server_default=text("false"))
    preferences: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    limits: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    created_at: Mapped[datetime]
    daily_on: Mapped[date | None]
    phone: Mapped[str | None]
    status_at: Mapped[datetime | None]
    status_reason: Mapped[str | None]
    erase_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class User(Numbered, Base):
    """A person who acts for a tenant from a number of their own; `role` decides what they may do.

    Without a `password_hash` (argon2) they can't log in, only write.
    """

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("tenant_id", "phone"),
        CheckConstraint("role in ('super_admin', 'owner', 'manager', 'staff', 'read_only')", name="role"),
        Index("uq_users_email", "tenant_id", text("lower(email)"), unique=True),
        Index("ix_users_login_phone", "phone"),
        Index("ix_users_login_email", text("lower(email)")),
    )

    name: Mapped[str]
    phone: Mapped[str]
    role: Mapped[str]
    locale: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime]
    email: Mapped[str | None]
    password_hash: Mapped[str | None]
    password_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    invited_at: Mapped[datetime | None]


class UsageCounter(OfTenant, Base):
    """How much of a limit is used in a period (`2025-02`, `2025-02-13`, or empty for what has no period)."""

    __tablename__ = "usage_counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[int]


class AuditEntry(Numbered, Base):
    """Who changed what, when, and how it was before."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "tenant_id", "subject", "subject_id"), Index(None, "tenant_id", "at"))

    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    actor_role: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[str]
    before: Mapped[Json | None]
    after: Mapped[Json | None]
    message_id: Mapped[int | None]
    request_id: Mapped[str | None]
