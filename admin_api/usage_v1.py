"""What a business has used: its limits, messages, requests of the API; and the limits that the super admin sets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from flask import Response
from pydantic import ConfigDict, Field

from admin_api import limiting, tenancy
from admin_api.access import require_auth, require_role
from admin_api.companies import tenant_of
from admin_api.edge import actor, edge
from admin_api.replies import ok
from admin_api.routing import Family
from admin_api.shapes import Answer, Body, Shape, TenantPath
from services.db.models import Tenant
from services.tenants import limit_overrides, limits, usage_reports
from services.tenants.limits import Standing
from services.tenants.plans import FEATURES, PLANS, feature
from services.tenants.usage_reports import ApiUse, Asked, Stats

family = Family("usage_v1", "Usage", "What a business has used, of what it may.", "/api/v1")
admin = Family("limits", "Usage", "What a business has used, of what it may.", "/admin")


class DaysWanted(Shape):
    """For how many days, the present one among them."""

    days: Annotated[int, Field(ge=1, le=usage_reports.LONGEST)] = 30


class LimitShown(Shape):
    """A limit and its use. -1 is unlimited. `period` is the day or month that counts, until `resetsAt`."""

    limit: int
    used: int
    left: int
    period: str | None
    resets_at: datetime | None

    @classmethod
    def of(cls, now: Standing) -> LimitShown:
        """A limit as it is."""
        return cls(
            limit=now.limit, used=now.used, left=now.left, period=now.period or None, resets_at=now.resets_at
        )  # fmt: skip


class Requests(Shape):
    """Requests of the API; `failures` of them were refused or failed."""

    requests: int
    failures: int


class ApiUseShown(Requests):
    """How the API was used. Days are UTC; callers are keys (`key:3`) and people (`user:2`)."""

    by_day: dict[date, Requests]
    by_caller: dict[str, Requests]
    by_route: dict[str, Requests]


class UsageShownV1(Shape):
    """What a business has used. `messages` are those that count, by day (`2025-02-13`) and by month (`2025-02`)."""

    tenant_id: int
    company_id: str
    plan: str
    limits: dict[str, LimitShown]
    features: dict[str, bool]
    messages: dict[str, int]
    api: ApiUseShown


class TrafficShown(Shape):
    """Messages: `sent` have left, `waiting` will, `failed` can't; `received` came from others."""

    sent: int
    received: int
    failed: int
    waiting: int


class Messages(Shape):
    """Messages of today, of seven days, and of this month, in the business's calendar."""

    today: TrafficShown
    week: TrafficShown
    month: TrafficShown


class SessionsShown(Shape):
    """WhatsApp numbers, by state."""

    total: int
    connected: int
    by_state: dict[str, int]


class StatsShownV1(Shape):
    """A business in figures."""

    tenant_id: int
    company_id: str
    messages: Messages
    by_day: dict[date, TrafficShown]
    contacts: int
    conversations: int
    open_conversations: int
    users: int
    sessions: SessionsShown


@family.get("/usage", Answer[UsageShownV1])
@require_auth("usage:read")
def usage_now(query: DaysWanted) -> Response:
    """What your business may use, what it has used, and how it used the API."""
    return _usage(tenancy.tenant(), query.days)


@family.get("/usage/<string:id>", Answer[UsageShownV1])
@require_auth("usage:read", tenant="named")
def usage_of_tenant(path: TenantPath, query: DaysWanted) -> Response:
    """The same of a business that is named; others than your own are the super admin's to see."""
    return _usage(tenant_of(path.id), query.days)


def _usage(tenant: Tenant, days: int) -> Response:
    limiting.write_down()
    with edge().db.tenant(tenant.id) as tx:
        now, messages = limits.standing(tx, tenant), usage_reports.counted(tx, "messages")
        api = usage_reports.api_use(tx, days)
    shown = UsageShownV1(
        tenant_id=tenant.id, company_id=tenant.slug, plan=tenant.plan, api=_api(api),
        limits={key: LimitShown.of(found) for key, found in now.items()}, messages=dict(messages),
        features={name: feature(tenant.plan, tenant.limits, name) for name in FEATURES},
    )  # fmt: skip
    return ok(shown)


def _api(found: ApiUse) -> ApiUseShown:
    def shown(counted: Mapping[Any, Asked]) -> dict[Any, Requests]:
        return {name: Requests.model_validate(each) for name, each in counted.items()}

    return ApiUseShown(
        requests=found.total.requests, failures=found.total.failures, by_day=shown(found.by_day),
        by_caller=shown(found.by_caller), by_route=shown(found.by_route),
    )  # fmt: skip


@family.get("/stats", Answer[StatsShownV1])
@require_auth("usage:read")
def stats_now(query: DaysWanted) -> Response:
    """Your business in figures: messages by day, people, conversations, numbers."""
    return _stats(tenancy.tenant(), query.days)


