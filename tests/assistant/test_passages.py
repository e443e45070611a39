"""What of a document answers a question: the rows or sentences that say it, as a person would read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assistant.passages import MAX_SAID, extract

PRICES = """No | Nama barang | Harga | Satuan
8 | Besi beton polos 8 mm 12 m | Rp 52.000 | batang
9 | Besi beton polos 10 mm 12 m | Rp 79.000 | batang
10 | Besi ulir 13 mm 12 m | Rp 141.000 | batang
11 | Kawat bendrat | Rp 24.000 | kg"""
TERMS = (
    "Pengiriman gratis untuk wilayah Jakarta Timur dengan belanja minimal Rp 1.000.000. Barang yang sudah dipotong"
    " tidak dapat dikembalikan. Pembayaran tunai, transfer BCA 1234567890 a.n. Sumber Jaya, atau QRIS."
)
HOURS = (
    "We are open Monday to Thursday from 8:30 am to 6 pm, Friday from 8:30 am to 4 pm."
    " We are closed on Sundays and bank holidays."
)


@pytest.mark.parametrize(
    ("question", "heading", "passage", "said"),
    [
        ("ada besi 10?", "Toko › BESI", PRICES, "*BESI*\n• Besi beton polos 10 mm 12 m – Rp 79.000 – batang"),
        ("kawat bendrat brp", "Toko › BESI", PRICES, "*BESI*\n• Kawat bendrat – Rp 24.000 – kg"),
        ("rekening bcanya berapa", "KETENTUAN", TERMS,
         "Pembayaran tunai, transfer BCA 1234567890 a.n. Sumber Jaya, atau QRIS."),
        ("barang dipotong bisa dikembalikan?", "KETENTUAN", TERMS,
         "Barang yang sudah dipotong tidak dapat dikembalikan."),
        ("what time do u open on fridays", "Handbook › Opening hours", HOURS, HOURS[:81]),
        ("are you closed on bank holidays", None, HOURS, "We are closed on Sundays and bank holidays."),
    ],
)  # fmt: skip
def test_what_is_said_is_what_answers(question: str, heading: str | None, passage: str, said: str) -> None:
    found = extract(question, heading, passage)
    assert found.text == said
    assert found.confidence > 0.9


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("can I get 20% off", "Bite on the gauze for 20 minutes."),
        ("berapa harganya?", PRICES),
        ("ada besi 16?", PRICES),
        ("what's the weather like", HOURS),
        ("anjing lu", TERMS),
        ("", HOURS),
        ("??", HOURS),
    ],
)
def test_what_does_not_name_it_is_not_sure(question: str, passage: str) -> None:
    assert extract(question, None, passage).confidence < 0.9


@given(st.text(max_size=200), st.none() | st.text(max_size=60), st.text(max_size=1500))
def test_any_text_is_read_and_kept_short(question: str, heading: str | None, passage: str) -> None:
    found = extract(question, heading, passage)
    assert 0 <= found.confidence <= 1
    assert len(found.text) <= MAX_SAID + 2
