"""The database goes away under a running worker, and comes back: everything accepted is handled, once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from bot import tasks
from bot import worker as worker_module
from bot.sender import Sender
from bot.tasks import Jobs
from bot.transports.base import Delivery
from bot.worker import Worker
from handlers.multi_tenant import MultiTenantMessageHandler
from services.clock import SystemClock
from services.db.embedded import EmbeddedServer, start_embedded
from services.db.engine import Database, make_engine
from services.db.opening import migrate
from services.messaging.files import FileStore
from services.settings import load_settings
from services.tenants.tenants import NewTenant, register
from tests.bot.test_run import accept
from tests.conftest import KEY, OWNER
from tests.db.asking import eventually, rows, value

# What isn't finished yet.
OPEN = """
    select (select count(*) from messages where processed_at is null)
        + (select count(*) from outbox where status in ('queued', 'sending'))
"""


class Taken:
    """A transport that takes everything."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def send(self, delivery: Delivery) -> str:
        self.texts.append(delivery.text)
        return f"WA-{delivery.id}"


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A server that the test may stop."""
    server = start_embedded(tmp_path / "db", KEY)
    yield server
    start_embedded(tmp_path / "db", KEY).stop()


def insist(database: Database, place: object, id_: str, text: str) -> None:
    """As a transport does: hands a message over until it has been acknowledged."""
    deadline = time.monotonic() + 20
    while True:
        try:
            accept(database, place, id_, text)  # type: ignore[arg-type]
            return
        except DBAPIError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_nothing_is_lost_while_the_database_is_away(
    own_server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "FORGOTTEN_AFTER", tasks.FORGOTTEN_AFTER / 100)
    monkeypatch.setattr(tasks, "ABANDONED_AFTER", tasks.ABANDONED_AFTER / 60)
    monkeypatch.setattr(worker_module, "CONNECTING", 1.0)
    monkeypatch.setattr(worker_module, "PATIENCE", 0.5)
    url = migrate(own_server.url, KEY)
    database = Database(make_engine(url, 6), SystemClock())
    place = register(database, NewTenant("Toko Maju", OWNER))
    settings = load_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY.decode()})
    transport = Taken()
    files = FileStore(tmp_path / "files")
    handler = MultiTenantMessageHandler(database, settings)
    jobs = Jobs(database, settings, handler, Sender(database, transport, files), files)
    worker = Worker(url, jobs.table(), 3)
    running = threading.Thread(target=worker.run, daemon=True)
    with capture_logs() as log:
        running.start()
        insist(database, place, "X0", "pinjam Budi 100rb")
        eventually(lambda: transport.texts)
        own_server.stop()
        late = threading.Thread(target=insist, args=(database, place, "X1", "Budi bayar 11rb"))
        late.start()
        eventually(lambda: any("database can't be reached" in line["event"] for line in log))
        again = start_embedded(tmp_path / "db", KEY)
        late.join(20)
        for n in range(2, 6):
            rows(
                again.url,
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app_login'",
            )
            insist(database, place, f"X{n}", f"Budi bayar 1{n}rb")
        insist(database, place, "X9", "status Budi")
        deadline = time.monotonic() + 20
        while value(again.url, OPEN):
            assert time.monotonic() < deadline
            time.sleep(0.3)
            ring_for_the_sweep(jobs)
    worker.stop()
    running.join(10)
    assert not running.is_alive()
    assert value(again.url, "select count(*) from messages where attempts > 0") == 0
    assert value(again.url, "select count(*) from ledger_entries where kind = 'payment'") == 5
    # A send that was cut off is told of instead; none is repeated.
    assert len(transport.texts) == len(set(transport.texts)) >= 7
    assert any("35.000" in text for text in transport.texts)
    database.close()


def ring_for_the_sweep(jobs: Jobs) -> None:
    """What the bell does every half minute; a connection may have been ended under it."""
    try:
        jobs.sweep()
    except DBAPIError:
        return
