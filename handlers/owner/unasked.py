"""What looks like an answer although no question waits, and questions that a new command has pushed aside.

A person scrolls back, or comes back after an hour: a yes, a no or a cancel then must do nothing, and say so. Only right
after a booking does `cancel` mean that booking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import exists, select

from handlers.context import Context
from handlers.grammar.book import CommandBook
from handlers.grammar.codec import decode
from handlers.grammar.sentences import answer, small_talk
from handlers.owner.dialogs import LAPSES_AFTER, is_interview, pending, plainly_given
from handlers.owner.undoing import last_command
from handlers.reply import Reply, say
from services.db.models import CommandRecord, Message
from services.i18n import Joined, Renderable, Shown, _, language_of, lines
from services.money import Money


def too_late(context: Context, book: CommandBook) -> Reply | None:
    """An answer to a question that has lapsed: nothing is done."""
    state = context.conversation.dialog
    if state is None or pending(context) is not None:
        return None
    word, is_command_question = answer(context.text), "correct" not in state
    if word == "cancel":
        return say(_("Left as it was; nothing was changed."), outcome="cancelled")
    if word is None and not (is_command_question and plainly_given(context, book, state)):
        return None
    asked = Shown(state["question"]) if is_command_question else None
    return say(
        lines(
            _("My question is more than half an hour old, so I did nothing. Please write it again in one message."),
            Joined(("“", asked, "”"), "") if asked is not None else None,
        ),
        outcome="lapsed",
    )


def nothing_waits(context: Context) -> Reply | None:
    """Yes, no, back or cancel out of the blue."""
    word = answer(context.text)
    if word is None or pending(context) is not None:
        return None
    if word == "cancel":
        return None if _just_booked(context) else _nothing_to_cancel(context)
    if small_talk(context.text) is not None:
        return None
    return say(_("I'm not waiting for an answer. *status* shows where things stand."), outcome="unasked")


def _nothing_to_cancel(context: Context) -> Reply:
    return say(_("Nothing is waiting, so nothing was cancelled. *undo* takes back your last entry."), outcome="unasked")


def _just_booked(context: Context) -> bool:
    """Whether the author's message before this one, in this chat, did what `undo` would take back."""
    record = last_command(context, LAPSES_AFTER, here=True)
    return record is not None and not _written_since(context, record)


def _written_since(context: Context, record: CommandRecord) -> bool:
    between = exists().where(
        Message.tenant_id == context.tx.tenant,
        Message.conversation_id == context.conversation.id,
        Message.id > record.message_id,
        Message.id < context.message.id,
    )
    return bool(context.tx.scalar(select(between)))


def pushed_aside(context: Context, book: CommandBook, reply: Reply | None) -> Reply | None:
    """The reply to a new command, which also tells what hasn't been booked because its question stayed open."""
    state = pending(context)
    if reply is None or reply.understood is None or state is None or "correct" in state:
        return reply
    command, known = book[state["command"]], decode(state["arguments"])
    if is_interview(state) and reply.understood.command != command.name:
        if reply.dialog is not None or "hinted" in state:
            return reply
        context.conversation.dialog = {**state, "hinted": True}
        return _still_waiting(reply, state, known.get("name"))
    if not command.booking or (reply.understood.command == command.name and _same_name(reply, known.get("name"))):
        return reply
    amount = known.get("amount")
    parts: tuple[Renderable | str | None, ...] = (
        command.words.shown(language_of(context.locale)),
        str(known["name"]) if "name" in known else None,
        Shown(amount) if isinstance(amount, Money) else None,
    )
    note = _("Not done, since my question stayed open: {text}", text=Joined(parts, " "))
    return replace(reply, texts=(lines(note, *reply.texts[:1]), *reply.texts[1:]))


def _still_waiting(reply: Reply, state: Mapping[str, Any], name: object) -> Reply:
    """Reminds, once for each of its questions, of the interview that goes on after another command."""
    last = str(state["question"]).rpartition("\n")[2]
    note = _("(The agreement with {name} waits for your answer: {question})", name=str(name or "…"), question=last)
    return replace(reply, texts=(*reply.texts[:-1], lines(reply.texts[-1], "", note)) if reply.texts else (note,))


def _same_name(reply: Reply, name: object) -> bool:
    assert reply.understood is not None
    return name in (None, reply.understood.arguments.get("name"))
