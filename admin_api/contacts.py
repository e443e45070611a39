"""Contacts of a business: lists, changes, tags, merging and deleting. Files and syncs are beside it."""

from __future__ import annotations

from flask import Response

from admin_api.access import require_role, require_subscription
from admin_api.contact_shapes import (
    ContactChange,
    ContactDeleted,
    ContactDeletion,
    ContactMerge,
    ContactPath,
    ContactShown,
    ContactsWanted,
    ContactTagPath,
    ContactWanted,
    TagShown,
    TagsWanted,
)
from admin_api.edge import actor, edge
from admin_api.lists import Listing, order
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Paged
from admin_api.tenancy import tenant
from services.db.engine import Tx
from services.db.models import Contact
from services.errors import DomainError
from services.i18n import _
from services.messaging import contact_changes, contact_csv, contact_lists, forgetting, tags
from services.messaging.contact_changes import Card
from services.messaging.contact_lists import Wanted

READ, WRITE = "contacts:read", "contacts:write"

family = Family("contacts", "Contacts", "The people and firms that the business deals with.", "/api/v1")


@family.get("/contacts", Paged[ContactShown])
@require_role("read_only", READ)
def list_contacts(query: ContactsWanted) -> Response:
    """Contacts, by name if nothing else is asked for."""
    wanted = Wanted(query.q, query.tag, query.blocked, query.source, query.opted_out, query.has_number)
    by = order(contact_lists.COLUMNS, query.sort, "name")
    with edge().db.tenant(tenant().id) as tx:
        found, total = contact_lists.page(tx, wanted, by, offset=query.offset, limit=query.per_page)
    return paged([ContactShown.of(each) for each in found], total, query.page, query.per_page)


@family.post("/contacts", Answer[ContactShown], 201)
@require_role("staff", WRITE)
@require_subscription
def create_contact(body: ContactWanted) -> Response:
    """A new contact; somebody without a name who writes from its number becomes it."""
    card = _card(body)
    with edge().db.tenant(tenant().id) as tx:
        return ok(_shown(tx, contact_changes.create(tx, actor(), card)), 201)


def _card(body: ContactWanted | ContactChange) -> Card:
    given = frozenset(body.model_fields_set)
    for name in ("name", "phone"):
        if isinstance(body, ContactChange) and name in given and not getattr(body, name):
            raise DomainError("contact_empty", _("A contact needs a name or a number."))
    return Card(
        name=body.name or None, email=body.email, tags=body.tags, given=given,
        phone=edge().rule.read(body.phone, tenant().country) if body.phone else None,
        language=contact_csv.language(body.language) if body.language else None,
        note=(contact_csv.clean(body.note) or None) if body.note else None,
    )  # fmt: skip


def _shown(tx: Tx, contact: Contact) -> ContactShown:
    return ContactShown.of(contact_lists.entry(tx, contact))


@family.get("/contacts/<string:id>", Answer[ContactShown])
@require_role("read_only", READ)
def show_contact(path: ContactPath) -> Response:
    """One contact."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(_shown(tx, contact_lists.get(tx, path.id)))


@family.patch("/contacts/<string:id>", Answer[ContactShown])
@require_role("staff", WRITE)
@require_subscription
def change_contact(path: ContactPath, body: ContactChange) -> Response:
    """Changes some fields of a contact."""
    card = _card(body)
    with edge().db.tenant(tenant().id) as tx:
        contact = contact_lists.get(tx, path.id, lock=True)
        return ok(_shown(tx, contact_changes.change(tx, actor(), contact, card)))


@family.delete("/contacts/<string:id>", Answer[ContactDeleted])
@require_role("manager", WRITE)
def delete_contact(path: ContactPath, query: ContactDeletion) -> Response:
    """Deletes a contact for good: what identifies the person goes, amounts and dates of the book stay."""
    with edge().db.tenant(tenant().id) as tx:
        gone = forgetting.forget(tx, actor(), contact_lists.get(tx, path.id), force=query.force)
    return ok(
        ContactDeleted(id=gone.contact_id, name=gone.name, messages=gone.messages, keeps_book=gone.keeps_book)
    )  # fmt: skip


@family.post("/contacts/<string:id>/block", Answer[ContactShown])
@require_role("staff", WRITE)
def block_contact(path: ContactPath) -> Response:
    """Blocks a contact: they are neither answered nor written to."""
    return _set_blocked(path.id, True)


@family.post("/contacts/<string:id>/unblock", Answer[ContactShown])
@require_role("staff", WRITE)
def unblock_contact(path: ContactPath) -> Response:
    """Lets a contact back."""
    return _set_blocked(path.id, False)


def _set_blocked(contact_id: int, blocked: bool) -> Response:
    with edge().db.tenant(tenant().id) as tx:
        contact = contact_lists.get(tx, contact_id, lock=True)
        return ok(_shown(tx, contact_changes.set_blocked(tx, actor(), contact, blocked)))


@family.post("/contacts/<string:id>/merge", Answer[ContactShown])
@require_role("manager", WRITE)
@require_subscription
def merge_contact(path: ContactPath, body: ContactMerge) -> Response:
    """Makes two contacts one: everything of this one belongs to the other, whose own name and words stay."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(_shown(tx, contact_changes.join(tx, actor(), path.id, body.into)))


@family.put("/contacts/<string:id>/tags", Answer[ContactShown])
@require_role("staff", WRITE)
@require_subscription
def put_contact_tags(path: ContactPath, body: TagsWanted) -> Response:
    """Gives a contact exactly these tags."""
    with edge().db.tenant(tenant().id) as tx:
        contact = contact_lists.get(tx, path.id, lock=True)
        tags.replace(tx, actor(), contact, body.tags)
        return ok(_shown(tx, contact))


@family.post("/contacts/<string:id>/tags/<string:tag>", Answer[ContactShown])
@require_role("staff", WRITE)
@require_subscription
def add_contact_tag(path: ContactTagPath) -> Response:
    """Puts a tag on a contact; one that is there already stays."""
    with edge().db.tenant(tenant().id) as tx:
        contact = contact_lists.get(tx, path.id, lock=True)
        tags.add(tx, actor(), contact, [path.tag])
        return ok(_shown(tx, contact))


@family.delete("/contacts/<string:id>/tags/<string:tag>", Answer[ContactShown])
@require_role("staff", WRITE)
def remove_contact_tag(path: ContactTagPath) -> Response:
    """Takes a tag off a contact; one that isn't there is no matter."""
    with edge().db.tenant(tenant().id) as tx:
        contact = contact_lists.get(tx, path.id, lock=True)
        tags.remove(tx, actor(), contact, [path.tag])
        return ok(_shown(tx, contact))


@family.get("/tags", Paged[TagShown])
@require_role("read_only", READ)
def list_tags(query: Listing) -> Response:
    """Every tag and how many contacts have it; `sort` by `tag` or `contacts`."""
    by = order(tags.COLUMNS, query.sort, "tag")
    with edge().db.tenant(tenant().id) as tx:
        found, total = tags.page(tx, by, offset=query.offset, limit=query.per_page)
    return paged([TagShown(tag=tag, contacts=number) for tag, number in found], total, query.page, query.per_page)
