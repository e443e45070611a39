"""The people and firms that a tenant deals with, and the addresses under which they write.

Only the owner gives a contact its name and links a number to a name. A person who writes gets a nameless contact with
their address, which becomes the named one when the owner says so.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, exists, func, select, text, update

from services.db.engine import Tx
from services.db.models import Consent, Contact, ContactIdentity, Conversation
from services.errors import DomainError
from services.i18n import _
from services.messaging.addresses import CHANNEL, Address
from services.tenants import audit
from services.tenants.actors import Actor


@dataclass(frozen=True, slots=True)
class Reach:
    """How a contact can be written to: by which session, in which chat, and whether they want reminders and offers."""

    contact_id: int
    session_id: int
    chat: str
    locale: str | None
    opted_out: bool
    blocked: bool


def called(person: Contact) -> str:
    """The name by which the owner knows somebody, else what they call themselves; of a deleted one a neutral name."""
    return person.name or person.push_name or "?"


_NAMED = select(Contact).where(Contact.tenant_id == bindparam("tenant"), Contact.name_key == bindparam("key"))


def named(tx: Tx, key: str) -> Sequence[Contact]:
    """Contacts whose comparable name is exactly `key`."""
    return tx.scalars(_NAMED, {"tenant": tx.tenant, "key": key}).all()


def all_named(tx: Tx) -> Sequence[tuple[int, str, str]]:
    """Id, name and comparable name of every contact that has a name and isn't deleted."""
    statement = select(Contact.id, Contact.name, Contact.name_key).where(
        Contact.tenant_id == tx.tenant, Contact.name.is_not(None), Contact.deleted_at.is_(None)
    )
    return [(row.id, row.name or "", row.name_key or "") for row in tx.execute(statement)]


def get(tx: Tx, contact_id: int) -> Contact:
    """One contact of the tenant."""
    return tx.scalars(select(Contact).where(Contact.tenant_id == tx.tenant, Contact.id == contact_id)).one()


def by_ids(tx: Tx, contact_ids: Collection[int]) -> dict[int, Contact]:
    """Several contacts of the tenant by their ids. One statement."""
    statement = select(Contact).where(Contact.tenant_id == tx.tenant, Contact.id.in_(contact_ids))
    return {contact.id: contact for contact in tx.scalars(statement)}


def create(tx: Tx, name: str | None, key: str | None, push_name: str | None = None) -> Contact:
    """A new contact without an address."""
    contact = Contact(tenant_id=tx.tenant, name=name, name_key=key, push_name=push_name, created_at=tx.now)
    tx.add(contact)
    tx.flush()
    return contact


_CREATE = text("""
    insert into contacts (tenant_id, name, name_key, push_name, email, note, locale, source, created_at, updated_at)
    select :tenant, name, name_key, push_name, email, note, locale, :source, :now, :now
    from jsonb_to_recordset(cast(:rows as jsonb)) as new (
        n bigint, name text, name_key text, push_name text, email text, note text, locale text
    )
    order by n returning id
""")


def create_many(tx: Tx, rows: Sequence[Mapping[str, object]], source: str) -> Sequence[int]:
    """New contacts without addresses, each from its columns; their ids in the same order. One statement."""
    given = json.dumps([{**row, "n": n} for n, row in enumerate(rows)])
    return sorted(tx.scalars(_CREATE, {"tenant": tx.tenant, "source": source, "now": tx.now, "rows": given}))


def by_address(tx: Tx, address: Address, push_name: str | None = None) -> Contact:
    """The contact that writes from `address`, made if nobody is known there; who tells no name is called by number."""
    found = at_address(tx, address)
    if found is not None:
        return found
    number = f"+{address.value}" if address.kind == "phone" else None
    contact = create(tx, None, None, push_name or number)
    add_identity(tx, contact.id, address)
    return contact


def at_address(tx: Tx, address: Address) -> Contact | None:
    """The contact that writes from `address`, if any."""
    statement = (
        select(Contact)
        .join(
            ContactIdentity,
            (ContactIdentity.tenant_id == Contact.tenant_id) & (ContactIdentity.contact_id == Contact.id),
        )
        .where(
            ContactIdentity.tenant_id == tx.tenant,
            ContactIdentity.channel == CHANNEL,
            ContactIdentity.kind == address.kind,
            ContactIdentity.value == address.value,
        )
    )
    return tx.scalars(statement).one_or_none()


