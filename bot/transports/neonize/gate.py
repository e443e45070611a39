"""Keeps calls of the library apart from starts and stops.

The library looks a client up in a map without a lock, at the beginning of each call; a start or stop that writes to
that map at the same moment ends the process ("concurrent map read and map write"). So calls are let in together, but
not while the map changes; a change waits for calls that have just begun. Older ones have looked up long ago.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

LOOKED_UP_SECONDS = 1.0


class Gate:
    """Open for calls, closed for one change at a time."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._closed = False
        self._begun: dict[object, float] = {}

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around each call of the library; waits while the gate is closed."""
        call = object()
        with self._condition:
            self._condition.wait_for(lambda: not self._closed)
            self._begun[call] = time.monotonic()
        try:
            yield
        finally:
            with self._condition:
                del self._begun[call]
                self._condition.notify_all()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Around what writes to the library's map."""
        with self._condition:
            self._condition.wait_for(lambda: not self._closed)
            self._closed = True
            while (pause := self._youngest()) > 0:
                self._condition.wait(pause)
        try:
            yield
        finally:
            with self._condition:
                self._closed = False
                self._condition.notify_all()

    def _youngest(self) -> float:
        """Seconds until the youngest call has surely looked up its client."""
        return max(self._begun.values(), default=0.0) + LOOKED_UP_SECONDS - time.monotonic() if self._begun else 0.0
