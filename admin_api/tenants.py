"""The super admin's routes for tenants: figures, list, registration, linking, switching, plan."""

from __future__ import annotations

from flask import Response

from admin_api.access import require_role
from admin_api.companies import check_company, tenant_of
from admin_api.edge import actor, edge
from admin_api.pictures import code_answer
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import (
    Answer,
    Paged,
    PictureWanted,
    PlanWanted,
    Registration,
    TenantPath,
    TenantsWanted,
    Toggle,
)
from admin_api.shown import (
    CodeAnswer,
    CodeShown,
    Limit,
    Links,
    RegisteredShown,
    SessionShown,
    SessionTotals,
    StatsShown,
    TenantDetails,
    TenantShown,
    Totals,
    tenant_fields,
)
from services.db.models import Tenant
from services.messaging.sending import SIMULATED
from services.tenants import credits, registration, switching, tenant_reports
from services.tenants.registration import Application
from services.tenants.tenant_reports import Details

family = Family("tenants", "Tenants", "Businesses that use this installation.", "/admin")


@family.get("/stats", Answer[StatsShown])
@require_role("super_admin")
def stats() -> Response:
    """The installation in figures."""
    with edge().db.system() as tx:
        found = tenant_reports.stats(tx)
    tenants = Totals(
        total=sum(found.by_status.values()), new_last_30_days=found.new_tenants, by_plan=dict(found.by_plan),
        by_status=dict(found.by_status),
    )  # fmt: skip
    by_state = SessionTotals(total=sum(found.by_state.values()), by_state=dict(found.by_state))
    return ok(StatsShown(tenants=tenants, sessions=by_state, ai_credits=found.ai_credits))


@family.get("/tenants", Paged[TenantShown])
@require_role("super_admin")
def tenants(query: TenantsWanted) -> Response:
    """All tenants with the state of their WhatsApp numbers."""
    with edge().db.system() as tx:
        rows, total = tenant_reports.listed(
            tx, status=query.status, plan=query.plan, q=query.q, offset=query.offset, limit=query.per_page
        )
    shown = [TenantShown.of(row.tenant, row.session, row.ai_credits) for row in rows]
    return paged(shown, total, query.page, query.per_page)


@family.post("/tenants/register", Answer[RegisteredShown], 201)
@require_role("super_admin")
def register_tenant(body: Registration) -> Response:
    """Registers a tenant and begins to link its number with WhatsApp."""
    here = edge()
    wanted = Application(
        phone=body.phone_number, name=body.name, email=body.email, language=body.language, timezone=body.timezone,
        currency=body.currency, country=body.country, plan=body.plan, slug=body.company_id,
    )  # fmt: skip
    if body.company_id is not None:
        check_company(body.company_id)
    new = registration.read(wanted, here.rule, here.settings.whatsapp_provider)
    with here.db.system() as tx:
        made = registration.register(tx, new, body.company_id, here.settings.whatsapp_max_sessions)
    with here.db.tenant(made.tenant_id) as tx:
        session = registration.begin(tx, actor(), made, is_linked=new.provider != SIMULATED)
        tenant = tx.get_one(Tenant, made.tenant_id)
    links = Links(**{name: f"/admin/tenant/{tenant.id}{end}" for name, end in _LINKS.items()})
    shown = RegisteredShown(
        tenant=TenantShown.of(tenant, session, credits.standing_of(tenant, None, tx.now).shown), links=links,
        session=SessionShown.of(session, tenant.slug, tenant.name),
    )  # fmt: skip
    return ok(shown, 201)


_LINKS = {"tenant": "", "qr": "/qr", "activate": "/activate"}


@family.get("/tenant/<string:id>", Answer[TenantDetails])
@require_role("super_admin")
def tenant_details(path: TenantPath) -> Response:
    """A tenant with its numbers, limits and what it has used of them."""
    with edge().db.tenant(tenant_of(path.id).id) as tx:
        return ok(_details(tenant_reports.details(tx)))


def _details(found: Details) -> TenantDetails:
    tenant = found.tenant
    default = next((each for each in found.sessions if each.is_default), None)
    return TenantDetails(
        **tenant_fields(tenant, default, found.ai_credits),
        sessions=[SessionShown.of(each, tenant.slug, tenant.name) for each in found.sessions],
        limits={name: Limit(limit=limit, used=used) for name, (limit, used) in found.limits.items()},
        counts=dict(found.counts),
    )


@family.get("/tenant/<string:id>/qr", CodeAnswer, also={202: Answer[CodeShown]})
@require_role("super_admin")
def tenant_qr(path: TenantPath, query: PictureWanted) -> Response:
    """What is to be scanned to link the tenant's number; waits a few seconds for the first code."""
    return code_answer(tenant_of(path.id), query.session, query.format)


@family.post("/tenant/<string:id>/activate", Answer[TenantDetails])
@require_role("super_admin")
def activate_tenant(path: TenantPath) -> Response:
    """Lets a tenant work; one that already does stays as it is."""
    return _switched(path.id, True)


@family.post("/tenant/<string:id>/toggle", Answer[TenantDetails])
@require_role("super_admin")
def toggle_tenant(path: TenantPath, body: Toggle) -> Response:
    """Switches a tenant off or on, with its numbers."""
    return _switched(path.id, body.enabled)


def _switched(reference: str, enabled: bool | None) -> Response:
    with edge().db.tenant(tenant_of(reference).id) as tx:
        switching.set_enabled(tx, actor(), enabled)
        return ok(_details(tenant_reports.details(tx)))


@family.post("/tenant/<string:id>/plan", Answer[TenantDetails])
@require_role("super_admin")
def set_plan(path: TenantPath, body: PlanWanted) -> Response:
    """Moves a tenant to another plan."""
    with edge().db.tenant(tenant_of(path.id).id) as tx:
        switching.set_plan(tx, actor(), body.plan)
        return ok(_details(tenant_reports.details(tx)))
