"""What of a passage answers a question: rows of a price list below their heading, or the sentences that say it.

Nothing is invented: what is said are lines and sentences of the passage, in their order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from services.assistant.concepts import concepts, concepts_of, phrases
from services.assistant.ranking import Asked
from services.assistant.words import stems, weight

MAX_ROWS = 8
MAX_SAID = 500
SYNONYM = 0.9
SURE = 0.97
# Words that ask for something without naming it, and plain figures.
_VAGUE_WORDS = "jual sell sedia ready take accept terima punya cost harga price ada info list daftar"
_VAGUE = frozenset(_VAGUE_WORDS.split())
_LITTLE = 0.15
_ASKING = 0.6
_EITHER = re.compile(r"\b(?:dan|and|atau|or|sama|serta)\b|[,&/+]", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<![.\s]\w\.)(?<!\b(?:Jl|No|Dr)\.)(?<=[.!?;])\s+(?=[A-Z0-9\"'(*•-])")
_NUMBER, _CELLS = re.compile(r"\d{1,4}[.)]?"), re.compile(r" \| |\t| {3,}")
_ROW = re.compile(r"\d|\t| {2,}|[:|–—-]\s")
_CLOCK = re.compile(r"\b\d{1,2}[.:]\d{2}\b|\b\d{1,2}\s?(?:am|pm)\b|\b(?:jam|pukul) \d", re.IGNORECASE)
# What a line says without the word for it: an amount is a price, a number of days is how long.
_SAYS = (
    ("~price", re.compile(r"(?:rp|idr|[$£€]|usd)\s?\d|\d{1,3}(?:[.,]\d{3})+|\d\s?(?:rb|ribu|jt|juta|k)\b", re.I)),
    ("~duration", re.compile(
        r"\d+\s*(?:-\s*\d+\s*)?(?:\w+ )?(?:days?|hari|weeks?|minggu|jam|hours?|minutes?|menit|bulan|months?)\b", re.I
    )),
    ("~hours", _CLOCK),
    ("~when", _CLOCK),
    ("~location", re.compile(
        r"\b(?:jl|jln|jalan|street|road|lane|avenue|square|ruko|blok|kecamatan|[a-z]{1,2}\d{1,2} \d[a-z]{2})\b", re.I
    )),
)  # fmt: skip


class Extract(NamedTuple):
    """The lines of a passage that answer, and the probability that they do."""

    text: str
    confidence: float


class _Line(NamedTuple):
    """A line or sentence: where it stands, and how much of the question it has, by itself and with what is above."""

    at: int
    own: float
    whole: float
    has: frozenset[str]


def extract(question: str, heading: str | None, passage: str, asked: Asked | None = None) -> Extract:
    """What a passage says about a question; `asked` knows how telling each of its words is here."""
    shares, (units, are_rows) = _shares(question, asked), _units(passage)
    if not shares or not units:
        return Extract(_cut(passage), 0.0)
    titles, above = _titles(units) if are_rows else {}, _terms(heading or "")
    lines = [
        _line(at, _terms(_unnumbered(unit)), above | _terms(titles.get(at, "")), shares)
        for at, unit in enumerate(units)
    ]
    best = max(lines, key=lambda line: (round(line.whole, 3), line.own, -line.at))
    if best.own <= 0:
        return Extract(_cut(passage), 0.3 * best.whole)
    chosen = [line for line in lines if line.whole >= best.whole - 0.02 and line.own >= best.own * 0.8]
    whole = best.whole
    if _EITHER.search(question):
        several = [line for line in lines if line.own >= _LITTLE and (line.whole >= 0.5 or line.own >= 0.3)]
        both = sum(shares[word] for word in frozenset[str]().union(*(line.has for line in several)))
        if both > best.own + _LITTLE:
            chosen, whole = several, max(whole, both)
    named = heading if are_rows or best.own < best.whole - _LITTLE else None
    said = _said(units, titles, [line.at for line in chosen], named)
    is_sure = best.own > 0.15 and any(map(_is_telling, shares))
    return Extract(said, max(0.0, min(SURE, 1.6 * whole - 0.6)) if is_sure else 0.3 * whole)


def _shares(question: str, asked: Asked | None) -> Mapping[str, float]:
    """How much each telling word of a question counts; they sum up to 1. What a phrase means counts as one word."""
    found: dict[str, float] = {}
    for word, named in phrases(stems(question)):
        if named is not None:
            found[named] = 1.0 if named != "~price" else _LITTLE
        elif weight(word) > _ASKING:
            taught = asked.meant.get(word, word) if asked else word
            much = asked.words.get(word, 1.0) if asked else 1.0
            found[taught] = much * (1.0 if _is_telling(word) else _LITTLE)
    total = sum(found.values()) or 1.0
    return {word: much / total for word, much in found.items()}


def _is_telling(word: str) -> bool:
    """Whether a word by itself says what is asked about; a bare `20` doesn't."""
    return word not in _VAGUE and not (word.isdigit() and len(word) < 3) and word != "~price"


