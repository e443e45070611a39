"""Settings of a bot as programs give them, read into what is kept; the chat has words of its own for the same.

What can't be a setting is refused with the codes that the chat has: `bad_bot_…`, `bad_hours`, `unknown_language`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from babel.messages.pofile import read_po

from services.assistant import chatbots, hours
from services.assistant.choosing import key
from services.db.engine import Tx
from services.db.models import Chatbot
from services.errors import DomainError
from services.i18n import DOMAIN, LOCALES, SOURCE_LANGUAGE, _, languages
from services.tenants.preference_values import read_language

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MODEL = re.compile(r"[\w./:@+-]+")
# Names that the chat would read as something else than a bot's.
_OTHER_WORDS = frozenset({"all", "semua", "bot", "every bot", "list", "until", "from", "sampai", "dari", "mulai"})


def check_name(name: str) -> None:
    """A bot isn't called like a command or a word of one; raises `DomainError` `bad_bot_name`."""
    if key(name) in _command_words() | _OTHER_WORDS:
        raise DomainError("bad_bot_name", _("“{name}” is a command's word, so no bot can be called so.", name=name))


@lru_cache(maxsize=1)
def _command_words() -> frozenset[str]:
    """The words of all commands, in every language, as the catalogues have them."""
    found: set[str] = set()
    for language in languages():
        if language == SOURCE_LANGUAGE:
            continue
        with (LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
            spelt = [(str(each.id), str(each.string)) for each in read_po(file) if each.context == "command"]
        found |= {key(word) for pair in spelt for words in pair for word in words.split("|")}
    return frozenset(found)


def columns(tx: Tx, bot: Chatbot, given: Mapping[str, object]) -> dict[str, Any]:
    """The columns of a bot that settings become; `given` holds only what is to change, None for the usual.

    Its keys: `name`, `active`, `persona`, `language`, `model`, `temperature`, `hours`, `greeting`, `fallback`,
    `session` (a number's name), `start_words`, `who`, `person_words`.
    """
    found: dict[str, Any] = {
        name: value for name, value in given.items() if name not in _READ and name not in ("start_words", "who")
    }
    for name, column in _COLUMNS.items():
        if name in given:
            found[column] = None if given[name] is None else _READ[name](tx, given[name])
    if "person_words" in given:
        found["person_words"] = _words(given["person_words"])
    if {"start_words", "who"} & given.keys():
        found["starts"] = _starts(bot, given)
    if isinstance(given.get("name"), str):
        check_name(str(given["name"]))
    return found


def _starts(bot: Chatbot, given: Mapping[str, object]) -> dict[str, object]:
    words = _words(given["start_words"]) if "start_words" in given else bot.starts.get("words")
    who = given["who"] if "who" in given else bot.starts.get("who")
    return ({"words": words} if words else {}) | ({"who": who} if who not in (None, "everyone") else {})


def _words(value: object) -> list[str]:
    listed = value if isinstance(value, list) else []
    return list(dict.fromkeys(word for word in (" ".join(str(each).split()) for each in listed) if word))


def _language(_tx: Tx, value: object) -> object:
    locale = read_language(str(value))
    if locale is None:
        text = _("No bot speaks “{word}”. There are: {known}", word=str(value)[:40], known=", ".join(languages()))
        raise DomainError("unknown_language", text)
    return locale


def _model(_tx: Tx, value: object) -> object:
    if _MODEL.fullmatch(str(value)) is None:
        raise DomainError("bad_bot_model", _("A model's name has no blanks."))
    return value


def _number(tx: Tx, value: object) -> object:
    numbers = chatbots.numbers(tx)
    for session in numbers:
        if session.name.casefold() == str(value).casefold():
            return session.id
    named = ", ".join(each.name for each in numbers)
    raise DomainError("session_unknown", _("There is no number “{word}”. There are: {names}", word=value, names=named))


def _hours(_tx: Tx, value: object) -> object:
    said = value if isinstance(value, str) else _as_text(value)
    read = hours.parse(said)
    if read is None:
        text = _("These hours can't be read. For example: mon-fri 8-17, sat 9-13. Or: always")
        raise DomainError("bad_hours", text)
    return None if hours.is_always(read) else read


def _as_text(spans: object) -> str:
    """Spans of a week, `{"days": ["mon"], "from": "08:00", "to": "17:00"}`, as people write them."""
    listed: Sequence[Mapping[str, object]] = spans if isinstance(spans, list) else []
    return "; ".join(f"{','.join(_days(each['days']))} {each['from']}-{each['to']}" for each in listed)


def _days(value: object) -> list[str]:
    return [str(day) for day in value] if isinstance(value, list) else []


def spans(kept: Sequence[Mapping[str, object]] | None) -> list[dict[str, object]] | None:
    """Hours as programs read them: days by name, times as `08:00`; None is always."""
    if kept is None:
        return None
    return [{"days": _named(each["days"]), "from": _clock(each["from"]), "to": _clock(each["to"])} for each in kept]


def _named(days: object) -> list[str]:
    return [DAYS[day] for day in days] if isinstance(days, list) else []


def _clock(minute: object) -> str:
    hour, rest = divmod(int(str(minute)), 60)
    return f"{hour:02}:{rest:02}"


_COLUMNS = {"language": "language", "model": "model", "hours": "hours", "session": "session_id"}
_READ = {"language": _language, "model": _model, "hours": _hours, "session": _number}
