"""Word lists as they stand in the lexicon: one text, split at blanks or commas."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a text, which are separated by commas."""
    return tuple(filter(None, (" ".join(phrase.split()) for phrase in text.split(","))))
