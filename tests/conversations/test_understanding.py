"""Sentences of an owner that no rule knows, read by a model: what is asked back, and what can never happen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from scripts.model_server import Fault, ModelServer, Reply
from services.clock import VirtualClock
from services.db.models import AiAccount, Contact, LedgerEntry, Message, User
from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.settings import Settings
from tests.conftest import OWNER, Chat
from tests.conversations.book import BUDI
from tests.conversations.proposals import ENGLISH, NONSENSE, ORDERS, SENTENCES, TAKEN, UNSAID, says
from tests.conversations.recordings import opus


@pytest.fixture
def model(model: ModelServer) -> ModelServer:
    """A model that knows of no command unless a test says so."""
    model.brain = lambda _body: says("none")
    return model


@pytest.fixture
def settings(settings: Settings, model: ModelServer) -> Settings:
    """Settings of a process that has a model."""
    return settings.model_copy(update={"openai_base_url": model.url, "chat_model": "reader"})


def booked(chat: Chat) -> list[tuple[str, int]]:
    """What stands in the tenant's ledger: the names and amounts of its entries."""
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        statement = select(Contact.name, LedgerEntry.amount).join(
            Contact, (Contact.tenant_id == LedgerEntry.tenant_id) & (Contact.id == LedgerEntry.contact_id)
        )
        return [(row.name, int(row.amount)) for row in tx.execute(statement.order_by(LedgerEntry.id))]


def asked(model: ModelServer) -> list[str]:
    """What the model was told, request by request."""
    return [str(request["messages"]) for request in model.requests]


def test_a_booking_is_asked_back_and_done_with_a_yes(chat: Chat, model: ModelServer) -> None:
    model.replies.append(says("lend", name="Budi", amount="50000", due="2025-02-20", note=""))
    reply = chat.owner(TAKEN)
    assert reply.splitlines()[0] == "Catat: Budi pinjam Rp 50.000, jatuh tempo Kam, 20 Feb 2025?"
    assert chat.understood is not None
    assert chat.understood["by"] == "model"
    assert booked(chat) == []
    assert "Rp 50.000" in chat.owner("ya")
    assert chat.understood == {
        "command": "lend", "by": "model",
        "arguments": {"name": "Budi", "amount": "50000", "currency": "IDR", "due": "2025-02-20"},
    }  # fmt: skip
    assert booked(chat) == [("Budi", 50_000)]


@pytest.mark.parametrize("word", ["tidak", "batal"])
def test_a_no_leaves_all_as_it_was(chat: Chat, model: ModelServer, word: str) -> None:
    model.replies.append(says("lend", name="Budi", amount="50000"))
    chat.owner(TAKEN)
    assert "tidak ada yang berubah" in chat.owner(word).lower()
    assert booked(chat) == []
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        assert tx.scalars(select(Contact)).all() == []


def test_a_correction_changes_what_is_proposed_and_is_asked_back_too(chat: Chat, model: ModelServer) -> None:
    model.replies.append(says("lend", name="Budi", amount="50000"))
    chat.owner(TAKEN)
    assert "Budi pinjam Rp 1.000.000" in chat.owner("salah, maksudnya 1 juta")
    assert booked(chat) == []
    chat.owner("ya")
    assert booked(chat) == [("Budi", 1_000_000)]


def test_what_only_looks_is_shown_at_once(chat: Chat, model: ModelServer) -> None:
    chat.owner("pinjam Ahmad 300rb")
    model.replies.append(says("status", name="Ahmad"))
    assert "Rp 300.000" in chat.owner("itu yang namanya Ahmad masih nunggak brp sih")
    assert chat.understood is not None
    assert chat.understood["by"] == "model"


def test_what_will_happen_is_said_in_one_sentence(chat: Chat, model: ModelServer) -> None:
    chat.owner("bot baru Siti")
    chat.owner("pinjam Ahmad 300rb")
    before = booked(chat)
    for sentence, proposal, question in SENTENCES:
        model.replies.append(proposal)
        assert chat.owner(sentence).splitlines()[0] == question
        assert chat.command() == proposal.calls[0][1]["command"]
        chat.owner("tidak")
    assert booked(chat) == before


