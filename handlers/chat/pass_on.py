"""Showing the owner what somebody wrote, with the command that would note it."""

from __future__ import annotations

from handlers.context import Context
from handlers.owner.accounts import shown
from handlers.reply import Notice
from services.i18n import Renderable, _, lines
from services.messaging.contacts import Reach

MAX_QUOTED = 300


def pass_on(context: Context) -> Notice:
    """A notice for the owner's own chat that quotes the message."""
    assert context.contact is not None
    own_chat = Reach(context.contact.id, context.session.id, f"phone:{context.session.phone}", None, False, False)
    return Notice(
        own_chat, lines(_quote(context), _("If it is right: paid {name} AMOUNT", name=shown(context.contact)))
    )


def _quote(context: Context) -> Renderable:
    assert context.contact is not None
    name, words = shown(context.contact), context.text.strip()[:MAX_QUOTED]
    if not words:
        return _("{name} sent you a picture or a file.", name=name)
    return _("{name} writes: “{words}”", name=name, words=words)
