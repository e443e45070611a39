"""What an owner sends instead of words: voice notes, pictures, files, and texts that are too long to be read."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context
from handlers.grammar.book import CommandBook
from handlers.media import file_of, is_voice, problem_of
from handlers.owner import knowledge
from handlers.owner.dialogs import pending
from handlers.owner.plain import sample
from handlers.owner.unmistakable import taught
from handlers.reply import Pending, Reply, say
from services.assistant.documents import kind_of
from services.i18n import _

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
        text = _("I don't understand voice notes yet. Please write it, for example: {example}", example=example)
        return say(text, outcome="voice")
    file = file_of(context.message)
    if file is not None and kind_of(file.mime, file.name or "") is not None:
        return say(_("Shall your bots learn this? Reply to it with *kb*, or send it again with the caption *kb*."))
    return say(_("I can only read text so far. Please write it, for example: {example}", example=example))
