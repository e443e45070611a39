"""Taking in many contacts at once: what is empty is filled and tags are added, nothing that is known is changed.

A batch is one transaction with few statements, however many lines it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, insert, or_, select, text

from services.db.engine import Tx
from services.db.models import Contact, ContactIdentity
from services.i18n import Renderable, _
from services.messaging import contacts, tags
from services.messaging.addresses import CHANNEL
from services.messaging.contact_csv import Problem, Row
from services.messaging.naming import name_key
from services.tenants import audit
from services.tenants.actors import Actor

BATCH = 1000
SHOWN_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many contacts were added, changed, and were so already; `problems` tell what wasn't done and why."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: Sequence[Problem] = ()

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.added + other.added, self.changed + other.changed, self.unchanged + other.unchanged,
            [*self.problems, *other.problems],
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class _Person:
    """A contact as it is, or will be when the batch is written."""

    id: int | None
    name: str | None = None
    email: str | None = None
    note: str | None = None
    locale: str | None = None
    phones: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    new_phones: list[str] = field(default_factory=list)
    new_tags: list[str] = field(default_factory=list)
    filled: bool = False
    is_new: bool = False

    @property
    def is_changed(self) -> bool:
        return self.filled or bool(self.new_tags or self.new_phones)

    def fill(self, row: Row) -> None:
        """Takes over what isn't known yet."""
        for column, value in (("email", row.email), ("note", row.note), ("locale", row.language)):
            if value is not None and getattr(self, column) is None:
                setattr(self, column, value)
                self.filled = True

    def tag(self, wanted: Iterable[str]) -> bool:
        """Adds tags, all or none; False when they would be too many."""
        new = [each for each in wanted if each not in self.tags]
        if len(self.tags) + len(new) > tags.MOST:
            return False
        self.tags.update(new)
        self.new_tags += new
        return True


def batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """The rows in parts, each for a transaction of its own."""
    return (rows[at : at + BATCH] for at in range(0, len(rows), BATCH))


def take_in(tx: Tx, actor: Actor, rows: Sequence[Row], *, source: str = "csv", dry: bool = False) -> Outcome:
    """Adds and completes contacts; with `dry` it only tells what would be done."""
    batch = _Batch(tx, rows)
    for row in rows:
        batch.take(row)
    if not dry:
        batch.write(tx, actor, source)
    return batch.outcome()


