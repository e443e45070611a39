"""Requests decided by programs: what the chat's `action N …` does, said in fields instead of words.

The request is locked, closed as it says, and the person who asked is told. Money is booked for a proof only, by the
same rule as the chat's; `undo` there takes that back, too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import func, select

from services.assistant import action_notices, action_proofs, action_texts, actions, handoffs
from services.assistant.action_cases import Case, Decision, Told
from services.assistant.action_rounds import back
from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Action, Message, Tenant
from services.errors import DomainError
from services.i18n import Percent, Renderable, Shown, _
from services.lending import promises
from services.messaging import outbox
from services.messaging.outbox import Outgoing
from services.money import Money
from services.tenants.actors import Actor


def decide(
    tx: Tx, actor: Actor, number: int, decision: Decision, *, blocked: Collection[str] = (), key: str | None = None
) -> tuple[Action, bool]:
    """Decides a request; returns it, and whether the person who asked was told.

    `blocked` are numbers that nobody writes to; a repeat under the same `key` does nothing and returns the same.
    Raises `DomainError` `unknown_action`, `action_closed`, `key_used`, `bad_decision`, `answer_required`,
    `day_required`, `bad_amount`, `bad_share`.
    """
    found = actions.find(tx, number)
    chat = handoffs.chat_of(tx, found) if found.kind == "handover" else None
    action = actions.by_number(tx, number)
    repeated = _repeated(action, decision, key)
    if repeated is not None:
        return action, repeated
    case = Case(tx, actor, tx.get_one(Tenant, tx.tenant), blocked, action, chat, decision)
    if action.status != "open" and not _goes_on(case):
        raise DomainError("action_closed", _("Request {number} is done already.", number=str(number)))
    notice, spoken = _KINDS.get(action.kind, _in_words)(case)
    told = notice is not None and _tell(case, notice, spoken=spoken)
    if key is not None:
        actions.note(tx, action, request={"key": key, "content": decision.content, "told": told})
    return action, told


def _repeated(action: Action, decision: Decision, key: str | None) -> bool | None:
    """Whether the person was told when this was decided under this key; None where it wasn't. Raises `key_used`."""
    kept = action.data.get("request")
    if key is None or not isinstance(kept, dict) or kept["key"] != key:
        return None
    if kept["content"] != decision.content:
        raise DomainError("key_used", _("This Idempotency-Key was used for another decision."))
    return bool(kept["told"])


def _goes_on(case: Case) -> bool:
    """Whether a handover that is answered still takes this: its end, or the words of who has taken it."""
    action, chat = case.action, case.chat
    if action.kind != "handover" or chat is None or chat.handoff_id != action.id:
        return False
    own = action.status == "approved" and action.answered_by == case.actor.id
    return case.decision.verdict == "done" or (own and case.decision.verdict == "answer")


def _tell(case: Case, notice: Renderable, *, spoken: bool) -> bool:
    """Writes to the person who asked; False if they can't be reached."""
    reach = action_notices.reach_of(case.tx, case.action, case.blocked)
    if reach is None:
        return False
    text = notice.render(reach.locale or case.tenant.locale)
    outbox.put(case.tx, [Outgoing(reach.session_id, reach.chat, text, dedup_key=_key(case) if spoken else None)])
    return True


def _key(case: Case) -> str:
    """A person's own words stand behind the latest message, where the chat is told again."""
    latest = case.tx.scalar(select(func.max(Message.id)).where(Message.tenant_id == case.tx.tenant)) or 0
    return f"{handoffs.SPOKEN}{case.action.number}:{latest}:{case.tx.now.timestamp()}"


def _in_words(case: Case) -> Told:
    """Whatever is answered in words, and a discount or a refund."""
    match case.decision.verdict:
        case "reject":
            case.only()
            case.close("rejected")
            return action_notices.declined(case.tenant.name, case.action), False
        case "done":
            case.only()
            case.close("answered")
            return action_notices.settled(case.tenant.name, case.action), False
        case "answer":
            case.only("text")
            case.close("answered", case.words)
            return action_notices.answered(case.tenant.name, case.words), True
    if case.action.kind not in action_notices.GRANTED:
        raise DomainError("answer_required", _("This request is answered in words: send answer, with the text."))
    case.only("amount", "percent")
    offer = _offer(case)
    case.close("approved", None if offer is None else Shown(offer).render(case.tenant.locale))
    if offer is None:
        return action_notices.granted(case.tenant.name, case.action), False
    return action_notices.offered(case.tenant.name, case.action, offer), False


def _offer(case: Case) -> Percent | Money | None:
    percent = case.decision.percent
    if percent is None:
        return case.given
    if not 0 < percent <= 100 or case.decision.amount is not None:
        raise DomainError("bad_share", _("A share is more than 0 % and at most 100 %, without an amount."))
    return Percent(percent / 100)


def _postponement(case: Case) -> Told:
    """More time: until the day that was asked for, or another; kept as a promise, for which reminders wait."""
    if case.decision.verdict != "approve":
        return _in_words(case)
    case.only("until")
    today = local_date(case.tx.now, case.tenant.timezone)
    day = case.decision.until or action_texts.day_of(case.action)
    if day is None or day < today:
        raise DomainError("day_required", _("Say until which day, from today on."))
    case.close("approved", day.isoformat())
    action = case.action
    promises.keep(case.tx, action.contact_id, day, action.said, action.message_id, today)
    return action_notices.more_time(case.tenant.name, day), False


def _handover(case: Case) -> Told:
    """A chat is taken over, written in, given back, or not taken."""
    tx, action, business = case.tx, case.action, case.tenant.name
    match case.decision.verdict:
        case "approve":
            case.only()
            case.close("approved")
            actions.note(tx, action, taken_at=tx.now.isoformat())
            _keep_quiet(case)
            return action_notices.person_is_here(business), False
        case "answer":
            case.only("text")
            _speak(case)
            return Shown(case.words), True
        case "done":
            case.only()
            if action.status == "open":
                case.close("answered")
            _end(case, "resolved")
            return back(business, still_open=False), False
    case.only()
    case.close("rejected")
    _end(case, "rejected")
    return action_notices.nobody_can(business), False


def _speak(case: Case) -> None:
    if case.action.status == "open":
        case.close("answered", case.words)
    else:
        case.action.status, case.action.answer = "answered", case.words[: actions.MAX_SAID]
    actions.note(case.tx, case.action, person_at=case.tx.now.isoformat())
    _keep_quiet(case)


def _keep_quiet(case: Case) -> None:
    if case.chat is not None and not handoffs.is_on(case.chat, case.tx.now):
        handoffs.begin(case.tx, case.chat, case.action)


def _end(case: Case, why: str) -> None:
    if case.chat is not None and case.chat.handoff_id == case.action.id:
        handoffs.end(case.tx, case.actor, case.chat, why)


_KINDS: Mapping[str, Callable[[Case], Told]] = {
    "proof": action_proofs.decided, "handover": _handover, "postponement": _postponement
}  # fmt: skip
