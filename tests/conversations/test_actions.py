"""What borrowers say about paying: proofs that the owner approves with one word, promises, doubts."""

from __future__ import annotations

import pytest

from bot.simulation import Sent
from tests.conftest import Chat
from tests.conversations.lending import AHMAD, signed, texts

SHOPPER = "6281234567800"

PHOTO = {"media": "bukti.jpg", "mime": "image/jpeg"}


def agree(chat: Chat) -> None:
    signed(chat, "Ahmad 5jt 081234567890 gaji tgl 25 8jt 0", "ubah 500rb")


def open_shop(chat: Chat) -> None:
    chat.owner("bot new Siti")


BEGINNINGS = {"borrower": agree, "shop": open_shop}


@pytest.fixture
def borrower(chat: Chat) -> Chat:
    """Ahmad has an agreement over ten instalments of Rp 500.000."""
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
    again = borrower.owner("aksi 1 ya")
    assert "sudah selesai" in again
    assert "buktinya buram" in again


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


def test_more_proofs_than_may_wait_are_still_shown(borrower: Chat) -> None:
    for count in range(5):
        prove(borrower, f"{count + 1}00rb")
    sixth = prove(borrower, "600rb")
    assert "akan memeriksa" in texts(sixth, AHMAD)
    assert "Kalau benar, ketik: bayar Ahmad Rp 600.000" in texts(sixth)
    assert "\n5. " in borrower.owner("daftar aksi")
    assert "\n6. " not in borrower.owner("daftar aksi")


def test_more_time_is_asked_for_and_given_until_the_day_that_was_named(borrower: Chat) -> None:
    sent = borrower.say("pak boleh mundur seminggu?", AHMAD)
    assert "sudah saya teruskan" in texts(sent, AHMAD)
    assert "minta tempo: “pak boleh mundur seminggu?”" in texts(sent)
    assert "Sampai Sel, 4 Mar 2025?" in texts(sent)
    given = borrower.say("ya")
    assert "diberi tempo sampai Sel, 4 Mar 2025" in texts(given)
    assert "Sampai hari itu tidak ada pengingat" in texts(given, AHMAD)
    assert texts(borrower.wait(days=18), AHMAD) == ""


@pytest.mark.parametrize(
    ("answers", "borrower_reads"),
    [
        (("ya", "tgl 25"), "tempo sampai Sel, 25 Feb 2025"),
        (("aksi 1 3 minggu",), "tempo sampai Kam, 6 Mar 2025"),
        (("tidak",), "tidak bisa memberi tempo lagi"),
        (("aksi 1 datang saja ke toko",), "Toko Maju: datang saja ke toko"),
    ],
)
def test_more_time_without_a_day(borrower: Chat, answers: tuple[str, ...], borrower_reads: str) -> None:
    borrower.say("minta tempo ya pak", AHMAD)
    for text in answers:
        sent = borrower.say(text)
    assert borrower_reads in texts(sent, AHMAD)
    assert "Tidak ada yang menunggu" in borrower.owner("daftar aksi")


def test_who_says_that_they_will_pay_asks_for_nothing(borrower: Chat) -> None:
    assert "berjanji bayar" in texts(borrower.say("minta waktu ya, tgl 25 saya bayar", AHMAD))
    assert "Tidak ada yang menunggu" in borrower.owner("daftar aksi")


@pytest.fixture
def shop(chat: Chat) -> Chat:
    """A shop with a bot that has been taught nothing."""
    return chat


def ask_unknown(shop: Chat, question: str = "apakah jual paku beton 5 cm?") -> list[Sent]:
    """A customer asks what the bot doesn't know, and has a person asked."""
    shop.say(question, SHOPPER, name="Rudi")
    return shop.say("ya", SHOPPER)


@pytest.mark.parametrize(
    ("answer", "customer_reads"),
    [
        ("ya", "disetujui: “bisa diskon gak kak?”"), ("10%", "diskon 10%"), ("12,5 persen", "diskon 12,5%"),
        ("50rb", "diskon Rp 50.000"), ("tidak", "belum bisa memberi diskon"), ("kalau beli 3 ya", "Toko Maju: kalau"),
        ("selesai", "sudah beres"),
    ],
)  # fmt: skip
def test_a_discount_is_decided_in_one_message(shop: Chat, answer: str, customer_reads: str) -> None:
    asked = shop.say("bisa diskon gak kak?", SHOPPER, name="Rudi")
    assert "sudah saya tanyakan" in texts(asked, SHOPPER)
    assert "Rudi minta diskon: “bisa diskon gak kak?”" in texts(asked)
    sent = shop.say(answer, quote=shown(asked).id)
    assert customer_reads in texts(sent, SHOPPER)
    assert "sudah dikabari" in texts(sent)
    assert "Tidak ada yang menunggu" in shop.owner("daftar aksi")


