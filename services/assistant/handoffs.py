"""A chat in the hands of a person: the bot keeps quiet there until it is released, resolved, or its time is over.

Who asked is told when it begins and when it ends. A handoff belongs to a request of the kind `handover`, and its chat
knows it by `handoff_id`; the request may be answered long before the handoff ends. What was said meanwhile stays to be
read. Every function that changes a chat expects it to be locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple, cast

from sqlalchemy import select, text

from services import queue
from services.assistant import actions
from services.db.engine import Tx
from services.db.models import Action, Contact, Conversation, Tenant
from services.messaging.outbox import SHOWN_BODY
from services.tenants import audit
from services.tenants.actors import SYSTEM, Actor
from services.tenants.preferences import value_of

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
PATIENCE = timedelta(minutes=15)
"""Who writes into a handoff that nobody has answered for so long hears that it was passed on."""


def is_on(conversation: Conversation, now: datetime) -> bool:
    """Whether a chat is in somebody's hands because its person asked for one."""
    until = conversation.takeover_until
    return conversation.handoff_id is not None and until is not None and until > now


def begin(tx: Tx, conversation: Conversation, action: Action) -> datetime:
    """Has the bot keep quiet in a chat for as long as the tenant says; returns until when (`FOREVER`: no limit)."""
    hours = cast("int | None", value_of(tx.get_one(Tenant, tx.tenant), "handoff"))
    until = FOREVER if hours is None else tx.now + timedelta(hours=hours)
    before = conversation.takeover_until
    conversation.handoff_id = action.id
    if before is None or before < until:
        conversation.takeover_until = until
    _wake(tx, conversation)
    audit.record(tx, SYSTEM, "handoff.began", "conversations", conversation.id, after={"action": action.number})
    return cast(datetime, conversation.takeover_until)


def prolong(tx: Tx, conversation: Conversation, until: datetime) -> None:
    """Has a chat be in a person's hands until another moment; a handoff then ends there."""
    conversation.takeover_until = until
    if conversation.handoff_id is not None:
        _wake(tx, conversation)


def _wake(tx: Tx, conversation: Conversation) -> None:
    """Has the end of a handoff seen to; each end has a key of its own, since an earlier one may have been put off."""
    until = conversation.takeover_until
    if until is not None and until < FOREVER:
        queue.defer(tx, "actions", f"handoff:{tx.tenant}:{conversation.id}:{until.timestamp()}", at=until)


def end(tx: Tx, actor: Actor, conversation: Conversation, why: str) -> None:
    """Lets the bot answer in a chat again; `why` is `released`, `resolved`, `rejected` or `expired`."""
    conversation.takeover_until, conversation.handoff_id = None, None
    audit.record(tx, actor, f"handoff.{why}", "conversations", conversation.id)


