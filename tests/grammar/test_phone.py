"""Phone numbers in a text, and the one spelling they are kept in."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.grammar.reading import Reading
from handlers.grammar.values import find_phones, find_values
from services.phone import normalise_phone

TODAY = date(2025, 2, 13)
INDONESIAN = Reading("id", "IDR", "ID", TODAY)
AMERICAN = Reading("en_US", "USD", "US", TODAY)
BRAZILIAN = Reading("pt_BR", "BRL", "BR", TODAY)

SPELLINGS = [
    "081234567890",
    "0812-3456-7890",
    "0812 3456 7890",
    "0812.3456.7890",
    "(0812) 34567890",
    "(0812) 3456-7890",
    "0812 34567890",
    "+6281234567890",
    "+62 812 3456 7890",
    "+62 812-3456-7890",
    "+62-812-3456-7890",
    "+62 (812) 3456 7890",
    "+62 0812 3456 7890",
    "6281234567890",
    "62 812 3456 7890",
    "62-812-3456-7890",
    "812-3456-7890",
    "０８１２３４５６７８９０",
    "0812\u00a03456\u00a07890",
    "0812–3456–7890",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_number_is_found_in_any_spelling(text: str) -> None:
    for sentence in (
        "{}",
        "kontak Budi {}",
        "Budi {} 500rb",
        "Budi {}, 500000",
        "Budi ({})",
        "wa.me/{}",
        "Budi\n{}\n500.000",
    ):
        found = find_phones(sentence.format(text), INDONESIAN)
        assert [claim.value for claim in found] == ["+6281234567890"], sentence
        assert sentence.format(text)[found[0].start : found[0].end].strip("()") == text.strip("("), sentence


@pytest.mark.parametrize("text", SPELLINGS)
def test_any_spelling_is_normalised(text: str) -> None:
    assert normalise_phone(text, "ID") == "+6281234567890"
    assert normalise_phone(f" {text} ", "id") == "+6281234567890"


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("006281234567890", "ID", "+6281234567890"),
        ("(021) 555-1234", "ID", "+62215551234"),
        ("6281234567890", "US", "+6281234567890"),
        ("6281234567890", "", "+6281234567890"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("11 91234-5678", "BR", "+5511912345678"),
        ("\u202a+62 812-3456-7890\u202c", "ID", "+6281234567890"),
        ("081234567890", "", None),
        ("0812", "ID", None),
        ("", "ID", None),
        ("Budi", "ID", None),
        ("0812345678901234567", "ID", None),
        ("1-800-FLOWERS", "US", None),
        ("0812 3456 7890 ext 5", "ID", None),
        ("+999123456789", "ID", None),
    ],
)
def test_a_number_is_normalised_for_its_country(text: str, country: str, number: str | None) -> None:
    assert normalise_phone(text, country) == number


@pytest.mark.parametrize(
    "text",
    [
        "500000",
        "Rp 1.250.000",
        "8.500.000.000",
        "8500000000",
        "218.551.000.001",
        "Rp 6281234567890",
        "Rp6281234567890",
        "6200000000",
        "62.000.000.000",
        "4155552671",
        "25/12/2025",
        "25-12-2025",
        "05-03-2025 500000",
        "2025-12-25",
        "2025-12-25 10:30",
        "0812",
        "abc081234567890",
        "3201234567890001",
        "10.30.2025",
        "",
        "+",
        "+++",
        "0000000000000000",
    ],
)
def test_what_is_no_number_is_left_alone(text: str) -> None:
    assert find_phones(text, INDONESIAN) == []


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("0812-3456-7890 dan 0857-1234-5678", ["+6281234567890", "+6285712345678"]),
        ("081234567890 500000", ["+6281234567890"]),
        ("0812 3456 7890 500000", ["+6281234567890"]),
        ("0812 3456 7890 500.000", ["+6281234567890"]),
        ("500000 081234567890", ["+6281234567890"]),
        ("081234567890 14 hari", ["+6281234567890"]),
        ("081234567890 085712345678", ["+6281234567890", "+6285712345678"]),
        ("+14155552671", ["+14155552671"]),
    ],
)
def test_a_number_ends_where_it_ends(text: str, phones: list[str]) -> None:
    assert [claim.value for claim in find_phones(text, INDONESIAN)] == phones


def test_the_country_decides_how_a_number_is_dialled() -> None:
    for text in ("(415) 555-2671", "415-555-2671", "415 555 2671", "4155552671", "+1 415 555 2671", "1-415-555-2671"):
        assert [claim.value for claim in find_phones(f"Bob {text} $50", AMERICAN)] == ["+14155552671"], text
    assert [claim.value for claim in find_phones("11 91234-5678", BRAZILIAN)] == ["+5511912345678"]


def test_a_number_is_never_money() -> None:
    values = find_values("Budi 6281234567890 500rb", INDONESIAN)
    assert (len(values.phones), len(values.money), values.dates) == (1, 1, [])


@settings(max_examples=60, deadline=None)
@given(subscriber=st.integers(10**6, 10**8 - 1), gap=st.sampled_from(["", "-", " ", "."]))
def test_mobile_numbers_are_read_back(subscriber: int, gap: str) -> None:
    digits = f"{subscriber:08d}"
    text = gap.join(["0812", digits[:4], digits[4:]])
    assert [claim.value for claim in find_phones(f"Budi {text} 500rb", INDONESIAN)] == [f"+62812{digits}"]
    assert normalise_phone(text, "ID") == f"+62812{digits}"
