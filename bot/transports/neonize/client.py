"""One paired session: connects, sends, fetches files, and tells what happens. Lives in a process that hosts sessions.

The library aborts its process when sessions are started and stopped at the same time or while others are asked, when a
client that was stopped is asked anything, or when a device is unknown. So starts and stops happen one after another
behind a gate, calls are counted and a stop waits for them, and nothing is asked of a session that ended.
"""

from __future__ import annotations

import base64
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import structlog

from bot.transports.base import Delivery, TransportError
from bot.transports.neonize import library, store
from bot.transports.neonize.codec import encode, jid_of, media_type
from bot.transports.neonize.contents import words
from bot.transports.neonize.directory import groups_of, people_of
from bot.transports.neonize.failures import SOON, download_failure_of, failure_of, upload_failure_of
from bot.transports.neonize.gate import Gate
from bot.transports.neonize.listening import Listener
from bot.transports.neonize.terms import LineEvents, LineState, NotPaired, Own
from services.clock import Clock, SystemClock
from services.messaging.addresses import Address
from services.messaging.directories import Directory

log = structlog.get_logger(__name__)

KNOWN_PHONES = 1000
CALLS_END_SECONDS = 5.0
THREAD_END_SECONDS = 10.0

# Without a sign of life, a client that starts has been entered in the library's map after so long.
ENTERED_SECONDS = 3.0

# Held while any session of this process starts or stops.
_changing = threading.Lock()
_gate = Gate()


