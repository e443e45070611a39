"""The commands about instructions: telling bots what to heed, for some days or always, listing and taking away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from handlers.grammar.reading import Claim, Reading, Unclear
from handlers.grammar.spec import Argument, Command, Kind, Reader, Words
from handlers.grammar.values import find_dates
from handlers.owner import bot_texts
from handlers.owner.bot_settings import REMOVE
from handlers.owner.call import Call
from handlers.reply import Option, Question, Reply, say
from services.assistant import chatbots, instructions
from services.db.models import Chatbot
from services.errors import DomainError
from services.i18n import Shown, Weekday, _, _c, languages, lines

AREA = _("Bots")
_FOR_ALL = re.compile(r"(?:all|every ?one|every bot|all bots|semua|semua bot)\s*:\s*(?=\S)", re.IGNORECASE)
_NUMBER = re.compile(r"(?:no\.?\s*|#)?(\d{1,9})\.?")
_FROM = re.compile(r"(?:from|starting|since|mulai|dari|sejak)\b\s*", re.IGNORECASE)
_UNTIL = re.compile(r"(?:until|untill|till|til|to|through|sampai|sampe|hingga|s/d|s\.d\.|sd|-|–)(?=[\s\d])\s*",
                    re.IGNORECASE)  # fmt: skip
_ON = re.compile(r"(?:on|only on|pada|khusus)\b\s*", re.IGNORECASE)
_AFTER = re.compile(r"[\s,:;-]*")
_Day = date | Unclear


@dataclass(frozen=True, slots=True)
class Dated:
    """A text with the days, if any, that stood before it; a day may be `Unclear`."""

    begin: _Day | None
    end: _Day | None
    body: str


def instruct(call: Call) -> Reply | Question:
    """Tells one bot or all something to heed, or takes an instruction away."""
    line = call.text("line") or call.text("text") or ""
    removed = _number_to_remove(line)
    if removed is not None:
        return _remove(call, removed)
    found, text = _for_whom(chatbots.all_of(call.context.tx), line)
    dated = read_dates(text, call.context.reading)
    unclear = _unclear(found, dated)
    return unclear if unclear is not None else _add(call, found, dated)


def listing(call: Call) -> Reply:
    """Lists the instructions that hold or will hold."""
    tx = call.context.tx
    found = instructions.listing(tx, call.context.today)
    if not found:
        return say(_("There are no instructions. For example: instruct until friday we close at 3"))
    names = {bot.id: bot.name for bot in chatbots.all_of(tx)}
    return say(
        lines(
            _("Instructions:"),
            *(bot_texts.instruction_line(each, names) for each in found),
            _("Take one away with: instruct remove {number}", number=str(found[-1].number)),
        )
    )


def _add(call: Call, bot: Chatbot | None, dated: Dated) -> Reply:
    context = call.context
    begin, end = (day if isinstance(day, date) else None for day in (dated.begin, dated.end))
    made = instructions.add(
        context.tx, context.actor, dated.body, today=context.today, bot=bot, starts_on=begin, ends_on=end,
        message_id=context.message.id,
    )  # fmt: skip
    names = {bot.id: bot.name} if bot is not None else {}
    when = {"from": begin, "until": end}
    given = {key: day for key, day in when.items() if day is not None} | ({"bot": bot.name} if bot else {})
    reply = say(
        lines(
            _("Noted. {instruction}", instruction=bot_texts.instruction_line(made, names)),
            bot_texts.heeded(context.settings),
            _("Take it away with: instruct remove {number}", number=str(made.number)),
        )
    )
    return replace(reply, understood=call.given(text=made.body, **given).understood())


def _remove(call: Call, number: int) -> Reply:
    context = call.context
    gone = instructions.remove(context.tx, context.actor, number, message_id=context.message.id)
    reply = say(_("Instruction {number} is gone: “{words}”", number=str(number), words=gone.body))
    return replace(reply, understood=call.given(remove=number).understood())


def _number_to_remove(line: str) -> int | None:
    """The number in `remove 3`; None where the line is something else. Raises where the number is missing."""
    words = line.casefold().split()
    for language in languages():
        for spelling in REMOVE.spellings(language):
            if tuple(words[: len(spelling)]) != spelling:
                continue
            if len(words) == len(spelling):
                raise DomainError("number_missing", _("Which one? For example: instruct remove 2 (*instructions* lists"
                                                      " them)"))  # fmt: skip
            number = _NUMBER.fullmatch(" ".join(words[len(spelling) :]))
            if number is not None:
                return int(number[1])
    return None


def _for_whom(bots: Sequence[Chatbot], line: str) -> tuple[Chatbot | None, str]:
    """The bot with whose name a line begins, the longest name first, and the rest; None for every bot."""
    everybody = _FOR_ALL.match(line)
    if everybody is not None:
        return None, line[everybody.end() :]
    before, colon, after = line.partition(":")
    named = chatbots.named(bots, before) if colon else None
    if named is not None:
        return named, after.strip()
    words = line.split()
    for length in range(len(words), 0, -1):
        named = chatbots.named(bots, " ".join(words[:length]))
        if named is not None:
            rest = line.split(maxsplit=length)
            return named, rest[length] if len(rest) > length else ""
    return None, line


def read_dates(text: str, reading: Reading) -> Dated:
    """The days before a text: `until friday …`, `from 1/12 to 31/12 …`, `on monday …`; others belong to the text."""
    claims = find_dates(text, reading)
    begin = _day_at(text, 0, _FROM, claims)
    until = _day_at(text, begin[1] if begin is not None else 0, _UNTIL, claims)
    if until is not None:
        first = begin[0] if begin is not None else None
        return Dated(*_sensible(first, until[0], reading, text), _body(text, until[1]))
    if begin is not None:
        return Dated(begin[0], None, _body(text, begin[1]))
    only = _day_at(text, 0, _ON, claims)
    return Dated(only[0], only[0], _body(text, only[1])) if only is not None else Dated(None, None, text.strip())


def _day_at(text: str, at: int, before: re.Pattern[str], claims: Sequence[Claim]) -> tuple[_Day, int] | None:
    """The day that stands at a place after such a word, and where it ends; the claim may hold the word itself."""
    while at < len(text) and text[at] in " \n,":
        at += 1
    word = before.match(text, at)
    if word is None:
        return None
    claim = next((each for each in claims if each.start in (at, word.end())), None)
    return (claim.value, claim.end) if claim is not None and isinstance(claim.value, date | Unclear) else None


def _body(text: str, at: int) -> str:
    match = _AFTER.match(text, at)
    return text[match.end() if match is not None else at :].strip()


def _sensible(begin: _Day | None, end: _Day, reading: Reading, text: str) -> tuple[_Day | None, _Day]:
    """Of unclear days the only ones that follow each other; an end before its beginning is next year's."""
    if begin is None:
        return None, end
    pairs = [(first, last) for first, last in product(_readings(begin), _readings(end)) if first <= last]
    if len(pairs) == 1:
        return pairs[0]
    if not pairs and isinstance(begin, date) and isinstance(end, date):
        return begin, _after(begin, end, reading, text)
    return begin, end


