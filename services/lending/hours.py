"""The hour of a tenant's daily round, in its own time zone: a pure rule, exact when clocks are changed.

An hour that a day doesn't have is the next moment that it has; one that it has twice is the first of the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from services.db.models import Tenant
from services.tenants.preference_values import is_within
from services.tenants.preferences import value_of


def at_hour(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which a clock in `zone` first shows `hour` or later on a day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)


def next_round(tenant: Tenant, now: datetime) -> datetime:
    """When the tenant's next daily round is due; not later than `now` when one is due already.

    A day that has passed has no round any more: the next one sees to it. A tenant begins with the first time that its
    hour comes after it was registered.
    """
    zone = ZoneInfo(tenant.timezone)
    hour = cast(int, value_of(tenant, "reminder_hour"))
    done = tenant.daily_on or (tenant.created_at.astimezone(zone).replace(tzinfo=None) - timedelta(hours=hour)).date()
    day = max(done + timedelta(days=1), now.astimezone(zone).date())
    moment = at_hour(day, hour, zone)
    # A clock put forward at midnight can leave the last hour out altogether.
    return moment if moment.astimezone(zone).date() == day else at_hour(day + timedelta(days=1), hour, zone)


def quiet_until(tenant: Tenant, now: datetime) -> datetime | None:
    """When the quiet hours end, in UTC, if it is quiet now in the tenant's zone."""
    quiet = cast("Sequence[int] | None", value_of(tenant, "quiet_hours"))
    zone = ZoneInfo(tenant.timezone)
    local = now.astimezone(zone)
    if quiet is None or not is_within(local.hour, quiet):
        return None
    begin, end = quiet
    ends_tomorrow = begin > end and local.hour >= begin
    return at_hour(local.date() + timedelta(days=1 if ends_tomorrow else 0), end, zone)
