"""Tags: short words that a business puts on contacts, to find them again and to write to all of them.

A tag is kept folded: `#VIP`, `vip` and `Vip` are one. Called by commands, the API and imports.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from services.db.engine import Tx
from services.db.models import Contact, ContactTag
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit
from services.tenants.actors import Actor

LONGEST, MOST = 40, 20
_ODD = re.compile(r"[^\w-]", re.UNICODE)


def fold(written: str) -> str:
    """A tag as it is kept: lower-case, without `#`, with `-` for spaces. Raises `DomainError` `bad_tag`."""
    plain = unicodedata.normalize("NFC", written).strip().removeprefix("#").strip().casefold()
    tag = re.sub(r"\s+", "-", plain)
    if not 1 <= len(tag) <= LONGEST or _ODD.search(tag) or not any(each.isalnum() for each in tag):
        text = _(
            "“{tag}” can't be a tag. A tag has letters, figures, - and _, at most {most} of them. For example: vip",
            tag=written[:LONGEST], most=LONGEST,
        )  # fmt: skip
        raise DomainError("bad_tag", text, value=written[:LONGEST])
    return tag


def folded(written: Iterable[str]) -> list[str]:
    """Several tags as they are kept, each once, in the order in which they were given."""
    return list(dict.fromkeys(fold(each) for each in written))


def of(tx: Tx, contact_id: int) -> list[str]:
    """The tags of a contact, by alphabet."""
    return of_many(tx, [contact_id]).get(contact_id, [])


def of_many(tx: Tx, contact_ids: Collection[int]) -> dict[int, list[str]]:
    """The tags of several contacts; who has none isn't in the result. One statement."""
    statement = (
        select(ContactTag.contact_id, ContactTag.tag)
        .where(ContactTag.tenant_id == tx.tenant, ContactTag.contact_id.in_(contact_ids))
        .order_by(ContactTag.tag)
    )
    found: dict[int, list[str]] = {}
    for row in tx.execute(statement):
        found.setdefault(row.contact_id, []).append(row.tag)
    return found


def add(tx: Tx, actor: Actor, contact: Contact, written: Iterable[str], message_id: int | None = None) -> list[str]:
    """Puts tags on a contact and returns those that it hadn't. Raises `DomainError` `bad_tag` or `too_many_tags`."""
    before = of(tx, contact.id)
    new = [tag for tag in folded(written) if tag not in before]
    replace(tx, actor, contact, [*before, *new], message_id)
    return new


def remove(tx: Tx, actor: Actor, contact: Contact, written: Iterable[str], message_id: int | None = None) -> list[str]:
    """Takes tags off a contact and returns those that it had."""
    before, unwanted = of(tx, contact.id), folded(written)
    gone = [tag for tag in before if tag in unwanted]
    replace(tx, actor, contact, [tag for tag in before if tag not in gone], message_id)
    return gone


def replace(tx: Tx, actor: Actor, contact: Contact, written: Iterable[str], message_id: int | None = None) -> list[str]:
    """Gives a contact exactly these tags; raises `DomainError` `bad_tag` or `too_many_tags`."""
    before, after = of(tx, contact.id), sorted(folded(written))
    check_number(after)
    if before == after:
        return after
    gone, new = set(before) - set(after), [tag for tag in after if tag not in before]
    if gone:
        tx.execute(
            delete(ContactTag).where(
                ContactTag.tenant_id == tx.tenant, ContactTag.contact_id == contact.id, ContactTag.tag.in_(gone)
            )
        )
    put(tx, [(contact.id, tag) for tag in new])
    contact.updated_at = tx.now
    audit.record(
        tx, actor, "contact.tag", "contacts", contact.id, before={"tags": before}, after={"tags": after},
        message_id=message_id,
    )  # fmt: skip
    return after


def check_number(tags: Collection[str]) -> None:
    """Raises `DomainError` `too_many_tags` for more tags than a contact may have."""
    if len(tags) > MOST:
        raise DomainError("too_many_tags", _("A contact may have {most} tags at the most.", most=MOST), most=MOST)


def put(tx: Tx, pairs: Sequence[tuple[int, str]]) -> None:
    """Adds tags to contacts by their ids; those that are there already stay. One statement."""
    if pairs:
        rows = [{"tenant_id": tx.tenant, "contact_id": id, "tag": tag, "created_at": tx.now} for id, tag in pairs]
        tx.execute(insert(ContactTag).on_conflict_do_nothing(), rows)


def counts(tx: Tx) -> Sequence[tuple[str, int]]:
    """Every tag of the tenant and how many contacts have it, by alphabet."""
    number = func.count()
    statement = (
        select(ContactTag.tag, number)
        .where(ContactTag.tenant_id == tx.tenant)
        .group_by(ContactTag.tag)
        .order_by(ContactTag.tag)
    )
    return [(row.tag, row[1]) for row in tx.execute(statement)]


# What a list of tags may be sorted by.
COLUMNS: Mapping[str, Any] = {"tag": ContactTag.tag, "contacts": func.count()}


def page(
    tx: Tx, order: Sequence[ColumnElement[Any]], *, offset: int, limit: int
) -> tuple[Sequence[tuple[str, int]], int]:
    """A page of the tags with how many contacts have each, and how many tags there are. Two statements."""
    of_tenant = ContactTag.tenant_id == tx.tenant
    total = tx.scalar(select(func.count(ContactTag.tag.distinct())).where(of_tenant)) or 0
    statement = select(ContactTag.tag, func.count()).where(of_tenant).group_by(ContactTag.tag)
    found = tx.execute(statement.order_by(*order, ContactTag.tag).offset(offset).limit(limit))
    return [(row.tag, row[1]) for row in found], total


def tagged(tx: Tx, tag: str) -> Sequence[Contact]:
    """Who has a tag (in its kept form), by name."""
    statement = (
        select(Contact)
        .join(ContactTag, (ContactTag.tenant_id == Contact.tenant_id) & (ContactTag.contact_id == Contact.id))
        .where(Contact.tenant_id == tx.tenant, ContactTag.tenant_id == tx.tenant, ContactTag.tag == tag)
        .order_by(Contact.name_key.nulls_last(), Contact.id)
    )
    return tx.scalars(statement).all()