def nameless_called(tx: Tx, name: str) -> Sequence[tuple[int, str]]:
    """People whom the owner hasn't named yet and who call themselves so: their ids and phone numbers, two at most."""
    statement = (
        select(Contact.id, ContactIdentity.value)
        .join(
            ContactIdentity,
            (ContactIdentity.tenant_id == Contact.tenant_id) & (ContactIdentity.contact_id == Contact.id),
        )
        .where(
            Contact.tenant_id == tx.tenant,
            Contact.name.is_(None),
            func.lower(Contact.push_name) == name.lower(),
            ContactIdentity.kind == "phone",
        )
        .limit(2)
    )
    return [(row.id, row.value) for row in tx.execute(statement)]


def addresses(tx: Tx, contact_id: int) -> Sequence[Address]:
    """Every address of a contact, phone numbers first."""
    statement = (
        select(ContactIdentity.kind, ContactIdentity.value)
        .where(ContactIdentity.tenant_id == tx.tenant, ContactIdentity.contact_id == contact_id)
        .order_by(ContactIdentity.kind.desc(), ContactIdentity.value)
    )
    return [Address(row.kind, row.value) for row in tx.execute(statement)]


def add_identity(tx: Tx, contact_id: int, address: Address) -> None:
    """Gives a contact an address that nobody has."""
    tx.add(
        ContactIdentity(
            tenant_id=tx.tenant, channel=CHANNEL, kind=address.kind, value=address.value, contact_id=contact_id
        )
    )
    tx.flush()


def link_number(tx: Tx, actor: Actor, contact: Contact, phone: str, message_id: int | None = None) -> Contact:
    """Gives a contact its phone number (E.164); somebody nameless who already writes from it becomes this contact.

    It takes the place of another number, from which a stranger may write from now on. Raises
    `DomainError` `number_taken` when the number belongs to another named contact.
    """
    address = Address.phone(phone)
    holder = at_address(tx, address)
    if holder is not None and holder.id != contact.id:
        if holder.name is not None:
            raise DomainError("number_taken", _("{number} already belongs to {name}.", number=phone, name=holder.name))
        merge(tx, actor, holder.id, into=contact.id)
    elif holder is None:
        add_identity(tx, contact.id, address)
    _forget_other_numbers(tx, contact.id, address)
    audit.record(
        tx, actor, "contact.link", "contacts", contact.id, after={"phone": phone}, message_id=message_id
    )  # fmt: skip
    return contact


def _forget_other_numbers(tx: Tx, contact_id: int, kept: Address) -> None:
    """Cuts a contact off from its former numbers, and their chats from the contact: nothing leaves or is told there.

    The private ids go along, since they may be the former number's; the kept number's is learned anew.
    """
    of_contact = (ContactIdentity.tenant_id == tx.tenant) & (ContactIdentity.contact_id == contact_id)
    others = of_contact & (ContactIdentity.value != kept.value)
    if tx.scalar(select(exists().where(others, ContactIdentity.kind == "phone"))):
        former = tx.execute(
            delete(ContactIdentity).where(others).returning(ContactIdentity.kind, ContactIdentity.value)
        ).all()
        tx.execute(
            update(Conversation)
            .where(
                Conversation.tenant_id == tx.tenant,
                Conversation.contact_id == contact_id,
                Conversation.chat.in_([f"{row.kind}:{row.value}" for row in former]),
            )
            .values(contact_id=None)
        )


# Every table that refers to a contact is found in the catalogue, so that a later one can't be forgotten.
# With each come the other columns of those unique keys that the contact is part of: what both have is kept once.
_REFERENCES = text("""
    select c.conrelid::regclass::text as "table", a.attname as "column",
        coalesce((
            select jsonb_agg((
                select jsonb_agg(k.attname) from pg_attribute k
                where k.attrelid = c.conrelid and k.attnum = any(i.indkey) and k.attnum <> all(c.conkey)
            ))
            from pg_index i where i.indrelid = c.conrelid and i.indisunique and c.conkey[2] = any(i.indkey)
        ), '[]') as keys
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[2]
    where c.contype = 'f' and c.confrelid = 'contacts'::regclass and array_length(c.conkey, 1) = 2
""")


