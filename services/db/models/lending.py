"""The debt book: debts, the append-only ledger, what each payment settled, and the commands that did it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.db.models.base import Base, Json, Numbered, OfTenant, belongs_to

ENTRY_KINDS = ("disbursement", "interest", "fee", "penalty", "payment", "write_off", "replacement", "reversal")


class Debt(Numbered, Base):
    """Money lent to a contact (`side` is `lent`) or owed to one (`owed`). What is left of it comes from the ledger.

    An instalment is a debt with the `number` that it has in its agreement, and with the `principal` and `interest`
    that were agreed for it. `is_open` is worked out with the allocations, so that lists and limits needn't add up what
    is settled.
    """

    __tablename__ = "debts"
    __table_args__ = (
        belongs_to("contacts", "contact_id"),
        belongs_to("agreements", "agreement_id"),
        CheckConstraint("side in ('lent', 'owed')", name="side"),
        CheckConstraint("num_nulls(agreement_id, number, principal, interest) in (0, 4)", name="installment"),
        UniqueConstraint("tenant_id", "agreement_id", "number"),
        Index(None, "tenant_id", "contact_id", "side"),
        Index("ix_debts_open", "tenant_id", "due_on", postgresql_where=text("is_open")),
    )

    contact_id: Mapped[int]
    side: Mapped[str]
    due_on: Mapped[date]
    note: Mapped[str | None]
    is_open: Mapped[bool] = mapped_column(server_default=text("true"))
    agreement_id: Mapped[int | None]
    number: Mapped[int | None]
    principal: Mapped[Decimal | None]
    interest: Mapped[Decimal | None]


class LedgerEntry(Numbered, Base):
    """One movement on a contact's account, never changed afterwards.

    `amount` raises what is owed when positive and lowers it when negative. `effective_on` is when it happened,
    `recorded_at` when it was written down. A `reversal` carries the opposite amount of the entry it `reverses_id`; a
    `replacement` settles the debt `debt_id` because the agreement `agreement_id` takes its place. The `disbursement`
    and the `interest` of an agreement are one entry each, for all of its instalments.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        belongs_to("contacts", "contact_id"),
        belongs_to("debts", "debt_id"),
        belongs_to("agreements", "agreement_id"),
        belongs_to("ledger_entries", "reverses_id"),
        UniqueConstraint("tenant_id", "source_key"),
        UniqueConstraint("tenant_id", "reverses_id"),
        CheckConstraint("side in ('lent', 'owed')", name="side"),
        CheckConstraint(f"kind in {ENTRY_KINDS}", name="kind"),
        CheckConstraint("amount <> 0", name="amount"),
        Index(None, "tenant_id", "contact_id", "side", "effective_on"),
        Index(None, "tenant_id", "debt_id"),
        Index("ix_ledger_entries_agreement", "tenant_id", "agreement_id",
              postgresql_where=text("agreement_id is not null")),
    )  # fmt: skip

    contact_id: Mapped[int]
    debt_id: Mapped[int | None]
    side: Mapped[str]
    kind: Mapped[str]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    agreement_id: Mapped[int | None]
    reverses_id: Mapped[int | None]
    source_key: Mapped[str]
    note: Mapped[str | None]
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    message_id: Mapped[int | None]


class Allocation(OfTenant, Base):
    """How much of a payment or write-off settled which component of which debt.

    Derived from the ledger and replayed when it changes.
    """

    __tablename__ = "allocations"
    __table_args__ = (
        belongs_to("ledger_entries", "entry_id"),
        belongs_to("debts", "debt_id"),
        Index(None, "tenant_id", "debt_id"),
    )

    entry_id: Mapped[int] = mapped_column(primary_key=True)
    debt_id: Mapped[int] = mapped_column(primary_key=True)
    component: Mapped[str] = mapped_column(primary_key=True)
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