def _after(begin: date, end: date, reading: Reading, text: str) -> date:
    """The same spelling of an end, read on the day on which it begins; the end itself where that is no later."""
    for claim in find_dates(text, replace(reading, today=begin)):
        if isinstance(claim.value, date) and claim.value >= begin and claim.start > 0:
            same = any(each.value == end and each.start == claim.start for each in find_dates(text, reading))
            if same:
                return claim.value
    return end


def _readings(day: _Day) -> Sequence[date]:
    return [day] if isinstance(day, date) else [each for each in day.options if isinstance(each, date)]


def _unclear(bot: Chatbot | None, dated: Dated) -> Question | None:
    """Asks which day is meant; each answer is the whole line again with that day written out."""
    if isinstance(dated.begin, Unclear):
        said = [(day, replace(dated, begin=day)) for day in _readings(dated.begin)]
    elif isinstance(dated.end, Unclear):
        said = [(day, replace(dated, end=day)) for day in _readings(dated.end)]
    else:
        return None
    options = (Option(Shown(Weekday(day)), _written(bot, each)) for day, each in said)
    return Question("line", _("Which day do you mean?"), tuple(options))


def _written(bot: Chatbot | None, dated: Dated) -> str:
    """A line that says the same."""
    parts = (
        f"{bot.name}:" if bot is not None else "",
        f"from {_spelled(dated.begin)}" if dated.begin is not None else "",
        f"until {_spelled(dated.end)}" if dated.end is not None else "",
        f": {dated.body}",
    )
    return " ".join(part for part in parts if part)


def _spelled(day: _Day) -> str:
    if isinstance(day, date):
        return day.isoformat()
    first = day.options[0]
    return f"{first.month}/{first.day}" if isinstance(first, date) else ""


def _read_line(text: str, _reading: Reading) -> dict[str, object]:
    return {"line": text.strip()} if text.strip() else {}


def _or_list(text: str, _reading: Reading) -> str | None:
    return None if text.strip() else "instructions"


COMMANDS = (
    Command(
        name="instructions",
        words=Words(_c("command", "instructions")),
        area=AREA,
        usage=None,
        help=_("lists what your bots are told to heed"),
        run=listing,
        examples=("instructions", "DAFTAR INSTRUKSI"),
    ),
    Command(
        name="instruct",
        words=Words(_c("command", "instruct")),
        area=AREA,
        usage=_("[BOT] [until DAY] TEXT; instruct remove N"),
        help=_("tells a bot, or all of them, something to heed"),
        run=instruct,
        permission="manage",
        arguments=(
            Argument("bot", Kind.TEXT), Argument("from", Kind.TEXT), Argument("until", Kind.TEXT),
            Argument("text", Kind.TEXT), Argument("remove", Kind.NUMBER),
        ),
        examples=(
            "instruct until friday we close at 3", "instruct Siti: be brief", "INSTRUKSI sampai 25/12 promo 10%",
            "INSTRUKSI HAPUS 1",
        ),
        reader=Reader(_read_line, reroute=_or_list),
    ),
)  # fmt: skip
