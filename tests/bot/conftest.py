"""A database with a business, and workers that run beside the test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest
from sqlalchemy import URL, Connection

from bot.worker import Worker
from services.clock import SystemClock
from services.db.engine import Database
from services.tenants import pairings, sessions
from services.tenants.actors import SYSTEM
from services.tenants.tenants import NewTenant, Registered, register
from tests.conftest import OWNER, Server
from tests.db.asking import connected, log_plainly


@pytest.fixture(autouse=True, scope="session")
def plain_log() -> None:
    log_plainly()


@pytest.fixture
def owner(database_url: URL) -> Iterator[Connection]:
    """A connection as the database's owner."""
    with connected(database_url) as connection:
        yield connection


@pytest.fixture
def serving(server: Server, database_url: URL) -> URL:
    """The address of the login that serves."""
    return server.serving.set(database=database_url.database)


@pytest.fixture
def live(server: Server, serving: URL) -> Iterator[Database]:
    """The serving side of the fresh database, by the real clock."""
    database = Database(server.engine(serving.database, 6), SystemClock())
    yield database
    database.close()


@pytest.fixture
def tenant(live: Database) -> Registered:
    return register(live, NewTenant("Toko Maju", OWNER))


@pytest.fixture
def linked(live: Database) -> Callable[[int], list[Registered]]:
    """Tenants whose numbers have been paired."""

    def link(count: int) -> list[Registered]:
        made = []
        for number in range(count):
            phone = f"62811000001{number:02}"
            place = register(live, NewTenant(f"Toko {number}", phone, provider="neonize"))
            with live.tenant(place.tenant_id) as tx:
                sessions.start(tx, SYSTEM, sessions.of_tenant(tx))
                pairings.succeeded(tx, place.session_id, phone, 1, None, None)
            made.append(place)
        return made

    return link


@dataclass
class Running:
    """A worker in a thread of its own."""

    worker: Worker
    thread: threading.Thread

    def stop(self, seconds: float = 10) -> None:
        self.worker.stop()
        self.thread.join(seconds)
        assert not self.thread.is_alive(), f"the worker didn't stop within {seconds} s"


Start = Callable[..., Running]


@pytest.fixture
def start(serving: URL) -> Iterator[Start]:
    """Starts workers; they are stopped after the test."""
    started: list[Running] = []

    def start(
        jobs: Mapping[str, Callable[..., None]], url: URL = serving, threads: int = 3, thinkers: int = 2
    ) -> Running:
        worker = Worker(url, jobs, threads, thinkers)
        running = Running(worker, threading.Thread(target=worker.run, daemon=True))
        started.append(running)
        running.thread.start()
        return running

    yield start
    for running in started:
        running.worker.stop()
    for running in started:
        running.thread.join(10)
