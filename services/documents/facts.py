"""What each document says, as plain values: callers gather them, the renderers of this room lay them out.

Importing this module loads no drawing library. Amounts of one document are in one currency; dates are in the tenant's
zone; texts may be plain strings or messages that are put into words in the document's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from services.i18n import Renderable
from services.money import Money

if TYPE_CHECKING:
    from services.lending.figures import (
        AgreementRow,
        DebtRow,
        EntryRow,
        InstallmentRow,
        MonthFigures,
        PersonRow,
        Statement,
    )
    from services.lending.schedule import Installment, LoanTerms


@dataclass(frozen=True, slots=True)
class Party:
    """A person who signs; `phone` as people read it, `id_number` of an identity card where it is known."""

    name: str
    phone: str | None = None
    id_number: str | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How the borrower agreed: from which number, when (aware), by which message, in which exact words."""

    number: str
    at: datetime
    message_id: str
    words: str


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """Everything that an agreement states.

    `effective_rate` is in per cent a year; `allocation_order` has the keys penalty, fee, interest, principal;
    `overpayment` is "next" or "shorten"; `content_hash` is a SHA-256 in hexadecimal and `verify_url` goes into the QR
    code. `installment` is given where the plan is by amount; with `replaces` the loan takes the place of what the
    borrower owed before.
    """

    business: str
    number: int
    version: int
    previous_version: int | None
    made_on: date
    lender: Party
    borrower: Party
    principal: Money
    disbursed_on: date
    disbursed_how: str | Renderable
    terms: LoanTerms
    schedule: tuple[Installment, ...]
    effective_rate: Decimal | None
    penalties: str | Renderable | None
    grace_days: int | None
    allocation_order: tuple[str, ...]
    overpayment: str
    how_to_pay: str | Renderable
    contact_phone: str
    purpose: str | None
    acceptance: Acceptance | None
    content_hash: str
    verify_url: str
    timezone: str
    installment: Money | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What a payment settled of one debt or instalment, by component; `total` is their sum."""

    label: str | Renderable
    penalty: Money
    fee: Money
    interest: Money
    principal: Money
    total: Money


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """A payment that was booked.

    `side` is the ledger's: "lent" when the payer repays the business, "owed" when the business pays. `remaining` is
    what is left of all debts, `credit` what was paid beyond them; the next due date and its amount where there is one.
    """

    business: str
    number: str
    payer: str
    received_on: date
    amount: Money
    side: str
    split: tuple[ReceiptLine, ...]
    remaining: Money
    credit: Money | None
    next_due: date | None
    next_amount: Money | None
    paid_off: bool
    received_by: str


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """A person's account, and the business that keeps it."""

    business: str
    phone: str | None
    statement: Statement
    made_on: date


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A month of a business."""

    business: str
    figures: MonthFigures
    made_on: date


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """The whole book of a business in one currency."""

    business: str
    currency: str
    made_on: date
    debts: tuple[DebtRow, ...]
    agreements: tuple[AgreementRow, ...]
    installments: tuple[InstallmentRow, ...]
    entries: tuple[EntryRow, ...]
    people: tuple[PersonRow, ...]
