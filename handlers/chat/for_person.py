"""What a bot hands to a person of the business instead of answering it: one rule for the chat and for trying a bot."""

from __future__ import annotations

from handlers.grammar.customers import wish_of
from services.assistant import chatbots
from services.assistant.answering import Outcome
from services.db.models import Chatbot


def at_once(bot: Chatbot, text: str) -> str | None:
    """The kind of request that a text is whatever the bot knows: the owner's words, or a wish for a person."""
    if chatbots.is_for_person(bot, text):
        return "rule"
    return "handover" if wish_of(text) == "handover" else None


def instead(text: str, outcome: Outcome) -> str | None:
    """The wish that a person decides on, unless what was found for sure speaks of that very wish; None for no wish."""
    wish = wish_of(text)
    if wish is None or outcome.kind != "answer":
        return wish
    speaks_of_it = any(wish in (wish_of(each.question or ""), wish_of(each.answer)) for each in outcome.found)
    return None if speaks_of_it else wish
