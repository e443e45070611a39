"""What a business used from day to day: messages, API requests, and how much it has. Days are of its own calendar,
those of API requests UTC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, literal, select, text

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import ApiUsage, Contact, Conversation, Tenant, UsageCounter, User, WhatsAppSession

LONGEST = 92
_MOST_ROUTES = 50


@dataclass(frozen=True, slots=True)
class Traffic:
    """Messages of some days: `sent` really left, `failed` can't, `waiting` will; `received` came in from others."""

    sent: int = 0
    received: int = 0
    failed: int = 0
    waiting: int = 0

    def __add__(self, other: Traffic) -> Traffic:
        return Traffic(
            self.sent + other.sent, self.received + other.received, self.failed + other.failed,
            self.waiting + other.waiting,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stats:
    """A business in figures: messages by day without gaps, and how much it has of what. `sessions` are by state."""

    by_day: Mapping[date, Traffic]
    today: Traffic
    week: Traffic
    month: Traffic
    contacts: int
    conversations: int
    open_conversations: int
    users: int
    sessions: Mapping[str, int]


# Messages by day and by what became of them; through the indexes on when they were written and when they came.
_TRAFFIC = text("""
    select cast(created_at at time zone :zone as date) as day, case
        when status in ('sent', 'delivered', 'read') then 'sent' when status in ('failed', 'unknown') then 'failed'
        when status = 'cancelled' then 'cancelled' else 'waiting' end as what, count(*) as n
    from outbox where tenant_id = :tenant and created_at >= :since group by 1, 2
    union all
    select cast(received_at at time zone :zone as date), 'received', count(*)
    from messages where tenant_id = :tenant and received_at >= :since and not from_me group by 1
""")


def stats(tx: Tx, tenant: Tenant, days: int) -> Stats:
    """The figures of a business, by day for the last `days`. Two statements."""
    today = local_date(tx.now, tenant.timezone)
    week, month = today - timedelta(days=6), today.replace(day=1)
    first = min(today - timedelta(days=days - 1), week, month)
    since = datetime.combine(first, time(), ZoneInfo(tenant.timezone)).astimezone(UTC)
    counted: dict[date, Counter[str]] = {}
    for row in tx.execute(_TRAFFIC, {"tenant": tx.tenant, "zone": tenant.timezone, "since": since}):
        counted.setdefault(row.day, Counter())[row.what] += row.n
    traffic = {day: _traffic(found) for day, found in counted.items()}
    shown = (today - timedelta(days=n) for n in range(days - 1, -1, -1))
    totals = _totals(tx)
    return Stats(
        {day: traffic.get(day, Traffic()) for day in shown}, traffic.get(today, Traffic()), _sum(traffic, week),
        _sum(traffic, month), totals["contacts"], totals["conversations"], totals["open"], totals["users"],
        {name.removeprefix("session:"): n for name, n in totals.items() if name.startswith("session:")},
    )  # fmt: skip


def _traffic(found: Counter[str]) -> Traffic:
    return Traffic(found["sent"], found["received"], found["failed"], found["waiting"])


def _sum(traffic: Mapping[date, Traffic], since: date) -> Traffic:
    return sum((found for day, found in traffic.items() if day >= since), Traffic())


def _totals(tx: Tx) -> Counter[str]:
    mine = Conversation.tenant_id == tx.tenant
    people = Contact.tenant_id == tx.tenant, Contact.deleted_at.is_(None)
    statement = (
        select(literal("contacts"), func.count())
        .where(*people)
        .union_all(
            select(literal("conversations"), func.count()).where(mine),
            select(literal("open"), func.count()).where(mine, Conversation.closed_at.is_(None)),
            select(literal("users"), func.count()).where(User.tenant_id == tx.tenant, User.active),
            select(literal("session:") + WhatsAppSession.state, func.count())
            .where(WhatsAppSession.tenant_id == tx.tenant)
            .group_by(WhatsAppSession.state),
        )
    )
    return Counter({row[0]: row[1] for row in tx.execute(statement)})


def counted(tx: Tx, name: str) -> Mapping[str, int]:
    """What was counted of a limit, by day (`2025-02-13`) and month (`2025-02`), the latest first. One statement."""
    found = (
        select(UsageCounter.period, UsageCounter.used)
        .where(UsageCounter.tenant_id == tx.tenant, UsageCounter.name == name, UsageCounter.period != "")
        .order_by(UsageCounter.period.desc())
    )
    return {row[0]: row[1] for row in tx.execute(found)}


@dataclass(frozen=True, slots=True)
class Asked:
    """Requests of the API; `failures` of them were refused or failed."""

    requests: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class ApiUse:
    """Requests of the API in some days: altogether, by day without gaps, and the most by caller and by route."""

    total: Asked
    by_day: Mapping[date, Asked]
    by_caller: Mapping[str, Asked]
    by_route: Mapping[str, Asked]


def api_use(tx: Tx, days: int) -> ApiUse:
    """How the API was used in the last `days`. One statement."""
    today = tx.now.date()
    first = today - timedelta(days=days - 1)
    sums = func.sum(ApiUsage.requests), func.sum(ApiUsage.failures)
    statement = (
        select(ApiUsage.day, ApiUsage.caller, ApiUsage.route, *sums)
        .where(ApiUsage.tenant_id == tx.tenant, ApiUsage.day >= first)
        .group_by(func.grouping_sets(ApiUsage.day, ApiUsage.caller, ApiUsage.route))
        .order_by(sums[0].desc(), ApiUsage.caller, ApiUsage.route)
    )
    rows = tx.execute(statement).all()
    by_day = {row[0]: _asked(row) for row in rows if row[0] is not None}
    return ApiUse(
        Asked(sum(each.requests for each in by_day.values()), sum(each.failures for each in by_day.values())),
        {day: by_day.get(day, Asked()) for day in (first + timedelta(days=n) for n in range(days))},
        {row[1]: _asked(row) for row in rows if row[1] is not None},
        dict([(row[2], _asked(row)) for row in rows if row[2] is not None][:_MOST_ROUTES]),
    )


def _asked(row: Sequence[Any]) -> Asked:
    return Asked(int(row[3]), int(row[4]))
