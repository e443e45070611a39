"""The page that all documents share: paper, margins, header, footer with page x of y, colours and styles."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

from services.documents.fonts import BOLD, REGULAR, drawable, mark, register
from services.i18n import _, show

INK: Color = HexColor("#1d2733")
MUTED: Color = HexColor("#5f6b7a")
ACCENT: Color = HexColor("#0f4c5c")
TINT: Color = HexColor("#f3f6f8")
LINE: Color = HexColor("#cbd4dc")
GOOD: Color = HexColor("#1f7a4d")
ALARM: Color = HexColor("#a63d2f")

PAGE_WIDTH, PAGE_HEIGHT = A4
SIDE, TOP, BOTTOM = 18 * mm, 23 * mm, 20 * mm
WIDTH: float = PAGE_WIDTH - 2 * SIDE


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on every page: the business and the kind of document above, its reference and short hash below."""

    business: str
    title: str
    reference: str
    seal: str
    made_on: date
    locale: str


def build(sheet: Sheet, story: list[Flowable]) -> bytes:
    """The PDF of a story; its date is the day on which the document was made, so that the same facts repeat it."""
    register()
    paper = io.BytesIO()
    frame = Frame(SIDE, BOTTOM, WIDTH, PAGE_HEIGHT - TOP - BOTTOM, 0, 0, 0, 0)
    document = BaseDocTemplate(
        paper,
        pagesize=A4,
        pageTemplates=[PageTemplate(frames=[frame])],
        title=f"{sheet.title} · {sheet.reference}",
        author=sheet.business,
        creator="Juragan",
        lang=sheet.locale.replace("_", "-"),
        invariant=1,
    )
    document.build(story, canvasmaker=lambda *given, **named: _NumberedCanvas(sheet, *given, **named))
    return paper.getvalue()


class _NumberedCanvas(Canvas):  # type: ignore[misc]
    """Keeps the finished pages until their number is known, then draws what stands on each."""

    def __init__(self, sheet: Sheet, *given: Any, **named: Any) -> None:
        super().__init__(*given, **{**named, "initialFontName": REGULAR})
        self._sheet = sheet
        self._pages: list[dict[str, Any]] = []
        made = sheet.made_on
        self._doc._timeStamp.YMDhms = (made.year, made.month, made.day, 0, 0, 0)

    def showPage(self) -> None:  # noqa: N802 - the library's name
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        count = len(self._pages)
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self._edges(number, count)
            super().showPage()
        super().save()

    def _edges(self, number: int, count: int) -> None:
        sheet, top, bottom = self._sheet, PAGE_HEIGHT - 14 * mm, 12 * mm
        self.setStrokeColor(ACCENT)
        self.setLineWidth(1.2)
        self.line(SIDE, top - 3 * mm, PAGE_WIDTH - SIDE, top - 3 * mm)
        self.setStrokeColor(LINE)
        self.setLineWidth(0.5)
        self.line(SIDE, bottom + 4 * mm, PAGE_WIDTH - SIDE, bottom + 4 * mm)
        self._at(sheet.business, "business", top)
        self._at(sheet.title, "edge_right", top)
        below = " · ".join(part for part in (sheet.reference, sheet.seal) if part)
        self._at(below, "edge", bottom)
        pages = _("Page {number} of {count}", number=number, count=count).render(sheet.locale)
        self._at(pages, "edge_right", bottom)

    def _at(self, text: str, style: str, y: float) -> None:
        line = paragraph(shorten(text, 70), style)
        line.wrapOn(self, WIDTH, 20 * mm)
        line.drawOn(self, SIDE, y - 1.2 * mm)


def shorten(text: str, most: int) -> str:
    """A text that fits on one line of the edge."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


@lru_cache(maxsize=64)
def style(name: str, shaped: bool = False) -> ParagraphStyle:
    """A paragraph style by name; `shaped` for scripts whose letters join."""
    size, leading, color, more = _STYLES[name]
    font = BOLD if name in _BOLD else REGULAR
    return ParagraphStyle(
        name, fontName=font, fontSize=size, leading=leading, textColor=color, shaping=int(shaped), **more
    )


def paragraph(text: str, name: str = "body") -> Paragraph:
    """A paragraph of plain text: nothing in it is taken for markup, and every script finds its font."""
    register()
    marked = mark(text, name in _BOLD)
    return Paragraph(marked.markup, style(name, marked.shaped))


@dataclass(frozen=True, slots=True)
class Pen:
    """Puts values into words and paragraphs for readers of one locale."""

    locale: str

    def text(self, value: object) -> str:
        """A value in words, without what can't be drawn."""
        return drawable(show(value, self.locale))

    def para(self, value: object, name: str = "body") -> Paragraph:
        """A value as a paragraph; a figure stays on the line of what stands before it."""
        return paragraph(_BEFORE_FIGURE.sub("\u00a0", show(value, self.locale)), name)


_BEFORE_FIGURE = re.compile(r"(?<=\S) (?=\d)")
_BOLD = {
    *("title", "heading", "table_heading", "business", "name", "amount", "figure", "stamp"),
    *("th", "th_right", "clause", "accepted", "value_bold"),
}
_STYLES: dict[str, tuple[float, float, Color, dict[str, Any]]] = {
    "title": (21, 26, ACCENT, {}),
    "subtitle": (9.5, 14, MUTED, {"spaceAfter": 8}),
    "heading": (11.5, 15, ACCENT, {"spaceBefore": 10, "spaceAfter": 4, "keepWithNext": 1}),
    "table_heading": (11.5, 15, ACCENT, {"spaceBefore": 10, "spaceAfter": 4}),
    "clause": (9, 12.6, INK, {"spaceBefore": 4, "keepWithNext": 1}),
    "body": (9.2, 13.2, INK, {"spaceAfter": 2}),
    "clause_body": (9, 12.6, INK, {"leftIndent": 15, "spaceAfter": 2}),
    "right": (9.2, 13.2, INK, {"alignment": TA_RIGHT}),
    "small": (8, 11, MUTED, {"spaceAfter": 2}),
    "hash": (6.2, 9, MUTED, {}),
    "label": (7.8, 10.5, MUTED, {}),
    "label_right": (7.8, 10.5, MUTED, {"alignment": TA_RIGHT}),
    "value": (9.4, 13, INK, {}),
    "value_right": (9.4, 13, INK, {"alignment": TA_RIGHT}),
    "value_bold": (9.4, 13, INK, {"spaceAfter": 2}),
    "accepted": (10.5, 14, GOOD, {"spaceAfter": 3}),
    "figure": (12.5, 16, INK, {}),
    "amount": (22, 27, ACCENT, {}),
    "name": (11.5, 15, INK, {}),
    "cell": (8.4, 10.8, INK, {}),
    "th": (8, 10.4, ACCENT, {}),
    "th_right": (8, 10.4, ACCENT, {"alignment": TA_RIGHT}),
    "stamp": (26, 32, GOOD, {"alignment": TA_CENTER}),
    "business": (9.4, 12, ACCENT, {}),
    "edge": (7.6, 12, MUTED, {}),
    "edge_right": (7.6, 12, MUTED, {"alignment": TA_RIGHT}),
}
