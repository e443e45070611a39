"""Messages that aren't answered, and why: our own echo, blocked people, floods, chats that a person has taken over.

What comes in is always stored and read; a gate keeps answers from going out. Consent, and the answer to an agreement,
pass all but the echo; a proof of payment passes a takeover. Who waits for a person hears once that they were heard.
Where a business isn't working nothing is booked, so an agreement isn't answered there either.
"""

from __future__ import annotations

from datetime import timedelta

from handlers.chat.agreements import is_answer
from handlers.chat.asking import during_handoff
from handlers.chat.consent import word_of
from handlers.chat.requests import is_proof
from handlers.context import Context, in_takeover
from handlers.owner.dialogs import pending
from handlers.reply import Drop, Pending, Reply
from services.assistant import handoffs
from services.i18n import _
from services.messaging import outbox
from services.tenants import life

FLOOD_LIMIT = 30
# What nobody says: marks on other messages, and what the apps tell each other.
_SILENT_KINDS = {"reaction", "protocol", "receipt", "call"}
# What is said, but not in words that could be answered.
_WORDLESS_KINDS = {"sticker", "poll", "unknown"}


def gate(context: Context, *, arriving: bool = True) -> Drop | Reply | None:
    """The reason for which a message isn't answered, or the one word for who waits for a person; None if it may be.

    Of a burst that is `arriving` no more, what came before the flood is answered.
    """
    message = context.message
    if message.kind in _SILENT_KINDS:
        return Drop("kind")
    if message.from_me and outbox.is_echo(
        context.tx, message.session_id, message.chat, message.provider_id, message.body
    ):  # fmt: skip
        return Drop("echo")
    if context.by_hand:
        return take_over(context)
    stands_still = life.is_off(context.tenant.status)
    if context.in_group:
        speaks = context.is_owner_side and not stands_still
        return None if speaks else _keeps_quiet_in_group(context, arriving)
    if message.kind in _WORDLESS_KINDS:
        return Drop("kind")
    if context.is_owner_side or word_of(message.body) is not None or (not stands_still and is_answer(context)):
        return None
    return _keeps_quiet(context, arriving)


def take_over(context: Context) -> Drop:
    """The owner writes to somebody by hand: the bot goes quiet in that chat for a while, or for as long as it was."""
    minutes = context.preference("takeover")
    assert isinstance(minutes, int)
    until = context.tx.now + timedelta(minutes=minutes)
    handoffs.by_hand(context.tx, context.actor, context.conversation, context.text, until)
    return Drop("takeover_began")


def _keeps_quiet_in_group(context: Context, arriving: bool) -> Drop | Reply | None:
    """In a group that wasn't switched on everything is the same: none of our business."""
    return _keeps_quiet(context, arriving) if context.conversation.answers_group else Drop("group")


def _keeps_quiet(context: Context, arriving: bool) -> Drop | Reply | None:
    if context.is_blocked:
        return Drop("blocked")
    if not life.works(context.tenant.status):
        return Drop("tenant_inactive")
    if in_takeover(context.conversation, context.tx.now) and not is_proof(context):
        return during_handoff(context) or Drop("takeover")
    if arriving and context.conversation.window_count > FLOOD_LIMIT:
        return _flooded(context)
    return None


def _flooded(context: Context) -> Drop | Reply:
    """Too much in a minute isn't answered; who writes so is told it once in that minute, in a chat of two."""
    if context.in_group or context.conversation.window_count > FLOOD_LIMIT + 1:
        return Drop("flood")
    text = _("That is more than I can answer at once. I answer what came until now; please write the rest slowly.")
    waiting = pending(context)
    return Reply((text,), dialog=Pending(waiting) if waiting is not None else None, outcome="flood")
