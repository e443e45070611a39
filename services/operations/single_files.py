"""What an installation of a single business left behind, read from a folder; `docs/operating.md` describes its files.

A line that can't be used is left out and reported with its number; only an unreadable `installation.json` ends it.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.errors import DomainError
from services.i18n import _
from services.messaging import naming, tags
from services.messaging.sending import NumberRule, clean
from services.tenants import registration
from services.tenants.registration import Application
from services.tenants.tenants import NewTenant

INSTALLATION, MESSAGES, SESSION = "installation.json", "messages.jsonl", "session.sqlite3"
CONTACTS = ("contacts.csv", "contacts.json")
LARGEST = 256 * 1024 * 1024
_LONGEST_NOTE = 2000

# How the files of such systems call the same field.
_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "phone": ("phone", "phone_number", "phonenumber", "number", "whatsapp_number", "contact_number", "jid", "wa_id"),
    "name": ("name", "contact_name", "full_name", "display_name"),
    "note": ("note", "notes", "description"),
    "tags": ("tags", "tag", "labels", "label", "category"),
    "email": ("email", "e_mail"),
    "blocked": ("blocked", "is_blocked"),
    "owner": ("owner", "owner_name", "username"),
    "language": ("language", "locale"),
    "text": ("text", "message", "body", "content"),
    "direction": ("direction", "type", "message_type"),
    "at": ("at", "timestamp", "created_at", "sent_at", "date", "time"),
    "id": ("id", "message_id", "whatsapp_message_id"),
}
_NAMES = {spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings}
_IN = frozenset({"in", "incoming", "inbound", "received", "from_contact"})
_OUT = frozenset({"out", "outgoing", "outbound", "sent", "from_me"})
_TRUE = frozenset({"1", "true", "yes", "ya", "y", "t"})
_KNOWN = frozenset({"name", "phone", "language", "timezone", "currency", "country", "email", "owner"})


class UnreadableError(Exception):
    """The folder holds no installation that can be taken over; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was left out, and why. `number` counts from 1, the heading of a table included."""

    file: str
    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Person:
    """A contact to be taken over; `phone` as bare digits, None for one who is known by name only."""

    phone: str | None
    name: str | None
    note: str | None = None
    email: str | None = None
    tags: Sequence[str] = ()
    is_blocked: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A message that was written or received; `key` is the same each time that the file is read."""

    key: str
    phone: str
    is_out: bool
    text: str
    at: datetime


@dataclass(frozen=True)
class Installation:
    """Everything that a folder holds. `notes` are what the operator should know beside bad lines."""

    new: NewTenant
    owner: str
    people: Sequence[Person]
    said: Sequence[Said]
    bad: Sequence[Line]
    notes: Sequence[str] = field(default_factory=list)


def read(folder: Path, rule: NumberRule, provider: str, now: datetime) -> Installation:
    """What the folder holds; raises `UnreadableError`."""
    given, notes = _installation(folder)
    new = _tenant(given, rule, provider)
    bad: list[Line] = []
    people = _merged(_people(folder, rule, new.country, bad), new.phone)
    said = list(_said(folder, rule, new, now, bad))
    return Installation(new, _owner(given) or new.name, people, said, bad, notes)


def _installation(folder: Path) -> tuple[dict[str, Any], list[str]]:
    path = folder / INSTALLATION
    try:
        given = json.loads(_text(path))
    except FileNotFoundError:
        raise UnreadableError(f"there is no {path}") from None
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{path} can't be read: {error}") from None
    if not isinstance(given, dict):
        raise UnreadableError(f"{path} holds no JSON object")
    named = _named(given)
    notes = [f"{INSTALLATION}: {word} isn't used" for word in sorted(set(named) - _KNOWN - {"apikey", "api_key"})]
    if {"apikey", "api_key"} & set(named):
        notes.append("the old API key ends with the old installation; make a new one for its programs")
    return named, notes


def _tenant(given: Mapping[str, Any], rule: NumberRule, provider: str) -> NewTenant:
    missing = [name for name in ("name", "phone") if not _word(given.get(name))]
    if missing:
        raise UnreadableError(f"{INSTALLATION}: {' and '.join(missing)} missing")
    usual = Application("", "")
    application = Application(
        phone=_word(given["phone"]) or "", name=_word(given["name"]) or "", email=_word(given.get("email")),
        language=_word(given.get("language")) or usual.language,
        timezone=_word(given.get("timezone")) or usual.timezone,
        currency=_word(given.get("currency")) or usual.currency,
        country=_word(given.get("country")) or usual.country,
    )  # fmt: skip
    try:
        naming.tidy(application.name)
        return registration.read(application, rule, provider)
    except DomainError as error:
        raise UnreadableError(f"{INSTALLATION}: {error.text.render('en')}") from None


def _owner(given: Mapping[str, Any]) -> str | None:
    try:
        return naming.tidy(_word(given.get("owner")) or "")
    except DomainError:
        return None


