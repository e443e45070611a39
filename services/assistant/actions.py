"""Requests that wait for a person of the business: proofs of payment to approve, questions to answer.

A message asks for one thing once. What approving does is the callers'; here it is only kept that it was decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from services.db.engine import Tx
from services.db.models import Action, OutboxMessage
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit, usage
from services.tenants.actors import Actor

MAX_SAID = 500


def ask(
    tx: Tx, kind: str, *, contact_id: int, message_id: int, said: str, data: Mapping[str, object] | None = None
) -> Action:
    """A new request from a message; `kind` is `proof` or `question`."""
    action = Action(
        tenant_id=tx.tenant, number=usage.next_number(tx, "action_number"), kind=kind, contact_id=contact_id,
        message_id=message_id, said=said.replace("\x00", "")[:MAX_SAID], data=dict(data or {}), status="open",
        created_at=tx.now,
    )  # fmt: skip
    tx.add(action)
    tx.flush()
    return action


def notice_key(action: Action) -> str:
    """The key in the outbox of the message that shows a request to the owner, so that it can be quoted."""
    return f"action:{action.number}"


def quoted(tx: Tx, session_id: int, provider_id: str) -> int | None:
    """The number of the request that a quoted message of ours showed; None if it showed none."""
    statement = select(OutboxMessage.dedup_key).where(
        OutboxMessage.tenant_id == tx.tenant,
        OutboxMessage.session_id == session_id,
        OutboxMessage.provider_id == provider_id,
    )
    kind, _colon, number = (tx.scalar(statement.limit(1)) or "").partition(":")
    return int(number) if kind == "action" else None


def waiting(tx: Tx, contact_id: int | None = None) -> Sequence[Action]:
    """Open requests, the oldest first; of one contact or of everybody."""
    statement = select(Action).where(Action.tenant_id == tx.tenant, Action.status == "open")
    if contact_id is not None:
        statement = statement.where(Action.contact_id == contact_id)
    return tx.scalars(statement.order_by(Action.id)).all()


def by_number(tx: Tx, number: int) -> Action:
    """The request with this number, locked; raises `DomainError` `unknown_action`."""
    statement = select(Action).where(Action.tenant_id == tx.tenant, Action.number == number)
    found = tx.scalars(statement.with_for_update()).one_or_none()
    if found is None:
        raise DomainError(
            "unknown_action", _("There is no request {number}. *actions* lists what waits.", number=str(number))
        )
    return found


def decide(tx: Tx, actor: Actor, action: Action, status: str, answer: str | None = None) -> None:
    """Closes a request as `approved`, `rejected` or `answered`; raises `DomainError` `action_closed`."""
    if action.status != "open":
        raise DomainError("action_closed", _("Request {number} is done already.", number=str(action.number)))
    action.status, action.answered_at, action.answered_by, action.answer = status, tx.now, actor.id, answer
    audit.record(tx, actor, f"action.{status}", "actions", action.id, message_id=action.message_id)
    tx.flush()


def reopen(tx: Tx, actor: Actor, action_id: int) -> None:
    """Has a request wait again, because what its approval did was taken back."""
    statement = select(Action).where(Action.tenant_id == tx.tenant, Action.id == action_id)
    action = tx.scalars(statement.with_for_update()).one()
    action.status, action.answered_at, action.answered_by, action.answer = "open", None, None, None
    audit.record(tx, actor, "action.reopened", "actions", action.id)
    tx.flush()
