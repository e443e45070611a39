"""The spreadsheet, read again: numbers are numbers, dates are dates, totals are formulas with their values."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from services.documents.excel import render_workbook
from services.lending.figures import PersonRow
from services.money import Money
from tests.documents.samples import workbook


def read(document: bytes, values: bool = True) -> Any:
    return load_workbook(io.BytesIO(document), data_only=values)


def test_there_is_a_sheet_for_each_subject_with_headings_in_view_and_filters() -> None:
    book = read(render_workbook(workbook(), "en"))
    assert book.sheetnames == ["Debts", "Agreements", "Instalments", "Entries", "People"]
    for sheet in book:
        assert sheet.freeze_panes == "A4"
        assert sheet.auto_filter.ref.startswith("A3:")


def test_numbers_dates_and_texts_are_what_they_are() -> None:
    sheet = read(render_workbook(workbook(), "en"))["Debts"]
    name, _side, amount, left, due, note = (cell.value for cell in sheet[4])
    assert (name, amount, left) == ("Budi", 500_000, 250_000)
    assert isinstance(due, datetime)
    assert due.date() == date(2025, 3, 1)
    assert note == "=1+1"
    assert sheet["F4"].data_type == "s"
    assert sheet["C4"].number_format == '"IDR" #,##0'


def test_totals_are_formulas_that_carry_their_value() -> None:
    document = render_workbook(workbook(), "en")
    assert read(document)["Debts"]["D6"].value == 350_000
    assert read(document, values=False)["Debts"]["D6"].value == "=SUBTOTAL(109,D4:D5)"
    assert read(document)["Agreements"]["G5"].value == 4_916_666


def test_times_stand_as_the_clock_showed_them() -> None:
    sheet = read(render_workbook(workbook(), "en"))["Entries"]
    assert sheet["B4"].value == datetime(2025, 2, 1, 9, 30)  # noqa: DTZ001 - spreadsheets know no zone
    assert sheet["F5"].value == -250_000


def test_cents_are_kept() -> None:
    half = Money(Decimal("0.10"), "USD")
    people = tuple(PersonRow(f"P{number}", None, half, half, half) for number in range(3))
    document = render_workbook(workbook(currency="USD", people=people, debts=(), agreements=()), "en")
    sheet = read(document)["People"]
    assert sheet["C4"].number_format == '"$" #,##0.00'
    assert Decimal(str(sheet["C7"].value)) == Decimal("0.30")


def test_an_empty_book_has_its_headings() -> None:
    empty = workbook(debts=(), agreements=(), installments=(), entries=(), people=())
    book = read(render_workbook(empty, "id"))
    assert len(book.sheetnames) == 5
    assert all(sheet["A3"].value for sheet in book)


def test_a_book_tells_its_day() -> None:
    assert read(render_workbook(workbook(), "en")).properties.created == datetime(2025, 2, 13)  # noqa: DTZ001
