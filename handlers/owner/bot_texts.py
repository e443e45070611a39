"""How bots and their instructions are described to the owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.owner.bot_settings import SETTINGS, number_shown, value_shown, who_shown, words_shown
from services.assistant import hours
from services.db.models import Chatbot, Instruction, WhatsAppSession
from services.i18n import Joined, Renderable, Weekday, _, language_of, lines
from services.settings import Settings

_HEEDED = _("An AI model heeds this once one is set up. Without one, I answer with the words that I was taught.")


def heeded(settings: Settings) -> Renderable | None:
    """Who heeds what only a model can; nothing is to be said where there is one."""
    return None if settings.uses_chat else _HEEDED


_SHORT = 200


def switch(bot: Chatbot) -> Renderable:
    """Whether a bot is on."""
    return _("on") if bot.active else _("off")


def describe(bot: Chatbot, numbers: Sequence[WhatsAppSession]) -> Renderable:
    """A bot in one line, with what is special about it."""
    words = bot.starts.get("words")
    special: tuple[Renderable | None, ...] = (
        switch(bot),
        None if hours.is_always(bot.hours) else hours.shown(bot.hours),
        _("for {who}", who=who_shown(bot)) if bot.starts.get("who", "everyone") != "everyone" else None,
        _("when somebody says {words}", words=words_shown(words)) if words else None,
        _("on {number}", number=number_shown(bot, numbers)) if bot.session_id is not None else None,
        _("in {language}", language=value_shown("language", bot, numbers)) if bot.language else None,
        _("with {model}", model=bot.model) if bot.model else None,
        _("not about {words}", words=words_shown(bot.person_words)) if bot.person_words else None,
    )
    return Joined((Joined(("*", bot.name, "*"), ""), Joined(special, ", ")), ": ")


def listed(bots: Sequence[Chatbot], numbers: Sequence[WhatsAppSession]) -> Renderable:
    """All bots, and how to change one."""
    return lines(
        _("Your bots:"),
        *(Joined(("•", describe(bot, numbers)), " ") for bot in bots),
        _("None of them is on: no bot answers customers.") if not any(bot.active for bot in bots) else None,
        _("More about one: bot {name}", name=bots[0].name),
    )


def card(bot: Chatbot, numbers: Sequence[WhatsAppSession], locale: str) -> Renderable:
    """A bot with all its settings."""
    language = language_of(locale)
    settings = (
        Joined((Joined(("*", setting.words.shown(language), "*"), ""), value_shown(name, bot, numbers)), ": ")
        for name, setting in SETTINGS.items()
    )
    return lines(
        Joined((Joined(("*", bot.name, "*"), ""), switch(bot)), ": "),
        *settings,
        _("Change one with, for example: {example}", example=example("hours", bot.name)),
    )


def example(name: str, bot_name: str) -> Renderable:
    """A line that sets something of a bot."""
    return _(SETTINGS[name].example.message, name=bot_name)


def value_as_text(name: str, bot: Chatbot, numbers: Sequence[WhatsAppSession], locale: str) -> str:
    """A setting's value in words, to be compared with another one."""
    return value_shown(name, bot, numbers).render(locale)


def possibilities(bot_name: str) -> Renderable:
    """Everything that can be said of a bot, each by an example."""
    return lines(
        _("What you can write:"),
        *(Joined(("•", _(text.message, name=bot_name)), " ") for text in _VERBS),
        *(Joined(("•", example(name, bot_name)), " ") for name in SETTINGS),
    )


_VERBS = (_("bot {name} on"), _("bot {name} off"), _("bot {name} rename Rina"), _("bot {name} remove"))


def period(instruction: Instruction) -> Renderable | None:
    """When an instruction holds; None for always."""
    begin, end = instruction.starts_on, instruction.ends_on
    if begin is not None and end is not None:
        if begin == end:
            return _("on {day}", day=Weekday(begin))
        return _("from {begin} to {end}", begin=Weekday(begin), end=Weekday(end))
    if begin is not None:
        return _("from {begin}", begin=Weekday(begin))
    return _("until {end}", end=Weekday(end)) if end is not None else None


def whose(instruction: Instruction, names: Mapping[int, str]) -> Renderable | str:
    """Which bot an instruction is for."""
    return _("every bot") if instruction.chatbot_id is None else names[instruction.chatbot_id]


def instruction_line(instruction: Instruction, names: Mapping[int, str]) -> Renderable:
    """An instruction as lists show it: `3. Siti, until Fri, 14 Feb 2025: “…”`."""
    about = Joined((whose(instruction, names), period(instruction)), ", ")
    body = instruction.body if len(instruction.body) <= _SHORT else f"{instruction.body[:_SHORT]}…"
    return Joined((f"{instruction.number}.", Joined((about, _("“{words}”", words=body)), ": ")), " ")
