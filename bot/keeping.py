"""Keeping the sessions of a host: what is wanted of each is read from the database, made so, and reported there.

The library behind it tolerates no two sessions being started or stopped at once, so one thread does that, one by one.
"""

from __future__ import annotations

import queue
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.pacing import Pace, Rates
from bot.transports.base import Delivery, Key, TransportError
from bot.transports.neonize.terms import LineState, NotPaired, Own
from services.db.engine import Database
from services.db.models import WhatsAppSession
from services.messaging import pending
from services.messaging.addresses import Address
from services.messaging.directories import Directory
from services.settings import Settings
from services.tenants import holding, sessions

log = structlog.get_logger(__name__)

# A session that is started is given this long; the others of the host wait for it.
START_PATIENCE = 15.0
# Reconnecting is the library's own work for so long; then the session begins anew.
RECONNECTING_PATIENCE = 300.0
# A session that has been connected for so long has proved that it can be; its earlier tries are forgotten.
PROVED_AFTER = 10.0
LONGEST_PAUSE = timedelta(minutes=5)
REST_AFTER_FAILURE = timedelta(minutes=30)


class Client(Protocol):
    """A session's client, as `bot.transports.neonize.client.Line` is one."""

    def start(self, timeout: float) -> None: ...
    def stop(self) -> None: ...
    def logout(self) -> None: ...
    def send(self, delivery: Delivery) -> str: ...
    def typing(self, chat: Address, on: bool) -> None: ...
    def download(self, ref: str) -> bytes: ...
    def me(self) -> tuple[Own, str | None]: ...
    def directory(self) -> Directory: ...


@dataclass
class Held:
    """A session that this host keeps."""

    key: Key
    own: Own
    client: Client
    pace: Pace
    connected: bool = False
    changed: float = field(default_factory=time.monotonic)
    proved: bool = False
    rests_until: float = 0.0

    @property
    def own_chats(self) -> frozenset[str]:
        return frozenset({f"phone:{self.own.phone}", f"lid:{self.own.lid}"})


