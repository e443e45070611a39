"""Taking over what a number's own WhatsApp knows of people and groups.

The address book of the owner's phone is the owner's word: it may name people. What people call themselves never does.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.db.engine import Tx
from services.db.models import ChatGroup, Contact, ContactIdentity, ContactSync
from services.errors import DomainError
from services.messaging import contacts
from services.messaging.addresses import CHANNEL, Address
from services.messaging.naming import name_key, tidy
from services.messaging.syncing import session_of

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a number's WhatsApp knows: `name` is from the owner's address book, `push_name` their own word."""

    address: Address
    name: str | None = None
    push_name: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group in which a number is; `chat` is its address. `is_admin`: the number may run the group."""

    chat: str
    name: str
    members: int
    is_admin: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """Everything that a number's WhatsApp knows."""

    people: Sequence[Person]
    groups: Sequence[Group]


def parts(people: Sequence[Person]) -> Iterator[Sequence[Person]]:
    """People in parts, each for a transaction of its own."""
    return (people[at : at + BATCH] for at in range(0, len(people), BATCH))


def keep_people(tx: Tx, sync_id: int, people: Sequence[Person]) -> None:
    """Adds those of the address book whom nobody knows, and completes those who are known.

    A name of the address book names somebody only if nobody else is called so. Five statements.
    """
    known = _known(tx, people)
    taken = _taken(tx, people)
    new: list[Contact] = []
    numbers: list[Address] = []
    changed: dict[int, Contact] = {}
    considered = 0
    for person in people:
        contact = known.get(person.address)
        name = _usable(person.name)
        if contact is None and (name is None or person.address.kind != "phone"):
            continue
        considered += 1
        if contact is None:
            contact = Contact(push_name=person.push_name or f"+{person.address.value}")
            known[person.address] = contact
            new.append(contact)
            numbers.append(person.address)
        if _complete(contact, person, name, taken) and contact.id is not None:
            changed[contact.id] = contact
    _add(tx, new, numbers)
    _write(tx, list(changed.values()), [each.id for each in known.values()])
    counts = {"found": considered, "added": len(new), "changed": len(changed)}
    this = (ContactSync.tenant_id == tx.tenant) & (ContactSync.id == sync_id)
    tx.execute(
        update(ContactSync)
        .where(this)
        .values({name: getattr(ContactSync, name) + number for name, number in counts.items()})
        .execution_options(synchronize_session=False)
    )


def _usable(name: str | None) -> str | None:
    try:
        return tidy((name or "")[:80])
    except DomainError:
        return None


def _complete(contact: Contact, person: Person, name: str | None, taken: set[str]) -> bool:
    """Fills in what is missing; whether there was anything."""
    before = (contact.name, contact.push_name)
    if contact.name is None and name is not None and name_key(name) not in taken:
        contact.name, contact.name_key = name, name_key(name)
        taken.add(name_key(name))
    if person.push_name and (contact.push_name or "+").startswith("+"):
        contact.push_name = person.push_name
    return before != (contact.name, contact.push_name)


def _known(tx: Tx, people: Sequence[Person]) -> dict[Address, Contact]:
    """Those who are contacts; what is changed of them here is written by `_write`."""
    statement = (
        select(ContactIdentity.kind, ContactIdentity.value, Contact)
        .join(Contact, (Contact.tenant_id == ContactIdentity.tenant_id) & (Contact.id == ContactIdentity.contact_id))
        .where(
            ContactIdentity.tenant_id == tx.tenant,
            ContactIdentity.channel == CHANNEL,
            tuple_(ContactIdentity.kind, ContactIdentity.value).in_(
                [(each.address.kind, each.address.value) for each in people]
            ),
        )
        .order_by(Contact.id)
        .with_for_update(of=Contact, key_share=True)
    )
    return {Address(row.kind, row.value): row.Contact for row in tx.execute(statement)}


