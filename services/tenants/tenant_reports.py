"""What the super admin sees of businesses: one with all that it has, a page of them, the installation in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import AiAccount, Contact, Message, OutboxMessage, Tenant, UsageCounter, User, WhatsAppSession
from services.lending import agreements
from services.tenants import credit_use, credits, sessions
from services.tenants.plans import PLANS, limit_of


@dataclass(frozen=True, slots=True)
class Details:
    """A tenant with what it has; `limits` holds for each limit how much is allowed and how much is used.

    `ai_credits` are those that are left, -1 if unlimited.
    """

    tenant: Tenant
    sessions: Sequence[WhatsAppSession]
    ai_credits: int
    limits: Mapping[str, tuple[int, int]]
    counts: Mapping[str, int]


def details(tx: Tx) -> Details:
    """Everything about the tenant of this transaction."""
    tenant = tx.get_one(Tenant, tx.tenant)
    mine = select(WhatsAppSession).where(WhatsAppSession.tenant_id == tx.tenant).order_by(WhatsAppSession.id)
    kept = tx.scalars(mine).all()
    users = tx.scalar(select(func.count()).where(User.tenant_id == tx.tenant, User.active)) or 0
    contacts = tx.scalar(select(func.count()).where(Contact.tenant_id == tx.tenant)) or 0
    month = f"{local_date(tx.now, tenant.timezone):%Y-%m}"
    counted = select(UsageCounter.name, UsageCounter.used).where(
        UsageCounter.tenant_id == tx.tenant, UsageCounter.period.in_(("", month))
    )
    used = {row[0]: row[1] for row in tx.execute(counted)}
    used |= {"sessions": len(kept), "users": users, "agreements": agreements.count_open(tx)}
    standing = credits.standing(tx)
    used["ai_credits"] = credit_use.whole(credit_use.spent(tx, credit_use.month_of(tenant, tx.now)))
    limits = {name: (limit_of(tenant.plan, tenant.limits, name), used.get(name, 0)) for name in PLANS[tenant.plan]}
    counts = {"users": users, "contacts": contacts, "sessions": len(kept)}
    return Details(tenant, kept, standing.shown, limits, counts)


@dataclass(frozen=True, slots=True)
class Listed:
    """A tenant in a list, with its default session and the AI credits that it has left, -1 if unlimited."""

    tenant: Tenant
    session: WhatsAppSession | None
    ai_credits: int


_DEFAULT = and_(WhatsAppSession.tenant_id == Tenant.id, WhatsAppSession.is_default)


def listed(
    tx: Tx,
    *,
    status: str | None,
    plan: str | None,
    q: str | None,
    offset: int,
    limit: int,
    order: Sequence[ColumnElement[Any]] = (),
) -> tuple[Sequence[Listed], int]:
    """A page of the businesses and how many there are, in a platform transaction; `q` is part of a name or number.

    `order` is by the columns of tenants, by their age if there is none.
    """
    conditions = [~Tenant.is_platform]
    conditions += [] if status is None else [Tenant.status == status]
    conditions += [] if plan is None else [Tenant.plan == plan]
    if q:
        searched = (Tenant.name, Tenant.slug, Tenant.email, WhatsAppSession.phone)
        conditions.append(or_(*(column.icontains(q, autoescape=True) for column in searched)))
    page = select(Tenant, WhatsAppSession, AiAccount).outerjoin(WhatsAppSession, _DEFAULT).where(*conditions)
    page = page.outerjoin(AiAccount, AiAccount.tenant_id == Tenant.id)
    rows = tx.execute(page.order_by(*order, Tenant.id).offset(offset).limit(limit)).all()
    count = select(func.count()).select_from(Tenant).outerjoin(WhatsAppSession, _DEFAULT).where(*conditions)
    shown = [Listed(row[0], row[1], credits.standing_of(row[0], row[2], tx.now).shown) for row in rows]
    return shown, tx.scalar(count) or 0


@dataclass(frozen=True, slots=True)
class Stats:
    """The installation in figures; `new_tenants` are those of the last thirty days.

    `ai_credits` are all that were bought and not used yet.
    """

    by_status: Mapping[str, int]
    by_plan: Mapping[str, int]
    new_tenants: int
    by_state: Mapping[str, int]
    ai_credits: int


def stats(tx: Tx) -> Stats:
    """The installation in figures, in a platform transaction; the platform's own tenant isn't counted as one."""
    lately = func.count().filter(Tenant.created_at > tx.now - timedelta(days=30))
    groups = tx.execute(
        select(Tenant.status, Tenant.plan, func.count(), lately)
        .where(~Tenant.is_platform)
        .group_by(Tenant.status, Tenant.plan)
    ).all()
    by_status, by_plan = Counter[str](), Counter[str]()
    for status, plan, n, _new in groups:
        by_status[status] += n
        by_plan[plan] += n
    total = tx.scalar(select(func.coalesce(func.sum(AiAccount.bought_left), 0))) or 0
    return Stats(by_status, by_plan, sum(new for *_group, new in groups), sessions.by_state(tx), int(total))


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a business has: people who act for it, numbers, messages in and out, and numbers that are connected."""

    users: int
    sessions: int
    messages: int
    active_sessions: int


def counts(tx: Tx) -> Counts:
    """The tenant of this transaction in figures. One statement; messages are those that are kept."""

    def of(table: type[User | WhatsAppSession | Message | OutboxMessage], *more: Any) -> Any:
        return select(func.count()).select_from(table).where(table.tenant_id == tx.tenant, *more).scalar_subquery()

    connected = WhatsAppSession.state == "connected"
    columns = (
        of(User, User.active), of(WhatsAppSession), of(Message) + of(OutboxMessage), of(WhatsAppSession, connected)
    )  # fmt: skip
    return Counts(*tx.execute(select(*columns)).one())
