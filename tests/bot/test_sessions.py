"""The session manager: hosts are started and replaced, pairings get a process each, and nothing outlives its parent."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import psutil
import pytest
from sqlalchemy import URL, Connection

from bot import children
from bot import sessions as sessions_module
from bot.children import Child
from bot.sessions import MultiSessionManager
from services.db.engine import Database
from services.errors import DomainError
from services.settings import Settings
from services.tenants import pairings
from services.tenants.tenants import NewTenant, Registered, register
from tests.bot.test_run import host_of, run, wait_for_line  # noqa: F401
from tests.conftest import OWNER
from tests.db.asking import eventually, rows, value

PATIENT = "import sys; sys.stdin.buffer.read()"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)
BRIEF = "pass"


@dataclass
class Nursery:
    """Starts simple programs instead of hosts and pairings, which end when their input does."""

    program: str = PATIENT
    started: list[tuple[str, Child, Mapping[str, object]]] = field(default_factory=list)

    def start(self, command: str, id: str, task: Mapping[str, object]) -> Child:
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        child = Child(id, process, time.monotonic())
        self.started.append((command, child, task))
        return child

    def of(self, command: str) -> list[Child]:
        return [child for each, child, _task in self.started if each == command]


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    for _command, child, _task in made.started:
        child.kill()
        for pipe in (child.process.stdin, child.process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def manager(live: Database, serving: URL, settings: Settings, nursery: Nursery) -> MultiSessionManager:
    changed = settings.model_copy(update={"whatsapp_sessions_per_host": 2, "whatsapp_max_pairings": 2})
    made = MultiSessionManager(live, serving, changed, nursery.start)
    # What a host that ends too soon makes the next one wait is twice this, in seconds.
    made._wait = 0.25
    return made


def holders(owner: Connection) -> list[str | None]:
    return [row.holder for row in rows(owner, "select holder from sessions order by id")]


def test_hosts_are_started_as_they_are_needed(
    manager: MultiSessionManager, nursery: Nursery, linked: Callable[[int], list[Registered]], owner: Connection
) -> None:
    linked(5)
    manager.step()
    hosts = nursery.of("host")
    assert len(hosts) == 3
    assert sorted(holders(owner)) == sorted([hosts[0].id] * 2 + [hosts[1].id] * 2 + [hosts[2].id])
    manager.step()
    assert len(nursery.of("host")) == 3


def test_no_more_sessions_are_kept_than_allowed(
    live: Database, serving: URL, settings: Settings, nursery: Nursery, linked: Callable[[int], list[Registered]],
    owner: Connection,
) -> None:  # fmt: skip
    linked(3)
    manager = MultiSessionManager(
        live, serving, settings.model_copy(update={"whatsapp_max_sessions": 2}), nursery.start
    )
    manager.step()
    manager.step()
    assert sorted(holder is None for holder in holders(owner)) == [False, False, True]


def test_the_sessions_of_a_killed_host_go_to_another_and_the_rest_stays(
    manager: MultiSessionManager, nursery: Nursery, linked: Callable[[int], list[Registered]], owner: Connection
) -> None:
    linked(4)
    manager.step()
    first, second = nursery.of("host")
    before = holders(owner)
    first.process.kill()
    first.process.wait()
    manager._not_before = 0
    manager.step()
    eventually(lambda: (manager.step(), None not in holders(owner))[1])
    after = holders(owner)
    assert [new for old, new in zip(before, after, strict=True) if old == second.id] == [second.id] * 2
    assert {new for old, new in zip(before, after, strict=True) if old == first.id} == {nursery.of("host")[2].id}
    assert [row.id for row in rows(owner, "select id from session_hosts where id = :id", {"id": first.id})] == []


def test_a_host_that_dies_at_once_makes_the_next_one_wait(
    manager: MultiSessionManager, nursery: Nursery, linked: Callable[[int], list[Registered]]
) -> None:
    linked(1)
    nursery.program = BRIEF
    manager.step()
    nursery.of("host")[0].process.wait()
    for _ in range(5):
        manager.step()
    assert len(nursery.of("host")) == 1
    eventually(lambda: (manager.step(), len(nursery.of("host")) == 2)[1])


def test_a_host_without_a_sign_of_life_is_killed(
    manager: MultiSessionManager, nursery: Nursery, linked: Callable[[int], list[Registered]], owner: Connection
) -> None:
    linked(1)
    manager.step()
    owner.exec_driver_sql("update session_hosts set seen_at = seen_at - interval '1 minute'")
    manager.step()
    manager.step()
    assert not nursery.of("host")[0].is_alive
    assert holders(owner) == [nursery.of("host")[1].id]


def test_a_host_with_nothing_to_keep_is_ended(
    manager: MultiSessionManager, nursery: Nursery, linked: Callable[[int], list[Registered]], owner: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    linked(1)
    manager.step()
    owner.exec_driver_sql("update sessions set holder = null, desired_state = 'stopped'")
    monkeypatch.setattr(sessions_module, "IDLE_AFTER", 0.0)
    eventually(lambda: (manager.step(), not nursery.of("host")[0].is_alive)[1])
    assert rows(owner, "select * from session_hosts") == []


def test_pairings_get_a_process_each_and_never_too_many(
    manager: MultiSessionManager, nursery: Nursery, live: Database, owner: Connection
) -> None:
    for number in range(3):
        place = register(live, NewTenant(f"Toko {number}", f"62811000002{number:02}", provider="neonize"))
        manager.start(place.tenant_id)
    manager.step()
    manager.step()
    assert len(nursery.of("pairing")) == 2
    first = nursery.of("pairing")[0]
    first.process.kill()
    first.process.wait()
    manager.step()
    assert value(owner, "select sum(rounds) from pairings") == 1
    assert len(nursery.of("pairing")) == 3


def test_a_code_that_is_asked_for_takes_the_place_of_one_that_nobody_looks_at(
    manager: MultiSessionManager, nursery: Nursery, live: Database, owner: Connection
) -> None:
    places = [
        register(live, NewTenant(f"Toko {number}", f"62811000003{number:02}", provider="neonize"))
        for number in range(4)
    ]
    for place in places:
        manager.start(place.tenant_id)
    manager.step()
    first, second = nursery.of("pairing")
    for place in (places[0], places[3]):
        with live.tenant(place.tenant_id) as tx:
            pairings.ask(tx, place.session_id)
    manager.step()
    assert [child.is_alive for child in (first, second)] == [True, False]
    held = {row.session_id for row in rows(owner, "select session_id from pairings where holder is not null")}
    assert held == {places[0].session_id, places[3].session_id}
    assert value(owner, "select sum(rounds) from pairings") == 0
    with live.tenant(places[1].tenant_id) as tx:
        pairings.ask(tx, places[1].session_id)
    manager.step()
    assert len(nursery.of("pairing")) == 3


def test_pairings_that_come_to_nothing_are_never_a_loop(
    manager: MultiSessionManager, nursery: Nursery, live: Database, owner: Connection
) -> None:
    nursery.program = BRIEF
    place = register(live, NewTenant("Toko Maju", OWNER, provider="neonize"))
    manager.start(place.tenant_id)
    for _ in range(12):
        manager.step()
        for child in nursery.of("pairing"):
            child.process.wait()
    assert len(nursery.of("pairing")) == 3
    assert value(owner, "select state from sessions") == "failed"


def test_the_door(manager: MultiSessionManager, live: Database, owner: Connection) -> None:
    place = register(live, NewTenant("Toko Maju", OWNER, provider="neonize"))
    second = manager.create(place.tenant_id, "6281100000999", "second", limit=2)
    with pytest.raises(DomainError):
        manager.create(place.tenant_id, "6281100000998", "third", limit=2)
    manager.send(place.tenant_id, "phone:6281299990001", "halo", "second")
    assert value(owner, "select session_id from outbox") == second
    manager.start(place.tenant_id)
    manager.stop(place.tenant_id)
    manager.logout(place.tenant_id, "second")
    assert {shown.session.name: shown.session.state for shown in manager.list()} == {
        "main": "stopped", "second": "stopped",
    }  # fmt: skip
    manager.restart(place.tenant_id)
    assert manager.health() == {"pairing": 1, "stopped": 1}


def test_a_child_that_will_not_end_is_killed_in_time(nursery: Nursery) -> None:
    nursery.program = STUBBORN
    deaf = [nursery.start("host", f"host-{number}", {}) for number in range(3)]
    for child in deaf:
        assert child.process.stdout is not None
        child.process.stdout.readline()
    began = time.monotonic()
    children.stop(deaf, grace=0.5)
    assert time.monotonic() - began < 3
    assert not any(child.is_alive for child in deaf)


def test_the_hosts_of_a_killed_platform_end_with_it(
    run: Callable[..., subprocess.Popen[str]], linked: Callable[[int], list[Registered]], database_url: URL  # noqa: F811
) -> None:  # fmt: skip
    process = run(DATABASE_URL=database_url.render_as_string(hide_password=False), HTTP_PORT="0")
    wait_for_line(process, "event=running")
    linked(1)
    host = eventually(lambda: host_of(process))
    assert isinstance(host, psutil.Process)
    process.kill()
    process.wait()
    _gone, alive = psutil.wait_procs([host], timeout=10)
    assert alive == []
