"""How often something may be asked for in a moving window of time; kept in this process only."""

from __future__ import annotations

import math
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from services.clock import SystemClock


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of a window: how many are allowed, how many more now, and whole seconds until one more fits."""

    amount: int
    left: int
    seconds: int


class Window:
    """At most `amount` times in `seconds` (rounded up to whole ones) for each key.

    Where a key may have another amount of its own, it is given at each call.
    """

    def __init__(self, amount: int, seconds: float) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._amount, self._seconds = amount, math.ceil(seconds)

    def hit(self, key: str, amount: int | None = None) -> bool:
        """Counts one; False, and nothing counted, when that is one too many."""
        return self._limiter.hit(self._item(amount), key)

    def is_open(self, key: str, amount: int | None = None) -> bool:
        """Whether one more would be allowed."""
        return self._limiter.test(self._item(amount), key)

    def wait(self, key: str, amount: int | None = None) -> int:
        """Whole seconds until one more may be allowed, at least 1."""
        return max(1, self.room(key, amount).seconds)

    def room(self, key: str, amount: int | None = None) -> Room:
        """What is left for a key."""
        found = self._limiter.get_window_stats(self._item(amount), key)
        # The library counts by the machine's clock, and so must this.
        seconds = max(0, math.ceil(found.reset_time - SystemClock().now().timestamp()))
        return Room(self._amount if amount is None else amount, max(0, found.remaining), seconds)

    def _item(self, amount: int | None) -> RateLimitItem:
        return RateLimitItemPerSecond(self._amount if amount is None else amount, self._seconds)
