"""What every conversation is told beside: a stranger's business with a person of the same name and number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import select

from services.clock import VirtualClock
from services.db.models import OutboxMessage
from services.settings import Settings
from tests.conftest import START, TEMPLATE, Chat, Opening, Server, english_lender, indonesian_lender
from tests.conversations.book import BUDI
from tests.conversations.modelled import teach

STRANGERS_AMOUNT = "123.457"


def strangers_book(chat: Chat) -> None:
    """The stranger keeps a book of their own, in which a Budi with the same number owes something."""
    for n, text in enumerate(("pinjam Budi 123457 1 tahun", f"kontak Budi {BUDI}")):
        chat.owner(text, place=chat.stranger, id=f"BEFORE-{n}")


def nothing_crossed_over(chat: Chat) -> None:
    """Neither business nor its people read anything of the other's."""
    status = chat.owner("status", place=chat.stranger).splitlines()
    assert [line.split(",")[0] for line in status] == ["*Piutang Anda*: Rp 123.457", "• Budi: Rp 123.457"]
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        bodies = tx.scalars(select(OutboxMessage.body)).all()
    assert not [body for body in bodies if STRANGERS_AMOUNT in body or "123,457" in body]


BUSINESSES = {"chat": indonesian_lender, "english": english_lender}
# When each template ended; what is copied from it goes on then.
_ended: dict[str, datetime] = {}


@pytest.fixture
def taught() -> None:
    """Has a test begin with the shop of `modelled.teach`."""


@pytest.fixture
def starting_point(request: pytest.FixtureRequest, server: Server, opening: Opening) -> str:
    """The stranger has written down a debt already when a conversation begins.

    What a module's tests begin with is played once as well: `BEGINNINGS` there has it under the name of the fixture.
    """
    if "taught" in request.fixturenames:
        return server.template(f"{TEMPLATE}_taught", partial(_teach, opening))
    name = next((each for each in BUSINESSES if each in request.fixturenames), None)
    if name is None:
        return TEMPLATE
    beginnings: dict[str, Callable[[Chat], object]] = getattr(request.module, "BEGINNINGS", {})
    own = next((each for each in beginnings if each in request.fixturenames), None)
    template = f"{TEMPLATE}_{name}" if own is None else f"{request.module.__name__.split('.')[-1]}_{own}"

    def fill(settings: Settings) -> None:
        clock = VirtualClock(START)
        simulation = opening(settings, clock)
        # Messages of the tests are numbered from one, and none may have the number of one that was here before.
        simulation._counter = 1000
        chat = BUSINESSES[name](simulation)
        strangers_book(chat)
        assert clock.now() == START
        if own is not None:
            beginnings[own](chat)
        simulation.close()
        _ended[template] = clock.now()

    return server.template(template, fill)


def _teach(opening: Opening, settings: Settings) -> None:
    clock = VirtualClock(START)
    simulation = opening(settings, clock)
    simulation._counter = 1000
    teach(simulation)
    assert clock.now() == START
    simulation.close()


@pytest.fixture
def clock(starting_point: str) -> VirtualClock:
    return VirtualClock(_ended.get(starting_point, START))


@pytest.fixture(autouse=True)
def stranger_beside(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a conversation the stranger's debt is still all that they see."""
    name = next((each for each in BUSINESSES if each in request.fixturenames), None)
    if name is None:
        yield
        return
    chat: Chat = request.getfixturevalue(name)
    yield
    nothing_crossed_over(chat)
