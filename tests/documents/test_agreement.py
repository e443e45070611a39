"""The agreement's PDF: everything that the product's rules say it states is found in its text."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from services.documents.agreement import render_agreement
from services.documents.facts import Acceptance, Party
from services.i18n import show
from tests.documents.samples import ACCEPTED, HASH, agreement


def pages(document: bytes) -> list[str]:
    """The text of each page with single ordinary spaces."""
    reader = PdfReader(io.BytesIO(document))
    return [" ".join(page.extract_text().replace("\u00a0", " ").split()) for page in reader.pages]


def text(**changed: Any) -> str:
    locale = changed.pop("locale", "en")
    return " ".join(pages(render_agreement(agreement(**changed), locale)))


def test_every_fact_is_stated() -> None:
    stated = text(acceptance=ACCEPTED, locale="en")
    for fact in (
        "No. 12", "Version 2", "takes the place of version 1", "Made on 13 Feb 2025", "Warung Bu Tini",
        "Kartini Wijaya", "+62 811-0000-001", "3174012345678901", "Budi Santoso", "+62 812-3456-7890",
        "3174098765432109", "IDR 5,000,000", "five million rupiah", "Disbursed on 20 Feb 2025: in cash",
        "12 months", "11 instalments of IDR 491,667 each, then a last one of IDR 491,663", "each month",
        "20 Mar 2025", "20 Feb 2026", "18% a year, flat", "IDR 5,000,000 × 18% × 12/12 = IDR 900,000", 
        "IDR 5,000,000 × 18% × 12/12 ÷ 12 = IDR 75,000",
        "IDR 5,000,000 ÷ 12 = IDR 416,667", "Rounding: every figure to the nearest IDR 1", "IDR 900,000",
        "IDR 5,900,000", "37.09%", "1% of the overdue amount, once for each late instalment",
        "Days of grace: for 3 days", "penalties, fees, interest, principal", "BCA 123 456 7890 a.n. Kartini Wijaya",
        "call or write to +62 811-0000-001", "modal usaha", "No collateral", "Early repayment",
        "counts towards the next instalment", "new version of this agreement", "SETUJU", "language: English",
        "Amounts are in IDR", "Asia/Jakarta", "Signatures", HASH,
        "Accepted electronically", "13 Feb 2025 11:05:06 UTC+07:00 (Asia/Jakarta)", "3EB0A9F1C2D4", "“Setuju, Pak!”",
    ):  # fmt: skip
        assert fact in stated, fact


@pytest.mark.parametrize("periods", [1, 12, 36, 120])
def test_the_whole_schedule_is_there_with_its_heading_on_each_page_and_its_totals(periods: int) -> None:
    facts = agreement(periods=periods, method="equal_installments")
    shown = pages(render_agreement(facts, "en"))
    whole = " ".join(shown)
    for row in facts.schedule:
        figures = " ".join(f"{amount:,}" for amount in (row.principal, row.interest, row.total, row.balance))
        assert f"{row.number} {show(row.due, 'en')} {figures}" in whole
    assert f"Total 5,000,000 {sum(row.interest for row in facts.schedule):,}" in whole
    for page in shown:
        assert not re.search(r"\d+ \d+ \w{3} 20\d\d [\d,]+ [\d,]+ [\d,]+ [\d,]+ \d", page) or "Due date" in page


def test_each_page_says_which_of_how_many_it_is() -> None:
    shown = pages(render_agreement(agreement(periods=120), "en"))
    assert len(shown) > 4
    for number, page in enumerate(shown, start=1):
        assert f"Page {number} of {len(shown)}" in page
        assert "Agreement 12, version 2" in page
        assert HASH[:12] in page


def test_a_loan_without_interest_says_so_and_has_no_effective_rate() -> None:
    stated = text(annual_rate=Decimal(0), penalties=None, grace_days=None)
    assert "No interest is charged." in stated
    assert "No penalty is charged" in stated
    assert "Effective annual rate" not in stated
    assert "yearly rate" not in stated


def test_an_unaccepted_agreement_claims_no_acceptance() -> None:
    assert "Accepted electronically" not in text()


def test_an_annuity_is_explained_with_its_numbers_multiple_and_grace() -> None:
    stated = text(method="equal_installments", installment_multiple=Decimal(1000), principal_grace=2)
    assert "P = IDR 5,000,000, r = 18% × 1/12 and n = 10, which gives IDR 542,000" in stated
    assert "nearest multiple of IDR 1,000" in stated
    assert "2 instalments at the beginning pay interest only" in stated


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ({"method": "equal_principal"}, "principal still outstanding × yearly rate × part of the year"),
        ({"method": "equal_principal", "interest": "daily"}, "IDR 5,000,000 × 18% × 28 ÷ 365 = IDR 69,041"),
        ({"method": "flat", "interest": "daily"}, "IDR 5,000,000 × 18% × 365 ÷ 365 = IDR 900,000"),
        ({"frequency": "weeks", "every": 2}, "IDR 5,000,000 × 18% × 24/52 = IDR 415,385"),
        ({"installment_multiple": Decimal(5000)}, "nearest multiple of IDR 5,000"),
        ({"overpayment": "shorten"}, "reduces the last instalments first"),
        ({"replaces": True}, "takes the place of what the Second Party owed"),
    ],
)
def test_each_kind_of_terms_is_explained(terms: dict[str, Any], sentence: str) -> None:
    assert sentence in text(**terms)


def test_a_plan_by_amount_says_what_each_instalment_is_and_that_the_last_is_the_rest() -> None:
    stated = text(installment="700000", method="equal_installments")
    assert "Each instalment is IDR 700,000" in stated
    assert "is what remains" in stated


def test_dollars_have_cents_in_figures_and_words() -> None:
    stated = text(currency="USD", principal=Decimal("1200.50"))
    assert "$1,200.50" in stated
    assert "one thousand two hundred dollars and fifty cents" in stated


def test_the_document_speaks_its_locale() -> None:
    stated = text(locale="id")
    assert "Rp 5.000.000" in stated
    assert "lima juta rupiah" in stated


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("Siti <b>Aminah</b> & “Co” 'x' \"y\"", "Siti <b>Aminah</b> & “Co” 'x' \"y\""),
        ("Budi 😀 Santoso", "Budi Santoso"),
        ("Žofie Đặng Łukasz", "Žofie Đặng Łukasz"),
        ("Иван Αλέξης", "Иван Αλέξης"),
        ("😀", "+62 812"),
        ("A" * 300, "A" * 40),
    ],
)
def test_names_of_every_kind_are_drawn(name: str, seen: str) -> None:
    stated = text(borrower=Party(name, "+62 812"))
    assert seen.replace(" ", "") in stated.replace(" ", "")


@pytest.mark.parametrize("name", ["محمد علي", "王小明", "हिन्दी", "ไทย", "שלום", "한국", "\u0000\ufffe\ud800x"])
def test_no_script_breaks_the_document(name: str) -> None:
    assert render_agreement(agreement(borrower=Party(name, None)), "id").startswith(b"%PDF")


def test_endless_words_of_acceptance_still_fit_on_a_page() -> None:
    long = Acceptance("+62 812", ACCEPTED.at, "X" * 200, "setuju " * 900)
    assert "setuju setuju" in text(acceptance=long, how_to_pay="transfer " * 900)


def test_the_code_can_be_tapped() -> None:
    facts = agreement()
    last = PdfReader(io.BytesIO(render_agreement(facts, "en"))).pages[-1]
    assert [note["/A"]["/URI"] for note in last.annotations or []] == [facts.verify_url]


def test_an_agreement_of_three_years_is_small() -> None:
    assert len(render_agreement(agreement(periods=36), "id")) <= 60_000


def test_other_facts_give_another_document() -> None:
    facts = agreement()
    assert render_agreement(facts, "en") == render_agreement(facts, "en")
    assert render_agreement(replace(facts, number=13), "en") != render_agreement(facts, "en")
