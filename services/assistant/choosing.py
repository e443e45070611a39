"""Which bot answers a message: pure, from the bots there are and what is known of the message.

A bot answers where it is on, assigned to that number or to none, within its hours, and its start conditions are met.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from services.assistant import hours
from services.db.models import Chatbot

# Characters of a message in which words are looked for.
_LOOKED_AT = 4000
WHO = ("everyone", "customers", "borrowers", "new")


def key(text: str) -> str:
    """What two spellings of a name or a phrase share: no case, accents or signs, single blanks."""
    decomposed = unicodedata.normalize("NFKD", text.replace("'", "").replace("’", "")).casefold()
    letters = (each for each in decomposed if unicodedata.category(each) != "Mn")
    return " ".join("".join(each if each.isalnum() else " " for each in letters).split())


def says(text: str, words: Iterable[str]) -> bool:
    """Whether one of some words or phrases stands in a text, whole and in whatever case."""
    wanted = [each for each in map(key, words) if each]
    said = f" {key(text[:_LOOKED_AT])} " if wanted else ""
    return any(f" {each} " in said for each in wanted)


def is_for_person(bot: Chatbot, text: str) -> bool:
    """Whether the owner wants what this text speaks of to go to a person, whatever the bot knows."""
    return says(text, bot.person_words)


def choose(
    bots: Sequence[Chatbot],
    *,
    session_id: int,
    text: str,
    moment_local: datetime,
    is_borrower: bool,
    is_new: bool,
    last: int | None,
) -> Chatbot | None:
    """The bot that answers; None if none does.

    `last` is the id of the bot that answered last in this chat: it goes on, unless start words of another one are
    said. One whose start words are said comes before the others, one assigned to the number before one for every
    number, then the lowest number.
    """
    willing = _willing(bots, session_id, text, is_borrower, is_new, last)
    at_work = [bot for bot in willing if hours.is_open(bot.hours, moment_local)]
    return min(at_work, key=lambda bot: _rank(bot, text, last), default=None)


def closed_until(
    bots: Sequence[Chatbot],
    *,
    session_id: int,
    text: str,
    moment_local: datetime,
    is_borrower: bool,
    is_new: bool,
    last: int | None,
) -> datetime | None:
    """When a bot answers again, in local time, if only their hours keep all of them quiet; else None."""
    openings = [
        hours.next_opening(bot.hours, moment_local)
        for bot in _willing(bots, session_id, text, is_borrower, is_new, last)
    ]
    found = min((opening for opening in openings if opening is not None), default=None)
    return None if found == moment_local else found


def _willing(
    bots: Sequence[Chatbot], session_id: int, text: str, is_borrower: bool, is_new: bool, last: int | None
) -> Sequence[Chatbot]:
    """The bots that would answer at some hour."""
    return [
        bot
        for bot in bots
        if bot.active
        and bot.removed_at is None
        and bot.session_id in (None, session_id)
        and _is_for(bot, is_borrower, is_new or bot.id == last)
        and (bot.id == last or not _start_words(bot) or says(text, _start_words(bot)))
    ]


def _is_for(bot: Chatbot, is_borrower: bool, is_new: bool) -> bool:
    return {"customers": not is_borrower, "borrowers": is_borrower, "new": is_new}.get(
        str(bot.starts.get("who", "everyone")), True
    )


def _start_words(bot: Chatbot) -> Sequence[str]:
    words: list[str] = bot.starts.get("words", [])
    return words


def _rank(bot: Chatbot, text: str, last: int | None) -> tuple[bool, bool, bool, int]:
    return not says(text, _start_words(bot)), bot.id != last, bot.session_id is None, bot.number
