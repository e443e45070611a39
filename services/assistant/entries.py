"""What is taught and known, as values: an answer with the questions it answers, or a passage of a document."""

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


@dataclass(frozen=True, slots=True)
class Known:
    """An entry as it was taught, with the source that it stands in; a passage has no `question`."""

    entry_id: int
    source_id: int
    source_number: int
    title: str
    kind: str
    page: int | None
    heading: str | None
    question: str | None
    answer: str

    @property
    def label(self) -> str:
        """What it is called where somebody chooses: the question, the innermost heading, or the title."""
        return self.question or (self.heading or "").rpartition(" › ")[2] or self.title
