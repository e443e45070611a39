"""Word files: paragraphs, headings by their style, and tables row by row."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError  # type: ignore[import-untyped]

from services.assistant.reading.values import (
    CELLS,
    MAX_CHARACTERS,
    Line,
    Page,
    Progress,
    Reading,
    UnreadableError,
    check_length,
    pages_of,
)  # fmt: skip

MOST_UNFOLDED = 60_000_000
_MOST_RATIO = 200
_BROKEN = (OpcError, LxmlError, OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError,
           zipfile.BadZipFile)  # fmt: skip
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read(path: Path, max_pages: int, told: Progress) -> Reading:
    """The lines of a DOCX file, whose pages are counted by its length. Raises `UnreadableError`."""
    _check_archive(path)
    try:
        document = docx.Document(str(path))
        lines = tuple(_within_length(_lines(document)))
        title = " ".join((document.core_properties.title or "").split())[:200] or None
        pictures = len(document.inline_shapes)
    except _BROKEN as error:
        raise UnreadableError("file_broken") from error
    if not any(sign.isalnum() for line in lines for sign in line.text):
        raise UnreadableError("file_no_text" if pictures else "file_empty")
    pages = pages_of(sum(len(line.text) for line in lines))
    check_length(pages, max_pages)
    told(pages, pages)
    return Reading(pages, (Page(None, lines),), title=title)


def _check_archive(path: Path) -> None:
    if path.read_bytes()[:4] == b"\xd0\xcf\x11\xe0":
        raise UnreadableError("file_encrypted" if _ENCRYPTED in path.read_bytes() else "file_unreadable_type")
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [part for part in archive.infolist() if part.filename.lower().endswith((".xml", ".rels"))]
            flagged = any(part.flag_bits & 1 for part in archive.infolist())
            names = set(archive.namelist())
    except _BROKEN as error:
        raise UnreadableError("file_broken") from error
    if flagged:
        raise UnreadableError("file_encrypted")
    unfolded, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if unfolded > MOST_UNFOLDED or unfolded > _MOST_RATIO * packed + 1_000_000:
        raise UnreadableError("file_too_slow")
    if "[Content_Types].xml" not in names:
        raise UnreadableError("file_broken")
    if not any(name.startswith("word/") for name in names):
        raise UnreadableError("file_unreadable_type")


def _within_length(lines: Iterator[Line]) -> Iterator[Line]:
    characters = 0
    for line in lines:
        characters += len(line.text)
        if characters > MAX_CHARACTERS:
            raise UnreadableError("file_too_long", characters=MAX_CHARACTERS)
        yield line


def _lines(document: WordDocument) -> Iterator[Line]:
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from _rows(block)
        else:
            yield from _paragraph(block)


def _paragraph(paragraph: Paragraph) -> Iterator[Line]:
    style = paragraph.style.name if paragraph.style is not None else None
    words = (style or "").lower().split()
    for written in paragraph.text.splitlines():
        text = " ".join(written.split())
        if not text:
            continue
        if words[:1] == ["heading"] and words[-1].isdigit():
            yield Line(text, "heading", int(words[-1]) + 1)
        elif words == ["title"]:
            yield Line(text, "heading", 1)
        else:
            yield Line(f"- {text}" if words[:1] == ["list"] else text)


def _rows(table: Table) -> Iterator[Line]:
    """A table's rows; its first names the columns if it has no number. A cell that spans columns stands once."""
    for at, row in enumerate(table.rows):
        cells: list[str] = []
        last = None
        for cell in row.cells:
            if cell._tc is last:
                continue
            last = cell._tc
            text = " ".join(cell.text.split())
            if text:
                cells.append(text)
        if not cells:
            continue
        text = CELLS.join(cells)
        names = at == 0 and len(table.rows) > 1 and len(cells) > 1 and not any(sign.isdigit() for sign in text)
        yield Line(text, "columns" if names else "row")
