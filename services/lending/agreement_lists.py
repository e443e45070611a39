"""Agreements as lists show them, a page at a time, with how far each is paid. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, text

from services.db.engine import Tx
from services.db.models import Agreement, AgreementVersion, Contact, Document
from services.errors import DomainError
from services.i18n import _
from services.lending.terms import AgreementTerms, from_json

COLUMNS: Mapping[str, Any] = {
    "number": Agreement.number, "status": Agreement.status, "contactId": Agreement.contact_id,
    "createdAt": Agreement.created_at, "contact": func.lower(Contact.name),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an agreement in force is paid, penalties and fees counted; `next_*` is the first instalment left."""

    count: int
    paid_count: int
    paid: Decimal
    left: Decimal
    next_due: date | None
    next_left: Decimal | None


@dataclass(frozen=True, slots=True)
class Listed:
    """An agreement with its contact's name, terms and progress; before it is accepted it has none."""

    agreement: Agreement
    name: str
    version: AgreementVersion
    terms: AgreementTerms
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class Part:
    """An instalment of an agreement in force: `penalty` holds fees too, `paid` is what payments settled."""

    number: int
    penalty: Decimal
    paid: Decimal
    left: Decimal


_ROWS = """
    select debt.agreement_id, debt.number, debt.due_on, debt.is_open, charged.amount as penalty, settled.paid,
        debt.principal + debt.interest + charged.amount - settled.amount as unpaid
    from debts debt
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
    where debt.tenant_id = :tenant and debt.agreement_id = any(:ids)
"""
_PROGRESS = text(f"""
    with instalments as ({_ROWS})
    select agreement_id, count(*) as rows, count(*) filter (where unpaid = 0) as paid_count, sum(paid) as paid,
        sum(unpaid) as unpaid, min(due_on) filter (where is_open) as next_due,
        (array_agg(unpaid order by number) filter (where is_open))[1] as next_left
    from instalments group by agreement_id
""")
_PARTS = text(f"{_ROWS} order by debt.number")


def listed(
    tx: Tx, *, status: str | None, contact_id: int | None, order: Sequence[ColumnElement[Any]], offset: int, limit: int
) -> tuple[Sequence[Listed], int]:
    """A page of agreements, and how many there are. Three statements."""
    which = [Agreement.tenant_id == tx.tenant]
    if status is not None:
        which.append(Agreement.status == status)
    if contact_id is not None:
        which.append(Agreement.contact_id == contact_id)
    rows = tx.execute(_whole().where(*which).order_by(*order, Agreement.id).offset(offset).limit(limit)).all()
    total = tx.scalar(select(func.count()).select_from(Agreement).where(*which))
    return _with_progress(tx, rows), int(total or 0)


def one(tx: Tx, number: int) -> Listed:
    """The agreement that people call by this number; raises `DomainError` `agreement_unknown`."""
    rows = tx.execute(_whole().where(Agreement.tenant_id == tx.tenant, Agreement.number == number)).all()
    if not rows:
        raise DomainError("agreement_unknown", _("There is no agreement {number}.", number=str(number)))
    return _with_progress(tx, rows)[0]


def _whole() -> Select[*tuple[Any, ...]]:
    whose = (Contact.tenant_id == Agreement.tenant_id) & (Contact.id == Agreement.contact_id)
    version = (
        (AgreementVersion.tenant_id == Agreement.tenant_id)
        & (AgreementVersion.agreement_id == Agreement.id)
        & (AgreementVersion.version == Agreement.version)
    )
    named = func.coalesce(Contact.name, "").label("name")
    return select(Agreement, AgreementVersion, named).join(Contact, whose).join(AgreementVersion, version)


def _with_progress(tx: Tx, rows: Sequence[Row[Any]]) -> Sequence[Listed]:
    ids = [row.Agreement.id for row in rows]
    found = {
        row.agreement_id: Progress(row.rows, row.paid_count, row.paid, row.unpaid, row.next_due, row.next_left)
        for row in (tx.execute(_PROGRESS, {"tenant": tx.tenant, "ids": ids}) if ids else ())
    }
    return [
        Listed(
            row.Agreement, row.name, row.AgreementVersion, from_json(row.AgreementVersion.terms),
            found.get(row.Agreement.id),
        )
        for row in rows
    ]  # fmt: skip


def parts(tx: Tx, agreement: Agreement) -> Mapping[int, Part]:
    """The instalments of an agreement in force, by number; none before it is accepted."""
    rows = tx.execute(_PARTS, {"tenant": tx.tenant, "ids": [agreement.id]})
    return {row.number: Part(row.number, row.penalty, row.paid, row.unpaid) for row in rows}


def pdf(tx: Tx, number: int) -> Document:
    """The made PDF of an agreement, with the acceptance in it where there is one.

    Raises `DomainError` `agreement_unknown` or `pdf_unknown`.
    """
    version = one(tx, number).version
    subjects = [f"agreement:{version.id}", f"agreement_accepted:{version.id}"]
    statement = select(Document).where(
        Document.tenant_id == tx.tenant, Document.subject.in_(subjects), Document.status == "made"
    )
    made = sorted(tx.scalars(statement), key=lambda document: subjects.index(document.subject))
    if not made:
        raise not_made(number)
    return made[-1]


def not_made(number: int) -> DomainError:
    """The refusal of a PDF that isn't there."""
    return DomainError("pdf_unknown", _("The PDF of agreement {number} isn't made yet.", number=str(number)))
