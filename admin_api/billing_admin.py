"""What businesses pay, for the super admin: all invoices and payments, entering them, and setting subscriptions."""

from __future__ import annotations

import uuid

from flask import Response

from admin_api.access import require_role
from admin_api.billing_shapes import (
    InvoiceShown,
    InvoicesOfAll,
    InvoiceWanted,
    PaymentShown,
    PaymentsOfAll,
    PaymentWanted,
    SubscriptionShown,
    SubscriptionWanted,
    TenantInvoicePath,
    TenantInvoiceShown,
    TenantPaymentShown,
    TrialWanted,
    VoidWanted,
    of_tenant,
)
from admin_api.companies import tenant_of
from admin_api.edge import actor, edge
from admin_api.lists import order
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Idempotent, Paged, TenantPath
from services.billing import catalogue, invoices, overview, payments, steering
from services.billing.catalogue import Catalogue
from services.billing.invoices import Line
from services.billing.payments import Received
from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Tenant
from services.money import Money
from services.tenants import subscriptions

family = Family("billing_admin", "Billing", "What businesses pay for this service.", "/admin")


@family.get("/invoices", Paged[TenantInvoiceShown])
@require_role("super_admin")
def list_invoices_of_all(query: InvoicesOfAll) -> Response:
    """Invoices of all businesses, the newest first."""
    by = order(invoices.SORTABLE, query.sort, "-issuedOn,-id")
    wanted = None if query.tenant is None else tenant_of(query.tenant).id
    # In no zone it is a later day than there.
    now = edge().db.clock.now()
    with edge().db.system() as tx:
        rows, total = invoices.page(
            tx, status=query.status, tenant_id=wanted, overdue_on=now.date() if query.overdue else None, order=by,
            offset=query.offset, limit=query.per_page,
        )  # fmt: skip
    shown = [
        TenantInvoiceShown.model_validate(
            {**InvoiceShown.fields(row, local_date(now, tenant.timezone)), **of_tenant(tenant)}
        )
        for row, tenant in rows
    ]
    return paged(shown, total, query.page, query.per_page)


@family.get("/payments", Paged[TenantPaymentShown])
@require_role("super_admin")
def list_payments_of_all(query: PaymentsOfAll) -> Response:
    """Payments of all businesses, the newest first."""
    by = order(payments.SORTABLE, query.sort, "-at,-id")
    wanted = None if query.tenant is None else tenant_of(query.tenant).id
    with edge().db.system() as tx:
        rows, total = payments.page(tx, tenant_id=wanted, order=by, offset=query.offset, limit=query.per_page)
    shown = [
        TenantPaymentShown.model_validate({**PaymentShown.fields(row), **of_tenant(tenant)}) for row, tenant in rows
    ]
    return paged(shown, total, query.page, query.per_page)


@family.post("/tenant/<string:id>/payments", Answer[PaymentShown], 201)
@require_role("super_admin")
def enter_payment(path: TenantPath, body: PaymentWanted, header: Idempotent) -> Response:
    """Enters a payment. It pays its invoice, partly or whole; what is too much is kept for the next one."""
    received = Received(
        Money(body.amount, body.currency), body.method, body.received_on, _source(header), body.invoice_id,
        body.reference, body.note,
    )  # fmt: skip
    with edge().db.tenant(tenant_of(path.id).id) as tx:
        return ok(PaymentShown.of(payments.enter(tx, _terms(tx), actor(), received)), 201)


def _source(header: Idempotent) -> str:
    key = header.idempotency_key
    return f"key:{key}" if key is not None else f"api:{uuid.uuid4().hex}"


def _terms(tx: Tx) -> Catalogue:
    return catalogue.read(tx, edge().settings)


@family.post("/tenant/<string:id>/invoices", Answer[InvoiceShown], 201)
@require_role("super_admin")
def bill_tenant(path: TenantPath, body: InvoiceWanted, header: Idempotent) -> Response:
    """Bills a business by hand; its owner gets the invoice."""
    found = tenant_of(path.id)
    lines = [Line(each.text, each.amount) for each in body.lines]
    with edge().db.tenant(found.id) as tx:
        made = steering.bill(
            tx, _terms(tx), actor(), f"manual:{_source(header)}", lines, body.currency, body.due_on, body.note
        )
        return ok(InvoiceShown.of(made, local_date(tx.now, found.timezone)), 201)


@family.post("/tenant/<string:id>/invoices/<string:invoiceId>/void", Answer[InvoiceShown])
@require_role("super_admin")
def void_invoice(path: TenantInvoicePath, body: VoidWanted) -> Response:
    """Takes an open invoice back; what was paid of it is kept for the next one."""
    found = tenant_of(path.id)
    with edge().db.tenant(found.id) as tx:
        invoice = steering.void(tx, _terms(tx), actor(), path.invoice_id, body.note)
        return ok(InvoiceShown.of(invoice, local_date(tx.now, found.timezone)))


@family.put("/tenant/<string:id>/subscription", Answer[SubscriptionShown])
@require_role("super_admin")
def set_subscription(path: TenantPath, body: SubscriptionWanted) -> Response:
    """Sets plan, cycle, end and price of a subscription at once; its open invoices are taken back."""
    wanted = steering.Wanted(body.plan, body.cycle, body.period_to, body.price, body.currency)
    with edge().db.tenant(tenant_of(path.id).id) as tx:
        steering.put(tx, _terms(tx), actor(), wanted)
        return _subscription(tx)


@family.post("/tenant/<string:id>/trial", Answer[SubscriptionShown])
@require_role("super_admin")
def extend_trial(path: TenantPath, body: TrialWanted) -> Response:
    """Lets a business try for some more days; one whose trial is over, from today."""
    with edge().db.tenant(tenant_of(path.id).id) as tx:
        subscriptions.extend_trial(tx, actor(), body.days)
        return _subscription(tx)


def _subscription(tx: Tx) -> Response:
    tenant = tx.get_one(Tenant, tx.tenant)
    found = overview.of(tx, tenant, _terms(tx))
    return ok(SubscriptionShown.of(tenant, found.subscription, found.coming, found.today, found.currency))
