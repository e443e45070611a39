"""An amount that somebody reads can be typed again and means the same, through a whole conversation."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.i18n import format_money
from services.money import Money
from tests.conftest import Chat

RUPIAH = st.integers(1_000, 999_999_999)
CENTS = st.integers(1, 99_999_999)
few = settings(
    max_examples=5, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip


def amount_in(line: str) -> str:
    """The first amount of a line, as it stands there."""
    found = re.search(r"(?:Rp|IDR)\s?[\d.,]*\d|\$[\d.,]*\d", line)
    assert found, line
    return found.group()


def borrowed_and_paid_as_read(chat: Chat, amount: Money, lend: str, pay: str, status: str, name: str) -> None:
    """Lends an amount, pays exactly what the status says, and then nothing is open."""
    assert f"{name}" in chat.owner(lend.format(name=name, amount=amount.plain()))
    assert chat.understood
    assert chat.understood["arguments"]["amount"] == amount.plain()  # type: ignore[index]
    read = amount_in(chat.owner(status.format(name=name)).splitlines()[0])
    chat.owner(pay.format(name=name, amount=read))
    assert chat.understood
    assert chat.understood["arguments"]["amount"] == amount.plain()  # type: ignore[index]
    assert name in (answer := chat.owner(status.format(name=name)))
    assert len(answer.splitlines()) == 1, answer


def letters(number: int) -> str:
    """A name that no other number gives, and that is like no other."""
    digits = ("Ba", "Ci", "Du", "Fe", "Go", "Ha", "Ji", "Ku", "Le", "Mo")
    return "".join(digits[int(digit)] for digit in f"{number:04}").capitalize()


@pytest.mark.parametrize("reader", ["id", "en"])
def test_rupiah_read_and_typed_again(chat: Chat, reader: str) -> None:
    if reader == "en":
        chat.owner("bahasa english")
    lend, pay = ("pinjam {name} {amount}", "bayar {name} {amount}") if reader == "id" else (
        "lend {name} {amount}", "paid {name} {amount}",
    )  # fmt: skip
    seen = set()

    @few
    @given(RUPIAH)
    def any_amount(number: int) -> None:
        if number not in seen:
            seen.add(number)
            chat.owner("lupakan")
            name = f"{letters(len(seen) * 1237)} {letters(len(seen) * 7919 % 10000)}"
            borrowed_and_paid_as_read(chat, Money(Decimal(number), "IDR"), lend, pay, "status {name}", name)

    any_amount()


def test_dollars_read_and_typed_again(english: Chat) -> None:
    seen = set()

    @few
    @given(CENTS)
    def any_amount(cents: int) -> None:
        if cents not in seen:
            seen.add(cents)
            name = f"{letters(len(seen) * 1237)} {letters(len(seen) * 7919 % 10000)}"
            amount = Money(Decimal(cents) / 100, "USD")
            borrowed_and_paid_as_read(
                english, amount, "lend {name} {amount}", "paid {name} {amount}", "status {name}", name
            )

    any_amount()


@settings(max_examples=200, deadline=None, database=None)
@given(RUPIAH, st.sampled_from(["id", "en"]))
def test_a_formatted_amount_is_read_as_itself(number: int, locale: str) -> None:
    from datetime import date

    from handlers.grammar.reading import Reading
    from handlers.grammar.values import find_values

    money = Money(Decimal(number), "IDR")
    for written in (format_money(money, locale), money.plain()):
        found = find_values(f"Budi bayar {written}", Reading(locale, "IDR", "ID", date(2025, 2, 13))).money
        assert [claim.value for claim in found] == [money]
