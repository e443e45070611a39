"""What readers hand on: lines on pages, what went wrong, and how much is read at the most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from services.assistant.entries import Entry

if TYPE_CHECKING:  # for the process that reads, i18n takes longer to import than a short file to read
    from services.i18n import Renderable

MAX_PASSAGES = 2_000
MAX_CHARACTERS = 2_000_000
# What counts as a page where a format has none.
CHARACTERS_PER_PAGE = 3_000

LineKind = Literal["text", "heading", "columns", "row"]
# Called with the pages read so far and the number of all pages.
Progress = Callable[[int, int], None]
CELLS = " | "


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands on its page; of a table, its cells joined by `CELLS`, below the `columns` that name them.

    `level` is a heading's, from 1 (outermost), or 0 where it isn't known. `apart` means that space stands before it.
    """

    text: str
    kind: LineKind = "text"
    level: int = 0
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page from 1, or None in formats without pages. On a `wrapped` one a paragraph goes on over several lines."""

    number: int | None
    lines: tuple[Line, ...]
    wrapped: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A read file: its pages or, of a table of questions, its entries. `notes` are codes with their details."""

    pages: int
    lines: tuple[Page, ...] = ()
    entries: tuple[Entry, ...] = ()
    title: str | None = None
    notes: tuple[tuple[str, Mapping[str, object]], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take: bytes of address space, seconds of the processor and of the clock."""

    memory: int = 1_500_000_000
    processor_seconds: int = 45
    clock_seconds: int = 180


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read: what can be taught of it, and what its owner should know."""

    title: str | None
    pages: int
    entries: tuple[Entry, ...]
    notes: tuple[Renderable, ...] = ()


class UnreadableError(Exception):
    """A file that can't be taught, with the code of the `DomainError` that the parent process makes of it."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def pages_of(characters: int) -> int:
    """How many pages a text of that length would fill."""
    return max(1, -(-characters // CHARACTERS_PER_PAGE))


def check_length(pages: int, max_pages: int) -> None:
    """Raises `UnreadableError` for a document with more pages than may be taught."""
    if pages > max_pages:
        raise UnreadableError("file_too_long", pages=pages, limit=max_pages)
