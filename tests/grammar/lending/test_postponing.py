"""When a borrower asks for more time, and when they mean something else. Today is Wednesday, 12 March 2025."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.grammar.lending.postponing import read_postponement
from handlers.grammar.reading import Reading

ASKED: tuple[tuple[str, str | None], ...] = (
    ("minta tempo", None),
    ("minta tempo ya pak", None),
    ("boleh mundur seminggu", "2025-03-19"),
    ("pak boleh mundur seminggu gak?", "2025-03-19"),
    ("bisa mundur ke tgl 5?", "2025-04-05"),
    ("minta waktu sampai tgl 5 pak", "2025-04-05"),
    ("bisa diperpanjang 2 minggu?", "2025-03-26"),
    ("maaf belum bisa bayar, minta keringanan", None),
    ("pak boleh bayar telat gak", None),
    ("telat dikit boleh?", None),
    ("boleh minta tambahan waktu 3 hari?", "2025-03-15"),
    ("jatuh temponya bisa diundur?", None),
    ("tolong kasih waktu sampai akhir bulan", "2025-03-31"),
    ("bisa nyusul minggu depan?", "2025-03-19"),
    ("ada keringanan gak pak", None),
    ("saya belum gajian, mohon penundaan", None),
    ("can I pay next week instead", "2025-03-19"),
    ("can I pay a bit later please", None),
    ("extend please", None),
    ("can I get an extension until friday", "2025-03-14"),
    ("I need more time", None),
    ("a few more days please", None),
    ("could we postpone the payment to next friday?", "2025-03-21"),
    ("would it be ok if I paid on friday", "2025-03-14"),
    ("can you extend my due date?", None),
)
NOT_ASKED = (
    "besok saya bayar", "maaf saya telat, besok saya bayar", "minta waktu, tgl 5 saya bayar", "boleh tgl 5?",
    "kapan jatuh tempo?", "berapa lama waktu pengiriman", "tidak perlu diperpanjang", "mau pinjam lagi boleh?",
    "is there a warranty extension", "ada waktu?", "saya mau bayar sekarang", "sudah saya transfer", "halo",
    "I need a few more days, I'll pay on friday", "can I pay tomorrow?", "I don't need more time",
    "bisa minta rekening?", "bisa tambah pesanan?", "how much time is left?", "STOP", "", "saldo",
    "terima kasih banyak",
)  # fmt: skip
READINGS = (Reading("id", "IDR", "ID", date(2025, 3, 12)), Reading("en", "USD", "US", date(2025, 3, 12)))


@pytest.mark.parametrize("reading", READINGS, ids=("id", "en"))
def test_who_asks_for_more_time_and_until_when(reading: Reading) -> None:
    found = [(text, read_postponement(text, reading)) for text, _until in ASKED]
    assert [(text, asked and (asked.until and asked.until.isoformat())) for text, asked in found] == list(ASKED)
    assert all(asked is not None for _text, asked in found)


@pytest.mark.parametrize("text", NOT_ASKED)
def test_who_asks_for_nothing(text: str) -> None:
    assert [read_postponement(text, reading) for reading in READINGS] == [None, None]


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    read_postponement(text, READINGS[0])
