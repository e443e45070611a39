"""The commands about tags: putting them on people, taking them off, listing them and who has one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from handlers.grammar.reading import Reading
from handlers.grammar.spec import Argument, Command, Kind, Reader, Words
from handlers.grammar.values import name_key
from handlers.owner import accounts
from handlers.owner.call import Call
from handlers.owner.persons import find_person, is_shortened, is_slip
from handlers.reply import Question, Reply, say
from services.db.models import Contact
from services.errors import DomainError
from services.i18n import Joined, Renderable, _, _c, _n, lines
from services.messaging import contacts, tags

AREA = _("People")
SHOWN_TAGS, SHOWN_PEOPLE = 40, 30


def tag(call: Call) -> Reply | Question:
    """Puts tags on somebody; without tags shows theirs; with a tag alone, who has it."""
    line = _line(call)
    if not line:
        return listing(call)
    name, wanted = _split(call, line)
    if not name:
        return say(_people(call, wanted[0]) or _("Nobody has #{tag}.", tag=tags.fold(wanted[0])))
    if not wanted and not _is_known(call, name) and (people := _people(call, name)):
        return say(people)
    person = find_person(call.given(name=name), careful=bool(wanted))
    if isinstance(person, Question):
        return person
    context = call.context
    if not wanted:
        return _understood(call, say(_of(call, person)), person, [])
    new = tags.add(context.tx, context.actor, person, wanted, context.message.id)
    shown = _hashed(new or tags.folded(wanted))
    if not new:
        return _understood(call, say(_("{name} has {tags} already.", name=accounts.shown(person), tags=shown)), person,
                           wanted)  # fmt: skip
    back = _("Undo it with: untag {name} {tags}", name=accounts.shown(person), tags=shown)
    return _understood(call, say(lines(_of(call, person), back)), person, new)


def untag(call: Call) -> Reply | Question:
    """Takes tags off somebody."""
    line = _line(call)
    if not line:
        raise DomainError("tag_missing", _("Whom, and which tag? For example: untag Budi vip"))
    name, wanted = _split(call, line)
    if not name:
        raise DomainError("tag_missing", _("Whom, and which tag? For example: untag Budi vip"))
    if not wanted:
        raise DomainError("tag_missing", _("Which tag? For example: untag {name} vip", name=name))
    person = find_person(call.given(name=name))
    if isinstance(person, Question):
        return person
    context = call.context
    gone = tags.remove(context.tx, context.actor, person, wanted, context.message.id)
    if not gone:
        missing = _("{name} doesn't have {tags}.", name=accounts.shown(person), tags=_hashed(tags.folded(wanted)))
        return _understood(call, say(lines(missing, _of(call, person))), person, wanted)
    text = _("{name} no longer has {tags}.", name=accounts.shown(person), tags=_hashed(gone))
    back = _("Undo it with: tag {name} {tags}", name=accounts.shown(person), tags=_hashed(gone))
    return _understood(call, say(lines(text, back)), person, gone)


def listing(call: Call) -> Reply:
    """Lists every tag and how many people have it."""
    found = tags.counts(call.context.tx)
    if not found:
        return say(_("There are no tags yet. For example: tag Budi vip"))
    shown = [
        _n("#{tag}: {n} person", "#{tag}: {n} people", number, tag=each) for each, number in found[:SHOWN_TAGS]
    ]  # fmt: skip
    more = "…" if len(found) > SHOWN_TAGS else None
    return say(lines(_("*Tags*"), *shown, more, _("Who has one? For example: tag {tag}", tag=found[0][0])))


def _line(call: Call) -> str:
    """The line as it was written, or as it would be where name and tags came one by one."""
    parts = [call.text("line")] if call.text("line") else [call.text("name"), _marked(call.text("tags"))]
    return " ".join(part for part in parts if part)


def _marked(written: str | None) -> str | None:
    return (
        None if written is None else " ".join(f"#{each.lstrip('#')}" for each in re.split(r"[\s,]+", written) if each)
    )


def _split(call: Call, line: str) -> tuple[str, Sequence[str]]:
    """Whom a line means and which tags: what has `#` or follows a known name is a tag, else the last word."""
    if "#" in line:
        name, *marked = line.split("#")
        return name.strip(" ,:"), [each.strip(" ,") for each in marked if each.strip(" ,")]
    words = line.split()
    length = _name_length(call, words)
    if length:
        return " ".join(words[:length]), _listed(" ".join(words[length:]))
    head, comma, rest = line.partition(",")
    if comma:
        return " ".join(head.split()[:-1]) or head, _listed(f"{head.split()[-1]},{rest}")
    return (" ".join(words[:-1]), words[-1:]) if len(words) > 1 else (line, [])


def _name_length(call: Call, words: Sequence[str]) -> int:
    """How many words are the name: of one that is known, else of a part of one or a slip in it; 0 for neither."""
    keys = {key for _id, _name, key in contacts.all_named(call.context.tx)}
    begun = [(length, name_key(" ".join(words[:length]))) for length in range(len(words), 0, -1)]
    for is_meant in (str.__eq__, is_shortened, is_slip):
        for length, typed in begun:
            if any(is_meant(typed, key) for key in keys):
                return length
    return 0


def _listed(text: str) -> Sequence[str]:
    """Tags in a row: with commas each may have several words, else each word is one."""
    parts = text.split(",") if "," in text else text.split()
    return [part.strip() for part in parts if part.strip()]


def _is_known(call: Call, name: str) -> bool:
    return bool(contacts.named(call.context.tx, name_key(name)))


def _people(call: Call, written: str) -> Renderable | None:
    """Who has a tag; None when nobody has it or it can't be one."""
    try:
        wanted = tags.fold(written)
    except DomainError:
        return None
    found = tags.tagged(call.context.tx, wanted)
    if not found:
        return None
    heading = _n("#{tag}: {n} person", "#{tag}: {n} people", len(found), tag=wanted)
    return lines(heading, *(f"• {accounts.shown(each)}" for each in found[:SHOWN_PEOPLE]),
                 "…" if len(found) > SHOWN_PEOPLE else None)  # fmt: skip


