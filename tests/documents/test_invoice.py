"""Invoices for Juragan and receipts of their payments: what they say in both languages, and always the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.documents.billing_facts import BilledLine, InvoiceFacts, PaidFacts
from services.documents.invoice import render_invoice
from services.documents.subscription_receipt import render_subscription_receipt
from services.money import Money
from tests.documents.samples import idr
from tests.documents.test_agreement import pages

LINES = (BilledLine("Paket pro, 13 Feb 2025 – 12 Mar 2025", idr(150_000)),)
INVOICE = InvoiceFacts(
    issuer=("PT Juragan Digital", "Jl. Merdeka 1", "Bandung"), billed_to=("Toko Maju", "+6281100000001"),
    number="INV-7-12", state="open", issued_on=date(2025, 2, 6), due_on=date(2025, 2, 12), paid_on=None,
    period=(date(2025, 2, 13), date(2025, 3, 12)), lines=LINES, total=idr(150_000), paid=idr(50_000),
    instructions="BCA 1234567890 a.n. PT Juragan\nQRIS di kasir", note=None,
)  # fmt: skip
PAID = PaidFacts(
    issuer=INVOICE.issuer, payer=INVOICE.billed_to, number="7-3", amount=idr(170_000), received_on=date(2025, 2, 10),
    method="transfer", reference="TRX-9911", invoice="INV-7-12", lines=LINES, left=idr(0), credit=idr(20_000),
)  # fmt: skip


def shown(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def test_an_open_invoice_says_what_how_and_until_when() -> None:
    text = shown(render_invoice(INVOICE, "id"))
    for fact in (
        "Tagihan", "No. INV-7-12", "6 Feb 2025", "PT Juragan Digital", "Jl. Merdeka 1", "Toko Maju", "+6281100000001",
        "Rp 100.000", "12 Feb 2025", "Paket pro, 13 Feb 2025 – 12 Mar 2025 150.000", "seratus lima puluh ribu rupiah",
        "Rp 50.000", "BCA 1234567890 a.n. PT Juragan", "QRIS di kasir", "Halaman 1 dari 1",
    ):  # fmt: skip
        assert fact in text, fact
    assert "LUNAS" not in text


@pytest.mark.parametrize(("state", "locale", "stamp"), [("paid", "en", "PAID"), ("void", "id", "BATAL")])
def test_what_isnt_open_any_more_is_stamped_and_not_to_be_paid(state: str, locale: str, stamp: str) -> None:
    total = Money(Decimal("15.50"), "USD")
    lines = (BilledLine("Plan pro", Money(Decimal(18), "USD")), BilledLine("Goodwill", Money(Decimal("-2.50"), "USD")))
    facts = replace(INVOICE, state=state, total=total, paid=total, paid_on=date(2025, 2, 10), lines=lines, note="Hi")
    text = shown(render_invoice(facts, locale))
    assert stamp in text and "BCA" not in text
    assert "Hi" in text
    if locale == "en":
        assert "Goodwill -2.50 Total 15.50" in text and "fifteen dollars and fifty cents" in text


def test_a_receipt_says_what_is_left_and_what_is_kept() -> None:
    text = shown(render_subscription_receipt(PAID, "id"))
    for fact in ("Kuitansi", "No. 7-3", "Rp 170.000", "seratus tujuh puluh ribu rupiah", "transfer", "TRX-9911",
                 "INV-7-12", "Rp 20.000", "Rp 0"):  # fmt: skip
        assert fact in text, fact
    alone = replace(PAID, invoice=None, lines=(), left=None, credit=idr(0), reference=None)
    assert "INV-7-12" not in shown(render_subscription_receipt(alone, "en"))


def test_nothing_that_people_write_breaks_them_and_many_lines_run_over_pages() -> None:
    lines = tuple(BilledLine(f"<b>{n}</b> & 王小明 😀 " + "x" * 200, idr(n)) for n in range(60))
    facts = replace(INVOICE, lines=lines, billed_to=("<Toko> & محمد",), note="a <b> c", total=idr(1770))
    found = pages(render_invoice(facts, "en"))
    assert len(found) > 2
    assert "<b>59</b> & 王小明" in " ".join(found)


def test_the_same_facts_give_the_same_bytes() -> None:
    assert render_invoice(INVOICE, "id") == render_invoice(INVOICE, "id")
    assert render_subscription_receipt(PAID, "en") == render_subscription_receipt(PAID, "en")
