"""What an order costs: worked out exactly, from prices that were given and no others."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.chat.sums import SumError, parts_of, shown
from handlers.grammar.reading import Reading

IDR = Reading("id", "IDR", "ID", date(2025, 2, 13))
USD = Reading("en", "USD", "US", date(2025, 2, 13))
PRICES = ("Semen Tiga Roda Rp 65.000 per sak, pasir 12.500, ongkir 25rb",)
DOLLARS = ("Cleaning is $80.50, a filling $1,200",)


def worked_out(calculation: str, prices: tuple[str, ...] = PRICES, reading: Reading = IDR) -> str:
    return shown(parts_of(calculation, prices, reading)).render(reading.locale).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("calculation", "total"),
    [
        ("10 x 65000", "Rp 650.000"),
        ("10 × Rp 65.000 + 25.000", "Rp 675.000"),
        ("2,5 kali 12.500", "Rp 31.250"),
        ("1.000 * 65rb; 25rb", "Rp 65.025.000"),
        ("25000", "Rp 25.000"),
        ("0 x 65000", "Rp 0"),
    ],
)
def test_counts_times_prices_make_the_total(calculation: str, total: str) -> None:
    assert worked_out(calculation).endswith(total)


def test_cents_are_rounded_half_up() -> None:
    assert worked_out("3 x $80.50 + 1,200", DOLLARS, USD).splitlines() == [
        "3 × $80.50 = $241.50", "$1,200.00", "Total: $1,441.50",
    ]  # fmt: skip
    assert worked_out("0.333 x 80.50", DOLLARS, USD) == "0.333 × $80.50 = $26.81"


@pytest.mark.parametrize(
    "calculation",
    ["", "   ", "10 x", "x 65000", "10 x 60000", "10 x 65000 + 1", "10 x -65000", "ten bags", "10 x 65000 x 2",
     "65000 - 25000", "10 x $65000", "99999999 x 65000", "+".join(["65000"] * 21), "1e9 x 65000", "10 x 65000%"],
)  # fmt: skip
def test_all_else_is_refused(calculation: str) -> None:
    with pytest.raises(SumError):
        parts_of(calculation, PRICES, IDR)


@given(st.integers(1, 100_000), st.sampled_from([65_000, 12_500, 25_000]), st.integers(1, 999))
@settings(max_examples=60)
def test_the_total_is_exact_and_a_price_nobody_gave_is_none(count: int, price: int, more: int) -> None:
    assert parts_of(f"{count} x {price}", PRICES, IDR)[0].total.amount == Decimal(count) * price
    with pytest.raises(SumError):
        parts_of(f"{count} x {price + more}", PRICES, IDR)
