"""What owners say in plain sentences becomes the right command, and what only sounds like one books nothing."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.grammar.reading import Reading
from handlers.grammar.sentences import understand_owner
from tests.grammar.sentences import (
    asked_english,
    asked_indonesian,
    booked_english,
    booked_indonesian,
    many_people_english,
    many_people_indonesian,
    unbooked_english,
    unbooked_indonesian,
)
from tests.grammar.sentences.spoken import outcome, reason


def misread(rows: Iterable[tuple[str, str]], reading: Reading) -> list[tuple[str, str, str]]:
    """The rows that are understood otherwise: the text, what it means, what was understood."""
    read = ((text, expected, outcome(understand_owner(text, reading))) for text, expected in rows)
    return [(text, expected, got) for text, expected, got in read if got != expected]


def commands(rows: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [(text, f"{command} {arguments}".strip()) for text, command, arguments in rows]


def test_indonesian_sentences(indonesian: Reading) -> None:
    assert not misread(commands(booked_indonesian.SENTENCES + asked_indonesian.SENTENCES), indonesian)
    assert not misread(many_people_indonesian.SENTENCES, indonesian)


def test_english_sentences(english: Reading) -> None:
    assert not misread(commands(booked_english.SENTENCES + asked_english.SENTENCES), english)
    assert not misread(many_people_english.SENTENCES, english)


def test_sentences_that_book_nothing(indonesian: Reading, english: Reading) -> None:
    tables = ((unbooked_indonesian.SENTENCES, indonesian), (unbooked_english.SENTENCES, english))
    read = [(text, why, reason(understand_owner(text, reading))) for rows, reading in tables for text, why in rows]
    assert not [row for row in read if row[1] != row[2]]
