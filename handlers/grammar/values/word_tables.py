"""How tables of words are written down: in rows of text, which are read as sets, dictionaries and expressions.

Called when the modules that hold the words of the calendar, of numbers and of money are imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

Meaning = TypeVar("Meaning")


def words(*rows: str) -> frozenset[str]:
    """The words of the rows."""
    return frozenset(word for row in rows for word in row.split())


def numbered(rows: str, first: int = 1, step: int = 1) -> dict[str, int]:
    """Each word with the number of its row, the rows counting from `first` in steps."""
    lines = rows.strip().splitlines()
    return {word: first + step * row for row, line in enumerate(lines) for word in line.split()}


def meanings(rows: Mapping[Meaning, str]) -> dict[str, Meaning]:
    """Each word with what its row means."""
    return {word: meaning for meaning, row in rows.items() for word in row.split()}


def one_of(choices: Iterable[str]) -> str:
    """A regular expression for any of the words, longest first."""
    return "(?:" + "|".join(sorted(choices, key=lambda word: (-len(word), word))) + ")"
