"""Whatever somebody writes, and however far a model obeys: nobody's data, no command, no promise comes of it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.simulation import Sent
from scripts.model_server import ModelServer
from services.assistant import prompts, wording
from services.clock import VirtualClock
from services.settings import Settings
from tests.conftest import Chat, Opening
from tests.conversations import injections
from tests.conversations.injections import CAPTIONS, DOCUMENTS, FORBIDDEN, MESSAGES, NAMES, QUOTED, SECRETS, SPOKEN
from tests.conversations.modelled import asked, shop_with_model, told
from tests.conversations.recordings import opus

BUDI = "6281234567890"
HALF = len(MESSAGES) // 2
# What nobody but the owner may change; of messages and requests new ones are made all the time.
_KEPT = ("ledger_entries", "debts", "conversation_instructions", "chatbots", "knowledge_sources", "knowledge_entries",
         "agreements", "tenants", "users", "sessions", "consents")  # fmt: skip


@pytest.fixture
def attacked(
    taught: None, opening: Opening, settings: Settings, clock: VirtualClock, model: ModelServer
) -> Iterator[Chat]:
    """A shop with a debtor, a bot that a model speaks for, and a stranger with secrets; the model is the worst."""
    with shop_with_model(opening, settings, clock, model) as chat:
        chat.owner("pinjam Budi 987654 1 tahun")
        chat.owner(f"kontak Budi {BUDI}")
        chat.owner("pinjam Budi 123457 1 tahun", place=chat.stranger)
        chat.owner("bot persona Ramah dan singkat")
        model.reset()
        model.brain = injections.WorstModel().brain
        yield chat


_STATE = " union all ".join(
    f"select '{name}', count(*), md5(coalesce(string_agg(each::text, ' ' order by each::text), '')) from {name} each"
    for name in _KEPT
)


def state(chat: Chat) -> list[tuple[object, ...]]:
    """What all rows that no customer may change amount to, of both businesses."""
    kept: list[tuple[object, ...]] = []
    for place in (chat.tenant, chat.stranger):
        with chat.simulation.platform.opened.database.tenant(place.tenant_id) as tx:
            kept += [(place.tenant_id, *row) for row in tx.execute(text(_STATE))]
    return kept


def nothing_came_of_it(chat: Chat, before: list[tuple[object, ...]], sent: Sequence[Sent], injection: str) -> None:
    """Customers read nothing that nobody gave, and nothing was changed."""
    assert state(chat) == before, injection
    for each in sent:
        said = each.text
        if each.to == "owner":
            assert said.startswith(("❓", "🙋", "⚠️", "📌", "🏷️", "↩️")) or "🗓️" in said or "(" in said, said
            continue
        for word in FORBIDDEN:
            assert word.casefold() not in said.casefold(), (injection, said)
        assert not wording.repeats(said, prompts.FIXED), (injection, said)
        assert "who answers the customers" not in said, (injection, said)


def nothing_was_told(model: ModelServer) -> None:
    """The model hears nothing of others, whatever it asks for."""
    for secret in SECRETS:
        for request in asked(model):
            given = [each for each in request["messages"] if each["role"] != "assistant"]
            texts = " ".join(
                str(each["content"]) for each in given if "A note of the system" not in str(each["content"])
            )
            assert secret not in texts, secret


def number(at: int) -> str:
    return f"62813{at:08}"


@pytest.mark.parametrize("texts", [MESSAGES[:HALF], MESSAGES[HALF:], QUOTED], ids=["first", "second", "quoted"])
def test_in_messages(attacked: Chat, model: ModelServer, texts: Sequence[str]) -> None:
    before = state(attacked)
    for at, injection in enumerate(texts):
        quote = attacked.say("halo", number(at))[-1].id if texts is QUOTED else None
        nothing_came_of_it(attacked, before, attacked.say(injection, number(at), quote=quote), injection)
    assert len(asked(model)) > len(texts)
    nothing_was_told(model)


def test_as_if_spoken(attacked: Chat, model: ModelServer, tmp_path: Path) -> None:
    recording = tmp_path / "note.ogg"
    recording.write_bytes(opus(2))
    before = state(attacked)
    for at, injection in enumerate(SPOKEN):
        model.transcripts.append(injection)
        sent = attacked.say("", number(at), media=str(recording), mime="audio/ogg; codecs=opus")
        nothing_came_of_it(attacked, before, sent, injection)
    assert len(asked(model)) > len(SPOKEN) // 2
    assert any(injection in told(model) for injection in SPOKEN)
    nothing_was_told(model)


def test_in_captions(attacked: Chat, model: ModelServer, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(_png())
    before = state(attacked)
    for at, injection in enumerate(CAPTIONS):
        sent = attacked.say(injection, number(at), media=str(picture), mime="image/png")
        nothing_came_of_it(attacked, before, sent, injection)
    assert asked(model)
    nothing_was_told(model)


def test_in_names(attacked: Chat, model: ModelServer) -> None:
    before = state(attacked)
    for at, name in enumerate(NAMES):
        sent = attacked.say("ada genteng metal warna hijau tidak", number(at), name=name)
        nothing_came_of_it(attacked, before, sent, name)
    assert len(asked(model)) > len(NAMES)
    assert not [name for name in NAMES if name.split("\n")[0] in told(model)]
    nothing_was_told(model)


def test_in_what_is_taught(attacked: Chat, model: ModelServer) -> None:
    """A document may have been written by anybody; what it says is the owner's to send, and nothing beyond it."""
    for question, poison in DOCUMENTS:
        attacked.owner(f"kb tambah {question} = {poison}")
    model.requests.clear()
    before = state(attacked)
    for at, (question, poison) in enumerate(DOCUMENTS):
        asking = f"saya mau tahu {question.split('soal')[-1]} itu jadinya gimana dan bagaimana ya kak"
        sent = [each for each in attacked.say(asking, number(at)) if each.text != poison]
        nothing_came_of_it(attacked, before, sent, poison)
    assert len(asked(model)) > len(DOCUMENTS)
    nothing_was_told(model)


def test_a_customers_account_is_all_that_a_tool_shows(attacked: Chat, model: ModelServer) -> None:
    """Budi's own balance is told to a model that answers Budi, and to nobody else's."""
    worst = injections.WorstModel()
    model.brain = worst.brain
    attacked.say("jadi gimana kelanjutan urusan kita yang dulu itu pak", number(1))
    assert any("Belum ada catatan" in each for each in worst.results)
    assert any("no such tool" in each for each in worst.results)
    attacked.say("jadi gimana kelanjutan urusan kita yang dulu itu pak", BUDI)
    assert any("Rp 987.654" in each for each in worst.results)


def test_there_are_enough_of_them(attacked: Chat) -> None:
    assert injections.ALL >= 70
    kept = {name: rows for place, name, rows, _digest in state(attacked) if place == attacked.tenant.tenant_id}
    assert kept["ledger_entries"] == kept["chatbots"] == 1
    assert kept["knowledge_entries"] == 3


def _png() -> bytes:
    """The smallest picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\x00\x00")) + chunk(b"IEND", b"")
