"""The question that waits in a chat, and the answers to it.

A dialog belongs to one command: what it knows so far, which argument it asked for, and the options it offered. It is
kept with the conversation and lapses after half an hour. A new command in between simply takes its place; only an
interview, which waits for days, is still there afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers.context import Context
from handlers.grammar.book import CommandBook
from handlers.grammar.codec import decode
from handlers.grammar.parse import parse, read_arguments
from handlers.grammar.reading import Understood
from handlers.grammar.sentences import answer, correction, understand_owner
from handlers.grammar.spec import Command
from handlers.owner.running import ask, is_yes_no, resumed, run
from handlers.owner.understanding import by_model
from handlers.owner.undoing import last_command
from handlers.reply import Option, Pending, Reply, Unread, say
from services.db.models import Conversation
from services.i18n import Renderable, Shown, _, lines

LAPSES_AFTER = timedelta(minutes=30)
_NO_ANSWER = object()


def pending(context: Context) -> dict[str, Any] | None:
    """The question that waits in this chat, if it hasn't lapsed; else the interview that it interrupted."""
    conversation = context.conversation
    return _waiting(conversation.dialog, conversation.dialog_until, context.tx.now)


def _waiting(dialog: dict[str, Any] | None, until: datetime | None, now: datetime) -> dict[str, Any] | None:
    if dialog is None or until is None:
        return None
    if until > now:
        return dialog
    below = dialog.get("below")
    return _waiting(below, datetime.fromisoformat(below["until"]), now) if below is not None else None


def keep(conversation: Conversation, reply: Reply, now: datetime) -> None:
    """Puts a reply's question in the chat, or ends the one that waits; an interview outlasts other commands."""
    before = _waiting(conversation.dialog, conversation.dialog_until, now)
    if before is None and reply.dialog is None:
        if conversation.dialog is not None:
            conversation.dialog, conversation.dialog_until = None, None
        return
    interview = _interrupted(before, reply)
    if reply.dialog is None:
        conversation.dialog = interview
        conversation.dialog_until = datetime.fromisoformat(interview["until"]) if interview is not None else None
        return
    state = dict(reply.dialog.state)
    until = now + timedelta(seconds=float(str(state.get("waits", LAPSES_AFTER.total_seconds()))))
    state["until"] = until.isoformat()
    if interview is not None and not is_interview(state):
        state["below"] = interview
    conversation.dialog, conversation.dialog_until = state, until


def _interrupted(before: dict[str, Any] | None, reply: Reply) -> dict[str, Any] | None:
    """The interview that goes on below a reply that isn't its own."""
    if before is None:
        return None
    if not is_interview(before):
        below: dict[str, Any] | None = before.get("below")
        return below
    own = reply.understood is not None and reply.understood.command == before["command"]
    return None if own or reply.outcome == "cancelled" else before


def is_interview(state: Mapping[str, Any]) -> bool:
    """Whether a question waits longer than others do."""
    return bool(state.get("waits", 0) > LAPSES_AFTER.total_seconds())


def answer_plainly(context: Context, book: CommandBook) -> Reply | None:
    """An answer that can mean nothing else: cancel, back, an option, or just the value that was asked for."""
    state = pending(context)
    if state is None:
        return None
    word = answer(context.text)
    if word == "cancel":
        return resumed(context, book, _left(), state.get("aside"))
    if "correct" in state:
        return _correct_record(context, book, correction(f"salah, maksudnya {context.text}", context.reading))
    command, known = book[state["command"]], decode(state["arguments"])
    if word == "back":
        return _back(context, book, state, command, known)
    given = plainly_given(context, book, state)
    return None if given is None else _go_on(context, book, state, given)


def _left() -> Reply:
    return say(_("Left as it was; nothing was changed."), outcome="cancelled")


def plainly_given(context: Context, book: CommandBook, state: Mapping[str, Any]) -> Mapping[str, object] | None:
    """What the text gives as a plain answer to a command's question: an option, or just the value asked for."""
    chosen = _chosen(state, context.text, answer(context.text))
    if chosen is not _NO_ANSWER:
        return {state["asked"]: chosen}
    command = book[state["command"]]
    if command.reader is not None and command.reader.answer is not None:
        if state["asked"] != "plan" and _is_command(context, book):
            return None
        return command.reader.answer(state["asked"], context.text, context.reading, False)
    if state["options"] or (state["asked"] == "number" and _is_command(context, book)):
        return None
    read = read_arguments(command, context.text, context.reading)
    alone = "name" not in read or state["asked"] == "name" or "name" in state["arguments"]
    return _new(state, read) if _is_value(state, read) and alone else None


def _is_command(context: Context, book: CommandBook) -> bool:
    """Whether a text is a whole command, or a sentence about somebody: then it is no answer."""
    parsed = parse(context.text, context.reading, book)
    if parsed is not None and parsed.arguments and parsed.is_complete:
        return True
    sentence = understand_owner(context.text, context.reading)
    return isinstance(sentence, Understood) and "name" in sentence.arguments


