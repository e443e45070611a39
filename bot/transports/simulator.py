"""WhatsApp played in this process, for people trying Juragan, for demonstrations and for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.transports.base import Delivery, TransportError

RECONNECTS_AFTER = 5.0


@dataclass(slots=True)
class Faults:
    """How many of the next sends go wrong, and how."""

    send: int = 0
    disconnect: int = 0


class SimulatorTransport:
    """Hands every message to `deliver` and takes faults on demand."""

    def __init__(self, deliver: Callable[[Delivery, str], None]) -> None:
        self._deliver = deliver
        self.faults = Faults()

    def send(self, delivery: Delivery) -> str:
        if self.faults.disconnect:
            self.faults.disconnect -= 1
            raise TransportError("the session is not connected", retry_after=RECONNECTS_AFTER)
        if self.faults.send:
            self.faults.send -= 1
            raise TransportError("sending failed")
        provider_id = f"OUT-{delivery.tenant_id}-{delivery.id}"
        self._deliver(delivery, provider_id)
        return provider_id
