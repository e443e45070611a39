"""PDF files, page by page, with the cells of a table's row on one line.

pypdf's layout mode keeps a price beside its name, where its plain mode puts every cell on a line of its own; the plain
one reads prose in two columns in the right order, and what the other leaves out.
"""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

from pypdf import PageObject, PdfReader
from pypdf.errors import FileNotDecryptedError, LimitReachedError, PyPdfError

from services.assistant.reading.layout import is_two_columns, lines_of
from services.assistant.reading.values import (
    MAX_CHARACTERS,
    Line,
    Page,
    Progress,
    Reading,
    UnreadableError,
    check_length,
)  # fmt: skip

# What pypdf stumbles over in a broken file, besides its own errors.
BROKEN = (
    PyPdfError, OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError,
    AssertionError, struct.error, zlib.error,
)  # fmt: skip
# With fewer letters in all its different lines, a document of pictures has no text of its own.
_FEWEST_LETTERS = 40
_NO_TITLE = re.compile(r"\(?(untitled|anonymous|unspecified|document\d*|microsoft .*|.*\.\w{2,4})\)?", re.IGNORECASE)
_MOST_NOTED = 20


def read(path: Path, max_pages: int, told: Progress) -> Reading:
    """The pages of a PDF; `told` is called after each. Raises `UnreadableError`."""
    reader, count = _opened(path)
    check_length(count, max_pages)
    pages: list[Page] = []
    wordless: list[int] = []
    shows = False
    characters = 0
    for number in range(1, count + 1):
        lines, is_shown = _lines(reader, number)
        if not lines and is_shown:
            wordless.append(number)
        shows |= is_shown
        characters += sum(len(line.text) for line in lines)
        if characters > MAX_CHARACTERS:
            raise UnreadableError("file_too_long", characters=MAX_CHARACTERS)
        pages.append(Page(number, lines, wrapped=True))
        told(number, count)
    _check_text(pages, shows, unread=len(wordless) == count)
    notes = (("pages_without_text", {"pages": wordless[:_MOST_NOTED], "count": len(wordless)}),) if wordless else ()
    return Reading(count, tuple(pages), title=_title(reader), notes=notes)


def _opened(path: Path) -> tuple[PdfReader, int]:
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("file_encrypted")
        count = len(reader.pages)
    except FileNotDecryptedError as error:
        raise UnreadableError("file_encrypted") from error
    except LimitReachedError as error:
        raise UnreadableError("file_too_slow") from error
    except BROKEN as error:
        raise UnreadableError("file_broken") from error
    if not count:
        raise UnreadableError("file_empty")
    return reader, count


def _lines(reader: PdfReader, number: int) -> tuple[tuple[Line, ...], bool]:
    """The lines of a page, and whether anything is to be seen on it."""
    try:
        page = reader.pages[number - 1]
        return lines_of(_text(page)), _shows(page)
    except LimitReachedError as error:
        raise UnreadableError("file_too_slow") from error
    except BROKEN:
        return (), True


def _text(page: PageObject) -> str:
    try:
        text = page.extract_text(extraction_mode="layout")
    except LimitReachedError:
        raise
    except BROKEN:
        text = ""
    if not text.strip() or is_two_columns(text) or _has_forms(page):
        plain = page.extract_text()
        return plain if is_two_columns(text) or _weight(plain) > 1.2 * _weight(text) else text
    return text


def _weight(text: str) -> int:
    return sum(map(len, text.split()))


def _objects(page: PageObject) -> list[str]:
    """The kinds of the pictures and forms that a page draws."""
    resources = page.get("/Resources")
    drawn = resources.get_object().get("/XObject") if resources is not None else None
    if drawn is None:
        return []
    return [str(each.get_object().get("/Subtype")) for each in drawn.get_object().values()]


def _has_forms(page: PageObject) -> bool:
    return "/Form" in _objects(page)


def _shows(page: PageObject) -> bool:
    contents = page.get_contents()
    return bool(_objects(page)) or (contents is not None and len(contents.get_data()) > 200)


def _check_text(pages: list[Page], shows: bool, *, unread: bool) -> None:
    different = {line.text for page in pages for line in page.lines}
    letters = sum(sign.isalnum() for text in different for sign in text)
    if not letters:
        raise UnreadableError("file_no_text" if shows else "file_empty")
    if letters < _FEWEST_LETTERS and shows and unread:
        raise UnreadableError("file_no_text")


def _title(reader: PdfReader) -> str | None:
    try:
        title = " ".join(str(reader.metadata.title or "").split()) if reader.metadata else ""
    except BROKEN:
        return None
    return None if not title or _NO_TITLE.fullmatch(title) else title[:200]
