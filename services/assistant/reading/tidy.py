"""Pages as one flow of text: without what is printed on each page, and with broken words and paragraphs made whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from services.assistant.reading.layout import is_item
from services.assistant.reading.values import Line, LineKind, Page

# So many lines at the top and at the bottom of a page may be printed on each.
_EDGE = 3
_FEWEST_PAGES = 3
_SHARE = 0.4
_NUMBER = re.compile(r"\d+")
_PAGE_WORDS = r"(?:pages?|halaman|hal\.?|hlm\.?|p\.)?\s*"
_PAGE_NUMBER = re.compile(
    rf"[-–—|\s]*{_PAGE_WORDS}(\d{{1,4}})(?:\s*(?:/|of|dari|von)\s*\d{{1,4}})?[-–—|\s]*", re.IGNORECASE
)
# A line shorter than this ends where its writer wanted.
_SHORTEST_FULL = 40
_FULL = 0.8
_LONGEST_QUESTION = 150
_QUESTION = re.compile(r"(?=\W?[A-Z0-9À-Þ])(?:[^.!?]|[.](?!\s))+\?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, heading or row, on the page where it begins."""

    text: str
    page: int | None
    kind: LineKind = "text"
    level: int = 0


def flow(pages: Sequence[Page]) -> list[Piece]:
    """The pieces of all pages in order. What repeats on pages stands only once, numbers of pages not at all."""
    pieces: list[Piece] = []
    full = 0  # how long the last line was, if a paragraph may go on after it
    for page in without_repetitions(pages):
        widest = max((len(line.text) for line in page.lines if line.kind == "text"), default=0)
        wanted = max(_SHORTEST_FULL, _FULL * widest)
        for at, line in enumerate(page.lines):
            joined = page.wrapped and line.kind == "text" and pieces and pieces[-1].kind == "text"
            if joined and _goes_on(pieces[-1].text, full >= wanted, line, first=at == 0):
                pieces[-1] = replace(pieces[-1], text=mended(pieces[-1].text, line.text))
            else:
                pieces.append(Piece(line.text, page.number, line.kind, line.level))
            full = 0 if line.text.endswith("?") else len(line.text)
    return [_as_heading(piece, after) for piece, after in pairwise([*pieces, None]) if piece is not None]


def _as_heading(piece: Piece, after: Piece | None) -> Piece:
    """A question that stands alone above its answer is a heading."""
    asks = piece.kind == "text" and len(piece.text) <= _LONGEST_QUESTION and _QUESTION.fullmatch(piece.text)
    answered = after is not None and after.kind != "heading" and not _QUESTION.fullmatch(after.text)
    return replace(piece, kind="heading") if asks and answered else piece


def _goes_on(before: str, full: bool, line: Line, *, first: bool) -> bool:
    """Whether a paragraph goes on with this line; over a page break only in the middle of a sentence."""
    if is_item(line.text) or (before[-1] in ".!?:" and _QUESTION.fullmatch(line.text)):
        return False
    small = line.text[0].islower()
    return small if first else not line.apart and (full or small)


def mended(before: str, after: str) -> str:
    """Two lines as one: a word divided between them is whole again; one that is written with a hyphen keeps it.

    >>> mended("the appoint-", "ment is")
    'the appointment is'
    >>> mended("barang-", "barang besi")
    'barang-barang besi'
    """
    if before.endswith("\u00ad"):
        return before[:-1] + after
    if not re.search(r"[^\W\d_]-$", before) or not after[:1].islower():
        return f"{before} {after}"
    first, second = re.split(r"[\s-]+", before[:-1])[-1].lower(), re.split(r"[\s-]+", after)[0].lower()
    doubled = re.sub(r"\W+", "", second).startswith(first)
    return f"{before}{after}" if doubled else f"{before[:-1]}{after}"


def without_repetitions(pages: Sequence[Page]) -> Iterator[Page]:
    """Pages without headers and footers (the first of each stays, for what it says) and without their numbers."""
    usual = Counter(key for page in pages for key in {key for text in _edges(page) for key in _keys(text, page)})
    wanted = max(_FEWEST_PAGES, _SHARE * len(pages))
    repeated = {key for key, count in usual.items() if count >= wanted}
    seen: set[str] = set()
    for page in pages:
        edges = set(_edges(page))
        kept = []
        for line in page.lines:
            if line.text in edges and len(pages) > 1:
                keys = _keys(line.text, page)
                again = line.text in repeated and line.text in seen
                if again or _is_page_number(line.text, page) or repeated.intersection(keys[1:]):
                    continue
                seen.add(line.text)
            kept.append(line)
        yield replace(page, lines=tuple(kept))


def _edges(page: Page) -> list[str]:
    if page.number is None:
        return []
    texts = [line.text for line in page.lines]
    return texts[:_EDGE] + texts[_EDGE:][-_EDGE:]


def _keys(text: str, page: Page) -> list[str]:
    """What is the same on each page: the text, and the text with one of its numbers counted from the page's."""
    keys = [text]
    for found in list(_NUMBER.finditer(text))[:4]:
        if len(found.group()) <= 4 and page.number is not None:
            offset = int(found.group()) - page.number
            keys.append(f"{text[: found.start()]}\x00{offset:+d}\x00{text[found.end() :]}")
    return keys


def _is_page_number(text: str, page: Page) -> bool:
    found = _PAGE_NUMBER.fullmatch(text)
    return found is not None and int(found.group(1)) == page.number
