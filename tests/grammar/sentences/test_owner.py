"""What owners say in plain sentences becomes the right command, and what only sounds like one books nothing."""

from __future__ import annotations

import pytest

from handlers.grammar.reading import Reading, Understood
from handlers.grammar.sentences import understand_owner
from tests.grammar.sentences import (
    asked_english,
    asked_indonesian,
    booked_english,
    booked_indonesian,
    unbooked_english,
    unbooked_indonesian,
)
from tests.grammar.sentences.spoken import arguments, reason


def check(text: str, reading: Reading, command: str, expected: str) -> None:
    outcome = understand_owner(text, reading)
    assert isinstance(outcome, Understood), outcome
    assert (outcome.command, arguments(outcome.arguments)) == (command, expected)


@pytest.mark.parametrize(
    ("text", "command", "expected"), booked_indonesian.SENTENCES + asked_indonesian.SENTENCES, ids=lambda value: value
)
def test_indonesian_sentence(text: str, command: str, expected: str, indonesian: Reading) -> None:
    check(text, indonesian, command, expected)


@pytest.mark.parametrize(
    ("text", "command", "expected"), booked_english.SENTENCES + asked_english.SENTENCES, ids=lambda value: value
)
def test_english_sentence(text: str, command: str, expected: str, english: Reading) -> None:
    check(text, english, command, expected)


@pytest.mark.parametrize(("text", "why"), unbooked_indonesian.SENTENCES, ids=lambda value: value)
def test_indonesian_sentence_that_books_nothing(text: str, why: str, indonesian: Reading) -> None:
    assert reason(understand_owner(text, indonesian)) == why


@pytest.mark.parametrize(("text", "why"), unbooked_english.SENTENCES, ids=lambda value: value)
def test_english_sentence_that_books_nothing(text: str, why: str, english: Reading) -> None:
    assert reason(understand_owner(text, english)) == why
