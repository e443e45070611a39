"""Rates of interest as per cent a year, and that they never end up in the name of a booking."""

from __future__ import annotations

import pytest

from handlers.grammar.lending.scan import Scan
from handlers.grammar.parse import read_arguments
from handlers.grammar.reading import Reading
from handlers.grammar.spec import Argument, Command, Kind, Words
from handlers.grammar.values.rates import find_rate, take_interest
from services.i18n import _
from tests.grammar.lending.shown import terms, value

RATES: tuple[tuple[str, str], ...] = (
    ("bunga 2% per bulan", "24"),
    ("bunga 2%/bln", "24"),
    ("bunga 2% sebulan", "24"),
    ("2% monthly", "24"),
    ("2% a month", "24"),
    ("bunga 2 persen per bulan", "24"),
    ("12% p.a.", "12"),
    ("12% setahun", "12"),
    ("12% per tahun", "12"),
    ("12% a year", "12"),
    ("bunga 18 persen pertahun", "18"),
    ("bunga 2,5% per bulan", "30"),
    ("bunga 0,5% per minggu", "26"),
    ("bunga 0.1% per hari", "36.5"),
    ("bunga 2%", "24|2"),
    ("2,5%", "30|2.5"),
    ("tanpa bunga", "0"),
    ("no interest", "0"),
    ("interest-free", "0"),
    ("0%", "0"),
    ("bunga 0", "0"),
    ("bunga flat 2% per bulan", "24"),
    ("at 10% interest a year", "10"),
    ("bunga 2 per bulan", "24"),
    ("bunga 50rb", "None"),
    ("denda 1% per hari", "None"),
    ("dp 20%", "None"),
    ("diskon 10%", "None"),
    ("bunga", "None"),
    ("5jt", "None"),
    ("12/5%", "None"),
)

BOOKINGS = (
    ("Budi 500rb bunga 2%", "note=bunga 2%; amount=500000; name=Budi"),
    ("Budi 500rb tanpa bunga", "amount=500000; name=Budi; note=tanpa bunga"),
    ("Budi 500rb bunga 2% per bulan buat modal", "amount=500000; name=Budi; note=modal, bunga 2% per bulan"),
    ("Bunga 500rb", "amount=500000; name=Bunga"),
    ('Budi 500rb "beli beras" bunga 5% setahun', "note=beli beras, bunga 5% setahun; amount=500000; name=Budi"),
)


@pytest.mark.parametrize(("text", "rate"), RATES)
def test_rate_a_year(text: str, rate: str, indonesian: Reading) -> None:
    found = find_rate(Scan(text, indonesian).left)
    assert (value(found.value) if found else "None") == rate


@pytest.mark.parametrize(("text", "expected"), BOOKINGS)
def test_interest_of_a_booking_becomes_its_note(text: str, expected: str, indonesian: Reading) -> None:
    command = Command(
        name="lend",
        words=Words(_("lend")),
        area=_("lend"),
        usage=None,
        help=_("lend"),
        run=lambda call: None,
        arguments=(Argument("name", Kind.NAME), Argument("amount", Kind.MONEY), Argument("note", Kind.NOTE)),
    )
    found = terms(read_arguments(command, text, indonesian)) or ""
    assert sorted(found.split("; ")) == sorted(expected.split("; "))


def test_a_bare_percentage_stays_where_it_is() -> None:
    assert take_interest("Budi 500rb diskon 10%") == ("Budi 500rb diskon 10%", None)
