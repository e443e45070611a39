"""What borrowers say about paying: proofs that the owner approves with one word, promises, doubts."""

from __future__ import annotations

import pytest

from bot.simulation import Sent
from tests.conftest import Chat
from tests.conversations.lending import AHMAD, signed, texts

PHOTO = {"media": "bukti.jpg", "mime": "image/jpeg"}


@pytest.fixture
def borrower(chat: Chat) -> Chat:
    """Ahmad has an agreement over ten instalments of Rp 500.000."""
    signed(chat, "Ahmad 5jt 081234567890 gaji tgl 25 8jt 0", "ubah 500rb")
    return chat


def prove(chat: Chat, text: str = "") -> list[Sent]:
    return chat.say(text, AHMAD, **PHOTO)


def shown(sent: list[Sent]) -> Sent:
    """The message that shows a request to the owner."""
    return next(each for each in sent if each.to == "owner")


def test_a_photo_is_approved_with_one_word_that_quotes_it(borrower: Chat) -> None:
    sent = prove(borrower, "ini bukti transfer 500rb")
    assert "Apakah Rp 500.000 sudah Anda terima? (permintaan 1)" in texts(sent)
    assert "akan memeriksa" in texts(sent, AHMAD)
    booked = borrower.say("ya", quote=shown(sent).id)
    assert "Cicilan 1 perjanjian 1" in texts(booked)
    assert "Rp 500.000" in texts(booked, AHMAD)
    assert "Tidak ada yang menunggu" in borrower.owner("daftar aksi")


def test_without_an_amount_the_next_instalment_is_meant(borrower: Chat) -> None:
    assert "Apakah Rp 500.000 sudah Anda terima?" in texts(prove(borrower))
    assert "Cicilan 1 perjanjian 1" in borrower.owner("ya")


def test_another_amount_may_be_right(borrower: Chat) -> None:
    prove(borrower, "500rb ya")
    assert "Ahmad bayar Rp 450.000" in borrower.owner("aksi 1 450rb")


def test_a_request_is_rejected_with_a_reason_and_the_payer_is_told(borrower: Chat) -> None:
    prove(borrower)
    sent = borrower.say("aksi 1 buktinya buram, kirim lagi ya")
    assert "tidak ada yang dicatat" in texts(sent)
    assert "buktinya buram, kirim lagi ya" in texts(sent, AHMAD)
    assert "sudah selesai" in borrower.owner("aksi 1 ya")


def test_undo_makes_a_request_wait_again(borrower: Chat) -> None:
    prove(borrower, "500rb")
    borrower.say("aksi 1 ya")
    assert "Rp 5.000.000" in borrower.owner("urungkan")
    assert "1. Ahmad bilang sudah bayar Rp 500.000" in borrower.owner("daftar aksi")


def test_a_payment_that_is_only_told_is_a_request_too(borrower: Chat) -> None:
    sent = borrower.say("sudah saya bayar 300rb ya pak", AHMAD)
    assert "Apakah Rp 300.000 sudah Anda terima?" in texts(sent)


def test_two_requests_are_never_decided_by_a_bare_yes(borrower: Chat) -> None:
    prove(borrower, "500rb")
    prove(borrower, "lagi 500rb")
    assert "tidak menunggu jawaban" in borrower.owner("ya")
    assert "Cicilan 1" in borrower.owner("aksi 2 ya")


def test_a_doubt_is_answered_through_the_business(borrower: Chat) -> None:
    sent = borrower.say("lho saya tidak pinjam segitu", AHMAD)
    assert "Ahmad menulis: “lho saya tidak pinjam segitu”" in texts(sent)
    answered = borrower.say("Coba lihat PDF-nya ya", quote=shown(sent).id)
    assert "Toko Maju: Coba lihat PDF-nya ya" in texts(answered, AHMAD)


def test_a_promise_is_kept_and_shown(borrower: Chat) -> None:
    sent = borrower.say("maaf pak, senin saya bayar ya", AHMAD)
    assert "Anda bayar Sen, 17 Feb 2025" in texts(sent, AHMAD)
    assert "berjanji bayar Sen, 17 Feb 2025" in texts(sent)


def test_who_owes_nothing_makes_no_request(chat: Chat) -> None:
    chat.say("halo", AHMAD)
    assert texts(chat.say("", AHMAD, **PHOTO)) == ""
    assert "Tidak ada yang menunggu" in chat.owner("daftar aksi")


def test_staff_may_approve_and_strangers_may_not(borrower: Chat) -> None:
    prove(borrower, "500rb")
    assert "Tidak ada permintaan 1" in borrower.owner("aksi 1 ya", place=borrower.stranger)
    assert "Tidak ada yang menunggu" in borrower.owner("daftar aksi", place=borrower.stranger)
    assert "hanya bisa dilakukan Toko Maju" in borrower.person(AHMAD, "blokir Budi")
    approved = borrower.say("aksi 1 ya", "staff:6281100000009")
    assert "Cicilan 1" in "\n".join(each.text for each in approved)
