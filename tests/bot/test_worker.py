"""The worker with the real queue: runs, rescues, survives failures and outages, and stops when it is told to."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from procrastinate.worker import Worker as Engine
from sqlalchemy import URL, Connection

from bot import worker as worker_module
from services import queue
from services.db.engine import Database
from services.tenants.tenants import Registered
from tests.bot.conftest import Start
from tests.db.asking import eventually, rows, value


def defer(live: Database, tenant: Registered, key: str, job: str = "probe", **args: object) -> None:
    with live.tenant(tenant.tenant_id) as tx:
        queue.defer(tx, job, key, **args)


def no_jobs(owner: Connection) -> bool:
    return value(owner, "select count(*) from procrastinate_jobs") == 0


def test_jobs_are_run_and_forgotten(start: Start, live: Database, tenant: Registered, owner: Connection) -> None:
    done: list[tuple[int, int]] = []
    defer(live, tenant, "before", n=0)
    start({"probe": lambda tenant_id, n: done.append((tenant_id, n))})
    eventually(lambda: done == [(tenant.tenant_id, 0)])
    for n in range(1, 20):
        defer(live, tenant, f"k{n}", n=n)
    eventually(lambda: len(done) == 20)
    assert sorted(n for _, n in done) == list(range(20))
    eventually(lambda: no_jobs(owner))


def test_a_delayed_job_waits_for_its_time(start: Start, live: Database, tenant: Registered) -> None:
    done: list[float] = []
    start({"probe": lambda tenant_id: done.append(time.monotonic())})
    began = time.monotonic()
    with live.tenant(tenant.tenant_id) as tx:
        queue.defer(tx, "probe", "k", at=tx.now + timedelta(seconds=1))
    eventually(lambda: done)
    assert 0.9 < done[0] - began < 3


def test_a_job_that_fails_stops_neither_the_worker_nor_others(
    start: Start, live: Database, tenant: Registered, owner: Connection
) -> None:
    done: list[int] = []

    def probe(tenant_id: int, n: int) -> None:
        if n % 2:
            raise RuntimeError("an error in a job")
        done.append(n)

    start({"probe": probe})
    for n in range(10):
        defer(live, tenant, f"k{n}", n=n)
    defer(live, tenant, "k-unknown", job="nobody_knows_this_job")
    defer(live, tenant, "k-arguments", unexpected=True)
    eventually(lambda: no_jobs(owner))
    assert sorted(done) == [0, 2, 4, 6, 8]
    defer(live, tenant, "after", n=10)
    eventually(lambda: 10 in done)


def test_jobs_run_side_by_side(start: Start, live: Database, tenant: Registered) -> None:
    together = threading.Barrier(3)
    done: list[bool] = []

    def probe(tenant_id: int) -> None:
        together.wait(10)
        done.append(True)

    start({"probe": probe})
    for n in range(3):
        defer(live, tenant, f"k{n}")
    eventually(lambda: len(done) == 3)


def test_jobs_that_wait_for_a_model_keep_nobody_waiting(
    start: Start, live: Database, tenant: Registered, owner: Connection
) -> None:
    thinking, go_on = threading.Semaphore(0), threading.Event()
    done: list[str] = []

    def think(tenant_id: int, n: int) -> None:
        thinking.release()
        go_on.wait(20)
        done.append(f"think {n}")

    start({"think": think, "probe": lambda tenant_id, n: done.append(f"probe {n}")}, threads=1, thinkers=2)
    for n in range(3):
        defer(live, tenant, f"think{n}", job="think", n=n)
    assert all(thinking.acquire(timeout=10) for _ in range(2))
    for n in range(3):
        defer(live, tenant, f"probe{n}", n=n)
    eventually(lambda: len(done) == 3)
    assert sorted(done) == ["probe 0", "probe 1", "probe 2"]
    assert not thinking.acquire(blocking=False), "more than two think at a time"
    go_on.set()
    eventually(lambda: no_jobs(owner))
    assert len(done) == 6


def test_others_keep_no_model_waiting(start: Start, live: Database, tenant: Registered) -> None:
    go_on, busy, thought = threading.Event(), threading.Event(), threading.Event()

    def probe(tenant_id: int) -> None:
        busy.set()
        go_on.wait(20)

    start({"probe": probe, "read": lambda tenant_id: thought.set()}, threads=1, thinkers=1)
    defer(live, tenant, "probe")
    assert busy.wait(10)
    defer(live, tenant, "read", job="read")
    assert thought.wait(10)
    go_on.set()


DEAD = """
    with dead as (
        insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 minute') returning id
    ), job as (
        insert into procrastinate_jobs (queue_name, task_name, queueing_lock, args, status, worker_id)
        select :queue, :job, 'k', jsonb_build_object('tenant_id', cast(:tenant as bigint), 'n', 1), 'doing', id
        from dead returning id
    ) select id from job
