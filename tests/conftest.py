"""What every test builds on: a real PostgreSQL, a fresh database for each test, and Juragan played step by step.

One embedded server serves the whole run (each pytest worker its own); each test gets a copy of a migrated template, so
that nothing of one test is seen by another. There is always a second tenant: the stranger who must not see anything.

What costs the same in every test is done once: the schema is migrated, what many tests begin with is written down, and
statements are compiled. A test gets a copy of the first two, and the third is no part of any database.
"""

from __future__ import annotations

import gc
import importlib
import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection
from sqlalchemy import URL, Engine

from bot.simulation import Place, Sent, Simulation, Speech
from scripts.model_server import ModelServer
from services.clock import Clock, VirtualClock
from services.db.embedded import start_embedded
from services.db.engine import Database, make_engine, normalise_url
from services.db.opening import OpenedDatabase, migrate
from services.settings import Settings, load_settings
from services.tenants.tenants import NewTenant

KEY = b"a key for tests only, never for anything else"
TEMPLATE = "template_juragan"
START = datetime(2025, 2, 13, 3, 0, tzinfo=UTC)  # 10:00 in Jakarta
OWNER, STRANGER = "6281100000001", "6281100000002"
_numbers = itertools.count(1)


# The programs that tests start, and pytest for the tests themselves, shall compile a module once, not at every start.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_finish() -> None:
    """What was imported stays for good: looking for garbage in it, again and again, takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@dataclass(frozen=True)
class Server:
    """A database server of this run and its templates: a migrated one, and those made of it."""

    owner: URL
    serving: URL
    _templates: set[str] = field(default_factory=set)

    def template(self, name: str, fill: Callable[[Settings], None]) -> str:
        """A copy of the migrated template that was filled, the first time that it is asked for."""
        if name not in self._templates:
            self.copy(TEMPLATE, name)
            with tempfile.TemporaryDirectory(prefix="juragan-test-") as folder:
                fill(settings_for(self.owner.set(database=name), Path(folder)))
            self._templates.add(name)
        return name

    def copy(self, template: str, name: str) -> None:
        self.execute(f"create database {name} template {template} strategy file_copy")

    @contextmanager
    def fresh(self, template: str = TEMPLATE) -> Iterator[URL]:
        """The owner's address of a copy that is thrown away in the end."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self.copy(template, name)
        yield self.owner.set(database=name)
        self.execute(f"drop database {name} with (force)")

    def engine(self, database: str | None, pool: int) -> Engine:
        """An engine of the serving login; what one has compiled is there for all.

        Statements are kept by the dialect that they are for, so the engines have that in common too.
        """
        engine = make_engine(self.serving.set(database=database), pool)
        first = _first_engine(self.serving)
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
        return engine

    @cached_property
    def _connection(self) -> connection:
        opened = psycopg2.connect(self.owner.set(drivername="postgresql").render_as_string(hide_password=False))
        opened.autocommit = True
        return opened

    def execute(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def close(self) -> None:
        self._connection.close()


@cache
def _first_engine(serving: URL) -> Engine:
    """The engine whose dialect and compiled statements the others share; it has looked at the server once."""
    engine = make_engine(serving, 1)
    engine.connect().close()
    engine.dispose()
    return engine


def settings_for(url: URL, folder: Path) -> Settings:
    """Settings of a process that serves a database."""
    return load_settings(
        {
            "DATABASE_URL": url.render_as_string(hide_password=False),
            "DATA_DIR": str(folder),
            "SECRET_KEY": KEY.decode(),
            "WHATSAPP_LOG_LEVEL": "error",
        }
    )


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
    # Passwords are asked for as ever; that trying them is made slow is a matter of guessers.
    for setting in ("jit", "autovacuum"):
        plain.execute(f"alter system set {setting} = off")
    plain.execute("alter system set scram_iterations = 1")
    plain.execute("select pg_reload_conf()")
    plain.close()
    plain = Server(embedded.url, embedded.url)
    plain.execute(f"alter role {embedded.url.username} password '{embedded.url.password}'")
    plain.execute(f"create database {TEMPLATE}")
    plain.close()
    made = Server(embedded.url, migrate(embedded.url.set(database=TEMPLATE), KEY))
    # Who connects first after a migration writes down what all others read at their start: the copies have it then.
    _first_engine(made.serving)
    yield made
    made.close()
    embedded.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def starting_point() -> str:
    """The database that the test's own is a copy of."""
    return TEMPLATE


@pytest.fixture
def database_url(server: Server, starting_point: str) -> Iterator[URL]:
    """The owner's address of a fresh database."""
    with server.fresh(starting_point) as url:
        yield url


@pytest.fixture
def settings(database_url: URL, tmp_path: Path) -> Settings:
    """Settings of a process that serves the fresh database."""
    return settings_for(database_url, tmp_path)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def db(server: Server, database_url: URL, clock: VirtualClock) -> Iterator[Database]:
    """The serving side of the fresh database."""
    database = Database(server.engine(database_url.database, 4), clock)
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


@pytest.fixture(scope="session")
def serving_model() -> Iterator[ModelServer]:
    """A model server for the whole run; its clients are loaded, which takes longer than tests wait for an answer."""
    for name in ("langchain_openai", "openai.resources.audio", "openai.resources.chat"):
        importlib.import_module(name)
    server = ModelServer()
    yield server
    server.close()


@pytest.fixture
def model(serving_model: ModelServer) -> ModelServer:
    """A model server of which nothing was asked yet."""
    serving_model.reset()
    return serving_model


Opening = Callable[[Settings, VirtualClock], Simulation]


@pytest.fixture(scope="session")
def opening(server: Server) -> Opening:
    """Opens a simulation on a copy of a template: migrated as it is, it isn't asked whether there is more to do."""

    def prepared(settings: Settings, clock: Clock) -> OpenedDatabase:
        assert settings.database_url is not None
        url = server.serving.set(database=normalise_url(settings.database_url.get_secret_value()).database)
        return OpenedDatabase(Database(server.engine(url.database, settings.database_pool), clock), url, None)

    def open_simulation(settings: Settings, clock: VirtualClock) -> Simulation:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bot.app.open_database", prepared)
            return Simulation.open(settings, clock)

    return open_simulation


@pytest.fixture
def simulation(opening: Opening, settings: Settings, clock: VirtualClock) -> Iterator[Simulation]:
    simulation = opening(settings, clock)
    yield simulation
    simulation.close()


def indonesian_lender(simulation: Simulation) -> Chat:
    tenant = simulation.place(NewTenant("Toko Maju", OWNER))
    return Chat(simulation, tenant, simulation.place(NewTenant("Orang Lain", STRANGER)))


def english_lender(simulation: Simulation) -> Chat:
    stranger = simulation.place(NewTenant("Orang Lain", STRANGER))
    new = NewTenant("Sunny Loans", "12025550123", "en", "USD", "America/New_York", "US")
    return Chat(simulation, simulation.place(new), stranger)


@pytest.fixture
def chat(simulation: Simulation) -> Chat:
    """An Indonesian lender, with a stranger's business beside it."""
    return indonesian_lender(simulation)


@pytest.fixture
def english(simulation: Simulation) -> Chat:
    """A lender who writes English and counts dollars."""
    return english_lender(simulation)


@pytest.fixture
def fresh_simulation(opening: Opening, settings: Settings) -> Callable[[datetime], Simulation]:
    """Opens a simulation on the test's database, to go on after one was closed."""
    return lambda begin: opening(settings, VirtualClock(begin))