def chat_of(tx: Tx, action: Action) -> Conversation | None:
    """The chat in which somebody asked for a person, locked; None if it is gone."""
    if action.conversation_id is None:
        return None
    statement = (
        select(Conversation)
        .where(Conversation.tenant_id == tx.tenant, Conversation.id == action.conversation_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return tx.scalars(statement).one_or_none()


def by_hand(tx: Tx, actor: Actor, conversation: Conversation, said: str, until: datetime) -> None:
    """A person of the business writes in a chat themselves: it is theirs, and a request for a person is answered."""
    if conversation.takeover_until is None or conversation.takeover_until < until:
        prolong(tx, conversation, until)
    handoff = conversation.handoff_id
    if handoff is None and conversation.contact_id is None:
        return
    for action in actions.open_handovers(tx, conversation.contact_id, [handoff] if handoff is not None else []):
        if action.status == "open":
            actions.decide(tx, actor, action, "answered", said)
        if "person_at" not in action.data:
            actions.note(tx, action, person_at=tx.now.isoformat())


def take(tx: Tx, actor: Actor, contact_id: int) -> bool:
    """A person takes somebody's chats over by command; returns whether a request for one was open and is answered."""
    found = [action for action in actions.open_handovers(tx, contact_id, []) if action.status == "open"]
    for action in found:
        actions.decide(tx, actor, action, "approved", "taken over")
        actions.note(tx, action, taken_at=tx.now.isoformat())
    return bool(found)


def released(tx: Tx, actor: Actor, contact_id: int, chats: Sequence[Conversation]) -> bool:
    """Gives chats back to the bot and closes the request for a person; returns whether there was one, or a handoff,
    so that the person is to be told.
    """
    ids = [chat.handoff_id for chat in chats if chat.handoff_id is not None]
    found = actions.open_handovers(tx, contact_id, ids)
    for action in found:
        if action.status == "open":
            actions.decide(tx, actor, action, "answered", "released")
    for chat in chats:
        if chat.handoff_id is not None:
            end(tx, actor, chat, "released")
        chat.takeover_until = None
    return bool(found)


def with_people(tx: Tx) -> Sequence[tuple[int, Contact]]:
    """Whose chats are in a person's hands although their request is answered: its number, and who they are."""
    statement = (
        select(Action.number, Contact)
        .join(Conversation, (Conversation.tenant_id == Action.tenant_id) & (Conversation.handoff_id == Action.id))
        .join(Contact, (Contact.tenant_id == Action.tenant_id) & (Contact.id == Action.contact_id))
        .where(Action.tenant_id == tx.tenant, Action.status != "open", Conversation.takeover_until > tx.now)
        .order_by(Action.number)
    )
    return [(row[0], row[1]) for row in tx.execute(statement)]


Word = Literal["again", "passed_on"]


def heard(tx: Tx, conversation: Conversation, said: str, *, asks_again: bool) -> tuple[Word, Action, bool] | None:
    """What somebody hears who writes into a handoff; None for silence, since a person is there or was told of.

    With it come the request, and whether the owner is to be told.
    """
    if not is_on(conversation, tx.now):
        return None
    for action in actions.open_handovers(tx, None, [cast(int, conversation.handoff_id)]):
        if asks_again and action.status == "open":
            tell_owner = actions.count_again(tx, action, said)
            told = action.data.get("again_told")
            if told is not None and tx.now - datetime.fromisoformat(str(told)) < actions.TOLD_AGAIN_AFTER:
                return None
            actions.note(tx, action, again_told=tx.now.isoformat())
            return "again", action, tell_owner
        since = datetime.fromisoformat(str(action.data.get("taken_at", action.created_at.isoformat())))
        answered = "person_at" in action.data or "passed_on" in action.data
        if not answered and tx.now - since >= PATIENCE:
            actions.note(tx, action, passed_on=tx.now.isoformat())
            return "passed_on", action, True
    return None


class Ended(NamedTuple):
    """A handoff whose time was over: its chat, its request if that is still open, and who they are."""

    conversation: Conversation
    action: Action | None
    person: Contact


def expire(tx: Tx) -> Sequence[Ended]:
    """Ends the handoffs of a tenant whose time is over. Two statements, and what they change."""
    statement = (
        select(Conversation, Contact)
        .join(Contact, (Contact.tenant_id == Conversation.tenant_id) & (Contact.id == Conversation.contact_id))
        .where(
            Conversation.tenant_id == tx.tenant,
            Conversation.handoff_id.is_not(None),
            Conversation.takeover_until <= tx.now,
        )
        .order_by(Conversation.id)
        .with_for_update(of=Conversation, key_share=True, skip_locked=True)
    )
    rows = tx.execute(statement).all()
    if not rows:
        return ()
    ids = [cast(int, chat.handoff_id) for chat, _person in rows]
    still = select(Action).where(Action.tenant_id == tx.tenant, Action.id.in_(ids), Action.status == "open")
    waiting = {action.id: action for action in tx.scalars(still)}
    ended = [Ended(chat, waiting.get(cast(int, chat.handoff_id)), person) for chat, person in rows]
    for each in ended:
        end(tx, SYSTEM, each.conversation, "expired")
    tx.flush()
    return ended


@dataclass(frozen=True, slots=True)
class Turn:
    """Something said in a chat: by its customer, by the bot, or by a person of the business; `at` is in UTC."""

    who: Literal["customer", "bot", "person"]
    text: str
    at: datetime


SPOKEN = "person:"
"""So begin the keys of messages in which a person's own words left by way of the bot: `person:REQUEST:MESSAGE`."""

# At the same moment an answer stands behind the message that it answers.
_TURNS = text(f"""
    with chat as (
        select session_id, chat from conversations where tenant_id = :tenant and id = :conversation
    ), said as (
        (select case when from_me then 'person' else 'customer' end as who, body, kind, received_at as at,
            message.id as after, 0 as side, message.id
        from messages message join chat using (session_id, chat)
        where tenant_id = :tenant and kind not in ('reaction', 'protocol', 'receipt', 'call')
            and (not from_me or outcome is distinct from 'echo')
        order by message.id desc limit :limit)
        union all
        (select case when dedup_key like :spoken then 'person' else 'bot' end, {SHOWN_BODY}, kind, created_at,
            case when dedup_key like :spoken then split_part(dedup_key, ':', 3)::bigint
                else coalesce(in_reply_to, 9223372036854775807) end,
            1, message.id
        from outbox message join chat using (session_id, chat)
        where tenant_id = :tenant and status not in ('cancelled', 'failed')
        order by message.id desc limit :limit)
    )
    select who, body, kind, at from said order by at desc, after desc, side desc, id desc limit :limit
""")


def turns(tx: Tx, conversation_id: int, limit: int = 20) -> Sequence[Turn]:
    """The last things said in a chat, the oldest first, whoever said them and however. One statement."""
    given = {"tenant": tx.tenant, "conversation": conversation_id, "limit": limit, "spoken": f"{SPOKEN}%"}
    found = tx.execute(_TURNS, given).all()
    return [Turn(row.who, row.body.strip() or f"[{row.kind}]", row.at) for row in reversed(found)]
