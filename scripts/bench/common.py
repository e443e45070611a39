"""What the benchmarks share: a throw-away database with default durability, its tenants, and workers of their own.

A worker is `worker.py` in a process by itself; it writes each delivery to a log, so that what left is known without the
database.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from services.clock import SystemClock  # noqa: E402
from services.db.opening import OpenedDatabase, open_database  # noqa: E402
from services.messaging.addresses import Address  # noqa: E402
from services.messaging.inbox import Inbound  # noqa: E402
from services.settings import Settings, load_settings  # noqa: E402
from services.tenants.tenants import NewTenant, register  # noqa: E402

_numbers = count(1001)
_WAITING = """
    select exists (select from messages where processed_at is null or answer_due)
        or exists (select from outbox where status in ('queued', 'sending'))
"""
KEY = "a key for benchmarks only, never for anything else"


class Place(NamedTuple):
    """A tenant with its session and its owner's number."""

    tenant_id: int
    session_id: int
    phone: str


class Delivered(NamedTuple):
    """A line of a delivery log; `at` is the machine's monotonic time in seconds."""

    at: float
    tenant_id: int
    outbox_id: int
    provider_id: str


@dataclass(frozen=True)
class Bench:
    """A database of one's own, and the environment with which other processes reach it."""

    folder: Path
    opened: OpenedDatabase
    settings: Settings
    environment: Mapping[str, str]

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows as the owner sees them: those of every tenant."""
        with self._owner() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def execute(self, statement: str) -> None:
        """Does something as the owner, outside of a transaction."""
        with self._owner() as cursor:
            cursor.execute(statement)

    @contextmanager
    def _owner(self) -> Iterator[Any]:
        connection = psycopg2.connect(self.environment["DATABASE_URL"])
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def at_rest(self) -> bool:
        """Whether everything has been handled, and sent or given up."""
        return not self.query(_WAITING)[0][0]

    def tenant(self) -> Place:
        """Registers one more tenant, whose plan limits nothing."""
        phone = f"62811{next(_numbers):08d}"
        made = register(self.opened.database, NewTenant(f"Toko {phone}", phone, plan="enterprise"))
        return Place(made.tenant_id, made.session_id, phone)

    def worker(self, log: Path) -> subprocess.Popen[bytes]:
        """Starts a worker that notes its deliveries in `log`."""
        with (self.folder / "workers.err").open("ab") as errors:
            return subprocess.Popen(
                [sys.executable, str(Path(__file__).parent / "worker.py"), str(log)],
                env={**os.environ, **self.environment}, stderr=errors,
            )  # fmt: skip


@contextmanager
def throw_away(**settings: str) -> Iterator[Bench]:
    """An embedded PostgreSQL as an installation gets it, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="juragan-bench-"))
    given = {"DATA_DIR": str(folder), "SECRET_KEY": KEY, "WHATSAPP_LOG_LEVEL": "error", **settings}
    loaded = load_settings(given)
    opened = open_database(loaded, SystemClock())
    assert opened.server is not None
    owner = opened.server.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        yield Bench(folder, opened, loaded, {**given, "DATABASE_URL": owner})
    finally:
        opened.close()
        shutil.rmtree(folder, ignore_errors=True)


def owner_says(place: Place, provider_id: str, text: str) -> Inbound:
    """A text of the owner in the chat with themselves."""
    own = Address.phone(place.phone)
    return Inbound(provider_id, own, own, True, text, SystemClock().now())


def person_says(number: str, provider_id: str, text: str) -> Inbound:
    """A text of somebody else."""
    address = Address.phone(number)
    return Inbound(provider_id, address, address, False, text, SystemClock().now())


def deliveries(log: Path) -> list[Delivered]:
    """Everything that left so far; a line that a killed worker cut off doesn't count."""
    if not log.exists():
        return []
    fields = (line.split() for line in log.read_text().splitlines(keepends=True) if line.endswith("\n"))
    return [Delivered(float(at), int(tenant), int(row), provider) for at, tenant, row, provider in fields]


def delivered(log: Path) -> int:
    """How many messages left so far."""
    return log.read_bytes().count(b"\n") if log.exists() else 0


def until(holds: Callable[[], bool], seconds: float, pause: float = 0.1) -> bool:
    """Waits until something holds; False when it doesn't in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a worker as an operator would."""
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def table(rows: Mapping[str, object]) -> None:
    """Prints figures under each other."""
    width = max(map(len, rows))
    for name, value in rows.items():
        print(f"{name:<{width}}  {value:.1f}" if isinstance(value, float) else f"{name:<{width}}  {value}")