@pytest.mark.parametrize("answer", ["0%", "250%", "10", "-5rb", "$5"])
def test_an_offer_that_makes_no_sense_is_asked_about(shop: Chat, answer: str) -> None:
    shop.say("bisa diskon gak?", SHOPPER, name="Rudi")
    sent = shop.say(f"aksi 1 {answer}")
    assert "10%" in texts(sent)
    assert texts(sent, SHOPPER) == ""
    assert "1. Rudi minta diskon" in shop.owner("daftar aksi")


def test_a_refund_is_decided_and_a_complaint_is_answered(shop: Chat) -> None:
    shop.say("saya mau refund", SHOPPER, name="Rudi")
    shop.say("barangnya rusak, saya kecewa", SHOPPER)
    listed = shop.owner("daftar aksi")
    assert "1. Rudi minta uang kembali" in listed
    assert "2. Rudi komplain" in listed
    assert "pengembalian uang Anda disetujui" in texts(shop.say("1 ya"), SHOPPER)
    assert "Apa jawaban untuk Rudi?" in shop.owner("aksi 2 ya")
    sent = shop.say("kami kirim yang baru ya")
    assert "Toko Maju: kami kirim yang baru ya" in texts(sent, SHOPPER)


def test_what_the_bot_did_not_know_is_answered_once_and_learnt(shop: Chat) -> None:
    asked = ask_unknown(shop)
    assert "Saya tidak bisa menjawab Rudi" in texts(asked)
    answered = shop.say("ada, 15rb per kotak", quote=shown(asked).id)
    assert "Toko Maju: ada, 15rb per kotak" in texts(answered, SHOPPER)
    assert "Lain kali saya jawab sendiri" in texts(answered)
    assert "Sudah saya pelajari" in shop.owner("ya")
    assert "15rb per kotak" in shop.person("6281234567801", "apakah jual paku beton 5 cm?")


def test_an_answer_may_also_be_for_this_once(shop: Chat) -> None:
    ask_unknown(shop)
    shop.say("aksi 1 hari ini saja ada")
    assert "tidak ada yang berubah" in shop.owner("tidak")
    assert "hari ini saja" not in shop.person("6281234567801", "apakah jual paku beton 5 cm?")


def test_a_question_of_a_borrower_is_never_learnt(borrower: Chat) -> None:
    borrower.say("lho saya tidak pinjam segitu", AHMAD)
    assert "Lain kali" not in borrower.owner("aksi 1 sudah kami cek, benar segitu")


def test_whoever_asked_is_told_even_when_nothing_can_be_done(shop: Chat) -> None:
    ask_unknown(shop)
    assert "belum bisa menjawabnya" in texts(shop.say("aksi 1 tidak"), SHOPPER)
    ask_unknown(shop, "apakah jual semen putih?")
    shop.owner("kontak Rudi 6281234567800")
    shop.owner("blokir Rudi")
    refused = shop.say("aksi 2 ada")
    assert "tidak bisa saya kabari" in texts(refused)
    assert texts(refused, SHOPPER) == ""


def test_the_same_question_is_one_request_and_no_contact_has_more_than_five(shop: Chat) -> None:
    ask_unknown(shop)
    assert "Sudah saya sampaikan" in texts(ask_unknown(shop), SHOPPER)
    for wish in ("bisa diskon gak?", "saya mau refund", "barang saya rusak", "boleh kurang dikit kak?"):
        shop.say(wish, SHOPPER)
    flooded = shop.say("kecewa banget, mau lapor polisi", SHOPPER)
    assert "Sudah saya sampaikan" in texts(flooded, SHOPPER)
    assert texts(flooded) == ""
    assert len(shop.owner("daftar aksi").splitlines()) == 7


def test_lines_with_a_number_decide_what_was_listed(shop: Chat) -> None:
    ask_unknown(shop)
    shop.say("bisa diskon gak?", SHOPPER)
    # Out of the blue only yes and no mean a request; what is an amount or a period never does.
    assert texts(shop.say("1 kami buka jam 8"), SHOPPER) == ""
    shop.owner("daftar aksi")
    assert texts(shop.say("2 juta Budi"), SHOPPER) == ""
    shop.owner("daftar aksi")
    assert "Toko Maju: kami buka jam 8" in texts(shop.say("1 kami buka jam 8"), SHOPPER)
    assert "disetujui" in texts(shop.say("2 ya"), SHOPPER)


