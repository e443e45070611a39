"""Requests that wait for a person of the business: proofs to approve, questions to answer, people who ask for a person.

A message asks for one thing once, and who asks for the same again is counted on the request that waits already. What
approving does is the callers'; here it is only kept that it was decided, under the lock of the request's row. Who
holds a chat's lock may take a request's, never the other way round.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, case, func, select

from services.assistant import action_texts, deadlines
from services.db.engine import Tx
from services.db.models import Action, OutboxMessage, Tenant, User
from services.db.models.actions import PRIORITIES
from services.errors import DomainError
from services.i18n import Renderable, _
from services.tenants import audit, usage
from services.tenants.actors import Actor

MAX_SAID = 500
MAX_OPEN = 5
TOLD_AGAIN_AFTER = timedelta(minutes=10)
"""The owner hears at most this often of somebody who asks for the same thing again."""

PRIORITY_OF = {
    "proof": "medium", "question": "medium", "postponement": "medium", "discount": "medium", "rule": "medium",
    "refund": "high", "handover": "high", "complaint": "high", "unknown": "low",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: the request, whether it is a new one, and whether the owner is to hear of it (again)."""

    action: Action
    is_new: bool
    tell_owner: bool


def ask(
    tx: Tx, kind: str, *, contact_id: int, message_id: int, said: str, conversation_id: int | None = None,
    data: Mapping[str, object] | None = None, chatbot_id: int | None = None, priority: str | None = None,
) -> Action:  # fmt: skip
    """The request that a message makes, or the one that it asks for again; see `ask_once`."""
    return ask_once(
        tx, kind, contact_id=contact_id, message_id=message_id, said=said, conversation_id=conversation_id, data=data,
        chatbot_id=chatbot_id, priority=priority,
    ).action  # fmt: skip


def ask_once(
    tx: Tx, kind: str, *, contact_id: int, message_id: int, said: str, conversation_id: int | None = None,
    data: Mapping[str, object] | None = None, chatbot_id: int | None = None, priority: str | None = None,
) -> Asked:  # fmt: skip
    """Makes a request from a message, unless the same waits already or too much waits of this contact.

    `kind` is one of `ACTION_KINDS`; `priority` one of `PRIORITIES`, else that of its kind. Call with the chat locked.
    """
    found = _of_message_or_open(tx, contact_id, message_id)
    said = said.replace("\x00", "")[:MAX_SAID]
    for action in found:
        if action.message_id == message_id:
            return Asked(action, False, False)
    again = _same(found, kind, said)
    if again is not None:
        return Asked(again, False, count_again(tx, again, said))
    tenant = tx.get_one(Tenant, tx.tenant)
    urgency = priority if priority in PRIORITIES else PRIORITY_OF[kind]
    action = Action(
        tenant_id=tx.tenant, number=usage.next_number(tx, "action_number"), kind=kind, contact_id=contact_id,
        message_id=message_id, said=said, data=dict(data or {}), status="open", created_at=tx.now, priority=urgency,
        chatbot_id=chatbot_id, conversation_id=conversation_id, due_at=deadlines.due_at(tenant, urgency, tx.now),
        reminders=0,
    )  # fmt: skip
    tx.add(action)
    tx.flush()
    asker = Actor("contact", str(contact_id), "contact")
    audit.record(tx, asker, "action.asked", "actions", action.id, after={"kind": kind}, message_id=message_id)
    return Asked(action, True, True)


