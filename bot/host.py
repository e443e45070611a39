"""A session host: a process that keeps WhatsApp sessions connected, takes in what they receive and sends what waits.

One thread looks after the sessions (see `keeping`), one listens to the database, one writes what came in, and each
session that has something to send has a thread for as long as that lasts.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable

import structlog
from sqlalchemy import URL

from bot import spool
from bot.directories import Directories
from bot.fetching import Fetcher
from bot.intake import Intake
from bot.keeping import Client, Keeper
from bot.posting import Outlet, PostOffice
from bot.sender import Sender
from bot.transports.base import Delivery, Key, TransportError
from bot.transports.neonize.terms import Incoming, LineEvents, LineState, Own, Receipt
from services.db.engine import Database, is_outage
from services.db.listening import Listener
from services.messaging import pending
from services.messaging.addresses import Address
from services.messaging.files import FileStore
from services.messaging.inbox import Inbound
from services.settings import Settings
from services.tenants import holding

log = structlog.get_logger(__name__)

HEARTBEAT, LOOK_EVERY = 2.0, 5.0
# Whoever looks after the sessions and hasn't got on for so long hangs; the host then gives no more signs of life.
STUCK_AFTER = 60.0


class Host:
    """Keeps the sessions that are assigned to `id`."""

    def __init__(
        self, id: str, db: Database, url: URL, settings: Settings, files: FileStore,
        make_client: Callable[[Key, Own, LineEvents], Client], forget: Callable[[Key, Own], None],
    ) -> None:  # fmt: skip
        """`make_client` makes a session's client; `forget` deletes the keys of a device that is linked no more."""
        self.id = id
        self._db = db
        self._url = url
        self._spool = settings.data_dir / "spool"
        self._look = threading.Event()
        self._ending = threading.Event()
        self._keeper = Keeper(
            id, db, settings, lambda key, own: make_client(key, own, _Events(self, key)), forget, self._connected
        )
        self._fetcher = Fetcher(db, files, settings.whatsapp_media_max_mb * 2**20, self._download)
        self._intake = Intake(db, self._fetcher.fetch)
        self._directories = Directories(db, lambda: [held.key for held in self._keeper.connected()], self._client)
        self._office = PostOffice(db, Sender(db, self, files), self._outlet)

    # The host's life.

    def run(self) -> None:
        """Works until `end`; then gives back its sessions."""
        self._intake.start()
        self._directories.start()
        for path, messages in spool.taken(self._spool):
            log.info("messages of an earlier host", count=len(messages))
            for key, message in messages:
                self._intake.take(key, message)
            path.unlink()
        for name, work in (("heartbeat", self._beat), ("listener", self._listen)):
            threading.Thread(target=work, name=name, daemon=True).start()
        while not self._ending.is_set():
            try:
                self._keeper.step(self._ending.is_set)
            except Exception as error:
                if is_outage(error):
                    log.error("the database is away; sessions stay as they are", host=self.id)
                else:
                    log.exception("a look at the sessions failed", host=self.id)
            self._look.wait(LOOK_EVERY)
            self._look.clear()
        self._give_back()

    def end(self) -> None:
        """Ends the work; may be called from any thread."""
        self._ending.set()
        self._look.set()

    def _give_back(self) -> None:
        """Finishes what is being sent and written. The clients end with the process: that is what they survive best."""
        self._directories.end()
        finished = self._office.end(2.5)
        unwritten = self._intake.end(2.0)
        if unwritten or not finished:
            log.error("host ends in the middle", host=self.id, unwritten=len(unwritten), sending=not finished)
        if unwritten:
            spool.keep(self._spool, self.id, unwritten)
        try:
            with self._db.system() as tx:
                holding.release(tx, self.id)
        except Exception as error:  # noqa: BLE001 - nothing more can be done here
            log.warning("the sessions could not be given back; their manager will notice", error=repr(error))

    def _beat(self) -> None:
        """Signs of life, as long as the thread that looks after the sessions gets on."""
        while not self._ending.is_set():
            if time.monotonic() - self._keeper.progress < STUCK_AFTER:
                try:
                    with self._db.system() as tx:
                        holding.heartbeat(tx, self.id, socket.gethostname(), os.getpid())
                except Exception as error:  # noqa: BLE001 - the next one may succeed
                    log.warning("no sign of life could be given", host=self.id, error=repr(error))
            self._ending.wait(HEARTBEAT)

    def _listen(self) -> None:
        """Wakes who is meant by what the database says; once a second also what was planned for a later time."""
        listener = Listener(self._url, ("senders", "sessions"))
        planned = time.monotonic()
        while not self._ending.is_set():
            for channel, payload in listener.wait(1.0):
                if channel == "sessions":
                    self._look.set()
                    self._directories.wake()
                    continue
                tenant, _, session = payload.partition(":")
                self._wake(int(tenant), int(session))
            if time.monotonic() - planned >= 1.0:
                planned = time.monotonic()
                self._wake_planned()
        listener.close()

    def _wake(self, tenant: int, session: int) -> None:
        if self._keeper.connected_session((tenant, session)) is not None:
            self._office.wake((tenant, session))

    def _connected(self, key: Key) -> None:
        self._office.wake(key)
        self._fetcher.fetch(key, None)

    def _wake_planned(self) -> None:
        now = time.monotonic()
        connected = [held.key[1] for held in self._keeper.connected() if held.rests_until <= now]
        if not connected:
            return
        try:
            with self._db.system() as tx:
                due = pending.due_sessions(tx, connected)
        except Exception as error:  # noqa: BLE001 - looked for again in a second
            log.warning("planned messages could not be looked for", error=repr(error))
            return
        for tenant, session in due:
            self._wake(tenant, session)

    # What the sessions' clients say. Called from the library's threads.

    def changed(self, key: Key, state: LineState) -> None:
        """A session's connection changed; it is dealt with by the thread that looks after the sessions."""
        self._keeper.changed(key, state)
        self._look.set()

    def take(self, key: Key, item: Inbound | Receipt) -> None:
        """A message or a receipt came in."""
        self._intake.take(key, item)

    def _download(self, key: Key, ref: str) -> bytes:
        return self._client(key).download(ref)

    def _client(self, key: Key) -> Client:
        held = self._keeper.connected_session(key)
        if held is None:
            raise TransportError("the session is not connected", retry_after=5)
        return held.client

    # What the sender asks for.

    def send(self, delivery: Delivery) -> str:
        """Hands a message to its session's client; the host is the transport of all its sessions."""
        return self._client((delivery.tenant_id, delivery.session_id)).send(delivery)

    def _outlet(self, key: Key) -> Outlet | None:
        held = self._keeper.connected_session(key)
        if held is None:
            return None

        def typing(chat: str, on: bool) -> None:
            held.client.typing(Address.parse(chat), on)

        def rest(seconds: float) -> None:
            held.rests_until = time.monotonic() + seconds

        held.pace.new_day(self._db.clock.now())
        return Outlet(key, held.pace, typing, held.own_chats, rest)


class _Events:
    """What one client says, with the session that it is about."""

    def __init__(self, host: Host, key: Key) -> None:
        self._host = host
        self._key = key

    def received(self, incoming: Incoming) -> None:
        self._host.take(self._key, incoming.inbound)

    def receipt(self, receipt: Receipt) -> None:
        self._host.take(self._key, receipt)

    def state(self, state: LineState) -> None:
        self._host.changed(self._key, state)
