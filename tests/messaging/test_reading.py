"""A message that a model is to read first: it waits, its chat waits behind it, and nobody else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import Message
from services.messaging import inbox
from services.tenants.tenants import Registered
from tests.db.asking import rows
from tests.messaging.conftest import ANI
from tests.messaging.test_inbox import Write


def ids(db: Database, place: Registered) -> list[str]:
    with db.tenant(place.tenant_id) as tx:
        waiting = [message_id for message_id, _chat in inbox.waiting(tx, place.session_id)]
        return [tx.get_one(Message, (place.tenant_id, each)).provider_id for each in waiting]


def find(db: Database, place: Registered, provider_id: str) -> int:
    with db.tenant(place.tenant_id) as tx:
        return tx.query(Message.id).filter_by(tenant_id=place.tenant_id, provider_id=provider_id).one()[0]


@pytest.fixture
def unread(db: Database, tenant: Registered, owner: Connection, written: Write) -> int:
    """Budi's second of three messages is to be read; Ani has written, too."""
    batch = [written("B1", "satu"), written("B2", ""), written("B3", "tiga"), written("A1", "halo", ANI)]
    inbox.accept(db, tenant.tenant_id, tenant.session_id, batch)
    rows(owner, "delete from procrastinate_jobs")
    message_id = find(db, tenant, "B2")
    with db.tenant(tenant.tenant_id) as tx:
        inbox.read_first(tx, tx.get_one(Message, (tenant.tenant_id, message_id)), "speech")
        tx.flush()
    return message_id


def test_it_waits_with_what_follows_in_its_chat_and_nobody_else(db: Database, tenant: Registered, unread: int) -> None:
    assert ids(db, tenant) == ["B1", "A1"]


def test_it_is_read_apart_from_other_work(tenant: Registered, owner: Connection, unread: int) -> None:
    jobs = rows(owner, "select queue_name, task_name, scheduled_at, priority from procrastinate_jobs order by id")
    assert [(job.queue_name, job.task_name) for job in jobs] == [("models", "read"), ("default", "inbound")]
    assert (jobs[0].scheduled_at, jobs[0].priority) == (None, 1)
    assert jobs[1].scheduled_at is not None


def test_once_read_its_words_are_handled_in_their_order(
    db: Database, tenant: Registered, owner: Connection, unread: int
) -> None:
    rows(owner, "delete from procrastinate_jobs")
    with db.tenant(tenant.tenant_id) as tx:
        inbox.has_read(tx, unread, {"speech": {"seconds": 3}}, "dua\x00")
    assert ids(db, tenant) == ["B1", "B2", "B3", "A1"]
    assert [job.task_name for job in rows(owner, "select task_name from procrastinate_jobs")] == ["inbound"]
    with db.tenant(tenant.tenant_id) as tx:
        message = tx.get_one(Message, (tenant.tenant_id, unread))
        assert (message.body, message.heard) == ("dua", {"speech": {"seconds": 3}})


def test_what_is_read_later_stands_beside_what_was_read_before(db: Database, tenant: Registered, unread: int) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        inbox.has_read(tx, unread, {"speech": {}}, "dua")
        inbox.has_read(tx, unread, {"command": {"problem": "failed"}}, "other words")
        message = tx.get_one(Message, (tenant.tenant_id, unread))
        assert (message.body, message.heard) == ("dua", {"speech": {}, "command": {"problem": "failed"}})


def test_what_nobody_reads_is_handled_all_the_same(
    db: Database, tenant: Registered, clock: VirtualClock, unread: int
) -> None:
    clock.move_to(clock.now() + inbox.READING_PATIENCE - timedelta(seconds=1))
    assert ids(db, tenant) == ["B1", "A1"]
    clock.move_to(clock.now() + timedelta(seconds=1))
    assert ids(db, tenant) == ["B1", "B2", "B3", "A1"]


def test_what_was_handled_meanwhile_is_not_handled_again(
    db: Database, tenant: Registered, clock: VirtualClock, unread: int
) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        tx.get_one(Message, (tenant.tenant_id, unread)).processed_at = tx.now
        tx.flush()
        inbox.has_read(tx, unread, {"speech": {}}, "dua")
    assert ids(db, tenant) == ["B1", "B3", "A1"]


def test_a_stranger_has_nothing_to_read(db: Database, stranger: Registered, unread: int) -> None:
    with db.tenant(stranger.tenant_id) as tx, pytest.raises(NoResultFound):
        inbox.has_read(tx, unread, {"speech": {}}, "dua")
