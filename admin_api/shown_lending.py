"""What goes out about debts, accounts and agreements. Amounts are texts with a decimal point, in `currency`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from admin_api.lists import Listing
from admin_api.shapes import RowId, Shape
from admin_api.shown_assistant import Number
from services.db.models import Contact, LedgerEntry
from services.lending import agreement_lists, debt_lists
from services.lending.agreement_lists import Part
from services.lending.ledger import OpenDebt
from services.lending.schedule import Frequency, Installment, Method, total_to_repay
from services.money import Money

SideName = Literal["lent", "owed"]
AgreementStatus = Literal[
    "draft", "sent", "active", "completed", "declined", "cancelled", "expired", "defaulted"
]  # fmt: skip
EntryKind = Literal[
    "disbursement", "interest", "fee", "penalty", "payment", "write_off", "replacement", "reversal"
]  # fmt: skip
Amount = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", json_schema_extra={"example": "500000"})]
_SIDE = "`lent`: they owe the business; `owed`: the business owes them."
Side = Annotated[SideName, Field(description=_SIDE)]


def written(amount: Decimal, currency: str) -> str:
    """An amount in whole smallest units of its currency, as a text."""
    return f"{Money(amount, currency).rounded().amount:f}"


class DebtShown(Shape):
    """Money lent or owed, or an instalment (`number`) of an agreement; `amount` counts fees and penalties."""

    id: int
    contact_id: int
    contact: Annotated[str, Field(json_schema_extra={"example": "Budi"})]
    side: Side
    amount: Amount
    left: Annotated[Amount, Field(description="What isn't settled of it.")]
    currency: str
    due_on: date
    open: bool
    overdue: bool
    note: str | None
    agreement: Annotated[int | None, Field(json_schema_extra={"examples": [None]})]
    number: Annotated[int | None, Field(json_schema_extra={"examples": [None]})]

    @classmethod
    def of(cls, listed: debt_lists.Listed, currency: str, today: date) -> DebtShown:
        """A debt of a list."""
        debt = listed.debt
        return cls.model_validate(
            {
                "id": debt.id, "contact_id": debt.contact_id, "contact": listed.name, "side": debt.side,
                "amount": written(listed.amount, currency), "left": written(listed.left, currency),
                "currency": currency, "due_on": debt.due_on, "open": debt.is_open, "note": debt.note,
                "overdue": debt.is_open and debt.due_on < today, "agreement": listed.agreement,
                "number": debt.number,
            }
        )  # fmt: skip


class LedgerEntryShown(Shape):
    """A movement; a positive amount raises what is owed. `reverses` is the entry that it takes back."""

    id: int
    kind: EntryKind
    amount: Amount
    currency: str
    on: date
    recorded_at: datetime
    note: str | None
    reverses: Annotated[int | None, Field(json_schema_extra={"examples": [None]})]

    @classmethod
    def of(cls, entry: LedgerEntry) -> LedgerEntryShown:
        """An entry of the ledger."""
        return cls.model_validate(
            {
                "id": entry.id, "kind": entry.kind, "amount": written(entry.amount, entry.currency),
                "currency": entry.currency, "on": entry.effective_on, "recorded_at": entry.recorded_at,
                "note": entry.note, "reverses": entry.reverses_id,
            }
        )  # fmt: skip


class SettledShown(Shape):
    """What a payment or a write-off settled of a debt: how much of which component."""

    entry_id: int
    kind: EntryKind
    on: date
    component: Literal["principal", "interest", "penalty", "fee"]
    amount: Amount

    @classmethod
    def of(cls, entry: LedgerEntry, component: str, amount: Decimal) -> SettledShown:
        """A share of an entry."""
        return cls.model_validate(
            {
                "entry_id": entry.id, "kind": entry.kind, "on": entry.effective_on, "component": component,
                "amount": written(amount, entry.currency),
            }
        )  # fmt: skip


class DebtDetails(DebtShown):
    """A debt with what was booked on it, and what settled it."""

    entries: list[LedgerEntryShown]
    settled: list[SettledShown]


class NextDue(Shape):
    """What is to be paid first."""

    debt_id: int
    due_on: date
    left: Amount

    @classmethod
    def of(cls, debt: OpenDebt) -> NextDue:
        """An open debt."""
        return cls(debt_id=debt.id, due_on=debt.due_on, left=written(debt.left.amount, debt.left.currency))


class SideShown(Shape):
    """One side of an account. `balance` is what is left less unused credit; `overdue` was due before today."""

    side: Side
    balance: Amount
    left: Amount
    credit: Annotated[Amount, Field(json_schema_extra={"example": "0"})]
    overdue: Annotated[Amount, Field(json_schema_extra={"example": "0"})]
    open_debts: int
    next_due: NextDue | None

    @classmethod
    def of(cls, side: SideName, found: Sequence[OpenDebt], credit: Decimal, currency: str, today: date) -> SideShown:
        """What is open on one side."""
        left = sum((debt.left.amount for debt in found), Decimal(0))
        late = sum((debt.left.amount for debt in found if debt.due_on < today), Decimal(0))
        return cls(
            side=side, balance=written(left - credit, currency), left=written(left, currency),
            credit=written(credit, currency), overdue=written(late, currency), open_debts=len(found),
            next_due=NextDue.of(found[0]) if found else None,
        )  # fmt: skip


class AccountSides(Shape):
    """Where a contact stands."""

    contact_id: int
    contact: Annotated[str, Field(json_schema_extra={"example": "Budi"})]
    currency: str
    sides: list[SideShown]

    @classmethod
    def of(
        cls, contact: Contact, found: Sequence[OpenDebt], credits: Mapping[tuple[int, SideName], Decimal],
        currency: str, today: date,
    ) -> AccountSides:  # fmt: skip
        """Both sides of a contact's account."""
        sides: tuple[SideName, ...] = ("lent", "owed")
        shown = [
            SideShown.of(
                side, [debt for debt in found if debt.side == side], credits.get((contact.id, side), Decimal(0)),
                currency, today,
            )
            for side in sides
        ]  # fmt: skip
        return cls(contact_id=contact.id, contact=contact.name or "", currency=currency, sides=shown)


