"""A customer asks for a person: who is told, how long the bot keeps quiet, and how it comes back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.assistant import handoffs
from services.db.models import AuditEntry, Conversation
from tests.conftest import Chat
from tests.conversations.book import ANI, BUDI
from tests.conversations.lending import texts

PERSON = "minta bicara sama orang dong"


def begin(chat: Chat) -> None:
    chat.owner("bot new Siti")
    chat.owner("pinjam Budi 500rb")
    chat.owner(f"kontak Budi {BUDI}")
    chat.person(BUDI, "saldo")


BEGINNINGS = {"shop": begin}


@pytest.fixture
def shop(chat: Chat) -> Chat:
    """A shop with a bot that knows when it is open; Budi has borrowed something and has written."""
    return chat


def is_answered(shop: Chat) -> bool:
    return "Rp 500.000" in shop.person(BUDI, "saldo")


def test_who_asks_for_a_person_is_told_and_the_bot_keeps_quiet_until_it_is_settled(shop: Chat) -> None:
    sent = shop.say(PERSON, BUDI)
    assert "Sudah saya panggilkan orang dari Toko Maju" in texts(sent, BUDI)
    assert f"🙋 Budi minta dilayani orang: “{PERSON}”" in texts(sent)
    assert "• Budi: saldo" in texts(sent)
    assert "• Bot: Utang Anda ke Toko Maju Rp 500.000" in texts(sent) or "Rp 500.000" in texts(sent)
    assert not is_answered(shop)
    taken = shop.say("ya")
    assert "di tangan Anda" in texts(taken)
    assert "dilayani langsung" in texts(taken, BUDI)
    assert not is_answered(shop)
    settled = shop.say("aksi 1 selesai")
    assert "saya kembali menjawab Budi" in texts(settled)
    assert "kembali menjawab Anda" in texts(settled, BUDI)
    assert is_answered(shop)
    assert "sudah selesai" in shop.owner("aksi 1 selesai")


def test_the_owners_words_go_out_as_they_are_and_more_may_follow_by_hand(shop: Chat) -> None:
    notice = next(each for each in shop.say(PERSON, BUDI) if each.to == "owner")
    sent = shop.say("Halo Bud, ada yang bisa dibantu?", quote=notice.id)
    assert [each.text for each in sent if each.to == BUDI] == ["Halo Bud, ada yang bisa dibantu?"]
    shop.say("stok ada kok", to=BUDI)
    assert not is_answered(shop)
    assert "Tidak ada yang menunggu" in shop.owner("daftar aksi")
    assert "kembali menjawab Anda" in texts(shop.say("lepas Budi"), BUDI)
    assert is_answered(shop)


def test_writing_by_hand_answers_the_request_and_nobody_is_reminded(shop: Chat) -> None:
    shop.say(PERSON, BUDI)
    assert shop.say("halo Bud, saya di sini", to=BUDI) == []
    assert "Tidak ada yang menunggu" in shop.owner("daftar aksi")
    assert "dijawab: “halo Bud, saya di sini”" in shop.owner("aksi Budi")
    assert texts(shop.wait(hours=11)) == ""
    assert not is_answered(shop)


def test_taking_over_by_command_answers_the_request_too(shop: Chat) -> None:
    shop.say(PERSON, BUDI)
    sent = shop.say("ambil alih Budi 1 jam")
    assert "dilayani langsung" in texts(sent, BUDI)
    assert "Tidak ada yang menunggu" in shop.owner("daftar aksi")
    ended = shop.wait(minutes=61)
    assert "kembali menjawab Anda" in texts(ended, BUDI)
    assert "masih kami catat" not in texts(ended, BUDI)
    assert is_answered(shop)


def test_who_waits_hears_once_that_it_was_passed_on(shop: Chat) -> None:
    shop.say(PERSON, BUDI)
    assert shop.say("harganya berapa?", BUDI) == []
    shop.wait(minutes=15)
    sent = shop.say("stoknya masih?", BUDI)
    assert "Sudah saya teruskan" in texts(sent, BUDI)
    assert "Budi menulis lagi: “stoknya masih?”" in texts(sent)
    assert shop.say("halo?", BUDI) == []


def test_who_asks_again_is_told_so_and_the_owner_not_each_time(shop: Chat) -> None:
    shop.say(PERSON, BUDI)
    again = shop.say("mana adminnya? minta admin", BUDI)
    assert "Sudah saya sampaikan" in texts(again, BUDI)
    assert texts(again) == ""
    assert shop.say("minta admin!", BUDI) == []
    shop.wait(minutes=10)
    later = shop.say("minta admin", BUDI)
    assert "Sudah saya sampaikan" in texts(later, BUDI)
    assert "menulis lagi" in texts(later)
    assert shop.owner("daftar aksi").count("minta dilayani orang") == 1


def test_an_unanswered_handoff_ends_by_itself_and_says_so(shop: Chat) -> None:
    shop.owner("atur handoff 3 jam")
    shop.say(PERSON, BUDI)
    ended = shop.wait(hours=3, minutes=1)
    assert "kembali menjawab Anda" in texts(ended, BUDI)
    assert "masih kami catat" in texts(ended, BUDI)
    assert is_answered(shop)
    assert "minta dilayani orang" in shop.owner("daftar aksi")
    # It is one request still; asking again has the bot keep quiet once more.
    assert "Sudah saya sampaikan" in texts(shop.say(PERSON, BUDI), BUDI)
    assert not is_answered(shop)


def test_a_handoff_that_ends_at_night_is_told_in_the_morning(shop: Chat) -> None:
    shop.say(PERSON, BUDI)  # at ten, so that it ends at ten in the evening
    assert texts(shop.wait(hours=13), BUDI) == ""
    assert is_answered(shop)
    assert "kembali menjawab Anda" in texts(shop.wait(hours=10), BUDI)


def test_a_handoff_without_a_limit_lasts_until_it_is_released(shop: Chat) -> None:
    shop.owner("atur handoff off")
    shop.say(PERSON, BUDI)
    shop.owner("aksi 1 ya")
    shop.wait(days=1)
    assert not is_answered(shop)
    assert "sampai Anda lepas" in shop.owner("ambil alih Budi")
    shop.owner("lepas Budi")
    assert is_answered(shop)


def test_declining_gives_the_chat_back(shop: Chat) -> None:
    shop.say(PERSON, BUDI)
    assert "belum ada orang" in texts(shop.say("tidak"), BUDI)
    assert is_answered(shop)
    # A new wish is a new request.
    assert "permintaan 2" in texts(shop.say(PERSON, BUDI))


def test_consent_and_proofs_are_heard_meanwhile(shop: Chat) -> None:
    shop.say(PERSON, BUDI)
    assert "akan memeriksa" in shop.person(BUDI, "bukti 500rb", media="bukti.jpg", mime="image/jpeg")
    assert "tidak akan mengirim" in shop.person(BUDI, "STOP")
    shop.owner("blokir Budi")
    assert shop.say("", BUDI, media="bukti.jpg", mime="image/jpeg") == []


def test_at_night_it_is_said_that_it_may_take_a_while(shop: Chat) -> None:
    shop.wait(hours=12)
    assert "pukul 08:00" in texts(shop.say(PERSON, BUDI), BUDI)


def test_both_sides_of_a_chat_are_known(shop: Chat) -> None:
    shop.say(PERSON, BUDI)
    shop.say("aksi 1 sebentar ya Bud")
    shop.say("stok ada", to=BUDI)
    shop.say("oke", BUDI)
    with shop.simulation.platform.opened.database.tenant(shop.tenant.tenant_id) as tx:
        chat = tx.scalars(select(Conversation).where(Conversation.chat == f"phone:{BUDI}")).one()
        turns = handoffs.turns(tx, chat.id, 5)
        assert [(turn.who, turn.text) for turn in turns[0:1] + turns[2:]] == [
            ("customer", PERSON), ("person", "sebentar ya Bud"), ("person", "stok ada"), ("customer", "oke"),
        ]  # fmt: skip
        assert turns[1].who == "bot"
        kinds = set(tx.scalars(select(AuditEntry.action)))
        assert {"action.asked", "action.answered", "handoff.began"} <= kinds
    with shop.simulation.platform.opened.database.tenant(shop.stranger.tenant_id) as tx:
        assert handoffs.turns(tx, chat.id) == []


def test_others_are_answered_and_strangers_change_nothing(shop: Chat) -> None:
    shop.say(PERSON, BUDI)
    assert shop.say("halo", ANI) != []
    shop.owner("lepas Budi", place=shop.stranger)
    assert "Tidak ada permintaan 1" in shop.owner("aksi 1 selesai", place=shop.stranger)
    assert not is_answered(shop)


def test_without_the_actions_center_a_wish_is_a_plain_message(shop: Chat) -> None:
    platform = shop.simulation.platform
    settings = platform.settings.model_copy(update={"enable_actions_center": False})
    platform.jobs.handler._settings = settings
    platform.jobs.handler._bursts._settings = settings
    sent = shop.say("minta bicara sama admin", ANI)
    assert texts(sent, ANI) != ""
    assert "minta dilayani orang: “minta bicara sama admin”" in texts(sent)
    assert "Tidak ada yang menunggu" in shop.owner("daftar aksi")


def test_who_has_no_name_in_the_book_is_meant_by_the_name_they_use(shop: Chat) -> None:
    shop.say("minta admin", ANI, name="Joko")
    assert "lepas" not in shop.owner("aksi 1 ya")
    assert "→ disetujui" in shop.owner("aksi Joko")
    assert "Saya menjawab Joko lagi" in shop.owner("lepas Joko")
