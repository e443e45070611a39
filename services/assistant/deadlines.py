"""When a request should be answered by: hours by its priority, never within the tenant's quiet hours. Pure rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import cast

from services.db.models import Tenant
from services.db.models.actions import PRIORITIES
from services.lending.hours import quiet_until
from services.tenants.preferences import value_of

# Parts of the hours that the tenant has set.
_SHARE = {"urgent": Fraction(1, 4), "high": Fraction(1, 2), "medium": Fraction(1), "low": Fraction(2)}


def due_at(tenant: Tenant, priority: str, asked_at: datetime) -> datetime | None:
    """The moment, in UTC, by which a request of this priority is to be answered; None when the tenant wants none."""
    hours = cast("int | None", value_of(tenant, "sla"))
    if hours is None:
        return None
    return waking(tenant, asked_at + timedelta(seconds=int(hours * 3600 * _SHARE[priority])))


def waking(tenant: Tenant, moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours in which it falls."""
    return quiet_until(tenant, moment) or moment


def raised(priority: str) -> str:
    """The next higher priority."""
    return PRIORITIES[min(rank(priority) + 1, len(PRIORITIES) - 1)]


def rank(priority: str) -> int:
    """How urgent a priority is; the most urgent has the highest rank."""
    return PRIORITIES.index(priority)
