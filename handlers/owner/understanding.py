"""An owner's sentence that the rules don't understand: a model says which command it is, and the rules go on."""

from __future__ import annotations

from handlers.context import Context
from handlers.grammar.book import CommandBook
from handlers.reply import Reply, Unread


def by_model(context: Context, book: CommandBook) -> Reply | Unread | None:
    """The command that a model read in the message; asks for it to be read where that wasn't tried; None for none."""
    del context, book
    return None