class AgreementShown(Shape):
    """A loan that a contact is asked to accept. `left` and the next instalment are null until it is accepted.

    `toRepay` is what was agreed, interest included; `left` counts penalties and fees too.
    """

    number: int
    contact_id: int
    contact: Annotated[str, Field(json_schema_extra={"example": "Budi"})]
    status: Annotated[AgreementStatus, Field(json_schema_extra={"example": "active"})]
    version: int
    currency: str
    principal: Amount
    to_repay: Annotated[Amount, Field(json_schema_extra={"example": "560000"})]
    paid: Annotated[Amount, Field(json_schema_extra={"example": "280000"})]
    left: Annotated[Amount | None, Field(json_schema_extra={"example": "280000"})]
    installments: Annotated[int, Field(json_schema_extra={"example": 2})]
    paid_installments: int
    next_due_on: date | None
    next_left: Annotated[Amount | None, Field(json_schema_extra={"example": "280000"})]
    made_on: date
    created_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    reason: str | None

    @classmethod
    def fields(cls, listed: agreement_lists.Listed) -> dict[str, object]:
        """The fields of an agreement, for lists and for its details."""
        agreement, terms, progress = listed.agreement, listed.terms, listed.progress
        schedule, currency = terms.schedule(), terms.currency
        next_left = None if progress is None else progress.next_left
        return {
            "number": agreement.number, "contact_id": agreement.contact_id, "contact": listed.name,
            "status": agreement.status, "version": agreement.version, "currency": currency,
            "principal": written(terms.loan.principal, currency),
            "to_repay": written(total_to_repay(schedule), currency),
            "paid": written(progress.paid if progress else Decimal(0), currency),
            "left": written(progress.left, currency) if progress else None,
            "installments": progress.count if progress else len(schedule),
            "paid_installments": progress.paid_count if progress else 0,
            "next_due_on": progress.next_due if progress else None,
            "next_left": None if next_left is None else written(next_left, currency), "made_on": terms.made_on,
            "created_at": agreement.created_at, "sent_at": agreement.sent_at, "answered_at": agreement.answered_at,
            "closed_at": agreement.closed_at, "reason": agreement.reason,
        }  # fmt: skip


class InstallmentShown(Shape):
    """An instalment as it was agreed, and how far it is paid; `left` is null until the agreement is accepted."""

    number: int
    due_on: date
    principal: Amount
    interest: Annotated[Amount, Field(json_schema_extra={"example": "30000"})]
    penalty: Annotated[Amount, Field(json_schema_extra={"example": "0"})]
    paid: Annotated[Amount, Field(json_schema_extra={"example": "0"})]
    left: Amount | None

    @classmethod
    def of(cls, row: Installment, part: Part | None, currency: str) -> InstallmentShown:
        """A row of the schedule with what the ledger has of it."""
        return cls(
            number=row.number, due_on=row.due, principal=written(row.principal, currency),
            interest=written(row.interest, currency), left=written(part.left, currency) if part else None,
            penalty=written(part.penalty if part else Decimal(0), currency),
            paid=written(part.paid if part else Decimal(0), currency),
        )  # fmt: skip


class AgreementDetails(AgreementShown):
    """An agreement with its terms and its schedule."""

    annual_rate: Annotated[str, Field(description="Per cent a year.", json_schema_extra={"example": "12"})]
    method: Method
    frequency: Frequency
    content_hash: Annotated[str, Field(description="SHA-256 of the terms, as on the PDF.")]
    accepted_number: str | None
    schedule: list[InstallmentShown]

    @classmethod
    def of(cls, listed: agreement_lists.Listed, parts: Mapping[int, Part]) -> AgreementDetails:
        """The whole agreement."""
        loan = listed.terms.loan
        rows = [InstallmentShown.of(row, parts.get(row.number), listed.terms.currency)
                for row in listed.terms.schedule()]  # fmt: skip
        return cls.model_validate(
            cls.fields(listed)
            | {
                "annual_rate": f"{loan.annual_rate.normalize():f}", "method": loan.method,
                "frequency": loan.frequency, "content_hash": listed.version.content_hash,
                "accepted_number": listed.version.accepted_number, "schedule": rows,
            }
        )  # fmt: skip


class DebtsWanted(Listing):
    """Which debts; those due first come first unless `sort` says otherwise."""

    side: Annotated[SideName | None, Field(description=_SIDE)] = None
    contact: Annotated[RowId | None, Field(description="Only those of this contact.")] = None
    open: Annotated[bool | None, Field(description="Only those with something left, or without.")] = None
    overdue: Annotated[bool | None, Field(description="Only those that were due before today, or not.")] = None


class AgreementsWanted(Listing):
    """Which agreements; the latest first unless `sort` says otherwise."""

    status: AgreementStatus | None = None
    contact: Annotated[RowId | None, Field(description="Only those of this contact.")] = None


class DebtPath(Shape):
    """A debt."""

    id: RowId


class AccountPath(Shape):
    """A contact."""

    contact_id: RowId


class AgreementPath(Shape):
    """An agreement, by its number."""

    number: Number