class _Batch:
    """The people that some rows are about, by number and by name."""

    def __init__(self, tx: Tx, rows: Sequence[Row]) -> None:
        self._by_phone: dict[str, _Person] = {}
        self._by_key: dict[str, list[_Person]] = {}
        self._met: dict[int, _Person] = {}
        self._problems: list[Problem] = []
        self._load(tx, rows)

    def _load(self, tx: Tx, rows: Sequence[Row]) -> None:
        phones = {row.phone for row in rows if row.phone is not None}
        keys = {name_key(row.name) for row in rows if row.name is not None}
        at_phones = select(ContactIdentity.contact_id).where(
            ContactIdentity.tenant_id == tx.tenant, ContactIdentity.channel == CHANNEL,
            ContactIdentity.kind == "phone", ContactIdentity.value == func.any(list(phones)),
        )  # fmt: skip
        statement = (
            select(Contact)
            .where(
                Contact.tenant_id == tx.tenant,
                or_(Contact.id.in_(at_phones), Contact.name_key == func.any(list(keys))),
                Contact.deleted_at.is_(None),
            )
            .order_by(Contact.id)
            .with_for_update(key_share=True)
        )
        found = {
            each.id: _Person(each.id, each.name, each.email, each.note, each.locale) for each in tx.scalars(statement)
        }
        for id, tag in self._tags_of(tx, list(found)):
            found[id].tags.add(tag)
        for id, phone in self._phones_of(tx, list(found)):
            found[id].phones.add(phone)
            self._by_phone[phone] = found[id]
        for person in found.values():
            self._know_name(person)

    @staticmethod
    def _tags_of(tx: Tx, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
        return ((id, tag) for id, held in tags.of_many(tx, ids).items() for tag in held)

    @staticmethod
    def _phones_of(tx: Tx, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
        statement = select(ContactIdentity.contact_id, ContactIdentity.value).where(
            ContactIdentity.tenant_id == tx.tenant, ContactIdentity.channel == CHANNEL,
            ContactIdentity.kind == "phone", ContactIdentity.contact_id == func.any(list(ids)),
        )  # fmt: skip
        return ((row.contact_id, row.value) for row in tx.execute(statement))

    def _know_name(self, person: _Person) -> None:
        if person.name is not None:
            self._by_key.setdefault(name_key(person.name), []).append(person)

    def take(self, row: Row) -> None:
        """Finds whom a row is about and takes over what is new; what it can't do becomes a problem."""
        person = self._whom(row)
        if person is None:
            return
        self._met[id(person)] = person
        person.fill(row)
        if not person.tag(row.tags):
            self._trouble(row, "tags", ", ".join(row.tags), _("A contact may have {most} tags at the most.",
                                                             most=tags.MOST))  # fmt: skip

    def _whom(self, row: Row) -> _Person | None:
        known = self._by_phone.get(row.phone) if row.phone is not None else None
        if known is not None:
            self._name(known, row)
            return known
        same = self._by_key.get(name_key(row.name), []) if row.name is not None else []
        candidates = [each for each in same if not each.phones] if row.phone is not None else same
        if len(candidates) > 1:
            text_ = _("Several contacts have this name. Write the number as well.")
            self._trouble(row, "name", row.name or "", text_)
            return None
        person = candidates[0] if candidates else self._new(row)
        if row.phone is not None:
            person.phones.add(row.phone)
            person.new_phones.append(row.phone)
            self._by_phone[row.phone] = person
        return person

    def _new(self, row: Row) -> _Person:
        person = _Person(None, row.name, is_new=True)
        self._know_name(person)
        return person

    def _name(self, known: _Person, row: Row) -> None:
        """Names somebody nameless; a name that is known stays."""
        if row.name is None or (known.name is not None and name_key(known.name) == name_key(row.name)):
            return
        if known.name is not None:
            self._trouble(row, "name", row.name, _("This number is known as {name}; the name stays.", name=known.name))
        elif self._by_key.get(name_key(row.name)):
            text_ = _("There is already somebody called {name}. If it is the same person, merge the two.",
                      name=row.name)  # fmt: skip
            self._trouble(row, "name", row.name, text_)
        else:
            known.name, known.filled = row.name, True
            self._know_name(known)

    def _trouble(self, row: Row, column: str, value: str, message: Renderable) -> None:
        self._problems.append(Problem(row.line, column, value[:100], message))

    def write(self, tx: Tx, actor: Actor, source: str) -> None:
        """Writes what is new, in a statement for each table."""
        people = list(self._met.values())
        new = [each for each in people if each.is_new]
        changed = [each for each in people if each.is_changed and not each.is_new]
        _insert(tx, new, source)
        _update(tx, [each for each in changed if each.filled])
        numbers = [
            {"tenant_id": tx.tenant, "channel": CHANNEL, "kind": "phone", "value": phone, "contact_id": each.id}
            for each in people for phone in each.new_phones
        ]  # fmt: skip
        if numbers:
            tx.execute(insert(ContactIdentity), numbers)
        tags.put(tx, [(each.id, tag) for each in people if each.id is not None for tag in each.new_tags])
        if new or changed:
            audit.record(
                tx, actor, "contact.import", "contacts", "", after={
                    "source": source, "added": [each.id for each in new], "changed": [each.id for each in changed]
                },
            )  # fmt: skip

    def outcome(self) -> Outcome:
        """What was, or would be, done."""
        people = self._met.values()
        new = sum(each.is_new for each in people)
        changed = sum(each.is_changed and not each.is_new for each in people)
        return Outcome(new, changed, len(people) - new - changed, self._problems)


def _insert(tx: Tx, people: Sequence[_Person], source: str) -> None:
    rows = [
        {**_columns(each), "push_name": None if each.name is not None else f"+{each.new_phones[0]}"} for each in people
    ]
    if rows:
        for person, id in zip(people, contacts.create_many(tx, rows, source), strict=True):
            person.id = id


def _columns(person: _Person) -> dict[str, object]:
    key = None if person.name is None else name_key(person.name)
    return {
        "name": person.name, "name_key": key, "email": person.email, "note": person.note, "locale": person.locale
    }  # fmt: skip


_FILL = text("""
    update contacts set name = filled.name, name_key = filled.name_key, email = filled.email, note = filled.note,
        locale = filled.locale, updated_at = :now
    from jsonb_to_recordset(cast(:rows as jsonb))
        as filled (id bigint, name text, name_key text, email text, note text, locale text)
    where contacts.tenant_id = :tenant and contacts.id = filled.id
""")


def _update(tx: Tx, people: Sequence[_Person]) -> None:
    if people:
        rows = [{**_columns(each), "id": each.id} for each in people]
        tx.execute(_FILL, {"tenant": tx.tenant, "now": tx.now, "rows": json.dumps(rows)})
