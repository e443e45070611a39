"""Tenants as the agent platform's clients know them: the super admin's of all, an owner's of the own business."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from flask import Response
from pydantic import AliasChoices, ConfigDict, Field

from admin_api import tenancy
from admin_api.access import require_auth, require_role
from admin_api.companies import check_company, tenant_of
from admin_api.edge import actor, caller, edge
from admin_api.lists import Listing, order
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Body, Digits, Email, Line, Paged, Shape, Status, TenantPath
from admin_api.shown import Limit, SessionShown, TenantShown, tenant_fields
from services.db.models import Tenant, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.messaging.sending import SIMULATED
from services.tenants import closing, own_settings, registration, switching, tenant_reports
from services.tenants.plans import limit_of
from services.tenants.registration import Application
from services.tenants.tenant_reports import Details

family = Family("tenants_v1", "Tenants", "Businesses that use this installation.", "/api/v1")

_OF_OWNERS = frozenset({"name", "email"})
_LIMITS = ("max_sessions", "max_users", "max_debts", "max_agreements")
_SORTABLE = {
    "id": Tenant.id, "name": Tenant.name, "createdAt": Tenant.created_at, "status": Tenant.status, "plan": Tenant.plan
}  # fmt: skip


class TenantsListed(Listing):
    """Which tenants."""

    status: Status | None = None
    plan: Annotated[Line | None, Field(json_schema_extra={"example": "free"})] = None
    q: Annotated[Line | None, Field(description="Part of a name, company id, number or e-mail address.")] = None


class TenantAccount(TenantShown):
    """A tenant with how it came to its status, and when it will be erased if it is closed."""

    max_sessions: int
    max_users: int
    status_at: datetime | None
    status_reason: str | None
    erase_at: datetime | None

    @classmethod
    def of(cls, tenant: Tenant, session: WhatsAppSession | None, ai_credits: int) -> TenantAccount:
        return cls.model_validate(account_fields(tenant, session, ai_credits))


class TenantAccountDetails(TenantAccount):
    """A tenant with everything that belongs to it; `overrides` are limits and features of its own."""

    sessions: list[SessionShown]
    limits: dict[str, Limit]
    overrides: dict[str, int | bool]
    counts: dict[str, int]


class TenantStats(Shape):
    """A tenant in figures."""

    model_config = ConfigDict(alias_generator=None)

    users_count: int
    sessions_count: int
    messages_count: int
    active_sessions: int


SettingValue = bool | int | str | list[int] | None


class NewTenantWanted(Body):
    """A tenant to be made. Its number is linked with WhatsApp afterwards."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {
                "name": "Toko Maju", "slug": "toko-maju", "email": "siti@example.com", "phone": "+6281234567890",
                "plan": "pro", "settings": {"timezone": "Asia/Makassar"},
            }
        }
    )  # fmt: skip

    name: Annotated[Line, Field(min_length=2, max_length=80)]
    slug: Digits | None = None
    email: Email | None = None
    phone: Digits
    plan: Line = "free"
    country: Line = "ID"
    settings: Annotated[
        dict[str, SettingValue],
        Field(default_factory=dict, max_length=50, description="As `PATCH …/settings` takes them."),
    ]


_OVERRIDE = Field(strict=True, ge=-1, le=10**9, description="-1: unlimited; null: as its plan has it.")


