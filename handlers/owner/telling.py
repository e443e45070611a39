"""Telling the person on the other side of an entry, and the owner whether they were told."""

from __future__ import annotations

from handlers.owner import accounts
from handlers.owner.call import Call
from handlers.owner.running import pending
from handlers.reply import YES_NO, Notice, Question, Reply
from services.db.models import Contact
from services.i18n import Renderable, _, lines
from services.messaging import contacts
from services.messaging.contacts import Reach


def reach_of(call: Call, person: Contact) -> Reach | None:
    """How a person hears of an entry; None if they don't: switched off, unknown number, or blocked."""
    if call.context.preference("notify") is not True:
        return None
    reach = contacts.reach(call.context.tx, [person.id]).get(person.id)
    return reach if reach is not None and call.context.may_write_to(reach) else None


def done(
    call: Call, person: Contact, told: Reach | None, text: Renderable, notice: Renderable, *, first: bool = False
) -> Reply:
    """The reply to something that can be undone, and the notice to the person if they can be reached.

    With `first`, of somebody's first debt, the owner is asked who they are on WhatsApp if that can be guessed.
    """
    undo = _("Wrong? Type *undo*.")
    if told is not None:
        reply = lines(text, _("{name} has been told.", name=accounts.shown(person)), undo)
        return Reply((reply,), (Notice(told, notice),), understood=call.understood())
    asked = _is_it_them(call, person) if first else None
    if asked is None:
        return Reply((lines(text, undo),), understood=call.understood())
    return Reply((lines(text, undo, "", asked.texts[0]),), dialog=asked.dialog, understood=call.understood())


def _is_it_them(call: Call, person: Contact) -> Reply | None:
    """Asks whether a nameless person who calls themselves so is this one, who has no number; nobody assumes it."""
    tx, name = call.context.tx, accounts.shown(person)
    writers = contacts.nameless_called(tx, name)
    if len(writers) != 1 or contacts.addresses(tx, person.id):
        return None
    number = f"+{writers[0][1]}"
    question = _(
        "Somebody who calls themselves {name} wrote from {number}. Is it the same person?", name=name, number=number
    )
    arguments = {"name": name, "contact": person.id, "number": number}
    return pending(call.context, call.book["contact"], arguments, Question("confirmed", question, YES_NO))
