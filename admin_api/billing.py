"""What a business pays for Juragan, for its own people: subscription, prices, invoices, payments, and its wishes."""

from __future__ import annotations

from datetime import date

from flask import Response

from admin_api.access import require_role
from admin_api.billing_shapes import (
    BillingShown,
    InvoicePath,
    InvoiceShown,
    InvoicesWanted,
    Order,
    OrderedShown,
    PaymentShown,
    PdfShown,
    PlanForSale,
    PlansForSale,
    SubscriptionShown,
    offers,
)
from admin_api.edge import actor, edge
from admin_api.lists import Listing, order
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Paged
from admin_api.tenancy import tenant
from services.billing import catalogue, invoices, orders, overview, payments, telling
from services.billing.catalogue import Catalogue
from services.billing.orders import Ordered
from services.clock import local_date
from services.db.engine import Tx
from services.documents import requests
from services.tenants import subscriptions
from services.tenants.plans import FEATURES, PLANS

READ = "usage:read"
_PDF = {
    "description": "The PDF.", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
}  # fmt: skip

family = Family("billing", "Billing", "What the business pays for this service.", "/api/v1/billing")


def _today() -> date:
    return local_date(edge().db.clock.now(), tenant().timezone)


@family.get("", Answer[BillingShown])
@require_role("manager", READ)
def show_billing() -> Response:
    """The subscription, what is to be paid and how, and what can be bought."""
    with edge().db.tenant(tenant().id) as tx:
        terms = catalogue.read(tx, edge().settings)
        found = overview.of(tx, tenant(), terms)
    shown = BillingShown(
        subscription=SubscriptionShown.of(tenant(), found.subscription, found.coming, found.today, found.currency),
        open_invoices=[InvoiceShown.of(each, found.today) for each in found.open],
        next_invoice_on=found.next_invoice_on, credit=found.credit.plain(), currency=found.currency,
        prices=offers(terms.offers(found.currency)), how_to_pay=terms.instructions,
    )  # fmt: skip
    return ok(shown)


@family.get("/plans", Answer[PlansForSale])
@require_role("read_only", READ)
def list_plans_for_sale() -> Response:
    """Every plan with its limits and features, and what it costs in the currency of the business."""
    with edge().db.tenant(tenant().id) as tx:
        terms, found = catalogue.read(tx, edge().settings), subscriptions.of(tx)
    sold = offers(terms.offers(terms.pays_in(tenant(), found)))
    shown = [
        PlanForSale(
            plan=plan, limits=dict(limits), features=sorted(name for name, plans in FEATURES.items() if plan in plans),
            prices=[each for each in sold if each.plan == plan],
        )
        for plan, limits in PLANS.items()
    ]  # fmt: skip
    return ok(PlansForSale(plans=shown))


@family.post("/subscription", Answer[OrderedShown])
@require_role("owner")
def order_subscription(body: Order) -> Response:
    """Asks for a plan: a first or larger one begins when its invoice is paid, anything else with the next period."""
    with edge().db.tenant(tenant().id) as tx:
        terms = catalogue.read(tx, edge().settings)
        return _ordered(tx, terms, orders.choose(tx, terms, actor(), body.plan, body.cycle))


@family.post("/cancel", Answer[OrderedShown])
@require_role("owner")
def cancel_subscription() -> Response:
    """Ends the subscription with the period that is paid; the free plan follows."""
    with edge().db.tenant(tenant().id) as tx:
        terms = catalogue.read(tx, edge().settings)
        return _ordered(tx, terms, orders.cancel(tx, terms, actor()))


@family.post("/resume", Answer[OrderedShown])
@require_role("owner")
def resume_subscription() -> Response:
    """Lets the subscription go on as it is, whatever was to follow."""
    with edge().db.tenant(tenant().id) as tx:
        terms = catalogue.read(tx, edge().settings)
        return _ordered(tx, terms, orders.resume(tx, terms, actor()))


def _ordered(tx: Tx, terms: Catalogue, ordered: Ordered) -> Response:
    tx.flush()
    return ok(OrderedShown.of(ordered, terms, _today()))


@family.get("/invoices", Paged[InvoiceShown])
@require_role("manager", READ)
def list_invoices(query: InvoicesWanted) -> Response:
    """The invoices of the business, the newest first."""
    by = order(invoices.SORTABLE, query.sort, "-issuedOn,-id")
    with edge().db.tenant(tenant().id) as tx:
        rows, total = invoices.page(
            tx, status=query.status, tenant_id=None, overdue_on=_today() if query.overdue else None, order=by,
            offset=query.offset, limit=query.per_page,
        )  # fmt: skip
    shown = [InvoiceShown.of(row, _today()) for row, _tenant in rows]
    return paged(shown, total, query.page, query.per_page)


@family.get("/invoices/<string:id>", Answer[InvoiceShown])
@require_role("manager", READ)
def show_invoice(path: InvoicePath) -> Response:
    """An invoice."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(InvoiceShown.of(invoices.get(tx, path.id), _today()))


@family.get("/invoices/<string:id>/pdf", _PDF, also={202: Answer[PdfShown]})
@require_role("manager", READ)
def invoice_pdf(path: InvoicePath) -> Response:
    """The PDF of an invoice as it stands; 202 while it is being made, ask again then."""
    with edge().db.tenant(tenant().id) as tx:
        found = invoices.get(tx, path.id)
        document = requests.prepared(tx, telling.invoice_paper(tenant(), found))
    files = edge().files
    if files is None or document.file_hash is None or document.status != "made":
        return ok(PdfShown(), 202)
    response = Response(files.path(document.file_hash).read_bytes(), mimetype=document.mime)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@family.get("/payments", Paged[PaymentShown])
@require_role("manager", READ)
def list_payments(query: Listing) -> Response:
    """What the business has paid, the newest first."""
    by = order(payments.SORTABLE, query.sort, "-at,-id")
    with edge().db.tenant(tenant().id) as tx:
        rows, total = payments.page(tx, tenant_id=None, order=by, offset=query.offset, limit=query.per_page)
    return paged([PaymentShown.of(row) for row, _tenant in rows], total, query.page, query.per_page)
