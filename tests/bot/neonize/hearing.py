"""Who listens to a line in tests, and what is sent through it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from bot.transports.base import Delivery
from bot.transports.neonize.terms import Incoming, LineState, Receipt
from services.messaging.inbox import Inbound
from tests.bot.neonize.events import CUSTOMER


class Heard:
    """Listens to a line."""

    def __init__(self) -> None:
        self.messages: list[Inbound] = []
        self.receipts: list[Receipt] = []
        self.states: list[LineState] = []
        self._told = threading.Condition()
        self.on_message: Callable[[Inbound], None] = self.messages.append

    def received(self, incoming: Incoming) -> None:
        self.on_message(incoming.inbound)

    def receipt(self, receipt: Receipt) -> None:
        self.receipts.append(receipt)

    def state(self, state: LineState) -> None:
        with self._told:
            self.states.append(state)
            self._told.notify_all()

    def next_state(self) -> LineState:
        """What followed the connection."""
        with self._told:
            assert self._told.wait_for(lambda: len(self.states) > 1, 5)
            return self.states[1]


def delivery(**given: Any) -> Delivery:
    chat = f"phone:{CUSTOMER}"
    return Delivery(**{"id": 1, "tenant_id": 1, "session_id": 1, "chat": chat, "kind": "text", "text": "halo", **given})
