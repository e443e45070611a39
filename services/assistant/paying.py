"""Every use of a model is paid from the tenant's AI credits: reserved before, settled after, released on failure.

What goes wrong with models is kept with the account; the owner hears of it once, and of credits that run out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from time import perf_counter
from uuid import uuid4

import structlog
from sqlalchemy import select, text

from services.assistant import paying_texts
from services.assistant.models import ModelError, Tokens
from services.db.engine import Database, Tx
from services.db.models import WhatsAppSession
from services.i18n import Renderable
from services.messaging.notices import tell_owner
from services.tenants import credit_upkeep, credits
from services.tenants.credits import Reservation

log = structlog.get_logger(__name__)

# These are known beforehand, and cost what was said then; others by the tokens that they took.
_BY_UNITS = ("embedding", "transcription")
# Not an outage: the server had something against this one request.
_NO_OUTAGE = ("refused",)


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


@dataclass(frozen=True, slots=True)
class _Use:
    """One use of models: whose, what for, and what is known of it beforehand."""

    db: Database
    tenant_id: int
    bill: Bill
    units: int
    chatbot_id: int | None
    message_id: int | None
    began: float

    @property
    def cost(self) -> Decimal:
        """What it costs, as far as it has come."""
        price = self.db.policy.prices.of(self.bill.purpose, self.bill.model)
        taken = self.units if self.bill.purpose in _BY_UNITS else self.bill.prompt_tokens + self.bill.completion_tokens
        return price.of(taken)

    @property
    def is_nothing(self) -> bool:
        """Whether no model was called after all."""
        return not self.bill.calls and self.bill.purpose not in _BY_UNITS


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
    use = _Use(db, tenant_id, Bill(purpose), units, chatbot_id, message_id, perf_counter())
    reservation = _reserved(use)
    try:
        yield use.bill
    except BaseException as error:
        try:
            _release(use, reservation, error)
        except Exception:
            log.exception("credits stay reserved for a while", tenant=tenant_id, key=reservation.key)
        raise
    _settle(use, reservation)


def _reserved(use: _Use) -> Reservation:
    with use.db.tenant(use.tenant_id) as tx:
        reservation = credits.reserve(tx, use.cost, f"{use.bill.purpose}:{uuid4().hex}")
        if reservation is None:
            _tell_of_credits(tx)
    if reservation is None:
        raise CreditsUsedUpError(use.bill.purpose)
    return reservation


def _settle(use: _Use, reservation: Reservation) -> None:
    with use.db.tenant(use.tenant_id) as tx:
        if use.is_nothing:
            credits.release(tx, reservation)
            return
        use.bill.credits = credits.settle(tx, reservation, use.cost)
        _record(tx, use)
        if reservation.in_trouble:
            credit_upkeep.recovered(tx, use.bill.purpose)
        if not reservation.is_unlimited:
            _tell_of_credits(tx)


def _release(use: _Use, reservation: Reservation, error: BaseException) -> None:
    with use.db.tenant(use.tenant_id) as tx:
        credits.release(tx, reservation)
        trouble = error.trouble if isinstance(error, ModelError) else error.__class__.__name__
        _record(tx, use, trouble)
        if not isinstance(error, ModelError) or trouble in _NO_OUTAGE:
            return
        if credit_upkeep.failed(tx, use.bill.purpose, trouble):
            _tell(tx, f"models:{tx.now.isoformat()}", paying_texts.of_trouble(trouble))


# A bot that was removed meanwhile is not named.
_RECORD = text("""
    insert into ai_calls (
        tenant_id, at, purpose, outcome, model, chatbot_id, message_id, prompt_tokens, completion_tokens, seconds,
        credits, duration_ms, error
    ) values (
        :tenant, :now, :purpose, :outcome, :model,
        (select id from chatbots where tenant_id = :tenant and id = :chatbot), :message, :prompt, :completion,
        :seconds, :credits, :duration, :error
    )
""")


def _record(tx: Tx, use: _Use, error: str | None = None) -> None:
    bill = use.bill
    tx.execute(
        _RECORD,
        {
            "tenant": tx.tenant, "now": tx.now, "purpose": bill.purpose, "outcome": "failed" if error else "ok",
            "model": bill.model, "chatbot": use.chatbot_id, "message": use.message_id, "prompt": bill.prompt_tokens,
            "completion": bill.completion_tokens, "seconds": use.units if bill.purpose == "transcription" else 0,
            "credits": bill.credits, "duration": round((perf_counter() - use.began) * 1000), "error": error,
        },
    )  # fmt: skip


def _tell_of_credits(tx: Tx) -> None:
    told = credit_upkeep.newly_told(tx)
    if told is not None:
        _tell(tx, f"credits:{told}:{tx.now.isoformat()}", paying_texts.of_credits(told, credits.standing(tx)))


def _tell(tx: Tx, key: str, notice: Renderable) -> None:
    """Writes to the owner in the chat of the business's default number."""
    mine = select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant, WhatsAppSession.is_default)
    session_id = tx.scalar(mine)
    if session_id is not None:
        tell_owner(tx, session_id, key, notice)
