"""A payment received: booked, told to the payer, and its receipt made where an instalment was paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.db.engine import Tx
from services.db.models import Contact, Tenant, WhatsAppSession
from services.documents.requests import Allowance, Recipient, Wanted, request
from services.i18n import Joined, Renderable, _, lines
from services.lending import debts, payment_texts
from services.lending.debts import Booked
from services.lending.ledger import Side, Source
from services.lending.receipts import Receipt, receipt_of, to_json
from services.messaging.contacts import Reach, called
from services.money import Money
from services.tenants.plans import limit_of


@dataclass(frozen=True, slots=True)
class Received:
    """What a payment did. `notice` is for the payer; without `has_pdf` the receipt of an instalment is text only."""

    booked: Booked
    receipt: Receipt
    notice: Renderable
    has_pdf: bool


def receive(
    tx: Tx, source: Source, tenant: Tenant, session: WhatsAppSession, person: Contact, side: Side, amount: Money,
    on: date, told: Reach | None,
) -> Received:  # fmt: skip
    """Books a payment and has the receipt of an instalment made; `told` is how the payer hears of it, if they do.

    `session` is the number in whose own chat the owner gets a receipt to pass on.
    """
    booked = debts.pay(tx, source, contact_id=person.id, side=side, amount=amount, on=on)
    receipt = receipt_of(tx, booked, called(person), side, on)
    has_pdf = not receipt.has_installments or _send(tx, tenant, session, receipt, told)
    notice = lines(
        payment_texts.paid_line(tenant.name, called(person), side, amount),
        *payment_texts.split(receipt),
        payment_texts.notice_standing(side, booked.account),
    )
    return Received(booked, receipt, notice, has_pdf)


def _send(tx: Tx, tenant: Tenant, session: WhatsAppSession, receipt: Receipt, told: Reach | None) -> bool:
    """Has the receipt made and sent to whoever is told, else to the owner; False when the month's PDFs are used up."""
    number = str(receipt.entry_id)
    name = _("Receipt {number}", number=number).render(tenant.locale).replace(" ", "-")
    wanted = Wanted("receipt", f"receipt:{receipt.entry_id}", to_json(receipt), tenant.locale, f"{name}.pdf")
    allowance = Allowance(limit_of(tenant.plan, tenant.limits, "pdfs"), tenant.timezone)
    return request(tx, wanted, [_recipient(tenant, session, receipt, told)], allowance)


def _recipient(tenant: Tenant, session: WhatsAppSession, receipt: Receipt, told: Reach | None) -> Recipient:
    number = str(receipt.entry_id)
    if told is None:
        caption = _("Receipt {number} for {name}, to pass on.", number=number, name=receipt.payer)
        return Recipient(session.id, f"phone:{session.phone}", caption.render(tenant.locale))
    caption = _("Receipt {number} of {business}", number=number, business=tenant.name)
    paid_off = _("*Paid off.* Thank you!") if receipt.paid_off else None
    return Recipient(told.session_id, told.chat, Joined((caption, paid_off)).render(told.locale or tenant.locale))
