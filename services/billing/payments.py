"""Payments: entered once, kept for ever. What was entered by mistake is taken back by a payment with a minus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from services.billing import fulfilment, invoices, telling, texts
from services.billing.catalogue import Catalogue
from services.billing.texts import Done
from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Invoice, SubscriptionPayment, Tenant
from services.errors import DomainError
from services.i18n import _
from services.money import Money
from services.tenants import audit, subscriptions
from services.tenants.actors import Actor

_LONGEST_AGO = timedelta(days=366)
SORTABLE: Mapping[str, InstrumentedAttribute[Any]] = {
    "id": SubscriptionPayment.id, "at": SubscriptionPayment.at, "receivedOn": SubscriptionPayment.received_on,
    "amount": SubscriptionPayment.amount,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came in, or with a minus a mistake that is taken back, for an invoice or for whatever is open.

    `source` names it, so that it is entered once.
    """

    amount: Money
    method: str
    received_on: date | None
    source: str
    invoice_id: int | None = None
    reference: str | None = None
    note: str | None = None


def enter(tx: Tx, catalogue: Catalogue, actor: Actor, received: Received) -> SubscriptionPayment:
    """Enters a payment, pays with it what is open, does what that was for, and tells the owner.

    Partial payments add up; what is too much is kept for the next invoice. A repeat with the same source returns what
    was entered. Raises `DomainError`: `key_used`, `bad_amount`, `wrong_currency`, `bad_day`, `note_required`,
    `invoice_unknown`, `invoice_void`, `not_received`.
    """
    tenant = subscriptions.lock(tx)
    before = _by_source(tx, received.source)
    if before is not None:
        _require_same(before, received)
        return before
    today = local_date(tx.now, tenant.timezone)
    _check(received, today)
    invoice = None if received.invoice_id is None else invoices.get(tx, received.invoice_id)
    _check_currency(tx, catalogue, tenant, invoice, received.amount.currency)
    if invoice is None and received.amount.amount > 0:
        invoice = _first_due(tx, received.amount.currency)
    made = SubscriptionPayment(
        tenant_id=tx.tenant, invoice_id=None if invoice is None else invoice.id, amount=received.amount.amount,
        currency=received.amount.currency, method=received.method, reference=received.reference,
        received_on=received.received_on or today, at=tx.now, actor=actor.id, note=received.note,
        source=received.source,
    )  # fmt: skip
    tx.add(made)
    tx.flush()
    audit.record(
        tx, actor, "payment.enter", "subscription_payments", made.id,
        after={"amount": received.amount.plain(), "currency": made.currency, "invoice_id": made.invoice_id},
    )  # fmt: skip
    if made.amount < 0:
        _take_back(tx, actor, tenant, invoice, received.amount)
        telling.tell(tx, f"payment:{made.id}", texts.taken_back(-received.amount, _still_open(invoice)))
        return made
    done = fulfilment.settle(
        tx, actor, tenant, catalogue, made.currency, first=made.invoice_id, paid_on=made.received_on
    )
    _tell(tx, tenant, made, invoice, done)
    return made


def _by_source(tx: Tx, source: str) -> SubscriptionPayment | None:
    mine = (SubscriptionPayment.tenant_id == tx.tenant) & (SubscriptionPayment.source == source)
    return tx.scalars(select(SubscriptionPayment).where(mine)).one_or_none()


def _first_due(tx: Tx, currency: str) -> Invoice | None:
    return next((each for each in invoices.open_ones(tx) if each.currency == currency), None)


def _require_same(before: SubscriptionPayment, received: Received) -> None:
    def told(each: SubscriptionPayment | Received, amount: Money) -> tuple[object, ...]:
        return (amount, each.method, each.reference, each.note)

    same = told(before, Money(before.amount, before.currency)) == told(received, received.amount)
    same_day = received.received_on in (None, before.received_on)
    if not same or not same_day or received.invoice_id not in (None, before.invoice_id):
        raise DomainError("key_used", _("This Idempotency-Key was used before, for something else."))


def _check(received: Received, today: date) -> None:
    amount, day = received.amount, received.received_on or today
    if not amount or not amount.is_exact or abs(amount.amount) > invoices.MOST:
        raise DomainError("bad_amount", _("This amount can't be paid in {currency}.", currency=amount.currency))
    if not today - _LONGEST_AGO <= day <= today:
        raise DomainError("bad_day", _("The day must be one of the last 366 days, today included."))
    if amount.amount < 0 and not received.note:
        raise DomainError("note_required", _("Say in a note why money is taken back."))


def _check_currency(tx: Tx, catalogue: Catalogue, tenant: Tenant, invoice: Invoice | None, currency: str) -> None:
    """An invoice is paid in its currency; without one it is that of the subscription."""
    right = invoice.currency if invoice is not None else catalogue.pays_in(tenant, subscriptions.of(tx))
    if currency != right:
        text = _("This has to be paid in {right}, not in {currency}.", right=right, currency=currency)
        raise DomainError("wrong_currency", text, currency=right)
    if invoice is not None and invoice.status == "void":
        raise DomainError("invoice_void", _("{number} was taken back; it can't be paid.", number=invoice.number))


def _take_back(tx: Tx, actor: Actor, tenant: Tenant, invoice: Invoice | None, amount: Money) -> None:
    """Takes money out of the credit first, then out of what the invoice has taken."""
    missing = -invoices.credit(tx, amount.currency)
    if missing.amount <= 0:
        return
    if invoice is None or invoice.paid < missing.amount:
        raise DomainError("not_received", _("That much wasn't received; there is less to take back."))
    fulfilment.reopen(tx, actor, tenant, invoice, missing)


def _still_open(invoice: Invoice | None) -> Invoice | None:
    return invoice if invoice is not None and invoice.status == "open" else None


def _tell(tx: Tx, tenant: Tenant, made: SubscriptionPayment, invoice: Invoice | None, done: Done) -> None:
    credit = invoices.credit(tx, made.currency)
    open_one = _still_open(invoice)
    caption = texts.received(Money(made.amount, made.currency), done, open_one, credit)
    left = None if invoice is None else invoices.left(invoice)
    telling.send_receipt(tx, tenant, made, credit, left, caption)


def page(
    tx: Tx, *, tenant_id: int | None, order: Sequence[ColumnElement[Any]], offset: int, limit: int
) -> tuple[Sequence[tuple[SubscriptionPayment, Tenant]], int]:
    """A page of payments with their tenants, and how many there are; of all tenants in a platform transaction."""
    wanted = tx.tenant_id if tx.tenant_id is not None else tenant_id
    conditions = [] if wanted is None else [SubscriptionPayment.tenant_id == wanted]
    rows = (
        select(SubscriptionPayment, Tenant)
        .join(Tenant, Tenant.id == SubscriptionPayment.tenant_id)
        .where(*conditions)
        .order_by(*order)
        .offset(offset)
        .limit(limit)
    )
    total = tx.scalar(select(func.count()).select_from(SubscriptionPayment).where(*conditions)) or 0
    return [(row[0], row[1]) for row in tx.execute(rows)], total
