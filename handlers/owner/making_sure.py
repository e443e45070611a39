"""The question before something is done that a model read or heard: all that will happen, to be answered by yes or no.

The command has been tried when this is asked, so that it is known whom it means, when that falls due and who would be
told; all of it is taken back before anybody reads the question.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from handlers.grammar.codec import decode
from handlers.grammar.reading import Unclear
from handlers.grammar.spec import Command, Kind
from handlers.owner.call import Call
from handlers.owner.persons import find_person
from handlers.reply import YES_NO, Question, Reply
from services.db.models import CommandRecord, Contact, LedgerEntry
from services.i18n import Joined, Renderable, Weekday, _, _n, language_of, lines, show
from services.messaging import contacts
from services.messaging.contacts import called
from services.money import Money

# The argument that a yes to this question becomes.
SURE = "sure"
# What another question made sure of before.
SETTLED = (SURE, "confirmed", "plan")
# Commands that only look unless this is given.
_LOOKS_WITHOUT = {"contact": "number", "kb": "text", "kb_gaps": "gap"}

_ASKED = {
    "lend": _("Shall I note: {name} borrowed {amount}, due {due}{details}?"),
    "owe": _("Shall I note: you owe {name} {amount}, due {due}{details}?"),
    "paid lent": _("Shall I note: {name} paid {amount}{details}?"),
    "paid owed": _("Shall I note: you paid {name} {amount}{details}?"),
    "due": _("Shall I move {name}'s due date to {due}?"),
    "write_off": _("Shall I write off {amount}, so that {name} owes you nothing any more?"),
    "remind": _("Shall I send {name} a reminder now?"),
    "block": _("Shall I block {name}: no answers and no messages any more?"),
}
_TAKEN_BACK = {
    "lend": _("Shall I take back the loan of {amount} to {name}?"),
    "owe": _("Shall I take back your debt of {amount} to {name}?"),
    "paid": _("Shall I take back the payment of {amount} with {name}?"),
    "write_off": _("Shall I take back that {name}'s debt was written off?"),
    "due": _("Shall I take back that {name}'s due date was moved?"),
    "agreement": _("Shall I take back the agreement with {name} over {amount}?"),
}


def is_sure(command: Command, arguments: Mapping[str, object]) -> bool:
    """Whether a command may be done as it is: it only looks, or the owner has said yes to it."""
    if any(arguments.get(name) is True for name in SETTLED):
        return True
    changing = _LOOKS_WITHOUT.get(command.name)
    return command.permission == "read" if changing is None else changing not in arguments


def question(call: Call, tried: Reply) -> Question | None:
    """Asks whether to do what the command, just tried, would do; None where that is nothing but an answer."""
    if call.command.name == "remind" and not tried.notices:
        return None
    call.context.tx.flush()
    record = _record(call)
    text = (_of_record(call, record) if record is not None else None) or _undoing(call) or _as_typed(call)
    replaces = _("The entry before is taken back then.") if "replaces" in call.arguments else None
    return Question(SURE, lines(text, _told(call, tried), replaces), YES_NO)


def _record(call: Call) -> CommandRecord | None:
    """What the command that was tried would leave for `undo`."""
    mine = (CommandRecord.tenant_id == call.context.tx.tenant) & (CommandRecord.message_id == call.context.message.id)
    return call.context.tx.scalars(select(CommandRecord).where(mine).order_by(CommandRecord.id.desc()).limit(1)).first()


def _of_record(call: Call, record: CommandRecord) -> Renderable | None:
    entry = _entry(call, record)
    key = record.command if record.command != "paid" or entry is None else f"paid {entry.side}"
    arguments = decode(record.arguments)
    if key not in _ASKED:
        return None
    amount = arguments.get("amount") or (Money(abs(entry.amount), entry.currency) if entry is not None else None)
    due = arguments.get("due")
    return _(
        _ASKED[key].message, name=arguments.get("name"), amount=amount,
        due=Weekday(due) if isinstance(due, date) else None, details=_details(call, arguments),
    )  # fmt: skip


def _entry(call: Call, record: CommandRecord) -> LedgerEntry | None:
    entries = record.effects.get("entries")
    if not entries:
        return None
    its = (LedgerEntry.tenant_id == call.context.tx.tenant) & (LedgerEntry.id == entries[0])
    return call.context.tx.scalars(select(LedgerEntry).where(its)).one()


def _details(call: Call, arguments: Mapping[str, object]) -> Renderable | str:
    """The note, and the day if it isn't today, in brackets."""
    on, note = arguments.get("on"), arguments.get("note")
    day = _("on {day}", day=on) if isinstance(on, date) and on != call.context.today else None
    parts = [part for part in (str(note) if note else None, day) if part is not None]
    return Joined((" (", Joined(tuple(parts), ", "), ")"), "") if parts else ""


def _undoing(call: Call) -> Renderable | None:
    """What `undo` would take back."""
    if call.command.name != "undo":
        return None
    undone = (CommandRecord.tenant_id == call.context.tx.tenant) & (CommandRecord.undone_at == call.context.tx.now)
    record = call.context.tx.scalars(
        select(CommandRecord).where(undone, CommandRecord.author == call.context.actor.id)
        .order_by(CommandRecord.id.desc()).limit(1)
    ).first()  # fmt: skip
    if record is None or record.command not in _TAKEN_BACK:
        return None
    arguments = decode(record.arguments)
    return _(_TAKEN_BACK[record.command].message, name=arguments.get("name"), amount=arguments.get("amount"))


def _as_typed(call: Call) -> Renderable:
    """The command as it would be typed, with the name under which the person is known."""
    named = any(argument.kind is Kind.NAME for argument in call.command.arguments) and "name" in call.arguments
    person = find_person(call) if named else None
    given = {**call.arguments, "name": called(person)} if isinstance(person, Contact) else call.arguments
    if call.command.name in _ASKED:
        return _(_ASKED[call.command.name].message, name=given.get("name"))
    return _("I understood: *{line}*. Shall I do it?", line=typed(call.command, given, call.context.locale))


def typed(command: Command, arguments: Mapping[str, object], locale: str) -> str:
    """A command as its owner would type it, in their language."""
    if "line" in arguments:
        parts: list[object] = [arguments["line"]]
    else:
        parts = [_part(argument.name, argument.kind, arguments) for argument in command.arguments]
    shown = (_shown(part, locale) for part in parts if part not in (None, ""))
    return " ".join([command.words.shown(language_of(locale)), *shown])


def _part(name: str, kind: Kind, arguments: Mapping[str, object]) -> object:
    value = arguments.get(name)
    if isinstance(value, Unclear) or value is None:
        return None
    if name == "minutes" and isinstance(value, int):
        hours, left = divmod(value, 60)
        return _n("{n} minute", "{n} minutes", value) if left else _n("{n} hour", "{n} hours", hours)
    return f"“{value}”" if kind is Kind.NOTE else value


def _shown(value: object, locale: str) -> str:
    return str(value) if isinstance(value, int) else show(value, locale)


def _told(call: Call, tried: Reply) -> Renderable | None:
    """Who would read a message about it."""
    told = list(dict.fromkeys(notice.reach.contact_id for notice in tried.notices))
    if not told or call.command.name == "remind":
        return None
    names = [called(person) for person in contacts.by_ids(call.context.tx, told).values()]
    return _("{name} will be told.", name=", ".join(sorted(names)))
