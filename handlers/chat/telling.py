"""Telling the owner, in their own chat, what somebody did."""

from __future__ import annotations

from handlers.context import Context
from handlers.reply import Notice
from services.i18n import Renderable
from services.messaging.contacts import Reach
from services.messaging.outbox import Attachment


def to_owner(
    context: Context, text: Renderable, key: str | None = None, attachment: Attachment | None = None
) -> Notice:
    """A notice for the chat of the session with itself, in the tenant's language; with `key` it can be quoted.

    With `attachment` it is the caption of that file.
    """
    assert context.contact is not None
    own_chat = Reach(context.contact.id, context.session.id, f"phone:{context.session.phone}", None, False, False)
    return Notice(own_chat, text, key, attachment)
