"""The time, as something that is passed in.

Rules never ask the machine for the time: the process has one clock, transactions carry its reading, and the
simulator puts a clock of its own in its place. All times are UTC and timezone-aware.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the time in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is moved; it never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Goes on to `moment`; a moment that has passed leaves the clock as it is."""
        self._now = max(self._now, moment.astimezone(UTC))


def local_date(moment: datetime, timezone: str) -> date:
    """The date that a calendar in `timezone` (IANA name) shows at `moment`."""
    return moment.astimezone(ZoneInfo(timezone)).date()
