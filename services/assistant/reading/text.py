"""Plain text and Markdown: decoded, its headings and tables recognised."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from services.assistant.reading.layout import lines_of
from services.assistant.reading.values import (
    CELLS,
    MAX_CHARACTERS,
    Line,
    LineKind,
    Page,
    Progress,
    Reading,
    UnreadableError,
    check_length,
    pages_of,
)  # fmt: skip

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_UNDERLINE = re.compile(r"(=|-){3,}\s*")
_TABLE_ROW = re.compile(r"\|.+\|")
_TABLE_RULE = re.compile(r"[\s|:+-]+")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_MARKS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")
_IS_MARKDOWN = re.compile(r"^(#{1,6}\s+\S|\|.+\|\s*$)", re.MULTILINE)


def read(path: Path, max_pages: int, told: Progress) -> Reading:
    """The lines of a text file, whose pages are counted by its length. Raises `UnreadableError`."""
    text = decoded(path.read_bytes())
    pages = checked_pages(text, max_pages)
    lines, wrapped = (markdown_lines(text), False) if _IS_MARKDOWN.search(text) else (lines_of(text), True)
    told(pages, pages)
    title = lines[0].text if lines and lines[0].kind == "heading" else None
    return Reading(pages, (Page(None, lines, wrapped),), title=title)


def checked_pages(text: str, max_pages: int) -> int:
    """How many pages a text would fill; raises `UnreadableError` for one without letters or with too many of them."""
    if not any(sign.isalnum() for sign in text):
        raise UnreadableError("file_empty")
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError("file_too_long", characters=MAX_CHARACTERS)
    pages = pages_of(len(text))
    check_length(pages, max_pages)
    return pages


def decoded(content: bytes) -> str:
    """As UTF-16 where a mark or its zeros say so, as UTF-8, or as the Latin letters of old programs."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif content[1:200:2].count(0) > len(content[1:200:2]) / 2:
        candidates = ["utf-16-le"]
    else:
        candidates = ["utf-8-sig", "cp1252"]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.count("\x00") or sum(sign < " " and sign not in "\t\n\r\f\v" for sign in text[:4000]) > 8:
            raise UnreadableError("file_unreadable_type")
        return text
    raise UnreadableError("file_broken")


def markdown_lines(text: str) -> tuple[Line, ...]:
    """The lines of a Markdown text without its marks."""
    return tuple(_joined(list(_marked(text))))


def _marked(text: str) -> Iterator[Line]:
    apart = True
    written = text.splitlines()
    for at, raw in enumerate(written):
        line = raw.strip()
        after = written[at + 1].strip() if at + 1 < len(written) else ""
        if not line or _UNDERLINE.fullmatch(line) or (_TABLE_RULE.fullmatch(line) and "-" in line):
            apart = True
            continue
        heading = _HEADING.fullmatch(line)
        if heading and heading.group(2):
            yield Line(_plain(heading.group(2)), "heading", len(heading.group(1)), apart)
        elif _TABLE_ROW.fullmatch(line):
            cells = [_plain(cell) for cell in line.strip("|").split("|")]
            ruled = "-" in after and _TABLE_RULE.fullmatch(after) is not None
            kind: LineKind = "columns" if ruled and "|" in after else "row"
            shown = CELLS.join(cell for cell in cells if cell)
            if shown:
                yield Line(shown, kind, apart=apart)
        elif _UNDERLINE.fullmatch(after) and apart:
            yield Line(_plain(line), "heading", 1 if after.startswith("=") else 2, apart)
        elif any(sign.isalnum() for sign in line):
            yield Line(_plain(line), apart=apart)
        apart = False


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(r"\2", _LINK.sub(r"\1", text)).split())


def _joined(lines: list[Line]) -> Iterator[Line]:
    """Paragraphs whose lines begin small are one line, as Markdown shows them."""
    held: Line | None = None
    for line in lines:
        if held and held.kind == line.kind == "text" and not line.apart and line.text[:1].islower():
            held = Line(f"{held.text} {line.text}", apart=held.apart)
            continue
        if held:
            yield held
        held = line
    if held:
        yield held