def answer_loosely(context: Context, book: CommandBook) -> Reply | Unread | None:
    """What was not understood otherwise is taken for the answer if it can be, else the question is asked again.

    A model may find a command in it first; the question goes on waiting then.
    """
    state = pending(context)
    if state is None or "correct" in state:
        return None
    command = book[state["command"]]
    if command.reader is not None and command.reader.answer is not None:
        given = command.reader.answer(state["asked"], context.text, context.reading, True)
        if given is not None:
            return _go_on(context, book, state, given)
        return by_model(context, book, state) or _ask_again(state, _("Or *cancel*."))
    read = read_arguments(command, context.text, context.reading)
    if state["asked"] in read and not state["options"]:
        return _go_on(context, book, state, _new(state, read))
    return by_model(context, book, state) or _ask_again(state, _("Or *cancel*."))


def _ask_again(state: Mapping[str, Any], hint: Renderable) -> Reply:
    options = [Option(option["label"], option["value"]) for option in state["options"]]
    again = lines(ask(Shown(state["question"]), options), hint)
    return Reply((again,), dialog=Pending(state), outcome="asked")


def correct(context: Context, book: CommandBook) -> Reply | None:
    """`salah, maksudnya 1 juta`: changes what is pending, or takes the last command back and does it right."""
    changes = correction(context.text, context.reading)
    if changes is None:
        return None
    state = pending(context)
    if state is not None and changes and "correct" not in state:
        return _go_on(context, book, state, changes)
    return _correct_record(context, book, changes)


def _correct_record(context: Context, book: CommandBook, changes: Mapping[str, object] | None) -> Reply | None:
    record = last_command(context, LAPSES_AFTER, here=True)
    command = book.get(record.command) if record is not None else None
    if record is None or command is None or changes is None:
        return None
    if not changes:
        question = _("What should it be? (for example 1 juta, or a name, or a date; *undo* takes it back)")
        return Reply((question,), dialog=Pending({"correct": record.id}), outcome="asked")
    fitting = _for(command, changes)
    if not fitting:
        return None
    arguments = {**decode(record.arguments), **fitting, "replaces": record.id}
    for settled in ("confirmed", "plan"):
        arguments.pop(settled, None)
    if "name" in changes:
        arguments.pop("contact", None)
    return run(context, book, command, arguments)


def nothing_to_correct(context: Context) -> Reply | None:
    """A correction when nothing was said just now that it could mean."""
    if correction(context.text, context.reading) is None:
        return None
    return say(_("There is nothing from the last half hour to correct. *undo* takes back your last entry."))


def _for(command: Command, changes: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in changes.items() if command.argument(name) is not None}


def _go_on(context: Context, book: CommandBook, state: Mapping[str, Any], given: Mapping[str, object]) -> Reply:
    """Runs the waiting command with what the answer added."""
    command, known = book[state["command"]], decode(state["arguments"])
    if given.get(state["asked"]) is False:
        return resumed(context, book, _left(), state.get("aside"))
    if "name" in given:
        known.pop("contact", None)
    reply = run(context, book, command, {**known, **given}, state["by"], state["trail"])
    return resumed(context, book, reply, state.get("aside"))


def _new(state: Mapping[str, Any], read: Mapping[str, object]) -> dict[str, object]:
    """Of what an answer holds: what was asked for, and what wasn't known yet."""
    return {name: value for name, value in read.items() if name == state["asked"] or name not in state["arguments"]}


def _back(
    context: Context, book: CommandBook, state: Mapping[str, Any], command: Command, known: dict[str, object]
) -> Reply:
    """Asks the question before the present one again; the first question has none before it."""
    trail = list(state["trail"])[:-1]
    if not trail:
        return _ask_again(state, _("This is the first question. *cancel* leaves."))
    return run(
        context, book, command, {key: value for key, value in known.items() if key != trail[-1]}, state["by"],
        trail[:-1],
    )  # fmt: skip


def _chosen(state: Mapping[str, Any], text: str, word: str | None) -> object:
    """The value of the option that the text picks: by number, by its label, or by yes and no."""
    options = state["options"]
    said = text.strip().rstrip(".)!").casefold()
    if is_yes_no([option["value"] for option in options]):
        chosen = {"yes": 0, "no": 1}.get(word or "")
        return _NO_ANSWER if chosen is None else decode(options[chosen])["value"]
    for number, option in enumerate(options, 1):
        if said in (str(number), option["label"].casefold()):
            return decode(option)["value"]
    return _NO_ANSWER


def _is_value(state: Mapping[str, Any], read: Mapping[str, object]) -> bool:
    """Whether what was read answers the question by itself; names are only taken when nothing else fits."""
    return state["asked"] in read and state["asked"] not in ("name", "note", "text")