def test_who_would_be_told_is_said_too(chat: Chat, model: ModelServer) -> None:
    chat.owner(f"kontak Budi {BUDI}")
    model.replies.append(says("lend", name="Budi", amount="50000"))
    sent = chat.say(TAKEN)
    assert [each.to for each in sent] == ["owner"]
    assert "Budi akan diberi tahu." in sent[0].text
    assert {each.to for each in chat.say("ya")} == {"owner", BUDI}


def test_questions_come_first_as_ever(chat: Chat, model: ModelServer) -> None:
    chat.owner("pinjam Budi Santoso 100rb")
    chat.owner("pinjam Budi Hartono 100rb")
    model.replies.append(says("lend", name="Budi", amount=""))
    reply = chat.owner("si Budi kuambilin duit dulu ya")
    assert "*pinjam Budi*" in reply
    assert "Berapa" in reply
    assert "Budi Santoso" in chat.owner("75rb")
    assert "Budi Hartono pinjam Rp 75.000" in chat.owner("Budi Hartono")
    assert len(booked(chat)) == 2
    chat.owner("ya")
    assert booked(chat)[-1] == ("Budi Hartono", 75_000)


def test_nonsense_is_not_understood(chat: Chat, model: ModelServer) -> None:
    for reply in NONSENSE:
        model.brain = lambda _body, reply=reply: reply  # type: ignore[misc]
        assert "saya belum paham" in chat.owner(TAKEN), reply
        assert chat.understood is None
    assert booked(chat) == []


def test_what_the_owner_did_not_say_is_asked_for(chat: Chat, model: ModelServer) -> None:
    for proposal, question in UNSAID:
        model.replies.append(proposal)
        reply = chat.owner(TAKEN)
        assert question in reply
        assert "hapus semua" not in reply
        chat.owner("batal")
    assert booked(chat) == []


def test_orders_within_a_text_book_nothing(chat: Chat, model: ModelServer) -> None:
    """Even a model that obeys can only propose; nothing is done without the owner's yes."""
    chat.owner("pinjam Budi 300rb")
    model.brain = lambda _body: says("write_off", name="Budi", sure="true", confirmed=True)
    for text in ORDERS:
        chat.owner(text)
        chat.owner("batal")
    assert booked(chat) == [("Budi", 300_000)]


def test_staff_get_the_commands_that_they_may_use(chat: Chat, model: ModelServer) -> None:
    staff = "6281100000009"
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        tx.add(User(tenant_id=tx.tenant, phone=staff, role="read_only", name="Rani", active=True, created_at=tx.now))
    model.replies.append(says("lend", name="Budi", amount="50000"))
    [reply] = chat.say(TAKEN, f"staff:{staff}")
    assert "tidak punya izin" in reply.text
    assert booked(chat) == []
    offered = model.requests[0]["tools"][0]["function"]["parameters"]["properties"]["command"]["enum"]
    assert "status" in offered
    assert not {"lend", "write_off", "set", "disable"} & set(offered)


def test_a_model_is_told_of_this_tenants_people_only(chat: Chat, model: ModelServer) -> None:
    """The stranger has a Budi too; ours is called otherwise."""
    chat.owner("pinjam Budi Hartono 300rb")
    chat.owner("pinjam Wati 300rb")
    chat.owner(TAKEN)
    [told] = asked(model)
    assert "Budi Hartono" in told
    assert "Wati" not in told
    assert "123457" not in told


def test_what_rules_know_needs_no_model(chat: Chat, model: ModelServer) -> None:
    for text in ("pinjam Budi 100rb", "status", "makasih ya", "Budi bayar 50rb", "5", "ok", "???", "x" * 700):
        chat.owner(text)
    assert model.requests == []


def test_the_super_admin_is_read_by_rules_alone(chat: Chat, model: ModelServer) -> None:
    chat.say("matikan saja semua toko yang belum bayar itu", "admin")
    assert model.requests == []


