"""Answering somebody who asked for a person: taking the chat over, writing in it, giving it back, declining.

Called with the chat and the request locked.
"""

from __future__ import annotations

from handlers.grammar.values import name_key
from handlers.owner import accounts
from handlers.owner.answering import Answering
from handlers.owner.call import Call
from handlers.owner.persons import find_person
from handlers.reply import Question, Reply
from services.assistant import action_notices, actions, handoffs
from services.assistant.action_rounds import back
from services.db.models import Contact
from services.i18n import Renderable, Shown, _, lines
from services.messaging import contacts


def find_asker(call: Call, *, careful: bool = True) -> Contact | Question:
    """The contact that `name` means; also somebody whom the owner hasn't named and who alone calls themselves so."""
    tx, name = call.context.tx, call.text("name") or ""
    if "contact" not in call.arguments and not contacts.named(tx, name_key(name)):
        nameless = contacts.nameless_called(tx, name)
        if len(nameless) == 1:
            return contacts.get(tx, nameless[0][0])
    return find_person(call, careful=careful)


def handover(given: Answering) -> Reply:
    """Takes a chat over, writes in it, gives it back, or declines to."""
    said = {"yes": _taken, "no": _declined, "done": _resolved}.get(given.word or "")
    return said(given) if said is not None else _spoken(given)


def _taken(given: Answering) -> Reply:
    tx, name = given.call.context.tx, accounts.shown(given.person)
    given.decide("approved")
    actions.note(tx, given.action, taken_at=tx.now.isoformat())
    _keep_quiet(given)
    text = lines(
        _("The chat with {name} is yours; I keep quiet there.", name=name), _how_to_end(given),
    )  # fmt: skip
    return given.told(text, action_notices.person_is_here(given.business))


def _spoken(given: Answering) -> Reply:
    """A person's first words to somebody who asked for one."""
    tx, name = given.call.context.tx, accounts.shown(given.person)
    if given.action.status == "open":
        given.decide("answered")
    else:
        given.action.status, given.action.answer = "answered", given.said[: actions.MAX_SAID]
    actions.note(tx, given.action, person_at=tx.now.isoformat())
    _keep_quiet(given)
    text = lines(_("Sent to {name}; I keep quiet there.", name=name), _how_to_end(given))
    return given.told(text, Shown(given.said), spoken=True)


def _keep_quiet(given: Answering) -> None:
    tx = given.call.context.tx
    if given.chat is not None and not handoffs.is_on(given.chat, tx.now):
        handoffs.begin(tx, given.chat, given.action)


def _how_to_end(given: Answering) -> Renderable:
    if given.person.name is None:
        return _("When it is settled: *action {number} done*", number=given.number)
    return _("When it is settled: *action {number} done*, or: release {name}", number=given.number,
             name=accounts.shown(given.person))  # fmt: skip


def _resolved(given: Answering) -> Reply:
    if given.action.status == "open":
        given.decide("answered")
    _end(given, "resolved")
    text = _("Request {number} is settled; I answer {name} again.", number=given.number,
             name=accounts.shown(given.person))  # fmt: skip
    return given.told(text, back(given.business, still_open=False))


def _declined(given: Answering) -> Reply:
    given.decide("rejected")
    _end(given, "rejected")
    text = _("Request {number} is declined.", number=given.number)
    return given.told(text, action_notices.nobody_can(given.business))


def _end(given: Answering, why: str) -> None:
    context = given.call.context
    if given.chat is not None and given.chat.handoff_id == given.action.id:
        handoffs.end(context.tx, context.actor, given.chat, why)


def goes_on(given: Answering) -> bool:
    """Whether a handover that is answered still takes this answer: its end, or the words of who has taken it."""
    action, chat = given.action, given.chat
    if action.kind != "handover" or chat is None or chat.handoff_id != action.id:
        return False
    own = action.status == "approved" and action.answered_by == given.call.context.actor.id
    return given.word == "done" or (own and given.word is None)