class Keeper:
    """Starts, stops and watches the sessions that are assigned to a host.

    All but `changed`, `connected` and `connected_session` is for one thread.
    """

    def __init__(
        self, id: str, db: Database, settings: Settings, make_client: Callable[[Key, Own], Client],
        forget: Callable[[Key, Own], None], connected: Callable[[Key], None],
    ) -> None:  # fmt: skip
        """`make_client` makes a session's client; `forget` deletes the keys of a device that is linked no more;
        `connected` hears of each session that is there.
        """
        self._id = id
        self._db = db
        self._settings = settings
        self._make_client = make_client
        self._forget = forget
        self._when_connected = connected
        self._held: dict[Key, Held] = {}
        self._changes: queue.SimpleQueue[tuple[Key, LineState]] = queue.SimpleQueue()
        self.progress = time.monotonic()

    def changed(self, key: Key, state: LineState) -> None:
        """A session's connection changed, says its client, from any thread; it is dealt with in the next step."""
        self._changes.put((key, state))

    def connected_session(self, key: Key) -> Held | None:
        """A session of this host, if it is connected now."""
        held = self._held.get(key)
        return held if held is not None and held.connected else None

    def connected(self) -> list[Held]:
        """The sessions that are connected now."""
        return [held for held in list(self._held.values()) if held.connected]

    def step(self, ending: Callable[[], bool] = lambda: False) -> None:
        """Deals with changes, lets go of what isn't ours any more, and starts what is wanted."""
        self.progress = time.monotonic()
        self._deal_with_changes()
        self._note_proved()
        with self._db.system() as tx:
            mine = {(row.tenant_id, row.id): row for row in holding.held_by(tx, self._id)}
        for key in [key for key in self._held if key not in mine]:
            self._drop(key)
        for key, row in mine.items():
            if ending():
                return
            self._make_so(key, row)
            self.progress = time.monotonic()
            self._deal_with_changes()

    def _make_so(self, key: Key, row: WhatsAppSession) -> None:
        held = self._held.get(key)
        if row.desired_state == "stopped":
            self._drop(key)
            self._report(key, "stopped", "asked for", let_go=True)
        elif held is None and row.device is not None:
            self._start(key, row)
        elif row.desired_state == "logged_out" and held is not None and held.connected:
            self._log_out(held)
        elif held is not None and not held.connected and self._is_stuck(held):
            self._drop(key)
            self._retry_later(key, "reconnecting took too long")

    @staticmethod
    def _is_stuck(held: Held) -> bool:
        return time.monotonic() - held.changed > RECONNECTING_PATIENCE

    def _start(self, key: Key, row: WhatsAppSession) -> None:
        """Starts a session; what it cost is noted before, so that one that kills the host isn't tried for ever."""
        assert row.device is not None
        with self._db.tenant(key[0]) as tx:
            session = sessions.get(tx, key[1])
            if session.holder != self._id:
                return
            self._plan_retry(session, tx.now)
            pace = self._pace(
                row.paired_at or tx.now, tx.now, pending.cold_since(tx, key[1], tx.now - timedelta(days=1))
            )
        own = Own(row.phone, row.device, row.lid)
        held = Held(key, own, self._make_client(key, own), pace)
        self._held[key] = held
        try:
            held.client.start(min(START_PATIENCE, self._settings.whatsapp_connection_timeout / 1000))
        except NotPaired as error:
            log.warning("session is not paired any more", tenant=key[0], session=key[1], error=str(error))
            self._unlink(held, str(error))
        except TransportError as error:
            log.warning("session could not be started", tenant=key[0], session=key[1], error=str(error))
            self._deal_with_changes()
            if key in self._held and not held.connected:
                self._drop(key)
                self._retry_later(key, str(error))

    @staticmethod
    def _pace(paired_at: datetime, now: datetime, cold: Sequence[datetime]) -> Pace:
        """The pace of a number of that age, which has sent cold messages at those times."""
        pace = Pace(Rates(), paired_at, random.Random())  # noqa: S311 - jitter
        pace.new_day(now)
        for moment in cold:
            pace.sent(time.monotonic() - (now - moment).total_seconds(), "", True)
        return pace

    def _plan_retry(self, session: WhatsAppSession, now: datetime) -> None:
        """Notes a try, and when the next may be if this one comes to nothing."""
        session.attempts += 1
        session.retry_at = now + self._pause(session.attempts)

    def _pause(self, attempts: int) -> timedelta:
        if attempts > self._settings.whatsapp_max_reconnect_attempts:
            return REST_AFTER_FAILURE * random.uniform(0.9, 1.3)  # noqa: S311 - jitter
        delay = timedelta(milliseconds=self._settings.whatsapp_reconnect_delay * 2 ** (attempts - 1))
        return min(delay, LONGEST_PAUSE) * random.uniform(0.7, 1.3)  # noqa: S311 - jitter

    def _retry_later(self, key: Key, reason: str) -> None:
        """Gives a session back that could not be connected; after too many tries it counts as failed."""
        with self._db.tenant(key[0]) as tx:
            session = sessions.get(tx, key[1])
            if session.holder == self._id:
                session.holder = None
                given_up = session.attempts > self._settings.whatsapp_max_reconnect_attempts
                sessions.move(tx, session, "failed" if given_up else "reconnecting", reason)

    def _log_out(self, held: Held) -> None:
        try:
            held.client.logout()
        except TransportError as error:
            log.warning("unlinking failed", tenant=held.key[0], session=held.key[1], error=str(error))
            return
        self._unlink(held, "asked for")

    def _unlink(self, held: Held, reason: str) -> None:
        """The device is linked no more: its keys go, and the number has to be paired again."""
        self._drop(held.key)
        self._forget(held.key, held.own)
        with self._db.tenant(held.key[0]) as tx:
            session = sessions.get(tx, held.key[1])
            session.device, session.holder = None, None
            sessions.move(tx, session, "logged_out", reason)

    def _drop(self, key: Key) -> None:
        """Ends a session's client, if there is one."""
        held = self._held.pop(key, None)
        if held is not None:
            held.connected = False
            held.client.stop()

    def _report(
        self, key: Key, state: str, reason: str, *, let_go: bool = False, again: timedelta | None = None
    ) -> None:
        with self._db.tenant(key[0]) as tx:
            session = sessions.get(tx, key[1])
            if session.holder != self._id:
                return
            if let_go:
                session.holder = None
            if again is not None:
                session.retry_at = tx.now + again
            sessions.move(tx, session, state, reason)

    def _deal_with_changes(self) -> None:
        while True:
            try:
                key, state = self._changes.get_nowait()
            except queue.Empty:
                return
            held = self._held.get(key)
            if held is not None:
                self._deal_with(held, state)

    def _deal_with(self, held: Held, state: LineState) -> None:
        log.info("session", tenant=held.key[0], session=held.key[1], state=state.kind, reason=state.reason)
        held.changed = time.monotonic()
        match state.kind:
            case "connected":
                self._connected(held)
            case "disconnected":
                held.connected = False
                self._report(held.key, "reconnecting", state.reason or "connection lost")
            case "logged_out":
                told = "" if state.reason in ("logged_out", "unknown") else f" ({state.reason})"
                self._unlink(held, f"unlinked on the phone{told}")
            case "replaced":
                self._drop(held.key)
                self._report(held.key, "replaced", state.reason or "opened elsewhere", let_go=True)
            case "banned":
                self._drop(held.key)
                again = timedelta(seconds=max(state.until or 0, 3600))
                self._report(held.key, "banned", state.reason, let_go=True, again=again)
            case "outdated" | "failed":
                self._drop(held.key)
                self._retry_later(held.key, state.reason or state.kind)

    def _connected(self, held: Held) -> None:
        held.connected = True
        try:
            own, push_name = held.client.me()
        except TransportError as error:
            log.warning("session doesn't know itself", tenant=held.key[0], session=held.key[1], error=str(error))
            own, push_name = held.own, None
        held.own = Own(held.own.phone, held.own.device, own.lid or held.own.lid)
        with self._db.tenant(held.key[0]) as tx:
            session = sessions.get(tx, held.key[1])
            if session.holder != self._id:
                return
            session.lid, session.push_name = held.own.lid, push_name or session.push_name
            sessions.move(tx, session, "connected")
        self._when_connected(held.key)

    def _note_proved(self) -> None:
        """Forgets the earlier tries of sessions that have been connected for a while."""
        now = time.monotonic()
        proved = [held for held in self.connected() if not held.proved and now - held.changed > PROVED_AFTER]
        if proved:
            with self._db.system() as tx:
                holding.proved(tx, [held.key[1] for held in proved])
            for held in proved:
                held.proved = True
