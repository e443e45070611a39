"""The number of an instalment, taken out of a payment; amounts are none."""

from __future__ import annotations

import pytest

from handlers.grammar.lending import bare_installment, take_installment

TAKEN: tuple[tuple[str, tuple[int | None, str]], ...] = (
    ("bayar cicilan 2 Ahmad", (2, "bayar Ahmad")),
    ("Ahmad bayar cicilan ke-2", (2, "Ahmad bayar")),
    ("paid installment 3 Tom 50", (3, "paid Tom 50")),
    ("angsuran ketiga", (3, "")),
    ("instalment #4", (4, "")),
    ("cicilan no 2", (2, "")),
    ("cicilan 500rb", (None, "cicilan 500rb")),
    ("cicilan 500000", (None, "cicilan 500000")),
    ("cicilan 500 ribu", (None, "cicilan 500 ribu")),
    ("cicilan 2 500rb Ahmad", (2, "500rb Ahmad")),
    ("bayar cicilan 2 dan 3", (None, "bayar cicilan 2 dan 3")),
    ("cicilan 2 bulan", (None, "cicilan 2 bulan")),
    ("cicilan 10x", (None, "cicilan 10x")),
    ("cicilan 1.500.000", (None, "cicilan 1.500.000")),
    ("bayar angsuran ke 12 Bu Siti 250rb", (12, "bayar Bu Siti 250rb")),
    ("the 2nd installment Tom", (2, "Tom")),
    ("cicilan ke2", (2, "")),
    ("Cicilan 0", (None, "Cicilan 0")),
    ("bayar Ahmad 500rb", (None, "bayar Ahmad 500rb")),
    ("cicilan ke dua", (None, "cicilan ke dua")),
    ("installment 3", (3, "")),
    ("cicilan Rp 500", (None, "cicilan Rp 500")),
    ("bayar cicilan nomor 4 dari Ahmad", (4, "bayar dari Ahmad")),
    ("cicilan 2,5jt", (None, "cicilan 2,5jt")),
    ("cicilan 2-3", (None, "cicilan 2-3")),
    ("bayar 3 cicilan Ahmad", (None, "bayar 3 cicilan Ahmad")),
)

BARE: tuple[tuple[str, int | None], ...] = (
    ("1", 1),
    ("2.", 2),
    ("#3", 3),
    ("ke-2", 2),
    ("999", 999),
    ("1000", None),
    ("0", None),
    ("500rb", None),
    ("3 Ahmad", None),
    ("", None),
    (" 7 ", 7),
    ("no 4", 4),
    ("２", 2),
)


@pytest.mark.parametrize(("text", "expected"), TAKEN)
def test_number_of_the_instalment(text: str, expected: tuple[int | None, str]) -> None:
    assert take_installment(text) == expected


@pytest.mark.parametrize(("text", "number"), BARE)
def test_bare_number(text: str, number: int | None) -> None:
    assert bare_installment(text) == number
