"""The other side: what borrowers ask and say, in their own language, and what reaches the owner of it."""

from __future__ import annotations

import pytest

from services.db.models import Consent, Contact, Conversation, Message
from tests.conftest import STRANGER, Chat
from tests.conversations.book import ANI, BUDI, RINA, kept


def begin(chat: Chat) -> None:
    for text in ("pinjam Budi 300rb 3 hari", "pinjam Budi 200rb 2 minggu", "pinjam Ani 900rb"):
        chat.owner(text)
    chat.owner(f"kontak Budi {BUDI}")
    chat.owner(f"kontak Ani {ANI}")


BEGINNINGS = {"lender": begin}


@pytest.fixture
def lender(chat: Chat) -> Chat:
    """Budi owes 500,000 in two loans and can write; so does Ani, who owes 900,000."""
    return chat


def test_a_borrower_asks_and_sees_only_their_own(lender: Chat) -> None:
    for asked in ("saldo", "hutang saya berapa ya?", "sisa berapa pak", "cek tagihan dong"):
        answer = lender.person(BUDI, asked)
        assert "Utang Anda ke Toko Maju Rp 500.000:" in answer
        assert "900.000" not in answer
    assert "Rp 300.000, jatuh tempo Min, 16 Feb 2025" in lender.person(BUDI, "kapan jatuh tempo?")
    history = lender.person(BUDI, "riwayat")
    assert history.splitlines()[1:] == [
        "13 Feb 2025 pinjam Rp 300.000 → Rp 300.000", "13 Feb 2025 pinjam Rp 200.000 → Rp 500.000",
    ]  # fmt: skip


def test_a_borrower_who_says_they_paid_is_thanked_and_the_owner_books_it(lender: Chat) -> None:
    before = kept(lender.simulation, lender.tenant)
    sent = lender.say("sudah saya transfer 200rb ya pak", BUDI)
    assert [each.to for each in sent] == [BUDI, "owner"]
    assert "Toko Maju akan memeriksa" in sent[0].text
    after = kept(lender.simulation, lender.tenant)
    assert {name: after[name] for name in after if name != "used"} == {
        name: before[name] for name in before if name != "used"
    }
    # The owner only needs one word.
    assert "“sudah saya transfer 200rb ya pak”" in sent[1].text
    assert "Sisa utang Budi ke Anda: Rp 300.000" in lender.owner("ya")
    assert "Utang Anda ke Toko Maju Rp 300.000" in lender.person(BUDI, "saldo")


@pytest.mark.parametrize("words", ["", "ini buktinya pak"])
def test_a_photo_reaches_the_owner_at_once(lender: Chat, words: str) -> None:
    sent = lender.say(words, BUDI, mime="image/jpeg", media="slip.jpg", burst=True)
    assert [each.to for each in sent] == [BUDI, "owner"]
    assert "Budi mengirim bukti bayar" in sent[1].text
    assert words in sent[1].text


def test_a_photo_is_not_lost_in_a_burst(lender: Chat) -> None:
    lender.say("pak", BUDI, burst=True)
    photo = lender.say("", BUDI, mime="image/jpeg", media="slip.jpg", burst=True)
    assert "owner" in [each.to for each in photo]
    assert [each.to for each in lender.say("makasih ya", BUDI)] == [BUDI]


def test_a_photo_of_somebody_without_an_account_is_no_proof(lender: Chat) -> None:
    sent = lender.say("", RINA, mime="image/jpeg", media="cat.jpg")
    assert [each.to for each in sent] == [RINA]
    assert "membaca chat ini" in sent[0].text
    assert lender.say("Saya sudah bayar 500rb ke rekening bapak", RINA) == []


def test_stop_and_start_are_kept_with_their_words(lender: Chat) -> None:
    assert "tidak akan mengirim pengingat" in lender.person(BUDI, "Stop.")
    card = lender.owner("kontak Budi")
    assert "STOP" in card
    # STOP is about reminders and offers: answers and entries still come.
    assert "Rp 500.000" in lender.person(BUDI, "saldo")
    assert [each.to for each in lender.say("Budi bayar 100rb")] == ["owner", BUDI]
    assert "Selamat datang kembali" in lender.person(BUDI, "MULAI")
    assert "STOP" not in lender.owner("kontak Budi")
    lender.person(BUDI, "berhenti")
    with lender.simulation.platform.opened.database.tenant(lender.tenant.tenant_id) as tx:
        history = tx.query(Consent.word, Consent.said).filter_by(tenant_id=tx.tenant).order_by(Consent.id).all()
        assert [tuple(row) for row in history] == [("stop", "Stop."), ("start", "MULAI"), ("stop", "berhenti")]


