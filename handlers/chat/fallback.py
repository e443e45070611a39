"""The last word to people who write: small talk, and a polite first answer to whoever isn't understood."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from handlers.context import Context, is_stale
from handlers.grammar.sentences import small_talk
from handlers.reply import Drop, Reply, say
from services.db.models import LedgerEntry, OutboxMessage
from services.i18n import _, lines

QUIET = timedelta(hours=12)


def customer_fallback(context: Context) -> Reply | Drop:
    """One useful answer; then quiet for half a day, since a person reads this chat too."""
    if is_stale(context.message):
        return Drop("stale")
    talk = small_talk(context.text)
    if talk == "thanks":
        return say(_("You're welcome!"), outcome="small_talk")
    if talk in ("ok", "bye", "laugh"):
        return Drop("small_talk")
    if _answered_lately(context):
        return Drop("quiet")
    business = context.tenant.name
    if _has_account(context):
        return say(
            lines(
                _("Hello! This is {business}'s automatic assistant.", business=business),
                _(
                    "Write *balance* and I tell you what is open. Anything else {business} reads and answers here.",
                    business=business,
                ),
            ),
            outcome="greeted",
        )
    return say(
        lines(
            _("Hello! This is {business}'s automatic assistant.", business=business),
            _("{business} reads this chat and will answer you here.", business=business),
            _("If you have an account with us, write *balance* to see it."),
        ),
        outcome="greeted",
    )


def _answered_lately(context: Context) -> bool:
    """Whether this chat has got a text of ours lately that wasn't asked for by a question."""
    latest = context.tx.scalar(
        select(func.max(OutboxMessage.created_at)).where(
            OutboxMessage.tenant_id == context.tx.tenant,
            OutboxMessage.session_id == context.session.id,
            OutboxMessage.chat == context.conversation.chat,
            OutboxMessage.in_reply_to.is_not(None),
        )
    )
    return latest is not None and latest > context.tx.now - QUIET


def _has_account(context: Context) -> bool:
    assert context.contact is not None
    count = context.tx.scalar(
        select(func.count())
        .select_from(LedgerEntry)
        .where(LedgerEntry.tenant_id == context.tx.tenant, LedgerEntry.contact_id == context.contact.id)
    )
    return bool(count)
