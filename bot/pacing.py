"""How fast a number may send, so that WhatsApp doesn't restrict it.

Rules only: they say how long to wait, and whoever sends does the waiting. Seconds are those of a clock that never goes
back; only the age of a number is counted in days. Nothing here is refused, everything may merely have to wait.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from random import Random
from typing import NamedTuple

MINUTE, DAY = 60.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Rates:
    """What a number that has been linked for a while may do. Times in seconds, speed in characters a second.

    Warm is whoever has written to the number before; cold is everybody else.
    """

    per_minute: int = 60
    gap: float = 0.4
    own_chat_gap: float = 0.1
    chat_per_minute: int = 20
    chat_gap: float = 1.0
    cold_gap: float = 45.0
    cold_jitter: float = 0.33
    typing_speed: float = 25.0
    shortest_typing: float = 0.3
    longest_typing: float = 4.0
    file_typing: float = 1.0
    crowd: int = 3

    def __post_init__(self) -> None:
        if min(self.per_minute, self.chat_per_minute) < 1 or self.typing_speed <= 0 or not 0 <= self.cold_jitter < 1:
            raise ValueError("rates let something through, and a jitter is a share below 1")


class Start(NamedTuple):
    """How much of the rates a number may use at its age, and how many cold messages in 24 hours."""

    factor: float
    cold_per_day: int


# Days since the number was linked, below which the row holds.
_STARTS = ((1, Start(0.75, 20)), (3, Start(0.75, 40)), (7, Start(1.0, 80)), (14, Start(1.0, 150)))
_GROWN = Start(1.0, 250)


def new_number(days_since_paired: int) -> Start:
    """The slower start of a number that was linked so many full days ago."""
    return next((start for days, start in _STARTS if days_since_paired < days), _GROWN)


@dataclass(slots=True)
class _Pause:
    until: float = -math.inf
    reason: str = ""

    def extend(self, until: float, reason: str = "") -> None:
        if until > self.until:
            self.until, self.reason = until, reason


class _Sent:
    """When the last messages went out, the newest last; as many as the largest limit asks about."""

    def __init__(self, most: int) -> None:
        self.times: deque[float] = deque(maxlen=most)

    def free(self, most: int, window: float) -> float:
        """When one more may go without there being more than `most` in any `window` seconds."""
        return self.times[-most] + window if len(self.times) >= most else -math.inf

    def after(self, gap: float) -> float:
        return self.times[-1] + gap if self.times else -math.inf


class Pace:
    """The pace of one session. `now` may not go back between two calls of `sent`.

    Until `new_day` is told the date, the number is treated as one that was linked today. A session that goes on after a
    restart is told its cold messages of the last 24 hours by `sent`, with the times they had.
    """

    def __init__(self, rates: Rates, paired_at: datetime, random: Random) -> None:
        self._rates = rates
        self._paired_at = paired_at
        self._random = random
        self._start = new_number(0)
        self._anything = -math.inf
        self._all = _Sent(rates.per_minute)
        self._chats: dict[str, _Sent] = {}
        self._cold = _Sent(_GROWN.cold_per_day)
        self._next_cold = -math.inf
        self._pause = _Pause()
        self._cold_pause = _Pause()

    def new_day(self, today: datetime) -> None:
        """Takes the rates that fit the number's age at `today` (aware); to be called at start and once a day."""
        self._start = new_number(self._age(today))

    def cold_per_day(self, today: datetime) -> int:
        """How many cold messages the number may send in 24 hours, at its age at `today` (aware)."""
        return new_number(self._age(today)).cold_per_day

    def cold_allowed(self, now: float) -> bool:
        """Whether a cold message may go in this hour of the day at all, be it after a gap."""
        return self.paused(now) is None and now >= max(self._cold_pause.until, self._free_of_day())

    def wait(self, now: float, chat: str, *, own_chat: bool, cold: bool) -> float:
        """Seconds, in full milliseconds, until a message to `chat` may go; asking reserves nothing.

        The owner's own chat waits for nothing but a tenth of a second, not even for the end of a pause: that is where
        people are told of it.
        """
        ready = self._anything + self._rates.own_chat_gap
        if not own_chat:
            ready = max(ready, self._pause.until, self._free(), self._free_in(chat))
            if cold:
                ready = max(ready, self._cold_pause.until, self._next_cold, self._free_of_day())
        return math.ceil((ready - now) * 1000) / 1000 if ready > now else 0.0

    def sent(self, now: float, chat: str, cold: bool, *, own_chat: bool = False) -> None:
        """Takes note that a message is on its way to `chat`."""
        self._anything = max(now, self._anything)
        if own_chat:
            return
        self._all.times.append(now)
        self._forget_idle(now)
        in_chat = self._chats.pop(chat, None) or _Sent(self._rates.chat_per_minute)
        in_chat.times.append(now)
        self._chats[chat] = in_chat
        if cold:
            self._cold.times.append(now)
            self._next_cold = now + self._cold_gap()

    def typing(self, text_length: int, kind: str, own_chat: bool, *, crowd: int = 0) -> float:
        """Seconds to show as typing before a message of this `kind` (`text`, or a kind of file) goes.

        With a `crowd` of chats that wait as well it is as short as can be.
        """
        if own_chat:
            return 0.0
        if crowd >= self._rates.crowd:
            return self._rates.shortest_typing
        if kind != "text":
            return self._rates.file_typing
        takes = text_length / self._rates.typing_speed
        return min(max(takes, self._rates.shortest_typing), self._rates.longest_typing)

    def pause(self, until: float, reason: str) -> None:
        """Holds everything back but the owner's own chat; a pause that lasts longer already stays."""
        self._pause.extend(until, reason)

    def paused(self, now: float) -> str | None:
        """Why nothing may go now, or None."""
        return self._pause.reason if now < self._pause.until else None

    def pause_cold(self, until: float) -> None:
        """Holds cold messages back, for instance after WhatsApp refused one; a longer pause stays."""
        self._cold_pause.extend(until)

    def _age(self, today: datetime) -> int:
        return (today - self._paired_at).days

    def _free(self) -> float:
        most = max(1, int(self._rates.per_minute * self._start.factor))
        return max(self._all.after(self._rates.gap), self._all.free(most, MINUTE))

    def _free_in(self, chat: str) -> float:
        """A chat's own limit holds at any age: answers to people who wrote are what a number is for."""
        sent = self._chats.get(chat)
        if sent is None:
            return -math.inf
        return max(sent.after(self._rates.chat_gap), sent.free(self._rates.chat_per_minute, MINUTE))

    def _free_of_day(self) -> float:
        return self._cold.free(self._start.cold_per_day, DAY)

    def _cold_gap(self) -> float:
        """Around a mean that keeps the shortest gap at `cold_gap`: 45 to 89 seconds with the rates given."""
        jitter = self._rates.cold_jitter
        longest = self._rates.cold_gap * (1 + jitter) / (1 - jitter)
        return self._random.uniform(self._rates.cold_gap, longest) / self._start.factor

    def _forget_idle(self, now: float) -> None:
        """Chats are kept in the order of their last message, so the first that is young enough ends the search."""
        idle = list(takewhile(lambda chat: self._chats[chat].times[-1] <= now - MINUTE, self._chats))
        for chat in idle:
            del self._chats[chat]
