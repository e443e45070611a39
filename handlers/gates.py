"""Messages that aren't answered, and why: our own echo, blocked people, floods, chats that a person has taken over.

What comes in is always stored and read; a gate keeps answers from going out. Consent, and the answer to an agreement,
pass all but the echo.
"""

from __future__ import annotations

from datetime import timedelta

from handlers.chat.agreements import is_answer
from handlers.chat.consent import word_of
from handlers.context import Context, in_takeover
from handlers.reply import Drop
from services.messaging import outbox

FLOOD_LIMIT = 30
# What nobody says: marks on other messages, and what the apps tell each other.
_SILENT_KINDS = {"reaction", "protocol", "receipt", "call"}
# What is said, but not in words that could be answered.
_WORDLESS_KINDS = {"sticker", "poll", "unknown"}


def gate(context: Context) -> Drop | None:
    """The reason for which a message isn't answered; None when it may be."""
    message = context.message
    if message.kind in _SILENT_KINDS:
        return Drop("kind")
    if message.from_me and outbox.is_echo(
        context.tx, message.session_id, message.chat, message.provider_id, message.body
    ):  # fmt: skip
        return Drop("echo")
    if context.by_hand:
        return take_over(context)
    if context.in_group:
        return None if context.is_owner_side else _keeps_quiet_in_group(context)
    if message.kind in _WORDLESS_KINDS:
        return Drop("kind")
    if context.is_owner_side or word_of(message.body) is not None or is_answer(context):
        return None
    return _keeps_quiet(context)


def take_over(context: Context) -> Drop:
    """The owner writes to somebody by hand: the bot goes quiet in that chat for a while."""
    minutes = context.preference("takeover")
    assert isinstance(minutes, int)
    context.conversation.takeover_until = context.tx.now + timedelta(minutes=minutes)
    return Drop("takeover_began")


def _keeps_quiet_in_group(context: Context) -> Drop | None:
    """In a group that wasn't switched on everything is the same: none of our business."""
    return _keeps_quiet(context) if context.conversation.answers_group else Drop("group")


def _keeps_quiet(context: Context) -> Drop | None:
    if context.is_blocked:
        return Drop("blocked")
    if context.conversation.window_count > FLOOD_LIMIT:
        return Drop("flood")
    if in_takeover(context.conversation, context.tx.now):
        return Drop("takeover")
    if context.tenant.status not in ("active",):
        return Drop("tenant_inactive")
    return None
