"""Files and what is no text: kept, refused with the reason, or left alone."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text

from handlers.media import File, file_of, problem_of
from services.db.models import Message
from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from tests.conftest import Chat
from tests.conversations.book import BUDI, RINA, outcomes

ERRORS = ("file_too_large", "file_type_refused", "file_unsafe", "file_empty", "file_gone", "file_late")


@pytest.fixture
def lender(english: Chat) -> Chat:
    """Budi owes 500 and can write."""
    english.owner("lend Budi 500")
    english.owner(f"contact Budi +{BUDI}")
    return english


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    content = BytesIO()
    Image.new("RGB", (40, 30), "white").save(content, "JPEG")
    path = tmp_path / "slip.jpg"
    path.write_bytes(content.getvalue())
    return path


def arrive(chat: Chat, number: str, kind: str, media: dict[str, object] | None, body: str = "") -> list[str]:
    """A message as WhatsApp brought it; returns what its sender then reads."""
    place, simulation = chat.tenant, chat.simulation
    address = Address.phone(number)
    simulation.sent.clear()
    said = Inbound(
        f"F{len(outcomes(simulation, place))}", address, address, number == place.phone, body, simulation.clock.now(),
        kind, media=media,
    )  # fmt: skip
    inbox.accept(simulation.platform.opened.database, place.tenant_id, place.session_id, [said])
    simulation.settle()
    simulation.advance(timedelta(seconds=10))
    reader = "owner" if number == place.phone else number
    return [each.text for each in simulation.sent if each.to == reader]


def test_the_picture_of_a_payment_comes_with_the_question(lender: Chat, photo: Path) -> None:
    sent = lender.say("sent 500", BUDI, media=str(photo))
    (notice,) = [each for each in sent if each.to == "owner"]
    assert (notice.kind, notice.file is not None and notice.file.name.endswith("slip.jpg")) == ("image", True)
    assert "📎 Budi sent a proof of payment: “sent 500”" in notice.text
    with lender.simulation.platform.opened.database.tenant(lender.tenant.tenant_id) as tx:
        data = tx.execute(text("select data from actions where tenant_id = :tenant"), {"tenant": tx.tenant}).scalar()
    assert data["file"]["mime"] == "image/jpeg"
    assert lender.simulation.platform.jobs.files.path(data["file"]["hash"]).read_bytes() == photo.read_bytes()
    assert "Noted: Budi paid $500.00" in lender.say("yes", quote=notice.id)[0].text


def test_without_words_the_picture_speaks_for_itself(lender: Chat, photo: Path) -> None:
    sent = lender.say("", BUDI, media=str(photo))
    (notice,) = [each for each in sent if each.to == "owner"]
    assert "📎 Budi sent a proof of payment.\n" in notice.text


@pytest.mark.parametrize("code", ERRORS)
def test_a_proof_that_did_not_arrive_is_asked_for_again_and_waits_all_the_same(lender: Chat, code: str) -> None:
    (answer,) = arrive(lender, BUDI, "image", {"error": code, "limit_mb": 20})
    thanks, problem = answer.split("\n")
    assert thanks.startswith("Thank you!")
    assert "end" in problem
    assert "1. Budi says that they paid $500.00" in lender.owner("actions")


@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("number", ["12025550123", RINA], ids=["owner", "stranger"])
def test_whoever_sent_it_hears_what_was_wrong_with_a_file(lender: Chat, code: str, number: str) -> None:
    (answer,) = arrive(lender, number, "document", {"error": code, "limit_mb": 7})
    message = Message(media={"error": code, "limit_mb": 7})
    problem = problem_of(message)
    assert problem is not None
    assert answer == problem.render("en")
    assert ("7 MB" in answer) == (code == "file_too_large")


def test_a_caption_is_a_command_even_when_its_file_did_not_arrive(lender: Chat) -> None:
    booked, problem = arrive(lender, "12025550123", "image", {"error": "file_gone"}, "lend Ani 200")
    assert "Ani borrowed $200.00" in booked
    assert "send it again" in problem


def test_a_file_that_may_not_be_kept_is_refused_in_the_simulator_too(lender: Chat, tmp_path: Path) -> None:
    script = tmp_path / "slip.jpg"
    script.write_bytes(b"#!/bin/sh\nrm -rf /\n")
    sent = lender.say("", BUDI, media=str(script))
    assert "can't be read here" in sent[0].text
    empty = tmp_path / "empty.pdf"
    empty.touch()
    assert "empty" in lender.owner("", media=str(empty))


@pytest.mark.parametrize(
    ("number", "reads"), [("12025550123", "for example"), (BUDI, "Sunny Loans reads"), (RINA, "Sunny Loans reads")]
)
def test_what_is_spoken_is_not_understood_and_that_is_said(lender: Chat, number: str, reads: str) -> None:
    answers = arrive(lender, number, "audio", {"hash": "0" * 64, "mime": "audio/ogg", "voice": True})
    assert len(answers) == 1
    assert "don't understand voice notes yet" in answers[0]
    assert reads in answers[0]


def test_a_question_in_words_is_answered_although_something_was_spoken(lender: Chat) -> None:
    lender.say("", BUDI, media="note.ogg", mime="audio/ogg", burst=True)
    sent = lender.say("balance", BUDI)
    assert len(sent) == 1
    assert "$500.00" in sent[0].text


@pytest.mark.parametrize("kind", ["sticker", "reaction", "poll", "unknown", "call", "protocol"])
@pytest.mark.parametrize("number", ["12025550123", BUDI, RINA], ids=["owner", "borrower", "stranger"])
def test_what_needs_no_answer_gets_none(lender: Chat, kind: str, number: str) -> None:
    assert arrive(lender, number, kind, None, "lend Ani 100") == []
    assert outcomes(lender.simulation, lender.tenant)[-1] == "kind"
    assert "isn't in your book" in lender.owner("status Ani")


def test_a_sticker_by_hand_takes_the_chat_over_and_a_reaction_does_not(lender: Chat) -> None:
    place, simulation = lender.tenant, lender.simulation
    own, budi = Address.phone(place.phone), Address.phone(BUDI)
    for kind, answered in (("reaction", True), ("sticker", False)):
        said = Inbound(f"H-{kind}", budi, own, True, "", simulation.clock.now(), kind)
        inbox.accept(simulation.platform.opened.database, place.tenant_id, place.session_id, [said])
        simulation.settle()
        assert bool(lender.say("balance", BUDI)) == answered


@pytest.mark.parametrize("mime", ["audio/ogg", "video/mp4", "application/pdf", "image/jpeg"])
def test_a_question_goes_on_waiting_when_a_file_comes(lender: Chat, mime: str) -> None:
    lender.owner("lend Ani")
    assert "Please write it" in lender.owner("", mime=mime, media="x")
    assert "Ani borrowed $70.00" in lender.owner("70")


def test_the_file_of_a_message_is_what_was_kept_of_it() -> None:
    kept = {"hash": "ab" * 32, "mime": "application/pdf", "name": "a.pdf", "kind": "document", "size": 7}
    file = File("ab" * 32, "application/pdf", "document", "a.pdf", 7, voice=False)
    assert file_of(Message(kind="document", media=kept)) == file
    assert file_of(Message(kind="image", media={"mime": "image/jpeg", "path": "slip.jpg"})) is None
    assert file_of(Message(kind="text", media=None)) is None
    assert problem_of(Message(kind="image", media=kept)) is None