class Line:
    """A session of a number. Use one at a time for each number, and never again after `stop`."""

    def __init__(
        self, store: str, own: Own, events: LineEvents, *, clock: Clock | None = None, name: str | None = None
    ) -> None:
        """`store` as `store.store_name` calls it; `name` is what the log calls the session."""
        self.own = own
        self._store = store
        self._log = log.bind(line=name or own.phone)
        self._client: Any = None
        self._thread: threading.Thread | None = None
        self._guard = threading.Condition()
        self._calls = 0
        self._ended = ""
        self._alive = threading.Event()
        self._settled = threading.Event()
        self._failure: TransportError | None = None
        self._listener = Listener(self, own, events, clock or SystemClock(), self._log)
        self._phones: OrderedDict[str, str] = OrderedDict()

    def start(self, timeout: float) -> None:
        """Connects and returns once WhatsApp has let the session in.

        Raises `NotPaired` when the device is unknown to the store or to WhatsApp, else `TransportError`; then it has
        stopped. What the library reported meanwhile is told to the listener as well. `timeout` is in seconds.
        """
        with _changing:
            if self._thread is not None:
                raise RuntimeError("a line is started once")
            if not store.has_device(self._store, self.own):
                raise NotPaired(f"the store has no device {self.own.phone}:{self.own.device}")
            client = library.resumed(self._store, self.own.phone, self.own.device)
            self._listener.subscribe(client)
            self._client = client
            self._thread = threading.Thread(target=self._run, args=(client,), name=f"line-{self.own.phone}")
            self._thread.daemon = True
            deadline = time.monotonic() + timeout
            with _gate.changing():
                self._thread.start()
                self._alive.wait(min(timeout, ENTERED_SECONDS))
            if not self._settled.wait(max(deadline - time.monotonic(), 0)):
                self._failure = TransportError(f"no connection within {timeout:g} s", retry_after=SOON)
            if self._failure is not None:
                self._end()
                raise self._failure

    def stop(self) -> None:
        """Disconnects; what is being sent may finish first. Nothing is asked of the library afterwards."""
        with _changing:
            self._end()

    def _end(self) -> None:
        with self._guard:
            client, self._client = self._client, None
            self._ended = self._ended or "stopped"
            if not self._guard.wait_for(lambda: self._calls == 0, CALLS_END_SECONDS):
                self._log.warning("stopping a session that is still being used", calls=self._calls)
        if client is None:
            return
        with _gate.changing():
            client.stop()
        library.retire(client)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(THREAD_END_SECONDS)
            if self._thread.is_alive():
                self._log.warning("a session didn't end in time")

    def _run(self, client: Any) -> None:
        try:
            client.connect()
            reason = "the library's client ended"
        except library.NeonizeError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 - the thread's edge
            self._log.exception("a session's thread failed")
            reason = repr(error)
        self._alive.set()
        if not self._ended:
            # The library only stopped telling; the connection would go on taking messages that nobody hears of.
            if self._settled.is_set() and self._failure is None:
                self._quietly("disconnect", lambda client: client.disconnect(), connected=False)
            self._listener.ended(reason)

    @contextmanager
    def _call(self, *, connected: bool = True) -> Iterator[Any]:
        """The client, for as long as a call of it lasts."""
        with self._guard:
            if self._client is None or self._ended:
                raise TransportError(f"the session isn't running: {self._ended or 'not started'}", retry_after=SOON)
            client = self._client
            self._calls += 1
        try:
            if connected and not (self._settled.is_set() and _is_up(client)):
                raise TransportError("the session isn't connected", retry_after=SOON)
            yield client
        finally:
            with self._guard:
                self._calls -= 1
                self._guard.notify_all()

    def send(self, delivery: Delivery) -> str:
        """Sends and returns WhatsApp's id.

        Raises `TransportError` when it surely wasn't sent; any other exception, such as `Unclear`, leaves that open.
        """
        to = jid_of(Address.parse(delivery.chat))
        with self._call() as client:
            uploaded = self._upload(client, delivery) if delivery.file is not None else None
            message = encode(delivery, uploaded)
            try:
                with _gate.asking():
                    sent = client.send_message(to, message)
            except library.SendMessageError as error:
                raise failure_of(str(error)) from error
            return str(sent.ID)

    def _upload(self, client: Any, delivery: Delivery) -> Any:
        assert delivery.file is not None
        try:
            data = delivery.file.read_bytes()
            with _gate.asking():
                return client.upload(data, media_type(delivery))
        except OSError as error:
            raise TransportError(f"the file can't be read: {error}", permanent=True) from error
        except library.UploadError as error:
            raise upload_failure_of(str(error)) from error

    def download(self, ref: str) -> bytes:
        """The file that an incoming message's `media["ref"]` stands for.

        Raises `FileGone` when WhatsApp no longer has it, else `TransportError`.
        """
        try:
            message = library.Message.FromString(base64.b64decode(ref, validate=True))
        except Exception as error:
            raise TransportError(f"no reference to a file: {error}", permanent=True) from error
        with self._call() as client:
            try:
                with _gate.asking():
                    return bytes(client.download_any(message))
            except library.DownloadError as error:
                raise download_failure_of(str(error)) from error

    def typing(self, chat: Address, on: bool, voice: bool = False) -> None:
        """Shows or ends "typing …" (or "recording …"). Never raises: nothing depends on it."""
        presence, media = library.ChatPresence, library.ChatPresenceMedia
        state = presence.CHAT_PRESENCE_COMPOSING if on else presence.CHAT_PRESENCE_PAUSED
        kind = media.CHAT_PRESENCE_MEDIA_AUDIO if voice else media.CHAT_PRESENCE_MEDIA_TEXT
        self._quietly("typing", lambda client: client.send_chat_presence(jid_of(chat), state, kind))

    def mark_read(self, chat: Address, sender: Address, ids: Sequence[str]) -> None:
        """Tells the sender that messages were read. Never raises."""
        read = library.ReceiptType.READ
        self._quietly(
            "mark read",
            lambda client: client.mark_read(*ids, chat=jid_of(chat), sender=jid_of(sender), receipt=read),
        )

    def _quietly(self, what: str, act: Callable[[Any], object], *, connected: bool = True) -> None:
        try:
            with self._call(connected=connected) as client, _gate.asking():
                act(client)
        except Exception as error:  # noqa: BLE001 - nothing depends on it
            self._log.info("not done", what=what, reason=str(error))

    def phone_of(self, lid: str) -> str | None:
        """The phone number behind a private id, if the session has learnt it."""
        if lid in self._phones:
            self._phones.move_to_end(lid)
            return self._phones[lid]
        try:
            with self._call(connected=False) as client, _gate.asking():
                phone = words(client.get_pn_from_lid(jid_of(Address("lid", lid))).User)
        except (TransportError, library.NeonizeError) as error:
            self._log.debug("a private id stays unknown", reason=str(error))
            return None
        if phone:
            self._phones[lid] = phone
        if len(self._phones) > KNOWN_PHONES:
            self._phones.popitem(last=False)
        return phone or None

    def directory(self) -> Directory:
        """The people of the address book and the groups in which we are; asks WhatsApp. Raises `TransportError`."""
        with self._call() as client:
            try:
                with _gate.asking():
                    people = client.contact.get_all_contacts()
                with _gate.asking():
                    groups = client.get_joined_groups()
            except library.NeonizeError as error:
                raise TransportError(str(error), retry_after=SOON) from error
        return Directory(people_of(people, self.own, self.phone_of), groups_of(groups, self.own))

    def me(self) -> tuple[Own, str | None]:
        """Who we are, with the name that contacts see. Raises `TransportError` once the session has ended."""
        with self._call() as client, _gate.asking():
            device = client.get_me()
        own = Own(device.JID.User or self.own.phone, self.own.device, device.LID.User or self.own.lid)
        return own, words(device.PushName) or None

    def logout(self) -> None:
        """Unlinks the device from the phone, for good; `stop` afterwards. Raises `TransportError`."""
        with self._call() as client:
            try:
                with _gate.asking():
                    client.logout()
            except library.NeonizeError as error:
                raise TransportError(str(error)) from error
            self._ended = "logged out"

    def alive(self) -> None:
        """The library reports anything at all."""
        self._alive.set()

    def connected(self) -> None:
        """The library reports that WhatsApp has let us in, the first time or again."""
        self._settled.set()

    def down(self, state: LineState, failure: TransportError | None = None) -> None:
        """The library reports that the session won't come back by itself."""
        if state.kind == "logged_out":
            self._ended = "logged out"
        if not self._settled.is_set():
            self._failure = failure or TransportError(state.reason)
            self._settled.set()


def _is_up(client: Any) -> bool:
    with _gate.asking():
        return bool(client.is_connected and client.is_logged_in)
