"""What an owner sends instead of words: voice notes, pictures, files, and texts that are too long to be read."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context
from handlers.grammar.book import CommandBook
from handlers.media import file_of, is_voice, problem_of, speech_problem, unheard
from handlers.owner import knowledge
from handlers.owner.dialogs import pending
from handlers.owner.plain import sample
from handlers.owner.unmistakable import taught
from handlers.reply import Pending, Reply, say
from services.assistant.documents import kind_of
from services.i18n import Renderable, _, lines
from services.tenants import credits

MAX_READ = 2000


def not_text(context: Context, book: CommandBook = knowledge.BOOK) -> Reply | None:
    """A file without words: what is wrong with it, else what would work; also far too many words.

    What is taught is heard here, however long it is. A question that waits goes on waiting.
    """
    if context.text.strip():
        reply = taught(context, book)
        if reply is not None:
            return reply
        too_long = len(context.text) > MAX_READ
        return say(_("That is too long for me; please say it in fewer words.")) if too_long else None
    state = pending(context)
    return replace(_of_file(context), dialog=Pending(state) if state is not None else None)


def _of_file(context: Context) -> Reply:
    problem, example = problem_of(context.message), sample(context)
    if problem is not None:
        return say(problem, outcome="file_problem")
    if is_voice(context.message):
        return say(_of_voice(context, example), outcome="voice")
    file = file_of(context.message)
    if file is not None and kind_of(file.mime, file.name or "") not in (None, "image"):
        return say(_("Shall your bots learn this? Reply to it with *kb*, or send it again with the caption *kb*."))
    return say(_("I can only read text so far. Please write it, for example: {example}", example=example))


def _of_voice(context: Context, example: str) -> Renderable:
    """Why nothing was heard, and what to do instead."""
    unusable = unheard(context.message, context.settings)
    if unusable is not None:
        return unusable
    instead = _("I don't understand voice notes yet. Please write it, for example: {example}", example=example)
    if not context.settings.uses_speech:
        return lines(instead, _NO_MODEL)
    without_credits = speech_problem(context.message) == "credits" or not credits.may_use(context.tx)
    return lines(_NO_CREDITS if without_credits else _NO_ANSWER, _("Please write it, for example: {example}",
                 example=example))  # fmt: skip


_NO_MODEL = _("(No model that listens is set up on this server.)")
_NO_CREDITS = _("I couldn't listen to that: there aren't enough AI credits left (*credits*).")
_NO_ANSWER = _("I couldn't listen to that: the AI that does it isn't answering right now. Try again later.")
