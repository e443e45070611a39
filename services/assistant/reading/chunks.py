"""Pages cut into passages that can be found and read on their own. Pure: nothing is read here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.assistant.entries import Entry
from services.assistant.reading.tidy import Piece, flow
from services.assistant.reading.values import CELLS, Page

SMALLEST = 400
LARGEST = 900
LONGEST_HEADING = 200
_BELOW = " › "
_QUESTION = re.compile(r"(?:(?:q|t|question|tanya|pertanyaan)\s*\d*\s*[:.)]\s*|\d{1,3}[.)]\s*)?(.+\?)", re.IGNORECASE)
_ANSWER_MARK = re.compile(r"\A(?:a|j|answer|jawab|jawaban)\s*\d*\s*[:)]\s*", re.IGNORECASE)
# Between two sentences; `Jl.`, `No.` and `Dr.` end none.
_SENTENCE_END = re.compile(r"(?<![A-Z]\.)(?<![A-Z]\w\.)(?:(?<=[.!?…])|(?<=[.!?…][\"'”’)]))\s+(?=[\"'“‘(]?[A-Z0-9À-Þ])")


def passages(pages: Sequence[Page], *, smallest: int = SMALLEST, largest: int = LARGEST) -> tuple[Entry, ...]:
    """Passages of up to `largest` characters, in order, each on the page where it begins and below its heading.

    One below a heading that asks is the answer to that question.
    A heading begins a passage. A sentence or row is cut only when it is longer than a passage; rows that go on in
    another passage have the names of their columns there again.
    """
    cutting = _Cutting(smallest, largest)
    for piece in flow(pages):
        cutting.take(piece)
    cutting.finish()
    return tuple(cutting.done)


class _Cutting:
    """Passages in the making."""

    def __init__(self, smallest: int, largest: int) -> None:
        self.smallest, self.largest = smallest, largest
        self.done: list[Entry] = []
        self._headings: list[Piece] = []  # the one that holds, after those that it stands below
        self._is_told = True  # whether text has followed the heading
        self._columns: str | None = None
        self._lines: list[str] = []
        self._carried = False  # whether the names of columns are all there is
        self._page: int | None = None
        self._section = 0  # how many passages were done when the heading came

    def take(self, piece: Piece) -> None:
        if piece.kind == "heading":
            self._begin(piece)
        elif piece.kind == "columns":
            self._name_columns(piece)
        else:
            if piece.kind != "row":
                self._columns = None
            self._fill(piece)

    def finish(self) -> None:
        self._end_section()
        if not self._is_told:
            self._say_headings()

    def _begin(self, piece: Piece) -> None:
        """Headings that follow one another stand below each other, unless their levels say otherwise."""
        self._end_section()
        self._columns = None
        if len(piece.text) > LONGEST_HEADING:
            self._fill(piece)
            return
        if self._is_told:
            above = [each for each in self._headings if 0 < each.level < piece.level][-1:]
        elif 0 < piece.level <= self._headings[-1].level:
            self._say_headings()
            above = [each for each in self._headings if 0 < each.level < piece.level][-1:]
        else:
            above = self._headings
        if len(_BELOW.join(each.text for each in (*above, piece))) > LONGEST_HEADING:
            if not self._is_told:
                self._say_headings()
            above = []
        self._headings, self._is_told = [*above, piece], False

    def _name_columns(self, piece: Piece) -> None:
        if piece.text == self._columns:
            return
        self._flush()
        self._fill(piece)
        self._columns = piece.text

    def _fill(self, piece: Piece) -> None:
        fills_up = piece.kind == "text" and self._size < self.smallest and not self._fits(len(piece.text))
        parts = _sentences(piece.text, self.largest) if fills_up else _parts(piece, self.largest)
        goes_on = False
        for part in parts:
            if not self._fits(len(part)):
                self._flush()
                self._carry(piece, len(part))
                goes_on = False
            if not self._lines or self._carried:
                self._page = piece.page
            if goes_on and piece.kind == "text":
                self._lines[-1] += f" {part}"
            else:
                self._lines.append(part)
            goes_on, self._carried, self._is_told = True, False, True

    @property
    def _size(self) -> int:
        return sum(len(line) + 1 for line in self._lines)

    def _fits(self, more: int) -> bool:
        return not self._lines or self._size + more <= self.largest

    def _carry(self, piece: Piece, more: int) -> None:
        if piece.kind == "row" and self._columns and len(self._columns) + 1 + more <= self.largest:
            self._lines, self._carried = [self._columns], True

    def _flush(self) -> None:
        if self._lines and not self._carried:
            heading = _BELOW.join(each.text for each in self._headings) or None
            self.done.append(Entry("\n".join(self._lines), page=self._page, heading=heading))
        self._lines, self._carried = [], False

    def _end_section(self) -> None:
        """A heading that asks is answered by what stands below it, if that is one passage."""
        self._flush()
        asked = _QUESTION.fullmatch(self._headings[-1].text) if self._headings and self._is_told else None
        if asked and len(self.done) == self._section + 1:
            answer = _ANSWER_MARK.sub("", self.done[-1].answer, count=1)
            self.done[-1] = replace(self.done[-1], questions=(asked.group(1),), answer=answer)
        self._section = len(self.done)

    def _say_headings(self) -> None:
        """Headings that nothing follows are all that is said there."""
        last = self._headings[-1]
        text = _BELOW.join(each.text for each in self._headings)
        for part in _parts(Piece(text, last.page), self.largest):
            self.done.append(Entry(part, page=last.page))
        self._is_told = True


def _parts(piece: Piece, largest: int) -> Iterator[str]:
    """A piece whole if it fits into a passage, else its sentences or cells."""
    if len(piece.text) <= largest:
        yield piece.text
    elif piece.kind == "text":
        yield from _sentences(piece.text, largest)
    else:
        yield from _packed(piece.text.split(CELLS), CELLS, largest)


def _sentences(text: str, largest: int) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(text):
        yield from _packed(sentence.split(" "), " ", largest)


def _packed(parts: Sequence[str], between: str, largest: int) -> Iterator[str]:
    """As many parts as fit, joined; one that is too long itself is cut at a space or, without any, anywhere."""
    held = ""
    for part in parts:
        if held and len(held) + len(between) + len(part) <= largest:
            held += between + part
            continue
        if held:
            yield held
        while len(part) > largest:
            cut = part.rfind(" ", 1, largest) if " " in part[1:largest] else largest
            yield part[:cut].strip()
            part = part[cut:].strip()
        held = part
    if held:
        yield held
