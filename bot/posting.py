"""Sending for the sessions of a host at a pace that protects their numbers.

Each session with something to send has a thread of its own for as long as that lasts: waiting and typing in one chat
keep no other session waiting. What waits hasn't been claimed: a host that is killed while it waits leaves nothing in
doubt.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import structlog

from bot.pacing import Pace
from bot.sender import Sender
from bot.transports.base import Key, TransportError
from bot.transports.neonize.terms import Restricted
from services.db.engine import Database, Tx, is_outage
from services.messaging import outbox, pending
from services.messaging.notices import tell_of_slow_start
from services.messaging.outbox import Claimed, Sent
from services.messaging.pending import Next

log = structlog.get_logger(__name__)

# Looked at again after so many seconds at the most: something more urgent may have come.
GLANCE = 2.0
# With only messages left that may not go yet, the outbox is looked at again after so many seconds.
COLD_REST = 60.0


@dataclass
class Outlet:
    """A connected session as its sender sees it. `own_chats` are the owner's own, where nobody needs to type.

    `rest` hears for how many seconds there is nothing that may be sent.
    """

    key: Key
    pace: Pace
    typing: Callable[[str, bool], None]
    own_chats: Collection[str]
    rest: Callable[[float], None] = lambda _seconds: None


class Postman:
    """Sends what one session has to send, each message when its time has come."""

    def __init__(self, db: Database, sender: Sender, outlet: Outlet, ending: threading.Event) -> None:
        self._db = db
        self._sender = sender
        self._outlet = outlet
        self._ending = ending
        self._crowd = 0

    def work(self) -> None:
        """Sends until nothing is left that may be sent now, or the host ends."""
        done: Sent | None = None
        while not self._ending.is_set():
            head, wait, message = self._choose(done)
            done = None
            if head is None:
                return
            if wait > 0:
                self._ending.wait(min(wait, GLANCE))
                continue
            message = message or self._type(head)
            if message is not None:
                done = self._send(message, head)
        if done is not None:
            self._choose(done)

    def _choose(self, done: Sent | None) -> tuple[Next | None, float, Claimed | None]:
        """Records what was sent, and finds what comes next and how long it has to wait; claims it if it is due."""
        pace, now = self._outlet.pace, time.monotonic()
        with self._db.tenant(self._outlet.key[0]) as tx:
            if done is not None:
                pending.record_sent(tx, done)
            warm_only = not pace.cold_allowed(now)
            heads = pending.next_up(tx, self._outlet.key[1], cold=not warm_only)
            self._crowd = len(heads) - 1
            head, wait = self._soonest(heads, now)
            if head is None and warm_only:
                self._leave_cold(tx)
            if head is None or wait > 0 or self._typing_time(head) > 0 or self._ending.is_set():
                return head, wait, None
            return head, wait, outbox.claim(tx, self._outlet.key[1], only=head.id)

    def _leave_cold(self, tx: Tx) -> None:
        """What waits goes to people who have never written, and no more of that may go now: the owner is told."""
        waiting = len(pending.next_up(tx, self._outlet.key[1], cold=True))
        if waiting:
            tell_of_slow_start(tx, self._outlet.key[1])
            self._outlet.rest(COLD_REST)

    def _soonest(self, heads: Sequence[Next], now: float) -> tuple[Next | None, float]:
        best: tuple[Next | None, float] = (None, 0.0)
        for head in heads:
            own = head.chat in self._outlet.own_chats
            wait = self._outlet.pace.wait(now, head.chat, own_chat=own, cold=head.cold and not own)
            if wait <= 0:
                return head, 0.0
            if best[0] is None or wait < best[1]:
                best = head, wait
        return best

    def _typing_time(self, head: Next) -> float:
        own = head.chat in self._outlet.own_chats
        return self._outlet.pace.typing(head.length, head.kind, own, crowd=self._crowd)

    def _type(self, head: Next) -> Claimed | None:
        """Shows that somebody is typing for as long as the text takes, then claims the message if it still waits."""
        self._outlet.typing(head.chat, True)
        self._ending.wait(self._typing_time(head))
        if self._ending.is_set():
            return None
        with self._db.tenant(self._outlet.key[0]) as tx:
            return outbox.claim(tx, self._outlet.key[1], only=head.id)

    def _send(self, message: Claimed, head: Next) -> Sent | None:
        """Hands a message over; a success is returned, to be recorded along with the next choice."""
        result = self._sender.attempt(message)
        now = time.monotonic()
        if isinstance(result, str):
            own = message.chat in self._outlet.own_chats
            self._outlet.pace.sent(now, message.chat, head.cold and not own, own_chat=own)
            return Sent(message.id, result)
        if isinstance(result, Restricted):
            self._outlet.pace.pause_cold(now + (result.retry_after or 0))
        elif isinstance(result, TransportError) and result.retry_after is not None and not result.permanent:
            self._outlet.pace.pause(now + result.retry_after, str(result))
        with self._db.tenant(self._outlet.key[0]) as tx:
            self._sender.record(tx, message, result)
        return None


class PostOffice:
    """Has every session's messages sent, each session by one thread at a time."""

    def __init__(self, db: Database, sender: Sender, outlet_of: Callable[[Key], Outlet | None]) -> None:
        """`outlet_of` gives the connected session of a key, None when it isn't connected here."""
        self._db = db
        self._sender = sender
        self._outlet_of = outlet_of
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._busy: dict[Key, bool] = {}

    def wake(self, key: Key) -> None:
        """Has a session look at its outbox, now or when it has finished what it is at."""
        with self._lock:
            if self._ending.is_set():
                return
            if key in self._busy:
                self._busy[key] = True
                return
            self._busy[key] = False
        threading.Thread(target=self._run, args=(key,), name=f"post-{key[1]}", daemon=True).start()

    def _run(self, key: Key) -> None:
        while True:
            try:
                outlet = self._outlet_of(key)
                if outlet is not None:
                    Postman(self._db, self._sender, outlet, self._ending).work()
            except Exception as error:
                if is_outage(error):
                    log.error("the database is away; sending goes on later", tenant=key[0], session=key[1])
                else:
                    log.exception("sending failed", tenant=key[0], session=key[1])
                self._ending.wait(1.0)
            with self._lock:
                if not self._busy[key] or self._ending.is_set():
                    del self._busy[key]
                    return
                self._busy[key] = False

    def end(self, seconds: float) -> bool:
        """Lets messages at hand be finished, for so many seconds at the most; False when some weren't."""
        self._ending.set()
        deadline = time.monotonic() + seconds
        while self._busy and time.monotonic() < deadline:
            time.sleep(0.02)
        return not self._busy
