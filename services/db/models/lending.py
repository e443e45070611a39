"""The debt book: debts, the append-only ledger, what each payment settled, and the commands that did it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.db.models.base import Base, Json, Numbered, OfTenant, belongs_to


class Debt(Numbered, Base):
    """Money lent to a contact (`side` is `lent`) or owed to one (`owed`). What is left of it comes from the ledger.

    `is_open` is worked out with the allocations, so that lists and limits needn't add up what is settled.
    """

    __tablename__ = "debts"
    __table_args__ = (
        belongs_to("contacts", "contact_id"),
        CheckConstraint("side in ('lent', 'owed')", name="side"),
        Index(None, "tenant_id", "contact_id", "side"),
        Index("ix_debts_open", "tenant_id", "due_on", postgresql_where=text("is_open")),
    )

    contact_id: Mapped[int]
    side: Mapped[str]
    due_on: Mapped[date]
    note: Mapped[str | None]
    is_open: Mapped[bool] = mapped_column(server_default=text("true"))


class LedgerEntry(Numbered, Base):
    """One movement on a contact's account, never changed afterwards.

    `amount` raises what is owed when positive and lowers it when negative. `effective_on` is when it happened,
    `recorded_at` when it was written down. A `reversal` carries the opposite amount of the entry it `reverses_id`.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        belongs_to("contacts", "contact_id"),
        belongs_to("debts", "debt_id"),
        belongs_to("ledger_entries", "reverses_id"),
        UniqueConstraint("tenant_id", "source_key"),
        UniqueConstraint("tenant_id", "reverses_id"),
        CheckConstraint("side in ('lent', 'owed')", name="side"),
        CheckConstraint("kind in ('disbursement', 'payment', 'write_off', 'reversal')", name="kind"),
        CheckConstraint("amount <> 0", name="amount"),
        Index(None, "tenant_id", "contact_id", "side", "effective_on"),
        Index(None, "tenant_id", "debt_id"),
    )

    contact_id: Mapped[int]
    debt_id: Mapped[int | None]
    side: Mapped[str]
    kind: Mapped[str]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    reverses_id: Mapped[int | None]
    source_key: Mapped[str]
    note: Mapped[str | None]
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    message_id: Mapped[int | None]


class Allocation(OfTenant, Base):
    """How much of a payment or write-off settled which debt. Derived from the ledger and replayed when it changes."""

    __tablename__ = "allocations"
    __table_args__ = (
        belongs_to("ledger_entries", "entry_id"),
        belongs_to("debts", "debt_id"),
        Index(None, "tenant_id", "debt_id"),
    )

    entry_id: Mapped[int] = mapped_column(primary_key=True)
    debt_id: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[Decimal]


class CommandRecord(Numbered, Base):
    """A command that changed something and can be undone, with what is needed to undo or correct it."""

    __tablename__ = "commands"
    __table_args__ = (Index(None, "tenant_id", "author", "id"),)

    author: Mapped[str]
    command: Mapped[str]
    arguments: Mapped[Json]
    effects: Mapped[Json]
    conversation_id: Mapped[int]
    message_id: Mapped[int]
    done_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
