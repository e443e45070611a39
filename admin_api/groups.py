"""The WhatsApp groups in which a business's numbers are."""

from __future__ import annotations

from flask import Response

from admin_api.access import require_role, require_subscription
from admin_api.chat_shapes import GroupChange, GroupPath, GroupShown, GroupsWanted
from admin_api.edge import actor, edge
from admin_api.lists import order
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Paged
from admin_api.tenancy import tenant
from services.messaging import groups

family = Family("groups", "Groups", "WhatsApp groups, as of the last sync.", "/api/v1/groups")


@family.get("", Paged[GroupShown])
@require_role("read_only", "contacts:read")
def list_groups(query: GroupsWanted) -> Response:
    """The groups in which the business's numbers are, as of the last sync."""
    by = order(groups.COLUMNS, query.sort, "name")
    with edge().db.tenant(tenant().id) as tx:
        found, total = groups.page(tx, query.session, query.q, by, offset=query.offset, limit=query.per_page)
    return paged([GroupShown.of(each) for each in found], total, query.page, query.per_page)


@family.patch("/<string:id>", Answer[GroupShown])
@require_role("staff", "contacts:write")
@require_subscription
def change_group(path: GroupPath, body: GroupChange) -> Response:
    """Has the bot answer in a group whoever mentions it, or be quiet there."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(GroupShown.of(groups.switch(tx, actor(), path.id, body.answers)))
