"""A request about to be decided by a program: what is decided, by whom, and what such a decision may say."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from services.assistant import actions
from services.db.engine import Tx
from services.db.models import Action, Conversation, Tenant
from services.errors import DomainError
from services.i18n import Renderable, _
from services.money import Money
from services.tenants.actors import Actor

Verdict = Literal["approve", "reject", "answer", "done"]
MOST = Decimal(999_999_999_999)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided. `text` answers, or says why a proof isn't accepted; `amount` is what is booked for a proof, or
    given as a discount or refund, which a `percent` may be instead; `until` ends a postponement.
    """

    verdict: Verdict
    text: str | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    until: date | None = None

    @property
    def content(self) -> str:
        """The same for the same decision, to tell a repeat from something else under its key."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Case:
    """A request about to be decided; `chat` is that of a handover, locked."""

    tx: Tx
    actor: Actor
    tenant: Tenant
    blocked: Collection[str]
    action: Action
    chat: Conversation | None
    decision: Decision

    def close(self, status: str, said: str | None = None) -> None:
        """Closes the request."""
        actions.decide(self.tx, self.actor, self.action, status, said or self.decision.text)

    def only(self, *fields: str) -> None:
        """Refuses fields that mean nothing for this request."""
        strange = next(
            (name for name in _FIELDS if name not in fields and getattr(self.decision, name) is not None), ""
        )
        if strange:
            text = _("{field} means nothing when this request is decided so.", field=strange)
            raise DomainError("bad_decision", text, field=strange)

    @property
    def given(self) -> Money | None:
        """The amount that is given, in the book's currency; raises `bad_amount`."""
        if self.decision.amount is None:
            return None
        money = Money(self.decision.amount, self.tenant.currency)
        if not 0 < money.amount <= MOST or not money.is_exact:
            text = _("{amount} can't be booked in {currency}.", amount=f"{money.amount:f}", currency=money.currency)
            raise DomainError("bad_amount", text)
        return money

    @property
    def words(self) -> str:
        """The text that an answer needs."""
        said = (self.decision.text or "").replace("\x00", "").strip()
        if not said:
            raise DomainError("answer_required", _("Send the text that answers this request."))
        return said


_FIELDS = ("text", "amount", "percent", "until")
Told = tuple[Renderable | None, bool]
"""What the person hears, and whether these are a person's own words."""
