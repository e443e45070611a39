"""What a way to WhatsApp must be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

# A session among those of all tenants: its tenant's id and its own.
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to hand over. `chat` is an address such as `phone:6281…`; `id` is ours.

    With `file` the text is its caption; `file_name` is what the reader sees it called; `voice` is for an audio file
    that is a voice note.
    """

    id: int
    tenant_id: int
    session_id: int
    chat: str
    kind: str
    text: str
    file: Path | None = None
    file_name: str | None = None
    mime: str | None = None
    voice: bool = False


class TransportError(Exception):
    """The message was surely not taken. `permanent`: trying again is useless; `retry_after`: seconds to wait first."""

    def __init__(self, reason: str, *, permanent: bool = False, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.retry_after = retry_after


class Transport(Protocol):
    """Sends messages for sessions. Any other exception than `TransportError` leaves the outcome unknown."""

    def send(self, delivery: Delivery) -> str:
        """Hands a message over and returns WhatsApp's id for it."""
        ...
