"""What a lender is told in figures: the values that reports yield, and that texts, PDFs and spreadsheets show.

Only values live here; `services.lending.reports` works them out. Amounts are in the tenant's currency, dates in its
zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.money import Money


@dataclass(frozen=True, slots=True)
class AgeBucket:
    """What is overdue since `first` to `last` days (`last` is None for the open end), and by how many people."""

    first: int
    last: int | None
    amount: Money
    people: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Where the business stands on a day: since the beginning (`lent` to `written_off`), and now (the rest).

    `outstanding` is what others owe, `owed` what the business owes, `net` the first less the second and less unused
    credit: what people have paid too much, less what the business has paid too much. `lent` is new money, so without
    what took the place of older debts. `expected` is what falls due within the next 30 days, overdue not counted.
    """

    on: date
    lent: Money
    interest: Money
    collected: Money
    written_off: Money
    outstanding: Money
    overdue: Money
    aging: tuple[AgeBucket, ...]
    expected: Money
    owed: Money
    credit: Money
    net: Money
    borrowers: int
    late_borrowers: int
    active_agreements: int


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What was lent and collected on one day."""

    on: date
    lent: Money
    collected: Money


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """One borrower at the end of a period."""

    name: str
    outstanding: Money
    overdue: Money
    days_late: int


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """A calendar month of money lent: `opening` + lent + interest + penalties − collected − written off = `closing`.

    `lent` and `new_loans` are new money: a debt that an agreement replaces isn't lent again, nor collected. `penalties`
    holds fees too. `days` has one row for each day of the month; `people` those with something open, the most overdue
    first.
    """

    year: int
    month: int
    opening: Money
    lent: Money
    interest: Money
    penalties: Money
    collected: Money
    written_off: Money
    closing: Money
    new_loans: int
    payments: int
    days: tuple[DayFigures, ...]
    people: tuple[PersonFigures, ...]
    at_end: Statistics


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry on a person's account; `amount` raises what is owed when positive; `balance` follows it.

    `kind` is the ledger's: disbursement, interest, fee, penalty, payment, write_off, replacement, reversal.
    """

    on: date
    kind: str
    side: str
    note: str | None
    agreement: int | None
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something still to be paid: a debt, or the instalment `number` of an agreement."""

    due_on: date
    agreement: int | None
    number: int | None
    note: str | None
    side: str
    amount: Money
    left: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """A person's account from the first entry until `on`, with what is open now; the balances are per side."""

    name: str
    phone: str | None
    on: date
    lines: tuple[StatementLine, ...]
    open: tuple[OpenItem, ...]
    lent_balance: Money
    owed_balance: Money


@dataclass(frozen=True, slots=True)
class DebtRow:
    """A debt still open, instalments apart; `side` is "lent" or "owed"."""

    name: str
    side: str
    amount: Money
    left: Money
    due: date
    note: str | None


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement that came into force; `paid` is what payments settled, `left` counts penalties too."""

    number: int
    name: str
    status: str
    principal: Money
    interest: Money
    paid: Money
    left: Money
    started: date
    ends: date


@dataclass(frozen=True, slots=True)
class InstallmentRow:
    """Instalment `number` of an agreement that came into force; `penalty` holds fees too."""

    agreement: int
    number: int
    name: str
    due: date
    principal: Money
    interest: Money
    penalty: Money
    paid: Money
    left: Money


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A ledger entry; `recorded_at` is aware, in the tenant's zone; `kind` is the ledger's."""

    on: date
    recorded_at: datetime
    name: str
    side: str
    kind: str
    amount: Money
    note: str | None
    agreement: int | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What a person owes the business, is owed by it, and has paid too much (less what the business has)."""

    name: str
    phone: str | None
    owes: Money
    owed: Money
    credit: Money


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that a business has written down, in rows for a spreadsheet."""

    on: date
    debts: tuple[DebtRow, ...]
    agreements: tuple[AgreementRow, ...]
    installments: tuple[InstallmentRow, ...]
    entries: tuple[EntryRow, ...]
    people: tuple[PersonRow, ...]
