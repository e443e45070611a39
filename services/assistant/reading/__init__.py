"""Turns files that owners send into what can be taught: read in a process of its own, cut into passages.

What runs that process is imported on first use, since the process itself imports this package and needs none of it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from services.assistant.reading.values import LIMITS, Document, Limits

__all__ = ["LIMITS", "Document", "Limits", "read_file"]


def read_file(
    path: Path,
    kind: str,
    *,
    max_pages: int,
    progress: Callable[[int, int], None],
    charset: str | None = None,
    limits: Limits = LIMITS,
) -> Document:
    """The entries of a kept file of a kind: `pdf`, `docx`, `text`, `table` (CSV) or `web` (HTML in `charset`).

    `progress` is called with the pages read and the number of all pages; what it raises ends the reading. Formats
    without pages count one for each 3,000 characters. Raises `DomainError`: `file_encrypted`, `file_broken`,
    `file_no_text`, `file_too_long`, `file_empty`, `file_too_slow`, `file_unreadable_type`.
    """
    from services.assistant.reading import reader

    task = {
        "path": str(path.resolve()), "kind": kind, "max_pages": max_pages, "charset": charset,
        "memory": limits.memory, "seconds": limits.processor_seconds, "clock_seconds": limits.clock_seconds,
    }  # fmt: skip
    return reader.run(task, limits.clock_seconds, progress)
