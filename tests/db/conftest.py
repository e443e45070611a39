"""The owner's side of the fresh database, and a database in which two tenants have filled every table."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import URL, Connection, select

from bot.simulation import Place
from services.assistant import vectors
from services.assistant.models import Tokens
from services.assistant.paying import paid
from services.clock import VirtualClock
from services.db.models import (
    ApiUsage,
    ChatGroup,
    Contact,
    ContactSync,
    ContactTag,
    Invoice,
    OneTimeCode,
    Subscription,
    SubscriptionPayment,
    Upload,
    User,
)
from services.settings import Settings
from services.tenants import credits, logins, sessions, user_keys
from services.tenants.actors import SYSTEM
from services.tenants.scopes import SENDING
from tests.conftest import OWNER, START, STRANGER, TEMPLATE, Chat, Opening, Server, indonesian_lender
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
        teach(chat, place, f"{number[:-4]}7777")
        use_models(chat, place)
        lose_number(chat, place)
        be_a_customer(chat, place)


def teach(chat: Chat, place: Place, customer: str) -> None:
    """A bot is told something, has learnt an answer with its vector, gives it, and is asked what it doesn't know."""
    chat.say("bot baru Rina", place=place)
    chat.say("instruksi Jawab dengan ramah", place=place)
    chat.say("kb tambah Jam berapa buka? = Jam 8", place=place)
    chat.say("jam berapa buka?", customer, place=place)
    chat.say("apakah kalian menjual pesawat terbang?", customer, place=place)
    with chat.simulation.platform.opened.database.tenant(place.tenant_id) as tx:
        vectors.store(tx, "spelling", [(id_, [0.6, 0.8]) for id_, _text in vectors.missing(tx, "spelling", 9)])


def use_models(chat: Chat, place: Place) -> None:
    """A model was used, and paid for."""
    with paid(chat.simulation.platform.opened.database, place.tenant_id, "chat") as bill:
        bill.add(Tokens("model", 800, 40))


def be_a_customer(chat: Chat, place: Place) -> None:
    """The business subscribes, pays, logs in, has a key, and looks at what its number knows of people."""
    with chat.simulation.platform.opened.database.tenant(place.tenant_id) as tx:
        user = tx.scalars(select(User).where(User.tenant_id == tx.tenant)).first()
        contact = tx.scalars(select(Contact).where(Contact.tenant_id == tx.tenant)).first()
        assert user is not None
        assert contact is not None
        logins.begin(tx, user, 30)
        user_keys.create(tx, SYSTEM, user.id, "router", [SENDING])
        today, mine = tx.now.date(), {"tenant_id": tx.tenant}
        invoice = Invoice(
            **mine, number="INV-1", kind="manual", status="open", currency="IDR", lines=[], total=Decimal(5),
            issued_on=today, due_on=today, created_at=tx.now, source="first",
        )  # fmt: skip
        tx.add_all([
            OneTimeCode(**mine, user_id=user.id, purpose="reset", hash="x", created_at=tx.now, expires_at=tx.now),
            Subscription(**mine, plan="free", cycle="open", price=Decimal(0), currency="IDR", period_from=today,
                         anchor_day=1, updated_at=tx.now),
            Upload(**mine, token="upl_1", file_hash="x", name="x.pdf", mime="application/pdf", kind="document", size=1,
                   created_at=tx.now, touched_at=tx.now),
            invoice, ApiUsage(**mine, day=today, caller="key:1", route="GET /", requests=1, failures=0),
            ContactTag(**mine, contact_id=contact.id, tag="vip", created_at=tx.now),
            ChatGroup(**mine, session_id=place.session_id, chat="group:1", name="Warga", synced_at=tx.now),
            ContactSync(**mine, session_id=place.session_id, asked_at=tx.now),
        ])  # fmt: skip
        tx.flush()
        tx.add(
            SubscriptionPayment(
                **mine, invoice_id=invoice.id, amount=Decimal(5), currency="IDR", method="cash", received_on=today,
                at=tx.now, actor="tests", source="first",
            )
        )  # fmt: skip


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
def starting_point(request: pytest.FixtureRequest, server: Server, opening: Opening) -> str:
    """A test of the filled database has a copy of one that was filled before."""
    if "filled" not in request.fixturenames:
        return TEMPLATE

    def fill_all(settings: Settings) -> None:
        simulation = opening(settings, VirtualClock(START))
        fill(indonesian_lender(simulation))
        simulation.close()

    return server.template(f"{TEMPLATE}_filled", fill_all)


@pytest.fixture
def filled(chat: Chat) -> Chat:
    """The two tenants with what they wrote down, as `starting_point` gives it."""
    return chat
