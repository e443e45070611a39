"""What each kind of document shows, read from the records in one transaction; drawing comes afterwards, outside of it.

One row of the table for each kind. The drawing libraries are loaded when something is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services.db.engine import Tx
from services.db.models import Agreement, AgreementVersion, Document, Tenant, WhatsAppSession
from services.documents import billing_gathering
from services.documents.facts import (
    Acceptance,
    AgreementFacts,
    Party,
    ReceiptFacts,
    ReceiptLine,
    ReportFacts,
    StatementFacts,
    WorkbookFacts,
)
from services.i18n import _
from services.lending import agreements, receipts, reports, statements
from services.lending.agreements import terms_of
from services.lending.allocation import COMPONENTS
from services.lending.ledger import Source
from services.lending.receipts import Part
from services.lending.schedule import effective_annual_rate
from services.money import Money
from services.tenants.actors import SYSTEM

Draw = Callable[[], bytes]
HASH_SHOWN = 12


def gather(tx: Tx, document: Document) -> Draw:
    """Reads what a document shows and returns the function that draws it, which needs no database."""
    return _KINDS[document.kind](tx, document.params, document.locale)


def made(tx: Tx, document: Document) -> None:
    """What follows once a document is there: an agreement may be answered from now on."""
    if document.kind == "agreement":
        source = Source(f"document:{document.id}", SYSTEM)
        agreements.sent(tx, source, int(document.params["version_id"]))


def _agreement(tx: Tx, params: Mapping[str, Any], locale: str) -> Draw:
    return _drawn_agreement(tx, params, locale, with_evidence=False)


def _accepted(tx: Tx, params: Mapping[str, Any], locale: str) -> Draw:
    return _drawn_agreement(tx, params, locale, with_evidence=True)


def _drawn_agreement(tx: Tx, params: Mapping[str, Any], locale: str, *, with_evidence: bool) -> Draw:
    statement = (
        select(AgreementVersion, Agreement, Tenant, WhatsAppSession)
        .join(
            Agreement,
            (Agreement.tenant_id == AgreementVersion.tenant_id) & (Agreement.id == AgreementVersion.agreement_id),
        )
        .join(Tenant, Tenant.id == AgreementVersion.tenant_id)
        .join(
            WhatsAppSession,
            (WhatsAppSession.tenant_id == Agreement.tenant_id) & (WhatsAppSession.id == Agreement.session_id),
        )
        .where(AgreementVersion.tenant_id == tx.tenant, AgreementVersion.id == params["version_id"])
    )
    version, agreement, tenant, session = tx.execute(statement).one()
    facts = agreement_facts(tenant, session, agreement, version, with_evidence=with_evidence)

    def draw() -> bytes:
        from services.documents.agreement import render_agreement

        return render_agreement(facts, locale)

    return draw


def agreement_facts(
    tenant: Tenant, session: WhatsAppSession, agreement: Agreement, version: AgreementVersion, *, with_evidence: bool
) -> AgreementFacts:
    """What the PDF of a version states, with the acceptance if there is one and it is asked for."""
    terms = terms_of(version)
    schedule = terms.schedule()
    number, phone = agreement.number, session.phone
    words = f"{_CHECK} {number} {version.content_hash[:HASH_SHOWN]}"
    acceptance = None
    if with_evidence and version.accepted_at is not None:
        acceptance = Acceptance(
            version.accepted_number or "", version.accepted_at.astimezone(ZoneInfo(terms.timezone)),
            version.accepted_message or "", version.accepted_words or "",
        )  # fmt: skip
    return AgreementFacts(
        business=tenant.name,
        number=number,
        version=version.version,
        previous_version=version.version - 1 or None,
        made_on=terms.made_on,
        lender=Party(terms.lender.name, terms.lender.number),
        borrower=Party(terms.borrower.name, terms.borrower.number),
        principal=terms.principal,
        disbursed_on=terms.loan.disbursed,
        disbursed_how=_("in cash or by transfer, upon acceptance"),
        terms=terms.loan,
        schedule=schedule,
        effective_rate=effective_annual_rate(terms.loan, schedule),
        penalties=terms.penalty.describe(terms.currency) if terms.penalty is not None else None,
        grace_days=terms.penalty.grace if terms.penalty is not None else None,
        allocation_order=terms.allocation_order,
        overpayment="shorten" if terms.shorten else "next",
        how_to_pay=terms.how_to_pay or _("in cash or by transfer, as agreed with the lender"),
        contact_phone=f"+{phone}",
        purpose=None,
        acceptance=acceptance,
        content_hash=version.content_hash,
        verify_url=f"https://wa.me/{phone}?text={quote(words)}",
        timezone=terms.timezone,
        installment=None if terms.installment is None else Money(terms.installment, terms.currency),
        replaces=terms.replaces,
    )


# What the QR code has its reader write; `handlers.chat.agreements` understands it.
_CHECK = "CEK"


def _line(part: Part, nothing: Money) -> ReceiptLine:
    penalty, fee, interest, principal = (part.amounts.get(kind, nothing) for kind in COMPONENTS)
    return ReceiptLine(part.label(), penalty, fee, interest, principal, part.total)


def _receipt(tx: Tx, params: Mapping[str, Any], locale: str) -> Draw:
    tenant = tx.get_one(Tenant, tx.tenant)
    receipt = receipts.from_json(params)
    split = tuple(_line(part, Money(Decimal(0), receipt.amount.currency)) for part in receipt.parts)
    facts = ReceiptFacts(
        business=tenant.name, number=f"{receipt.entry_id}", payer=receipt.payer, received_on=receipt.on,
        amount=receipt.amount, side=receipt.side, split=split, remaining=receipt.remaining,
        credit=receipt.credit or None, next_due=receipt.next_due, next_amount=receipt.next_amount,
        paid_off=receipt.paid_off, received_by=tenant.name,
    )  # fmt: skip

    def draw() -> bytes:
        from services.documents.receipt import render_receipt

        return render_receipt(facts, locale)

    return draw


def _statement(tx: Tx, params: Mapping[str, Any], locale: str) -> Draw:
    tenant, on = tx.get_one(Tenant, tx.tenant), date.fromisoformat(params["on"])
    shown = statements.statement(tx, params["contact_id"], tenant.currency, on)
    facts = StatementFacts(tenant.name, _phone(tx), shown, on)

    def draw() -> bytes:
        from services.documents.statement import render_statement

        return render_statement(facts, locale)

    return draw


def _phone(tx: Tx) -> str:
    own = select(WhatsAppSession.phone).where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.is_default)
    return f"+{tx.scalars(own).one()}"


def _report(tx: Tx, params: Mapping[str, Any], locale: str) -> Draw:
    tenant, on = tx.get_one(Tenant, tx.tenant), date.fromisoformat(params["on"])
    facts = ReportFacts(tenant.name, reports.month(tx, tenant.currency, params["year"], params["month"], on), on)

    def draw() -> bytes:
        from services.documents.report import render_report

        return render_report(facts, locale)

    return draw


def _workbook(tx: Tx, params: Mapping[str, Any], locale: str) -> Draw:
    tenant, on = tx.get_one(Tenant, tx.tenant), date.fromisoformat(params["on"])
    book = statements.book(tx, tenant.currency, on)
    facts = WorkbookFacts(
        tenant.name, tenant.currency, on, book.debts, book.agreements, book.installments, book.entries, book.people
    )

    def draw() -> bytes:
        from services.documents.excel import render_workbook

        return render_workbook(facts, locale)

    return draw


_KINDS: Mapping[str, Callable[[Tx, Mapping[str, Any], str], Draw]] = {
    "agreement": _agreement,
    "agreement_accepted": _accepted,
    "receipt": _receipt,
    "statement": _statement,
    "report": _report,
    "workbook": _workbook,
    "invoice": billing_gathering.invoice,
    "subscription_receipt": billing_gathering.receipt,
}
