"""Agreements that people sign, their versions, and what is said about them: reminders, promises, requests."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from services.db.models.base import Base, Json, Numbered, belongs_to

AGREEMENT_STATES = ("draft", "sent", "active", "completed", "declined", "cancelled", "expired", "defaulted")


class Agreement(Numbered, Base):
    """A loan that a contact is asked to accept. `number` is what people call it, counted within the tenant.

    Its terms are those of the `version`. `allocation_order` (components, comma-separated) and `shorten` (what is paid
    too much goes to the last instalments first) are copied from there for the replay of payments.
    """

    __tablename__ = "agreements"
    __table_args__ = (
        belongs_to("contacts", "contact_id"),
        UniqueConstraint("tenant_id", "number"),
        CheckConstraint(f"status in {AGREEMENT_STATES}", name="status"),
        Index(None, "tenant_id", "contact_id"),
        Index("ix_agreements_open", "tenant_id", "status",
              postgresql_where=text("status in ('draft', 'sent', 'active')")),
    )  # fmt: skip

    contact_id: Mapped[int]
    number: Mapped[int]
    status: Mapped[str]
    version: Mapped[int]
    session_id: Mapped[int]
    allocation_order: Mapped[str]
    shorten: Mapped[bool]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str | None]


class AgreementVersion(Numbered, Base):
    """The terms of an agreement as they were put to the borrower, and the evidence of acceptance; never changed.

    `terms` is what the PDF states; `content_hash` is the SHA-256 of its canonical JSON. `assessment` is what was known
    of the borrower's means; it isn't part of what is signed.
    """

    __tablename__ = "agreement_versions"
    __table_args__ = (
        belongs_to("agreements", "agreement_id"),
        UniqueConstraint("tenant_id", "agreement_id", "version"),
    )

    agreement_id: Mapped[int]
    version: Mapped[int]
    terms: Mapped[Json]
    content_hash: Mapped[str]
    assessment: Mapped[Json]
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_number: Mapped[str | None]
    accepted_message: Mapped[str | None]
    accepted_words: Mapped[str | None]


class Reminder(Numbered, Base):
    """One reminder of one debt: claimed here before it is written to the outbox, so that it goes out once ever.

    `level` is the day relative to the due date (-3 is three days before); a reminder sent by hand has none.
    """

    __tablename__ = "reminders"
    __table_args__ = (
        belongs_to("contacts", "contact_id"),
        belongs_to("debts", "debt_id"),
        UniqueConstraint("tenant_id", "debt_id", "level"),
        CheckConstraint("status in ('sent', 'skipped', 'by_hand')", name="status"),
        Index(None, "tenant_id", "contact_id", "id"),
    )

    contact_id: Mapped[int]
    debt_id: Mapped[int | None]
    level: Mapped[int | None]
    on: Mapped[date]
    at: Mapped[datetime]
    status: Mapped[str]
    why: Mapped[str | None]


class Promise(Numbered, Base):
    """The day on which a borrower said that they will pay, in their words. Reminders wait until that day."""

    __tablename__ = "promises"
    __table_args__ = (
        belongs_to("contacts", "contact_id"),
        Index(None, "tenant_id", "contact_id", "promised_on"),
    )

    contact_id: Mapped[int]
    made_on: Mapped[date]
    promised_on: Mapped[date]
    said: Mapped[str]
    message_id: Mapped[int]