def test_the_list_is_of_everybody_or_of_one_and_shows_what_was_decided(shop: Chat) -> None:
    shop.owner("kontak Rudi 6281234567800")
    shop.say("bisa diskon gak?", SHOPPER)
    shop.say("saya mau refund", SHOPPER)
    shop.say("mau komplain nih", "6281234567802", name="Wati")
    shop.owner("aksi 1 10%")
    first, *rest = [line for line in shop.owner("daftar aksi").splitlines() if line[0].isdigit()]
    assert first.startswith("2. Rudi minta uang kembali")
    assert [line[:2] for line in rest] == ["3."]
    mine = shop.owner("aksi Rudi")
    assert "Wati" not in mine
    assert "1. Rudi “bisa diskon gak?” → disetujui: “10%”" in mine
    assert "→ disetujui" in shop.owner("aksi semua")
    assert "tidak ada di buku" in shop.owner("aksi Zulkarnain").lower()


def test_the_second_to_answer_hears_who_did_and_what(shop: Chat) -> None:
    shop.say("bisa diskon gak?", SHOPPER, name="Rudi")
    assert "diskon 10%" in texts(shop.say("aksi 1 10%", "staff:6281100000009"), SHOPPER)
    late = shop.say("aksi 1 5%")
    assert "6281100000009 menjawabnya pada 13 Feb 2025" in texts(late)
    assert "“10%”" in texts(late)
    assert texts(late, SHOPPER) == ""
    assert "Anda menjawabnya" in "".join(each.text for each in shop.say("aksi 1 20%", "staff:6281100000009"))


@pytest.fixture
def english_shop(english: Chat) -> Chat:
    """A shop in New York with a bot that has been taught nothing; Tom owes 500."""
    english.owner("set quiet_hours off")
    english.owner("bot new Max")
    english.owner("lend Tom 500")
    english.owner(f"contact Tom +{AHMAD}")
    return english


@pytest.mark.parametrize(
    ("wish", "owner_reads", "answer", "tom_reads"),
    [
        ("any discount for two?", "asks for a discount: “any discount", "15 %", "offers you a discount of 15%"),
        ("any discount for two?", "asks for a discount", "yes", "approved: “any discount for two?”"),
        ("I want my money back", "asks for a refund", "$20", "refunds you $20.00"),
        ("I want my money back", "asks for a refund", "no", "can't give a refund"),
        ("it arrived broken, I'm disappointed", "Tom complains", "no", "can't do anything more about it"),
        ("it arrived broken, I'm disappointed", "Tom complains", "settled", "what you wrote about is settled"),
        ("can I pay next week instead?", "Until Wed, 5 Mar 2025?", "yes", "time until Wed, 5 Mar 2025"),
        ("can I pay next week instead?", "asks for more time", "feb 28", "time until Fri, 28 Feb 2025"),
        ("can I talk to a person please", "asks for a person", "hi Tom, how can I help?", "hi Tom, how can I help?"),
        ("can I talk to a person please", "asks for a person", "done", "answers you here again"),
    ],
)
def test_in_english_too(english_shop: Chat, wish: str, owner_reads: str, answer: str, tom_reads: str) -> None:
    asked = english_shop.say(wish, AHMAD)
    assert owner_reads in texts(asked)
    assert len([each for each in asked if each.to == "owner"]) == 1
    assert tom_reads in texts(english_shop.say(answer, quote=shown(asked).id), AHMAD)
    assert "is done already" in english_shop.owner("action 1 no")


def test_what_nobody_answers_is_reminded_of_twice_at_most(english_shop: Chat) -> None:
    english_shop.say("any discount for two?", AHMAD)
    english_shop.owner("set sla 2 hours")
    english_shop.say("I want my money back", AHMAD)
    reminded = english_shop.wait(hours=1, minutes=5)
    assert "This waits for your answer" in texts(reminded)
    assert "2. Tom asks for a refund" in texts(reminded)
    # Quoting the reminder answers it.
    assert "refund is approved" in texts(english_shop.say("yes", quote=shown(reminded).id), AHMAD)
    assert "1. Tom asks for a discount" in texts(english_shop.wait(hours=3))
    late = english_shop.wait(hours=4)
    assert "waited far too long" in texts(late)
    assert "high priority" in texts(late)
    assert "This waits for your answer" not in texts(english_shop.wait(hours=3))


def test_a_yes_to_the_question_what_to_answer_is_the_answer(english_shop: Chat) -> None:
    english_shop.say("it arrived broken, I'm disappointed", AHMAD)
    assert "What shall I answer Tom?" in english_shop.owner("action 1 yes")
    assert "Sunny Loans: yes" in texts(english_shop.say("yes"), AHMAD)
