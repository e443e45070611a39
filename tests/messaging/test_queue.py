"""The door to the queue: coalescing, no lost wake-up, no job for another tenant."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from psycopg2 import errors
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import ProgrammingError

from services import queue
from services.clock import VirtualClock
from services.db.engine import Database
from services.tenants.tenants import Registered
from tests.db.asking import connected, eventually, rows, value

# What the engine runs to take a job; a worker's id is only a number here.
FETCH = "select * from procrastinate_fetch_job_v2(null, null)"


def defer_raw(db: Database, scope: Registered | None, args: dict[str, object]) -> None:
    with db.tenant(scope.tenant_id) if scope else db.system() as tx:
        tx.execute(text("select queue_defer('probe', 'k', cast(:args as jsonb))"), {"args": json.dumps(args)})


def test_a_tenant_defers_no_job_for_another(
    db: Database, tenant: Registered, stranger: Registered, owner: Connection
) -> None:
    for args in ({"tenant_id": stranger.tenant_id}, {"tenant_id": None}, {}, {"tenant_id": f"{tenant.tenant_id} "}):
        with pytest.raises(ProgrammingError) as error:
            defer_raw(db, tenant, args)
        assert isinstance(error.value.orig, errors.InsufficientPrivilege), args
    assert rows(owner, "select * from procrastinate_jobs") == []
    defer_raw(db, tenant, {"tenant_id": tenant.tenant_id})
    defer_raw(db, None, {"tenant_id": stranger.tenant_id})
    assert value(owner, "select count(*) from procrastinate_jobs") == 1


def test_a_tenants_jobs_carry_its_id(db: Database, tenant: Registered, owner: Connection) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        queue.defer(tx, "probe", "k1", priority=3, n=1)
    with db.system() as tx:
        queue.defer(tx, "probe", "k2")
    assert [(job.args, job.priority) for job in rows(owner, "select * from procrastinate_jobs order by id")] == [
        ({"tenant_id": tenant.tenant_id, "n": 1}, 3),
        ({}, 0),
    ]


def test_waiting_jobs_of_a_key_are_one_and_a_running_one_is_another(
    db: Database, tenant: Registered, owner: Connection
) -> None:
    def defer() -> None:
        with db.tenant(tenant.tenant_id) as tx:
            queue.defer(tx, "probe", "k")
            queue.defer(tx, "probe", "k")

    defer()
    defer()
    assert value(owner, "select count(*) from procrastinate_jobs") == 1
    rows(owner, FETCH)
    defer()
    defer()
    assert [row.status for row in rows(owner, "select status from procrastinate_jobs order by id")] == ["doing", "todo"]


def test_a_job_of_a_transaction_that_was_undone_never_was(db: Database, tenant: Registered, owner: Connection) -> None:
    with pytest.raises(KeyError), db.tenant(tenant.tenant_id) as tx:
        queue.defer(tx, "probe", "k")
        raise KeyError
    assert rows(owner, "select * from procrastinate_jobs") == []


def test_a_waiting_job_is_not_taken_until_the_transaction_that_counts_on_it_has_committed(
    db: Database, tenant: Registered, owner: Connection
) -> None:
    """Taken earlier, it could finish without having seen what the transaction is about to commit."""
    with db.tenant(tenant.tenant_id) as tx:
        queue.defer(tx, "probe", "k")
    with db.tenant(tenant.tenant_id) as tx:
        queue.defer(tx, "probe", "k")
        assert [row.id for row in rows(owner, FETCH)] == [None]
    assert rows(owner, FETCH)[0].task_name == "probe"


def test_a_transaction_that_comes_while_the_job_is_taken_gets_a_job_of_its_own(
    db: Database, database_url: URL, tenant: Registered, owner: Connection
) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        queue.defer(tx, "probe", "k")
    deferred = threading.Event()

    def defer() -> None:
        with db.tenant(tenant.tenant_id) as tx:
            queue.defer(tx, "probe", "k")
        deferred.set()

    with connected(database_url) as worker:
        rows(worker, "begin")
        rows(worker, FETCH)
        late = threading.Thread(target=defer)
        late.start()
        eventually(lambda: value(owner, "select count(*) from pg_locks where not granted"))
        assert not deferred.is_set()
        rows(worker, "commit")
        late.join(10)
    assert [row.status for row in rows(owner, "select status from procrastinate_jobs order by id")] == ["doing", "todo"]


def test_a_delayed_job_is_no_stand_in_for_one_that_is_due_now(
    db: Database, tenant: Registered, clock: VirtualClock, owner: Connection
) -> None:
    from services.messaging import outbox

    with db.tenant(tenant.tenant_id) as tx:
        outbox.wake(tx, tenant.session_id, tx.now + timedelta(hours=1))
        outbox.wake(tx, tenant.session_id)
        outbox.wake(tx, tenant.session_id)
        outbox.wake(tx, tenant.session_id, tx.now + timedelta(hours=1))
        outbox.wake(tx, tenant.session_id, tx.now + timedelta(minutes=1))
    taken = []
    for moment in (timedelta(), timedelta(minutes=1), timedelta(hours=1)):
        clock.move_to(clock.now() + moment)
        with db.system() as tx:
            while (job := queue.take_due(tx)) is not None:
                taken.append((moment, job.task))
    assert taken == [(timedelta(), "send"), (timedelta(minutes=1), "send"), (timedelta(hours=1), "send")]


def test_what_is_more_important_is_taken_first(db: Database, tenant: Registered) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        queue.defer(tx, "probe", "k1", n=1)
        queue.defer(tx, "probe", "k2", n=2, priority=5)
        queue.defer(tx, "probe", "k3", n=3, at=tx.now + timedelta(seconds=1))
    taken = []
    with db.system() as tx:
        while (job := queue.take_due(tx)) is not None:
            taken.append(job.args["n"])
        assert queue.next_due(tx) == tx.now + timedelta(seconds=1)
    assert taken == [2, 1]
