"""Answers to the interview's questions: pay day, source of income, amounts that may be nought."""

from __future__ import annotations

import pytest

from handlers.grammar.lending import read_amount_or_none, read_pay_day, read_source
from handlers.grammar.reading import Reading
from tests.grammar.lending.shown import value

PAY_DAYS: tuple[tuple[str, int | None], ...] = (
    ("25", 25),
    ("tgl 25", 25),
    ("tanggal 25 tiap bulan", 25),
    ("setiap tgl 1", 1),
    ("akhir bulan", 31),
    ("end of month", 31),
    ("31", 31),
    ("the 5th", 5),
    ("32", None),
    ("0", None),
    ("tgl 45", None),
    ("25 ya kak", 25),
    ("gajian tgl 25", 25),
    ("tiap tgl 25", 25),
    ("every 25th", 25),
    ("tanggal dua puluh lima", 25),
    ("lima", 5),
    ("25 maret", None),
    ("saya", None),
    ("2jt", None),
    ("tgl 25-28", None),
    ("25,", 25),
    ("on the 1st", 1),
    ("awal bulan", 1),
    ("1st of each month", 1),
    ("", None),
)

AMOUNTS: tuple[tuple[str, str], ...] = (
    ("0", "0"),
    ("tidak ada", "0"),
    ("gak ada", "0"),
    ("nggak punya", "0"),
    ("none", "0"),
    ("nihil", "0"),
    ("8jt", "8000000"),
    ("8jt per bulan", "8000000"),
    ("tidak ada kak", "0"),
    ("7jt atau 8jt", "7000000|8000000"),
    ("gak tau", "None"),
    ("nol", "0"),
    ("-", "0"),
    ("belum ada", "0"),
    ("ga ada cicilan lain", "0"),
    ("skip", "None"),
    ("saya tidak punya", "0"),
    ("no", "0"),
    ("cicilan motor 500rb", "500000"),
    ("7-8jt", "7000000|8000000"),
    ("7jt sampai 8jt", "7000000|8000000"),
    ("sekitar 8 juta kak", "8000000"),
    ("Rp 8.000.000", "8000000"),
    ("kosong", "0"),
    ("tdk ada", "0"),
    ("gada", "0"),
    ("0 rupiah", "0"),
    ("8", "8"),
    ("", "None"),
    ("👍", "None"),
)

SOURCES: tuple[tuple[str, str | None], ...] = (
    ("gaji", "gaji"),
    (" usaha warung  bakso ", "usaha warung bakso"),
    ("25", None),
    ("", None),
    ("👍", None),
    ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", None),
    (
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ),
    ("jualan, online.", "jualan, online"),
    ("PNS", "PNS"),
    ("gaji\ndan jualan", "gaji dan jualan"),
)


@pytest.mark.parametrize(("text", "day"), PAY_DAYS)
def test_pay_day(text: str, day: int | None) -> None:
    assert read_pay_day(text) == day


@pytest.mark.parametrize(("text", "expected"), AMOUNTS)
def test_amount_or_none(text: str, expected: str, indonesian: Reading) -> None:
    assert value(read_amount_or_none(text, indonesian)) == expected


@pytest.mark.parametrize(("text", "source"), SOURCES)
def test_source(text: str, source: str | None) -> None:
    assert read_source(text) == source
