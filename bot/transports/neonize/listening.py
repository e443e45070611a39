"""What the library reports about a session, translated and passed on: messages, receipts, and how the connection is.

Its callbacks run in the library's threads, one after another, and an exception in one would be seen by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

import structlog

from bot.transports.base import TransportError
from bot.transports.neonize import library
from bot.transports.neonize.codec import decode, decode_receipt
from bot.transports.neonize.failures import SOON
from bot.transports.neonize.terms import LineEvents, LineState, NotPaired, Own
from services.clock import Clock

_UNTOLD = re.compile(r"required field neonize\.(?P<event>\w+)")


class Session(Protocol):
    """What a listener has to tell its own session."""

    def alive(self) -> None: ...

    def connected(self) -> None: ...

    def down(self, state: LineState, failure: TransportError | None = None) -> None: ...

    def phone_of(self, lid: str) -> str | None: ...


class Listener:
    """Hears one client's events."""

    def __init__(
        self, session: Session, own: Own, events: LineEvents, clock: Clock, log: structlog.typing.FilteringBoundLogger
    ) -> None:
        self._session = session
        self._own = own
        self._events = events
        self._clock = clock
        self._log = log
        self._undecryptable = 0

    def subscribe(self, client: Any) -> None:
        """Listens to a client that isn't connected yet."""
        handlers: dict[Any, Callable[[Any], None]] = {
            library.ConnectedEv: self._connected,
            library.DisconnectedEv: lambda _: self._tell(LineState("disconnected")),
            library.LoggedOutEv: self._logged_out,
            library.StreamReplacedEv: lambda _: self.down(LineState("replaced", "another client took the session")),
            library.TemporaryBanEv: self._banned,
            library.ConnectFailureEv: self._refused,
            library.ClientOutdatedEv: lambda _: self.down(LineState("outdated", "WhatsApp wants a newer library")),
            library.StreamErrorEv: lambda event: self._log.warning("stream error", code=event.Code),
            library.KeepAliveTimeoutEv: lambda event: self._log.info("keepalive timed out", times=event.ErrorCount),
            library.KeepAliveRestoredEv: lambda _: self._log.info("keepalive restored"),
            library.OfflineSyncCompletedEv: lambda event: self._log.info("caught up", events=event.Count),
            library.MessageEv: self._message,
            library.ReceiptEv: self._receipt,
            library.UndecryptableMessageEv: self._unreadable,
        }
        for kind, handler in handlers.items():
            client.event(kind)(self._safely(handler))

    def _safely(self, handler: Callable[[Any], None]) -> Callable[[Any, Any], None]:
        """A callback that never raises. A closure, as the library holds bound methods weakly."""

        def handle(_client: Any, event: Any) -> None:
            try:
                self._session.alive()
                handler(event)
            except Exception:  # noqa: BLE001 - the library's edge
                self._log.exception("an event wasn't handled", event_type=type(event).__name__)

        return handle

    def down(self, state: LineState, failure: TransportError | None = None) -> None:
        """The session won't come back by itself."""
        self._session.down(state, failure)
        self._tell(state)

    def ended(self, reason: str) -> None:
        """The client ended by itself: it couldn't connect, or met an event that it can't tell.

        The latter happens with reasons that are newer than the library; the event's name is all that is known then.
        """
        told = _UNTOLD.search(reason)
        match told and told["event"]:
            case "TemporaryBan":
                self.down(LineState("banned", "unknown"), TransportError(f"banned: {reason}"))
            case "LoggedOut":
                self.down(LineState("logged_out", "unknown"), NotPaired(f"WhatsApp has unlinked the device: {reason}"))
            case _:
                self.down(LineState("failed", reason), TransportError(reason, retry_after=SOON))

    def _tell(self, state: LineState) -> None:
        self._log.warning("session is down", state=state.kind, reason=state.reason)
        self._events.state(state)

    def _connected(self, _event: Any) -> None:
        self._log.info("connected")
        self._session.connected()
        self._events.state(LineState("connected"))

    def _logged_out(self, event: Any) -> None:
        reason = _name(event, "Reason")
        self.down(LineState("logged_out", reason), NotPaired(f"WhatsApp has unlinked the device: {reason}"))

    def _banned(self, event: Any) -> None:
        reason, seconds = _name(event, "Code"), float(event.Expire)
        self.down(LineState("banned", reason, seconds), TransportError(f"banned: {reason}", retry_after=seconds))

    def _refused(self, event: Any) -> None:
        reason = " ".join(filter(None, (_name(event, "Reason"), str(event.Message))))
        self.down(LineState("failed", reason), TransportError(f"WhatsApp refused the connection: {reason}"))

    def _message(self, event: Any) -> None:
        incoming = decode(event, self._own, self._clock.now(), self._session.phone_of)
        if incoming is not None:
            self._events.received(incoming)

    def _receipt(self, event: Any) -> None:
        receipt = decode_receipt(event)
        if receipt is not None:
            self._events.receipt(receipt)

    def _unreadable(self, event: Any) -> None:
        self._undecryptable += 1
        self._log.warning("a message can't be decrypted", id=event.Info.ID, so_far=self._undecryptable)


def _name(event: Any, field: str) -> str:
    """The name of an enumeration's value, in lower case; `unknown` when WhatsApp gave none."""
    if not event.HasField(field):
        return "unknown"
    values = event.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number
    return str(values[getattr(event, field)].name).lower()
