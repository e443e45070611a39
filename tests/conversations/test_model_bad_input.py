"""What comes in when all goes wrong with models, and what whoever wrote reads then: one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr
from sqlalchemy import text

from bot.simulation import Simulation
from scripts.model_server import Fault, ModelServer, Reply
from services.assistant.connections import Breaker
from services.clock import VirtualClock
from services.tenants import credits
from services.tenants.tenants import NewTenant
from tests.conftest import START, STRANGER, Chat, Opening, Server, settings_for
from tests.conversations.book import kept
from tests.conversations.recordings import opus

RANT = "you promised me a new phone and nothing ever came, I am so angry about all of this! " * 48
ZALGO = "Z̷̢͉͛a̸͓͝l̵̰̈́g̶̱͠o̷̞͝ ȟ̷̪e̸͚͝ ċ̵͜o̷̟͒m̴̰͗e̶̬̋s̸̺̈"
KLINGON = "nuqneH qaStaH nuq jay' Qapla' batlh Daqawlu'taH"
LISTENS = "can't listen to voice notes right now. Please write it; Sunny Loans"
WAITS = "Sunny Loans will check it"
SILENCE = "(silence)"
DONT_KNOW = "I don't know that, sorry."
NOT_UNDERSTOOD = "I didn't understand"


def picture(more: int = 0) -> bytes:
    content = BytesIO()
    Image.new("RGB", (40, 30), "white").save(content, "PNG")
    return content.getvalue() + b"\0" * more


NAMES = ("Ani", "Yohanes", "Siti", "Wayan", "Ketut", "Maria", "Agus", "Dewi", "Fitri", "Joko", "Lestari", "Bambang")
NO_COMMAND = Reply(calls=(("owner_command", {"command": "none"}),))
NONSENSE, HANGS = Reply(raw="<html>nonsense {"), Reply(delay=30)


def speaks(words: str) -> Callable[[ModelServer], None]:
    """Whoever speaks says these words; the chat model has nothing to say."""

    def plan(server: ModelServer) -> None:
        server.transcripts.append(words)
        every(Reply(""))(server)

    return plan


def garbles(server: ModelServer) -> None:
    server.faults.append(Fault(200, b"<html>nonsense {"))


def every(reply: Reply) -> Callable[[ModelServer], None]:
    """The server gives the same answer to all that is asked."""

    def plan(server: ModelServer) -> None:
        server.brain = lambda _body: reply
        server.faults += [_as_fault(reply)] * 8 if reply.status != 200 or reply.delay else []

    return plan


def _as_fault(reply: Reply) -> Fault:
    return Fault(reply.status, b'{"error": {"message": "no"}}', reply.delay)


def wrong_key(server: ModelServer) -> None:
    server.key = "another"


def unknown_model(server: ModelServer) -> None:
    server.unknown_models |= {"chatty", "whisper-1"}


def silent(server: ModelServer) -> None:
    server.transcripts.append("Thank you for watching.")


def nothing(_server: ModelServer) -> None:
    """The server works."""


@dataclass(frozen=True)
class Case:
    """Who sends what to a server in which state, and a part of what they read. `calls` are the uses that failed or not.

    `who` is the owner, a customer of the bot, or a borrower. Without `has_model` the installation has no key.
    """

    name: str
    who: str
    said: str
    reads: str
    server: Callable[[ModelServer], None] = nothing
    file: tuple[str, Callable[[], bytes]] | None = None
    calls: str = ""
    has_model: bool = True


NOTE = ("note.ogg", lambda: opus(7))
PHOTO = ("slip.png", picture)
QUESTION = "do you also sell green elephants?"
SENTENCE = "that fellow Budi took another hundred off me"

CASES = (
    Case("no key, voice of a customer", "customer", "", "don't understand voice notes yet", file=NOTE, has_model=False),
    Case("no key, voice of the owner", "owner", "", "No model that listens", file=NOTE, has_model=False),
    Case("no key, proof", "borrower", "", WAITS, file=PHOTO, has_model=False),
    Case("no key, question", "customer", QUESTION, DONT_KNOW, has_model=False),
    Case("no key, sentence", "owner", SENTENCE, NOT_UNDERSTOOD, has_model=False),
    Case("wrong key, voice of a customer", "customer", "", LISTENS, wrong_key, NOTE, "transcription failed"),
    Case("wrong key, voice of the owner", "owner", "", "isn't answering", wrong_key, NOTE, "transcription failed"),
    Case("wrong key, proof", "borrower", "", WAITS, wrong_key, PHOTO, "vision failed"),
    Case("wrong key, question", "customer", QUESTION, DONT_KNOW, wrong_key, None, "chat failed"),
    Case("wrong key, sentence", "owner", SENTENCE, NOT_UNDERSTOOD, wrong_key, None, "understanding failed"),
    Case("unknown model, voice", "customer", "", LISTENS, unknown_model, NOTE, "transcription failed"),
    Case("unknown model, proof", "borrower", "", WAITS, unknown_model, PHOTO, "vision failed"),
    Case("unknown model, question", "customer", QUESTION, DONT_KNOW, unknown_model, None, "chat failed"),
    Case("20 minutes, customer", "customer", "", "up to 5 minutes", file=("long.ogg", lambda: opus(1200))),
    Case("20 minutes, owner", "owner", "", "up to 5 minutes", file=("long.ogg", lambda: opus(1200))),
    Case("silence, customer", "customer", "", "couldn't hear any words", silent, NOTE, "transcription ok"),
    Case("silence, owner", "owner", "", "couldn't hear any words", silent, NOTE, "transcription ok"),
    Case("broken ogg", "customer", "", "can't open that", file=("bad.ogg", lambda: opus(7)[:60] + b"\0" * 99)),
    Case(
        "a cat as proof", "borrower", "", "can't see a payment", every(Reply({"is_payment": False, "sure": True})),
        PHOTO, "vision ok",
    ),
    Case("a picture of 10 MB", "borrower", "", WAITS, file=("big.png", lambda: picture(10 << 20))),
    Case("a rant of a customer", "customer", RANT, DONT_KNOW, every(Reply("")), None, "chat ok"),
    Case("a rant of the owner", "owner", RANT, "too long for me"),
    Case("Klingon", "customer", KLINGON, DONT_KNOW, every(Reply("")), None, "chat ok"),
    Case("Klingon of the owner", "owner", KLINGON, NOT_UNDERSTOOD, every(NO_COMMAND), None, "understanding ok"),
    Case("Zalgo", "customer", ZALGO, DONT_KNOW, every(Reply("")), None, "chat ok"),
    Case("Zalgo of the owner", "owner", ZALGO, NOT_UNDERSTOOD, every(NO_COMMAND), None, "understanding ok"),
    Case("signs", "customer", "🦖🦖🦖 👽🛸", SILENCE),
    Case("signs of the owner", "owner", "🦖🦖🦖 👽🛸", "👍"),
    Case("spoken Klingon", "customer", "", DONT_KNOW, speaks(KLINGON), NOTE, "transcription ok, chat ok"),
    Case("an empty answer", "customer", QUESTION, DONT_KNOW, every(Reply("")), None, "chat ok"),
    Case("20,000 characters", "customer", QUESTION, "word word …", every(Reply("word " * 4000)), None, "chat ok"),
    Case("nonsense, question", "customer", QUESTION, DONT_KNOW, every(NONSENSE), None, "chat failed"),
    Case("nonsense, sentence", "owner", SENTENCE, NOT_UNDERSTOOD, every(NONSENSE), None, "understanding failed"),
    Case("nonsense, proof", "borrower", "", WAITS, every(NONSENSE), PHOTO, "vision failed"),
    Case("nonsense, voice", "customer", "", LISTENS, garbles, NOTE, "transcription failed"),
    Case("a list for an object", "borrower", "", WAITS, every(Reply("[1, 2]")), PHOTO, "vision failed"),
    Case("an object of rubbish", "borrower", "", WAITS, every(Reply({"amount": "x" * 20_000})), PHOTO, "vision ok"),
    Case("429, question", "customer", QUESTION, DONT_KNOW, every(Reply(status=429)), None, "chat failed"),
    Case("429, sentence", "owner", SENTENCE, NOT_UNDERSTOOD, every(Reply(status=429)), None, "understanding failed"),
    Case("429, proof", "borrower", "", WAITS, every(Reply(status=429)), PHOTO, "vision failed"),
    Case("429, voice", "customer", "", LISTENS, every(Reply(status=429)), NOTE, "transcription failed"),
    Case("500, question", "customer", QUESTION, DONT_KNOW, every(Reply(status=500)), None, "chat failed"),
    Case("500, sentence", "owner", SENTENCE, NOT_UNDERSTOOD, every(Reply(status=500)), None, "understanding failed"),
    Case("500, proof", "borrower", "", WAITS, every(Reply(status=500)), PHOTO, "vision failed"),
    Case("500, voice", "customer", "", LISTENS, every(Reply(status=500)), NOTE, "transcription failed"),
    Case("a hanging server, question", "customer", QUESTION, DONT_KNOW, every(HANGS), None, "chat failed"),
    Case("a hanging server, sentence", "owner", SENTENCE, NOT_UNDERSTOOD, every(HANGS), None, "understanding failed"),
    Case("a hanging server, proof", "borrower", "", WAITS, every(HANGS), PHOTO, "vision failed"),
    Case("a hanging server, voice", "customer", "", LISTENS, every(HANGS), NOTE, "transcription failed"),
)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """One business for all cases, of an installation with a model and of the same one without."""

    chat: Chat
    without: Simulation


@pytest.fixture(scope="module")
def stage(
    server: Server, opening: Opening, serving_model: ModelServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    clock = VirtualClock(START)
    with server.fresh() as url:
        plain = settings_for(url, tmp_path_factory.mktemp("stage"))
        named = {
            "openai_base_url": serving_model.url,
            "openai_api_key": SecretStr("a-key"),
            "chat_model": "chatty",
            "answer_timeout": 1.0,
        }
        simulation, without = opening(plain.model_copy(update=named), clock), opening(plain, clock)
        stranger = simulation.place(NewTenant("Orang Lain", STRANGER))
        new = NewTenant("Sunny Loans", "12025550123", "en", "USD", "America/New_York", "US", plan="pro")
        chat = Chat(simulation, simulation.place(new), stranger)
        without.place(new)
        without._counter = 10_000
        chat.owner("kb add When do you open? = We open at 8.")
        chat.owner("lend Budi 500")
        yield Stage(chat, without)
        without.close()
        simulation.close()


_people, _borrowers = count(1), count()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_has_a_clear_outcome(stage: Stage, model: ModelServer, tmp_path: Path, case: Case) -> None:
    chat, number = stage.chat, next(_people)
    models = chat.simulation.platform.jobs.handler.minds.models
    assert models is not None
    models.breaker, models.pause = Breaker(), 0.0
    speaker = "owner" if case.who == "owner" else f"62813000{number:05}"
    if case.who == "borrower":
        name = NAMES[next(_borrowers)]
        chat.owner(f"lend {name} 500")
        chat.owner(f"contact {name} +{speaker}")
    before = look(chat)
    case.server(model)
    more: dict[str, str] = {}
    if case.file is not None:
        path = tmp_path / case.file[0]
        path.write_bytes(case.file[1]())
        more = {"media": str(path)}
    playing = chat if case.has_model else replace(chat, simulation=stage.without)
    sent = playing.say(case.said, speaker, **more)
    read = "\n".join(each.text for each in sent if each.to == speaker) or SILENCE
    assert case.reads in read
    assert len(read) < 3000
    after = look(chat)
    assert ", ".join(after["calls"][len(before["calls"]) :]) == case.calls
    assert after["book"] == before["book"]
    assert after["failed"] == []
    assert before["left"] - after["left"] == after["spent"] - before["spent"]


def look(chat: Chat) -> dict[str, Any]:
    """The tenant's book, what models were used for, and what that cost."""
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        calls = tx.execute(text("select purpose, outcome, credits, tenant_id from ai_calls order by id")).all()
        assert {row.tenant_id for row in calls} <= {chat.tenant.tenant_id}
        left = credits.standing(tx).left
        failed = tx.execute(text("select error from messages where error is not null")).scalars().all()
    return {
        "book": {name: rows for name, rows in kept(chat.simulation, chat.tenant).items() if name != "used"},
        "calls": [f"{row.purpose} {row.outcome}" for row in calls],
        "spent": sum((row.credits for row in calls), Decimal(0)),
        "left": left,
        "failed": list(failed),
    }
