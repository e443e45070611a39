"""A session host in this process with the library played at its edge, for tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Connection

from bot import fetching, posting
from bot import host as host_module
from bot.host import Host
from bot.transports.neonize import store
from bot.transports.neonize.client import Line
from bot.transports.neonize.terms import LineEvents, Own
from services.clock import SystemClock
from services.db.engine import Database
from services.messaging import outbox
from services.messaging.files import FileStore
from services.messaging.outbox import Outgoing
from services.settings import Settings
from services.tenants import holding, pairings, sessions
from services.tenants.actors import SYSTEM
from services.tenants.tenants import NewTenant, Registered, register
from tests.bot.neonize.events import CUSTOMER
from tests.bot.neonize.library import PlayedLibrary
from tests.bot.neonize.stores import add_device
from tests.conftest import OWNER, Server
from tests.db.asking import eventually, rows, value

BUDI = f"phone:{CUSTOMER}"
DEVICE = 7


class Kept:
    """A host in this process, and the numbers that it keeps."""

    def __init__(self, db: Database, url: URL, settings: Settings, played: PlayedLibrary, owner: Connection) -> None:
        self.db = db
        self.played = played
        self.owner = owner
        self.folder = settings.data_dir / "whatsapp"
        self.files = FileStore(settings.data_dir / "files")
        self.made: list[Line] = []
        self.host = Host("host-1", db, url, settings, self.files, self._client, self._forget)
        self.thread = threading.Thread(target=self.host.run, daemon=True)

    def _store(self, key: tuple[int, int]) -> str:
        return store.store_name(self.folder, None, *key)

    def _client(self, key: tuple[int, int], own: Own, events: LineEvents) -> Line:
        self.made.append(Line(self._store(key), own, events))
        return self.made[-1]

    def _forget(self, key: tuple[int, int], own: Own) -> None:
        store.forget(self._store(key), own)

    def link(self, name: str, number: str) -> Registered:
        """A tenant whose number was paired, and is this host's to keep."""
        place = register(self.db, NewTenant(name, number, provider="neonize", status="pending_qr"))
        with self.db.tenant(place.tenant_id) as tx:
            sessions.start(tx, SYSTEM, sessions.of_tenant(tx))
            pairings.succeeded(tx, place.session_id, number, DEVICE, None, name)
        add_device(Path(self._store((place.tenant_id, place.session_id))), Own(number, DEVICE))
        with self.db.system() as tx:
            holding.assign(tx, "host-1", [(place.tenant_id, place.session_id)])
        return place

    def state(self, place: Registered) -> str:
        return str(value(self.owner, f"select state from sessions where id = {place.session_id}"))

    def until(self, place: Registered, state: str) -> None:
        eventually(lambda: self.state(place) == state)

    def connect(self, place: Registered, number: str) -> None:
        self.played.connect(number)
        self.until(place, "connected")

    def put(self, place: Registered, text: str, chat: str = BUDI, **more: Any) -> None:
        with self.db.tenant(place.tenant_id) as tx:
            outbox.put(tx, [Outgoing(place.session_id, chat, text, **more)])

    def sent(self, number: str = OWNER) -> list[str]:
        return [message.conversation for _to, message in self.played.sent(number)]

    def outbox(self) -> list[tuple[str, str]]:
        return [(row.body, row.status) for row in rows(self.owner, "select body, status from outbox order by id")]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for typing, or for a second try, in a test."""
    monkeypatch.setattr("bot.pacing.Pace.typing", lambda *_, **_more: 0.0)
    monkeypatch.setattr(fetching, "PAUSE", 0.01)
    monkeypatch.setattr(host_module, "HEARTBEAT", 0.1)
    monkeypatch.setattr(host_module, "LOOK_EVERY", 0.5)
    monkeypatch.setattr(posting, "GLANCE", 0.05)


@pytest.fixture
def kept(
    server: Server, serving: URL, settings: Settings, played: PlayedLibrary, owner: Connection, quick: None
) -> Iterator[Kept]:  # fmt: skip
    database = Database(server.engine(serving.database, 6), SystemClock())
    made = Kept(database, serving, settings, played, owner)
    yield made
    made.host.end()
    if made.thread.ident is not None:
        made.thread.join(10)
        assert not made.thread.is_alive()
    for line in made.made:
        line.stop()
    database.close()


@pytest.fixture
def toko(kept: Kept) -> Registered:
    """A business whose number is connected."""
    place = kept.link("Toko Maju", OWNER)
    kept.thread.start()
    kept.until(place, "connected")
    return place
