"""What invoices for Juragan and receipts for their payments say, as plain values; loads no drawing library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.money import Money


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line of an invoice; what is taken off is negative."""

    text: str
    amount: Money


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An invoice. `issuer` and `billed_to` are lines, the first a name; `period` its first and last day, if it has one.

    `state` is `open`, `paid` or `void`; the lines' sum is `total`, of which `paid` came already.
    """

    issuer: tuple[str, ...]
    billed_to: tuple[str, ...]
    number: str
    state: str
    issued_on: date
    due_on: date
    paid_on: date | None
    period: tuple[date, date] | None
    lines: tuple[BilledLine, ...]
    total: Money
    paid: Money
    instructions: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class PaidFacts:
    """A payment of an invoice (`invoice` is its number), or of whatever comes; `left` is still to be paid of it.

    What is kept for the next invoice is `credit`.
    """

    issuer: tuple[str, ...]
    payer: tuple[str, ...]
    number: str
    amount: Money
    received_on: date
    method: str
    reference: str | None
    invoice: str | None
    lines: tuple[BilledLine, ...]
    left: Money | None
    credit: Money
