"""What the super admin should know of and may not have heard: listed until somebody has seen it."""

from __future__ import annotations

from flask import Response

from admin_api.access import require_role
from admin_api.companies import tenant_of
from admin_api.edge import actor, edge
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, NotificationPath, NotificationsWanted, Paged
from admin_api.shown import NotificationShown
from services.db.models import Notification
from services.tenants import notifications as records

family = Family("notifications", "Notifications", "What people have to know of.", "/admin/notifications")


@family.get("", Paged[NotificationShown])
@require_role("super_admin")
def notifications(query: NotificationsWanted) -> Response:
    """Notifications of all tenants, those first that nobody has seen."""
    with edge().db.system() as tx:
        rows, total = records.page(tx, query.unseen, query.offset, query.per_page)
    return paged([_shown(note, slug) for note, slug in rows], total, query.page, query.per_page)


@family.post("/<string:tenant>/<string:id>/seen", Answer[NotificationShown])
@require_role("super_admin")
def notification_seen(path: NotificationPath) -> Response:
    """Marks a notification as seen; a second time changes nothing."""
    tenant = tenant_of(path.tenant)
    with edge().db.tenant(tenant.id) as tx:
        return ok(_shown(records.mark_seen(tx, actor(), path.id), tenant.slug))


def _shown(note: Notification, slug: str) -> NotificationShown:
    return NotificationShown(
        id=note.id, tenant_id=note.tenant_id, company_id=slug, at=note.at, kind=note.kind,
        session_id=note.session_id, data=note.data, delivered_at=note.delivered_at, seen_at=note.seen_at,
    )  # fmt: skip
