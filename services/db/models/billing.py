"""What businesses pay for Juragan: the subscription, its invoices, and the payments that were entered."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db.models.base import Base, Json, Numbered, OfTenant, belongs_to


class Subscription(OfTenant, Base):
    """What a tenant has subscribed to. `period_to` is the first day that isn't paid any more, None where none ends.

    `cycle` `trial` is paid by nobody, `open` ends never. `next_plan` and `next_cycle` begin with the next period; one
    that `is_cancelled` has no next. `anchor_day` is the day of the month on which periods begin where the month has it;
    with `has_own_price` it keeps its price, else each period has that of its day. `reminded` names the last reminder
    that was sent of this period.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        CheckConstraint("cycle in ('trial', 'monthly', 'yearly', 'open')", name="cycle"),
        Index(None, "period_to"),
    )

    plan: Mapped[str]
    cycle: Mapped[str]
    price: Mapped[Decimal]
    currency: Mapped[str]
    period_from: Mapped[date]
    period_to: Mapped[date | None]
    anchor_day: Mapped[int]
    has_own_price: Mapped[bool] = mapped_column(server_default=text("false"))
    next_plan: Mapped[str | None]
    next_cycle: Mapped[str | None]
    is_cancelled: Mapped[bool] = mapped_column(server_default=text("false"))
    reminded: Mapped[str | None]
    updated_at: Mapped[datetime]


class Invoice(Numbered, Base):
    """A bill for a period. `number` counts per tenant without gaps; `lines` are `{"text", "amount"}` in the currency.

    `source` makes that the same thing is billed once.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "source"),
        CheckConstraint("kind in ('subscription', 'upgrade', 'manual')", name="kind"),
        CheckConstraint("status in ('open', 'paid', 'void')", name="status"),
        Index("ix_invoices_status", "status", "due_on"),
    )

    number: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str]
    plan: Mapped[str | None]
    cycle: Mapped[str | None]
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    currency: Mapped[str]
    lines: Mapped[list[Json]] = mapped_column(JSONB)
    total: Mapped[Decimal]
    paid: Mapped[Decimal] = mapped_column(server_default=text("0"))
    issued_on: Mapped[date]
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    note: Mapped[str | None]
    source: Mapped[str]


class SubscriptionPayment(Numbered, Base):
    """Money that a tenant paid for Juragan; never changed. `source` makes that it is entered once."""

    __tablename__ = "subscription_payments"
    __table_args__ = (belongs_to("invoices", "invoice_id"), UniqueConstraint("tenant_id", "source"))

    invoice_id: Mapped[int | None]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    method: Mapped[str]
    reference: Mapped[str | None]
    received_on: Mapped[date]
    at: Mapped[datetime]
    actor: Mapped[str]
    note: Mapped[str | None]
    source: Mapped[str]


class ApiUsage(OfTenant, Base):
    """How often a route was asked for in a day (UTC) by one caller (`key:3`, `user:2`)."""

    __tablename__ = "api_usage"

    day: Mapped[date] = mapped_column(primary_key=True)
    caller: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    requests: Mapped[int]
    failures: Mapped[int]
