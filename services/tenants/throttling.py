"""What happens to those who try passwords and codes: after some failures each further try has to wait, ever longer.

Kept in the memory of one process, as the rates of the API are: with several processes a guesser has as many times the
tries, which a growing pause makes no difference.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.errors import DomainError
from services.i18n import _n


@dataclass(frozen=True, slots=True)
class Patience:
    """So many failures are `free`; the next pause is `first` seconds, each further one twice as long, up to `longest`.

    After `forgotten` seconds without a failure all is as in the beginning.
    """

    free: int
    first: float = 2
    longest: float = 900
    forgotten: float = 3600


@dataclass(slots=True)
class _Record:
    failures: int = 0
    last: float = 0.0
    until: float = 0.0


class Throttle:
    """Counts failures by key. `ticking` gives seconds that only go forward."""

    def __init__(self, ticking: Callable[[], float], most: int = 20_000) -> None:
        self._ticking = ticking
        self._most = most
        self._records: OrderedDict[str, _Record] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, tries: Mapping[str, Patience]) -> None:
        """Counts a try under all of the keys as a failure until `succeed` says otherwise, so that many at once gain
        nothing.

        Raises `DomainError` `too_many_failures` with `retryAfter` in seconds, and counts nothing.
        """
        now = self._ticking()
        with self._lock:
            records = {key: self._record(key, patience, now) for key, patience in tries.items()}
            until = max((record.until for record in records.values()), default=now)
            if until > now:
                seconds = max(1, math.ceil(until - now))
                text = _n(
                    "Too many tries. Wait {n} second, then try again.",
                    "Too many tries. Wait {n} seconds, then try again.", seconds,
                )  # fmt: skip
                raise DomainError("too_many_failures", text, retryAfter=seconds)
            for key, record in records.items():
                record.failures += 1
                record.last = now
                record.until = now + _pause(tries[key], record.failures)

    def succeed(self, tries: Mapping[str, Patience], *forget: str) -> None:
        """Takes back what `begin` has counted; under the keys to `forget` all of it."""
        now = self._ticking()
        with self._lock:
            for key in tries:
                record = self._records.get(key)
                if record is not None:
                    record.failures = 0 if key in forget else max(0, record.failures - 1)
                    record.until = now

    def _record(self, key: str, patience: Patience, now: float) -> _Record:
        record = self._records.get(key)
        if record is None or record.last < now - patience.forgotten:
            record = self._records[key] = _Record(last=now)
        self._records.move_to_end(key)
        while len(self._records) > self._most:
            self._records.popitem(last=False)
        return record


def _pause(patience: Patience, failures: int) -> float:
    more = failures - patience.free
    return 0.0 if more < 0 else min(patience.longest, patience.first * 2.0 ** min(more, 30))
