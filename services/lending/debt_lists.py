"""Debts as lists show them, a page at a time, with what is left of each as the ledger has it. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, text

from services.db.engine import Tx
from services.db.models import Allocation, Contact, Debt, LedgerEntry
from services.errors import DomainError
from services.i18n import _

COLUMNS: Mapping[str, Any] = {
    "id": Debt.id, "dueOn": Debt.due_on, "side": Debt.side, "contactId": Debt.contact_id,
    "contact": func.lower(Contact.name),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which debts: of a side, of a contact, still open or not, and due before `today` with something left or not."""

    today: date
    side: str | None = None
    contact_id: int | None = None
    is_open: bool | None = None
    overdue: bool | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A debt with its contact's name, what it came to with fees and penalties, and what of that isn't settled.

    An instalment has the number of its agreement.
    """

    debt: Debt
    name: str
    amount: Decimal
    left: Decimal
    agreement: int | None


_FIGURES = text("""
    select debt.id, agreement.number as agreement,
        coalesce(debt.principal + debt.interest, 0) + booked.amount as amount, settled.amount as settled
    from debts debt
    left join agreements agreement on agreement.tenant_id = debt.tenant_id and agreement.id = debt.agreement_id
    cross join lateral (
        select coalesce(sum(amount), 0) as amount from ledger_entries
        where tenant_id = debt.tenant_id and debt_id = debt.id and kind not in ('payment', 'write_off', 'replacement')
    ) booked
    cross join lateral (
        select coalesce(sum(amount), 0) as amount from allocations
        where tenant_id = debt.tenant_id and debt_id = debt.id
    ) settled
    where debt.tenant_id = :tenant and debt.id = any(:ids)
""")


def listed(
    tx: Tx, wanted: Wanted, order: Sequence[ColumnElement[Any]], offset: int, limit: int
) -> tuple[Sequence[Listed], int]:
    """A page of debts, and how many there are. Three statements."""
    which = _which(tx, wanted)
    rows = tx.execute(_named().where(*which).order_by(*order, Debt.id).offset(offset).limit(limit)).all()
    total = tx.scalar(select(func.count()).select_from(Debt).where(*which))
    return _with_figures(tx, rows), int(total or 0)


def one(tx: Tx, debt_id: int) -> Listed:
    """A debt; raises `DomainError` `debt_unknown`."""
    rows = tx.execute(_named().where(Debt.tenant_id == tx.tenant, Debt.id == debt_id)).all()
    if not rows:
        raise DomainError("debt_unknown", _("There is no debt {number}.", number=str(debt_id)))
    return _with_figures(tx, rows)[0]


def _named() -> Select[*tuple[Any, ...]]:
    whose = (Contact.tenant_id == Debt.tenant_id) & (Contact.id == Debt.contact_id)
    return select(Debt, func.coalesce(Contact.name, "").label("name")).join(Contact, whose)


def _which(tx: Tx, wanted: Wanted) -> list[ColumnElement[bool]]:
    which = [Debt.tenant_id == tx.tenant]
    if wanted.side is not None:
        which.append(Debt.side == wanted.side)
    if wanted.contact_id is not None:
        which.append(Debt.contact_id == wanted.contact_id)
    if wanted.is_open is not None:
        which.append(Debt.is_open.is_(wanted.is_open))
    if wanted.overdue is not None:
        late = Debt.is_open & (Debt.due_on < wanted.today)
        which.append(late if wanted.overdue else ~late)
    return which


def _with_figures(tx: Tx, rows: Sequence[Any]) -> Sequence[Listed]:
    ids = [row.Debt.id for row in rows]
    figures = {row.id: row for row in tx.execute(_FIGURES, {"tenant": tx.tenant, "ids": ids})} if ids else {}
    return [
        Listed(row.Debt, row.name, found.amount, found.amount - found.settled, found.agreement)
        for row in rows
        for found in [figures[row.Debt.id]]
    ]


def entries(tx: Tx, debt: Debt) -> Sequence[LedgerEntry]:
    """What was booked on a debt, oldest first; an instalment's principal and interest stand with its agreement."""
    statement = select(LedgerEntry).where(LedgerEntry.tenant_id == tx.tenant, LedgerEntry.debt_id == debt.id)
    return tx.scalars(statement.order_by(LedgerEntry.id)).all()


def settled(tx: Tx, debt: Debt) -> Sequence[tuple[LedgerEntry, str, Decimal]]:
    """Which payments and write-offs settled how much of which component of a debt, oldest first."""
    entry = (LedgerEntry.tenant_id == Allocation.tenant_id) & (LedgerEntry.id == Allocation.entry_id)
    statement = (
        select(LedgerEntry, Allocation.component, Allocation.amount)
        .join(Allocation, entry)
        .where(Allocation.tenant_id == tx.tenant, Allocation.debt_id == debt.id)
        .order_by(LedgerEntry.effective_on, LedgerEntry.id, Allocation.component)
    )
    return [(row[0], row[1], row[2]) for row in tx.execute(statement)]


def contact(tx: Tx, contact_id: int) -> Contact:
    """A contact; raises `DomainError` `contact_unknown`."""
    found = tx.scalars(select(Contact).where(Contact.tenant_id == tx.tenant, Contact.id == contact_id)).one_or_none()
    if found is None:
        raise DomainError("contact_unknown", _("There is no contact {number}.", number=str(contact_id)))
    return found
