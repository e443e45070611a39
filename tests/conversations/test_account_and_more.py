"""Who asks for their account and something else in one burst gets both in one message, with a model or without."""

from __future__ import annotations

import pytest

from tests.conftest import Chat
from tests.conversations.book import BUDI

CEMENT = "Semen Rp 65.000 per sak."


def a_shop_that_lent(chat: Chat) -> None:
    for text in ("pinjam Budi 500rb 14 hari", f"kontak Budi {BUDI}", f"kb tambah Berapa harga semen? = {CEMENT}"):
        chat.owner(text)


@pytest.fixture
def lent(chat: Chat) -> Chat:
    return chat


BEGINNINGS = {"lent": a_shop_that_lent}


@pytest.mark.parametrize(
    "texts",
    [
        ("bos utang saya berapa ya sekarang, terus harga semen berapa?",),
        ("harga semen berapa? utang saya sisa berapa ya?",),
        ("utang saya berapa ya", "harga semen berapa?"),
    ],
)
def test_both_are_answered_in_one_message(lent: Chat, texts: tuple[str, ...]) -> None:
    for text in texts[:-1]:
        lent.say(text, BUDI, burst=True)
    [sent] = [each for each in lent.say(texts[-1], BUDI) if each.to == BUDI]
    account, answer = sent.text.split("\n\n")
    assert "Rp 500.000" in account
    assert answer == CEMENT


def test_what_is_not_known_of_the_rest_is_said(lent: Chat) -> None:
    reply = lent.person(BUDI, "utang saya berapa? ada genteng metal tidak?")
    assert "Rp 500.000" in reply
    assert "(ya/tidak)" in reply
    assert "genteng metal" in "".join(each.text for each in lent.say("ya", BUDI) if each.to == "owner")


def test_the_account_alone_and_more_time_stay_as_they_are(lent: Chat) -> None:
    assert lent.person(BUDI, "halo kak, utang saya berapa?").startswith("Utang Anda ke Toko Maju Rp 500.000")
    asked = lent.say("utang saya berapa? boleh mundur minggu depan tidak?", BUDI)
    assert "boleh mundur minggu depan" in "".join(each.text for each in asked if each.to == "owner")


def test_a_stranger_hears_of_no_account(lent: Chat) -> None:
    reply = lent.person("6281300000077", "utang Budi berapa? harga semen berapa?")
    assert "500.000" not in reply
