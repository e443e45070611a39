"""Receipts, statements and monthly reports: what they say, and that nothing breaks them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.documents.charts import step
from services.documents.fonts import mark
from services.documents.receipt import render_receipt
from services.documents.report import render_report
from services.documents.statement import render_statement
from tests.documents.samples import idr, receipt, report, statement
from tests.documents.test_agreement import pages


def test_a_receipt_says_who_paid_what_for_and_what_is_left() -> None:
    shown = " ".join(pages(render_receipt(receipt(), "en")))
    for fact in (
        "No. R-00042", "13 Feb 2025", "Budi Santoso", "Warung Bu Tini", "IDR 600,000", "six hundred thousand rupiah",
        "Agreement 12, instalment 3 5,000 75,000 416,667 496,667", "Total 5,000 150,000 445,000 600,000",
        "IDR 4,321,000", "20 Jun 2025", "IDR 388,334", "Kartini Wijaya", "Page 1 of 1",
    ):  # fmt: skip
        assert fact in shown, fact
    assert "PAID OFF" not in shown
    assert "Fee" not in shown


def test_the_last_receipt_says_paid_off() -> None:
    last = receipt(paid_off=True, remaining=idr(0), next_due=None, next_amount=None, credit=idr(25_000))
    shown = " ".join(pages(render_receipt(last, "en")))
    assert "PAID OFF" in shown
    assert "Credit IDR 25,000" in shown
    assert "Next due date" not in shown


def test_the_receipt_of_what_the_business_paid_names_it_as_payer() -> None:
    shown = " ".join(pages(render_receipt(receipt(side="owed", split=()), "en")))
    assert "Paid by Warung Bu Tini Paid to Budi Santoso" in shown


def test_a_statement_lists_every_entry_and_what_is_open() -> None:
    facts = statement(80)
    shown = pages(render_statement(facts, "en"))
    whole = " ".join(shown)
    assert len(shown) > 2
    assert "IDR 541,667" in whole
    assert "Agreement 12, instalment 1 491,667 491,667" in whole
    assert "beras <10 kg> & minyak" in whole
    for line in facts.statement.lines:
        assert f"{line.balance.amount:,}" in whole
    assert all("Balance" in page for page in shown[1:])


def test_a_statement_of_nothing_is_a_statement() -> None:
    account = replace(statement(0).statement, open=(), phone=None, lent_balance=idr(0))
    assert "Nothing is open." in " ".join(pages(render_statement(statement(statement=account), "en")))


def test_notes_without_end_fit_on_a_page() -> None:
    facts = statement(1)
    line = replace(facts.statement.lines[0], note="🙂 panjang " * 2000)
    assert render_statement(replace(facts, statement=replace(facts.statement, lines=(line,))), "id")


def test_a_report_has_the_movement_the_ages_and_the_people() -> None:
    shown = " ".join(pages(render_report(report(), "en")))
    for fact in (
        "Monthly report, January 2025", "IDR 12,000,000", "IDR 15,000,000", "IDR 7,225,000", "IDR 20,600,000",
        "IDR 3,650,000", "1 to 30 days 1,250,000 3", "91 days and more 2,000,000 2", "Siti <b>Aminah</b>",
        "Žofie O'Neill & Co 3,600,000 300,000 33", "IDR 19,800,000", "New loans 9", "Payments 31",
    ):  # fmt: skip
        assert fact in shown, fact


def test_a_quiet_month_has_no_chart_and_no_people() -> None:
    facts = report()
    quiet = replace(
        facts.figures,
        days=tuple(replace(day, lent=idr(0), collected=idr(0)) for day in facts.figures.days),
        people=(),
    )
    shown = " ".join(pages(render_report(report(figures=quiet), "en")))
    assert "Day by day" not in shown
    assert "Who owes" not in shown


@pytest.mark.parametrize(
    ("largest", "distance"), [("0", "1"), ("9", "2"), ("1500000", "500000"), ("12.5", "5"), ("0.05", "0.01")]
)
def test_grid_lines_are_round(largest: str, distance: str) -> None:
    assert step(Decimal(largest)) == Decimal(distance)


def test_right_to_left_words_are_put_in_order_and_shaped() -> None:
    marked = mark("Toko محمد علي Jaya")
    assert marked.shaped
    assert marked.markup.index("علي") < marked.markup.index("محمد")
    assert marked.markup.startswith("Toko ")


def test_markup_in_names_is_text() -> None:
    assert mark("<b>A</b> & B").markup == "&lt;b&gt;A&lt;/b&gt; &amp; B"
    assert not mark("Budi").shaped


def test_a_date_of_the_past_century_is_no_problem() -> None:
    assert render_receipt(receipt(received_on=date(1970, 1, 1)), "en").startswith(b"%PDF")
