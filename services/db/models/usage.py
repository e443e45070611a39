"""What models cost a tenant: the account of AI credits with its ledger, and a record of each use of a model."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.db.models.base import Base, Numbered, OfTenant, belongs_to

CREDIT_KINDS = ("granted", "allowance", "lapsed", "reserved", "settled", "released")
PURPOSES = ("chat", "understanding", "summary", "embedding", "transcription", "vision")


class AiCredit(Numbered, Base):
    """An entry of the ledger of AI credits; never changed. `source` makes that it is written once.

    `amount` is what it changes the account by, `bought` the part of it that belongs to bought credits; the rest is
    of the month's allowance.
    """

    __tablename__ = "ai_credits"
    __table_args__ = (
        UniqueConstraint("tenant_id", "source"),
        CheckConstraint(f"kind in {CREDIT_KINDS}", name="kind"),
        Index("ix_ai_credits_reserved", "tenant_id", "at", postgresql_where=text("kind = 'reserved'")),
    )

    at: Mapped[datetime]
    kind: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    source: Mapped[str]
    note: Mapped[str | None]
    bought: Mapped[Decimal] = mapped_column(Numeric(14, 3), server_default=text("0"))


class AiAccount(OfTenant, Base):
    """What a tenant has of AI credits: what is left of a month's allowance, and of what was bought.

    `period` is the month (`2025-02`) of the allowance. `base` is what there was at its begin or after the last grant,
    of which the owner is told when a fifth is left (`told`: `low`, then `empty`). An `allowance` of -1 is unlimited.
    `trouble` is why models fail, since `trouble_at`, at what `trouble_of` says; None when they don't. `trouble_told_at`
    is when the owner was last told of such a thing.
    """

    __tablename__ = "ai_accounts"
    __table_args__ = (
        CheckConstraint("allowance_left >= 0 and bought_left >= 0", name="left"),
        CheckConstraint("told in ('low', 'empty')", name="told"),
    )

    period: Mapped[str]
    allowance: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    allowance_left: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    bought_left: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    base: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    told: Mapped[str | None]
    trouble: Mapped[str | None]
    trouble_of: Mapped[str | None]
    trouble_at: Mapped[datetime | None]
    trouble_told_at: Mapped[datetime | None]


class AiCall(Numbered, Base):
    """One use of a model, never changed: what for, what it took and what it cost. `seconds` are of speech."""

    __tablename__ = "ai_calls"
    __table_args__ = (
        belongs_to("chatbots", "chatbot_id", "SET NULL (chatbot_id)"),
        CheckConstraint(f"purpose in {PURPOSES}", name="purpose"),
        CheckConstraint("outcome in ('ok', 'failed')", name="outcome"),
        Index(None, "tenant_id", "at"),
    )

    at: Mapped[datetime]
    purpose: Mapped[str]
    outcome: Mapped[str]
    model: Mapped[str | None]
    chatbot_id: Mapped[int | None]
    message_id: Mapped[int | None]
    prompt_tokens: Mapped[int] = mapped_column(server_default=text("0"))
    completion_tokens: Mapped[int] = mapped_column(server_default=text("0"))
    seconds: Mapped[Decimal] = mapped_column(Numeric(10, 1), server_default=text("0"))
    credits: Mapped[Decimal] = mapped_column(Numeric(14, 3), server_default=text("0"))
    duration_ms: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[str | None]
