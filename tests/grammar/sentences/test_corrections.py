"""Corrections name what changes and nothing else."""

from __future__ import annotations

from handlers.grammar.reading import Reading
from handlers.grammar.sentences import correction
from tests.grammar.sentences import corrected
from tests.grammar.sentences.spoken import arguments


def test_corrections(indonesian: Reading, english: Reading) -> None:
    for rows, reading in ((corrected.INDONESIAN, indonesian), (corrected.ENGLISH, english)):
        changed = [(text, expected, correction(text, reading)) for text, expected in rows]
        assert not [row for row in changed if row[2] is None or arguments(row[2]) != row[1]]


def test_text_that_corrects_nothing(indonesian: Reading, english: Reading) -> None:
    assert not [text for text in corrected.NONE if correction(text, indonesian) is not None]
    assert not [text for text in corrected.NONE if correction(text, english) is not None]
