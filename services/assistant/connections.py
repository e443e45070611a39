"""The way to a model server: connections that are kept, limits of time that hold, and rest for a model that fails.

A time-out of an HTTP client counts from byte to byte, so that a server which trickles is waited for without end. Here
the whole request has one: every wait on a connection gets what is left of it. Looking up a name knows no time-out at
all; it is done beside, and left behind when it takes too long.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as NotInTimeError
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from time import monotonic
from typing import Any

# Bytes of the longest reply that is read.
MOST_BYTES = 4_000_000
_SHORTEST = 0.001


class OverLimitError(OSError):
    """A request took longer, or its reply is larger, than it may."""


@dataclass
class Limit:
    """What is left to the request that a thread makes: seconds until `until`, and bytes."""

    until: float
    bytes_left: int = MOST_BYTES

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return monotonic() >= self.until

    def seconds(self, usual: float | None) -> float:
        """How long the next step may take; raises `OverLimitError`."""
        left = self.until - monotonic()
        if left <= 0:
            raise OverLimitError("no time left")
        return max(_SHORTEST, left if usual is None else min(usual, left))

    def count(self, size: int) -> None:
        """Counts bytes that were read; raises `OverLimitError`."""
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise OverLimitError("the reply is too large")


_thread = threading.local()


@contextmanager
def within(seconds: float) -> Iterator[Limit]:
    """Has all that this thread asks of the clients of `http_client` end after so many seconds, together."""
    limit = Limit(monotonic() + seconds)
    before, _thread.limit = getattr(_thread, "limit", None), limit
    try:
        yield limit
    finally:
        _thread.limit = before


def _limit() -> Limit:
    limit: Limit | None = getattr(_thread, "limit", None)
    return limit or Limit(monotonic() + 3600)


@cache
def http_client() -> Any:
    """The process's one client for openai's and langchain's clients; threads may share it."""
    from openai import DefaultHttpxClient

    made: Any = DefaultHttpxClient()
    for transport in {made._transport, *made._mounts.values()} - {None}:
        transport._pool._network_backend = _Network(transport._pool._network_backend)
    return made


class _Network:
    """The network of httpcore, with limits: what it opens is read and written within them."""

    def __init__(self, network: Any) -> None:
        self._network = network

    def connect_tcp(self, *given: Any, timeout: float | None = None, **more: Any) -> _Stream:
        left = _limit().seconds(timeout)
        return _Stream(_beside(lambda: self._network.connect_tcp(*given, timeout=left, **more), left))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)


class _Stream:
    """A connection whose every step takes no longer than is left."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        limit = _limit()
        received: bytes = self._stream.read(max_bytes, limit.seconds(timeout))
        limit.count(len(received))
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _limit().seconds(timeout))

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _limit().seconds(timeout)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _beside(connect: Callable[[], Any], seconds: float) -> Any:
    """What `connect` gives, done in a thread of its own that is left behind when it takes too long."""
    outcome: Future[Any] = Future()

    def work() -> None:
        try:
            stream = connect()
        except Exception as error:  # noqa: BLE001 (raised where it is waited for)
            _hand_over(outcome.set_exception, error)
        else:
            if not _hand_over(outcome.set_result, stream):
                stream.close()

    threading.Thread(target=work, daemon=True, name="connecting").start()
    try:
        return outcome.result(seconds)
    except NotInTimeError as error:
        if outcome.cancel():
            raise OverLimitError("no connection in time") from error
        return outcome.result()


def _hand_over(give: Callable[[Any], None], what: object) -> bool:
    """Whether somebody still waits for it."""
    try:
        give(what)
    except InvalidStateError:
        return False
    return True


@dataclass
class Breaker:
    """Models that failed several times in a row rest for a while, in which nobody waits for them.

    One failure is enough where a request took at least `long` seconds and nobody else got an answer meanwhile.
    """

    rest: float = 30.0
    tolerated: int = 3
    long: float = 5.0
    ticks: Callable[[], float] = monotonic
    _failures: dict[str, int] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)
    _answered: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def may_try(self, model: str) -> bool:
        """Whether a model may be asked; of those who come after its rest, one may, and the others when it answered."""
        with self._lock:
            if self._failures.get(model, 0) < self.tolerated:
                return True
            if self.ticks() < self._until[model]:
                return False
            self._until[model] = self.ticks() + self.rest
            return True

    def count(self, model: str, *, failed: bool, began: float) -> None:
        """Counts a request that began at `began`, by `ticks`, and failed, or didn't."""
        with self._lock:
            now = self.ticks()
            if failed:
                hangs = now - began >= self.long and self._answered.get(model, began) <= began
                self._failures[model] = max(self._failures.get(model, 0) + 1, self.tolerated if hangs else 0)
                self._until[model] = now + self.rest
            else:
                self._answered[model] = now
                self._failures.pop(model, None)
