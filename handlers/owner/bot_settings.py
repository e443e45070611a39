"""What can be set of a bot by chat, declared once: the words, the meaning, how a value is read and shown.

Reading a value raises a `DomainError` with an example where it can't be one. The commands are in `bots`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import cast

from handlers.context import Context
from handlers.grammar.spec import Words
from services.assistant import chatbots, hours
from services.db.models import Chatbot, WhatsAppSession
from services.errors import DomainError
from services.i18n import Joined, LanguageName, Renderable, Shown, Text, _, _c, languages
from services.phone import normalise_phone
from services.tenants.preference_values import is_off, read_language

NEW = Words(_c("command", "new | add"))
ON = Words(_c("command", "on"))
OFF = Words(_c("command", "off"))
RENAME = Words(_c("command", "rename"))
REMOVE = Words(_c("command", "remove | delete"))
_AUTO = {"auto", "automatic", "otomatis", "ikut", "ikuti", "default", "bawaan"}
_EVERYWHERE = {"all", "every", "any", "all numbers", "semua", "semua nomor", "setiap"}
_GROUPS: Mapping[str, str] = {
    "everyone": "everyone|everybody|all|semua|semua orang|siapa saja",
    "customers": "customers|customer|pelanggan|pembeli|konsumen",
    "borrowers": "borrowers|borrower|peminjam|nasabah",
    "new": "new|new ones|newcomers|new customers|new people|baru|orang baru|pelanggan baru",
}
_WHO_NAMES: Mapping[str, Text] = {
    "everyone": _("everyone"),
    "customers": _("customers without debts"),
    "borrowers": _("borrowers"),
    "new": _("people who write for the first time"),
}
_SEPARATOR = re.compile(r"[,;\n]+")
_USUAL = _("the usual one")
_NOT_SET = _("none")


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set of a bot: what follows its words becomes columns of the bot, and how they are shown.

    `read` turns what somebody wrote into the columns' values. `needs_model`: nothing of it is seen without one.
    """

    words: Words
    example: Text
    read: Callable[[Context, Chatbot, str], dict[str, object]]
    shown: Callable[[Chatbot, Sequence[WhatsAppSession]], Renderable | str]
    needs_model: bool = False


def _is_empty(text: str) -> bool:
    return is_off(text) or text.strip() in {"-", "–", "—"} or text.casefold() in {"kosong", "empty"}


def _text(column: str) -> Callable[[Context, Chatbot, str], dict[str, object]]:
    return lambda _context, _bot, text: {column: None if _is_empty(text) else text}


def _shown_text(column: str, absent: Text) -> Callable[[Chatbot, Sequence[WhatsAppSession]], Renderable | str]:
    def show(bot: Chatbot, _numbers: Sequence[WhatsAppSession]) -> Renderable | str:
        value: str | None = getattr(bot, column)
        return _("“{words}”", words=value) if value is not None else absent

    return show


def _model(_context: Context, _bot: Chatbot, text: str) -> dict[str, object]:
    if _is_empty(text) or text.casefold() in _AUTO:
        return {"model": None}
    if re.fullmatch(r"[\w./:@+-]+", text) is None:
        raise DomainError("bad_bot_model", _("A model's name has no blanks."))
    return {"model": text}


def _language(_context: Context, _bot: Chatbot, text: str) -> dict[str, object]:
    if _is_empty(text) or text.casefold() in _AUTO:
        return {"language": None}
    locale = read_language(text)
    if locale is None:
        raise DomainError(
            "unknown_language",
            _("I don't speak “{word}”. Try *english*, *indonesia*, or *auto* for whatever the customer writes.",
              word=text[:40]),
        )  # fmt: skip
    return {"language": locale}


def _temperature(_context: Context, _bot: Chatbot, text: str) -> dict[str, object]:
    if (_is_empty(text) and text != "0") or text.casefold() in _AUTO:
        return {"temperature": None}
    try:
        return {"temperature": Decimal(text.replace(",", ".")) if len(text) < 10 else Decimal(-1)}
    except InvalidOperation:
        return {"temperature": Decimal(-1)}


def _hours(_context: Context, _bot: Chatbot, text: str) -> dict[str, object]:
    if _is_empty(text) and not text.isdigit():
        return {"hours": None}
    read = hours.parse(text)
    if read is None:
        raise DomainError(
            "bad_hours",
            _("I can't read these hours. What works too: every day 20-02, weekends closed. Or: always"),
        )
    return {"hours": None if hours.is_always(read) else read}


def _number(context: Context, _bot: Chatbot, text: str) -> dict[str, object]:
    if _is_empty(text) or text.casefold() in _EVERYWHERE:
        return {"session_id": None}
    numbers = chatbots.numbers(context.tx)
    phone = normalise_phone(text, context.tenant.country)
    for session in numbers:
        if session.name.casefold() == text.casefold() or (phone and phone.lstrip("+") == session.phone):
            return {"session_id": session.id}
    raise DomainError(
        "unknown_number",
        _("There is no number “{word}” here. Yours: {names}. Or: all", word=text[:40],
          names=", ".join(f"{each.name} (+{each.phone})" for each in numbers)),
    )  # fmt: skip


def _listed(text: str) -> list[str]:
    words = (" ".join(part.split()).strip("\"'“”") for part in _SEPARATOR.split(text))
    return list(dict.fromkeys(word for word in words if word))