def _people(folder: Path, rule: NumberRule, country: str, bad: list[Line]) -> Iterator[Person]:
    for name in CONTACTS:
        if (folder / name).exists():
            rows = _table(folder / name, bad) if name.endswith("csv") else _objects(folder / name, bad)
            for number, row in rows:
                try:
                    yield _person(row, rule, country)
                except DomainError as error:
                    bad.append(Line(name, number, error.text.render("en")))


def _person(row: Mapping[str, Any], rule: NumberRule, country: str) -> Person:
    written, name = _word(row.get("phone")), _word(row.get("name"))
    phone = rule.read(written.partition("@")[0], country) if written else None
    if phone is None and name is None:
        raise DomainError("empty", _("Neither a number nor a name."))
    listed = row.get("tags") or ()
    words = (
        re.split(r"[,;|]", listed) if isinstance(listed, str) else map(str, listed if isinstance(listed, list) else [])
    )
    note = _word(row.get("note"))
    return Person(
        phone, naming.tidy(name) if name else None, note and clean(note)[:_LONGEST_NOTE], _word(row.get("email")),
        tags.folded(word for word in words if word.strip()), str(row.get("blocked") or "").strip().lower() in _TRUE,
    )  # fmt: skip


def _merged(people: Iterator[Person], own: str) -> list[Person]:
    """Each number and each name without a number once, the business's own not; the first line of several wins."""
    found: dict[str, Person] = {}
    for each in people:
        key = each.phone or f"name:{naming.name_key(each.name or '')}"
        if each.phone != own:
            found.setdefault(key, each)
    return list(found.values())


def _said(folder: Path, rule: NumberRule, new: NewTenant, now: datetime, bad: list[Line]) -> Iterator[Said]:
    if not (folder / MESSAGES).exists():
        return
    seen: dict[str, int] = {}
    zone = ZoneInfo(new.timezone)
    for number, row in _lines(folder / MESSAGES, bad):
        try:
            phone, at = (
                rule.read((_word(row.get("phone")) or "").partition("@")[0], new.country),
                _moment(row, zone, now),
            )
            is_out, text = _direction(row), clean(str(row.get("text") or ""))
        except DomainError as error:
            bad.append(Line(MESSAGES, number, error.text.render("en")))
            continue
        same = _word(row.get("id")) or f"{phone} {is_out} {at.isoformat()} {text}"
        seen[same] = seen.get(same, 0) + 1
        if _word(row.get("id")) is None or seen[same] == 1:
            yield Said(_key(f"{same} {seen[same]}"), phone, is_out, text, at)


def _key(same: str) -> str:
    return f"import:{hashlib.sha256(same.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _direction(row: Mapping[str, Any]) -> bool:
    word = (_word(row.get("direction")) or "").lower()
    if word not in _IN | _OUT:
        raise DomainError("bad_direction", _("The direction is “in” or “out”."))
    return word in _OUT


def _moment(row: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> datetime:
    """ISO 8601 (without an offset: the business's own time) or seconds since 1970; nothing that is still to come."""
    given = row.get("at")
    try:
        if isinstance(given, int | float) and not isinstance(given, bool):
            moment = datetime.fromtimestamp(given, UTC)
        else:
            read = datetime.fromisoformat(str(given))
            moment = (read if read.tzinfo is not None else read.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise DomainError("bad_time", _("The time is written as 2025-02-13T10:00:00+07:00.")) from None
    if moment > now:
        raise DomainError("bad_time", _("This time is still to come."))
    return moment


def _table(path: Path, bad: list[Line]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = csv.reader(_decoded(path, bad).splitlines())
    heading = [_heading(word) for word in next(rows, [])]
    if "phone" not in heading and "name" not in heading:
        bad.append(Line(path.name, 1, "no column phone or name"))
        return
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                yield rows.line_num, dict(zip(heading, row, strict=False))
    except csv.Error as error:
        bad.append(Line(path.name, rows.line_num, str(error)))


def _objects(path: Path, bad: list[Line]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        rows = json.loads(_decoded(path, bad) or "[]")
    except (ValueError, RecursionError) as error:
        bad.append(Line(path.name, getattr(error, "lineno", 1), "no JSON"))
        return
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        if isinstance(row, dict):
            yield number, _named(row)
        else:
            bad.append(Line(path.name, number, "no object"))


def _lines(path: Path, bad: list[Line]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(_decoded(path, bad).splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if isinstance(row, dict):
                yield number, _named(row)
            else:
                bad.append(Line(path.name, number, "no JSON object"))


def _decoded(path: Path, bad: list[Line]) -> str:
    try:
        return _text(path)
    except (OSError, ValueError) as error:
        bad.append(Line(path.name, 1, f"can't be read: {error}"))
        return ""


def _text(path: Path) -> str:
    if path.exists() and path.stat().st_size > LARGEST:
        raise ValueError(f"larger than {LARGEST // 1024**2} MB")
    return path.read_text(encoding="utf-8-sig")


def _named(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {_heading(str(name)): value for name, value in row.items()}


def _heading(word: str) -> str:
    plain = re.sub(r"[\s-]+", "_", word.strip()).lower()
    return _NAMES.get(plain, plain)


def _word(value: Any) -> str | None:
    return (str(value).strip() or None) if isinstance(value, str | int) and not isinstance(value, bool) else None
