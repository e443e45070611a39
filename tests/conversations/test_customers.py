"""Customers of a shop whose bot was taught a few answers: what they read, and what the owner hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.db.models import BotAnswer, KnowledgeGap
from tests.conftest import Chat
from tests.conversations.test_quiet import come_in
from tests.lending.bookkeeping import statements_counted

SITI, RINI, TONO = "6281300000001", "6281300000002", "6281300000003"
HOURS, DELIVERY = "Senin-Sabtu 08.00-17.00, Minggu tutup.", "Gratis di Jakarta Timur, di luar itu Rp 5.000 per km."
RETURNS = "Barang utuh boleh ditukar dalam 3 hari dengan nota."


@pytest.fixture
def shop(chat: Chat) -> Chat:
    """A hardware shop with a bot called Rina."""
    chat.owner("bot baru Rina")
    chat.owner(f"kb tambah Jam berapa buka? | buka hari apa saja = {HOURS}")
    chat.owner(f"kb tambah Berapa ongkos kirim? | apakah bisa diantar = {DELIVERY}")
    chat.owner(f"kb tambah Bagaimana cara menukar barang? | barang bisa ditukar? = {RETURNS}")
    chat.owner("kb tambah Ada garansi bor? = Bor Bosch bergaransi setahun.")
    chat.owner("kb tambah Ada garansi pompa air? = Pompa Shimizu bergaransi dua tahun.")
    return chat


def answers(chat: Chat) -> list[BotAnswer]:
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        return list(tx.scalars(select(BotAnswer).order_by(BotAnswer.id)))


def gaps(chat: Chat) -> list[tuple[str, int]]:
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        return [(gap.question, gap.times) for gap in tx.scalars(select(KnowledgeGap).order_by(KnowledgeGap.id))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jam brp buka gan?", HOURS),
        ("buka jam brp ya kak", HOURS),
        ("kak ongkirnya brp?", DELIVERY),
        ("barangnya bs ditukar ga?", RETURNS),
        ("What time do you open?", HOURS),
    ],
)
def test_a_sure_match_is_answered_as_it_was_taught(shop: Chat, text: str, said: str) -> None:
    assert shop.person(SITI, text) == said


def test_an_answer_is_kept_with_what_it_rests_on(shop: Chat) -> None:
    shop.person(SITI, "jam berapa buka?")
    kept = answers(shop)[0]
    assert (kept.question, kept.answer, kept.outcome, kept.model, kept.credits) == (
        "jam berapa buka?", HOURS, "answered", None, 0,
    )  # fmt: skip
    assert kept.confidence is not None and kept.confidence > 0.9
    assert [(source["number"], source["title"]) for source in kept.sources] == [(1, "Jam berapa buka?")]
    assert kept.chatbot_id is not None and kept.contact_id is not None and 0 <= kept.duration_ms < 60_000


def test_near_matches_are_offered_and_one_is_picked(shop: Chat) -> None:
    offered = shop.person(SITI, "ada garansi?")
    assert "1. " in offered and "Ada garansi bor?" in offered and "Ada garansi pompa air?" in offered
    first = offered.splitlines()[1]
    expected = "Bor Bosch" if "bor" in first else "Pompa Shimizu"
    assert expected in shop.person(SITI, "yang no 1")
    shop.person(RINI, "ada garansi?")
    assert "Mau saya tanyakan ke Toko Maju?" in shop.person(RINI, "0")
    shop.person(TONO, "ada garansi?")
    assert shop.person(TONO, "jam berapa buka?") == HOURS


def test_what_nobody_taught_is_said_so_and_goes_to_a_person(shop: Chat) -> None:
    asked = "apakah kalian menjual pesawat terbang?"
    assert shop.person(SITI, asked) == "Maaf, itu saya belum tahu.\nMau saya tanyakan ke Toko Maju? (ya/tidak)"
    assert gaps(shop) == [(asked, 1)]
    sent = shop.say("ya", SITI)
    assert "sudah saya tanyakan" in next(each.text for each in sent if each.to == SITI)
    assert asked in next(each.text for each in sent if each.to == "owner")
    told = shop.say("Tidak, hanya alat bangunan.", quote=next(each.id for each in sent if each.to == "owner"))
    assert [each.text for each in told if each.to == SITI] == ["Toko Maju: Tidak, hanya alat bangunan."]
    assert "Lain kali saya jawab sendiri" in next(each.text for each in told if each.to == "owner")
    shop.owner("ya")
    assert shop.person(RINI, asked) == "Tidak, hanya alat bangunan."


def test_who_declines_a_person_is_left_alone(shop: Chat) -> None:
    shop.person(SITI, "apakah kalian menjual pesawat terbang?")
    assert [each.to for each in shop.say("tidak usah", SITI)] == [SITI]
    assert shop.owner("daftar aksi") == "Tidak ada yang menunggu Anda."


def test_several_questions_have_one_answer(shop: Chat) -> None:
    shop.person(SITI, "halo kak", burst=True)
    shop.person(SITI, "jam berapa buka?", burst=True)
    answer = shop.person(SITI, "terus ongkos kirim berapa?")
    assert HOURS in answer and DELIVERY in answer


def test_a_short_question_goes_on_about_the_last_one(shop: Chat) -> None:
    shop.owner("kb tambah Harga bor Bosch? = Bor Bosch Rp 615.000.")
    assert "setahun" in shop.person(SITI, "ada garansi bor?")
    assert "615.000" in shop.person(SITI, "harganya berapa?")


def test_a_wish_is_a_persons_to_decide(shop: Chat) -> None:
    sent = shop.say("bisa kurang ga kak harganya?", SITI)
    assert sorted(each.to for each in sent) == [SITI, "owner"]
    told = shop.say("10%")
    assert any("10%" in each.text for each in told if each.to == SITI)


@pytest.mark.parametrize("text", ["bisa kurang ga jam berapa buka?", "jam berapa buka untuk grosir?", "minta admin"])
def test_who_tries_a_bot_reads_what_a_customer_would(shop: Chat, text: str) -> None:
    shop.owner("bot Rina kata orang grosir")
    assert "(Bot bertanya dulu kepada Anda" in shop.owner(f"tanya {text}")
    assert sorted(each.to for each in shop.say(text, SITI)) == [SITI, "owner"]


def test_words_that_are_for_a_person_are(shop: Chat) -> None:
    shop.owner("bot Rina kata orang kontrak, grosir")
    sent = shop.say("jam berapa buka untuk grosir?", SITI)
    assert sorted(each.to for each in sent) == [SITI, "owner"]
    assert shop.person(RINI, "jam berapa buka?") == HOURS


def test_each_is_answered_in_the_language_that_they_write(shop: Chat) -> None:
    assert "I don't know that" in shop.person(SITI, "do you sell aeroplanes as well?")
    assert "Maaf" in shop.person(RINI, "apakah kalian menjual pesawat terbang?")


def test_a_greeting_comes_once_and_is_the_bots_own(shop: Chat) -> None:
    assert "Saya Rina, asisten otomatis Toko Maju" in shop.person(SITI, "halo")
    assert shop.person(SITI, "halo") == "Ya, ada yang bisa saya bantu?"
    shop.owner("bot Rina sapaan Selamat datang di Toko Maju!")
    assert shop.person(RINI, "halo") == "Selamat datang di Toko Maju!"
    assert shop.person(TONO, "jam berapa buka?") == f"Selamat datang di Toko Maju!\n\n{HOURS}"
    assert shop.person(TONO, "jam berapa buka?") == HOURS


def test_outside_its_hours_it_says_so_once(shop: Chat) -> None:
    shop.owner("bot Rina jam senin-jumat 8-9")
    closed = shop.person(SITI, "jam berapa buka?")
    assert "sedang tutup" in closed and "14 Feb 2025 08" in closed
    assert shop.person(SITI, "halo?") == ""
    shop.wait(hours=22)
    assert shop.person(SITI, "jam berapa buka?") == HOURS


def test_a_bot_that_is_off_answers_nobody(shop: Chat) -> None:
    shop.owner("bot Rina off")
    assert "asisten otomatis Toko Maju" in shop.person(SITI, "jam berapa buka?")


def test_a_person_who_took_over_is_not_interrupted(shop: Chat) -> None:
    shop.person(SITI, "halo")
    shop.say("Halo Siti, ini Pak Budi", to=SITI)
    assert shop.say("jam berapa buka?", SITI) == []
    shop.wait(hours=13)
    assert HOURS in shop.person(SITI, "jam berapa buka?")


def test_a_picture_without_a_word_is_asked_about(shop: Chat) -> None:
    assert "belum bisa melihat gambar" in shop.person(SITI, "", media="bor.jpg", mime="image/jpeg")
    assert shop.person(SITI, "ada garansi bor?", media="bor.jpg", mime="image/jpeg") == "Bor Bosch bergaransi setahun."
    assert gaps(shop) == []


def test_a_group_hears_what_is_known_and_nothing_else(shop: Chat) -> None:
    shop.say("bot aktif", group="120363000000000001")
    sent = shop.say("@Rina jam berapa buka?", SITI, group="120363000000000001", mentioned=True)
    assert [each.text for each in sent] == [HOURS]


def test_a_strangers_customers_hear_nothing_of_it(shop: Chat) -> None:
    other = shop.say("jam berapa buka?", SITI, place=shop.stranger)
    assert all(HOURS not in each.text for each in other)
    shop.say("bot baru Susi", place=shop.stranger)
    other = shop.say("jam berapa buka?", RINI, place=shop.stranger)
    assert all(HOURS not in each.text for each in other)
    assert shop.say("kb belum terjawab", place=shop.stranger) != []
    assert gaps(shop) == []


def test_after_a_night_offline_questions_are_answered_and_small_talk_is_not(shop: Chat) -> None:
    come_in(shop, SITI, "jam berapa buka?", age=timedelta(hours=8), prefix="A")
    assert [each.text for each in shop.simulation.sent] == [HOURS]
    for number, text in enumerate(("halo", "ada garansi?", "apakah kalian menjual pesawat terbang?")):
        come_in(shop, RINI, text, age=timedelta(hours=8), prefix=f"B{number}")
        assert shop.simulation.sent == []


def test_a_flood_is_answered_to_its_beginning_and_said_to_be_one(shop: Chat) -> None:
    come_in(shop, SITI, *["jam berapa buka?"] * 200)
    said = [each.text for each in shop.simulation.sent]
    assert len(said) == 2
    assert "pelan-pelan" in said[0]
    assert said[1] == HOURS


def test_an_answer_takes_as_many_statements_with_much_knowledge_as_with_little(shop: Chat) -> None:
    counts = []
    for number in range(2):
        with statements_counted(shop.simulation.platform.opened.database) as sent:
            assert shop.person(f"62813000001{number}", "jam berapa buka?") == HOURS
        counts.append(len(sent))
        shop.owner("\n".join(f"kb tambah Harga barang nomor {item}? = Rp {item}.000" for item in range(1, 60)))
    assert counts[0] == counts[1] <= 40, "\n".join(sent)
