"""Businesses that have a model at hand: a server that plays one, and what it was told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from bot.simulation import Simulation
from scripts.model_server import ModelServer
from services.clock import VirtualClock
from services.db.engine import Tx
from services.db.models import BotAnswer
from services.settings import Settings
from services.tenants.tenants import NewTenant
from tests.conftest import OWNER, STRANGER, Chat, Opening

SITI = "6281300000001"
OPEN_AT_8, DELIVERY, CEMENT = (
    "Kami buka jam 8 pagi.", "Ya, kami antar gratis di Jakarta.", "Semen Tiga Roda Rp 65.000 per sak, stok banyak.",
)  # fmt: skip
TAUGHT = {
    "Jam berapa buka?": OPEN_AT_8,
    "Apakah barang bisa diantar?": DELIVERY,
    "Berapa harga semen?": CEMENT,
}


def teach(simulation: Simulation) -> Chat:
    """A shop whose bot has learnt three answers; a stranger's shop knows another one."""
    chat = _shop(simulation)
    for question, answer in TAUGHT.items():
        chat.owner(f"kb tambah {question} = {answer}")
    chat.owner("kb tambah Berapa harga semen? = Semen rahasia Rp 77.777", place=chat.stranger)
    return chat


def _shop(simulation: Simulation) -> Chat:
    tenant = simulation.place(NewTenant("Toko Maju", OWNER))
    return Chat(simulation, tenant, simulation.place(NewTenant("Orang Lain", STRANGER)))


@contextmanager
def shop_with_model(
    opening: Opening, settings: Settings, clock: VirtualClock, model: ModelServer, **more: object
) -> Iterator[Chat]:
    """The shop of `teach`, which the test's database has already (`taught`), with a model server at hand."""
    with_model = {"openai_base_url": model.url, "chat_model": "played", **more}
    simulation = opening(settings.model_copy(update=with_model), clock)
    try:
        yield _shop(simulation)
    finally:
        simulation.close()


def asked(model: ModelServer) -> list[dict[str, Any]]:
    """The requests for an answer that came in, in order."""
    return [each for each in model.requests if str(each["path"]).endswith("/chat/completions")]


def told(model: ModelServer) -> str:
    """Everything that any request said, as text."""
    return json.dumps(model.requests, ensure_ascii=False)


def system_text(request: dict[str, Any]) -> str:
    """The rules and sources of a request."""
    return str(request["messages"][0]["content"])


def said_to_model(request: dict[str, Any]) -> list[tuple[str, str]]:
    """The chat as a request has it: who said what, without the rules."""
    return [(each["role"], str(each.get("content"))) for each in request["messages"][1:]]


def transaction(chat: Chat) -> Any:
    """A transaction of the shop."""
    return chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id)


def answers(chat: Chat) -> list[BotAnswer]:
    """The records of the bot's answers, in order."""
    with transaction(chat) as tx:
        return _answers(tx)


def _answers(tx: Tx) -> list[BotAnswer]:
    return list(tx.scalars(select(BotAnswer).order_by(BotAnswer.id)))
