"""Changes of contacts that programs ask for: adding, correcting, blocking, and making two of them one.

A number that somebody without a name writes from goes to the contact that a program names it for, as by the owner's
`contact NAME NUMBER`; a number of somebody with a name is never taken from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError

from services.db.engine import Tx
from services.db.models import Contact
from services.errors import DomainError
from services.i18n import _
from services.messaging import contacts, tags
from services.messaging.addresses import Address
from services.messaging.contact_lists import get
from services.messaging.naming import name_key, tidy
from services.tenants import audit
from services.tenants.actors import Actor


@dataclass(frozen=True, slots=True)
class Card:
    """What a program says of a contact; `phone` are bare digits. In changes, `given` names the fields that it said."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    language: str | None = None
    note: str | None = None
    tags: Sequence[str] = ()
    given: frozenset[str] = field(default_factory=frozenset)


def create(tx: Tx, actor: Actor, card: Card) -> Contact:
    """A new contact; one without a name that writes from the number becomes it.

    Raises `DomainError` `contact_empty`, `bad_name`, `number_taken`, `contact_exists`, `bad_tag`, `too_many_tags`.
    """
    if card.name is None and card.phone is None:
        raise DomainError("contact_empty", _("A contact needs a name or a number."))
    name = None if card.name is None else tidy(card.name)
    holder = None if card.phone is None else contacts.at_address(tx, Address.phone(card.phone))
    if holder is not None and (holder.name is not None or name is None):
        raise _taken(card.phone or "", holder)
    _refuse_namesake(tx, name, card.phone)
    contact = holder or contacts.create(tx, None, None, None if card.phone is None else f"+{card.phone}")
    contact.name, contact.name_key = name, None if name is None else name_key(name)
    contact.email, contact.note, contact.locale = card.email, card.note, card.language or contact.locale
    contact.source, contact.updated_at = contact.source or "api", tx.now
    if holder is None and card.phone is not None:
        _add_number(tx, contact, card.phone)
    tx.flush()
    audit.record(tx, actor, "contact.create", "contacts", contact.id, after=_record(contact, card.phone))
    tags.replace(tx, actor, contact, {*tags.of(tx, contact.id), *card.tags})
    return contact


def _refuse_namesake(tx: Tx, name: str | None, phone: str | None) -> None:
    """Two people of one name must differ by their numbers, or nobody could tell who is meant."""
    same = contacts.named(tx, name_key(name)) if name is not None else ()
    for each in same:
        if phone is None or not any(address.kind == "phone" for address in contacts.addresses(tx, each.id)):
            text = _("There is already a contact called {name}. Change that one.", name=each.name)
            raise DomainError("contact_exists", text, contactId=each.id)


def _taken(phone: str, holder: Contact) -> DomainError:
    text = _("{number} already belongs to {name}.", number=f"+{phone}", name=contacts.called(holder))
    return DomainError("number_taken", text, contactId=holder.id)


def _add_number(tx: Tx, contact: Contact, phone: str) -> None:
    try:
        with tx.begin_nested():
            contacts.add_identity(tx, contact.id, Address.phone(phone))
    except IntegrityError:
        holder = contacts.at_address(tx, Address.phone(phone))
        raise _taken(phone, holder or contact) from None


def change(tx: Tx, actor: Actor, contact: Contact, card: Card) -> Contact:
    """Changes what `card.given` names; None clears an e-mail address, a note and a language.

    Raises `DomainError` as `create` does.
    """
    before = _record(contact, None)
    if "name" in card.given and card.name is not None:
        contact.name = tidy(card.name)
        contact.name_key = name_key(contact.name)
    for name, column in (("email", "email"), ("note", "note"), ("language", "locale")):
        if name in card.given:
            setattr(contact, column, getattr(card, name))
    tx.flush()
    if "phone" in card.given and card.phone is not None:
        holder = contacts.at_address(tx, Address.phone(card.phone))
        if holder is not None and holder.id != contact.id and holder.name is not None:
            raise _taken(card.phone, holder)
        contacts.link_number(tx, actor, contact, f"+{card.phone}")
    if "tags" in card.given:
        tags.replace(tx, actor, contact, card.tags)
    after = _record(contact, None)
    if before != after:
        contact.updated_at = tx.now
        changed = {name for name in after if before[name] != after[name]}
        audit.record(
            tx, actor, "contact.change", "contacts", contact.id,
            before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
        )  # fmt: skip
    return contact


def _record(contact: Contact, phone: str | None) -> dict[str, object]:
    found: dict[str, object] = {
        "name": contact.name, "email": contact.email, "note": contact.note, "language": contact.locale
    }  # fmt: skip
    return found if phone is None else {**found, "phone": f"+{phone}"}


def join(tx: Tx, actor: Actor, contact_id: int, into: int) -> Contact:
    """Merges a contact into another and returns that one, whose own name and words stay.

    Raises `DomainError` `contact_unknown` or `merge_refused`.
    """
    if contact_id == into:
        raise DomainError("merge_refused", _("A contact can't be merged with itself."))
    for id in sorted((contact_id, into)):
        get(tx, id, lock=True)
    contacts.merge(tx, actor, contact_id, into=into)
    kept = get(tx, into)
    kept.updated_at = tx.now
    return kept


def set_blocked(tx: Tx, actor: Actor, contact: Contact, blocked: bool) -> Contact:
    """Blocks or unblocks a contact; what is so already stays."""
    if (contact.blocked_at is not None) is not blocked:
        contacts.set_blocked(tx, actor, contact, blocked)
        contact.updated_at = tx.now
    return contact
