"""Tables as CSV: questions with their answers, or rows whose cells are named by their columns."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from services.assistant.entries import Entry
from services.assistant.reading.text import checked_pages, decoded
from services.assistant.reading.values import CELLS, Line, Page, Progress, Reading, UnreadableError

LONGEST_CELL = 10_000
_QUESTIONS = {"question", "questions", "q", "pertanyaan", "tanya", "soal", "wording", "wordings", "faq"}
_ANSWERS = {"answer", "answers", "a", "jawaban", "jawab", "reply", "balasan"}
_ASKING = re.compile(
    r".*\?\s*|(what|when|where|who|why|how|do|does|can|is|are|apa|apakah|kapan|di mana|dimana|siapa|kenapa|mengapa"
    r"|bagaimana|gimana|berapa|bisa|bisakah|boleh|ada|adakah|jam berapa)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_FIGURE = re.compile(r"[\s\d.,:/%+-]*\d[\s\d.,:/%+-]*|(?:[a-z]{1,3}\.?|[$£€¥])\s*[\d.,]+.*", re.IGNORECASE)
_MOST_NOTED = 3

Row = list[str]


def read(path: Path, max_pages: int, told: Progress) -> Reading:
    """The questions or rows of a CSV or TSV file. Raises `UnreadableError`."""
    text = decoded(path.read_bytes())
    pages = checked_pages(text, max_pages)
    rows, delimiter = _rows(text)
    if not rows:
        raise UnreadableError("file_empty")
    told(pages, pages)
    where = _question_columns(rows[0])
    if where is not None:
        return _questions(rows[1:], where, pages, delimiter)
    if _asks(rows):
        return _questions(rows, (0, 1), pages, delimiter)
    return Reading(pages, (Page(None, tuple(_named(rows))),))


def _rows(text: str) -> tuple[list[Row], str]:
    """Rows with anything in them, by the delimiter that most of them have equally often."""
    csv.field_size_limit(LONGEST_CELL)
    best: tuple[float, int, list[Row], str] | None = None
    for delimiter in "\t;,":
        try:
            rows = [
                [" ".join(cell.split()) for cell in row]
                for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
                if any(cell.strip() for cell in row)
            ]
        except csv.Error:
            continue
        width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
        score = count / max(1, len(rows)) if width > 1 else 0.0
        if best is None or (score, width) > best[:2]:
            best = (score, width, rows, delimiter)
    if best is None:
        raise UnreadableError("file_broken")
    return best[2], best[3]


def _question_columns(header: Row) -> tuple[int, int] | None:
    names = [cell.strip(" *#:?").lower() for cell in header]
    question = next((at for at, name in enumerate(names) if name in _QUESTIONS), None)
    answer = next((at for at, name in enumerate(names) if name in _ANSWERS), None)
    return None if question is None or answer is None else (question, answer)


def _asks(rows: Sequence[Row]) -> bool:
    """Whether two columns without names are questions and answers rather than, say, articles and prices."""
    if Counter(map(len, rows)).most_common(1)[0][0] != 2:
        return False
    pairs = [(row[0], row[1]) for row in rows if len(row) > 1]
    asking = sum(_ASKING.fullmatch(question) is not None for question, _ in pairs)
    return asking * 2 >= len(pairs)


def _questions(rows: Sequence[Row], where: tuple[int, int], pages: int, delimiter: str) -> Reading:
    """Entries in their order. Where a question has two answers the last one counts, and it is noted."""
    found: list[tuple[list[str], str]] = []
    holder: dict[str, int] = {}
    changed: dict[str, str] = {}
    for row in rows:
        question, answer = _pair(row, where, delimiter)
        wordings = [wording.strip() for wording in question.split("|") if wording.strip()]
        if not wordings or not answer:
            continue
        for wording in wordings:
            before = holder.get(_key(wording))
            if before is not None:
                same = found[before][0]
                same[:] = [each for each in same if _key(each) != _key(wording)]
                if found[before][1] != answer:
                    changed[_key(wording)] = wording
            holder[_key(wording)] = len(found)
        found.append((list({_key(each): each for each in wordings}.values()), answer))
    entries = tuple(Entry(answer, tuple(wordings)) for wordings, answer in found if wordings)
    if not entries:
        raise UnreadableError("file_empty")
    examples = list(changed.values())[:_MOST_NOTED]
    notes = (("answers_differ", {"count": len(changed), "examples": examples}),) if changed else ()
    return Reading(pages, entries=entries, notes=notes)


def _pair(row: Row, where: tuple[int, int], delimiter: str) -> tuple[str, str]:
    """An answer in the last of two columns may hold the delimiter itself."""
    question, answer = where
    said = row[answer] if answer < len(row) else ""
    if where == (0, 1) and len(row) > 2 and delimiter == ",":
        said = ", ".join(cell for cell in row[1:] if cell)
    return row[question] if question < len(row) else "", said


def _key(wording: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", wording).casefold()))


def _named(rows: Sequence[Row]) -> list[Line]:
    """Each row as a line; with names of columns, each cell after its name."""
    names = rows[0]
    named = len(rows) > 1 and len(names) > 1 and all(names) and not any(_FIGURE.fullmatch(cell) for cell in names)
    if not named:
        return [Line(CELLS.join(cell for cell in row if cell), "row") for row in rows]
    return [
        Line(CELLS.join(f"{name}: {cell}" if name else cell for name, cell in _zipped(names, row) if cell), "row")
        for row in rows[1:]
    ]


def _zipped(names: Row, row: Row) -> list[tuple[str, str]]:
    return [(names[at] if at < len(names) else "", cell) for at, cell in enumerate(row)]