def _of(call: Call, person: Contact) -> Renderable:
    """The tags of somebody."""
    held = tags.of(call.context.tx, person.id)
    if not held:
        return _("{name} has no tags. For example: tag {name} vip", name=accounts.shown(person))
    return _("{name}: {tags}", name=accounts.shown(person), tags=_hashed(held))


def _hashed(found: Sequence[str]) -> Renderable:
    return Joined(tuple(f"#{each}" for each in found), " ")


def _understood(call: Call, reply: Reply, person: Contact, wanted: Sequence[str]) -> Reply:
    given = {"name": accounts.shown(person)} | ({"tags": " ".join(tags.folded(wanted))} if wanted else {})
    return replace(reply, understood=call.given(**given).understood())


def _read_line(text: str, _reading: Reading) -> dict[str, object]:
    return {"line": text.strip()} if text.strip() else {}


_ARGUMENTS = (Argument("name", Kind.TEXT), Argument("tags", Kind.TEXT))

COMMANDS = (
    Command(
        name="tag",
        words=Words(_c("command", "tag")),
        area=AREA,
        usage=_("NAME TAG, or NAME, or TAG"),
        help=_("puts tags on somebody; shows theirs, or who has one"),
        run=tag,
        permission="people",
        arguments=_ARGUMENTS,
        examples=("tag Budi vip", "TAG Budi #langganan #grosir"),
        reader=Reader(_read_line),
    ),
    Command(
        name="untag",
        words=Words(_c("command", "untag")),
        area=AREA,
        usage=_("NAME TAG"),
        help=_("takes tags off somebody"),
        run=untag,
        permission="people",
        arguments=_ARGUMENTS,
        examples=("untag Budi vip", "HAPUS TAG Budi vip"),
        reader=Reader(_read_line),
    ),
    Command(
        name="tags",
        words=Words(_c("command", "tags")),
        area=AREA,
        usage=None,
        help=_("lists every tag and how many people have it"),
        run=listing,
        examples=("tags", "DAFTAR TAG"),
    ),
)
