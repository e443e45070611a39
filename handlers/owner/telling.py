"""Telling the person on the other side of an entry, and the owner whether they were told."""

from __future__ import annotations

from handlers.owner import accounts
from handlers.owner.call import Call
from handlers.reply import Notice, Reply
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


def done(call: Call, person: Contact, told: Reach | None, text: Renderable, notice: Renderable) -> Reply:
    """The reply to something that can be undone, and the notice to the person if they can be reached."""
    hint = _("{name} has been told.", name=accounts.shown(person)) if told is not None else None
    reply = lines(text, hint, _("Wrong? Type *undo*."))
    return Reply((reply,), (Notice(told, notice),) if told is not None else (), understood=call.understood())
