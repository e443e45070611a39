"""Bots whose knowledge has vectors too: what happens while they are made, and when they can't be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from scripts.model_server import Fault, ModelServer
from services.clock import VirtualClock
from services.db.models import BotAnswer, Conversation, Message
from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.settings import Settings
from services.tenants.tenants import NewTenant
from tests.conftest import OWNER, STRANGER, Chat, Opening

SITI = "6281300000001"
OPEN_AT_8, DELIVERY = "Kami buka jam 8 pagi.", "Ya, kami antar gratis di Jakarta."


@pytest.fixture
def shop(opening: Opening, settings: Settings, clock: VirtualClock, model: ModelServer) -> Iterator[Chat]:
    """A shop whose bot has learnt two answers, with a model server at hand."""
    with_model = {
        "openai_base_url": model.url,
        "embedding_model": "spelling",
        "embedding_timeout": 0.5,
        "chat_model": "",
    }
    simulation = opening(settings.model_copy(update=with_model), clock)
    tenant = simulation.place(NewTenant("Toko Maju", OWNER))
    chat = Chat(simulation, tenant, simulation.place(NewTenant("Orang Lain", STRANGER)))
    chat.owner(f"kb tambah Jam berapa buka? = {OPEN_AT_8}")
    chat.owner(f"kb tambah Apakah barang bisa diantar? = {DELIVERY}")
    model.requests.clear()
    yield chat
    simulation.close()


def asked(model: ModelServer) -> list[object]:
    return [each["input"] for each in model.requests]


def records(chat: Chat) -> list[BotAnswer]:
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        return list(tx.scalars(select(BotAnswer).order_by(BotAnswer.id)))


def test_what_is_taught_gets_its_vectors_in_the_background(shop: Chat, model: ModelServer) -> None:
    shop.owner("kb tambah Ada parkir? = Ada, di depan toko.")
    assert asked(model) == [["Ada parkir?"]]


def test_a_question_is_looked_up_with_its_vector(shop: Chat, model: ModelServer) -> None:
    assert shop.person(SITI, "jam berapa bukanya ya?") == OPEN_AT_8
    assert asked(model) == [["jam berapa bukanya ya?"]]
    assert [record.outcome for record in records(shop)] == ["answered"]


def test_small_words_and_wishes_need_no_vector(shop: Chat, model: ModelServer) -> None:
    shop.person(SITI, "halo")
    shop.person(SITI, "minta admin dong")
    assert asked(model) == []


@pytest.mark.parametrize("fault", [Fault(500), Fault(200, b"nonsense"), Fault(200, b"{}", delay=2)])
def test_without_vectors_the_words_are_enough(shop: Chat, model: ModelServer, fault: Fault) -> None:
    model.faults += [fault] * 2
    assert shop.person(SITI, "jam berapa buka?") == OPEN_AT_8


def test_vectors_that_failed_come_later(shop: Chat, model: ModelServer) -> None:
    model.faults += [Fault(500)] * 2
    shop.owner("kb tambah Ada parkir? = Ada, di depan toko.")
    model.requests.clear()
    shop.wait(minutes=2)
    assert asked(model) == [["Ada parkir?"]]


def test_what_a_person_took_over_meanwhile_is_not_answered(shop: Chat, model: ModelServer) -> None:
    database = shop.simulation.platform.opened.database

    def take_over() -> None:
        with database.tenant(shop.tenant.tenant_id) as tx:
            later = tx.now + timedelta(hours=1)
            tx.execute(update(Conversation).where(Conversation.contact_id.is_not(None)).values(takeover_until=later))

    model.before = take_over
    assert shop.person(SITI, "jam berapa buka?") == ""
    with database.tenant(shop.tenant.tenant_id) as tx:
        assert tx.scalars(select(Message.outcome).order_by(Message.id.desc()).limit(1)).one() == "takeover"
    assert records(shop) == []


def test_a_message_that_comes_meanwhile_is_folded_in(shop: Chat, model: ModelServer) -> None:
    platform, place = shop.simulation.platform, shop.tenant

    def write_more() -> None:
        model.before = None
        person = Address.phone(SITI)
        late = Inbound("late", person, person, False, "barang bisa diantar?", platform.clock.now(), "text")
        inbox.accept(platform.opened.database, place.tenant_id, place.session_id, [late])
        platform.jobs.inbound(place.tenant_id, place.session_id)

    model.before = write_more
    sent = shop.say("jam berapa buka?", SITI)
    sent += shop.wait(seconds=10)
    replies = [each.text for each in sent if each.to == SITI]
    assert len(replies) == 1
    assert OPEN_AT_8 in replies[0]
    assert DELIVERY in replies[0]


def test_trying_a_bot_waits_for_nobody(shop: Chat, model: ModelServer) -> None:
    reply = shop.owner("tanya jam berapa buka?")
    assert OPEN_AT_8 in reply
    assert "Jam berapa buka?" in reply
    assert asked(model) == [["jam berapa buka?"]]
