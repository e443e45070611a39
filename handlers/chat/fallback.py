"""The last word to people who write: small talk, and a polite first answer to whoever isn't understood.

A person reads these chats too, so a greeting isn't repeated for half a day. Who can't be helped by the book is told
so, and what the owner should see is passed on.
"""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import exists, select

from handlers.context import Context, is_stale
from handlers.grammar.reading import Understood
from handlers.grammar.sentences import small_talk, understand_owner
from handlers.reply import Drop, Reply, say
from services.db.models import LedgerEntry, Message
from services.i18n import Renderable, _, lines

QUIET = timedelta(hours=12)
_OWNERS_OWN = {"lend", "owe", "write_off", "due", "remind", "block", "unblock", "contact"}
# A question with somebody's name in it is about an account where it says so: `jam berapa buka?` isn't about Jam.
_ACCOUNT = re.compile(
    r"\b(?:status|h?utang\w*|piutang\w*|riwayat|history|owes?|debts?|saldo|balance|cicilan\w*|tagihan\w*|nunggak)\b",
    re.IGNORECASE,
)


def small_words(context: Context) -> Reply | Drop | None:
    """Thanks get a word; an "ok" or a smile needs none. A bot's small answers come fresh or not at all."""
    talk = small_talk(context.text)
    if is_stale(context.message) and talk is not None:
        return Drop("stale")
    if talk == "thanks":
        return say(_("You're welcome!"), outcome="small_talk")
    return Drop("small_talk") if talk in ("ok", "bye", "laugh", "praise") else None


def not_allowed(context: Context) -> Reply | None:
    """Somebody else's account, or a booking, is for the owner alone."""
    understood = _understood(context)
    if understood is None or understood.command == "paid":
        return None
    is_others = "name" in understood.arguments and _ACCOUNT.search(context.text) is not None
    if understood.command not in _OWNERS_OWN and not is_others:
        return None
    return say(
        lines(
            _("Only {business} can do that here.", business=context.tenant.name),
            _("To see your own account, write *balance*."),
        ),
        outcome="not_allowed",
    )


def greeting(context: Context) -> Reply | Drop:
    """One useful answer to whatever else is said, then quiet for half a day."""
    if is_stale(context.message):
        return Drop("stale")
    if _greeted_lately(context) and small_talk(context.text) != "help":
        return Drop("quiet")
    return say(_welcome(context), outcome="greeted")


def _welcome(context: Context) -> Renderable:
    business = context.tenant.name
    hello = _("Hello! This is {business}'s automatic assistant.", business=business)
    if has_account(context):
        return lines(
            hello, _("Write *balance* to see what is open. All else {business} reads here.", business=business)
        )
    return lines(
        hello,
        _("{business} reads this chat and will answer you here.", business=business),
        _("If you have an account with us, write *balance* to see it."),
    )


def _understood(context: Context) -> Understood | None:
    understood = understand_owner(context.text, context.reading)
    return understood if isinstance(understood, Understood) else None


def _greeted_lately(context: Context) -> bool:
    greeted = exists().where(
        Message.tenant_id == context.tx.tenant,
        Message.conversation_id == context.conversation.id,
        Message.outcome == "greeted",
        Message.processed_at > context.tx.now - QUIET,
    )
    return bool(context.tx.scalar(select(greeted)))


def has_account(context: Context) -> bool:
    """Whether anything was ever booked with this person."""
    assert context.contact is not None
    booked = exists().where(LedgerEntry.tenant_id == context.tx.tenant, LedgerEntry.contact_id == context.contact.id)
    return bool(context.tx.scalar(select(booked)))
