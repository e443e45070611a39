"""A bar chart of a month: what was lent and what was collected on each day."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from babel.numbers import format_compact_decimal
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from services.documents.fonts import REGULAR
from services.documents.page import ACCENT, LINE, MUTED
from services.lending.figures import DayFigures

LENT: Color = ACCENT
COLLECTED: Color = HexColor("#e0a03a")
_LEFT, _FOOT, _HEAD = 13 * mm, 5 * mm, 6 * mm
_STEPS = (1, 2, 5, 10)


class MonthChart(Flowable):  # type: ignore[misc]
    """Two bars a day under a legend; `labels` are the words for lent and collected."""

    def __init__(self, days: Sequence[DayFigures], labels: tuple[str, str], locale: str, size: tuple[float, float]):
        super().__init__()
        self.width, self.height = size
        self._days, self._labels, self._locale = days, labels, locale
        largest = max((max(day.lent.amount, day.collected.amount) for day in days), default=Decimal(0))
        self._step = step(largest)
        self._lines = max(int(-(-largest // self._step)), 1)

    def draw(self) -> None:
        """Draws grid, bars and legend."""
        self._grid()
        wide = (self.width - _LEFT) / len(self._days)
        bar = min(wide * 0.36, 4 * mm)
        for place, day in enumerate(self._days):
            middle = _LEFT + (place + 0.5) * wide
            self._bar(middle - bar, bar, day.lent.amount, LENT)
            self._bar(middle, bar, day.collected.amount, COLLECTED)
            self._text(middle, 1 * mm, str(day.on.day), centred=True)
        self._legend()

    def _tall(self, amount: Decimal) -> float:
        room: float = self.height - _FOOT - _HEAD
        return float(amount / (self._step * self._lines)) * room

    def _grid(self) -> None:
        self.canv.setLineWidth(0.4)
        self.canv.setStrokeColor(LINE)
        for line in range(self._lines + 1):
            y = _FOOT + self._tall(self._step * line)
            self.canv.line(_LEFT, y, self.width, y)
            self.canv.setFont(REGULAR, 6.5)
            self.canv.setFillColor(MUTED)
            label = format_compact_decimal(self._step * line, locale=self._locale, fraction_digits=1)
            self.canv.drawRightString(_LEFT - 1.5 * mm, y - 2, label.replace("\u00a0", " "))

    def _bar(self, x: float, wide: float, amount: Decimal, color: Color) -> None:
        if amount > 0:
            self.canv.setFillColor(color)
            self.canv.rect(x, _FOOT, wide * 0.92, self._tall(amount), stroke=0, fill=1)

    def _legend(self) -> None:
        x = _LEFT
        for label, color in zip(self._labels, (LENT, COLLECTED), strict=True):
            self.canv.setFillColor(color)
            self.canv.rect(x, self.height - 3 * mm, 2.4 * mm, 2.4 * mm, stroke=0, fill=1)
            self._text(x + 3.5 * mm, self.height - 2.7 * mm, label)
            x += 8 * mm + self.canv.stringWidth(label, REGULAR, 6.5)

    def _text(self, x: float, y: float, text: str, centred: bool = False) -> None:
        self.canv.setFillColor(MUTED)
        self.canv.setFont(REGULAR, 6.5)
        (self.canv.drawCentredString if centred else self.canv.drawString)(x, y, text)


def step(largest: Decimal) -> Decimal:
    """A round distance between grid lines, so that three to five of them reach the largest amount."""
    if largest <= 0:
        return Decimal(1)
    power = Decimal(10) ** (largest / 5).adjusted()
    return next(power * each for each in _STEPS if power * each * 5 >= largest)
