"""From a command and its arguments to a reply: permission, questions, the command itself, the pending question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers.context import Context
from handlers.grammar.book import CommandBook
from handlers.grammar.codec import decode, encode
from handlers.grammar.reading import Unclear
from handlers.grammar.spec import Command
from handlers.owner.call import Call, understood
from handlers.owner.checks import to_ask
from handlers.owner.making_sure import SURE, is_sure, question, typed
from handlers.owner.undoing import undo_command
from handlers.reply import Option, Pending, Question, Reply
from services.errors import DomainError
from services.i18n import Joined, Renderable, Shown, _, lines

SURE_FOR = timedelta(minutes=30)


def run(
    context: Context,
    book: CommandBook,
    command: Command,
    arguments: Mapping[str, object],
    by: str = "rules",
    trail: Sequence[str] = (),
) -> Reply:
    """Runs a command, or asks the one thing that it still needs; what a model understood or heard, if it is right.

    `trail` names the arguments that were asked for already, so that `back` can return to them. Raises `DomainError`.
    """
    if not context.actor.may(command.permission):
        raise DomainError(
            "forbidden", _("Your number isn't allowed to do this. Ask the owner of {name}.", name=context.tenant.name)
        )
    by = "model" if _is_spoken(context) else by
    result: Reply | Question | None = to_ask(context, command, arguments)
    if result is None:
        given = {name: value for name, value in arguments.items() if name != SURE}
        sure = by != "model" or is_sure(command, arguments)
        call = Call(context, book, command, given)
        result = _run_or_replace(call) if sure else _run_if_sure(call)
    if isinstance(result, Question):
        arguments = {name: value for name, value in arguments.items() if name != result.argument}
        result = pending(context, command, {**arguments, **result.arguments}, result, by, trail)
    shown = result.understood or understood(command, arguments, by)
    return replace(result, understood=replace(shown, by="model") if by == "model" else shown)


def _is_spoken(context: Context) -> bool:
    """Whether a model wrote down what is said here: like what a model understood, it is asked about."""
    return bool((context.message.heard or {}).get("speech"))


def _run_if_sure(call: Call) -> Reply | Question:
    """Tries the command; what it would do is taken back, and asked about first."""
    step = call.context.tx.begin_nested()
    tried = _run_or_replace(call)
    sure = None if isinstance(tried, Question) or tried.outcome == "asked" else question(call, tried)
    if sure is None:
        step.commit()
        return tried
    step.rollback()
    return sure


def resumed(context: Context, book: CommandBook, reply: Reply, before: Mapping[str, Any] | None) -> Reply:
    """A reply with the question that waited before it: asked again, or set aside while the reply asks something."""
    if before is None or "question" not in before:
        return reply
    if reply.dialog is not None:
        return replace(reply, dialog=Pending({**reply.dialog.state, "aside": dict(before)}))
    options = [Option(option["label"], option["value"]) for option in before["options"]]
    about = typed(book[before["command"]], decode(before["arguments"]), context.locale)
    again = lines(_("My question still waits ({text}):", text=about), ask(Shown(before["question"]), options))
    return replace(reply, texts=(*reply.texts, again), dialog=Pending(before))


def _run_or_replace(call: Call) -> Reply | Question:
    """Runs the command; one that corrects an earlier command takes that back first, in one step or not at all."""
    replaced = call.arguments.get("replaces")
    if replaced is None:
        return call.command.run(call)
    step = call.context.tx.begin_nested()
    undone = undo_command(call.context, int(str(replaced)))
    result = call.command.run(call)
    if isinstance(result, Question):
        step.rollback()
        return result
    step.commit()
    corrected = _("Corrected; the entry before is taken back.")
    notices = tuple(
        replace(notice, text=lines(_("Correction: please forget our last message."), notice.text))
        if notice.reach.contact_id in undone.told
        else notice
        for notice in result.notices
    )
    withdrawn = tuple(
        notice
        for notice in undone.notices
        if notice.reach.contact_id not in {each.reach.contact_id for each in notices}
    )
    texts = (lines(corrected, result.texts[0]), *result.texts[1:])
    return replace(result, texts=texts, notices=(*withdrawn, *notices))


def pending(
    context: Context, command: Command, arguments: Mapping[str, object], asked: Question, by: str = "rules",
    trail: Sequence[str] = (),
) -> Reply:  # fmt: skip
    """Asks a question and keeps in the chat what is known so far."""
    known = {
        name: value for name, value in arguments.items() if not isinstance(value, Unclear) and name != asked.argument
    }
    state = {
        "command": command.name,
        "arguments": encode(known),
        "asked": asked.argument,
        "options": [
            {"label": _shown(option.label, context.locale), "value": encode({"value": option.value})["value"]}
            for option in asked.options
        ],
        "question": asked.text.render(context.locale),
        "trail": [*trail, asked.argument],
        "by": by,
        "waits": (SURE_FOR if asked.argument == SURE else command.waits).total_seconds(),
    }
    return Reply((ask(asked.text, asked.options),), dialog=Pending(state), outcome="asked")


def ask(text: Renderable, options: Sequence[Option]) -> Joined:
    """A question with its numbered options below it."""
    if is_yes_no([option.value for option in options]):
        return lines(text, _("Reply *yes* or *no*."))
    numbered = (Joined((f"{n}.", option.label), " ") for n, option in enumerate(options, 1))
    return lines(text, *numbered)


def is_yes_no(values: Sequence[object]) -> bool:
    """Whether a question is answered with yes or no: of its two options the second one, False, leaves all as it is."""
    return len(values) == 2 and values[1] is False


def _shown(label: Renderable | str, locale: str) -> str:
    return label if isinstance(label, str) else label.render(locale)
