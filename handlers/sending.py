"""From a reply to the messages that go out: each in its reader's language, with the file that belongs to it."""

from __future__ import annotations

from handlers.context import Context
from handlers.reply import Notice, Reply
from services.messaging.outbox import REPLY, Outgoing


def outgoing(context: Context, reply: Reply) -> list[Outgoing]:
    """The replies for the speaker, then the notices for others."""
    chat, session_id = context.message.chat, context.session.id
    locale = reply.locale or context.locale
    replies = [
        Outgoing(session_id, chat, text.render(locale), in_reply_to=context.message.id, priority=REPLY)
        for text in reply.texts
    ]
    notices = [_notice(context, notice) for notice in reply.notices]
    return [*replies, *notices]


def _notice(context: Context, notice: Notice) -> Outgoing:
    reach, file = notice.reach, notice.attachment
    text = notice.text.render(reach.locale or context.tenant.locale)
    if file is None:
        return Outgoing(reach.session_id, reach.chat, text, dedup_key=notice.key)
    kind = "image" if file.mime.startswith("image/") else "document"
    return Outgoing(reach.session_id, reach.chat, text, dedup_key=notice.key, kind=kind, attachment=file)
