"""What is taught and found, as values: an answer with the questions it answers, or a passage of a document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be answered.

    With `questions` (wordings of one question) it is their answer; without, a passage, from `page` (counted from 1)
    and below `heading` where these are known.
    """

    answer: str
    questions: tuple[str, ...] = ()
    page: int | None = None
    heading: str | None = None
