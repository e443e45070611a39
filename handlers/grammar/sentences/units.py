"""A token: one word, phrase or value of a sentence, with the part that it plays."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.grammar.sentences.frames import Frame
from handlers.grammar.sentences.kinds import Kind


@dataclass(frozen=True, slots=True)
class Token:
    """A word or value at `start:end` of the text; `key` is its lower-case spelling, `frame` is set for verbs."""

    text: str
    key: str
    kind: Kind
    start: int
    end: int
    frame: Frame | None = None
    value: object = None

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()
