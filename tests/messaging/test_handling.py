"""Handling: once, one at a time in a chat, and a message that fails stands in nobody's way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg2
import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import OperationalError

from handlers.context import Context
from handlers.multi_tenant import MultiTenantMessageHandler
from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.inbox import MAX_ATTEMPTS, Inbound
from tests.conftest import OWNER, Chat
from tests.db.asking import connected, eventually, rows, value
from tests.messaging.conftest import ANI, BUDI

BAD = "pinjam Celaka 100rb"


class Failing:
    """Lets handling fail after everything was done, for one text, until it is mended."""

    def __init__(self, chat: Chat, monkeypatch: pytest.MonkeyPatch, error: Exception | str | None = None) -> None:
        """`error` is raised, or is the SQLSTATE with which a statement fails."""
        handler = chat.simulation.platform.jobs.handler
        self.error: Exception | str | None = error or RuntimeError("an error in a rule")
        self.tries = 0
        real = handler._answer

        def answer(context: Context) -> object:
            result = real(context)
            if context.message.body == BAD and self.error is not None:
                self.tries += 1
                context.tx.flush()
                if isinstance(self.error, Exception):
                    raise self.error
                context.tx.execute(text(f"do $$ begin raise 'failing' using errcode = '{self.error}'; end $$"))
            return result

        monkeypatch.setattr(handler, "_answer", answer)


def accept(chat: Chat, *said: tuple[str, str, str]) -> None:
    """Takes in (id, number, text) without handling it."""
    place = chat.tenant
    batch = [
        Inbound(id_, Address.phone(number), Address.phone(number), number == OWNER, text, chat.simulation.clock.now())
        for id_, number, text in said
    ]
    inbox.accept(chat.simulation.platform.opened.database, place.tenant_id, place.session_id, batch)


def messages(url: URL) -> list[object]:
    return rows(url, "select * from messages order by id")


def test_two_threads_that_handle_the_same_message_book_it_once(chat: Chat, database_url: URL) -> None:
    accept(chat, ("X1", OWNER, "pinjam Budi 500rb"))
    (message,) = messages(database_url)
    platform = chat.simulation.platform
    handlers = [MultiTenantMessageHandler(platform.opened.database, platform.settings) for _ in range(4)]
    together = threading.Barrier(4)

    def handle(handler: MultiTenantMessageHandler) -> None:
        together.wait(10)
        handler.handle(chat.tenant.tenant_id, chat.tenant.session_id, message.id, message.chat)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(handle, handlers))
    assert value(database_url, "select count(*) from ledger_entries") == 1
    assert value(database_url, "select count(*) from outbox") == 1
    assert value(database_url, "select used from usage_counters where name = 'debts'") == 1


def test_a_message_waits_while_another_of_its_chat_is_handled(chat: Chat, database_url: URL) -> None:
    accept(chat, ("X1", OWNER, "pinjam Budi 500rb"), ("X2", BUDI, "halo"))
    first, other = messages(database_url)
    chat.say("halo")
    handler = chat.simulation.platform.jobs.handler
    with connected(database_url) as connection:
        accept(chat, ("X3", OWNER, "Budi bayar 100rb"))
        third = messages(database_url)[-1]
        rows(connection, "begin")
        rows(connection, "select from conversations where chat = :chat for no key update", {"chat": first.chat})
        busy = threading.Thread(
            target=handler.handle,
            args=(chat.tenant.tenant_id, chat.tenant.session_id, third.id, third.chat),
        )
        busy.start()
        eventually(lambda: value(database_url, "select count(*) from pg_locks where not granted"))
        assert messages(database_url)[-1].processed_at is None
        handler.handle(chat.tenant.tenant_id, chat.tenant.session_id, other.id, other.chat)
        assert messages(database_url)[1].processed_at is not None
        rows(connection, "commit")
        busy.join(10)
    assert messages(database_url)[-1].processed_at is not None


def test_a_message_that_fails_leaves_nothing_behind_and_is_tried_again(
    chat: Chat, database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Failing(chat, monkeypatch)
    assert chat.say(BAD) == []
    (message,) = messages(database_url)
    assert (message.attempts, message.processed_at, message.parked_at) == (1, None, None)
    assert "an error in a rule" in message.error
    for table in ("contacts", "debts", "ledger_entries", "outbox", "usage_counters"):
        assert value(database_url, f"select count(*) from {table}") == 0, table
    failing.error = None
    assert chat.wait(seconds=4) == []
    (sent,) = chat.wait(seconds=1)
    assert "Rp 100.000" in sent.text
    assert value(database_url, "select count(*) from ledger_entries") == 1
    assert failing.tries == 1


def test_tries_grow_apart_then_the_message_is_parked_and_the_owner_told_once(
    chat: Chat, database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Failing(chat, monkeypatch)
    chat.say(BAD)
    for tries, pause in enumerate((5, 25, 125, 625), start=2):
        assert chat.wait(seconds=pause - 1) == []
        assert failing.tries == tries - 1
        last = chat.wait(seconds=1)
        assert failing.tries == tries
    assert failing.tries == MAX_ATTEMPTS
    assert [sent.to for sent in last] == ["owner"]
    (message,) = messages(database_url)
    assert message.parked_at is not None
    assert message.processed_at is None
    failing.error = None
    with chat.simulation.platform.opened.database.system() as tx:
        from services.messaging.sweep import wake_forgotten

        wake_forgotten(tx, tx.now + timedelta(days=1))
    assert chat.wait(days=2) == []
    assert failing.tries == MAX_ATTEMPTS
    assert value(database_url, "select count(*) from ledger_entries") == 0


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ValueError("an error in a rule"), id="error in a rule"),
        pytest.param("40P01", id="deadlock"),
        pytest.param("54001", id="too complex"),
        pytest.param("57014", id="statement took too long"),
    ],
)
def test_a_message_that_fails_blocks_no_other(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, error: Exception | str
) -> None:
    failing = Failing(chat, monkeypatch, error)
    accept(chat, ("X1", OWNER, BAD), ("X2", OWNER, "pinjam Budi 500rb"), ("X3", ANI, "stop"), ("X4", OWNER, "status"))
    chat.simulation.settle()
    assert failing.tries == 1
    assert [sent.to for sent in chat.simulation.sent] == ["owner", ANI, "owner"]
    failing.error = None
    assert "Rp 100.000" in chat.wait(seconds=5)[0].text


def test_a_refusal_is_answered_and_leaves_nothing_behind(chat: Chat, database_url: URL) -> None:
    answer = chat.owner("Budi bayar 100rb")
    assert answer
    assert value(database_url, "select count(*) from ledger_entries") == 0
    assert messages(database_url)[0].processed_at is not None


def test_a_lost_database_is_no_failure_of_the_message(
    chat: Chat, database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = OperationalError("select", {}, psycopg2.OperationalError("server closed the connection unexpectedly"))
    failing = Failing(chat, monkeypatch, gone)
    assert chat.say(BAD) == []
    assert messages(database_url)[0].attempts == 0
    failing.error = None
    chat.simulation.platform.jobs.inbound(chat.tenant.tenant_id, chat.tenant.session_id)
    assert messages(database_url)[0].processed_at is not None
