"""Who changed what: of a business for its own people, of the installation for the super admin."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from flask import Response
from pydantic import AwareDatetime, Field

from admin_api import tenancy
from admin_api.access import require_role
from admin_api.edge import edge
from admin_api.lists import Listing, order
from admin_api.replies import paged
from admin_api.routing import Family
from admin_api.shapes import Line, Paged, Shape
from services.tenants import audit
from services.tenants.audit import Wanted

own = Family("audit", "Audit", "Who changed what, and how it was before.", "/api/v1/audit")
family = Family("system_audit", "Audit", "Who changed what, and how it was before.", "/admin/audit")


class AuditWanted(Listing):
    """Which changes."""

    subject: Annotated[Line | None, Field(description="The kind of thing changed, such as `contacts`.")] = None
    subject_id: Annotated[Line | None, Field(description="Which of them.")] = None
    action: Annotated[Line | None, Field(description="What was done, such as `contact.block`.")] = None
    actor: Annotated[Line | None, Field(description="Who did it: a number, or the name of a key.")] = None
    since: Annotated[AwareDatetime | None, Field(alias="from", description="Changes from then on.")] = None
    until: Annotated[AwareDatetime | None, Field(alias="to", description="Changes before then.")] = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.subject, self.subject_id, self.action, self.actor, self.since, self.until)


class AuditShown(Shape):
    """A change: by whom, of what, how it was before and after. `requestId` is that of the API's log."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: str
    actor_role: str
    action: str
    subject: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None


@own.get("", Paged[AuditShown])
@require_role("manager")
def list_audit(query: AuditWanted) -> Response:
    """What was changed in the business, the latest first."""
    by = order(audit.SORTABLE, query.sort, "-at")
    with edge().db.tenant(tenancy.tenant().id) as tx:
        rows, total = audit.listed(tx, query.wanted, by, query.offset, query.per_page)
    return paged([AuditShown.model_validate(row) for row in rows], total, query.page, query.per_page)


@family.get("", Paged[AuditShown])
@require_role("super_admin")
def list_system_audit(query: AuditWanted) -> Response:
    """What was changed in the installation itself, the latest first; what concerns a business is in its own audit."""
    by = order(audit.SYSTEM_SORTABLE, query.sort, "-at")
    with edge().db.system() as tx:
        rows, total = audit.listed_system(tx, query.wanted, by, query.offset, query.per_page)
    return paged([AuditShown.model_validate(row) for row in rows], total, query.page, query.per_page)
