"""Whatever is written, nothing raises, nothing takes long, and no supposition or denial books."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.grammar.reading import Reading, Understood
from handlers.grammar.sentences import answer, ask_balance, correction, small_talk, understand_owner
from handlers.grammar.sentences.verbs import VERBS
from handlers.grammar.sentences.words import WORDS
from tests.grammar.sentences.booked_english import SENTENCES as ENGLISH
from tests.grammar.sentences.booked_indonesian import SENTENCES as INDONESIAN
from tests.grammar.sentences.conftest import TODAY

RUPIAH = Reading(locale="id", currency="IDR", country="ID", today=TODAY)
DOLLARS = Reading(locale="en", currency="USD", country="US", today=TODAY)
HARMLESS = frozenset(
    (
        "status", "history", "report", "statistics", "help", "account", "language", "installments", "statement",
        "agreements", "actions", "export",
    )
)  # fmt: skip
KNOWN = st.sampled_from(sorted([*WORDS, *VERBS, "Budi", "500rb", "200", "besok", "jumat", "?", ",", "\n", "'s", '"']))
TEXTS = st.one_of(st.text(max_size=200), st.lists(KNOWN, max_size=14).map(" ".join))


def books(text: str, reading: Reading) -> bool:
    outcome = understand_owner(text, reading)
    return isinstance(outcome, Understood) and outcome.command not in HARMLESS


@settings(max_examples=80, deadline=None)
@given(TEXTS)
def test_no_text_raises(text: str) -> None:
    for reading in (RUPIAH, DOLLARS):
        understand_owner(text, reading)
        correction(text, reading)
    small_talk(text)
    ask_balance(text)
    answer(text)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(
        ["kalau", "kalo", "jika", "seandainya", "apakah", "jangan", "kapan", "mungkin", "katanya", "besok"]
    ),
    st.sampled_from(INDONESIAN),
)
def test_supposing_in_indonesian_books_nothing(opening: str, row: tuple[str, str, str]) -> None:
    assert not books(f"{opening} {row[0]}", RUPIAH)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["if", "unless", "what if", "did", "should I say", "maybe", "I think", "don't say", "once", "why"]),
    st.sampled_from(ENGLISH),
)
def test_supposing_in_english_books_nothing(opening: str, row: tuple[str, str, str]) -> None:
    assert not books(f"{opening} {row[0]}", DOLLARS)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece", ["Budi ", "salah ", "a", "500rb ", "bukan ", "pinjam ", "(", "' ", "ke saya ", "\n", "ya"]
)
def test_long_text_is_read_through(piece: str) -> None:
    """A rule that tried every way to cut such a text would still be at it when the limit ends it."""
    text = (piece * 6000)[:6000]
    assert not books(text, RUPIAH)
    understand_owner(text[:999], RUPIAH)
    assert small_talk(text) is None
    assert correction(text, RUPIAH) is None
    correction(text[:299], RUPIAH)
    ask_balance(text[:999])
    answer(text)


def test_no_word_plays_two_parts() -> None:
    assert not set(WORDS) & set(VERBS)