def test_everybody_reads_their_own_language(lender: Chat) -> None:
    assert "From now on I write to you in English." in lender.person(BUDI, "english")
    assert lender.person(BUDI, "balance").startswith("You owe Toko Maju IDR 500,000:")
    owner, told = lender.say("Budi bayar 100rb")
    assert "Sisa utang Budi ke Anda: Rp 400.000" in owner.text
    assert "You owe IDR 400,000 in all; next due: Sun, 16 Feb 2025." in told.text
    assert "Utang Anda ke Toko Maju Rp 900.000" in lender.person(ANI, "saldo")
    assert "dalam bahasa Indonesia" in lender.person(BUDI, "bahasa indonesia")
    assert "Utang Anda" in lender.person(BUDI, "saldo")


def test_the_owner_chooses_the_language_of_one_person_or_of_the_business(lender: Chat) -> None:
    assert "Sekarang saya menulis ke Budi dalam bahasa Inggris" in lender.owner("bahasa Budi english")
    owner, told = lender.say("Budi bayar 100rb")
    assert owner.text.startswith("Dicatat:")
    assert told.text.startswith("Hello Budi, Toko Maju received IDR 100,000")
    assert "English" in lender.owner("bahasa inggris")
    owner, told = lender.say("paid Ani 100k")
    assert owner.text.startswith("Noted:")
    assert told.text.startswith("Hello Ani")


def test_a_borrower_who_asks_for_help_gets_it_every_time(lender: Chat) -> None:
    for _ in range(2):
        assert "*saldo*" in lender.person(BUDI, "bantuan")


def test_small_words_are_left_alone(lender: Chat) -> None:
    for words in ("ok", "siap pak", "👍", "haha"):
        assert lender.say(words, BUDI) == []
    assert lender.person(BUDI, "terima kasih banyak") == "Sama-sama!"


def test_a_stranger_with_the_same_name_and_number_sees_nothing(lender: Chat) -> None:
    """The same person is a customer of two businesses; each chat knows only its own business."""
    theirs = lender.say("saldo", BUDI, place=lender.stranger)
    assert [each.text.splitlines()[0] for each in theirs] == ["Utang Anda ke Orang Lain Rp 123.457:"]
    assert "Rp 500.000" in lender.person(BUDI, "saldo")
    assert "Ani tidak ada di buku" in lender.owner("status Ani", place=lender.stranger)
    assert "Budi: Rp 123.457" in lender.owner("status", place=lender.stranger)
    # The stranger is nobody here, though they own a business there.
    assert "900.000" not in lender.person(STRANGER, "status Ani")
    # Language, consent and blocking hold for one business only.
    lender.person(BUDI, "english")
    lender.person(BUDI, "STOP")
    lender.owner("blokir Budi")
    theirs = lender.say("saldo", BUDI, place=lender.stranger)
    assert theirs[0].text.startswith("Utang Anda ke Orang Lain")
    assert "STOP" not in lender.owner("kontak Budi", place=lender.stranger)


def test_who_wrote_before_they_had_a_name_keeps_their_history(chat: Chat) -> None:
    chat.owner("pinjam Rina 400rb")
    assert "tidak punya utang" in chat.person(RINA, "saldo", name="Rina Cantik")
    chat.person(RINA, "english", name="Rina Cantik")
    chat.person(RINA, "STOP", name="Rina Cantik")
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        assert tx.query(Contact).filter_by(tenant_id=tx.tenant).count() == 2
    assert "Nomor Rina sekarang" in chat.owner(f"kontak Rina {RINA}")
    assert "You owe Toko Maju IDR 400,000" in chat.person(RINA, "balance")
    assert "STOP" in chat.owner("kontak Rina")
    told = chat.say("Rina bayar 100rb")[1]
    assert told.text.startswith("Hello Rina")
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        (only,) = tx.query(Contact).filter_by(tenant_id=tx.tenant)
        assert (only.name, only.push_name, only.locale) == ("Rina", "Rina Cantik", "en")
        assert {each.contact_id for each in tx.query(Consent).filter_by(tenant_id=tx.tenant)} == {only.id}
        chats = tx.query(Conversation).filter_by(tenant_id=tx.tenant, chat=f"phone:{RINA}").all()
        assert [each.contact_id for each in chats] == [only.id]
        messages = tx.query(Message).filter_by(tenant_id=tx.tenant, conversation_id=chats[0].id).count()
        assert messages == 4


def test_a_name_on_whatsapp_opens_no_account(chat: Chat) -> None:
    chat.owner("pinjam Rina 400rb")
    for asked in ("saldo", "riwayat", "hutang Rina berapa", "saya Rina, sisa utang saya berapa?"):
        assert "400.000" not in chat.person(RINA, asked, name="Rina")
    assert [each.to for each in chat.say("Rina bayar 100rb")] == ["owner"]
    # Not even once the owner has given the number to somebody else.
    chat.owner(f"kontak Ani {RINA}")
    assert "300.000" not in chat.person(RINA, "saldo", name="Rina")
