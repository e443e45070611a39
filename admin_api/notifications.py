"""What people should know of and may not have heard: the super admin of all businesses, each business of itself."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import ConfigDict, Field

from admin_api import tenancy
from admin_api.access import require_role
from admin_api.companies import tenant_of
from admin_api.edge import actor, edge
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Body, Line, NotificationPath, NotificationsWanted, Paged, RowId, Shape
from admin_api.shown import NotificationShown
from services.db.models import Notification
from services.tenants import notifications as records
from services.tenants.notifications import Wanted

family = Family("notifications", "Notifications", "What people have to know of.", "/admin/notifications")
own = Family("own_notifications", "Notifications", "What people have to know of.", "/api/v1/notifications")

_KIND = Field(description="What it is about, such as `session_logged_out`.", json_schema_extra={"example": None})
_TENANT = Field(description="A business, by its number or company id.", json_schema_extra={"example": None})


class NotificationsOfAll(NotificationsWanted):
    """Which notifications of which businesses."""

    kind: Annotated[Line | None, _KIND] = None
    tenant: Annotated[Line | None, _TENANT] = None


class OwnNotifications(NotificationsWanted):
    """Which notifications."""

    kind: Annotated[Line | None, _KIND] = None


class SeenWanted(Body):
    """Which notifications were seen; without anything, all."""

    model_config = ConfigDict(openapi_extra={"required": False, "example": {"kind": "registration"}})  # type: ignore[typeddict-unknown-key]

    kind: Line | None = None
    tenant: Annotated[Line | None, _TENANT] = None


class SeenShown(Shape):
    """How many notifications weren't seen before."""

    seen: int


class OwnNotificationPath(Shape):
    """A notification of the business."""

    id: RowId


@family.get("", Paged[NotificationShown])
@require_role("super_admin")
def notifications(query: NotificationsOfAll) -> Response:
    """Notifications of all tenants, those first that nobody has seen."""
    wanted = Wanted(query.unseen, query.kind, _tenant_id(query.tenant))
    with edge().db.system() as tx:
        rows, total = records.page(tx, wanted, query.offset, query.per_page)
    return paged([_shown(note, slug) for note, slug in rows], total, query.page, query.per_page)


def _tenant_id(reference: str | None) -> int | None:
    return None if reference is None else tenant_of(reference).id


@family.post("/seen", Answer[SeenShown])
@require_role("super_admin")
def notifications_seen(body: SeenWanted) -> Response:
    """Marks all notifications as seen, or those of a kind or a business."""
    wanted = Wanted(True, body.kind, _tenant_id(body.tenant))
    with edge().db.system() as tx:
        return ok(SeenShown(seen=records.mark_all_seen(tx, actor(), wanted)))


@family.post("/<string:tenant>/<string:id>/seen", Answer[NotificationShown])
@require_role("super_admin")
def notification_seen(path: NotificationPath) -> Response:
    """Marks a notification as seen; a second time changes nothing."""
    tenant = tenant_of(path.tenant)
    with edge().db.tenant(tenant.id) as tx:
        return ok(_shown(records.mark_seen(tx, actor(), path.id), tenant.slug))


@own.get("", Paged[NotificationShown])
@require_role("staff")
def own_notifications(query: OwnNotifications) -> Response:
    """What the business has to know of, those first that nobody has seen."""
    tenant = tenancy.tenant()
    with edge().db.tenant(tenant.id) as tx:
        rows, total = records.own_page(tx, Wanted(query.unseen, query.kind), query.offset, query.per_page)
    return paged([_shown(note, tenant.slug) for note in rows], total, query.page, query.per_page)


@own.post("/<string:id>/seen", Answer[NotificationShown])
@require_role("staff")
def own_notification_seen(path: OwnNotificationPath) -> Response:
    """Marks a notification of the business as seen; a second time changes nothing."""
    tenant = tenancy.tenant()
    with edge().db.tenant(tenant.id) as tx:
        return ok(_shown(records.mark_seen(tx, actor(), path.id, is_own=True), tenant.slug))


def _shown(note: Notification, slug: str) -> NotificationShown:
    return NotificationShown(
        id=note.id, tenant_id=note.tenant_id, company_id=slug, at=note.at, kind=note.kind,
        session_id=note.session_id, data=note.data, delivered_at=note.delivered_at, seen_at=note.seen_at,
    )  # fmt: skip
