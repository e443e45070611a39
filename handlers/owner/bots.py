"""The commands about bots: listing, making, switching, setting and removing them. Instructions are beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.grammar.reading import Reading
from handlers.grammar.spec import Argument, Command, Kind, Reader, Words
from handlers.owner import bot_texts, instructions
from handlers.owner.bot_settings import SETTINGS, SPELLINGS, sub_word
from handlers.owner.call import Call
from handlers.reply import YES_NO, Option, Question, Reply, say
from services.assistant import chatbots
from services.db.models import Chatbot
from services.errors import DomainError
from services.i18n import Renderable, _, _c, language_of, lines

AREA = _("Bots")
# Names that would be read as something else than a bot's.
_OTHER_WORDS = frozenset({"all", "semua", "bot", "every bot", "list", "until", "from", "sampai", "dari", "mulai"})
_BEFORE_NAME = ("on", "off", "remove")


def listing(call: Call) -> Reply:
    """Lists the bots, or shows one."""
    tx, name = call.context.tx, call.text("name")
    if name is not None:
        return _card(call, chatbots.by_name(tx, name))
    bots = chatbots.all_of(tx)
    if not bots:
        return say(_("There is no bot yet. Make one: bot new Siti"))
    return say(bot_texts.listed(bots, chatbots.numbers(tx)))


def bot(call: Call) -> Reply | Question:
    """Shows a bot, makes a new one, or changes something of one."""
    line = call.text("line") or _spelled(call)
    bots = chatbots.all_of(call.context.tx)
    split = _split(bots, line)
    if split is not None:
        found, rest = split
        return _of_bot(call, found, rest) if rest else _card(call, found)
    said = sub_word(line)
    if said is not None and said[0] == "new":
        return _new(call, said[1])
    if said is None:
        raise _not_there(bots, line)
    name, value = said
    after = chatbots.named(bots, value) if name in _BEFORE_NAME and value else None
    if after is not None:
        return _apply(call, after, name, "")
    return _of_which(call, bots, line)


def _spelled(call: Call) -> str:
    """The line that says what the arguments say where they came one by one."""
    setting = (call.text("setting") or "").replace("_", " ")
    name, value = call.text("name"), call.text("value")
    return " ".join(filter(None, (setting, name) if setting == "new" else (name, setting, value)))


def _split(bots: Sequence[Chatbot], line: str) -> tuple[Chatbot, str] | None:
    """The bot with whose name a line begins, the longest name first, and the rest; one that makes sense if any does."""
    words = line.split()
    found = []
    for length in range(len(words), 0, -1):
        named = chatbots.named(bots, " ".join(words[:length]))
        if named is not None:
            rest = line.split(maxsplit=length)
            found.append((named, rest[length] if len(rest) > length else ""))
    return next((each for each in found if not each[1] or sub_word(each[1])), found[0] if found else None)


def _not_there(bots: Sequence[Chatbot], line: str) -> DomainError:
    """The refusal of a line that begins neither with a bot's name nor with something to set."""
    words = line.split()
    until = next((at for at in range(1, len(words)) if sub_word(" ".join(words[at:]))), len(words))
    refusal = chatbots.unknown(bots, " ".join(words[:until]))
    if len(bots) != 1 or until < len(words):
        return refusal
    return DomainError(refusal.code, lines(refusal.text, bot_texts.possibilities(bots[0].name)))


def _of_which(call: Call, bots: Sequence[Chatbot], line: str) -> Reply | Question:
    """A line without a name is about the only bot; of several it is asked which one."""
    number = call.arguments.get("bot")
    if number is not None:
        return _of_bot(call, chatbots.by_number(call.context.tx, int(str(number))), line)
    if len(bots) > 1:
        return Question("bot", _("Which bot?"), tuple(Option(each.name, each.number) for each in bots))
    return _of_bot(call, chatbots.default(call.context.tx), line)


def _of_bot(call: Call, found: Chatbot, rest: str) -> Reply | Question:
    said = sub_word(rest)
    if said is None or (said[0] in _BEFORE_NAME and said[1]) or said[0] == "new":
        what = _("I don't know what “{words}” means for {name}.", words=rest[:60], name=found.name)
        raise DomainError("unknown_bot_setting", lines(what, bot_texts.possibilities(found.name)))
    return _apply(call, found, *said)


def _apply(call: Call, found: Chatbot, name: str, value: str) -> Reply | Question:
    match name:
        case "on" | "off":
            result: Reply | Question = _switch(call, found, name == "on")
        case "remove":
            result = _remove(call, found)
        case "rename":
            result = _rename(call, found, value)
        case _:
            result = _set(call, found, name, value)
    if isinstance(result, Question):
        return result
    given = {"setting": name} | ({"value": value} if value else {})
    return replace(result, understood=call.given(name=found.name, **given).understood())


def _new(call: Call, name: str) -> Reply | Question:
    if not name:
        return Question("new", _("What shall the new bot be called? (for example Siti)"))
    _check_name(call, name)
    context = call.context
    made = chatbots.create(context.tx, context.actor, name, message_id=context.message.id)
    reply = say(
        lines(
            _("The bot {name} is made and on: for everyone, always, on all numbers.", name=made.name),
            _("Teach it: kb add QUESTION = ANSWER"),
            _("Set it up, for example: {example}", example=bot_texts.example("hours", made.name)),
        )
    )
    return replace(reply, understood=call.given(name=made.name, setting="new").understood())


