"""What AI credits were used for: by purpose, bot, day and model, and the entries of the account."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import AiCall, AiCredit, Chatbot, Tenant

# The calendar's days are put together of pieces as long as the offsets of all its zones allow.
_PIECE = timedelta(minutes=15)
_ZERO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Time:
    """From `begin` until before `end`, UTC."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Uses:
    """What some uses of models took together: `calls` were made, `failed` cost nothing. `seconds` are of speech."""

    calls: int = 0
    failed: int = 0
    credits: Decimal = Decimal(0)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class OfBot:
    """What a bot's customers took; no bot (None) for what belongs to none of them."""

    number: int | None
    name: str | None
    uses: Uses


@dataclass(frozen=True, slots=True)
class Report:
    """The uses of some days, taken apart in several ways; days without any are left out."""

    total: Uses
    by_purpose: Mapping[str, Uses]
    by_bot: Sequence[OfBot]
    by_day: Mapping[date, Uses]
    by_model: Mapping[str, Uses]


def days(timezone: str, first: date, last: date) -> Time:
    """The time from one day to another of a calendar, both included."""
    zone = ZoneInfo(timezone)
    begin = datetime.combine(first, time(), zone)
    return Time(begin.astimezone(UTC), datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC))


def month_of(tenant: Tenant, now: datetime) -> Time:
    """The month of the tenant's calendar."""
    first = local_date(now, tenant.timezone).replace(day=1)
    return days(tenant.timezone, first, last_of_month(first))


def last_of_month(day: date) -> date:
    """The last day of a day's month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def whole(amount: Decimal) -> int:
    """Credits as the API counts them: started ones."""
    return math.ceil(amount)


_FAILED = AiCall.outcome == "failed"
_SUMS: tuple[ColumnElement[Any], ...] = (
    func.count(), func.count().filter(_FAILED), func.coalesce(func.sum(AiCall.credits), 0),
    func.coalesce(func.sum(AiCall.prompt_tokens), 0), func.coalesce(func.sum(AiCall.completion_tokens), 0),
    func.coalesce(func.sum(AiCall.seconds), 0),
)  # fmt: skip


def _within(tx: Tx, when: Time) -> ColumnElement[bool]:
    return (AiCall.tenant_id == tx.tenant) & (AiCall.at >= when.begin) & (AiCall.at < when.end)


def spent(tx: Tx, when: Time) -> Decimal:
    """All the credits that were used."""
    return Decimal(tx.scalar(select(func.coalesce(func.sum(AiCall.credits), 0)).where(_within(tx, when))) or 0)


def by_purpose(tx: Tx, when: Time) -> Mapping[str, Uses]:
    """The uses for each purpose, the dearest first."""
    return _by(tx, when, AiCall.purpose)


def _by(tx: Tx, when: Time, column: InstrumentedAttribute[Any]) -> dict[Any, Uses]:
    statement = select(column, *_SUMS).where(_within(tx, when)).group_by(column)
    return {row[0]: _uses(row[1:]) for row in tx.execute(statement.order_by(_SUMS[2].desc(), column))}


def _uses(row: Sequence[Any]) -> Uses:
    calls, failed, credits, prompt, completion, seconds = row
    return Uses(calls, failed, Decimal(credits), int(prompt), int(completion), Decimal(seconds))


def by_bot(tx: Tx, when: Time) -> Sequence[OfBot]:
    """The uses of each bot's customers, the dearest first."""
    statement = (
        select(Chatbot.number, Chatbot.name, *_SUMS)
        .select_from(AiCall)
        .outerjoin(Chatbot, (Chatbot.tenant_id == AiCall.tenant_id) & (Chatbot.id == AiCall.chatbot_id))
        .where(_within(tx, when))
        .group_by(Chatbot.number, Chatbot.name)
        .order_by(_SUMS[2].desc(), Chatbot.number)
    )
    return [OfBot(row[0], row[1], _uses(row[2:])) for row in tx.execute(statement)]


def report(tx: Tx, timezone: str, first: date, last: date) -> Report:
    """What models were used for from one day to another, both included."""
    when = days(timezone, first, last)
    purposes = by_purpose(tx, when)
    models = {model or "": uses for model, uses in _by(tx, when, AiCall.model).items()}
    return Report(_added(purposes.values()), purposes, by_bot(tx, when), _by_day(tx, when, timezone), models)


def _by_day(tx: Tx, when: Time, timezone: str) -> Mapping[date, Uses]:
    piece = func.date_bin(_PIECE, AiCall.at, _ZERO).label("piece")
    statement = select(piece, *_SUMS).where(_within(tx, when)).group_by(piece).order_by(piece)
    found: dict[date, list[Uses]] = {}
    for row in tx.execute(statement):
        found.setdefault(local_date(row[0], timezone), []).append(_uses(row[1:]))
    return {day: _added(uses) for day, uses in found.items()}


def _added(several: Any) -> Uses:
    total = Uses()
    for each in several:
        total = Uses(
            total.calls + each.calls, total.failed + each.failed, total.credits + each.credits,
            total.prompt_tokens + each.prompt_tokens, total.completion_tokens + each.completion_tokens,
            total.seconds + each.seconds,
        )  # fmt: skip
    return total


def entries(tx: Tx, offset: int, limit: int) -> tuple[Sequence[AiCredit], int]:
    """A page of the account's entries, the newest first, and how many there are."""
    mine = AiCredit.tenant_id == tx.tenant
    found = tx.scalars(select(AiCredit).where(mine).order_by(AiCredit.id.desc()).offset(offset).limit(limit))
    return found.all(), tx.scalar(select(func.count()).select_from(AiCredit).where(mine)) or 0
