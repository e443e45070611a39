"""Accounts in full: a person's statement line by line, and the whole book in rows for a spreadsheet.

Called by the jobs that make documents. Entries that were taken back are shown here, with what took them back: both are
lines of the account, and together they come to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text

from services.db.engine import Tx
from services.lending import ledger
from services.lending.figures import (
    AgreementRow,
    Book,
    DebtRow,
    EntryRow,
    InstallmentRow,
    OpenItem,
    PersonRow,
    Statement,
    StatementLine,
)
from services.money import Money

_PHONE = """
    (select '+' || max(value) from contact_identities
        where tenant_id = contact.tenant_id and contact_id = contact.id and kind = 'phone')
"""
_HOLDER = text(f"""
    select coalesce(contact.name, '') as name, {_PHONE} as phone
    from contacts contact where contact.tenant_id = :tenant and contact.id = :contact
""")
_LINES = text("""
    select entry.effective_on, entry.kind, entry.side, entry.note, agreement.number as agreement, entry.amount,
        sum(entry.amount) over (partition by entry.side order by entry.effective_on, entry.id) as balance
    from ledger_entries entry
    left join agreements agreement on agreement.tenant_id = entry.tenant_id and agreement.id = entry.agreement_id
    where entry.tenant_id = :tenant and entry.contact_id = :contact and entry.effective_on <= :until
    order by entry.effective_on, entry.id
""")


def _worth_telling(kind: str, note: str | None, agreement: int | None) -> str | None:
    """A note, unless it only says what the line says beside it: why it was taken back, or of which agreement it is."""
    return None if kind == "reversal" or agreement is not None else note


def statement(tx: Tx, contact_id: int, currency: str, on: date) -> Statement:
    """A person's account, every entry until `on` (the tenant's today), and what is open now. Three statements."""
    given = {"tenant": tx.tenant, "contact": contact_id, "until": on}
    holder = tx.execute(_HOLDER, given).one()
    lines = tuple(
        StatementLine(
            row.effective_on, row.kind, row.side, _worth_telling(row.kind, row.note, row.agreement), row.agreement,
            Money(row.amount, currency), Money(row.balance, currency),
        )
        for row in tx.execute(_LINES, given)
    )  # fmt: skip
    items = tuple(
        OpenItem(debt.due_on, debt.agreement, debt.number, debt.note, debt.side, debt.amount, debt.left)
        for debt in ledger.open_debts(tx, contact_id)
    )
    balances = {line.side: line.balance for line in lines}
    nothing = Money(Decimal(0), currency)
    return Statement(
        holder.name, holder.phone, on, lines, items, balances.get("lent", nothing), balances.get("owed", nothing)
    )


# Of agreements in force: those whose disbursement stands, on which everything else rests.
_INSTALLMENTS = text("""
    select agreement.number as agreement, agreement.status, coalesce(contact.name, '') as name, debt.number,
        debt.due_on, debt.principal, debt.interest, charged.amount as penalty, settled.paid,
        debt.principal + debt.interest + charged.amount - settled.amount as unpaid,
        disbursed.effective_on as started
    from agreements agreement
    join contacts contact on contact.tenant_id = agreement.tenant_id and contact.id = agreement.contact_id
    join debts debt on debt.tenant_id = agreement.tenant_id and debt.agreement_id = agreement.id
    join ledger_entries disbursed on disbursed.tenant_id = agreement.tenant_id
        and disbursed.agreement_id = agreement.id and disbursed.kind = 'disbursement'
    cross join lateral (
        select coalesce(sum(amount), 0) as amount from ledger_entries
        where tenant_id = debt.tenant_id and debt_id = debt.id and kind not in ('payment', 'write_off', 'replacement')
    ) charged
    cross join lateral (
        select coalesce(sum(allocation.amount), 0) as amount,
            coalesce(sum(allocation.amount) filter (where entry.kind = 'payment'), 0) as paid
        from allocations allocation
        join ledger_entries entry on entry.tenant_id = allocation.tenant_id and entry.id = allocation.entry_id
        where allocation.tenant_id = debt.tenant_id and allocation.debt_id = debt.id
    ) settled
    where agreement.tenant_id = :tenant and not exists (
        select from ledger_entries reversal
        where reversal.tenant_id = disbursed.tenant_id and reversal.reverses_id = disbursed.id
    )
    order by agreement.number, debt.number