def _start_words(_context: Context, bot: Chatbot, text: str) -> dict[str, object]:
    others = {name: value for name, value in bot.starts.items() if name != "words"}
    return {"starts": others if _is_empty(text) else {**others, "words": _listed(text)}}


def _who(_context: Context, bot: Chatbot, text: str) -> dict[str, object]:
    said = " ".join(text.casefold().split())
    found = next((who for who, words in _GROUPS.items() if said in words.split("|")), None)
    if found is None:
        raise DomainError("bad_bot_starts", _("For whom is it? Write everyone, customers, borrowers or new."))
    others = {name: value for name, value in bot.starts.items() if name != "who"}
    return {"starts": others if found == "everyone" else {**others, "who": found}}


def _person_words(_context: Context, _bot: Chatbot, text: str) -> dict[str, object]:
    return {"person_words": [] if _is_empty(text) else _listed(text)}


def who_shown(bot: Chatbot) -> Text:
    """For whom a bot is."""
    return _WHO_NAMES[str(bot.starts.get("who", "everyone"))]


def number_shown(bot: Chatbot, numbers: Iterable[WhatsAppSession]) -> Renderable | str:
    """On which number a bot answers."""
    found = next((each for each in numbers if each.id == bot.session_id), None)
    return f"{found.name} (+{found.phone})" if found is not None else _("all numbers")


def words_shown(words: object) -> Renderable | str:
    """A list of words."""
    listed = cast("list[str]", words or [])
    return ", ".join(listed) if listed else _NOT_SET


SETTINGS: Mapping[str, Setting] = {
    "persona": Setting(
        Words(_c("command", "persona | personality")), _("bot {name} persona a friendly shop assistant, short answers"),
        _text("persona"), _shown_text("persona", _NOT_SET), needs_model=True,
    ),
    "language": Setting(
        Words(_c("command", "language")), _("bot {name} language english"), _language,
        lambda bot, _numbers: LanguageName(bot.language) if bot.language else _("whatever the customer writes"),
    ),
    "model": Setting(
        Words(_c("command", "model")), _("bot {name} model gpt-4o-mini"), _model,
        lambda bot, _numbers: bot.model or _USUAL, needs_model=True,
    ),
    "temperature": Setting(
        Words(_c("command", "temperature")), _("bot {name} temperature 0.3"), _temperature,
        lambda bot, _numbers: _USUAL if bot.temperature is None else Shown(bot.temperature.normalize() + 0),
        needs_model=True,
    ),
    "hours": Setting(
        Words(_c("command", "hours | opening hours")), _("bot {name} hours mon-fri 8-17, sat 9-13"), _hours,
        lambda bot, _numbers: hours.shown(bot.hours),
    ),
    "greeting": Setting(
        Words(_c("command", "greeting")), _("bot {name} greeting Hello! What can I do for you?"),
        _text("greeting"), _shown_text("greeting", _USUAL),
    ),
    "fallback": Setting(
        Words(_c("command", "fallback")), _("bot {name} fallback I don't know that; a colleague will answer."),
        _text("fallback"), _shown_text("fallback", _USUAL),
    ),
    "number": Setting(
        Words(_c("command", "number")), _("bot {name} number all"), _number,
        number_shown,
    ),
    "start_words": Setting(
        Words(_c("command", "start words")), _("bot {name} start words order, price list"), _start_words,
        lambda bot, _numbers: words_shown(bot.starts.get("words")),
    ),
    "for": Setting(
        Words(_c("command", "for")), _("bot {name} for borrowers"), _who, lambda bot, _numbers: who_shown(bot),
    ),
    "person_words": Setting(
        Words(_c("command", "person words")), _("bot {name} person words refund, complaint"), _person_words,
        lambda bot, _numbers: words_shown(bot.person_words),
    ),
}  # fmt: skip

_VERBS: Mapping[str, Words] = {"new": NEW, "on": ON, "off": OFF, "rename": RENAME, "remove": REMOVE}


def _spellings() -> Mapping[tuple[str, ...], str]:
    """What each sub-word of `bot` means, in every language; two that share a spelling are refused at once."""
    found: dict[tuple[str, ...], str] = {}
    for name, words in (*_VERBS.items(), *((name, setting.words) for name, setting in SETTINGS.items())):
        for language in languages():
            for spelling in words.spellings(language):
                if found.setdefault(spelling, name) != name:
                    raise ValueError(f"“{' '.join(spelling)}” means both {found[spelling]} and {name} of a bot")
    return found


SPELLINGS = _spellings()
_LONGEST = max(map(len, SPELLINGS))


def sub_word(text: str) -> tuple[str, str] | None:
    """What a text's first words set or do of a bot (a key of `SETTINGS`, or a verb), and the rest of it."""
    words = text.split(maxsplit=_LONGEST)
    folded = [word.casefold().rstrip(":=.!") for word in words]
    for length in range(min(_LONGEST, len(words)), 0, -1):
        name = SPELLINGS.get(tuple(folded[:length]))
        if name is not None:
            rest = text.split(maxsplit=length)
            return name, rest[length].strip().removeprefix("=").strip() if len(rest) > length else ""
    return None


def value_shown(name: str, bot: Chatbot, numbers: Sequence[WhatsAppSession]) -> Renderable:
    """A setting's present value as the owner reads it."""
    return Joined((SETTINGS[name].shown(bot, numbers),), "")
