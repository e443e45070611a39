"""What an owner sends instead of words: voice notes, pictures, files, and texts that are too long to be read."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context
from handlers.media import is_voice, problem_of
from handlers.owner.dialogs import pending
from handlers.owner.plain import sample
from handlers.reply import Pending, Reply, say
from services.i18n import _

MAX_READ = 2000


def not_text(context: Context) -> Reply | None:
    """A file without words: what is wrong with it, else what would work; also far too many words.

    A question that waits goes on waiting.
    """
    if context.text.strip():
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
    return say(_("I can only read text so far. Please write it, for example: {example}", example=example))
