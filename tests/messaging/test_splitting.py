"""Long texts as several messages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.messaging.splitting import split

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
texts = st.text(
    st.sampled_from("ab .!?\n\t\u0301\u200d\U0001f468\U0001f3fd\U0001f1ee\U0001f1e9。é\u00a0"), max_size=120
)
limits = st.integers(1, 40)


@pytest.mark.parametrize("text", ["halo", "  dua\n\nbaris ", "x" * 3500])
def test_a_short_text_comes_back_as_it_is(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize("text", ["", " \n ", "\n" * 5000])
def test_nothing_gives_no_part(text: str) -> None:
    assert split(text) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("satu dua.\n\ntiga empat. lima", ["satu dua.", "tiga empat. lima"]),
        ("satu dua tiga\nempat. lima enam", ["satu dua tiga", "empat. lima enam"]),
        ("satu dua tiga. empat lima enam", ["satu dua tiga.", "empat lima enam"]),
        ("satu dua tiga empat lima", ["satu dua tiga empat", "lima"]),
        ("Judul\n\nsatu dua tiga empat", ["Judul\n\nsatu dua tiga", "empat"]),
        ("a " + "b" * 20, ["a", "b" * 20]),
        ("b" * 45, ["b" * 20, "b" * 20, "b" * 5]),
    ],
)
def test_it_is_cut_at_the_best_pause(text: str, parts: list[str]) -> None:
    assert split(text, 20) == parts


@pytest.mark.parametrize(
    "character", [FAMILY, "\U0001f1ee\U0001f1e9", "\U0001f44d\U0001f3fd", "e\u0301", "\ud83d\ude00", "1\ufe0f\u20e3"]
)
def test_a_character_stays_whole(character: str) -> None:
    parts = split(character * 10, 7)
    assert all(len(part) % len(character) == 0 for part in parts)
    assert "".join(parts) == character * 10


def test_what_is_longer_than_the_limit_itself_is_cut_all_the_same() -> None:
    assert split("e" + "\u0301" * 9, 4) == ["e\u0301\u0301\u0301", "\u0301" * 4, "\u0301" * 2]


def test_a_limit_that_holds_nothing_is_an_error() -> None:
    with pytest.raises(ValueError):
        split("halo", 0)


@given(texts, limits)
def test_parts_fit_and_hold_something(text: str, limit: int) -> None:
    assert all(0 < len(part) <= limit and part.strip() for part in split(text, limit))


@given(st.one_of(texts, st.text(max_size=80)), limits)
def test_only_white_space_at_the_seams_is_lost(text: str, limit: int) -> None:
    place = 0
    for part in split(text, limit):
        found = text.index(part, place)
        assert not text[place:found].strip()
        place = found + len(part)
    assert not text[place:].strip()


@given(st.text(st.sampled_from("ab .!?\n\t\u0301é\u00a0"), max_size=120), limits)
def test_no_word_that_fits_is_cut(text: str, limit: int) -> None:
    space = r"[^\S\u00a0]+"
    kept = {word.strip() for part in split(text, limit) for word in re.split(space, part)}
    assert {word.strip() for word in re.split(space, text) if word.strip() and len(word) <= limit} <= kept
