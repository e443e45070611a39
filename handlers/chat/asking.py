"""How a chat asks a person of the business: for a decision, an answer, or to take the chat over.

`ask_person` makes the request, the notice with which the owner decides it, and the words for the person who asked.
Called by the bot's side and by what borrowers ask for. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from handlers.chat.telling import to_owner
from handlers.context import Context
from handlers.grammar.customers import wish_of
from handlers.owner import accounts
from handlers.reply import Notice, Reply
from services.assistant import action_texts, actions, handoffs, words
from services.assistant.actions import Asked
from services.db.models import Action
from services.i18n import Joined, Renderable, Text, Weekday, _, lines
from services.lending.hours import quiet_until
from services.tenants.preference_values import show_hour

MAX_QUOTED = 300
_SHOWN_TURNS, _LONGEST_TURN = 6, 120

# What the owner reads first, what they may answer, and what the person who asked hears.
_HEADS: Mapping[str, Text] = {
    "question": _("{name} writes: “{words}”"),
    "postponement": _("🗓️ {name} asks for more time to pay: “{words}”"),
    "discount": _("🏷️ {name} asks for a discount: “{words}”"),
    "refund": _("↩️ {name} asks for a refund: “{words}”"),
    "handover": _("🙋 {name} asks for a person: “{words}”"),
    "complaint": _("⚠️ {name} complains: “{words}”"),
    "unknown": _("❓ I couldn't answer {name}: “{words}”"),
    "rule": _("📌 {name} writes something that you want to see yourself: “{words}”"),
}
_ANSWER = _("Reply to this message with your answer and I send it, or: *action {number} TEXT*. (request {number})")
_HOW: Mapping[str, Text] = {
    "discount": _(
        "Reply *yes*, *no*, what you offer (10% or an amount), or your answer; or: *action {number} yes*."
        " (request {number})"
    ),
    "refund": _("Reply *yes*, *no*, or your answer; or: *action {number} yes*. (request {number})"),
    "postponement": _(
        "Reply *yes*, *no*, or another day (for example tgl 25); or: *action {number} yes*. (request {number})"
    ),
    "handover": _(
        "I keep quiet there. Reply *yes* if you take it, or with your answer and I send it. When it is settled:"
        " *action {number} done*. (request {number})"
    ),
}
_TOLD: Mapping[str, Text] = {
    "question": _("I have passed that on to {business}. You get an answer here."),
    "postponement": _(
        "I have asked {business} whether you may pay later. Until you get an answer here, what was agreed holds."
    ),
    "discount": _("I can't decide about prices myself, so I have asked {business}. You get an answer here."),
    "refund": _("I have passed your wish for a refund on to {business}. You get an answer here."),
    "handover": _("I have called somebody from {business}; a person will answer you here. I keep quiet until then."),
    "complaint": _("I'm sorry about that. I have told {business}; a person will look into it and answer you here."),
    "unknown": _("I don't know that, so I have asked {business}. You get an answer here."),
    "rule": _("I have passed that on to {business}. You get an answer here."),
}


def ask_person(
    context: Context, kind: str, said: str, *, chatbot_id: int | None = None, priority: str | None = None,
    told: Renderable | None = None, data: Mapping[str, object] | None = None,
) -> Reply:  # fmt: skip
    """Has a person of the business decide or answer what somebody said; a `handover` begins at once.

    `kind` is any but `proof`. `told` takes the place of the usual words for the person who asked. Who asks for the
    same again while it waits hears so, and the owner isn't told each time.
    """
    assert context.contact is not None
    text = told or _told(context, kind)
    language = None if context.contact.locale else words.language(said)
    if not context.settings.enable_actions_center:
        return _passed_on(context, kind, said, text, language)
    asked = actions.ask_once(
        context.tx, kind, contact_id=context.contact.id, message_id=context.message.id, said=said,
        conversation_id=context.conversation.id, data=data, chatbot_id=chatbot_id, priority=priority,
    )  # fmt: skip
    if asked.action.kind == "handover" and asked.action.status == "open":
        handoffs.begin(context.tx, context.conversation, asked.action)
    if asked.is_new:
        return Reply((text,), (_notice(context, asked.action),), outcome=kind, locale=language)
    return replace(_again(context, asked, said), locale=language)


def _passed_on(context: Context, kind: str, said: str, text: Renderable, language: str | None) -> Reply:
    """Without the actions center the owner gets a plain message; who asked for a person is left to them for a while."""
    if kind == "handover":
        minutes = context.preference("takeover")
        assert isinstance(minutes, int)
        context.conversation.takeover_until = context.tx.now + timedelta(minutes=minutes)
    notice = to_owner(context, _head(context, kind, said))
    return Reply((text,), (notice,), outcome="passed_on", locale=language)


def _told(context: Context, kind: str) -> Renderable:
    text = _(_TOLD[kind].message, business=context.tenant.name)
    return lines(text, _late(context)) if kind == "handover" else text


def _late(context: Context) -> Renderable | None:
    """Until when nobody will be there, if it is night for the business."""
    until = quiet_until(context.tenant, context.tx.now)
    if until is None:
        return None
    hour = show_hour(until.astimezone(ZoneInfo(context.tenant.timezone)).hour)
    return _("It is late there; it may take until {hour}.", hour=hour)


def _again(context: Context, asked: Asked, said: str) -> Reply:
    """The same was asked for before: it is counted, and the owner hears of it from time to time."""
    text = _("I have told {business} already. You get an answer here.", business=context.tenant.name)
    notices = (_reminding(context, asked.action, said),) if asked.tell_owner else ()
    return Reply((text,), notices, outcome="asked_again")


def _reminding(context: Context, action: Action, said: str) -> Notice:
    assert context.contact is not None
    name = accounts.shown(context.contact)
    text = _("{name} writes again: “{words}” (request {number})", name=name, words=said.strip()[:MAX_QUOTED],
             number=str(action.number))  # fmt: skip
    return to_owner(context, text, actions.notice_key(action, "again", context.message.id))


def _head(context: Context, kind: str, said: str) -> Renderable:
    assert context.contact is not None
    return _(_HEADS[kind].message, name=accounts.shown(context.contact), words=said.strip()[:MAX_QUOTED])


def _notice(context: Context, action: Action) -> Notice:
    """The one message in which the owner is asked."""
    how = _HOW.get(action.kind, _ANSWER)
    text = lines(
        _head(context, action.kind, action.said),
        _day(action),
        _urgency(action),
        _lately(context, action) if action.kind in ("handover", "unknown", "complaint") else None,
        _(how.message, number=str(action.number)),
    )
    return to_owner(context, text, actions.notice_key(action))


def _day(action: Action) -> Renderable | None:
    """The day until which more time is asked for."""
    day = action_texts.day_of(action)
    return _("Until {day}?", day=Weekday(day)) if day is not None else None


def _urgency(action: Action) -> Renderable | None:
    above = action.priority in ("high", "urgent") and action.priority != actions.PRIORITY_OF[action.kind]
    return Joined(("‼️", action_texts.PRIORITY_WORDS[action.priority]), " ") if above else None


def _lately(context: Context, action: Action) -> Renderable | None:
    """What was said in the chat before, both sides."""
    turns = handoffs.turns(context.tx, context.conversation.id, _SHOWN_TURNS + 1)
    before = [turn for turn in turns if turn.text.strip() != action.said.strip()][-_SHOWN_TURNS:]
    if not before:
        return None
    assert context.contact is not None
    who: dict[str, Renderable | str] = {
        "customer": accounts.shown(context.contact),
        "bot": _("Bot"),
        "person": context.tenant.name,
    }
    shown = (Joined(("• ", who[turn.who], ": ", _short(turn.text)), "") for turn in before)
    return lines(_("Before that:"), *shown)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_TURN else f"{line[: _LONGEST_TURN - 1].rstrip()}…"


def during_handoff(context: Context) -> Reply | None:
    """The one word for somebody who writes while they wait for a person: that it was passed on; else silence."""
    if context.contact is None or context.in_group:
        return None
    asks_again = wish_of(context.text) == "handover"
    heard = handoffs.heard(context.tx, context.conversation, context.text, asks_again=asks_again)
    if heard is None:
        return None
    word, action, tell_owner = heard
    if word == "again":
        return _again(context, Asked(action, False, tell_owner), context.text)
    text = _("I have passed that on; somebody from {business} will answer you here.", business=context.tenant.name)
    return Reply((text,), (_reminding(context, action, context.text),), outcome="passed_on")
