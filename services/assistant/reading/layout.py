"""The lines of a page that was set out with spaces, as PDF readers and people do: rows, columns, headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.assistant.reading.values import CELLS, Line, LineKind

_GAP = re.compile(r"\s{3,}")
_CELL = re.compile(r"\S+(?:\s{1,2}\S+)*")
_BULLET = re.compile(r"(?:[-–—•●▪◦*·o]|\(?(?:[a-z]|\d{1,3}|[ivx]{2,4})[.)])\s+\S")
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-Z]\.)\s+[^\W\d_]")
_CHAPTER = re.compile(
    r"(?:bab|pasal|bagian|lampiran|chapter|section|article|part|appendix)\s+[\divxlc]+\b", re.IGNORECASE
)
_NUMBER = re.compile(r"\d")
_INNER_END = re.compile(r"[^\W\d_]{3,}[.!?]\s")
_LONGEST_HEADING = 90
_LONGEST_PLAIN_HEADING = 60
# A column of prose is at least this wide on both sides of the gap.
_PROSE_WIDTH = 28


@dataclass(slots=True)
class _Raw:
    """The cells of a line and the columns of text in which they begin."""

    cells: list[str]
    starts: list[int]
    apart: bool

    @property
    def goes_on(self) -> bool:
        """Whether all of it begins in the middle of a sentence."""
        return all(_goes_on(cell) for cell in self.cells)

    def nearest(self, start: int) -> int:
        return min(range(len(self.starts)), key=lambda at: abs(self.starts[at] - start))


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines of a page; wide gaps in a line separate the cells of a row."""
    raws: list[_Raw] = []
    apart = True
    for written in text.expandtabs(8).splitlines():
        found = [(cell.start(), " ".join(cell.group().split())) for cell in _CELL.finditer(written)]
        if found:
            raws.append(_Raw([cell for _, cell in found], [start for start, _ in found], apart))
        apart = not found
    lines: list[Line] = []
    for raw in _whole_rows(raws):
        kind: LineKind = "row" if len(raw.cells) > 1 else "text"
        lines.append(Line(CELLS.join(raw.cells), kind, apart=raw.apart))
    return tuple(_with_headings(_with_columns(lines)))


def is_two_columns(text: str) -> bool:
    """Whether most lines are prose in two columns, which a reading line by line would mix up."""
    sides = [_GAP.split(line.strip()) for line in text.splitlines() if line.strip()]
    both = [side for side in sides if len(side) == 2 and min(map(len, side)) >= _PROSE_WIDTH]
    worded = [side for side in both if all(len(half.split()) >= 4 for half in side)]
    return len(sides) >= 6 and len(worded) * 2 > len(sides)


def is_item(text: str) -> bool:
    """Whether a line begins an item of a list."""
    return _BULLET.match(text) is not None


def _whole_rows(raws: Sequence[_Raw]) -> list[_Raw]:
    """Rows with the rest of cells that wrapped: lines beside a row that begin in the middle of a sentence."""
    found: list[_Raw] = []
    for raw in raws:
        found.append(raw)
        while len(found) > 1 and (merged := _merged(found[-2], found[-1])) is not None:
            found[-2:] = [merged]
    return found


def _merged(above: _Raw, below: _Raw) -> _Raw | None:
    """Two lines as one row, if the lower goes on in cells of the upper, or the upper's name ends in the lower."""
    if below.apart or len(above.cells) == len(below.cells) == 1:
        return None
    if len(above.cells) == 1 and below.cells[0][0].islower() and below.nearest(above.starts[0]) == 0:
        return _Raw([f"{above.cells[0]} {below.cells[0]}", *below.cells[1:]], below.starts, above.apart)
    if not below.goes_on or len(below.cells) >= len(above.cells):
        return None
    cells = list(above.cells)
    for start, cell in zip(below.starts, below.cells, strict=True):
        cells[above.nearest(start)] += f" {cell}"
    return _Raw(cells, above.starts, above.apart)


def _goes_on(text: str) -> bool:
    return text[:1].islower() and not is_item(text)


def _with_columns(lines: Sequence[Line]) -> list[Line]:
    """The first row of a table names its columns if it has no number and rows with numbers follow."""
    found = list(lines)
    for at, (line, after) in enumerate(pairwise(lines)):
        begins = line.kind == "row" and (at == 0 or lines[at - 1].kind != "row" or line.apart)
        names = not _NUMBER.search(line.text) and all(len(cell) <= 40 for cell in line.text.split(CELLS))
        if begins and names and after.kind == "row" and _NUMBER.search(after.text):
            found[at] = Line(line.text, "columns", apart=line.apart)
    return found


def _with_headings(lines: Sequence[Line]) -> list[Line]:
    found = list(lines)
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else None
        after = lines[at + 1] if at + 1 < len(lines) else None
        if line.kind == "text" and _is_heading(line, before, after):
            found[at] = Line(line.text, "heading", apart=line.apart)
    return found


def _is_heading(line: Line, before: Line | None, after: Line | None) -> bool:
    text = line.text
    letters = [sign for sign in text if sign.isalpha()]
    if len(text) > _LONGEST_HEADING or len(letters) < 2 or text[-1] in ".,;:!-" or after is None:
        return False
    if _CHAPTER.match(text):
        return True
    if _INNER_END.search(text) or (after.kind == "text" and _goes_on(after.text)):
        return False
    if _NUMBERED.match(text):
        listed = (other is not None and _NUMBERED.match(other.text) for other in (before, after))
        return not any(listed) and (line.apart or len(after.text) > len(text))
    if len(letters) >= 3 and text.isupper() and not _NUMBER.search(text):
        return True
    if not line.apart or len(text) > _LONGEST_PLAIN_HEADING or not text[0].isupper():
        return False
    if ":" in text or is_item(text) or len(_NUMBER.findall(text)) > 4:
        return False
    if before is not None and before.kind == "text" and before.text[-1] not in ".!?:" and len(before.text) > 40:
        return False  # it ends a paragraph
    return after.kind in ("row", "columns") or len(after.text) > len(text) or is_item(after.text)
