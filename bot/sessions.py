"""The session manager: makes what people want of WhatsApp sessions so, with session hosts and pairing processes.

The one door to sessions for whoever runs in this process. What is wanted stands in the database (`desired_state`), so
that the API, a chat command and a manager on another machine mean the same; a manager only sees to it that every
wanted session has a host that lives.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import URL

from bot import children
from bot.children import Child
from services.db.engine import Database, is_outage
from services.db.listening import Listener
from services.messaging import outbox
from services.messaging.outbox import Outgoing
from services.settings import Settings
from services.tenants import holding, pairings, sessions
from services.tenants.actors import SYSTEM, Actor
from services.tenants.pairings import Wanted
from services.tenants.sessions import Shown

log = structlog.get_logger(__name__)

# A host that has given no sign of life for so long is taken for dead; ours is killed first.
SILENT_AFTER = timedelta(seconds=30)
# A host that ends sooner than this after its start makes the next one wait, longer each time.
TOO_SOON, LONGEST_WAIT = 10.0, 60.0
# A host without sessions is ended after so many seconds.
IDLE_AFTER = 60.0
LOOK_EVERY = 2.0
# A code that was asked for within this time is being looked at.
WATCHED = timedelta(seconds=30)


class MultiSessionManager:
    """Runs session hosts and pairings on this machine, and takes orders about sessions."""

    def __init__(
        self, db: Database, url: URL, settings: Settings, start_child: Callable[..., Child] = children.start
    ) -> None:  # fmt: skip
        self._start_child = start_child
        self._db = db
        self._url = url
        self._settings = settings
        self._hosts: dict[str, Child] = {}
        self._idle_since: dict[str, float] = {}
        self._pairing: dict[str, tuple[Child, int, int]] = {}
        self._not_before = 0.0
        self._wait = 1.0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sessions", daemon=True)

    # The door.

    def create(self, tenant_id: int, phone: str, name: str = "main", *, limit: int = -1, actor: Actor = SYSTEM) -> int:
        """Adds a number to a tenant and begins to link it; returns the session's id. Raises `DomainError`."""
        with self._db.tenant(tenant_id) as tx:
            session = sessions.add(tx, actor, name, phone, sessions.KEPT, limit)
            sessions.start(tx, actor, session)
            return session.id

    def start(self, tenant_id: int, name: str | None = None, actor: Actor = SYSTEM) -> None:
        """Wants a session connected."""
        with self._db.tenant(tenant_id) as tx:
            sessions.start(tx, actor, sessions.of_tenant(tx, name))

    def stop(self, tenant_id: int, name: str | None = None, actor: Actor = SYSTEM) -> None:
        """Wants a session off; it stays linked."""
        with self._db.tenant(tenant_id) as tx:
            sessions.stop(tx, actor, sessions.of_tenant(tx, name))

    def restart(self, tenant_id: int, name: str | None = None, actor: Actor = SYSTEM) -> None:
        """Has a session begin anew."""
        with self._db.tenant(tenant_id) as tx:
            sessions.restart(tx, actor, sessions.of_tenant(tx, name))

    def logout(self, tenant_id: int, name: str | None = None, actor: Actor = SYSTEM) -> None:
        """Wants a session unlinked."""
        with self._db.tenant(tenant_id) as tx:
            sessions.logout(tx, actor, sessions.of_tenant(tx, name))

    def send(self, tenant_id: int, chat: str, text: str, name: str | None = None) -> None:
        """Puts a text for a chat (`phone:628…`) into the outbox of a session."""
        with self._db.tenant(tenant_id) as tx:
            outbox.put(tx, [Outgoing(sessions.of_tenant(tx, name).id, chat, text)])

    def list(self) -> Sequence[Shown]:
        """Every session of the installation."""
        with self._db.system() as tx:
            return sessions.everyone(tx)[0]

    def health(self) -> Mapping[str, int]:
        """How many sessions are in each state."""
        with self._db.system() as tx:
            return sessions.by_state(tx)

    # Its life.

    def begin(self) -> None:
        """Begins to look after sessions, in a thread of its own."""
        self._thread.start()

    def end(self, grace: float = children.GRACE) -> None:
        """Ends every child process, within `grace` seconds and a moment."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(2.0)
        children.stop(self._children(), grace)

    def _children(self) -> Sequence[Child]:
        return [*self._hosts.values(), *(child for child, _tenant, _session in self._pairing.values())]

    def _run(self) -> None:
        """Looks when something was said about sessions, when a child has ended, and now and then by itself."""
        listener = Listener(self._url, ("sessions",))
        looked = 0.0
        while not self._ending.is_set():
            said = listener.wait(0.5)
            all_live = all(child.is_alive for child in self._children())
            if not said and all_live and time.monotonic() - looked < LOOK_EVERY:
                continue
            looked = time.monotonic()
            try:
                self.step()
            except Exception as error:
                if is_outage(error):
                    log.error("the database is away; sessions go on as they are")
                else:
                    log.exception("a look at the sessions failed")
        listener.close()

    def step(self) -> None:
        """One look: who has ended, who is silent, who waits for a host or for a pairing."""
        self._bury()
        with self._db.system() as tx:
            silent = holding.silent_hosts(tx, tx.now - SILENT_AFTER)
            wanted = pairings.wanted(tx, max(self._settings.whatsapp_max_pairings - len(self._pairing), 1))
            load = holding.load(tx)
            room = max(self._settings.whatsapp_max_sessions - sum(load.values()), 0)
            waiting = holding.waiting_for_host(tx, room)
        for host in silent:
            self._give_up(host)
        self._pair(wanted)
        self._place(load, waiting)

    def _bury(self) -> None:
        """Deals with children that have ended."""
        for host, child in list(self._hosts.items()):
            if not child.is_alive:
                lived = time.monotonic() - child.started
                self._wait = min(self._wait * 2, LONGEST_WAIT) if lived < TOO_SOON else 1.0
                self._not_before = time.monotonic() + (self._wait if lived < TOO_SOON else 0)
                log.warning("session host ended", host=host, code=child.process.returncode, lived=round(lived))
                del self._hosts[host]
                self._release(host, "its host process ended")
        for holder, (child, tenant, session) in list(self._pairing.items()):
            if not child.is_alive:
                del self._pairing[holder]
                with self._db.tenant(tenant) as tx:
                    pairings.round_ended(tx, session, holder, self._settings.whatsapp_max_qr_attempts, "pairing failed")

    def _give_up(self, host: str) -> None:
        """A host gives no sign of life: it is killed if it is ours, and its sessions are free."""
        child = self._hosts.pop(host, None)
        if child is not None:
            log.error("session host hangs", host=host, pid=child.process.pid)
            child.kill()
        self._release(host, "its host process gave no sign of life")

    def _release(self, host: str, reason: str) -> None:
        with self._db.system() as tx:
            freed = holding.release(tx, host)
        for tenant, session_id in freed:
            with self._db.tenant(tenant) as tx:
                sessions.move(tx, sessions.get(tx, session_id), "reconnecting", reason)

    def _pair(self, wanted: Sequence[Wanted]) -> None:
        """Gives pairings that wait a process each; one asked for takes the place of one that nobody looks at."""
        for each in wanted:
            if len(self._pairing) >= self._settings.whatsapp_max_pairings and not self._make_room(each):
                return
            holder = f"pair-{uuid.uuid4().hex[:12]}"
            with self._db.system() as tx:
                taken = pairings.take(tx, each, holder)
            if taken:
                task = {"tenant": each.tenant_id, "session": each.session_id, "phone": each.phone, **self._task()}
                self._pairing[holder] = (
                    self._start_child("pairing", holder, task), each.tenant_id, each.session_id,
                )  # fmt: skip

    def _make_room(self, wanted: Wanted) -> bool:
        """Ends a pairing whose code nobody has asked for of late, for one that somebody waits for."""
        with self._db.system() as tx:
            if wanted.asked_at is None or wanted.asked_at < tx.now - WATCHED:
                return False
            holder = pairings.unwatched(tx, list(self._pairing), tx.now - WATCHED)
        if holder is None:
            return False
        child, tenant, session = self._pairing.pop(holder)
        child.kill()
        with self._db.tenant(tenant) as tx:
            pairings.put_back(tx, session, holder)
        return True

    def _task(self) -> dict[str, object]:
        return {"url": self._url.render_as_string(hide_password=False), "log": self._settings.whatsapp_log_level}

    def _place(self, load: Mapping[str, int], waiting: Sequence[tuple[int, int]]) -> None:
        """Gives sessions that wait a host with room, and starts hosts as they are needed."""
        for host in sorted(self._hosts, key=lambda each: load.get(each, 0)):
            room = self._settings.whatsapp_sessions_per_host - load.get(host, 0)
            waiting = self._assign(host, waiting, room)
        while waiting and time.monotonic() >= self._not_before and not self._ending.is_set():
            host = self._start_host()
            waiting = self._assign(host, waiting, self._settings.whatsapp_sessions_per_host)
        self._end_idle(load)

    def _assign(
        self, host: str, waiting: Sequence[tuple[int, int]], room: int
    ) -> Sequence[tuple[int, int]]:  # fmt: skip
        part, rest = waiting[: max(room, 0)], waiting[max(room, 0) :]
        if part:
            with self._db.system() as tx:
                holding.assign(tx, host, part)
        return rest

    def _start_host(self) -> str:
        """A new host; it is known to the database at once, so that it can be missed."""
        host = f"host-{uuid.uuid4().hex[:12]}"
        self._hosts[host] = child = self._start_child("host", host, self._task())
        with self._db.system() as tx:
            holding.heartbeat(tx, host, "starting", child.process.pid)
        return host

    def _end_idle(self, load: Mapping[str, int]) -> None:
        """Ends hosts that have had nothing to keep for a while."""
        now = time.monotonic()
        idle = {host for host in self._hosts if not load.get(host)}
        self._idle_since = {host: self._idle_since.get(host, now) for host in idle}
        over = [host for host, since in self._idle_since.items() if now - since > IDLE_AFTER]
        ended = [self._hosts.pop(host) for host in over]
        children.stop(ended)
        for child in ended:
            with self._db.system() as tx:
                holding.release(tx, child.id)