def merge(tx: Tx, actor: Actor, contact_id: int, *, into: int) -> None:
    """Makes two contacts one: everything of `contact_id` belongs to `into`, and `contact_id` is gone."""
    two = {"into": into, "gone": contact_id, "tenant": tx.tenant}
    for table, column, keys in tx.execute(_REFERENCES).all():
        for key in keys:
            same = " and ".join(f"other.{each} = gone.{each}" for each in key or ()) or "true"
            tx.execute(
                text(
                    f"delete from {table} gone using {table} other where gone.tenant_id = :tenant"
                    f" and other.tenant_id = :tenant and gone.{column} = :gone and other.{column} = :into and {same}"
                ),
                two,
            )
        tx.execute(text(f"update {table} set {column} = :into where tenant_id = :tenant and {column} = :gone"), two)
    gone, kept = get(tx, contact_id), get(tx, into)
    before: dict[str, object] = {
        "merged": contact_id,
        "name": gone.name,
        "push_name": gone.push_name,
        "kept": kept.name,
    }
    if kept.name is None:
        kept.name, kept.name_key = gone.name, gone.name_key
    for field in ("push_name", "locale", "blocked_at", "email", "note", "synced_at", "source"):
        setattr(kept, field, getattr(kept, field) or getattr(gone, field))
    kept.opted_out_at = max(filter(None, (kept.opted_out_at, gone.opted_out_at)), default=None)
    tx.flush()
    tx.execute(delete(Contact).where(Contact.tenant_id == tx.tenant, Contact.id == contact_id))
    audit.record(tx, actor, "contact.merge", "contacts", into, before=before, after={"name": kept.name})


_REACH = text("""
    select contact.id, coalesce(latest.session_id, main.id) as session_id,
        coalesce(latest.chat, 'phone:' || number.value) as chat,
        contact.locale, contact.opted_out_at is not null as opted_out, contact.blocked_at is not null as blocked
    from contacts contact
    left join sessions main on main.tenant_id = contact.tenant_id and main.is_default
    left join lateral (
        select session_id, chat from conversations
        where tenant_id = contact.tenant_id and contact_id = contact.id and chat not like 'group:%'
        order by last_in_at desc nulls last limit 1
    ) latest on true
    left join lateral (
        select max(value) as value from contact_identities
        where tenant_id = contact.tenant_id and contact_id = contact.id and kind = 'phone' and channel = :channel
    ) number on true
    where contact.tenant_id = :tenant and contact.id = any(:contacts)
""")


def reach(tx: Tx, contact_ids: Collection[int]) -> dict[int, Reach]:
    """How each contact that has an address is written to: in the chat of their last message, else by the default
    session at their number. Who has no address isn't in the result. One statement.
    """
    found = tx.execute(_REACH, {"tenant": tx.tenant, "contacts": list(contact_ids), "channel": CHANNEL})
    reached = (Reach(*row) for row in found)
    return {each.contact_id: each for each in reached if each.session_id is not None and each.chat is not None}


def set_blocked(tx: Tx, actor: Actor, contact: Contact, blocked: bool, message_id: int | None = None) -> None:
    """Blocks or unblocks a contact: a blocked one is neither answered nor written to."""
    contact.blocked_at = tx.now if blocked else None
    action = "contact.block" if blocked else "contact.unblock"
    audit.record(tx, actor, action, "contacts", contact.id, message_id=message_id)


def set_consent(tx: Tx, contact: Contact, word: str, said: str, message_id: int) -> None:
    """Keeps what a contact said about being written to (`stop` or `start`), with their words, and acts on it."""
    contact.opted_out_at = tx.now if word == "stop" else None
    tx.add(
        Consent(
            tenant_id=tx.tenant, contact_id=contact.id, word=word, said=said[:200], at=tx.now, message_id=message_id
        )
    )
