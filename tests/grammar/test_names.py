"""Names as they are shown and compared, quoted notes, and that no text whatever breaks the reading of values."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.grammar.reading import Claim, Reading
from handlers.grammar.values import (
    clean_name,
    find_dates,
    find_money,
    find_phones,
    find_values,
    name_key,
    normalise_phone,
    rest,
    take_note,
)

READINGS = [
    Reading("id", "IDR", "ID", date(2025, 2, 13)),
    Reading("en", "USD", "US", date(2025, 12, 31)),
    Reading("xx_nowhere", "XXX", "", date.max),
    Reading("pt-BR", "BRL", "BR", date.min),
]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("budi", "Budi"),
        ("  pak   budi  ", "Pak Budi"),
        ("Budi", "Budi"),
        ("BUDI", "BUDI"),
        ("McDonald", "McDonald"),
        ("bu siti nurhaliza", "Bu Siti Nurhaliza"),
        ("pt maju jaya", "PT Maju Jaya"),
        ("pt. maju jaya", "PT. Maju Jaya"),
        ("PT. Maju", "PT. Maju"),
        ("cv sinar", "CV Sinar"),
        ("ud makmur", "UD Makmur"),
        ("tb. sumber rejeki", "TB. Sumber Rejeki"),
        ("toko 88", "Toko 88"),
        ("o'brien", "O'Brien"),
        ("o’brien", "O'Brien"),
        ("ma'ruf amin", "Ma'ruf Amin"),
        ("jum'at", "Jum'at"),
        ("ahmad bin abdullah", "Ahmad bin Abdullah"),
        ("siti binti ali", "Siti binti Ali"),
        ("maria de souza", "Maria de Souza"),
        ("vincent van gogh", "Vincent van Gogh"),
        ("anne-marie", "Anne-Marie"),
        ("h. ahmad", "H. Ahmad"),
        ("h.ahmad", "H.Ahmad"),
        ("dr. sari", "Dr. Sari"),
        ("budi & sons", "Budi & Sons"),
        ("Budi,", "Budi"),
        ("- Budi -", "Budi"),
        ("Budi.", "Budi"),
        ("Ahmad S.", "Ahmad S."),
        ("Maju Tbk.", "Maju Tbk."),
        ("@budi", "Budi"),
        ("*Budi*", "Budi"),
        ("😀 budi 😀", "Budi"),
        ("budi (bengkel)", "Budi (Bengkel)"),
        ("budi)", "Budi"),
        ("\u2068Budi\u2069", "Budi"),
        ("Bu\u200bdi", "Budi"),
        ("budi\nsantoso", "Budi Santoso"),
        ("Jose\u0301", "José"),
        ("élodie", "Élodie"),
        ("иван", "Иван"),
        ("李明", "李明"),
        ("", ""),
        (" ,.- ", ""),
        ("😀", ""),
        ("x" * 100, "X" + "x" * 99),
    ],
)
def test_a_name_is_tidied(text: str, name: str) -> None:
    assert clean_name(text) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Budi", "budi"),
        ("Budi", "Pak Budi"),
        ("Budi", "PAK  BUDI,"),
        ("Budi", "Bpk. H. Budi"),
        ("Siti", "Mbak Siti"),
        ("Siti", "Bu Hj. Siti"),
        ("Ahmad", "Ustadz Ahmad"),
        ("O'Brien", "obrien"),
        ("O’Brien", "O'Brien"),
        ("José", "jose"),
        ("Jose\u0301", "José"),
        ("Anne-Marie", "anne marie"),
        ("PT. Maju", "PT Maju"),
        ("John Smith", "Mr. John Smith"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Budi", "Budi Santoso"),
        ("Pak Haji", "Bu Haji"),
        ("Budi", "Rudi"),
        ("PT Maju", "CV Maju"),
        ("Toko 88", "Toko 99"),
    ],
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)
    assert name_key(one)


@pytest.mark.parametrize(
    ("text", "note", "left"),
    [
        ('PINJAM Budi 500rb "buat modal"', "buat modal", "PINJAM Budi 500rb"),
        ("PINJAM Budi “buat modal” 500rb", "buat modal", "PINJAM Budi 500rb"),
        ("PINJAM Budi «modal» 500rb", "modal", "PINJAM Budi 500rb"),
        ("PINJAM Budi 'buat modal' 500rb", "buat modal", "PINJAM Budi 500rb"),
        ("PINJAM Budi ‘buat modal’", "buat modal", "PINJAM Budi"),
        ("lend O'Brien 50 'for Ma'ruf'", "for Ma'ruf", "lend O'Brien 50"),
        ("lend O'Brien and D'Arcy 50", None, "lend O'Brien and D'Arcy 50"),
        ('"modal" PINJAM Budi', "modal", "PINJAM Budi"),
        ('PINJAM Budi ""', None, "PINJAM Budi"),
        ('PINJAM Budi "  "', None, "PINJAM Budi"),
        ('PINJAM Budi "modal', None, 'PINJAM Budi "modal'),
        ("PINJAM Budi", None, "PINJAM Budi"),
        ('a "one" b "two"', "one", 'a b "two"'),
        ('PINJAM Budi "baris satu\nbaris dua"', "baris satu\nbaris dua", "PINJAM Budi"),
        ("the Smiths' 50 until Friday's end", None, "the Smiths' 50 until Friday's end"),
        ("", None, ""),
    ],
)
def test_a_quoted_note_is_taken_out(text: str, note: str | None, left: str) -> None:
    assert take_note(text) == (note, left)


FRAGMENTS = (
    "500rb|2jt|Rp|Rp.|$|US$|-|--|,-|.|,|/|:|'|’|\"|“|”|1.2.3|1,2,3|½|1/2|setengah|dua|puluh|ratus|juta|ribu|"
    "se|and|a|25/12|31/02|tgl|tanggal|the|25th|hari|minggu|bulan depan|jumat|sampai|until|in|for|next|last|3|"
    "14|99999999999|9999|0812-3456-7890|+62|62812|(021)|@|#|%|x|M|k|m|b|₂|²|Ⅷ|٣|५|😀|\u200b|\u202e|\xa0|\n|\t|"
    "\ud800|\x00|İ|ß|ﬁ|maret|mei|5|2025|akhir|lagi|yang lalu|ago|from now|minus|perak|dollars|ke|no|sak|"
    "persen|https://|a@b.co|http|couple of|half|0|00|1e9|∞|٫|．"
)
TEXTS = st.text(max_size=80) | st.builds(
    str.join, st.sampled_from(["", " "]), st.lists(st.sampled_from(FRAGMENTS.split("|")), max_size=14)
)


def check_claims(text: str, claims: list[Claim]) -> None:
    """Claims lie in the text, in order, and share no character."""
    end = 0
    for claim in claims:
        assert end <= claim.start < claim.end <= len(text)
        end = claim.end


@settings(max_examples=100, deadline=None)
@given(text=TEXTS, reading=st.sampled_from(READINGS))
def test_no_text_breaks_the_reading_of_values(text: str, reading: Reading) -> None:
    for find in (find_money, find_dates, find_phones):
        check_claims(text, find(text, reading))
    values = find_values(text, reading)
    check_claims(text, values.claims)
    assert (values.money, values.dates) == (find_money(text, reading), find_dates(text, reading))
    assert values.phones == find_phones(text, reading)
    assert "  " not in rest(text, values.claims)


@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_no_text_breaks_names_notes_and_numbers(text: str) -> None:
    name = clean_name(text)
    assert clean_name(name) == name
    assert name_key(name) == name_key(f" {name},")
    note, left = take_note(text)
    assert note is None or (note and len(left) < len(text))
    normalise_phone(text, "ID")


LONG = "1|1 |1 000 |500rb |satu |setengah |-|Rp|'| '|“|(0|0812 |25/|sampai |2 hari |a@|\u00a0|500.000,-|ratus "


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", LONG.split("|"))
def test_long_hostile_texts_are_read_through(piece: str) -> None:
    """A rule that tried every way to cut such a text would still be at it when the limit ends it."""
    text = (piece * 2500)[:2500]
    find_values(text, READINGS[0])
    note, left = take_note(text)
    assert note is None or len(left) < len(text)
    name = clean_name(text)
    assert len(name) <= len(text)
    name_key(name)
    normalise_phone(text, "ID")
