"""What an owner teaches is free text that no other reader may take for something else: an amount in an answer is no
payment. So the words of `kb`, and the answers to its questions, are heard before everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.context import Context
from handlers.grammar.book import CommandBook
from handlers.grammar.codec import decode
from handlers.grammar.parse import parse
from handlers.grammar.sentences import answer
from handlers.grammar.teaching import read_all_numbered
from handlers.owner import knowledge
from handlers.owner.dialogs import pending
from handlers.owner.running import run
from handlers.owner.unasked import pushed_aside
from handlers.reply import Reply
from services.addresses import is_address
from services.assistant import actions
from services.money import Money

# What is asked for in free words.
_FREE = ("answer", "gap", "text")


def taught(context: Context, book: CommandBook) -> Reply | None:
    """The reply to a text that begins with `kb`, or that answers a question of such a command."""
    found = parse(_in_order(context.text), context.reading, knowledge.BOOK)
    if found is not None:
        reply = run(context, book, found.command, found.arguments)
        state = pending(context)
        is_known = state is not None and "correct" not in state and book.get(state["command"]) is not None
        return pushed_aside(context, book, reply) if is_known else reply
    state = pending(context)
    if state is None or knowledge.BOOK.get(str(state.get("command"))) is None or state["asked"] not in _FREE:
        return None
    if not _is_free_answer(context, book, state):
        return None
    arguments = {**decode(state["arguments"]), state["asked"]: context.text.strip()}
    return run(context, book, book[state["command"]], arguments, state["by"], state["trail"])


def _in_order(text: str) -> str:
    """`https://… kb` is `kb https://…`."""
    words = text.split()
    is_link = len(words) == 2 and words[1].casefold() in ("kb", "*kb*") and is_address(words[0])
    return f"kb {words[0]}" if is_link else text


def _is_free_answer(context: Context, book: CommandBook, state: Mapping[str, Any]) -> bool:
    """Whether a text is what was asked for: not an end of the question, another command, or meant for a request."""
    text, quoted = context.text.strip(), context.message.quoted_id
    if not text or answer(text) in ("cancel", "back") or is_command(context, book):
        return False
    if quoted is not None and actions.quoted(context.tx, context.session.id, quoted) is not None:
        return False
    if state["asked"] == "gap":
        listed = str(state["arguments"].get("shown", "")).split()
        numbered = read_all_numbered(text)
        return bool(numbered) and all(str(number) in listed and said for number, said in numbered)
    return True


def is_command(context: Context, book: CommandBook) -> bool:
    """Whether a text is plainly another command: hardly more than its word, or the booking of an amount."""
    parsed = parse(context.text, context.reading, book)
    if parsed is None or not parsed.is_complete:
        return False
    books_money = parsed.command.booking and any(isinstance(each, Money) for each in parsed.arguments.values())
    return len(context.text.split()) <= 2 or (books_money and len(context.text.split()) <= 6)