@family.get("/stats/<string:id>", Answer[StatsShownV1])
@require_auth("usage:read", tenant="named")
def stats_of_tenant(path: TenantPath, query: DaysWanted) -> Response:
    """The same of a business that is named; others than your own are the super admin's to see."""
    return _stats(tenant_of(path.id), query.days)


def _stats(tenant: Tenant, days: int) -> Response:
    with edge().db.tenant(tenant.id) as tx:
        found = usage_reports.stats(tx, tenant, days)
    return ok(_figures(tenant, found))


def _figures(tenant: Tenant, found: Stats) -> StatsShownV1:
    sessions = SessionsShown(
        total=sum(found.sessions.values()), connected=found.sessions.get("connected", 0), by_state=dict(found.sessions)
    )
    return StatsShownV1(
        tenant_id=tenant.id, company_id=tenant.slug, contacts=found.contacts, conversations=found.conversations,
        open_conversations=found.open_conversations, users=found.users, sessions=sessions,
        messages=Messages.model_validate(found, from_attributes=True),
        by_day={day: TrafficShown.model_validate(each, from_attributes=True) for day, each in found.by_day.items()},
    )  # fmt: skip


_Amount = Annotated[int, Field(strict=True, ge=-1, le=limit_overrides.MOST)]


class LimitsWanted(Body):
    """Limits of one business, called as they are answered. What is left out stays, and null goes back to the plan's.

    -1 is unlimited.
    """

    model_config = ConfigDict(
        alias_generator=None,
        openapi_extra={"example": {"debts": 10, "messages_day": -1, "vision": True, "pdfs": None}},  # type: ignore[typeddict-unknown-key]
    )

    debts: _Amount | None = None
    agreements: _Amount | None = None
    pdfs: _Amount | None = None
    ai_credits: _Amount | None = None
    sessions: _Amount | None = None
    users: _Amount | None = None
    messages_day: _Amount | None = None
    messages_month: _Amount | None = None
    campaigns_day: _Amount | None = None
    campaigns_month: _Amount | None = None
    messages_minute: Annotated[int, Field(strict=True, ge=1, le=limit_overrides.MOST)] | None = None
    vision: Annotated[bool, Field(strict=True)] | None = None
    webhooks: Annotated[bool, Field(strict=True)] | None = None
    api_keys: Annotated[bool, Field(strict=True)] | None = None
    campaigns: Annotated[bool, Field(strict=True)] | None = None


class LimitSet(LimitShown):
    """A limit with where it comes from: what the `plan` has (null: the installation's), and what was set (`override`).

    `limit` is the one that holds.
    """

    plan: int | None
    override: int | None


class FeatureSet(Shape):
    """Whether a business has a feature, by its plan or because it was set."""

    plan: bool
    override: bool | None
    enabled: bool


class LimitsShown(Shape):
    """Everything that limits a business."""

    tenant_id: int
    company_id: str
    plan: str
    limits: dict[str, LimitSet]
    features: dict[str, FeatureSet]
    messages_minute: Annotated[int, Field(description="Messages that the API takes in a minute.")]


@admin.get("/tenant/<string:id>/limits", Answer[LimitsShown])
@require_role("super_admin")
def tenant_limits(path: TenantPath) -> Response:
    """What a business may use: by its plan, by what was set for it, and what it has used."""
    with edge().db.tenant(tenant_of(path.id).id) as tx:
        return ok(_limits(limits.standing(tx, tenant := tx.get_one(Tenant, tx.tenant)), tenant))


@admin.put("/tenant/<string:id>/limits", Answer[LimitsShown])
@require_role("super_admin")
def set_tenant_limits(path: TenantPath, body: LimitsWanted) -> Response:
    """Sets limits and features for one business."""
    changes = body.model_dump(include=body.model_fields_set)
    with edge().db.tenant(tenant_of(path.id).id) as tx:
        tenant = limit_overrides.change(tx, actor(), changes)
        return ok(_limits(limits.standing(tx, tenant), tenant))


def _limits(now: dict[str, Standing], tenant: Tenant) -> LimitsShown:
    plan, set_ = PLANS[tenant.plan], tenant.limits
    usual = edge().settings.whatsapp_rate_limit_per_company
    return LimitsShown(
        tenant_id=tenant.id, company_id=tenant.slug, plan=tenant.plan,
        limits={
            key: LimitSet(**LimitShown.of(found).model_dump(), plan=plan.get(key), override=set_.get(key))
            for key, found in now.items()
        },
        features={
            name: FeatureSet(
                plan=feature(tenant.plan, {}, name), override=set_.get(name),
                enabled=feature(tenant.plan, set_, name),
            )
            for name in FEATURES
        },
        messages_minute=limit_overrides.messages_a_minute(tenant, usual),
    )  # fmt: skip
