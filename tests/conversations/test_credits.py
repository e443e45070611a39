"""AI credits in the owner's chat: what is left, what they went for, and what happens when there are none."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from scripts.model_server import ModelServer
from services.assistant.embeddings import wanted
from services.assistant.models import ModelError, Tokens
from services.assistant.paying import paid
from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import AiCall, Chatbot, Tenant
from services.settings import Settings
from services.tenants import credits
from services.tenants.actors import SYSTEM
from tests.conftest import Chat, Opening, indonesian_lender
from tests.conversations.book import BUDI

# By the calendar in Jakarta.
END_OF_FEBRUARY = datetime(2025, 2, 28, 17, 0, tzinfo=UTC)
IN_MARCH = END_OF_FEBRUARY + timedelta(days=1)


def database(chat: Chat) -> Database:
    return chat.simulation.platform.opened.database


def allow(chat: Chat, **values: object) -> None:
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        tx.execute(update(Tenant).where(Tenant.id == tx.tenant).values(**values))


def use(chat: Chat, purpose: str, tokens: int = 10, bot: int | None = None) -> None:
    with paid(database(chat), chat.tenant.tenant_id, purpose, chatbot_id=bot) as bill:
        bill.add(Tokens("model", tokens))


def test_what_is_left_and_what_it_costs(chat: Chat) -> None:
    shown = chat.owner("kredit")
    assert chat.command() == "credits"
    assert "Sisa: 100" in shown
    assert "jatah bulan ini (100): 100, sampai 28 Feb 2025" in shown
    assert "yang dibeli, tidak hangus: 0" in shown
    assert "jawaban untuk pelanggan, kalimat Anda, ringkasan obrolan panjang: 1 per 8.000 token" in shown
    assert "pesan suara: 1 per menit" in shown
    assert "pencarian menurut makna: 0,001 per 200 token" in shown
    assert "belum ada AI" in shown
    assert "gambar" not in shown
    assert "Kredit AI: sisa 100" in chat.owner("status akun")


def test_what_it_was_used_for(chat: Chat) -> None:
    chat.owner("bot baru Rina")
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        bot = tx.scalars(select(Chatbot.id).where(Chatbot.name == "Rina")).one()
        credits.add(tx, SYSTEM, 50, "gift")
    use(chat, "chat", bot=bot)
    use(chat, "chat", 8001, bot=bot)
    use(chat, "vision")
    with paid(database(chat), chat.tenant.tenant_id, "embedding", units=150):
        pass
    shown = chat.owner("sisa kredit")
    assert "Sisa: 144" in shown
    assert "yang dibeli, tidak hangus: 50" in shown
    assert "Terpakai di Februari 2025: 5" in shown
    assert "jawaban untuk pelanggan: 3 (2 kali)" in shown
    assert "gambar yang dibaca: 2 (1 kali)" in shown
    assert "Rina: 3 (2 jawaban)" in shown
    strangers = chat.owner("kredit", place=chat.stranger)
    assert "Sisa: 100" in strangers
    assert "Rina" not in strangers
    chat.simulation.platform.clock.move_to(IN_MARCH)  # type: ignore[attr-defined]
    fresh = chat.owner("kredit")
    assert "Sisa: 150" in fresh
    assert "Terpakai di Maret 2025: 0" in fresh


def test_a_plan_without_a_limit_and_models_that_fail(english: Chat) -> None:
    allow(english, plan="enterprise")
    use(english, "chat")
    with suppress(ModelError), paid(database(english), english.tenant.tenant_id, "chat"):
        raise ModelError("unknown_model", "no")
    shown = english.owner("credits")
    assert "the administrator has to look at CHAT_MODEL.\nYour bots still give the answers" in shown
    assert "Your plan has no limit." in shown
    assert "answers to customers: 1 (1 time)" in shown
    assert "The AI doesn't work just now: the model server doesn't know the model" in shown
    assert "voice notes: 1 for each started minute" in shown
    assert "pictures that are read: 2 for each 8,000 tokens" in shown
    assert "AI credits: unlimited" in english.owner("account")


def test_who_may_look(chat: Chat) -> None:
    helper = "6281355550001"
    assert "Sisa: 100" in chat.say("kredit", f"staff:{helper}")[0].text
    assert "Sisa" not in chat.person(BUDI, "kredit")


def test_vectors_wait_until_there_are_credits(
    opening: Opening, settings: Settings, clock: VirtualClock, serving_model: ModelServer
) -> None:
    with_model = {"openai_base_url": serving_model.url, "embedding_model": "spelling"}
    settings = settings.model_copy(update=with_model)
    clock.move_to(END_OF_FEBRUARY - timedelta(minutes=5))
    simulation = opening(settings, clock)
    chat = indonesian_lender(simulation)

    def made() -> list[object]:
        inputs = [each["input"] for each in serving_model.requests if "input" in each]
        serving_model.requests.clear()
        return inputs

    allow(chat, limits={"ai_credits": 0})
    chat.owner("kb tambah Ada parkir? = Ada, di depan toko.")
    assert made() == []
    allow(chat, limits={"ai_credits": 5})
    chat.wait(minutes=4)
    assert made() == []
    chat.wait(minutes=2)
    assert made() == [["Ada parkir?"]]
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        credits.reserve(tx, credits.standing(tx).left, "all the rest")
    chat.owner("kb tambah Ada toilet? = Ada.")
    assert made() == []
    assert "Sudah habis: bot menjawab" in chat.owner("kredit")
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        credits.add(tx, SYSTEM, 10, "gift")
        wanted(tx, settings)
    assert "Sudah habis" not in chat.owner("kredit")
    assert made() == [["Ada toilet?"]]
    with database(chat).tenant(chat.tenant.tenant_id) as tx:
        kept = tx.scalars(select(AiCall).order_by(AiCall.id)).all()
        costs = [(each.purpose, each.model, float(each.credits)) for each in kept]
        assert costs == [("embedding", "spelling", 0.001)] * 2
    simulation.close()