def _line(at: int, own: frozenset[str], above: frozenset[str], shares: Mapping[str, float]) -> _Line:
    here, whole, has = 0.0, 0.0, []
    for word, share in shares.items():
        covered = _covered(word, own)
        if covered:
            here += covered * share
            has.append(word)
        whole += max(covered, _covered(word, above)) * share
    return _Line(at, here, whole, frozenset(has))


@lru_cache(5_000)
def _terms(text: str) -> frozenset[str]:
    stemmed = stems(text)
    return frozenset({*stemmed, *concepts(stemmed), *(concept for concept, pattern in _SAYS if pattern.search(text))})


def _covered(word: str, terms: frozenset[str]) -> float:
    """How far terms say what a word says: 1 for the word itself, less for a synonym or a figure with its unit."""
    if word in terms:
        return 1.0
    return SYNONYM if not terms.isdisjoint(concepts_of(word)) or _is_measured(word, terms) else 0.0


def _is_measured(word: str, terms: frozenset[str]) -> bool:
    """Whether a bare figure stands there with its unit: `10` for `10mm`."""
    return word.isdigit() and any(term.startswith(word) and term[len(word) :].isalpha() for term in terms)


def _units(passage: str) -> tuple[list[str], bool]:
    """The rows of a list, or the sentences of prose; and whether they are rows."""
    lines = [line.strip() for line in passage.splitlines() if line.strip()]
    rows = sum(bool(_ROW.search(line)) and len(line) <= 160 for line in lines)
    if len(lines) > 2 and rows * 2 >= len(lines):
        return lines, True
    return [sentence.strip() for sentence in _SENTENCE.split(" ".join(lines)) if sentence.strip()], False


def _titles(units: list[str]) -> dict[int, str]:
    """For each row the line above it that names its group: one without figures."""
    found, title = {}, ""
    for at, unit in enumerate(units):
        if not any(char.isdigit() for char in unit) and len(unit) <= 60:
            title = unit
        else:
            found[at] = title
    return found


def _said(units: list[str], titles: Mapping[int, str], chosen: list[int], heading: str | None) -> str:
    """The chosen lines; rows below the name of their group, other lines below a heading where they need it."""
    said: list[str] = []
    for at in chosen[:MAX_ROWS]:
        row, title = _row(units[at]), _last(titles.get(at) or "") or _last(heading or "")
        for line in (f"*{title}*" if title else "", units[at] if row is None else f"• {row}"):
            if line and line not in said:
                said.append(line)
    return _cut("\n".join(said))


def _row(line: str) -> str | None:
    """A row of a table as a person would say it: without its running number; None for a line that is none."""
    cells = [cell.strip() for cell in _CELLS.split(line) if cell.strip()]
    if len(cells) < 2:
        return None
    return " – ".join(cells[1:] if len(cells) > 2 and _NUMBER.fullmatch(cells[0]) else cells)


def _unnumbered(line: str) -> str:
    """A row without its running number, which nobody asks for."""
    first, sign, cells = line.partition(" | ")
    return cells if sign and _NUMBER.fullmatch(first.strip()) else line


def _last(heading: str) -> str:
    """The innermost of headings within each other; column names are none."""
    return "" if " | " in heading else heading.rpartition(" › ")[2].strip()


def _cut(text: str) -> str:
    text = text.strip()
    if len(text) <= MAX_SAID:
        return text
    return text[:MAX_SAID].rsplit(None, 1)[0] + " …"
