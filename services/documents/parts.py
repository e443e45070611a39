"""Parts that documents are put together from: boxes, key figures, lists of facts, tables of figures, QR codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import segno
from babel.numbers import format_decimal
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, LongTable, Paragraph, Spacer, Table, TableStyle

from services.documents.fonts import BOLD, REGULAR, plain
from services.documents.page import ACCENT, INK, LINE, MUTED, TINT, WIDTH, Pen, paragraph, shorten
from services.i18n import show
from services.money import Money, currency_digits

PADDING = 3.5 * mm
MOST_LETTERS = 400  # A cell must fit on a page.
_NO_PADDING = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its width in points, and whether figures stand in it."""

    heading: object
    width: float
    figures: bool = False


def figure(amount: Decimal, currency: str, locale: str) -> str:
    """An amount without its currency, as it stands in a column: `1.250.000`, `1,250.00`."""
    digits = currency_digits(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(amount, pattern, locale)


def money_figure(money: Money, locale: str) -> str:
    """The same for an amount of money; nothing is shown as a dash."""
    return figure(money.amount, money.currency, locale) if money else "–"


def gap(millimetres: float) -> Spacer:
    """Empty space between two parts."""
    return Spacer(1, millimetres * mm)


def together(*parts: Flowable) -> KeepTogether:
    """Parts that no page break may part."""
    return KeepTogether(list(parts))


def columns(cells: Sequence[Any], widths: Sequence[float] | None = None, space: float = 6 * mm) -> Table:
    """Parts side by side, in equal columns unless widths are given."""
    count = len(cells)
    if widths is None:
        widths = [(WIDTH - space * (count - 1)) / count] * count
    row: list[Any] = []
    spread: list[float] = []
    for cell, width in zip(cells, widths, strict=True):
        row += [cell] if not row else ["", cell]
        spread += [width] if not spread else [space, width]
    return Table([row], spread, style=[*_NO_PADDING, ("VALIGN", (0, 0), (-1, -1), "TOP")])


def box(content: Sequence[Flowable], width: float = WIDTH, tint: bool = True, edge: Any = LINE) -> Table:
    """A frame with rounded corners around parts that stay on one page."""
    look = _frame(edge)
    if tint:
        look.append(("BACKGROUND", (0, 0), (-1, -1), TINT))
    return Table([[list(content)]], [width], style=look)


def _frame(edge: Any) -> list[tuple[Any, ...]]:
    return [
        ("BOX", (0, 0), (-1, -1), 0.7, edge),
        ("ROUNDEDCORNERS", [4, 4, 4, 4]),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), PADDING * 0.8),
        ("BOTTOMPADDING", (0, 0), (-1, -1), PADDING * 0.8),
    ]


def twin_box(left: Sequence[Flowable], right: Sequence[Flowable], edge: Any = LINE) -> Table:
    """A frame with two halves."""
    look = [*_frame(edge), ("LINEAFTER", (0, 0), (0, 0), 0.7, edge)]
    return Table([[list(left), list(right)]], [WIDTH / 2, WIDTH / 2], style=look)


def tiles(pen: Pen, facts: Sequence[tuple[object, object]], width: float = WIDTH) -> Table:
    """Key figures in a row, each under its label."""
    share = width / len(facts)
    cells = [[pen.para(label, "label"), pen.para(value, "figure")] for label, value in facts]
    rules = [("LINEAFTER", (0, 0), (-2, -1), 0.5, LINE), ("LEFTPADDING", (1, 0), (-1, -1), 3 * mm)]
    return Table([cells], [share] * len(facts), style=[*_NO_PADDING, ("VALIGN", (0, 0), (-1, -1), "TOP"), *rules])


