"""How often something may be asked for in a moving window of time; kept in this process only."""

from __future__ import annotations

import math

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from services.clock import SystemClock


class Window:
    """At most `amount` times in `seconds` (rounded up to whole ones) for each key."""

    def __init__(self, amount: int, seconds: float) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerSecond(amount, math.ceil(seconds))

    def hit(self, key: str) -> bool:
        """Counts one; False, and nothing counted, when that is one too many."""
        return self._limiter.hit(self._item, key)

    def is_open(self, key: str) -> bool:
        """Whether one more would be allowed."""
        return self._limiter.test(self._item, key)

    def wait(self, key: str) -> int:
        """Whole seconds until one more may be allowed, at least 1."""
        reset = self._limiter.get_window_stats(self._item, key).reset_time
        # The library counts by the machine's clock, and so must this.
        return max(1, math.ceil(reset - SystemClock().now().timestamp()))
