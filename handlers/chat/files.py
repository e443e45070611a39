"""Files that people send without asking for anything: those that couldn't be taken, and voice notes."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context, is_stale
from handlers.media import is_voice, problem_of
from handlers.reply import Drop, Reply, say
from services.db.models import Message
from services.i18n import _


def unreadable(context: Context, waiting: Sequence[Message]) -> Reply | Drop | None:
    """One honest sentence when a burst holds a file that didn't arrive, or something spoken."""
    problem = next(filter(None, map(problem_of, waiting)), None)
    if problem is None and not any(map(is_voice, waiting)):
        return None
    if is_stale(context.message):
        return Drop("stale")
    if problem is not None:
        return say(problem, outcome="file_problem")
    text = _(
        "I don't understand voice notes yet. Please write it; {business} reads this chat too.",
        business=context.tenant.name,
    )
    return say(text, outcome="voice")
