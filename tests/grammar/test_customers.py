"""What customers want that a bot may not decide, in both languages, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.grammar.customers import is_insult, wish_of

WISHES = {
    "handover": """
        mau bicara sama orang dong | saya mau ngomong dengan admin | tolong sambungkan ke CS | admin | minta admin
        ada orang ga? | bisa chat sama pemiliknya langsung? | jangan bot, mau manusia | hubungkan saya dengan operator
        can I talk to a human | let me speak to someone please | I want a real person | is there anybody there?
        human please | connect me to an agent | can someone call me back? | put me through to the manager | agent
        I'd like to speak with your receptionist | not a bot please | bisa telepon saya?
        can I speak to the dentist | mau bicara dengan dokternya langsung | mau bicara sama orangnya langsung
    """,
    "refund": """
        saya mau refund | uang saya dikembalikan ga? | mau retur barang kemarin | balikin duit gue
        I want my money back | can I get a refund? | I need to return the drill | pengembalian dana berapa lama?
    """,
    "complaint": """
        saya mau komplain | kecewa banget sama pelayanannya | barang yang saya terima rusak | pesanan saya belum sampai
        kalian penipu ya | salah kirim nih | I want to make a complaint | it arrived damaged | this is unacceptable
        worst service ever | you scammed me | I still haven't received it
    """,
    "discount": """
        bisa kurang ga? | ada diskon? | nego dong kak | kurangin dikit lah | can I get a discount? | any better price?
        10% off if I buy five? | boleh dikurangi harganya kak | potongan harga kalau beli banyak?
    """,
}
NOTHING = """
    berapa harga semen? | jam berapa buka? | what are your opening hours | do you sell paint | ok | terima kasih
    apakah ada orang yang bisa pasang keramik? | dokternya siapa | how much is a cleaning? | saya orang Bandung
    stok cat tembok masih ada? | is parking free? | kirim ke Bekasi bisa?
    personal loan | I need a person counter clicker
"""


def listed(lines: str) -> list[str]:
    return [text.strip() for line in lines.strip().splitlines() for text in line.split(" | ")]


@pytest.mark.parametrize(("text", "wish"), [(text, wish) for wish, lines in WISHES.items() for text in listed(lines)])
def test_a_wish_is_heard(text: str, wish: str) -> None:
    assert wish_of(text) == wish
    assert wish == "handover" or wish_of(f"Halo kak, {text}".upper()) == wish


@pytest.mark.parametrize("text", listed(NOTHING))
def test_a_plain_question_is_no_wish(text: str) -> None:
    assert wish_of(text) is None
    assert not is_insult(text)


@pytest.mark.parametrize("text", ["anjing lu", "FUCK YOU", "goblok banget botnya", "dasar bangsat!!", "you idiots"])
def test_an_insult_is_nothing_else(text: str) -> None:
    assert is_insult(text)


def test_an_angry_question_is_a_question() -> None:
    assert not is_insult("anjing, kenapa toko kalian tutup terus setiap saya datang ke sana?")


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert wish_of(text) in (None, "handover", "refund", "complaint", "discount")
    assert is_insult(text) in (True, False)
