"""Looking up what the sessions of a host know of people and groups, one after another, in a thread of its own.

WhatsApp may take its time with the groups, so neither who keeps the sessions nor who listens ever waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from bot.transports.base import Key, TransportError
from services.db.engine import Database
from services.messaging import directories, syncing
from services.messaging.directories import Directory
from services.messaging.syncing import Waiting

log = structlog.get_logger(__name__)

LOOK_EVERY = 5.0


class Knows(Protocol):
    """A session's client, as far as it is asked here."""

    def directory(self) -> Directory: ...


class Directories:
    """Does what is asked of the sessions of a host."""

    def __init__(self, db: Database, connected: Callable[[], Sequence[Key]], client: Callable[[Key], Knows]) -> None:
        """`connected` are the sessions that are there; `client` is one's client, or raises `TransportError`."""
        self._db = db
        self._connected = connected
        self._client = client
        self._look = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="directories", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Has it look at once; may be called from any thread."""
        self._look.set()

    def end(self) -> None:
        self._ending.set()
        self._look.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._look.wait(LOOK_EVERY)
            self._look.clear()
            try:
                self.step()
            except Exception as error:  # noqa: BLE001 - looked for again in a moment
                log.warning("what is asked of address books could not be looked for", error=repr(error))

    def step(self) -> None:
        """Does everything that waits now."""
        keys = self._connected()
        if not keys or self._ending.is_set():
            return
        with self._db.system() as tx:
            found = syncing.waiting(tx, [session for _tenant, session in keys])
        for each in found:
            if not self._ending.is_set():
                self._do(each)

    def _do(self, wanted: Waiting) -> None:
        with self._db.tenant(wanted.tenant_id) as tx:
            if not syncing.take(tx, wanted.id):
                return
        try:
            directory = self._client((wanted.tenant_id, wanted.session_id)).directory()
            keep(self._db, wanted.tenant_id, wanted.id, directory)
        except Exception as error:
            known = isinstance(error, TransportError)
            log.warning(
                "an address book could not be read", tenant=wanted.tenant_id, session=wanted.session_id,
                error=str(error), exc_info=None if known else error,
            )  # fmt: skip
            with self._db.tenant(wanted.tenant_id) as tx:
                syncing.fail(tx, wanted.id, str(error) if known else "internal_error")


def keep(db: Database, tenant_id: int, sync_id: int, directory: Directory) -> None:
    """Writes what was found, in transactions that don't last long."""
    for part in directories.parts(directory.people):
        with db.tenant(tenant_id) as tx:
            directories.keep_people(tx, sync_id, part)
    with db.tenant(tenant_id) as tx:
        directories.keep_groups(tx, sync_id, directory.groups)
        syncing.done(tx, sync_id)


def play(db: Database, tenant_id: int, sync_id: int) -> None:
    """The same for a number of the simulator."""
    with db.tenant(tenant_id) as tx:
        if not syncing.take(tx, sync_id):
            return
        directory = directories.played_directory(tx, syncing.session_of(tx, sync_id))
    keep(db, tenant_id, sync_id, directory)
