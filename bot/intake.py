"""From a transport's callbacks to the inbox: whatever comes in is taken at once and written in batches.

WhatsApp counts a message as received before our callback has ended, so the callback only puts it here. One thread
writes what has gathered, in order, many messages of a session in one transaction; while the database is away it keeps
everything and tries again.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence

import structlog

from bot.transports.base import Key
from bot.transports.neonize.terms import Receipt
from services.db.engine import Database, is_outage
from services.messaging import inbox, outbox
from services.messaging.inbox import Inbound

log = structlog.get_logger(__name__)

BATCH = 200
# A receipt may be faster than the note that its message was sent; it is tried again this many times, a second apart.
RECEIPT_TRIES = 10


class Intake:
    """Takes what comes in for the sessions of a host, each known by its tenant and number: a `Key`."""

    def __init__(self, db: Database, files_wanted: Callable[[Key, Sequence[str]], None]) -> None:
        """`files_wanted` hears of accepted messages whose files are to be fetched."""
        self._db = db
        self._files_wanted = files_wanted
        self._gathered: list[tuple[Key, Inbound | Receipt]] = []
        self._in_hand: list[tuple[Key, Inbound | Receipt]] = []
        self._tries: dict[Receipt, int] = defaultdict(int)
        self._lock = threading.Condition()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def take(self, key: Key, item: Inbound | Receipt) -> None:
        """Takes a message or receipt of a session; returns at once."""
        with self._lock:
            self._gathered.append((key, item))
            self._lock.notify_all()

    def end(self, seconds: float) -> list[tuple[Key, Inbound]]:
        """Writes what is left, for so many seconds at the most; returns the messages that could not be written."""
        with self._lock:
            self._ending = True
            self._lock.notify_all()
        self._thread.join(seconds)
        with self._lock:
            left = [*self._in_hand, *self._gathered] if self._thread.is_alive() else self._gathered
            return [(key, item) for key, item in left if isinstance(item, Inbound)]

    def _run(self) -> None:
        while True:
            with self._lock:
                while not self._gathered and not self._ending:
                    self._lock.wait()
                if not self._gathered:
                    return
                self._in_hand, self._gathered = self._gathered, []
            left = self._write(self._in_hand)
            self._in_hand = []
            if left:
                with self._lock:
                    self._gathered = left + self._gathered
                    only_receipts = all(isinstance(item, Receipt) for _key, item in self._gathered)
                    if self._ending and only_receipts:
                        return
                    self._lock.wait(1.0)

    def _write(self, batch: list[tuple[Key, Inbound | Receipt]]) -> list[tuple[Key, Inbound | Receipt]]:
        """Writes what can be written; returns what is to be tried again, in order."""
        sorted_out: dict[Key, list[Inbound | Receipt]] = defaultdict(list)
        for key, item in batch:
            sorted_out[key].append(item)
        left: list[tuple[Key, Inbound | Receipt]] = []
        for key, items in sorted_out.items():
            messages = [item for item in items if isinstance(item, Inbound)]
            receipts = [item for item in items if isinstance(item, Receipt)]
            left += [(key, message) for message in self._accept(key, messages)]
            left += [(key, receipt) for receipt in self._note(key, receipts)]
        return left

    def _accept(self, key: Key, messages: Sequence[Inbound]) -> Sequence[Inbound]:
        """Puts messages into the inbox; returns those that the database could not take now."""
        for start in range(0, len(messages), BATCH):
            part = messages[start : start + BATCH]
            try:
                self._accept_part(key, part)
            except Exception as error:  # noqa: BLE001 - sorted out message by message
                if is_outage(error):
                    log.error("the database is away; messages are kept", waiting=len(messages) - start)
                    return messages[start:]
                self._accept_singly(key, part)
        return ()

    def _accept_part(self, key: Key, part: Sequence[Inbound]) -> None:
        inbox.accept(self._db, *key, part)
        wanted = [each.provider_id for each in part if each.awaits_file]
        if wanted:
            self._files_wanted(key, wanted)

    def _accept_singly(self, key: Key, part: Sequence[Inbound]) -> None:
        """One message that the database refuses doesn't take the others of its batch with it."""
        for message in part:
            try:
                self._accept_part(key, [message])
            except Exception:
                log.exception("a message could not be taken in", tenant=key[0], session=key[1], id=message.provider_id)

    def _note(self, key: Key, receipts: Sequence[Receipt]) -> list[Receipt]:
        """Records receipts; returns those whose messages aren't known as sent yet."""
        if not receipts:
            return []
        again: list[Receipt] = []
        try:
            with self._db.tenant(key[0]) as tx:
                for receipt in receipts:
                    known = outbox.receipt(tx, key[1], receipt.kind, receipt.ids)
                    missing = tuple(each for each in receipt.ids if each not in known)
                    if missing and (tries := self._tries.pop(receipt, 0)) < RECEIPT_TRIES:
                        again.append(Receipt(receipt.kind, missing))
                        self._tries[again[-1]] = tries + 1
        except Exception as error:
            if not is_outage(error):
                log.exception("receipts could not be noted", tenant=key[0], session=key[1])
                return []
            return list(receipts)
        return again