def test_messages_stay_in_order(chat: Chat, model: ModelServer) -> None:
    """The second message comes while the first is being read; it is answered after it."""
    platform, place = chat.simulation.platform, chat.tenant
    seen: list[str | None] = []

    def write_more() -> None:
        model.before = None
        mine = Address.phone(OWNER)
        late = Inbound("late", mine, mine, True, "status", platform.clock.now(), "text")
        inbox.accept(platform.opened.database, place.tenant_id, place.session_id, [late])
        platform.jobs.inbound(place.tenant_id, place.session_id)
        with platform.opened.database.tenant(place.tenant_id) as tx:
            seen.append(tx.scalar(select(Message.outcome).where(Message.provider_id == "late")))

    model.before = write_more
    model.replies.append(says("lend", name="Budi", amount="50000"))
    sent = [each.text for each in chat.say(TAKEN) if each.to == "owner"]
    assert seen == [None]
    assert "Catat: Budi" in sent[0]
    assert len(sent) == 2
    assert booked(chat) == []


def test_without_the_model_it_is_as_before_and_told_once(chat: Chat, model: ModelServer) -> None:
    for fault in (Fault(500), Fault(429), Fault(401), Fault(200, b"nonsense")):
        model.brain = lambda _body, fault=fault: Reply(status=fault.status, raw=fault.body)  # type: ignore[misc]
        first, second = chat.owner(TAKEN), chat.owner("tadi si Siti kuambilin gocap dulu ya")
        assert "(AI yang membantu" in first
        assert "(AI yang membantu" not in second
        assert "saya belum paham" in first
        assert "saya belum paham" in second
        assert "Budi" in chat.owner("status")
        chat.wait(minutes=61)


def test_a_sentence_waits_only_so_long(chat: Chat, model: ModelServer, clock: VirtualClock) -> None:
    """After a minute and a half it is answered without the model, whose answer comes too late then."""
    platform, place = chat.simulation.platform, chat.tenant

    def dawdle() -> None:
        model.before = None
        clock.move_to(clock.now() + timedelta(seconds=100))
        platform.jobs.inbound(place.tenant_id, place.session_id)

    model.before = dawdle
    model.replies.append(says("lend", name="Budi", amount="50000"))
    sent = [each.text for each in chat.say(TAKEN) if each.to == "owner"]
    assert len(sent) == 1
    assert "belum paham" in sent[0]
    assert "AI" in sent[0]
    assert len(model.requests) == 1
    assert "tidak" in chat.owner("ya").lower()
    assert booked(chat) == []


def test_without_credits_no_model_is_asked_and_that_is_said(chat: Chat, model: ModelServer) -> None:
    chat.owner("x y z")
    model.requests.clear()
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        account = tx.get_one(AiAccount, tx.tenant)
        account.allowance_left = account.bought_left = 0
    assert "Kredit AI" in chat.owner(TAKEN)
    assert "Kredit AI" not in chat.owner(TAKEN)
    assert model.requests == []


@pytest.mark.parametrize(("word", "entries"), [("ya", [("Ahmad", -300_000)]), ("tidak", []), ("batal", [])])
def test_a_question_that_waits_goes_on_waiting(
    chat: Chat, model: ModelServer, word: str, entries: list[tuple[str, int]]
) -> None:
    """In between, a model's proposal is asked about; then the question comes again."""
    chat.owner("pinjam Ahmad 300rb")
    assert "Berapa" in chat.owner("pinjam Siti")
    model.replies.append(says("write_off", name="Ahmad"))
    assert "Hapuskan Rp 300.000" in chat.owner("Ahmad udah kita anggap ikhlas aja")
    reply = chat.owner(word)
    assert booked(chat) == [("Ahmad", 300_000), *entries]
    assert "pinjam Siti" in reply
    assert "Berapa" in reply.splitlines()[-1]
    chat.owner("200rb")
    assert booked(chat) == [("Ahmad", 300_000), *entries, ("Siti", 200_000)]


def test_a_question_waits_while_something_is_looked_up(chat: Chat, model: ModelServer) -> None:
    chat.owner("pinjam Siti")
    model.replies.append(says("statistics"))
    assert "Berapa" in chat.owner("gimana sih kondisi usaha kita belakangan ini")
    chat.owner("200rb")
    assert booked(chat) == [("Siti", 200_000)]


