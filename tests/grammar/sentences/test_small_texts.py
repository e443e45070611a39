"""Short texts: answers to a question, small talk, and what borrowers ask of their own account."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from handlers.grammar.sentences import answer, ask_balance, small_talk
from tests.grammar.sentences import small_texts


def misread(
    rows: Iterable[tuple[str, str | None]], read: Callable[[str], str | None]
) -> list[tuple[str, str | None, str | None]]:
    return [(text, expected, read(text)) for text, expected in rows if read(text) != expected]


def test_borrowers_questions() -> None:
    assert not misread(small_texts.ASK_BALANCE, ask_balance)


def test_small_talk() -> None:
    assert not misread(small_texts.SMALL_TALK, small_talk)


def test_answers() -> None:
    assert not misread(small_texts.ANSWER, answer)
