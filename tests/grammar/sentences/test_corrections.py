"""Corrections name what changes and nothing else."""

from __future__ import annotations

import pytest

from handlers.grammar.reading import Reading
from handlers.grammar.sentences import correction
from tests.grammar.sentences import corrected
from tests.grammar.sentences.spoken import arguments


@pytest.mark.parametrize(("text", "expected"), corrected.INDONESIAN, ids=lambda value: value)
def test_indonesian_correction(text: str, expected: str, indonesian: Reading) -> None:
    changed = correction(text, indonesian)
    assert changed is not None
    assert arguments(changed) == expected


@pytest.mark.parametrize(("text", "expected"), corrected.ENGLISH, ids=lambda value: value)
def test_english_correction(text: str, expected: str, english: Reading) -> None:
    changed = correction(text, english)
    assert changed is not None
    assert arguments(changed) == expected


@pytest.mark.parametrize("text", corrected.NONE)
def test_text_that_corrects_nothing(text: str, indonesian: Reading, english: Reading) -> None:
    assert correction(text, indonesian) is None
    assert correction(text, english) is None
