"""Groups: nobody is answered there unless the business switched it on, and then only who calls the bot by name.

What is said in a group is read by everybody, so nothing there is about anyone's account and nothing is booked.
"""

from __future__ import annotations

from handlers.context import Context, is_stale
from handlers.grammar.spec import Words
from handlers.reply import Drop, Later, Reply, say
from services.i18n import _, _c, languages

_ON = Words(_c("command", "bot on"))
_OFF = Words(_c("command", "bot off"))
_SILENCE = Drop("group")


def in_group(context: Context) -> Reply | Drop | Later:
    """What becomes of a message in a group: the switch at once, a call to the bot with the rest of its burst."""
    switched = _switch(context.text) if context.actor.may("people") else None
    if switched is not None:
        return _switched(context, switched)
    if not (context.conversation.answers_group and context.message.mentioned):
        return _SILENCE
    return Drop("stale") if is_stale(context.message) else Later()


def greeting(context: Context) -> Reply:
    """The same for whoever calls, the owner as well: all else is for a chat of two."""
    text = _(
        "Hello! I am {business}'s automatic assistant. In a group I say nothing about anybody's account and take no"
        " commands; please write to me privately: https://wa.me/{number}",
        business=context.tenant.name, number=context.session.phone,
    )  # fmt: skip
    return say(text, outcome="group_greeted")


def _switch(text: str) -> bool | None:
    """True for `bot on`, False for `bot off`, in any language and after a mention; None for anything else."""
    said = tuple(word for word in text.casefold().strip(" .!").split() if not word.startswith("@"))
    for words, value in ((_ON, True), (_OFF, False)):
        if any(said in words.spellings(language) for language in languages()):
            return value
    return None


def _switched(context: Context, on: bool) -> Reply:
    context.conversation.answers_group = on
    if on:
        return say(_("I now answer in this group when somebody mentions me."), outcome="group_on")
    return say(_("I am quiet in this group from now on."), outcome="group_off")
