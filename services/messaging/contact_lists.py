"""Contacts as programs see them: lists with search, filters and order, and one with all that belongs to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, bindparam, false, func, or_, select
from sqlalchemy.sql import visitors

from services.db.engine import Tx
from services.db.models import Contact, ContactIdentity, ContactTag, Conversation
from services.errors import DomainError
from services.i18n import _
from services.messaging import tags
from services.messaging.addresses import CHANNEL
from services.messaging.contact_csv import Row
from services.messaging.naming import name_key

# The source of those who wrote, or were named in a chat.
CHAT = "chat"
_DIGITS = str.maketrans("", "", " +-().")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which contacts: `q` is part of a name, push name, number or e-mail address; None means whichever."""

    q: str | None = None
    tag: str | None = None
    blocked: bool | None = None
    source: str | None = None
    opted_out: bool | None = None
    has_number: bool | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A contact with its numbers (E.164), tags and the time of its last message."""

    contact: Contact
    phones: Sequence[str] = ()
    tags: Sequence[str] = ()
    last_message_at: datetime | None = None


def page(
    tx: Tx, wanted: Wanted, order: Sequence[ColumnElement[Any]], *, offset: int, limit: int
) -> tuple[Sequence[Entry], int]:
    """A page of the contacts and how many there are; `order` is made of `columns`. Three statements."""
    conditions = _conditions(tx, wanted)
    statement: Select[Contact] = select(Contact).where(*conditions)
    if any(part is _LAST.c.at for each in order for part in visitors.iterate(each)):
        statement = statement.outerjoin(_LAST, _LAST.c.contact_id == Contact.id)
    total = tx.scalar(select(func.count()).select_from(Contact).where(*conditions)) or 0
    found = tx.scalars(statement.order_by(*order, Contact.id).offset(offset).limit(limit), {"tenant": tx.tenant}).all()
    return entries(tx, found), total


def entries(tx: Tx, found: Sequence[Contact]) -> list[Entry]:
    """Contacts with what belongs to them. One statement."""
    ids = [contact.id for contact in found]
    details = {row.id: row for row in tx.execute(_details(tx, ids))} if ids else {}
    return [
        Entry(
            each, [f"+{phone}" for phone in details[each.id].phones or ()], details[each.id].tags or (),
            details[each.id].last_in_at,
        )
        for each in found
    ]  # fmt: skip


def after(tx: Tx, contact_id: int, limit: int) -> Sequence[Entry]:
    """The contacts that follow one, by their ids; two statements."""
    statement = (
        select(Contact)
        .where(Contact.tenant_id == tx.tenant, Contact.id > contact_id, Contact.deleted_at.is_(None))
        .order_by(Contact.id)
        .limit(limit)
    )
    return entries(tx, tx.scalars(statement).all())


def rows_of(found: Sequence[Entry]) -> list[Row]:
    """Contacts as lines of a file; who has several numbers gets a line for each, by which the same one is known."""
    return [
        Row(
            0, each.contact.name, None if phone is None else phone.removeprefix("+"), each.contact.email, each.tags,
            each.contact.locale, each.contact.note,
        )
        for each in found
        for phone in (each.phones or (None,))
        if phone is not None or each.contact.name is not None
    ]  # fmt: skip


def entry(tx: Tx, contact: Contact) -> Entry:
    """One contact with what belongs to it."""
    tx.flush()
    return entries(tx, [contact])[0]


def _details(tx: Tx, ids: Collection[int]) -> Select[Any]:
    return select(Contact.id, _phones(), _tags(), _last_message()).where(
        Contact.tenant_id == tx.tenant, Contact.id.in_(ids)
    )


def _phones() -> Any:
    number = func.array_agg(ContactIdentity.value.distinct())
    return (
        select(number)
        .where(
            ContactIdentity.tenant_id == Contact.tenant_id, ContactIdentity.contact_id == Contact.id,
            ContactIdentity.kind == "phone", ContactIdentity.channel == CHANNEL,
        )
        .scalar_subquery().label("phones")
    )  # fmt: skip


def _tags() -> Any:
    of_contact = (ContactTag.tenant_id == Contact.tenant_id) & (ContactTag.contact_id == Contact.id)
    return select(func.array_agg(ContactTag.tag.distinct())).where(of_contact).scalar_subquery().label("tags")


def _last_message() -> Any:
    of_contact = (Conversation.tenant_id == Contact.tenant_id) & (Conversation.contact_id == Contact.id)
    newest: ScalarSelect[Any] = select(func.max(Conversation.last_in_at)).where(of_contact).scalar_subquery()
    return newest.label("last_in_at")


def _last() -> Subquery:
    """The last message of each contact of the tenant, for sorting by it."""
    return (
        select(Conversation.contact_id, func.max(Conversation.last_in_at).label("at"))
        .where(Conversation.tenant_id == bindparam("tenant"), Conversation.contact_id.is_not(None))
        .group_by(Conversation.contact_id)
        .subquery("last_message")
    )


_LAST = _last()
# What a list may be sorted by.
COLUMNS: Mapping[str, Any] = {"name": Contact.name_key, "createdAt": Contact.created_at, "lastMessageAt": _LAST.c.at}


def _conditions(tx: Tx, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [Contact.tenant_id == tx.tenant, Contact.deleted_at.is_(None)]
    if wanted.q:
        found.append(_matches(tx, wanted.q))
    if wanted.tag is not None:
        tagged = select(ContactTag.contact_id).where(
            ContactTag.tenant_id == tx.tenant, ContactTag.tag == tags.fold(wanted.tag)
        )
        found.append(Contact.id.in_(tagged))
    if wanted.source is not None:
        found.append(Contact.source.is_(None) if wanted.source == CHAT else Contact.source == wanted.source)
    if wanted.has_number is not None:
        numbered = Contact.id.in_(_numbered(tx))
        found.append(numbered if wanted.has_number else ~numbered)
    for given, column in ((wanted.blocked, Contact.blocked_at), (wanted.opted_out, Contact.opted_out_at)):
        if given is not None:
            found.append(column.is_not(None) if given else column.is_(None))
    return found


def _numbered(tx: Tx) -> Select[Any]:
    return select(ContactIdentity.contact_id).where(
        ContactIdentity.tenant_id == tx.tenant, ContactIdentity.channel == CHANNEL, ContactIdentity.kind == "phone"
    )


def _matches(tx: Tx, q: str) -> ColumnElement[bool]:
    key, digits = name_key(q), q.translate(_DIGITS).lstrip("0")
    numbered = (
        Contact.id.in_(_numbered(tx).where(ContactIdentity.value.contains(digits)))
        if digits.isascii() and digits.isdigit()
        else false()
    )
    return or_(
        Contact.name_key.contains(key, autoescape=True) if key else false(),
        func.lower(Contact.push_name).contains(q.lower(), autoescape=True),
        func.lower(Contact.email).contains(q.lower(), autoescape=True),
        numbered,
    )


def get(tx: Tx, contact_id: int, *, lock: bool = False) -> Contact:
    """One contact that isn't deleted; raises `DomainError` `contact_unknown`."""
    statement = select(Contact).where(
        Contact.tenant_id == tx.tenant, Contact.id == contact_id, Contact.deleted_at.is_(None)
    )
    found = tx.scalars(statement.with_for_update(key_share=True) if lock else statement).one_or_none()
    if found is None:
        raise DomainError("contact_unknown", _("There is no such contact."))
    return found