def _of_message_or_open(tx: Tx, contact_id: int, message_id: int) -> Sequence[Action]:
    """What a contact's message asked for already, and what waits of them, locked."""
    theirs = (Action.contact_id == contact_id) & (Action.status == "open")
    statement = (
        select(Action)
        .where(Action.tenant_id == tx.tenant, theirs | (Action.message_id == message_id))
        .order_by(Action.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return tx.scalars(statement).all()


def _same(found: Sequence[Action], kind: str, said: str) -> Action | None:
    """The request that waits for the same; each picture is a proof of its own as long as there aren't too many."""
    alike = [action for action in found if action.kind == kind]
    for action in alike:
        if kind == "handover" or (kind != "proof" and _folded(action.said) == _folded(said)):
            return action
    return None if len(found) < MAX_OPEN else (alike or found)[-1]


def _folded(said: str) -> str:
    return " ".join(said.casefold().split()).strip(" .!?")


def count_again(tx: Tx, action: Action, said: str) -> bool:
    """Counts that a request was made again; returns whether the owner is to hear of it."""
    told = datetime.fromisoformat(str(action.data.get("told_at", action.created_at.isoformat())))
    tell = tx.now - told >= TOLD_AGAIN_AFTER
    note(tx, action, again=times_again(action) + 1, again_said=said[:MAX_SAID],
         **({"told_at": tx.now.isoformat()} if tell else {}))  # fmt: skip
    return tell


def times_again(action: Action) -> int:
    """How often a request was made once more."""
    again = action.data.get("again", 0)
    return again if isinstance(again, int) else 0


def note(tx: Tx, action: Action, **facts: object) -> None:
    """Keeps facts in a request's `data`; None takes one away."""
    kept = {**action.data, **facts}
    action.data = {name: value for name, value in kept.items() if value is not None}
    tx.flush()


def notice_key(action: Action, *parts: object) -> str:
    """The key in the outbox of a message that shows a request to the owner, so that it can be quoted."""
    return ":".join(map(str, ("action", action.number, *parts)))


def quoted(tx: Tx, session_id: int, provider_id: str) -> int | None:
    """The number of the request that a quoted message of ours showed; None if it showed none."""
    statement = select(OutboxMessage.dedup_key).where(
        OutboxMessage.tenant_id == tx.tenant,
        OutboxMessage.session_id == session_id,
        OutboxMessage.provider_id == provider_id,
    )
    kind, _colon, rest = (tx.scalar(statement.limit(1)) or "").partition(":")
    number = rest.partition(":")[0].partition("#")[0]
    return int(number) if kind == "action" and number.isdecimal() else None


_URGENCY = case(*((Action.priority == name, rank) for rank, name in enumerate(PRIORITIES)), else_=0)


def waiting(tx: Tx, contact_id: int | None = None) -> Sequence[Action]:
    """Open requests, the most urgent first, then the oldest; of one contact or of everybody."""
    statement = _of(contact_id, select(Action).where(Action.tenant_id == tx.tenant, Action.status == "open"))
    return tx.scalars(statement.order_by(_URGENCY.desc(), Action.id)).all()


def decided(tx: Tx, since: datetime, contact_id: int | None = None, limit: int = 10) -> Sequence[Action]:
    """Requests that were decided since then, the latest first."""
    statement = select(Action).where(
        Action.tenant_id == tx.tenant, Action.status != "open", Action.answered_at >= since
    )
    return tx.scalars(_of(contact_id, statement).order_by(Action.answered_at.desc()).limit(limit)).all()


def summary(tx: Tx) -> Renderable | None:
    """How many requests wait and how many of them are overdue, for the owner's daily summary. One statement."""
    late = func.count().filter(Action.due_at <= tx.now)
    row = tx.execute(select(func.count(), late).where(Action.tenant_id == tx.tenant, Action.status == "open")).one()
    return action_texts.count(row[0], row[1])


def _of(contact_id: int | None, statement: Select[Action]) -> Select[Action]:
    return statement if contact_id is None else statement.where(Action.contact_id == contact_id)


def open_handovers(tx: Tx, contact_id: int | None, action_ids: Collection[int]) -> Sequence[Action]:
    """The requests for a person that a contact still has open, and those with these ids, all locked."""
    theirs = Action.contact_id == contact_id if contact_id is not None else Action.id.in_(action_ids)
    statement = (
        select(Action)
        .where(Action.tenant_id == tx.tenant, Action.kind == "handover")
        .where((theirs & (Action.status == "open")) | Action.id.in_(action_ids))
        .order_by(Action.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return tx.scalars(statement).all()


def find(tx: Tx, number: int) -> Action:
    """The request with this number as it was just now; raises `DomainError` `unknown_action`."""
    return _one(tx, number, select(Action))


def by_number(tx: Tx, number: int) -> Action:
    """The request with this number, locked; raises `DomainError` `unknown_action`."""
    return _one(tx, number, select(Action).with_for_update(key_share=True))


def _one(tx: Tx, number: int, statement: Select[Action]) -> Action:
    statement = statement.where(Action.tenant_id == tx.tenant, Action.number == number)
    found = tx.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise DomainError(
            "unknown_action", _("There is no request {number}. *actions* lists what waits.", number=str(number))
        )
    return found


def decide(tx: Tx, actor: Actor, action: Action, status: str, answer: str | None = None) -> None:
    """Closes a request as `approved`, `rejected` or `answered`; raises `DomainError` `action_closed`."""
    if action.status != "open":
        raise DomainError("action_closed", _("Request {number} is done already.", number=str(action.number)))
    action.status, action.answered_at, action.answered_by = status, tx.now, actor.id
    action.answer = answer[:MAX_SAID] if answer is not None else None
    audit.record(tx, actor, f"action.{status}", "actions", action.id, message_id=action.message_id)
    tx.flush()


def decider(tx: Tx, action: Action) -> User | None:
    """Who of the business decided a request."""
    return tx.scalars(
        select(User).where(User.tenant_id == tx.tenant, User.phone == action.answered_by).limit(1)
    ).one_or_none()


def reopen(tx: Tx, actor: Actor, action_id: int) -> None:
    """Has a request wait again, because what its approval did was taken back."""
    statement = select(Action).where(Action.tenant_id == tx.tenant, Action.id == action_id)
    action = tx.scalars(statement.with_for_update(key_share=True)).one()
    action.status, action.answered_at, action.answered_by, action.answer = "open", None, None, None
    action.due_at = deadlines.due_at(tx.get_one(Tenant, tx.tenant), action.priority, tx.now)
    action.reminders, action.reminded_at, action.escalated_at = 0, None, None
    audit.record(tx, actor, "action.reopened", "actions", action.id)
    tx.flush()
