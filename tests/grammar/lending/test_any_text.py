"""Whatever is written, nothing raises, nothing takes long, and no term ends up in a name."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.grammar.lending import (
    bare_installment,
    read_agreement,
    read_amount_or_none,
    read_changes,
    read_consent,
    read_month,
    read_pay_day,
    read_promise,
    read_source,
    reads_dispute,
    sounds_like_consent,
    take_installment,
)
from handlers.grammar.lending.words import FILLING, FIRST_NAMES
from handlers.grammar.reading import Reading
from handlers.grammar.sentences import understand_owner
from handlers.grammar.values.word_tables import words
from tests.grammar.lending.conftest import DOLLARS, RUPIAH, TODAY

ODD = (
    Reading("xx_nowhere", "XXX", "", date.max),
    Reading("pt-BR", "BRL", "BR", date.min),
)
PIECES = st.sampled_from(
    sorted(
        words(
            "Ahmad Siti Nur'aini Pak Bunga Grace 5jt 500rb 0 8jt 081234567890 0812 gaji usaha dari salary income",
            "tgl 25 2 31 akhir bulan bunga 2% % 2,5% per bulan/ /bln p.a. setahun flat anuitas menurun 10x x 10",
            "kali mingguan tiap every minggu biweekly cicilan angsuran a month mulai 25/12 besok starting next",
            "grace tenggang pemberi pinjaman a.n. lender Dani tidak ada none setuju tolak saya ke-2 # no kalau ?",
            ", . \" ' * ubah jadi perjanjian bikin kirim batalkan laporan feb 2025 kok utang salah sudah lunas",
            "bayar",
        )
    )
)
TEXTS = st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=14).map(" ".join))


def read_everything(text: str, reading: Reading) -> None:
    read_agreement(text, reading)
    read_changes(text, reading)
    read_amount_or_none(text, reading)
    read_month(text, reading)
    read_promise(text, reading)
    read_pay_day(text)
    read_source(text)
    read_consent(text)
    sounds_like_consent(text)
    reads_dispute(text)
    take_installment(text)
    bare_installment(text)
    understand_owner(text, reading)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_no_text_raises(text: str) -> None:
    for reading in (RUPIAH, DOLLARS, *ODD):
        read_everything(text, reading)


@settings(max_examples=130, deadline=None)
@given(TEXTS)
def test_a_name_holds_no_terms(text: str) -> None:
    for reading in (RUPIAH, DOLLARS):
        name = str(read_agreement(text, reading).get("name", "Ahmad"))
        assert name.strip() == name and not re.search(r"%|\d[xX]|\n", name)
        parts = [part.strip(".'-&").casefold() for part in name.split()]
        assert not [part for part in parts if part in FILLING - FIRST_NAMES]


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_what_is_read_lies_within_bounds(text: str) -> None:
    day, promise, number = read_pay_day(text), read_promise(text, RUPIAH), bare_installment(text)
    assert day is None or 1 <= day <= 31
    assert promise is None or TODAY <= promise <= TODAY.replace(year=TODAY.year + 1)
    assert number is None or 1 <= number < 1000
    assert 1 <= int(str(read_agreement(text, RUPIAH).get("pay_day", 1))) <= 31


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece",
    [
        "Ahmad ", "5jt ", "bunga 2% ", "dari usaha ", "a", "kok utang ", "cicilan ", "10x ", "tgl ", "setuju ", "(",
        "\n",
    ],
)  # fmt: skip
def test_long_text_is_read_through(piece: str) -> None:
    """A rule that tried every way to cut such a text would still be at it when the limit ends it."""
    for length in (390, 1000, 6000):
        text = (piece * length)[:length]
        read_everything(text, RUPIAH)
        assert len(str(read_agreement(text, RUPIAH).get("name", ""))) < length
