"""An owner's sentence that the rules don't understand: a model says which command it is, and the rules go on.

The message waits while the model reads it, outside any transaction. What it made of it is kept with the message, read
by the grammar and run like a typed command: same permission, same questions, and a yes before anything is done.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select

from handlers.context import Context, is_stale, read_message
from handlers.grammar.book import CommandBook
from handlers.grammar.codec import decode
from handlers.grammar.from_model import nearest, read_proposal, words_of
from handlers.grammar.parse import Parsed
from handlers.grammar.schema import schema_of
from handlers.grammar.spec import Command
from handlers.owner.making_sure import SETTLED, SURE, typed
from handlers.owner.running import resumed, run
from handlers.reply import Reply, Unread
from handlers.thinking import Minds
from services.assistant.understanding import Sentence, find_command
from services.db.engine import Tx
from services.db.models import Conversation, Message
from services.i18n import Renderable, Text, _, lines
from services.messaging import contacts, inbox
from services.tenants import credits
from services.tenants.platform import PERMISSION

SHORTEST, LONGEST = 3, 600
SHOWN_NAMES = 8
TOLD_AGAIN_AFTER = timedelta(hours=1)

_TROUBLE: dict[str, Text] = {
    "credits": _("(Your AI credits are used up, so for now I only understand what *help* shows.)"),
    "failed": _("(The AI that helps me with other sentences isn't answering right now.)"),
}


def by_model(context: Context, book: CommandBook, waiting: Mapping[str, Any] | None = None) -> Reply | Unread | None:
    """The command that a model read in the message; asks for it to be read where that wasn't tried; None for none.

    `waiting` is the question that the message didn't answer: it goes on waiting. Raises `DomainError`.
    """
    if _heard(context) is None:
        return Unread("command") if _is_for_a_model(context) else None
    found = _proposed(context, book)
    if found is None:
        return None
    given = {name: value for name, value in found.arguments.items() if name not in SETTLED}
    reply = run(context, book, found.command, given, by="model")
    return _beside(context, book, _with_what_was_read(context, found.command, given, reply), waiting)


def _with_what_was_read(context: Context, command: Command, given: Mapping[str, object], reply: Reply) -> Reply:
    """A reply that asks for what is missing also says how the sentence was understood."""
    if reply.dialog is None or reply.outcome != "asked" or reply.dialog.state.get("asked") == SURE:
        return reply
    read = _("I understood: *{line}*.", line=typed(command, given, context.locale))
    return replace(reply, texts=(lines(read, *reply.texts[:1]), *reply.texts[1:]))


def may_help(context: Context, book: CommandBook, *, only_look: bool = False) -> bool:
    """Whether a model may still read the message, or has found a command in it, while no question waits.

    With `only_look` a command counts only if it changes nothing.
    """
    if context.conversation.dialog is not None:
        return False
    if _heard(context) is None:
        return _is_for_a_model(context)
    found = _proposed(context, book)
    return found is not None and not (only_look and found.command.permission != "read")


def _proposed(context: Context, book: CommandBook) -> Parsed | None:
    found = read_proposal(_heard(context) or {}, context.text, context.reading, book)
    return None if found is None or found.command.permission == PERMISSION else found


def _heard(context: Context) -> Mapping[str, str] | None:
    """What a model made of the message before."""
    heard = (context.message.heard or {}).get("command")
    return {name: str(value) for name, value in heard.items()} if isinstance(heard, Mapping) else None


def _is_for_a_model(context: Context) -> bool:
    """Whether a model may read this message: it can, nobody has tried yet, and it is paid for."""
    return (
        _could_be(context)
        and context.message.reading_due is None
        and not is_stale(context.message)
        and credits.may_use(context.tx)
    )


def _could_be(context: Context) -> bool:
    """Whether a text may be a sentence for a model, and its writer somebody who may do something."""
    text = context.text.strip()
    return (
        context.settings.uses_chat
        and not context.tenant.is_platform
        and SHORTEST <= len(text) <= LONGEST
        and any(character.isalpha() for character in text)
        and context.is_owner_side
        and context.actor.may("read")
    )


def _beside(context: Context, book: CommandBook, reply: Reply, waiting: Mapping[str, Any] | None) -> Reply:
    """A reply while another question waits: that is asked again afterwards; of two proposals only the later counts."""
    if waiting is None:
        return reply
    if reply.dialog is None or waiting["asked"] != SURE:
        return resumed(context, book, reply, waiting)
    dropped = typed(book[waiting["command"]], decode(waiting["arguments"]), context.locale)
    note = _("Not done, since my question stayed open: {text}", text=dropped)
    told = replace(reply, texts=(lines(note, *reply.texts[:1]), *reply.texts[1:]))
    return resumed(context, book, told, waiting.get("aside"))


def trouble(context: Context) -> tuple[str, Renderable] | None:
    """Why no model could help with the message, and how to say so: once in an hour, in each chat."""
    if not _could_be(context):
        return None
    heard, overdue = _heard(context), context.message.reading_due is not None
    problem = heard.get("problem") if heard is not None else "failed" if overdue else _unpaid(context)
    return (problem, _TROUBLE[problem]) if problem in _TROUBLE and not _told_lately(context, problem) else None


def _unpaid(context: Context) -> str | None:
    return None if is_stale(context.message) or credits.may_use(context.tx) else "credits"


def _told_lately(context: Context, problem: str) -> bool:
    told = exists().where(
        Message.tenant_id == context.tx.tenant,
        Message.conversation_id == context.conversation.id,
        Message.processed_at > context.tx.now - TOLD_AGAIN_AFTER,
        Message.outcome == outcome_of(problem),
    )
    return bool(context.tx.scalar(select(told)))


def outcome_of(problem: str) -> str:
    """The outcome of a message that nobody understood, where the trouble of the model was told."""
    return f"not_understood:{problem}"


def read(minds: Minds, book: CommandBook, tenant_id: int, message_id: int) -> None:
    """The job: has a model find the command in a message, keeps what it proposes, and has the message handled."""
    with minds.db.tenant(tenant_id) as tx:
        sentence = _look(tx, minds, book, message_id)
    if sentence is None:
        return
    found = find_command(minds.db, minds.models, tenant_id, sentence, minds.settings.answer_timeout)
    with minds.db.tenant(tenant_id) as tx:
        inbox.has_read(tx, message_id, {"command": found})


def _look(tx: Tx, minds: Minds, book: CommandBook, message_id: int) -> Sentence | None:
    """What the model needs to know; None for a message that has been handled meanwhile."""
    chat = (Conversation.session_id == Message.session_id) & (Conversation.chat == Message.chat)
    message = (Message.tenant_id == tx.tenant) & (Message.id == message_id)
    conversation = tx.scalars(
        select(Conversation)
        .join(Message, chat & message)
        .where(Conversation.tenant_id == tx.tenant)
        .with_for_update(key_share=True, of=Conversation)
    ).one_or_none()
    context = read_message(tx, message_id, conversation, minds.settings) if conversation is not None else None
    if context is None or not context.is_owner_side:
        return None
    allowed = [
        command for command in book if context.actor.may(command.permission) and command.permission != PERMISSION
    ]
    people = _people(tx, words_of(context.text))
    tenant = context.tenant
    return Sentence(context.text.strip(), schema_of(allowed), people, tenant.currency, context.today, message_id)


def _people(tx: Tx, written: Collection[str]) -> list[str]:
    """The people of the tenant whom a text with these words may name, those first whose names stand in it."""
    everybody = contacts.all_named(tx)
    near = {word for word in {word for _id, _name, key in everybody for word in key.split()} if nearest(word, written)}
    named = [(len(near & set(key.split())), name) for _id, name, key in everybody if near & set(key.split())]
    exact = {name for _id, name, key in everybody if set(key.split()) & set(written)}
    return [name for _count, name in sorted(named, key=lambda each: (each[1] not in exact, -each[0]))[:SHOWN_NAMES]]
