"""Taking messages in: each once, whatever is in it, in the order in which they came."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from services.db.engine import Database
from services.db.models import WhatsAppSession
from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.inbox import MAX_BODY, Inbound
from services.tenants.tenants import Registered
from tests.conftest import Chat
from tests.db.asking import rows, value
from tests.messaging.conftest import ANI, BUDI

Write = Callable[..., Inbound]


def waiting(db: Database, place: Registered) -> list[int]:
    with db.tenant(place.tenant_id) as tx:
        return [message_id for message_id, _ in inbox.waiting(tx, place.session_id)]


def jobs(owner: Connection) -> list[tuple[str, str]]:
    return [tuple(row) for row in rows(owner, "select task_name, queueing_lock from procrastinate_jobs order by id")]


def test_the_same_message_is_taken_once(db: Database, tenant: Registered, owner: Connection, written: Write) -> None:
    for _ in range(3):
        inbox.accept(db, tenant.tenant_id, tenant.session_id, [written("A1", "halo")])
    inbox.accept(db, tenant.tenant_id, tenant.session_id, [written("A1", "other words")])
    assert [row.body for row in rows(owner, "select body from messages")] == ["halo"]
    assert jobs(owner) == [("inbound", f"inbound:{tenant.tenant_id}:{tenant.session_id}")]


def test_a_message_taken_again_wakes_nobody(
    db: Database, tenant: Registered, owner: Connection, written: Write
) -> None:
    inbox.accept(db, tenant.tenant_id, tenant.session_id, [written("A1")])
    rows(owner, "delete from procrastinate_jobs")
    inbox.accept(db, tenant.tenant_id, tenant.session_id, [written("A1")])
    inbox.accept(db, tenant.tenant_id, tenant.session_id, [])
    assert jobs(owner) == []


def test_a_batch_with_the_same_message_twice_takes_it_once(
    db: Database, tenant: Registered, owner: Connection, written: Write
) -> None:
    batch = [written("A1", "one"), written("A2", "two"), written("A1", "one"), written("A3", "three")]
    inbox.accept(db, tenant.tenant_id, tenant.session_id, batch)
    assert [row.body for row in rows(owner, "select body from messages order by id")] == ["one", "two", "three"]


def test_processes_that_take_the_same_message_at_once_take_it_once(
    db: Database, tenant: Registered, owner: Connection, written: Write
) -> None:
    batch = [written(f"A{n}") for n in range(20)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: inbox.accept(db, tenant.tenant_id, tenant.session_id, batch), range(8)))
    assert value(owner, "select count(*) from messages") == 20
    assert len(jobs(owner)) == 1


def test_the_same_id_in_two_sessions_or_tenants_is_two_messages(
    db: Database, tenant: Registered, stranger: Registered, owner: Connection, written: Write
) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        second = WhatsAppSession(
            tenant_id=tenant.tenant_id, name="second", phone="6281100000077", state="new",
            desired_state="connected", is_default=False, created_at=tx.now,
        )  # fmt: skip
        tx.add(second)
        tx.flush()
        second_id = second.id
    for place in (tenant, Registered(tenant.tenant_id, second_id), stranger):
        inbox.accept(db, place.tenant_id, place.session_id, [written("A1")])
        assert len(waiting(db, place)) == 1
    assert value(owner, "select count(*) from messages") == 3
    assert len(jobs(owner)) == 3


def test_a_session_of_another_tenant_takes_nothing(
    db: Database, tenant: Registered, stranger: Registered, owner: Connection, written: Write
) -> None:
    with pytest.raises(IntegrityError):
        inbox.accept(db, tenant.tenant_id, stranger.session_id, [written("A1")])
    assert value(owner, "select count(*) from messages") == 0
    assert jobs(owner) == []


HOSTILE = "a\x00b\ud800c\x01\x1b[31m\u202e\ufeff\U0001f600\n\t'\"%(x)s:y\\"


def test_whatever_characters_a_message_has_it_is_taken(
    db: Database, tenant: Registered, owner: Connection, written: Write
) -> None:
    message = written(
        HOSTILE, HOSTILE, sender_name=HOSTILE, quoted_id=HOSTILE, kind="image",
        media={"path": HOSTILE, "list": [HOSTILE, 1, None], HOSTILE: {"deep": HOSTILE}},
    )  # fmt: skip
    inbox.accept(db, tenant.tenant_id, tenant.session_id, [message, written("A2")])
    row, other = rows(owner, "select * from messages order by id")
    kept = HOSTILE.replace("\x00", "").replace("\ud800", "\ufffd")
    assert (row.body, row.provider_id, row.sender_name, row.quoted_id) == (kept,) * 4
    assert row.media == {"path": kept, "list": [kept, 1, None], kept: {"deep": kept}}
    assert other.provider_id == "A2"
    json.dumps(row.media, ensure_ascii=False).encode()


def test_a_message_of_control_characters_is_handled_like_any_other(chat: Chat, owner: Connection) -> None:
    for text in ("\x00", "\x00\x01\x02", "\ud800", "\u200b", HOSTILE):
        assert chat.owner(text)
        chat.person(BUDI, text)
    assert "Rp 500.000" in chat.owner("pinjam\x00 Budi 500rb")
    assert value(owner, "select count(*) from messages where processed_at is null or answer_due or attempts > 0") == 0


def test_an_endless_message_is_cut(db: Database, tenant: Registered, owner: Connection, written: Write) -> None:
    inbox.accept(db, tenant.tenant_id, tenant.session_id, [written("A1", "x" * (MAX_BODY + 1000))])
    assert value(owner, "select length(body) from messages") == MAX_BODY


def test_a_large_backlog_is_taken_whole_and_in_order(
    db: Database, tenant: Registered, owner: Connection, written: Write
) -> None:
    inbox.accept(db, tenant.tenant_id, tenant.session_id, [written(f"A{n}", f"{n}") for n in range(1500)])
    assert [int(row.body) for row in rows(owner, "select body from messages order by id")] == list(range(1500))
    first = waiting(db, tenant)
    assert len(first) == 100
    assert first == sorted(first)


def test_messages_of_a_chat_are_handled_in_the_order_in_which_they_came(chat: Chat, clock: object) -> None:
    place, database = chat.tenant, chat.simulation.platform.opened.database
    said = ["pinjam Budi 100rb", "Budi bayar 40rb", "Budi bayar 30rb", "urungkan", "status Budi"]
    own = Address.phone(place.phone)
    batch = [Inbound(f"B{n}", own, own, True, text, chat.simulation.clock.now()) for n, text in enumerate(said)]
    inbox.accept(database, place.tenant_id, place.session_id, batch)
    chat.simulation.settle()
    texts = [sent.text for sent in chat.simulation.sent]
    assert len(texts) == len(said)
    assert "Rp 60.000" in texts[1]
    assert "Rp 30.000" in texts[2]
    assert "Rp 60.000" in texts[-1]


def test_an_id_that_is_repeated_books_once(chat: Chat) -> None:
    assert chat.say("pinjam Budi 500rb", id="X1")
    assert chat.say("pinjam Budi 500rb", id="X1") == []
    chat.say("pinjam Budi 500rb", ANI, id="X2")
    assert "Rp 500.000" in chat.owner("status Budi")
