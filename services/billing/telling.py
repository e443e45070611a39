"""Telling the owner: texts in the chat of the business's own number, invoices and receipts as PDFs with a caption."""

from __future__ import annotations

from sqlalchemy import select

from services.db.engine import Tx
from services.db.models import Invoice, SubscriptionPayment, Tenant, WhatsAppSession
from services.documents import requests
from services.documents.requests import Recipient, Wanted
from services.i18n import Renderable, _
from services.messaging.notices import tell_owner
from services.money import Money


def tell(tx: Tx, key: str, text: Renderable) -> None:
    """Writes to the owner, once ever for each `key`; nobody reads it where there is no number."""
    session = _session(tx)
    if session is not None:
        tell_owner(tx, session.id, f"billing:{key}", text)


def _session(tx: Tx) -> WhatsAppSession | None:
    statement = select(WhatsAppSession).where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.is_default)
    return tx.scalars(statement).one_or_none()


def send_invoice(tx: Tx, tenant: Tenant, invoice: Invoice, caption: Renderable) -> None:
    """Has an invoice made and sent to the owner, once."""
    _send(tx, tenant, invoice_paper(tenant, invoice), f"billing:invoice:{invoice.id}", caption)


def send_receipt(
    tx: Tx, tenant: Tenant, payment: SubscriptionPayment, credit: Money, left: Money | None, caption: Renderable
) -> None:
    """Has the receipt of a payment made and sent to the owner, once; `left` is still to be paid of its invoice."""
    params: dict[str, object] = {
        "payment_id": payment.id, "credit": f"{credit.amount:f}", "left": None if left is None else f"{left.amount:f}"
    }  # fmt: skip
    name = _("Receipt {number}", number=f"{tx.tenant}-{payment.id}").render(tenant.locale)
    subject = f"subscription_receipt:{payment.id}:{tenant.locale}"
    wanted = Wanted("subscription_receipt", subject, params, tenant.locale, f"{name}.pdf")
    _send(tx, tenant, wanted, f"billing:payment:{payment.id}", caption)


def _send(tx: Tx, tenant: Tenant, wanted: Wanted, key: str, caption: Renderable) -> None:
    session = _session(tx)
    if session is not None:
        to = Recipient(session.id, f"phone:{session.phone}", caption.render(tenant.locale), key)
        requests.request(tx, wanted, [to], None)


def invoice_paper(tenant: Tenant, invoice: Invoice) -> Wanted:
    """The PDF of an invoice as it stands: another one once something is paid of it. It counts for nobody's limit."""
    subject = f"invoice:{invoice.id}:{invoice.status}:{invoice.paid.normalize():f}:{tenant.locale}"
    name = _("Invoice {number}", number=invoice.number).render(tenant.locale)
    return Wanted("invoice", subject, {"invoice_id": invoice.id}, tenant.locale, f"{name}.pdf")