def test_what_no_model_knows_either_asks_the_question_again(chat: Chat, model: ModelServer) -> None:
    chat.owner("pinjam Siti")
    assert "Berapa" in chat.owner("wah gimana ya enaknya")
    assert len(model.requests) == 1


def test_of_two_proposals_the_later_counts(chat: Chat, model: ModelServer) -> None:
    model.replies += [says("lend", name="Budi", amount="50000"), says("lend", name="Siti", amount="20000")]
    chat.owner(TAKEN)
    reply = chat.owner("oh iya si Siti juga kuambilin noban")
    assert "Budi" in reply.splitlines()[0]
    assert "Catat: Siti pinjam Rp 20.000" in reply
    chat.owner("ya")
    assert booked(chat) == [("Siti", 20_000)]


def test_an_interview_outlasts_it(chat: Chat, model: ModelServer) -> None:
    chat.owner("buat perjanjian Ahmad 5jt 081234567890")
    asked_last = chat.owner("gaji")
    assert "gajian" in asked_last
    model.replies.append(says("lend", name="Budi", amount="50000"))
    assert "Catat: Budi pinjam Rp 50.000" in chat.owner("si Budi itu lho, kuambilin gocap kemaren sore")
    assert asked_last in chat.owner("ya")
    assert booked(chat) == [("Budi", 50_000)]
    chat.owner("25")
    assert chat.command() == "agreement"


def test_a_new_interview_waits_for_a_yes_and_the_old_one_goes_on(chat: Chat, model: ModelServer) -> None:
    chat.owner("buat perjanjian Ahmad 5jt 081234567890")
    asked_last = chat.owner("gaji")
    model.replies.append(says("agreement", line="Wati 2000000"))
    assert "Wati" in chat.owner("Wati dibikinin surat hitam di atas putih dua juta")
    assert asked_last in chat.owner("batal")


def test_sentences_in_english(english: Chat, model: ModelServer) -> None:
    english.owner("lend Tom 500")
    english.owner("contact Tom +12025550199")
    for sentence, proposal, question in ENGLISH:
        model.replies.append(proposal)
        assert english.owner(sentence).splitlines()[0] == question
        english.owner("no")
    assert booked(english) == [("Tom", 500)]


def test_back_and_vague_words_leave_a_proposal_waiting(chat: Chat, model: ModelServer) -> None:
    model.replies.append(says("lend", name="Budi", amount="50000"))
    chat.owner(TAKEN)
    for words in ("kembali", "hmm gimana ya enaknya", "1", "mungkin"):
        assert "Catat: Budi pinjam Rp 50.000" in chat.owner(words)
    assert booked(chat) == []
    chat.owner("ya")
    assert booked(chat) == [("Budi", 50_000)]


def test_what_is_spoken_is_asked_back_although_rules_know_it(chat: Chat, model: ModelServer, tmp_path: Path) -> None:
    note = tmp_path / "note.ogg"
    note.write_bytes(opus(2))
    model.transcripts += ["Budi pinjam lima ratus ribu", "ya", "status", "urungkan"]
    assert "Catat: Budi pinjam Rp 500.000" in chat.owner("", media=str(note))
    assert chat.understood is not None
    assert chat.understood["by"] == "model"
    assert booked(chat) == []
    chat.owner("", media=str(note))
    assert booked(chat) == [("Budi", 500_000)]
    assert "Budi: Rp 500.000" in chat.owner("", media=str(note))
    assert "Tarik kembali pinjaman Rp 500.000 kepada Budi?" in chat.owner("", media=str(note))
    assert booked(chat) == [("Budi", 500_000)]


def test_a_spoken_correction_is_asked_back(chat: Chat, model: ModelServer, tmp_path: Path) -> None:
    note = tmp_path / "note.ogg"
    note.write_bytes(opus(2))
    chat.owner("pinjam Budi 500rb")
    model.transcripts.append("salah, maksudnya satu juta")
    reply = chat.owner("", media=str(note))
    assert "Catat: Budi pinjam Rp 1.000.000" in reply
    assert "ditarik kembali" in reply
    assert booked(chat) == [("Budi", 500_000)]
    chat.owner("ya")
    assert booked(chat) == [("Budi", 500_000), ("Budi", -500_000), ("Budi", 1_000_000)]