def _taken(tx: Tx, people: Sequence[Person]) -> set[str]:
    keys = {name_key(name) for each in people if (name := _usable(each.name)) is not None}
    statement = select(Contact.name_key).where(Contact.tenant_id == tx.tenant, Contact.name_key.in_(keys))
    return {key for key in tx.scalars(statement) if key is not None}


def _add(tx: Tx, people: Sequence[Contact], numbers: Sequence[Address]) -> None:
    if not people:
        return
    rows = [{"name": each.name, "name_key": each.name_key, "push_name": each.push_name} for each in people]
    ids = contacts.create_many(tx, rows, "whatsapp")
    for person, id in zip(people, ids, strict=True):
        person.id = id
    tx.execute(
        insert(ContactIdentity),
        [
            {"tenant_id": tx.tenant, "channel": CHANNEL, "kind": each.kind, "value": each.value, "contact_id": id}
            for each, id in zip(numbers, ids, strict=True)
        ],
    )


_WRITE = text("""
    update contacts set name = seen.name, name_key = seen.name_key, push_name = seen.push_name, updated_at = :now
    from jsonb_to_recordset(cast(:rows as jsonb)) as seen (id bigint, name text, name_key text, push_name text)
    where contacts.tenant_id = :tenant and contacts.id = seen.id
""")


def _write(tx: Tx, changed: Sequence[Contact], seen: Collection[int]) -> None:
    rows = [
        {"id": each.id, "name": each.name, "name_key": each.name_key, "push_name": each.push_name} for each in changed
    ]
    tx.expunge_all()
    if rows:
        tx.execute(_WRITE, {"tenant": tx.tenant, "now": tx.now, "rows": json.dumps(rows)})
    if seen:
        these = (Contact.tenant_id == tx.tenant) & Contact.id.in_(seen)
        tx.execute(update(Contact).where(these).values(synced_at=tx.now))


def keep_groups(tx: Tx, sync_id: int, groups: Sequence[Group]) -> None:
    """Notes the groups in which the session's number is; in others it is no more."""
    session_id = session_of(tx, sync_id)
    if groups:
        rows = [
            {
                "tenant_id": tx.tenant, "session_id": session_id, "chat": each.chat, "name": each.name[:200],
                "members": each.members, "is_admin": each.is_admin, "synced_at": tx.now, "left_at": None,
            }
            for each in groups
        ]  # fmt: skip
        statement = upsert(ChatGroup)
        fields = ("name", "members", "is_admin", "synced_at", "left_at")
        tx.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "session_id", "chat"],
                set_={field: statement.excluded[field] for field in fields},
            ),
            rows,
        )
    left = (
        (ChatGroup.tenant_id == tx.tenant)
        & (ChatGroup.session_id == session_id)
        & ChatGroup.chat.not_in([each.chat for each in groups])
        & ChatGroup.left_at.is_(None)
    )
    tx.execute(update(ChatGroup).where(left).values(left_at=tx.now))
    this = (ContactSync.tenant_id == tx.tenant) & (ContactSync.id == sync_id)
    tx.execute(update(ContactSync).where(this).values(groups=len(groups)))


_SENDERS = text("""
    select distinct on (sender) sender, sender_name from messages
    where tenant_id = :tenant and session_id = :session and not from_me
    order by sender, sender_name is null, id desc
""")
_GROUPS = text("""
    select chat, count(distinct sender) as members from messages
    where tenant_id = :tenant and session_id = :session and chat like 'group:%' group by chat order by chat
""")


def played_directory(tx: Tx, session_id: int) -> Directory:
    """What a number of the simulator knows: those who wrote to it, and the groups in which it was written to."""
    values = {"tenant": tx.tenant, "session": session_id}
    people = [
        Person(Address.parse(row.sender), push_name=row.sender_name)
        for row in tx.execute(_SENDERS, values)
        if not row.sender.startswith("group:")
    ]
    groups = [
        Group(row.chat, row.chat.partition(":")[2], row.members, False) for row in tx.execute(_GROUPS, values)
    ]  # fmt: skip
    return Directory(people, groups)