class TenantChange(Body):
    """What is to be different. A business's owner may change `name` and `email`; the super admin everything."""

    model_config = ConfigDict(
        openapi_extra={"example": {"plan": "enterprise", "max_sessions": -1, "status": "active"}}  # type: ignore[typeddict-unknown-key]
    )

    name: Annotated[Line | None, Field(min_length=2, max_length=80)] = None
    email: Email | None = None
    plan: Line | None = None
    status: Status | None = None
    status_reason: Annotated[Line | None, Field(description="Why; the owner may read it.")] = None
    max_sessions: Annotated[
        int | None, _OVERRIDE, Field(alias="max_sessions", validation_alias=AliasChoices("max_sessions", "maxSessions"))
    ] = None
    max_users: Annotated[
        int | None, _OVERRIDE, Field(alias="max_users", validation_alias=AliasChoices("max_users", "maxUsers"))
    ] = None
    max_debts: Annotated[
        int | None, _OVERRIDE, Field(alias="max_debts", validation_alias=AliasChoices("max_debts", "maxDebts"))
    ] = None
    max_agreements: Annotated[
        int | None,
        _OVERRIDE,
        Field(alias="max_agreements", validation_alias=AliasChoices("max_agreements", "maxAgreements")),
    ] = None
    limits: Annotated[
        dict[str, bool | int | None] | None,
        Field(max_length=50, description="Limits (-1: unlimited) and features of its own; null: as its plan has it."),
    ] = None


class Closing(Body):
    """Says that the business shall really be closed."""

    model_config = ConfigDict(openapi_extra={"example": {"confirm": "toko-maju"}})  # type: ignore[typeddict-unknown-key]

    confirm: Annotated[Line, Field(description="The company id of the business, once more.")]
    reason: Line | None = None


def account_fields(tenant: Tenant, session: WhatsAppSession | None, ai_credits: int) -> dict[str, Any]:
    """The fields of a tenant with its account."""
    return {
        **tenant_fields(tenant, session, ai_credits), "status_at": tenant.status_at,
        "status_reason": tenant.status_reason, "erase_at": tenant.erase_at,
        "max_sessions": limit_of(tenant.plan, tenant.limits, "sessions"),
        "max_users": limit_of(tenant.plan, tenant.limits, "users"),
    }  # fmt: skip


def _details(found: Details) -> TenantAccountDetails:
    tenant = found.tenant
    default = next((each for each in found.sessions if each.is_default), None)
    return TenantAccountDetails(
        **account_fields(tenant, default, found.ai_credits),
        sessions=[SessionShown.of(each, tenant.slug, tenant.name) for each in found.sessions],
        limits={name: Limit(limit=limit, used=used) for name, (limit, used) in found.limits.items()},
        overrides=dict(tenant.limits),
        counts=dict(found.counts),
    )


def _shown(tenant_id: int, status: int = 200) -> Response:
    with edge().db.tenant(tenant_id) as tx:
        return ok(_details(tenant_reports.details(tx)), status)


@family.post("/tenants", Answer[TenantAccountDetails], 201)
@require_role("super_admin")
def create_tenant(body: NewTenantWanted) -> Response:
    """Registers a tenant and begins to link its number with WhatsApp."""
    here = edge()
    if body.slug is not None:
        check_company(body.slug)
    wanted = Application(
        body.phone, body.name, body.email, plan=body.plan, country=body.country, slug=body.slug,
        **_asked(body.settings),
    )  # fmt: skip
    new = registration.read(wanted, here.rule, here.settings.whatsapp_provider)
    with here.db.system() as tx:
        made = registration.register(tx, new, body.slug, here.settings.whatsapp_max_sessions)
    with here.db.tenant(made.tenant_id) as tx:
        registration.begin(tx, actor(), made, is_linked=new.provider != SIMULATED)
        own_settings.set_all(tx, actor(), {key: each for key, each in body.settings.items() if key not in _READ})
    return _shown(made.tenant_id, 201)


_READ = ("language", "timezone", "currency")


def _asked(settings: Mapping[str, object]) -> dict[str, str]:
    """What of the settings a tenant begins with; the others are refused before anything is made."""
    own_settings.require_known(settings)
    return {key: str(settings[key]) for key in _READ if settings.get(key) is not None}


