"""The super admin's decisions about businesses that registered themselves, one by one or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from flask import Response
from pydantic import ConfigDict, Field

from admin_api.access import require_role
from admin_api.companies import tenant_of
from admin_api.edge import actor, edge
from admin_api.lists import Listing, order
from admin_api.replies import locale, ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Body, Line, Paged, Shape, Status, TenantPath
from services.db.models import Tenant
from services.errors import DomainError
from services.tenants import applications, approval
from services.tenants.approval import LONGEST_TRIAL, Terms

family = Family("approval", "Registrations", "Businesses that registered themselves and wait for a decision.", "/admin")

_MOST = 100
_REASON = Field(max_length=500, description="What the owner is told.")


class RegistrationsWanted(Listing):
    """Which registrations."""

    status: Status = "pending_approval"
    q: Annotated[Line | None, Field(description="Part of a name, company id, number or e-mail address.")] = None


class ApplicantShown(Shape):
    """A business that registered itself."""

    id: int
    company_id: str
    name: str
    owner: str | None
    phone_number: str | None
    email: str | None
    status: Status
    reason: str | None
    plan: str
    language: str
    timezone: str
    currency: str
    country: str
    created_at: datetime
    decided_at: datetime | None

    @classmethod
    def of(cls, tenant: Tenant, owner: str | None) -> ApplicantShown:
        """A business with its owner's name."""
        is_decided = tenant.status != applications.PENDING
        return cls(
            id=tenant.id, company_id=tenant.slug, name=tenant.name, owner=owner, phone_number=tenant.phone,
            email=tenant.email, status=tenant.status, reason=tenant.status_reason, plan=tenant.plan,
            language=tenant.locale, timezone=tenant.timezone, currency=tenant.currency, country=tenant.country,
            created_at=tenant.created_at, decided_at=tenant.status_at if is_decided else None,
        )  # fmt: skip


class ApprovalTerms(Body):
    """On what the business begins."""

    model_config = ConfigDict(openapi_extra={"required": False, "example": {"trialDays": 14}})  # type: ignore[typeddict-unknown-key]

    plan: Annotated[Line | None, Field(description="`basic` for a trial if left out, else `free`.")] = None
    trial_days: Annotated[
        int | None, Field(strict=True, ge=0, le=LONGEST_TRIAL, description="The installation's if left out.")
    ] = None
    skip_trial: Annotated[bool, Field(strict=True, description="Begins at once, and without an end.")] = False

    @property
    def terms(self) -> Terms:
        return Terms(self.plan, self.trial_days, self.skip_trial)


class ManyApproved(ApprovalTerms):
    """Businesses that are approved together."""

    model_config = ConfigDict(openapi_extra={"example": {"ids": [3, 4, "toko-maju"]}})  # type: ignore[typeddict-unknown-key]

    ids: Annotated[
        list[Annotated[int, Field(strict=True, ge=1, le=10**18)] | Line],
        Field(min_length=1, max_length=_MOST, description="Their numbers or company ids."),
    ]


class Rejection(Body):
    """Why a business is turned down."""

    model_config = ConfigDict(openapi_extra={"required": False, "example": {"reason": "Please send us your address."}})  # type: ignore[typeddict-unknown-key]

    reason: Annotated[Line | None, _REASON] = None


class Decided(Shape):
    """What came of one of several: its status, or what stood in the way."""

    id: str
    approved: bool
    status: Status | None
    error: dict[str, Any] | None


class ApplicationDecidedShown(Shape):
    """What came of each."""

    approved: int
    results: list[Decided]


@family.get("/registrations", Paged[ApplicantShown])
@require_role("super_admin")
def list_registrations(query: RegistrationsWanted) -> Response:
    """Businesses that registered themselves, the oldest first; those that wait, unless another status is asked for."""
    by = order(applications.SORTABLE, query.sort, "createdAt")
    with edge().db.system() as tx:
        rows, total = applications.listed(
            tx, status=query.status, q=query.q, order=by, offset=query.offset, limit=query.per_page
        )
    return paged([ApplicantShown.of(row.tenant, row.owner) for row in rows], total, query.page, query.per_page)


@family.post("/registrations/approve", Answer[ApplicationDecidedShown])
@require_role("super_admin")
def approve_registrations(body: ManyApproved) -> Response:
    """Approves several businesses, each by itself: what stands in one's way keeps no other from it."""
    results = [_decided(each, body.terms) for each in _once(body.ids)]
    return ok(ApplicationDecidedShown(approved=sum(each.approved for each in results), results=results))


def _once(ids: Sequence[int | str]) -> Sequence[str]:
    return list(dict.fromkeys(map(str, ids)))


def _decided(reference: str, terms: Terms) -> Decided:
    try:
        tenant = _approved(reference, terms)
    except DomainError as refusal:
        error = {"code": refusal.code, "message": refusal.text.render(locale()), "details": dict(refusal.details)}
        return Decided(id=reference, approved=False, status=None, error=error)
    return Decided(id=reference, approved=True, status=tenant.status, error=None)


def _approved(reference: str, terms: Terms) -> Tenant:
    with edge().db.tenant(tenant_of(reference).id) as tx:
        return approval.approve(tx, edge().settings, actor(), terms)


@family.post("/tenant/<string:id>/approve", Answer[ApplicantShown])
@require_role("super_admin")
def approve_tenant(path: TenantPath, body: ApprovalTerms) -> Response:
    """Lets a business that registered itself begin; its owner is told what to do next."""
    return ok(ApplicantShown.of(_approved(path.id, body.terms), None))


@family.post("/tenant/<string:id>/reject", Answer[ApplicantShown])
@require_role("super_admin")
def reject_tenant(path: TenantPath, body: Rejection) -> Response:
    """Turns down a business that registered itself; its owner is told why."""
    with edge().db.tenant(tenant_of(path.id).id) as tx:
        return ok(ApplicantShown.of(approval.reject(tx, actor(), body.reason), None))
