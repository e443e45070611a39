"""Invoices: made once for each thing that is billed, numbered without gaps, voided but never changed or deleted.

What a tenant has paid and no invoice has taken is its credit: all payments less what invoices have taken of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Invoice, SubscriptionPayment, Tenant
from services.errors import DomainError
from services.i18n import Renderable, _
from services.money import Money
from services.tenants import audit
from services.tenants.actors import Actor

Kind = Literal["subscription", "upgrade", "manual"]
MOST = Decimal(10) ** 12
SORTABLE: Mapping[str, InstrumentedAttribute[Any]] = {
    "id": Invoice.id, "number": Invoice.id, "issuedOn": Invoice.issued_on, "dueOn": Invoice.due_on,
    "total": Invoice.total, "status": Invoice.status, "tenantId": Invoice.tenant_id,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice: in the tenant's language, and its amount, which is negative for what is taken off."""

    text: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """What is to be billed, in one currency; `source` names it, so that it is billed once."""

    kind: Kind
    source: str
    currency: str
    lines: Sequence[Line]
    due_on: date
    plan: str | None = None
    cycle: str | None = None
    period_from: date | None = None
    period_to: date | None = None
    note: str | None = None


def total_of(new: NewInvoice) -> Decimal:
    """The sum of the lines."""
    return sum((line.amount for line in new.lines), Decimal(0))


def line(tenant: Tenant, text: Renderable, amount: Decimal) -> Line:
    """A line in the tenant's language."""
    return Line(text.render(tenant.locale), amount)


def make(tx: Tx, actor: Actor, tenant: Tenant, new: NewInvoice) -> Invoice:
    """Makes an invoice (the tenant is locked by the caller), or returns the one that there is for this source."""
    found = by_source(tx, new.source)
    if found is not None:
        return found
    made = Invoice(
        tenant_id=tx.tenant, number=f"INV-{tx.tenant}-{count(tx) + 1}", kind=new.kind, status="open", plan=new.plan,
        cycle=new.cycle, period_from=new.period_from, period_to=new.period_to, currency=new.currency,
        lines=[{"text": each.text, "amount": f"{each.amount:f}"} for each in new.lines], total=total_of(new),
        paid=Decimal(0), issued_on=local_date(tx.now, tenant.timezone), due_on=new.due_on, created_at=tx.now,
        note=new.note, source=new.source,
    )  # fmt: skip
    tx.add(made)
    tx.flush()
    after: dict[str, object] = {
        "number": made.number, "total": Money(made.total, made.currency).plain(), "currency": made.currency,
        "source": made.source,
    }  # fmt: skip
    audit.record(tx, actor, "invoice.make", "invoices", made.id, after=after)
    return made


def count(tx: Tx) -> int:
    """How many invoices the tenant has got, those that were taken back included."""
    return tx.scalar(select(func.count()).select_from(Invoice).where(Invoice.tenant_id == tx.tenant)) or 0


def by_source(tx: Tx, source: str) -> Invoice | None:
    """The invoice for this source."""
    return tx.scalars(select(Invoice).where(Invoice.tenant_id == tx.tenant, Invoice.source == source)).one_or_none()


def get(tx: Tx, invoice_id: int) -> Invoice:
    """An invoice of the tenant; raises `DomainError` `invoice_unknown`."""
    found = tx.scalars(select(Invoice).where(Invoice.tenant_id == tx.tenant, Invoice.id == invoice_id)).one_or_none()
    if found is None:
        raise DomainError("invoice_unknown", _("There is no such invoice."))
    return found


def open_ones(tx: Tx) -> Sequence[Invoice]:
    """What is still to be paid, what is due first first."""
    statement = select(Invoice).where(Invoice.tenant_id == tx.tenant, Invoice.status == "open")
    return tx.scalars(statement.order_by(Invoice.due_on, Invoice.id)).all()


def left(invoice: Invoice) -> Money:
    """What is still to be paid of an invoice."""
    amount = Decimal(0) if invoice.status == "void" else invoice.total - invoice.paid
    return Money(amount, invoice.currency)


def void(tx: Tx, actor: Actor, invoice: Invoice, note: str | None = None) -> None:
    """Takes an open invoice back (the tenant is locked by the caller); what was paid of it becomes credit.

    The same may be billed anew then. Raises `DomainError` `invoice_paid`.
    """
    if invoice.status == "void":
        return
    if invoice.status == "paid":
        text = _("{number} is paid. Give money back as a payment with a minus instead.", number=invoice.number)
        raise DomainError("invoice_paid", text)
    before: dict[str, object] = {"status": invoice.status, "paid": Money(invoice.paid, invoice.currency).plain()}
    invoice.status, invoice.paid, invoice.source = "void", Decimal(0), f"void:{invoice.id}:{invoice.source}"
    invoice.note = note or invoice.note
    tx.flush()
    audit.record(tx, actor, "invoice.void", "invoices", invoice.id, before=before, after={"status": "void"})


def void_open(tx: Tx, actor: Actor, *kinds: Kind) -> Decimal:
    """Takes back what is still open of these kinds; returns how much of it had been paid."""
    paid = Decimal(0)
    for each in open_ones(tx):
        if each.kind in kinds:
            paid += each.paid
            void(tx, actor, each)
    return paid


def credit(tx: Tx, currency: str) -> Money:
    """What the tenant has paid in a currency and no invoice has taken."""
    mine = SubscriptionPayment.tenant_id == tx.tenant, SubscriptionPayment.currency == currency
    came = select(func.coalesce(func.sum(SubscriptionPayment.amount), 0)).where(*mine).scalar_subquery()
    billed = Invoice.tenant_id == tx.tenant, Invoice.currency == currency
    taken = select(func.coalesce(func.sum(Invoice.paid), 0)).where(*billed).scalar_subquery()
    return Money(Decimal(tx.scalar(select(came - taken)) or 0), currency)


Listed = tuple[Invoice, Tenant]


def page(
    tx: Tx, *, status: str | None, tenant_id: int | None, overdue_on: date | None, order: Sequence[ColumnElement[Any]],
    offset: int, limit: int,
) -> tuple[Sequence[Listed], int]:  # fmt: skip
    """A page of invoices with their tenants, and how many there are; of all tenants in a platform transaction.

    `overdue_on`: only open ones that were due before that day.
    """
    conditions: list[ColumnElement[bool]] = []
    wanted = tx.tenant_id if tx.tenant_id is not None else tenant_id
    conditions += [] if wanted is None else [Invoice.tenant_id == wanted]
    conditions += [] if status is None else [Invoice.status == status]
    conditions += [] if overdue_on is None else [Invoice.status == "open", Invoice.due_on < overdue_on]
    rows = (
        select(Invoice, Tenant)
        .join(Tenant, Tenant.id == Invoice.tenant_id)
        .where(*conditions)
        .order_by(*order)
        .offset(offset)
        .limit(limit)
    )
    total = tx.scalar(select(func.count()).select_from(Invoice).where(*conditions)) or 0
    return [(row[0], row[1]) for row in tx.execute(rows)], total
