"""The whole book as a spreadsheet: one sheet for each subject, with real numbers and dates and totals by formula.

Texts from people are written as texts and never as formulas. The same facts always give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from babel.numbers import get_currency_symbol
from xlsxwriter.utility import xl_col_to_name

from services.documents.facts import WorkbookFacts
from services.documents.names import kind_name, side_name, status_name
from services.i18n import Text, _, show
from services.money import Money, currency_digits

_LONGEST_NAME = 31
_FORBIDDEN = str.maketrans("", "", "[]:*?/\\'")
_FIRST_ROW = 3  # Below the business, the day, and the headings.


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its heading, what stands in it (text, number, date, time, money, total), its width in letters."""

    heading: Text
    kind: str
    width: int


@dataclass(frozen=True, slots=True)
class _Subject:
    """A sheet: its name, its columns, and a tuple of plain values for each row."""

    name: Text
    columns: tuple[_Column, ...]
    rows: Sequence[tuple[object, ...]]


def render_workbook(facts: WorkbookFacts, locale: str) -> bytes:
    """An .xlsx file of the book with its words in the language of `locale`."""
    paper = io.BytesIO()
    book = xlsxwriter.Workbook(paper, {"in_memory": True})
    made = datetime(facts.made_on.year, facts.made_on.month, facts.made_on.day)  # noqa: DTZ001 - files have no zone
    book.set_properties({"title": facts.business, "author": facts.business, "created": made, "modified": made})
    looks = _looks(book, facts.currency, locale)
    for subject in _subjects(facts):
        _draw(book, looks, subject, facts, locale)
    book.close()
    return paper.getvalue()


def _subjects(facts: WorkbookFacts) -> tuple[_Subject, ...]:
    return (_debts(facts), _agreements(facts), _installments(facts), _entries(facts), _people(facts))


def _debts(facts: WorkbookFacts) -> _Subject:
    columns = (
        _Column(_("Name"), "text", 26),
        _Column(_("Who owes"), "text", 22),
        _Column(_("Amount"), "money", 18),
        _Column(_("Left"), "total", 18),
        _Column(_("Due date"), "date", 13),
        _Column(_("Note"), "text", 36),
    )
    rows = [(row.name, side_name(row.side), row.amount, row.left, row.due, row.note) for row in facts.debts]
    return _Subject(_("Debts"), columns, rows)


def _agreements(facts: WorkbookFacts) -> _Subject:
    columns = (
        _Column(_("Agreement"), "number", 11),
        _Column(_("Name"), "text", 26),
        _Column(_("Status"), "text", 14),
        _Column(_("Principal"), "total", 18),
        _Column(_("Interest"), "total", 18),
        _Column(_("Paid"), "total", 18),
        _Column(_("Left"), "total", 18),
        _Column(_("Begins"), "date", 13),
        _Column(_("Ends"), "date", 13),
    )
    rows = [
        (
            row.number,
            row.name,
            status_name(row.status),
            row.principal,
            row.interest,
            row.paid,
            row.left,
            row.started,
            row.ends,
        )
        for row in facts.agreements
    ]
    return _Subject(_("Agreements"), columns, rows)


def _installments(facts: WorkbookFacts) -> _Subject:
    columns = (
        _Column(_("Agreement"), "number", 11),
        _Column(_("No."), "number", 7),
        _Column(_("Name"), "text", 26),
        _Column(_("Due date"), "date", 13),
        _Column(_("Principal"), "total", 18),
        _Column(_("Interest"), "total", 18),
        _Column(_("Penalty"), "total", 18),
        _Column(_("Paid"), "total", 18),
        _Column(_("Left"), "total", 18),
    )
    rows = [
        (
            row.agreement,
            row.number,
            row.name,
            row.due,
            row.principal,
            row.interest,
            row.penalty,
            row.paid,
            row.left,
        )
        for row in facts.installments
    ]
    return _Subject(_("Instalments"), columns, rows)


def _entries(facts: WorkbookFacts) -> _Subject:
    columns = (
        _Column(_("Date"), "date", 13),
        _Column(_("Recorded at"), "time", 18),
        _Column(_("Name"), "text", 26),
        _Column(_("Who owes"), "text", 22),
        _Column(_("Entry"), "text", 24),
        _Column(_("Amount"), "money", 18),
        _Column(_("Note"), "text", 36),
        _Column(_("Agreement"), "number", 11),
    )
    rows = [
        (
            row.on,
            row.recorded_at,
            row.name,
            side_name(row.side),
            kind_name(row.kind, row.side),
            row.amount,
            row.note,
            row.agreement,
        )
        for row in facts.entries
    ]
    return _Subject(_("Entries"), columns, rows)