def _check_name(call: Call, name: str) -> None:
    """A bot isn't called like a command or a part of one; raises `DomainError` `bad_bot_name`."""
    spelled = {*SPELLINGS, *call.book.spellings}
    if chatbots.key(name) in {chatbots.key(" ".join(words)) for words in spelled} | _OTHER_WORDS:
        raise DomainError(
            "bad_bot_name",
            _("“{name}” is a command's word, so no bot can be called so. For example: bot new Siti", name=name),
        )


def _switch(call: Call, found: Chatbot, on: bool) -> Reply:
    if found.active == on:
        return say(_("{name} is {state} already.", name=found.name, state=bot_texts.switch(found)))
    _change(call, found, active=on)
    state = _("{name} is now {state}.", name=found.name, state=bot_texts.switch(found))
    if on or any(each.active for each in chatbots.all_of(call.context.tx)):
        return say(state)
    return say(lines(state, _("No bot answers customers now. To change that: bot {name} on", name=found.name)))


def _remove(call: Call, found: Chatbot) -> Reply | Question:
    if call.arguments.get("confirmed") is not True:
        text = _("Remove {name} for good? What it alone was taught and told won't be used any more.", name=found.name)
        return Question("confirmed", text, YES_NO, {"line": f"{found.name} remove"})
    context = call.context
    chatbots.remove(context.tx, context.actor, found, message_id=context.message.id)
    return say(_("{name} is removed.", name=found.name))


def _rename(call: Call, found: Chatbot, name: str) -> Reply:
    if not name:
        raise DomainError(
            "bad_bot_name", _("What shall it be called? For example: bot {name} rename Rina", name=found.name)
        )
    _check_name(call, name)
    before = found.name
    _change(call, found, name=name)
    return say(_("{before} is now called {name}.", before=before, name=found.name))


def _set(call: Call, found: Chatbot, name: str, value: str) -> Reply:
    setting, numbers = SETTINGS[name], chatbots.numbers(call.context.tx)
    word = setting.words.shown(language_of(call.context.locale))
    before = bot_texts.value_as_text(name, found, numbers, call.context.locale)
    if not value:
        how = _("Change it with, for example: {example}", example=bot_texts.example(name, found.name))
        return say(lines(_("{name}, {setting}: {value}", name=found.name, setting=word, value=before), how))
    try:
        _change(call, found, **setting.read(call.context, found, value))
    except DomainError as refusal:
        how = _("For example: {example}", example=bot_texts.example(name, found.name))
        raise DomainError(refusal.code, lines(refusal.text, how)) from refusal
    after = bot_texts.value_as_text(name, found, numbers, call.context.locale)
    if after == before:
        return say(_("{name}, {setting}: {value}, as it was", name=found.name, setting=word, value=after))
    text = _("{name}, {setting}: now {value} (before: {before})", name=found.name, setting=word, value=after,
             before=before)  # fmt: skip
    return say(lines(text, bot_texts.heeded(call.context.settings) if setting.needs_model else None))


def _change(call: Call, found: Chatbot, **values: object) -> None:
    context = call.context
    chatbots.change(context.tx, context.actor, found, message_id=context.message.id, **values)


def _card(call: Call, found: Chatbot) -> Reply:
    context = call.context
    shown: Renderable = bot_texts.card(found, chatbots.numbers(context.tx), context.locale)
    return replace(say(shown), understood=call.given(name=found.name).understood())


def read_line(text: str, _reading: Reading) -> dict[str, object]:
    """What follows `bot`, as it stands: only the bots that there are tell which of it is a name."""
    return {"line": text.strip()} if text.strip() else {}


def _read_answer(asked: str, text: str, _reading: Reading, loosely: bool) -> dict[str, object] | None:
    return {"line": f"new {text.strip()}"} if asked == "new" and loosely else None


def _or_list(text: str, _reading: Reading) -> str | None:
    return None if text.strip() else "bots"


def _read_name(text: str, _reading: Reading) -> dict[str, object]:
    return {"name": text.strip()} if text.strip() else {}


COMMANDS: tuple[Command, ...] = (
    Command(
        name="bots",
        words=Words(_c("command", "bots")),
        area=AREA,
        usage=_("[NAME]"),
        help=_("lists your bots with what is special about each, or shows one"),
        run=listing,
        arguments=(Argument("name", Kind.TEXT),),
        examples=("bots", "DAFTAR BOT"),
        reader=Reader(_read_name),
    ),
    Command(
        name="bot",
        words=Words(_c("command", "bot")),
        area=AREA,
        usage=_("new NAME; bot NAME on/off; bot NAME SETTING VALUE"),
        help=_("makes a bot, switches it on and off, sets its hours, persona, greeting and more"),
        run=bot,
        permission="manage",
        arguments=(Argument("name", Kind.TEXT), Argument("setting", Kind.TEXT), Argument("value", Kind.TEXT)),
        examples=(
            "bot new Siti", "bot Siti off", "bot Siti hours mon-fri 8-17, sat 9-13", "BOT BARU Siti", "BOT Siti MATI",
            "BOT Siti JAM senin-jumat 8-17",
        ),
        reader=Reader(read_line, _read_answer, _or_list),
    ),
    *instructions.COMMANDS,
)  # fmt: skip
