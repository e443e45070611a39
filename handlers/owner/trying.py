"""`ask`: the owner tries a bot as a customer would, and sees what its answer rests on. Nobody else hears of it."""

from __future__ import annotations

from time import perf_counter

from handlers.bot_trial import Trial, tried
from handlers.grammar.spec import Argument, Command, Kind, Words
from handlers.owner.call import Call
from handlers.reply import Reply, Thinking, Thought, say
from services import queue
from services.i18n import _, _c

AREA = _("Bots")
_WHAT = _("What would a customer ask? (for example: how much is delivery?)")


def ask(call: Call) -> Reply:
    """Shows what a customer would read; what a model has to think about is shown a moment later."""
    context, text = call.context, call.text("text") or ""
    shown = tried(
        context.tx, context.settings, context.tenant, Trial(text), Thought(), perf_counter(), context.message.id
    )
    if not isinstance(shown, Thinking):
        return say(shown)
    queue.defer(
        context.tx, "ask", f"ask:{context.tx.tenant}:{context.message.id}", message_id=context.message.id, text=text
    )
    return Reply(understood=call.understood(), outcome="deferred")


COMMANDS = (
    Command(
        name="ask",
        words=Words(_c("command", "ask")),
        area=AREA,
        usage=_("[BOT:] TEXT"),
        help=_("shows what a bot would answer, and what that rests on"),
        run=ask,
        arguments=(Argument("text", Kind.TEXT, _WHAT),),
        examples=("ask what are your opening hours?", "TANYA jam buka?"),
    ),
)
