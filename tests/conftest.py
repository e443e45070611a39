"""What every test builds on: a real PostgreSQL, a fresh database for each test, and Juragan played step by step.

One embedded server serves the whole run (each pytest worker its own); each test gets a copy of a migrated template, so
that nothing of one test is seen by another. There is always a second tenant: the stranger who must not see anything.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import URL

from bot.simulation import Place, Sent, Simulation, Speech
from services.clock import VirtualClock
from services.db.embedded import start_embedded
from services.db.engine import Database, make_engine
from services.db.opening import migrate
from services.settings import Settings, load_settings
from services.tenants.tenants import NewTenant

KEY = b"a key for tests only, never for anything else"
START = datetime(2025, 2, 13, 3, 0, tzinfo=UTC)  # 10:00 in Jakarta
OWNER, STRANGER = "6281100000001", "6281100000002"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Server:
    """A database server of this run and its migrated template."""

    owner: URL
    serving: URL

    def execute(self, statement: str) -> None:
        connection = psycopg2.connect(self.owner.set(drivername="postgresql").render_as_string(hide_password=False))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()


def _memory() -> str | None:
    """A folder in memory, if this machine has one with room to spare."""
    there = Path("/dev/shm").is_dir() and os.access("/dev/shm", os.W_OK)
    return "/dev/shm" if there and shutil.disk_usage("/dev/shm").free > 2 * 2**30 else None


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """An embedded PostgreSQL without durability, and in it the template that tests copy.

    Its folder is its own: another run of pytest would close pytest's to the server's user. In memory where there is
    room: a fresh database takes a fifth of the time then.
    """
    folder = Path(tempfile.mkdtemp(prefix="juragan-test-", dir=_memory()))
    embedded = start_embedded(folder, KEY)
    plain = Server(embedded.url, embedded.url)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        plain.execute(f"alter system set {setting} = off")
    plain.execute("select pg_reload_conf()")
    plain.execute("create database template_juragan")
    serving = migrate(embedded.url.set(database="template_juragan"), KEY)
    yield Server(embedded.url, serving)
    embedded.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database_url(server: Server) -> Iterator[URL]:
    """The owner's address of a fresh database."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    server.execute(f"create database {name} template template_juragan strategy file_copy")
    yield server.owner.set(database=name)
    server.execute(f"drop database {name} with (force)")


@pytest.fixture
def settings(database_url: URL, tmp_path: Path) -> Settings:
    """Settings of a process that serves the fresh database."""
    return load_settings(
        {
            "DATABASE_URL": database_url.render_as_string(hide_password=False),
            "DATA_DIR": str(tmp_path),
            "SECRET_KEY": KEY.decode(),
            "WHATSAPP_LOG_LEVEL": "error",
        }
    )


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def db(server: Server, database_url: URL, clock: VirtualClock) -> Iterator[Database]:
    """The serving side of the fresh database."""
    database = Database(make_engine(server.serving.set(database=database_url.database), 4), clock)
    yield database
    database.close()


@dataclass
class Chat:
    """A conversation to be tested: somebody says, and what everybody got is looked at."""

    simulation: Simulation
    tenant: Place
    stranger: Place

    def say(self, text: str, speaker: str = "owner", *, place: Place | None = None, **more: object) -> list[Sent]:
        """Lets `speaker` write; returns everything that was sent because of it."""
        self.simulation.sent.clear()
        speech = Speech(speaker, text, **more)  # type: ignore[arg-type]
        self.understood = self.simulation.say(place or self.tenant, speech)
        return list(self.simulation.sent)

    def owner(self, text: str, **more: object) -> str:
        """What the owner reads after writing `text`."""
        return "\n\n".join(sent.text for sent in self.say(text, **more) if sent.to == "owner")

    def person(self, number: str, text: str, **more: object) -> str:
        """What somebody reads after writing `text` from their number."""
        return "\n\n".join(sent.text for sent in self.say(text, number, **more) if sent.to == number)

    def command(self) -> str | None:
        """The command that the last message was understood as."""
        return str(self.understood["command"]) if self.understood else None

    def wait(self, **time: float) -> list[Sent]:
        """Lets time pass; returns what was sent meanwhile."""
        self.simulation.sent.clear()
        self.simulation.advance(timedelta(**time))
        return list(self.simulation.sent)

    understood: dict[str, object] | None = None


@pytest.fixture
def simulation(settings: Settings, clock: VirtualClock) -> Iterator[Simulation]:
    simulation = Simulation.open(settings, clock)
    yield simulation
    simulation.close()


@pytest.fixture
def chat(simulation: Simulation) -> Chat:
    """An Indonesian lender, with a stranger's business beside it."""
    tenant = simulation.place(NewTenant("Toko Maju", OWNER))
    stranger = simulation.place(NewTenant("Orang Lain", STRANGER))
    return Chat(simulation, tenant, stranger)


@pytest.fixture
def english(simulation: Simulation) -> Chat:
    """A lender who writes English and counts dollars."""
    new = NewTenant("Sunny Loans", "12025550123", "en", "USD", "America/New_York", "US")
    stranger = simulation.place(NewTenant("Orang Lain", STRANGER))
    return Chat(simulation, simulation.place(new), stranger)


@pytest.fixture
def fresh_simulation(settings: Settings) -> Callable[[datetime], Simulation]:
    """Opens a simulation on the test's database, to go on after one was closed."""
    return lambda begin: Simulation.open(settings, VirtualClock(begin))