""")
_ENTRIES = text("""
    select entry.effective_on, entry.recorded_at, coalesce(contact.name, '') as name, entry.side, entry.kind,
        entry.amount, entry.note, agreement.number as agreement, tenant.timezone
    from ledger_entries entry
    join tenants tenant on tenant.id = entry.tenant_id
    join contacts contact on contact.tenant_id = entry.tenant_id and contact.id = entry.contact_id
    left join agreements agreement on agreement.tenant_id = entry.tenant_id and agreement.id = entry.agreement_id
    where entry.tenant_id = :tenant
    order by entry.effective_on, entry.id
""")
_PEOPLE = text(f"""
    with balance as (
        select contact_id, coalesce(sum(amount) filter (where side = 'lent'), 0) as lent,
            coalesce(sum(amount) filter (where side = 'owed'), 0) as owed
        from ledger_entries where tenant_id = :tenant group by contact_id
    )
    select contact.name, {_PHONE} as phone, coalesce(balance.lent, 0) as lent, coalesce(balance.owed, 0) as owed
    from contacts contact left join balance on balance.contact_id = contact.id
    where contact.tenant_id = :tenant and (contact.name is not null or balance.contact_id is not null)
    order by lower(contact.name), contact.id
""")


def book(tx: Tx, currency: str, on: date) -> Book:
    """The whole book as it is today (`on`). Four statements."""
    given = {"tenant": tx.tenant}
    installments = tx.execute(_INSTALLMENTS, given).all()
    return Book(
        on=on,
        debts=tuple(
            DebtRow(debt.name, debt.side, debt.amount, debt.left, debt.due_on, debt.note)
            for debt in ledger.open_debts(tx)
            if debt.agreement is None
        ),
        agreements=tuple(
            _agreement(list(rows), currency) for _, rows in groupby(installments, key=lambda row: int(row.agreement))
        ),
        installments=tuple(_installment(row, currency) for row in installments),
        entries=tuple(_entry(row, currency) for row in tx.execute(_ENTRIES, given)),
        people=tuple(_people(tx, currency)),
    )


def _agreement(rows: list[Row[Any]], currency: str) -> AgreementRow:
    """An agreement from its instalments, in their order."""

    def total(name: str) -> Money:
        return Money(sum((getattr(row, name) for row in rows), Decimal(0)), currency)

    first, last = rows[0], rows[-1]
    return AgreementRow(
        first.agreement, first.name, first.status, total("principal"), total("interest"), total("paid"),
        total("unpaid"), first.started, last.due_on,
    )  # fmt: skip


def _installment(row: Row[Any], currency: str) -> InstallmentRow:
    principal, interest, penalty, paid, left = (
        Money(amount, currency) for amount in (row.principal, row.interest, row.penalty, row.paid, row.unpaid)
    )
    return InstallmentRow(
        row.agreement, row.number, row.name, row.due_on, principal, interest, penalty, paid, left
    )  # fmt: skip


def _entry(row: Row[Any], currency: str) -> EntryRow:
    return EntryRow(
        row.effective_on, row.recorded_at.astimezone(ZoneInfo(row.timezone)), row.name, row.side, row.kind,
        Money(row.amount, currency), row.note, row.agreement,
    )  # fmt: skip


def _people(tx: Tx, currency: str) -> Iterator[PersonRow]:
    nothing = Decimal(0)
    for row in tx.execute(_PEOPLE, {"tenant": tx.tenant}):
        credit = max(-row.lent, nothing) - max(-row.owed, nothing)
        owes, owed = Money(max(row.lent, nothing), currency), Money(max(row.owed, nothing), currency)
        yield PersonRow(row.name or "", row.phone, owes, owed, Money(credit, currency))
