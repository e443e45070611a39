"""What a model wrote, made fit for a chat, and what it rests on."""

from __future__ import annotations

import pytest

from services.assistant import wording
from tests.assistant.sources import CEMENT, HOURS

WORDED = {
    "## Harga\n* satu\n* dua": "Harga\n- satu\n- dua",
    "Lihat [katalog](https://toko.id/k).": "Lihat katalog: https://toko.id/k.",
    "[https://toko.id](https://toko.id)": "https://toko.id",
    "**Rp 65.000** dan __tebal__": "*Rp 65.000* dan _tebal_",
    "a<br>b\n\n\n\nc": "a\nb\n\nc",
    "<think>hm\nhm</think>\n\nHalo": "Halo",
    "satu\x00\ud800 dua 👨‍👩‍👧": "satu dua 👨‍👩‍👧",
    "2 * 3 * 4, 5_6_7": "2 * 3 * 4, 5_6_7",
}


@pytest.mark.parametrize(("markdown", "expected"), WORDED.items())
def test_markdown_becomes_what_people_write(markdown: str, expected: str) -> None:
    assert wording.plain(markdown) == expected


CITED: dict[str, tuple[str, tuple[int, ...]]] = {
    "Buka jam 8 [1].": ("Buka jam 8.", (1,)),
    "Buka [1][2], ya [2, 3]": ("Buka, ya", (1, 2, 3)),
    "Buka (source 2) jam 8 (Sumber 1 dan 3).": ("Buka jam 8.", (2, 1, 3)),
    "Buka [source 2]【4】": ("Buka", (2, 4)),
    "Beli (2) sak, tahun [2024], (3 kg)": ("Beli (2) sak, tahun [2024], (3 kg)", ()),
}


@pytest.mark.parametrize(("said", "expected"), CITED.items())
def test_references_are_taken_out(said: str, expected: tuple[str, tuple[int, ...]]) -> None:
    assert wording.without_citations(said) == expected


def test_without_references_the_words_and_figures_tell() -> None:
    given = (CEMENT, HOURS)
    assert wording.rests_on("Semen Tiga Roda 65rb per sak kak", (), given, ()) == (CEMENT,)
    assert wording.rests_on("Maaf, saya belum tahu soal cat.", (), given, ()) == ()
    assert wording.rests_on("Buka jam 8 pagi.", (1, 7), (CEMENT,), (HOURS,)) == (CEMENT, HOURS)
    assert wording.rests_on("", (), given, ()) == ()


def test_a_text_is_cut_where_a_sentence_ends() -> None:
    assert wording.cut("Satu. Dua.", 100) == "Satu. Dua."
    assert wording.cut("Satu dua. Tiga empat lima", 20) == "Satu dua."
    assert wording.cut("satu dua tiga empat lima", 20) == "satu dua tiga …"
    assert wording.cut("x" * 50, 20) == "x" * 19 + "…"
