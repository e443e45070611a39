"""Files that people send without asking for anything: those that couldn't be taken, and voice notes.

Of what was spoken and heard, that which isn't enough where something is agreed to: that is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.agreements import is_answer
from handlers.chat.consent import word_of
from handlers.context import Context, is_stale
from handlers.media import is_heard, is_voice, problem_of, unheard
from handlers.reply import Drop, Reply, say
from services.db.models import Message
from services.i18n import Renderable, _


def unreadable(context: Context, waiting: Sequence[Message]) -> Reply | Drop | None:
    """One honest sentence when a burst holds a file that didn't arrive, or something spoken."""
    problem = next(filter(None, map(problem_of, waiting)), None)
    silent = [message for message in waiting if is_voice(message) and not message.body.strip()]
    if problem is None and not silent:
        return None
    if is_stale(context.message):
        return Drop("stale")
    if problem is not None:
        return say(problem, outcome="file_problem")
    return say(unheard(silent[-1], context.settings) or _deaf(context), outcome="voice")


def _deaf(context: Context) -> Renderable:
    if context.settings.uses_speech:
        text = _("I can't listen to voice notes right now. Please write it; {business} reads this chat too.")
    else:
        text = _("I don't understand voice notes yet. Please write it; {business} reads this chat too.")
    return _(text.message, business=context.tenant.name)


def by_voice(context: Context) -> Reply | None:
    """What counts only in writing: the answer to an agreement, and START. Who says STOP is heard."""
    if context.contact is None or not is_heard(context.message):
        return None
    if word_of(context.text) == "start":
        text = _("If you want to hear from {business} again, please write *START*.", business=context.tenant.name)
        return Reply(outcome="consent_spoken") if context.is_blocked else say(text, outcome="consent_spoken")
    if not is_answer(context):
        return None
    return say(_AGREE_IN_WRITING, outcome="consent_spoken")


_AGREE_IN_WRITING = _(
    "An agreement is only accepted or declined in writing. Please read it, then write *AGREE* or *DECLINE*."
)
