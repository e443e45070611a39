"""What a text is made of: chat spelling, stems, keys that fall together, and the language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assistant.concepts import concepts
from services.assistant.words import fold, gap_key, key, language, stems, words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hrg brp?", ["harga", "berapa"]),
        ("gmn cara byr nya", ["bagaimana", "cara", "bayar", "nya"]),
        ("ga bs", ["not", "bisa"]),
        ("can't, won't, didn’t", ["can", "not", "will", "not", "did", "not"]),
        ("haloooo", ["halo"]),
        ("CAFÉ ＡＢＣ", ["cafe", "abc"]),
        ("semen 50 kg", ["semen", "50kg"]),
        ("2 x 3", ["2x3"]),
        ("Rp 65.000", ["rp", "65000"]),
        ("65rb atau 65 ribu", ["65000", "atau", "65000"]),
        ("1,5jt", ["1500000"]),
        ("", []),
        ("?!… 👍", []),
    ],
)
def test_words_are_given_in_their_usual_spelling(typed: str, meant: list[str]) -> None:
    assert words(typed) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [("pembayaran", "bayar"), ("dikirim", "pengiriman"), ("delivered", "delivery"), ("lost", "lose"),
     ("dikembalikan", "pengembalian"), ("withdrawl", "withdrawal"), ("teman-teman", "teman")],
)  # fmt: skip
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stems(one) == stems(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Harga semen brp?", "harga semen berapa"), ("tolong dong kak, jam buka?", "Jam buka"),
     ("Can’t log in", "can not log in"), ("Ongkir ke Depok", "ongkos kirim ke depok")],
)  # fmt: skip
def test_the_key_leaves_out_case_signs_spelling_and_politeness(one: str, other: str) -> None:
    assert key(one) == key(other) != ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("jam buka?", "buka jam berapa ya", True), ("kapan buka?", "di mana buka?", False),
     ("bisa dikirim", "ga bisa dikirim", False), ("harga semen", "berapa harga semen?", True)],
)  # fmt: skip
def test_questions_with_the_same_content_fall_together(one: str, other: str, same: bool) -> None:
    assert (gap_key(one) == gap_key(other)) is same


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("What time do you open?", "en"), ("jam brp buka kak", "id"), ("How much is it", "en"), ("ok", None),
     ("12345", None), ("ongkirnya mahal ga", "id")],
)  # fmt: skip
def test_the_language_is_told_by_words_that_only_one_has(typed: str, expected: str | None) -> None:
    assert language(typed) == expected


@pytest.mark.parametrize(
    ("english", "indonesian"),
    [("How much is it?", "Harganya berapa?"), ("opening hours", "jam buka"), ("can I cancel", "mau batal"),
     ("my card was stolen", "kartu saya dicuri"), ("how long", "berapa lama"), ("top-up", "isi saldo")],
)  # fmt: skip
def test_both_languages_share_concepts(english: str, indonesian: str) -> None:
    assert set(concepts(stems(english))) & set(concepts(stems(indonesian)))


@given(st.text(max_size=200))
def test_any_text_has_words_a_key_and_stems(typed: str) -> None:
    assert all(words(typed)) and all(stems(typed))
    assert key(typed) == key(typed.strip())
    assert fold(fold(typed)) == fold(typed)
    gap_key(typed), language(typed)
