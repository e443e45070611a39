"""Voice notes: what was said counts like what is written, and what can't be heard is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text

from scripts.model_server import Fault, ModelServer
from services.db.models import Message
from services.messaging import inbox
from services.settings import Settings
from tests.conftest import Chat
from tests.conversations.book import BUDI, RINA, count
from tests.conversations.lending import offer
from tests.conversations.recordings import opus, wav


@pytest.fixture
def settings(settings: Settings, model: ModelServer) -> Settings:
    """Settings of a process whose model only listens."""
    listens = {"openai_base_url": model.url, "chat_model": "", "answer_timeout": 1.0, "voice_max_seconds": 60}
    return settings.model_copy(update=listens)


def begin(chat: Chat) -> None:
    """Budi owes 500 and can write."""
    chat.owner("lend Budi 500")
    chat.owner(f"contact Budi +{BUDI}")


BEGINNINGS = {"lender": begin}


@pytest.fixture
def lender(english: Chat) -> Chat:
    return english


@pytest.fixture
def note(tmp_path: Path) -> str:
    """A voice note of seven seconds."""
    return recording(tmp_path, "note.ogg", opus(7))


def recording(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def heard(chat: Chat) -> object:
    """What is kept of the last message."""
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        return tx.scalars(select(Message.heard).order_by(Message.id.desc()).limit(1)).one()


def calls(chat: Chat) -> list[tuple[str, str, int]]:
    """What the tenant paid for: the purposes, outcomes and seconds."""
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        rows = tx.execute(text("select purpose, outcome, seconds, tenant_id from ai_calls order by id")).all()
        assert {row.tenant_id for row in rows} <= {chat.tenant.tenant_id}
        return [(row.purpose, row.outcome, int(row.seconds)) for row in rows]


def test_the_owner_reads_what_was_heard_and_says_yes_before_anything_is_booked(
    lender: Chat, model: ModelServer, note: str
) -> None:
    model.transcripts.append("Budi paid 200")
    reply = lender.owner("", media=note)
    assert reply.startswith("🎙️ “Budi paid 200”\n")
    assert count(lender.simulation, lender.tenant, "payment") == 0
    assert "Budi paid $200.00" in lender.owner("yes")
    assert count(lender.simulation, lender.tenant, "payment") == 1
    assert (model.requests[0]["language"], model.requests[0]["file"]) == ("en", "voice.ogg")
    assert calls(lender) == [("transcription", "ok", 7)]


def test_what_only_looks_is_answered_at_once(lender: Chat, model: ModelServer, note: str) -> None:
    model.transcripts.append("Who owes me?")
    reply = lender.owner("", media=note)
    assert reply.startswith("🎙️ “Who owes me?”\n")
    assert "$500.00" in reply


def test_what_a_rule_refuses_shows_what_was_heard_too(lender: Chat, model: ModelServer, note: str) -> None:
    model.transcripts.append("undo 77")
    assert lender.owner("", media=note).startswith("🎙️ “undo 77”\n")


def test_a_customers_note_is_answered_like_a_message(lender: Chat, model: ModelServer, note: str) -> None:
    model.transcripts += ["balance", "I will pay on the 20th"]
    assert "$500.00" in lender.person(BUDI, "", media=note)
    sent = lender.say("", BUDI, media=note)
    assert [each.to for each in sent] == [BUDI, "owner"]
    assert "promises to pay" in sent[1].text
    assert heard(lender) == {"speech": {"seconds": 7, "language": "en"}}


def test_a_spoken_claim_of_a_payment_is_for_the_owner_to_approve(lender: Chat, model: ModelServer, note: str) -> None:
    model.transcripts.append("I have paid 200")
    (notice,) = [each for each in lender.say("", BUDI, media=note) if each.to == "owner"]
    assert notice.kind == "text"
    assert notice.text.startswith("🎙️ Budi says: “I have paid 200”\nDid you get $200.00?")
    assert count(lender.simulation, lender.tenant, "payment") == 0


def test_a_note_belongs_to_its_burst(lender: Chat, model: ModelServer, note: str) -> None:
    model.transcripts.append("balance")
    lender.say("hello", BUDI, burst=True)
    assert "$500.00" in lender.person(BUDI, "", media=note)


def test_a_spoken_stop_counts_and_a_spoken_start_is_to_be_written(lender: Chat, model: ModelServer, note: str) -> None:
    model.transcripts += ["Stop.", "Start!"]
    assert "won't send you reminders" in lender.person(BUDI, "", media=note)
    assert "please write *START*" in lender.person(BUDI, "", media=note)
    with lender.simulation.platform.opened.database.tenant(lender.tenant.tenant_id) as tx:
        assert tx.execute(text("select opted_out_at from contacts where name = 'Budi'")).scalar() is not None


def test_an_agreement_is_not_answered_by_voice(chat: Chat, model: ModelServer, note: str) -> None:
    offer(chat)
    model.transcripts += ["Setuju.", "I agree", "tolak karena mahal", "SETUJU 1"]
    for _said in range(4):
        assert "secara tertulis" in chat.person(BUDI, "", media=note)
    assert count(chat.simulation, chat.tenant, "loan") == 0
    assert "menyetujui perjanjian" in chat.person(BUDI, "setuju")


UNHEARD = {
    "long.ogg": (opus(61), "up to 1 minute"),
    "long.wav": (wav(61), "up to 1 minute"),
    "broken.ogg": (opus(7)[:60] + b"\0" * 400, "can't open that recording"),
    "phone.amr": (b"#!AMR\n" + b"\0" * 400, "can't listen to that kind"),
    "phone.3gp": (b"\0\0\0\x18ftyp3gp4\0\0\0\0isom3gp4" + b"\0" * 400, "can't listen to that kind"),
}


@pytest.mark.parametrize("speaker", ["owner", RINA], ids=["owner", "stranger"])
def test_what_cannot_be_heard_is_said_with_what_would_work(
    lender: Chat, model: ModelServer, tmp_path: Path, speaker: str
) -> None:
    for name, (content, says) in UNHEARD.items():
        path = recording(tmp_path, name, content)
        sent = lender.say("", speaker, media=path, mime="audio/amr")
        assert says in " ".join(each.text for each in sent if each.to == speaker), name
    assert (model.requests, calls(lender)) == ([], [])


def test_silence_has_no_words_whatever_a_model_imagines(lender: Chat, model: ModelServer, tmp_path: Path) -> None:
    minute = recording(tmp_path, "minute.wav", wav(60))
    model.transcripts += ["Thanks for watching!", "", " ... ", "[Music]", "Terima kasih telah menonton."]
    for _note in range(5):
        assert "couldn't hear any words" in lender.person(BUDI, "", media=minute)
    model.transcripts.append("")
    assert "couldn't hear any words" in lender.owner("", media=minute)
    assert calls(lender) == [("transcription", "ok", 60)] * 6


@pytest.mark.parametrize(
    ("speaker", "says"), [("owner", "isn't answering right now"), (BUDI, "can't listen to voice notes right now")]
)
def test_a_model_that_fails_is_done_without_and_never_asked_again(
    lender: Chat, model: ModelServer, note: str, speaker: str, says: str
) -> None:
    model.faults += [Fault(400)]
    sent = [each.text for each in lender.say("", speaker, media=note) if each.to == speaker]
    assert says in sent[-1]
    assert "rite it" in sent[-1]
    assert len(model.requests) == 1
    assert calls(lender) == [("transcription", "failed", 7)]


def test_without_credits_nobody_is_asked_and_the_owner_reads_why(lender: Chat, model: ModelServer, note: str) -> None:
    with lender.simulation.platform.opened.database.tenant(lender.tenant.tenant_id) as tx:
        tx.execute(text("update tenants set limits = '{\"ai_credits\": 0}'"))
    assert "AI credits" in lender.owner("", media=note)
    assert "Please write it; Sunny Loans" in lender.person(BUDI, "", media=note)
    assert model.requests == []


def test_a_note_that_nobody_read_in_time_is_handled_without(
    lender: Chat, model: ModelServer, note: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.reading.read", lambda *_given: None)
    assert lender.say("", BUDI, media=note, burst=True) == []
    assert lender.say("balance", BUDI) == []
    (sent,) = lender.wait(seconds=int(inbox.READING_PATIENCE.total_seconds()) + 10)
    assert "$500.00" in sent.text
    assert model.requests == []


def test_nobody_listens_in_groups_or_to_what_is_sent_by_hand(lender: Chat, model: ModelServer, note: str) -> None:
    lender.say("", "owner", to=BUDI, media=note)
    lender.say("", RINA, media=note, group="1203")
    lender.owner("block Budi")
    lender.say("", BUDI, media=note)
    assert model.requests == []


def test_a_note_that_was_heard_late_changes_nothing_that_was_answered(
    lender: Chat, model: ModelServer, note: str
) -> None:
    model.transcripts.append("balance")
    lender.say("", BUDI, media=note)
    platform, tenant = lender.simulation.platform, lender.tenant.tenant_id
    with platform.opened.database.tenant(tenant) as tx:
        message_id = tx.scalars(select(Message.id).order_by(Message.id.desc()).limit(1)).one()
    platform.jobs.read(tenant, message_id, "speech")
    assert len(model.requests) == 1
