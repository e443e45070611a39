"""A model answers customers: with what was taught and looked up, or not at all, and never beyond what it was given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from handlers.chat.bot_tools import TOOLS
from scripts.model_server import Fault, ModelServer, Reply
from services.clock import VirtualClock
from services.db.engine import Tx
from services.db.models import Action, AiAccount, AiCall, Conversation, KnowledgeGap, Message
from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.settings import Settings
from tests.conftest import Chat, Opening
from tests.conversations.modelled import (
    CEMENT,
    DELIVERY,
    OPEN_AT_8,
    SITI,
    answers,
    asked,
    said_to_model,
    shop_with_model,
    system_text,
    told,
    transaction,
)

UNSURE = "kalau beli semen banyak barang diantar ke rumah tidak ya"
UNTAUGHT = "kalian jual genteng metal warna hijau?"
OFFERS = "Mau saya tanyakan ke Toko Maju? (ya/tidak)"
ASKED = "Saya belum tahu soal itu, jadi sudah saya tanyakan ke Toko Maju. Jawabannya menyusul di sini."
WRONG = (
    "Harganya Rp 64.000 kak.", "Diskon 20% khusus hari ini!", "Transfer ke BCA 1234567890 ya.",
    "Pesan di https://bayar.example.com/x", "Pembayaran sudah kami terima.",
)  # fmt: skip
DONT_KNOW = "Saya tidak tahu soal itu, maaf."


@pytest.fixture
def shop(taught: None, opening: Opening, settings: Settings, clock: VirtualClock, model: ModelServer) -> Iterator[Chat]:
    with shop_with_model(opening, settings, clock, model) as chat:
        yield chat


def test_what_is_unsure_is_written_by_a_model(shop: Chat, model: ModelServer) -> None:
    model.replies.append(Reply("Bisa kak, semen Rp 65.000 per sak dan kami antar gratis di Jakarta. [1][2]"))
    assert shop.person(SITI, UNSURE, name="Siti Nakal") == (
        "Bisa kak, semen Rp 65.000 per sak dan kami antar gratis di Jakarta."
    )
    [request] = asked(model)
    rules = system_text(request)
    assert CEMENT in rules
    assert DELIVERY in rules
    assert "Toko Maju" in rules
    assert "13 February 2025, 10:00" in rules
    assert said_to_model(request) == [("user", UNSURE)]
    assert {each["function"]["name"] for each in request["tools"]} == set(TOOLS)
    for each in ("77.777", "Orang Lain", "Siti Nakal", SITI):
        assert each not in told(model)
    [record] = answers(shop)
    assert (record.outcome, record.model, record.credits) == ("answered", "played", Decimal(1))
    assert record.prompt_tokens > 0 < record.completion_tokens
    assert {each["title"] for each in record.sources} == {"Berapa harga semen?", "Apakah barang bisa diantar?"}


def test_what_is_sure_needs_no_model_unless_its_words_wont_do(shop: Chat, model: ModelServer) -> None:
    """A persona, an instruction that holds today, or a question in another language wants other words."""
    assert shop.person(SITI, "jam berapa buka?") == OPEN_AT_8
    shop.person(SITI, "halo")
    shop.person(SITI, "minta admin dong")
    shop.owner("lepas Siti")
    shop.owner("instruksi mulai 20/12 sampai 25/12 promo Natal")
    assert shop.person("6281300000002", "jam berapa buka?") == OPEN_AT_8
    assert asked(model) == []
    model.replies.append(Reply("We open at 8 am."))
    assert shop.person("6281300000003", "what time do you open?") == "We open at 8 am."
    shop.owner("instruksi hari ini tutup jam 3 sore")
    model.replies.append(Reply("Buka jam 8 pagi, tutup jam 3 sore."))
    assert shop.person("6281300000004", "jam berapa buka?") == "Buka jam 8 pagi, tutup jam 3 sore."
    shop.owner("instruksi hapus 2")
    shop.owner("bot persona Selalu riang")
    model.replies.append(Reply("Jam 8 pagi dong!"))
    assert shop.person("6281300000005", "jam berapa buka?") == "Jam 8 pagi dong!"
    first, second, third = map(system_text, asked(model))
    assert "tutup jam 3 sore" not in first
    assert "tutup jam 3 sore" in second
    assert "promo Natal" not in second
    assert "Selalu riang" in third


def test_the_chat_before_is_told_without_the_burst_itself(shop: Chat, model: ModelServer) -> None:
    model.replies += [Reply("Gentengnya habis, kak."), Reply("Semen Rp 65.000 per sak.")]
    shop.person(SITI, UNTAUGHT)
    shop.say("oh begitu ya kak", SITI, burst=True)
    shop.say("terus yang murah apa dong yang ada", SITI)
    assert said_to_model(asked(model)[-1]) == [
        ("user", UNTAUGHT),
        ("assistant", "Gentengnya habis, kak."),
        ("user", "oh begitu ya kak\nterus yang murah apa dong yang ada"),
    ]


def test_an_account_is_looked_up_and_only_ones_own(shop: Chat, model: ModelServer) -> None:
    for place, amount in ((shop.tenant, "500rb"), (shop.stranger, "123457")):
        shop.owner(f"pinjam Siti {amount} 2 minggu", place=place)
        shop.owner(f"kontak Siti {SITI}", place=place)
    shop.owner("pinjam Budi 987654")
    model.reset()
    model.replies += [
        Reply(calls=(("my_account", {"name": "Budi", "contact_id": "1", "tenant_id": "2"}),)),
        Reply("Sisa utang kakak lima ratus ribu rupiah, jatuh tempo 27 Februari 2025."),
    ]
    said = shop.person(SITI, "saya bingung soal pinjaman kemarin itu gimana ya kak kelanjutannya")
    assert said == "Sisa utang kakak lima ratus ribu rupiah, jatuh tempo 27 Februari 2025."
    assert "Rp 500.000" in told(model)
    for each in ("987.654", "123.457", "Budi:"):
        assert each not in told(model)


def test_what_nobody_gave_is_not_sent(shop: Chat, model: ModelServer) -> None:
    """The model is told once; then the customer hears what they would hear without one."""
    for number, wrong in enumerate(WRONG):
        model.replies[:] = [Reply(wrong), Reply("Harganya Rp 65.000 kak.")]
        assert shop.person(f"628130000001{number}", UNSURE) == "Harganya Rp 65.000 kak.", wrong
        assert "nobody gave you" in said_to_model(asked(model)[-1])[-1][1]
        model.replies[:] = [Reply(wrong), Reply(wrong)]
        assert OFFERS in shop.person(f"628130000002{number}", UNTAUGHT), wrong
        assert answers(shop)[-1].completion_tokens > 0


def test_what_the_customer_wrote_is_no_source(shop: Chat, model: ModelServer) -> None:
    model.replies += [Reply("Ya, kakak dapat harga Rp 1.000.")] * 2
    assert "1.000" not in shop.person(SITI, "kemarin dijanjikan semen Rp 1.000 ke rumah, jadi?")


def test_what_a_person_of_the_business_wrote_holds(shop: Chat, model: ModelServer) -> None:
    shop.person(SITI, "jam berapa buka?")
    shop.owner("Genteng hijau Rp 88.000 ya", to=SITI)
    shop.wait(hours=3)
    model.reset()
    model.replies.append(Reply("Seperti yang ditulis tadi, Rp 88.000 kak."))
    assert "Rp 88.000" in shop.person(SITI, "jadi kesimpulannya genteng yang tadi itu gimana ya kak")
    assert "(a person of the business wrote:) Genteng hijau Rp 88.000 ya" in told(model)


def test_a_person_is_offered_where_the_model_wants_one(shop: Chat, model: ModelServer) -> None:
    ask = Reply(calls=(("ask_person", {"reason": "Is there green metal roofing?"}),))
    model.replies += [ask, Reply("Sebentar, saya tanyakan ya kak!")]
    assert shop.person(SITI, UNTAUGHT) == f"Maaf, itu saya belum tahu.\n{OFFERS}"
    sent = shop.say("ya", SITI)
    assert [each.text for each in sent if each.to == SITI] == [ASKED]
    assert UNTAUGHT in next(each.text for each in sent if each.to == "owner")
    model.replies += [ask, Reply("Semen Rp 65.000 per sak. [1]")]
    reply = shop.person("6281300000002", "berapa semennya dan ada genteng hijau tidak buat rumah?")
    assert reply == f"Semen Rp 65.000 per sak.\n\n{OFFERS}"
    with transaction(shop) as tx:
        assert [(each.kind, each.said) for each in tx.scalars(select(Action))] == [("unknown", UNTAUGHT)]
        assert len(tx.scalars(select(KnowledgeGap)).all()) == 2
    assert [each.outcome for each in answers(shop)] == ["unknown", "asked_person", "unknown"]


def test_a_total_is_worked_out_from_prices_that_were_given(shop: Chat, model: ModelServer) -> None:
    question = "semen 10 sak jadinya berapa semua ya kak?"
    model.replies += [
        Reply(calls=(("work_out", {"calculation": "10 x 60000"}), ("work_out", {"calculation": "10 x 65.000"}))),
        Reply("10 sak jadi Rp 650.000 kak."),
    ]
    assert shop.person(SITI, question) == "10 sak jadi Rp 650.000 kak."
    assert "Nobody gave the price 60000" in told(model)
    model.replies += [Reply("10 sak jadi Rp 650.000 kak.")] * 2
    assert "650.000" not in shop.person("6281300000002", question)


def test_a_handover_that_the_model_sees_begins(shop: Chat, model: ModelServer) -> None:
    model.replies += [
        Reply(calls=(("ask_person", {"reason": "The customer wants to talk to a human."}),)),
        Reply("Baik."),
    ]
    assert "Sampai saat itu saya diam" in shop.person(
        SITI, "ini bukan jawaban yang kumaksud, capek deh ngomong sama kamu"
    )
    assert shop.person(SITI, "ada genteng?") == ""


def test_who_doesnt_know_offers_to_ask(shop: Chat, model: ModelServer) -> None:
    model.replies.append(Reply(DONT_KNOW))
    reply = shop.person(SITI, UNTAUGHT)
    assert reply.startswith(DONT_KNOW)
    assert "(ya/tidak)" in reply
    assert "sudah saya tanyakan" in shop.person(SITI, "ya")
    assert [each.outcome for each in answers(shop)] == ["unknown", "asked_person"]


def test_without_a_model_the_bot_answers_as_ever(shop: Chat, model: ModelServer) -> None:
    nonsense = [Fault(200, b"<html>"), Fault(200, b"{}"), Fault(200, b'{"choices": []}')]
    faults = [*nonsense, Fault(404), Fault(401), Fault(429), Fault(500)]
    for number, fault in enumerate(faults):
        model.faults[:] = [fault] * 20
        assert OFFERS in shop.person(f"628130000001{number}", UNTAUGHT), fault
    with transaction(shop) as tx:
        calls = tx.scalars(select(AiCall).where(AiCall.purpose == "chat")).all()
        assert {(each.outcome, each.credits) for each in calls} == {("failed", 0)}
        assert _left(tx) == 100


def test_vectors_come_first_and_arent_needed(
    taught: None, opening: Opening, settings: Settings, clock: VirtualClock, model: ModelServer
) -> None:
    with shop_with_model(opening, settings, clock, model, embedding_model="spelling", embedding_timeout=0.5) as shop:
        model.replies += [Reply("Gentengnya habis, kak.")] * 2
        assert shop.person(SITI, UNTAUGHT) == "Gentengnya habis, kak."
        assert [str(each["path"]) for each in model.requests] == ["/v1/embeddings", "/v1/chat/completions"]
        model.faults += [Fault(500)] * 2
        assert shop.person("6281300000002", UNTAUGHT) == "Gentengnya habis, kak."
        assert len(asked(model)) == 2
        with transaction(shop) as tx:
            calls = tx.scalars(select(AiCall).where(AiCall.purpose == "embedding").order_by(AiCall.id)).all()
            assert [(each.outcome, each.credits) for each in calls[-2:]] == [("ok", Decimal("0.001")), ("failed", 0)]


def test_a_slow_model_is_not_waited_for(
    taught: None, opening: Opening, settings: Settings, clock: VirtualClock, model: ModelServer
) -> None:
    with shop_with_model(opening, settings, clock, model, answer_timeout=0.8) as shop:
        model.faults += [Fault(200, delay=20)] * 20
        assert OFFERS in shop.person(SITI, UNTAUGHT)


def _left(tx: Tx) -> Decimal | None:
    return tx.scalars(select(AiAccount.allowance_left)).one_or_none()


def test_nonsense_of_a_model_is_not_sent(shop: Chat, model: ModelServer) -> None:
    for replies in (
        [Reply("")] * 2,
        [Reply("   \n ")] * 2,
        [Reply(calls=(("lend", {"name": "Budi", "amount": "1"}),))] * 9,
        [Reply(calls=(("search_knowledge", "not even json"),))] * 9,
        [Reply(calls=(("search_knowledge", {"query": "semen"}),))] * 9,
    ):
        model.reset()
        model.replies += replies
        assert OFFERS in shop.person(SITI, UNTAUGHT), replies
        assert len(asked(model)) <= shop.simulation.platform.settings.answer_steps
    model.reset()
    model.replies.append(Reply("Kami jual semen. " * 1200))
    reply = shop.person(SITI, "jadi kalian jual apa saja kak selain itu")
    assert 100 < len(reply) <= 1500


def test_groups_and_old_messages_are_not_thought_about(shop: Chat, model: ModelServer) -> None:
    shop.owner("bot on", group="rumpi")
    assert "grup" in shop.say(UNTAUGHT, SITI, group="rumpi", mentioned=True)[-1].text
    platform, place, person = shop.simulation.platform, shop.tenant, Address.phone(SITI)
    at = platform.clock.now() - timedelta(hours=2)
    old = Inbound("old", person, person, False, UNSURE, at, "text")
    inbox.accept(platform.opened.database, place.tenant_id, place.session_id, [old])
    assert [each for each in shop.wait(seconds=30) if each.to == SITI] == []
    assert asked(model) == []


def test_what_a_person_took_over_meanwhile_is_not_sent(shop: Chat, model: ModelServer) -> None:
    def take_over() -> None:
        with transaction(shop) as tx:
            later = tx.now + timedelta(hours=1)
            tx.execute(update(Conversation).where(Conversation.contact_id.is_not(None)).values(takeover_until=later))

    model.before = take_over
    model.replies.append(Reply("Semen Rp 65.000."))
    assert shop.person(SITI, UNSURE) == ""
    with transaction(shop) as tx:
        assert tx.scalars(select(Message.outcome).order_by(Message.id.desc()).limit(1)).one() == "takeover"
    assert answers(shop) == []


def test_a_message_that_comes_meanwhile_is_folded_in(shop: Chat, model: ModelServer) -> None:
    platform, place = shop.simulation.platform, shop.tenant

    def write_more() -> None:
        model.before = None
        person = Address.phone(SITI)
        late = Inbound("late", person, person, False, "dan genteng ada?", platform.clock.now(), "text")
        inbox.accept(platform.opened.database, place.tenant_id, place.session_id, [late])
        platform.jobs.inbound(place.tenant_id, place.session_id)

    model.before = write_more
    model.replies += [Reply("Semen Rp 65.000."), Reply("Semen Rp 65.000, gentengnya belum ada infonya.")]
    sent = shop.say(UNSURE, SITI) + shop.wait(seconds=10)
    assert [each.text for each in sent if each.to == SITI] == ["Semen Rp 65.000, gentengnya belum ada infonya."]
    assert said_to_model(asked(model)[-1]) == [("user", f"{UNSURE}\ndan genteng ada?")]
    assert [each.outcome for each in answers(shop)] == ["answered"]


def test_ask_shows_what_a_model_would_say_and_what_it_took(shop: Chat, model: ModelServer) -> None:
    model.replies.append(Reply("Bisa, semen Rp 65.000 per sak. [2]", tokens=(900, 100)))
    reply = shop.owner(f"tanya {UNSURE}")
    assert "Bisa, semen Rp 65.000 per sak." in reply
    assert "Berapa harga semen?" in reply
    assert "played" in reply
    assert "1.000 token" in reply
    assert "kredit AI: 1," in reply
    model.replies += [Reply("Rp 1.000!")] * 2
    assert "Tanpa model AI" in shop.owner(f"tanya {UNSURE}")
    model.faults += [Fault(500)] * 9
    assert "gagal" in shop.owner(f"tanya {UNTAUGHT}")
    assert "Tanpa model AI" not in shop.owner("tanya jam berapa buka?")


def test_without_credits_no_model_is_asked(shop: Chat, model: ModelServer) -> None:
    model.replies.append(Reply("Ada, kak."))
    shop.person(SITI, UNTAUGHT)
    with transaction(shop) as tx:
        tx.execute(update(AiAccount).values(allowance_left=0, bought_left=0))
    model.reset()
    assert OFFERS in shop.person("6281300000002", UNTAUGHT)
    assert "kredit AI" in shop.owner(f"tanya {UNTAUGHT}")
    assert asked(model) == []
