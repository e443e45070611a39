"""What invoices for Juragan and receipts of their payments show, read from the records in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Invoice, SubscriptionPayment, SystemSetting, Tenant
from services.documents.billing_facts import BilledLine, InvoiceFacts, PaidFacts
from services.money import Money

_ISSUER = ("Juragan",)
_DAY = timedelta(days=1)


def invoice(tx: Tx, params: Mapping[str, Any], locale: str) -> Callable[[], bytes]:
    """An invoice as it stands."""
    tenant = tx.get_one(Tenant, tx.tenant)
    found = tx.get_one(Invoice, (tx.tenant, params["invoice_id"]))
    issuer, instructions = _set(tx)
    period = None
    if found.period_from is not None and found.period_to is not None:
        period = (found.period_from, found.period_to - _DAY)
    facts = InvoiceFacts(
        issuer=issuer, billed_to=_billed_to(tenant), number=found.number, state=found.status,
        issued_on=found.issued_on, due_on=found.due_on,
        paid_on=None if found.paid_at is None else local_date(found.paid_at, tenant.timezone), period=period,
        lines=_lines(found), total=Money(found.total, found.currency), paid=Money(found.paid, found.currency),
        instructions=instructions, note=found.note,
    )  # fmt: skip

    def draw() -> bytes:
        from services.documents.invoice import render_invoice

        return render_invoice(facts, locale)

    return draw


def receipt(tx: Tx, params: Mapping[str, Any], locale: str) -> Callable[[], bytes]:
    """A payment, with what was left after it."""
    tenant = tx.get_one(Tenant, tx.tenant)
    paid = tx.get_one(SubscriptionPayment, (tx.tenant, params["payment_id"]))
    found = None if paid.invoice_id is None else tx.get_one(Invoice, (tx.tenant, paid.invoice_id))
    issuer, _instructions = _set(tx)
    left = params["left"]
    facts = PaidFacts(
        issuer=issuer, payer=_billed_to(tenant), number=f"{tx.tenant}-{paid.id}",
        amount=Money(paid.amount, paid.currency), received_on=paid.received_on, method=paid.method,
        reference=paid.reference, invoice=None if found is None else found.number,
        lines=() if found is None else _lines(found),
        left=None if left is None else Money(Decimal(left), paid.currency),
        credit=Money(Decimal(params["credit"]), paid.currency),
    )  # fmt: skip

    def draw() -> bytes:
        from services.documents.subscription_receipt import render_subscription_receipt

        return render_subscription_receipt(facts, locale)

    return draw


def _set(tx: Tx) -> tuple[tuple[str, ...], str | None]:
    """Who issues invoices, and how they are paid, as the super admin has set it."""
    keys = ("invoice_issuer", "payment_instructions")
    rows = tx.execute(select(SystemSetting.key, SystemSetting.value).where(SystemSetting.key.in_(keys)))
    kept = {row[0]: row[1] for row in rows}
    return tuple(kept.get("invoice_issuer") or _ISSUER), kept.get("payment_instructions")


def _billed_to(tenant: Tenant) -> tuple[str, ...]:
    return tuple(line for line in (tenant.name, tenant.phone and f"+{tenant.phone}", tenant.email) if line)


def _lines(found: Invoice) -> tuple[BilledLine, ...]:
    return tuple(BilledLine(each["text"], Money(Decimal(each["amount"]), found.currency)) for each in found.lines)