def fact_list(
    pen: Pen, facts: Sequence[tuple[object, object]], width: float, label: float = 0.3, figures: bool = False
) -> Table:
    """Facts under each other: the label on the left, the value beside it (figures to the right), hairlines between."""
    look_of_value = "value_right" if figures else "value"
    rows = [[pen.para(name, "label"), pen.para(value, look_of_value)] for name, value in facts]
    look = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 2.2),
        ("TOPPADDING", (0, 0), (0, -1), 3.8),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
        ("LINEBELOW", (0, 0), (-1, -2), 0.4, LINE),
    ]
    return Table(rows, [width * label, width * (1 - label)], style=look)


def heading_above(pen: Pen, text: object) -> list[Flowable]:
    """A heading for a table that may run over pages: it moves on where only the table's head would fit below."""
    return [CondPageBreak(32 * mm), pen.para(text, "table_heading")]


def sheet_table(
    pen: Pen, heads: Sequence[Column], rows: Sequence[Sequence[object]], totals: Sequence[object] | None = None
) -> LongTable:
    """A table that may run over pages, its heading on each: zebra rows, figures to the right, totals last.

    Cells are strings wherever the text font can draw them on one line; only other names become paragraphs.
    """
    heading = [pen.para(column.heading, "th_right" if column.figures else "th") for column in heads]
    body = [[_cell(pen, value, column) for value, column in zip(row, heads, strict=True)] for row in rows]
    end = [] if totals is None else [[pen.text(value) for value in totals]]
    table = LongTable([heading, *body, *end], [column.width for column in heads], repeatRows=1)
    table.setStyle(TableStyle(_look(heads, bool(end))))
    return table


def _cell(pen: Pen, value: object, column: Column) -> object:
    text = shorten(show(value, pen.locale), MOST_LETTERS)
    if column.figures or (plain(text) and _text_width(text) <= column.width - 8):
        return text
    return paragraph(text, "cell")


def _text_width(text: str) -> float:
    return float(stringWidth(text, REGULAR, 8.4))


def _look(heads: Sequence[Column], totals: bool) -> list[tuple[Any, ...]]:
    last = -2 if totals else -1
    look: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 8.4, 10.8),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 2.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, ACCENT),
        ("ROWBACKGROUNDS", (0, 1), (-1, last), [None, TINT]),
        ("LINEBELOW", (0, -1), (-1, -1), 0.5, LINE),
    ]
    look += [("ALIGN", (place, 0), (place, -1), "RIGHT") for place, column in enumerate(heads) if column.figures]
    if totals:
        look += [("FONT", (0, -1), (-1, -1), BOLD, 8.4, 10.8), ("LINEABOVE", (0, -1), (-1, -1), 0.9, ACCENT)]
    return look


class QrCode(Flowable):  # type: ignore[misc]
    """A QR code of an address, which can be tapped as well; error correction M, the quiet zone is left to the page."""

    def __init__(self, address: str, size: float) -> None:
        super().__init__()
        self.width = self.height = size
        self._address = address
        self._rows = [bytes(row) for row in segno.make(address, error="m", micro=False).matrix]

    def draw(self) -> None:
        """Draws runs of dark modules as rectangles of one path."""
        module = self.width / len(self._rows)
        path = self.canv.beginPath()
        for top, row in enumerate(self._rows, start=1):
            start = None
            for place, dark in enumerate((*row, 0)):
                if dark and start is None:
                    start = place
                elif not dark and start is not None:
                    path.rect(start * module, self.height - top * module, (place - start) * module, module)
                    start = None
        self.canv.setFillColor(INK)
        self.canv.drawPath(path, stroke=0, fill=1)
        self.canv.linkURL(self._address, (0, 0, self.width, self.height), relative=1)


class SigningLine(Flowable):  # type: ignore[misc]
    """Room for a signature above a line."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.width, self.height = width, height

    def draw(self) -> None:
        """Draws the line at the foot."""
        self.canv.setStrokeColor(MUTED)
        self.canv.setLineWidth(0.6)
        self.canv.line(0, 0, self.width, 0)


def title(pen: Pen, text: object, below: object) -> list[Paragraph]:
    """The head of a document."""
    return [pen.para(text, "title"), pen.para(below, "subtitle")]
