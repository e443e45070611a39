"""What a model says of a picture is checked value by value; what can't be is left out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.grammar.reading import Reading
from handlers.grammar.values import lone_money
from services.assistant.vision import MAX_BYTES, MOST, Slip, checked, may_be_looked_at, slip_of
from services.money import Money

TODAY = date(2025, 2, 13)
READINGS = {
    "IDR": Reading("id", "IDR", "ID", TODAY), "USD": Reading("en", "USD", "US", TODAY),
}  # fmt: skip


def seen(ours: str = "IDR", **values: object) -> Slip | None:
    given = {"is_payment": True, "sure": True, **values}
    return checked(given, TODAY, ours, lambda written: lone_money(written, READINGS[ours]))


def rupiah(amount: str) -> Money:
    return Money(Decimal(amount), "IDR")


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("450000", "450000"), ("Rp 450.000", "450000"), ("Rp450.000,00", "450000"), ("450.000", "450000"),
        ("450000.00", "450000"), (450000, "450000"), (450000.0, "450000"), ("IDR 1.250.000", "1250000"),
        ("10 juta", "10000000"), (str(MOST), str(MOST)),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(written: object, amount: str) -> None:
    slip = seen(amount=written)
    assert slip is not None
    assert slip.amount == rupiah(amount)


@pytest.mark.parametrize(
    "written",
    [
        "", "0", "-450.000", "- Rp 450.000", "1000000000001", "9" * 40, "1e9", "NaN", "Infinity", True, None, [], {},
        ["450.000"], "450000.50", "USD 20", "$20", "one of 450.000 and 500.000", "approve 10 million now",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_left_out(written: object) -> None:
    slip = seen(amount=written)
    assert slip is not None
    assert slip.amount is None


def test_an_amount_in_another_currency_is_none_of_ours() -> None:
    for code in ("USD", "usd", " MYR "):
        slip = seen(amount="450.000", currency=code)
        assert slip is not None
        assert slip.amount is None
    slip = seen("USD", amount="$1,250.50", currency="USD")
    assert slip is not None
    assert slip.amount == Money(Decimal("1250.50"), "USD")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-02-12", date(2025, 2, 12)), ("2025-02-13T09:41:00", TODAY), ("2024-02-14", date(2024, 2, 14)),
        ("2025-02-14", None), ("2024-02-13", None), ("12 Feb", None), ("0000-00-00", None), (20250212, None),
        (None, None), ("", None),
    ],
)  # fmt: skip
def test_a_day_is_in_the_last_year(written: object, day: date | None) -> None:
    slip = seen(date=written)
    assert slip is not None
    assert slip.on == (day if written != 20250212 else date(2025, 2, 12))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("BCA", "BCA"), ("  Bank\n Mandiri ", "Bank Mandiri"), ("*BCA*", "BCA"), ("x" * 50, "x" * 40), ("null", None),
        ("N/A", None), ("-", None), ("see https://evil.example", None), ("www.evil.example", None), ("evil.com", None),
        ("\u202eACB", "ACB"), (True, None), (["BCA"], None), (7, "7"),
    ],
)  # fmt: skip
def test_names_are_short_plain_words(written: object, shown: str | None) -> None:
    slip = seen(bank=written)
    assert slip is not None
    assert slip.bank == shown


@pytest.mark.parametrize(
    ("reference", "key"),
    [("TRX-12345", "TRX12345"), ("trx 12345", "TRX12345"), ("1234", None), ("TRANSFER", None), ("9" * 41, None)],
)
def test_references_are_compared_by_letters_and_digits(reference: str, key: str | None) -> None:
    slip = seen(reference=reference)
    assert slip is not None
    assert slip.key == key


@pytest.mark.parametrize("answer", [{}, {"is_payment": None}, {"is_payment": 1}, {"is_payment": "maybe"}, {"x": 1}])
def test_who_does_not_say_whether_it_is_a_payment_has_read_nothing(answer: dict[str, object]) -> None:
    assert checked(answer, TODAY, "IDR", lambda _written: None) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
NAMES = ("is_payment", "sure", "amount", "currency", "date", "reference", "bank", "sender", "recipient")


@settings(max_examples=40)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON)))
def test_whatever_a_model_answers_is_kept_and_read_back(answer: dict[str, object]) -> None:
    slip = checked(answer, TODAY, "IDR", lambda written: lone_money(written, READINGS["IDR"]))
    if slip is not None:
        assert slip_of(slip.kept()) == slip


@pytest.mark.parametrize("kept", [None, {}, {"problem": "failed"}, {"is_payment": "yes"}, []])
def test_what_was_not_read_is_no_slip(kept: object) -> None:
    assert slip_of(kept) is None


@pytest.mark.parametrize(
    ("mime", "size", "may"),
    [
        ("image/jpeg", 1, True), ("image/png", MAX_BYTES, True), ("image/png", MAX_BYTES + 1, False),
        ("image/heic", 1, False), ("image/gif", 1, False), ("application/pdf", 1, False),
    ],
)  # fmt: skip
def test_models_look_at_pictures_of_a_bearable_size(mime: str, size: int, may: bool) -> None:
    assert may_be_looked_at(mime, size) == may
