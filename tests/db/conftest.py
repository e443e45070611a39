"""The owner's side of the fresh database, and a database in which two tenants have filled every table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, Connection

from bot.simulation import Place
from services.tenants import credits, sessions
from services.tenants.actors import SYSTEM
from tests.conftest import OWNER, STRANGER, Chat
from tests.db.asking import connected

BUDI = "6281234567890"


@pytest.fixture
def owner(database_url: URL) -> Iterator[Connection]:
    """A connection as the database's owner."""
    with connected(database_url) as connection:
        yield connection


def fill(chat: Chat) -> None:
    """Lets both tenants do business until each of them has a row in every table."""
    for place, number in ((chat.tenant, OWNER), (chat.stranger, STRANGER)):
        chat.say("pinjam Budi 500rb", place=place)
        chat.say(f"kontak Budi {BUDI}", place=place)
        chat.say("Budi bayar 200rb", place=place)
        borrow_by_agreement(chat, place)
        chat.say("berhenti", BUDI, place=place)
        chat.say("halo", f"{number[:-4]}7777", place=place)
        lose_number(chat, place)


def lose_number(chat: Chat, place: Place) -> None:
    """The business is given AI credits; its number is lost and is being linked again."""
    with chat.simulation.platform.opened.database.tenant(place.tenant_id) as tx:
        credits.add(tx, SYSTEM, 10, "gift")
        session = sessions.get(tx, place.session_id)
        sessions.move(tx, session, "failed", "no reason")
        sessions.start(tx, SYSTEM, session)


def borrow_by_agreement(chat: Chat, place: Place) -> None:
    """Budi signs, promises, sends a proof, and is reminded."""
    chat.say("perjanjian Budi 1jt gaji tgl 25 8jt 0", place=place)
    chat.say("2", place=place)
    chat.say("setuju", place=place)
    chat.say("SETUJU", BUDI, place=place)
    chat.say("besok saya bayar ya", BUDI, place=place)
    chat.say("", BUDI, place=place, media="slip.jpg", mime="image/jpeg")
    chat.say("ingatkan Budi", place=place)


@pytest.fixture
def filled(chat: Chat) -> Chat:
    fill(chat)
    return chat