@family.get("/tenants", Paged[TenantAccount])
@require_role("super_admin")
def list_tenants(query: TenantsListed) -> Response:
    """All tenants."""
    by = order(_SORTABLE, query.sort, "id")
    with edge().db.system() as tx:
        rows, total = tenant_reports.listed(
            tx, status=query.status, plan=query.plan, q=query.q, offset=query.offset, limit=query.per_page, order=by
        )
    shown = [TenantAccount.of(row.tenant, row.session, row.ai_credits) for row in rows]
    return paged(shown, total, query.page, query.per_page)


@family.get("/tenant", Answer[TenantAccountDetails])
@require_auth("usage:read")
def own_tenant() -> Response:
    """The business itself."""
    return _shown(tenancy.tenant().id)


@family.get("/tenants/<string:id>", Answer[TenantAccountDetails])
@require_role("owner", "usage:read", tenant="named")
def get_tenant(path: TenantPath) -> Response:
    """A tenant with its numbers, limits and what it has used of them."""
    return _shown(tenant_of(path.id).id)


@family.patch("/tenants/<string:id>", Answer[TenantAccountDetails])
@require_role("owner", tenant="named")
def change_tenant(path: TenantPath, body: TenantChange) -> Response:
    """Changes a tenant: an owner its name and e-mail address, the super admin also plan, limits and status."""
    tenant = tenant_of(path.id)
    given = {name: getattr(body, name) for name in body.model_fields_set}
    more = sorted(given.keys() - _OF_OWNERS)
    if more and not caller().is_super_admin:
        text = _("Only the administrator may change this: {fields}", fields=", ".join(more))
        raise DomainError("forbidden", text, fields=more)
    with edge().db.tenant(tenant.id) as tx:
        profile = {name: given[name] for name in _OF_OWNERS & given.keys()}
        if profile:
            own_settings.set_profile(tx, actor(), profile)
        if given.get("plan") is not None:
            switching.set_plan(tx, actor(), given["plan"])
        overrides = {name.removeprefix("max_"): given[name] for name in _LIMITS if name in given}
        overrides |= given.get("limits") or {}
        if overrides:
            switching.set_limits(tx, actor(), overrides)
        if given.get("status") is not None:
            switching.set_status(tx, actor(), given["status"], body.status_reason)
    return _shown(tenant.id)


@family.delete("/tenants/<string:id>", Answer[TenantAccountDetails])
@require_role("super_admin")
def delete_tenant(path: TenantPath) -> Response:
    """Closes a tenant. For thirty days it can be opened again and its data exported; then it is erased."""
    tenant = tenant_of(path.id)
    with edge().db.tenant(tenant.id) as tx:
        closing.close(tx, actor())
    return _shown(tenant.id)


@family.post("/tenants/<string:id>/reopen", Answer[TenantAccountDetails])
@require_role("super_admin")
def reopen_tenant(path: TenantPath) -> Response:
    """Opens a closed tenant again, as long as its data isn't erased."""
    tenant = tenant_of(path.id)
    with edge().db.tenant(tenant.id) as tx:
        closing.reopen(tx, actor())
    return _shown(tenant.id)


@family.post("/tenant/close", Answer[TenantAccountDetails])
@require_role("owner")
def close_own_tenant(body: Closing) -> Response:
    """Closes the business for good: its numbers are unlinked, logins and keys end. Thirty days later it is erased."""
    tenant = tenancy.tenant()
    closing.require_confirmed(tenant, body.confirm)
    with edge().db.tenant(tenant.id) as tx:
        closing.close(tx, actor(), body.reason)
    return _shown(tenant.id)


@family.get("/tenants/<string:id>/stats", Answer[TenantStats])
@require_role("owner", "usage:read", tenant="named")
def tenant_stats(path: TenantPath) -> Response:
    """A tenant in figures."""
    with edge().db.tenant(tenant_of(path.id).id) as tx:
        found = tenant_reports.counts(tx)
    return ok(
        TenantStats(
            users_count=found.users, sessions_count=found.sessions, messages_count=found.messages,
            active_sessions=found.active_sessions,
        )
    )  # fmt: skip