def _people(facts: WorkbookFacts) -> _Subject:
    columns = (
        _Column(_("Name"), "text", 26),
        _Column(_("Phone"), "text", 20),
        _Column(_("Owes the business"), "total", 20),
        _Column(_("Is owed"), "total", 20),
        _Column(_("Paid in advance"), "total", 20),
    )
    rows = [(row.name, row.phone, row.owes, row.owed, row.credit) for row in facts.people]
    return _Subject(_("People"), columns, rows)


def _looks(book: Any, currency: str, locale: str) -> dict[str, Any]:
    """The formats of cells by kind of column; `sum_` ones are those of the totals."""
    digits = currency_digits(currency)
    symbol = get_currency_symbol(currency, locale).replace('"', "")
    money = f'"{symbol}" #,##0' + ("." + "0" * digits if digits else "")
    formats = {"money": money, "total": money, "date": "d mmm yyyy", "time": "d mmm yyyy hh:mm", "number": "0"}
    plain = {"text": {}, **{kind: {"num_format": shown} for kind, shown in formats.items()}}
    looks = {kind: book.add_format({**look, "valign": "top"}) for kind, look in plain.items()}
    looks["title"] = book.add_format({"bold": True, "font_size": 14, "font_color": "#0f4c5c"})
    looks["small"] = book.add_format({"font_color": "#5f6b7a"})
    looks["head"] = book.add_format({"bold": True, "font_color": "#ffffff", "bg_color": "#0f4c5c", "valign": "vcenter"})
    looks["sum_text"] = book.add_format({"bold": True, "top": 1})
    looks["sum_money"] = book.add_format({"bold": True, "top": 1, "num_format": money})
    return looks


def _draw(book: Any, looks: dict[str, Any], subject: _Subject, facts: WorkbookFacts, locale: str) -> None:
    """One sheet: title, headings that stay in view and filter, rows, totals that follow the filter."""
    sheet = book.add_worksheet(subject.name.render(locale).translate(_FORBIDDEN)[:_LONGEST_NAME])
    sheet.write_string(0, 0, facts.business, looks["title"])
    below = _("{subject} on {day}, in {currency}", subject=subject.name, day=facts.made_on, currency=facts.currency)
    sheet.write_string(1, 0, below.render(locale), looks["small"])
    for place, column in enumerate(subject.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(_FIRST_ROW - 1, place, column.heading.render(locale), looks["head"])
    for number, row in enumerate(subject.rows, start=_FIRST_ROW):
        for place, (column, value) in enumerate(zip(subject.columns, row, strict=True)):
            _write(sheet, number, place, value, looks[column.kind], locale)
    sheet.freeze_panes(_FIRST_ROW, 0)
    last = _FIRST_ROW + max(len(subject.rows), 1) - 1
    sheet.autofilter(_FIRST_ROW - 1, 0, last, len(subject.columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_FIRST_ROW - 1)
    if subject.rows:
        _totals(sheet, looks, subject, last, locale)


def _write(sheet: Any, row: int, place: int, value: object, look: Any, locale: str) -> None:
    """A cell by what it holds; spreadsheets know no zones, so a time is written as the clock showed it."""
    match value:
        case None:
            sheet.write_blank(row, place, None, look)
        case Money():
            sheet.write_number(row, place, value.rounded().amount, look)
        case int():
            sheet.write_number(row, place, value, look)
        case datetime():
            sheet.write_datetime(row, place, value.replace(tzinfo=None), look)
        case date():
            sheet.write_datetime(row, place, value, look)
        case _:
            sheet.write_string(row, place, show(value, locale), look)


def _totals(sheet: Any, looks: dict[str, Any], subject: _Subject, last: int, locale: str) -> None:
    """Sums of the visible rows below them, with the value of all rows for who reads without computing."""
    end = last + 1
    for place, column in enumerate(subject.columns):
        if column.kind != "total":
            label = _("Total").render(locale) if place == 0 else ""
            sheet.write_string(end, place, label, looks["sum_text"])
            continue
        name = xl_col_to_name(place)
        amounts = [value.rounded().amount for row in subject.rows if isinstance(value := row[place], Money)]
        formula = f"=SUBTOTAL(109,{name}{_FIRST_ROW + 1}:{name}{last + 1})"
        sheet.write_formula(end, place, formula, looks["sum_money"], sum(amounts, Decimal(0)))
