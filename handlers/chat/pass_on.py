"""Showing the owner what somebody wrote, with the command that would note it."""

from __future__ import annotations

from handlers.context import Context
from handlers.owner.accounts import shown
from handlers.reply import Notice
from services.i18n import Renderable, _, lines
from services.messaging.contacts import Reach
from services.money import Money

MAX_QUOTED = 300


def pass_on(context: Context, amount: Money | None) -> Notice:
    """A notice for the owner's own chat that quotes the message, with the command that notes the payment."""
    assert context.contact is not None
    own_chat = Reach(context.contact.id, context.session.id, f"phone:{context.session.phone}", None, False, False)
    hint = _("If it is right: paid {name} {amount}", name=shown(context.contact), amount=amount or _("AMOUNT"))
    return Notice(own_chat, lines(_quote(context), hint))


def _quote(context: Context) -> Renderable:
    assert context.contact is not None
    name, words = shown(context.contact), context.text.strip()[:MAX_QUOTED]
    if not words:
        return _("{name} sent you a picture or a file.", name=name)
    return _("{name} writes: “{words}”", name=name, words=words)
