"""STOP and START: acted on at once, in every language, whatever else is going on in the chat."""

from __future__ import annotations

from handlers.context import Context
from handlers.reply import Reply, say
from services.i18n import _
from services.messaging import contacts

_STOP = {"stop", "berhenti", "unsubscribe", "hentikan", "stop all", "stopall", "parar", "detener", "стоп"}
_START = {"start", "mulai", "subscribe", "unstop", "lanjutkan", "iniciar", "empezar", "старт"}


def word_of(text: str) -> str | None:
    """`stop` or `start` when the text is nothing but such a word."""
    said = text.strip().strip(".!*\"'").casefold()
    return "stop" if said in _STOP else "start" if said in _START else None


def consent(context: Context) -> Reply | None:
    """Keeps the word with its evidence and confirms it; to somebody blocked nothing is written, not even that."""
    word = word_of(context.text)
    if word is None or context.contact is None:
        return None
    contacts.set_consent(context.tx, context.contact, word, context.text, context.message.id)
    if context.is_blocked:
        return Reply(outcome=f"consent_{word}")
    business = context.tenant.name
    if word == "stop":
        text = _("{business} won't send you reminders or offers any more. *START* brings them back.", business=business)
    else:
        text = _("Welcome back! {business} may write to you again. *STOP* ends it any time.", business=business)
    return say(text, outcome=f"consent_{word}")
