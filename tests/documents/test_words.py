"""Amounts in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.documents.words import in_words
from services.money import Money


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "words"),
    [
        ("5000000", "IDR", "id", "lima juta rupiah"),
        ("1100", "IDR", "id", "seribu seratus rupiah"),
        ("1200.50", "USD", "en", "one thousand two hundred dollars and fifty cents"),
        ("1.01", "USD", "en", "one dollar and one cent"),
        (
            "1234567",
            "IDR",
            "en",
            "one million two hundred and thirty-four thousand five hundred and sixty-seven rupiah",
        ),
        ("12.30", "SGD", "en", "twelve Singapore dollars and 30/100"),
        ("7", "JPY", "en", "seven Japanese yen"),
        ("0", "IDR", "id", "nol rupiah"),
    ],
)
def test_an_amount_is_written_out_with_its_currency(amount: str, currency: str, locale: str, words: str) -> None:
    assert in_words(Money(Decimal(amount), currency), locale) == words


def test_a_language_without_number_words_gets_english_ones() -> None:
    assert in_words(Money(Decimal(5), "IDR"), "sw") == "five rupiah"
