"""What goes out: tenants, sessions, messages as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from admin_api.shapes import Answer, Shape, Status
from services.db.models import OutboxMessage, Tenant, WhatsAppSession
from services.tenants.plans import PLANS, limit_of


class WhatsApp(Shape):
    """A tenant's default number in brief."""

    session: str
    state: str
    reason: str | None
    since: datetime | None


class TenantShown(Shape):
    """A tenant. -1 is unlimited. `aiCredits` are those that are left: of this month's allowance, and bought ones."""

    id: int
    company_id: str
    name: str
    phone_number: str | None
    email: str | None
    status: Status
    plan: str
    language: str
    timezone: str
    currency: str
    country: str
    ai_credits: int
    max_debts: int
    max_agreements: int
    created_at: datetime
    whatsapp: WhatsApp | None

    @classmethod
    def of(cls, tenant: Tenant, session: WhatsAppSession | None, ai_credits: int) -> TenantShown:
        """A tenant with its default session."""
        return cls.model_validate(tenant_fields(tenant, session, ai_credits))


def tenant_fields(tenant: Tenant, session: WhatsAppSession | None, ai_credits: int) -> dict[str, Any]:
    """The fields of a tenant, for it alone and for its details."""
    return {
        "id": tenant.id, "company_id": tenant.slug, "name": tenant.name, "email": tenant.email,
        "phone_number": session and session.phone, "status": tenant.status, "plan": tenant.plan,
        "language": tenant.locale, "timezone": tenant.timezone, "currency": tenant.currency,
        "country": tenant.country, "ai_credits": ai_credits, "created_at": tenant.created_at,
        "max_debts": limit_of(tenant.plan, tenant.limits, "debts"),
        "max_agreements": limit_of(tenant.plan, tenant.limits, "agreements"),
        "whatsapp": session
        and {
            "session": session.name, "state": session.state, "reason": session.reason, "since": session.state_at
        },
    }  # fmt: skip


class SessionShown(Shape):
    """A WhatsApp number: what is wanted of it (`desiredState`), what is so (`state`), why, and since when."""

    id: int
    name: str
    phone: str
    provider: str
    is_default: bool
    state: str
    desired_state: str
    reason: str | None
    since: datetime | None
    host: str | None
    paired_at: datetime | None
    last_connected_at: datetime | None
    retry_at: datetime | None
    tenant_id: int
    company_id: str
    tenant: str

    @classmethod
    def of(cls, session: WhatsAppSession, slug: str, tenant: str) -> SessionShown:
        """A session with its tenant's slug and name."""
        return cls(
            id=session.id, name=session.name, phone=session.phone, provider=session.provider,
            is_default=session.is_default, state=session.state, desired_state=session.desired_state,
            reason=session.reason, since=session.state_at, host=session.holder, paired_at=session.paired_at,
            last_connected_at=session.connected_at, retry_at=session.retry_at, tenant_id=session.tenant_id,
            company_id=slug, tenant=tenant,
        )  # fmt: skip


class Links(Shape):
    """Where to go from here."""

    tenant: str
    qr: str
    activate: str


class RegisteredShown(Shape):
    """A tenant that was registered, and where its QR code is."""

    tenant: TenantShown
    session: SessionShown
    links: Links


class Limit(Shape):
    """How much is allowed (-1: unlimited) and how much is used."""

    limit: int
    used: int


class TenantDetails(TenantShown):
    """A tenant with everything that belongs to it."""

    sessions: list[SessionShown]
    limits: dict[str, Limit]
    counts: dict[str, int]


class Totals(Shape):
    """How many tenants, of each status and plan."""

    total: int
    new_last_30_days: Annotated[int, Field(alias="newLast30Days")]
    by_status: dict[str, int]
    by_plan: dict[str, int]


class SessionTotals(Shape):
    """How many sessions, in each state."""

    total: int
    by_state: dict[str, int]


class StatsShown(Shape):
    """The installation in figures. `aiCredits` are all that were bought and not used yet."""

    tenants: Totals
    sessions: SessionTotals
    ai_credits: int
    plans: Annotated[list[str], Field(default_factory=lambda: list(PLANS))]


class CreditsShown(Shape):
    """AI credits that were given; `balance` are all bought ones that were left then."""

    id: int
    amount: int
    source: str
    note: str | None
    balance: int


class CodeShown(Shape):
    """What is to be scanned or typed to link a number."""

    status: Literal["pairing"] = "pairing"
    session: str
    method: str
    code: str | None
    expires_at: datetime | None
    qr: Annotated[str | None, Field(description="The picture as a data URL; nothing for a code that is typed.")]
    trouble: Annotated[str | None, Field(description="What keeps the code from coming; it is tried again.")] = None


class CodeAnswer(Answer[CodeShown]):
    """The code, or with `format` or `Accept` its picture alone."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "content": {
                "image/png": {"schema": {"type": "string", "format": "binary"}},
                "image/svg+xml": {"schema": {"type": "string"}},
                "text/plain": {"schema": {"type": "string"}},
            }
        }
    )


class MessageShown(Shape):
    """A message and what became of it."""

    message_id: int
    status: str
    session_id: int
    phone: str
    provider_id: str | None
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    attempts: int
    not_before: datetime | None
    error: str | None

    @classmethod
    def of(cls, message: OutboxMessage) -> MessageShown:
        """A message of the outbox."""
        return cls(
            message_id=message.id, status=message.status, session_id=message.session_id,
            phone=message.chat.partition(":")[2], provider_id=message.provider_id, created_at=message.created_at,
            sent_at=message.sent_at, delivered_at=message.delivered_at, read_at=message.read_at,
            attempts=message.attempts, not_before=message.not_before, error=message.error,
        )  # fmt: skip


class EventShown(Shape):
    """A session came into a state."""

    at: datetime
    state: str
    reason: str | None


class HistoryShown(Shape):
    """What happened to a session, the newest first."""

    session: str
    events: list[EventShown]


class HostShown(Shape):
    """A process that holds sessions."""

    id: str
    machine: str
    pid: int
    sessions: int
    started_at: datetime
    seen_at: datetime


class HostsShown(Shape):
    """The processes that hold sessions."""

    hosts: list[HostShown]


class NotificationShown(Shape):
    """Something that people have to know of."""

    id: int
    tenant_id: int
    company_id: str
    at: datetime
    kind: str
    session_id: int | None
    data: dict[str, Any]
    delivered_at: datetime | None
    seen_at: datetime | None


class DatabaseHealth(Shape):
    """Whether the database answers, and how fast."""

    ok: bool
    ms: float


class QueueHealth(Shape):
    """What waits to be done, and how long the oldest of it has waited."""

    waiting: int
    oldest_seconds: float


class HealthShown(Shape):
    """How the installation is; without a key only the status."""

    status: Literal["ok", "degraded", "down"]
    database: DatabaseHealth | None = None
    queue: QueueHealth | None = None
    sessions: dict[str, int] | None = None
    version: str | None = None
    work: dict[str, Any] | None = None