"""


def die_with(owner: Connection, tenant: Registered, job: str = "probe") -> object:
    """Leaves a job behind as a worker does that is killed; gives its id."""
    where = queue.queue_of(job)
    return value(owner, DEAD, {"tenant": tenant.tenant_id, "queue": where, "job": job})


@pytest.mark.parametrize(
    ("job", "forgotten"),
    [("probe", False), ("probe", True), ("think", False)],
    ids=["stalled worker", "worker's row is gone", "stalled while it thought"],
)
def test_the_job_of_a_dead_worker_is_run_again(
    start: Start, tenant: Registered, owner: Connection, job: str, forgotten: bool
) -> None:
    die_with(owner, tenant, job)
    if forgotten:
        rows(owner, "delete from procrastinate_workers")
    done: list[int] = []
    start({job: lambda tenant_id, n: done.append(n)})
    eventually(lambda: done == [1])
    eventually(lambda: no_jobs(owner))


def test_the_job_of_a_dead_worker_goes_away_when_a_successor_waits(
    start: Start, live: Database, tenant: Registered, owner: Connection
) -> None:
    dead = die_with(owner, tenant)
    with live.tenant(tenant.tenant_id) as tx:
        queue.defer(tx, "probe", "k", at=tx.now + timedelta(hours=1), n=2)
    done: list[int] = []
    start({"probe": lambda tenant_id, n: done.append(n)})
    eventually(lambda: rows(owner, "select * from procrastinate_jobs where id = :id", {"id": dead}) == [])
    assert value(owner, "select count(*) from procrastinate_jobs where status = 'todo'") == 1
    defer(live, tenant, "other", n=3)
    eventually(lambda: 3 in done)
    assert 1 not in done


def test_the_job_of_a_living_worker_is_left_to_it(
    start: Start, live: Database, tenant: Registered, owner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "HEARTBEAT", 0.1)
    monkeypatch.setattr(worker_module, "STALLED", 0.6)
    began: list[int] = []
    go_on = threading.Event()

    def probe(tenant_id: int) -> None:
        began.append(1)
        go_on.wait(20)

    start({"probe": probe})
    start({"probe": probe})
    defer(live, tenant, "k")
    eventually(lambda: began)
    beats = value(owner, "select max(last_heartbeat) from procrastinate_workers")
    eventually(lambda: (value(owner, "select max(last_heartbeat) from procrastinate_workers") - beats).seconds >= 1)
    assert began == [1]
    go_on.set()
    eventually(lambda: no_jobs(owner))


def test_a_job_that_takes_long_stays_with_its_worker_when_the_engine_forgets_to_say_that_it_lives(
    start: Start, live: Database, tenant: Registered, owner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "HEARTBEAT", 0.1)
    monkeypatch.setattr(worker_module, "STALLED", 0.6)

    async def silent(_engine: Engine) -> None:
        return

    monkeypatch.setattr(Engine, "_update_heartbeat", silent)
    began: list[int] = []
    go_on = threading.Event()

    def think(tenant_id: int) -> None:
        began.append(1)
        go_on.wait(20)

    start({"think": think})
    defer(live, tenant, "k", job="think")
    eventually(lambda: began)
    beats = value(owner, "select min(last_heartbeat) from procrastinate_workers")
    eventually(lambda: (value(owner, "select min(last_heartbeat) from procrastinate_workers") - beats).seconds >= 1)
    assert began == [1]
    go_on.set()
    eventually(lambda: no_jobs(owner))


def test_a_stop_lets_the_job_at_hand_finish_and_takes_no_other(
    start: Start, live: Database, tenant: Registered, owner: Connection
) -> None:
    began, done = threading.Event(), []

    def probe(tenant_id: int, n: int) -> None:
        began.set()
        time.sleep(0.5)
        done.append(n)

    running = start({"probe": probe})
    defer(live, tenant, "k1", n=1)
    assert began.wait(10)
    running.worker.stop()
    eventually(lambda: not running.thread.is_alive(), 5)
    assert done == [1]
    assert no_jobs(owner)
    assert value(owner, "select count(*) from procrastinate_workers") == 0
    defer(live, tenant, "k2", n=2)
    assert value(owner, "select status from procrastinate_jobs") == "todo"


@pytest.mark.parametrize("job", ["probe", "think"])
def test_a_job_that_hangs_holds_up_the_stop_no_longer_than_it_is_given_and_is_run_again_later(
    start: Start, live: Database, tenant: Registered, owner: Connection, monkeypatch: pytest.MonkeyPatch, job: str
) -> None:
    monkeypatch.setattr(worker_module, "SHUTDOWN", 0.5)
    began, go_on = threading.Event(), threading.Event()

    def probe(tenant_id: int) -> None:
        began.set()
        go_on.wait(30)

    running = start({job: probe})
    defer(live, tenant, "k", job=job)
    assert began.wait(10)
    try:
        running.stop(4)
        assert value(owner, "select status from procrastinate_jobs") == "todo"
        assert value(owner, "select count(*) from procrastinate_workers") == 0
        again = threading.Event()
        start({job: lambda tenant_id: again.set()})
        assert again.wait(10)
    finally:
        go_on.set()


def test_a_stop_before_the_start_and_after_the_end_is_heard(serving: URL, start: Start) -> None:
    early = worker_module.Worker(serving, {}, 1)
    early.stop()
    running = threading.Thread(target=early.run, daemon=True)
    running.start()
    running.join(5)
    assert not running.is_alive()
    early.stop()
    late = start({})
    late.stop()
    late.worker.stop()


def test_a_stop_is_heard_while_the_database_is_away(serving: URL, start: Start) -> None:
    running = start({}, serving.update_query_dict({"host": "/nowhere"}))  # type: ignore[call-arg]
    time.sleep(0.3)
    running.stop(5)


def test_connections_that_the_server_ends_are_made_anew(
    start: Start, live: Database, tenant: Registered, owner: Connection
) -> None:
    done: list[int] = []
    start({"probe": lambda tenant_id, n: done.append(n)})
    defer(live, tenant, "k1", n=1)
    eventually(lambda: done == [1])
    for n in range(2, 5):
        rows(
            owner,
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where usename = 'app_login' and datname = current_database()",
        )
        defer(live, tenant, f"k{n}", n=n)
        eventually(lambda n=n: n in done, 30)  # type: ignore[misc]


def test_the_queues_connections_run_as_the_platform_and_not_as_the_owner(
    start: Start, live: Database, tenant: Registered, owner: Connection
) -> None:
    done: list[bool] = []
    start({"probe": lambda tenant_id: done.append(True)})
    defer(live, tenant, "k")
    eventually(lambda: done)
    users = rows(
        owner,
        "select distinct usename from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    )
    assert [user.usename for user in users] == ["app_login"]
