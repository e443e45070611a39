"""Short texts: answers to a question, small talk, and what borrowers ask of their own account."""

from __future__ import annotations

import pytest

from handlers.grammar.sentences import answer, ask_balance, small_talk
from tests.grammar.sentences import small_texts


@pytest.mark.parametrize(("text", "expected"), small_texts.ASK_BALANCE)
def test_borrowers_question(text: str, expected: str | None) -> None:
    assert ask_balance(text) == expected


@pytest.mark.parametrize(("text", "expected"), small_texts.SMALL_TALK)
def test_small_talk(text: str, expected: str | None) -> None:
    assert small_talk(text) == expected


@pytest.mark.parametrize(("text", "expected"), small_texts.ANSWER)
def test_answer(text: str, expected: str | None) -> None:
    assert answer(text) == expected
