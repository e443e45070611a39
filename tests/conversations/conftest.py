"""What every conversation is told beside: a stranger's business with a person of the same name and number."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from services.db.models import OutboxMessage
from tests.conftest import Chat
from tests.conversations.book import BUDI

STRANGERS_AMOUNT = "123.457"


def strangers_book(chat: Chat) -> None:
    """The stranger keeps a book of their own, in which a Budi with the same number owes something."""
    chat.owner("pinjam Budi 123457 1 tahun", place=chat.stranger)
    chat.owner(f"kontak Budi {BUDI}", place=chat.stranger)


def nothing_crossed_over(chat: Chat) -> None:
    """Neither business nor its people read anything of the other's."""
    status = chat.owner("status", place=chat.stranger).splitlines()
    assert [line.split(",")[0] for line in status] == ["*Piutang Anda*: Rp 123.457", "• Budi: Rp 123.457"]
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        bodies = tx.scalars(select(OutboxMessage.body)).all()
    assert not [body for body in bodies if STRANGERS_AMOUNT in body or "123,457" in body]


@pytest.fixture(autouse=True)
def stranger_beside(request: pytest.FixtureRequest) -> Iterator[None]:
    """Before a conversation the stranger writes down a debt; after it, that is still all that they see."""
    name = next((each for each in ("chat", "english") if each in request.fixturenames), None)
    if name is None:
        yield
        return
    chat: Chat = request.getfixturevalue(name)
    strangers_book(chat)
    yield
    nothing_crossed_over(chat)
