"""One person under two addresses: WhatsApp shows people by their number or by a private id, and sometimes tells both.

Called while a message is read that carries both. What is then known of one address holds for the other: contacts
become one, and so do their chats. Only WhatsApp's word joins them, never what somebody calls themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_, update

from services.db.engine import Tx
from services.db.models import Contact, ContactIdentity, Conversation
from services.messaging import contacts
from services.messaging.addresses import CHANNEL, Address
from services.tenants.actors import SYSTEM


@dataclass(frozen=True, slots=True)
class Learned:
    """Who writes; `apart` is another contact that seems to be the same person but was not joined with them."""

    contact: Contact
    apart: Contact | None = None


def learn_alias(tx: Tx, sender: Address, alias: Address, push_name: str | None = None) -> Learned:
    """Makes the two addresses of a person, one a number and one a private id, belong to one contact.

    Nobody known: a new contact with both. Two contacts: merged, the named one stays. They are kept apart when both
    have names that differ, and when the private id was known with another number: then it goes over to the new number,
    whose contact the owner has to name.
    """
    phone, lid = (sender, alias) if sender.kind == "phone" else (alias, sender)
    if (phone.kind, lid.kind) != ("phone", "lid"):
        return Learned(contacts.by_address(tx, sender, push_name))
    known = _holders(tx, (phone, lid))
    by_phone, by_lid = known.get(phone), known.get(lid)
    if by_lid is not None and by_lid is not by_phone and _has_other_number(tx, by_lid, phone):
        return _moved(tx, phone, lid, by_phone, by_lid, push_name)
    if by_phone is not None and by_lid is not None and not _may_merge(by_phone, by_lid):
        return Learned(by_phone, by_lid) if sender == phone else Learned(by_lid, by_phone)
    contact = _joined(tx, by_phone, by_lid) or contacts.create(tx, None, None, push_name)
    contact.push_name = contact.push_name or push_name
    for address, holder in ((phone, by_phone), (lid, by_lid)):
        if holder is None:
            contacts.add_identity(tx, contact.id, address)
    _join_chats(tx, contact.id, phone, lid)
    return Learned(contact)


def _holders(tx: Tx, addresses: Sequence[Address]) -> Mapping[Address, Contact]:
    """Who has each address. Locked, so that nothing is added to a contact while it becomes another."""
    statement = (
        select(ContactIdentity.kind, ContactIdentity.value, Contact)
        .join(Contact, (Contact.tenant_id == ContactIdentity.tenant_id) & (Contact.id == ContactIdentity.contact_id))
        .where(
            ContactIdentity.tenant_id == tx.tenant,
            ContactIdentity.channel == CHANNEL,
            tuple_(ContactIdentity.kind, ContactIdentity.value).in_([(each.kind, each.value) for each in addresses]),
        )
        .order_by(Contact.id)
        .with_for_update(of=Contact)
    )
    return {Address(row.kind, row.value): row.Contact for row in tx.execute(statement)}


def _has_other_number(tx: Tx, contact: Contact, phone: Address) -> bool:
    return any(each.kind == "phone" and each != phone for each in contacts.addresses(tx, contact.id))


def _may_merge(one: Contact, other: Contact) -> bool:
    return one.name is None or other.name is None or one.name_key == other.name_key


def _joined(tx: Tx, by_phone: Contact | None, by_lid: Contact | None) -> Contact | None:
    """The contact that stays of the two, which has everything of both then: the named one, else the number's."""
    if by_phone is None or by_lid is None or by_phone is by_lid:
        return by_phone or by_lid
    kept, gone = (by_lid, by_phone) if by_phone.name is None and by_lid.name is not None else (by_phone, by_lid)
    contacts.merge(tx, SYSTEM, gone.id, into=kept.id)
    return kept


def _moved(
    tx: Tx, phone: Address, lid: Address, by_phone: Contact | None, before: Contact, push_name: str | None
) -> Learned:
    """The private id belongs to another number now; which name that number has, only the owner can say."""
    contact = by_phone or contacts.by_address(tx, phone, push_name)
    tx.execute(
        update(ContactIdentity)
        .where(
            ContactIdentity.tenant_id == tx.tenant,
            ContactIdentity.channel == CHANNEL,
            ContactIdentity.kind == lid.kind,
            ContactIdentity.value == lid.value,
        )
        .values(contact_id=contact.id)
    )
    _join_chats(tx, contact.id, phone, lid)
    return Learned(contact, before if before.name is not None else None)


def _join_chats(tx: Tx, contact_id: int, phone: Address, lid: Address) -> None:
    """Gives both chats, on every session, the same contact; what waits in the private id's goes to the number's."""
    statement = (
        select(Conversation)
        .where(Conversation.tenant_id == tx.tenant, Conversation.chat.in_([str(phone), str(lid)]))
        .order_by(Conversation.id)
        .with_for_update(key_share=True)
    )
    chats = {(each.session_id, each.chat): each for each in tx.scalars(statement)}
    for (session_id, chat), each in chats.items():
        each.contact_id = contact_id
        private = chats.get((session_id, str(lid)))
        if chat == str(phone) and private is not None:
            _hand_over(private, each, tx.now)
    tx.flush()


def _hand_over(private: Conversation, chat: Conversation, now: datetime) -> None:
    if not _is_open(chat.dialog_until, now) and _is_open(private.dialog_until, now):
        chat.dialog, chat.dialog_until = private.dialog, private.dialog_until
        private.dialog, private.dialog_until = None, None
    if not _is_open(chat.takeover_until, now) and _is_open(private.takeover_until, now):
        chat.takeover_until = private.takeover_until


def _is_open(until: datetime | None, now: datetime) -> bool:
    return until is not None and until > now
