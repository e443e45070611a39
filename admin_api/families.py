"""Every family of routes, in the order in which the documents show them."""

from __future__ import annotations

from collections.abc import Sequence

from admin_api import gateway, health, notifications, sessions, tenants, usage
from admin_api.aliases import aliases
from admin_api.routing import Family

FAMILIES: Sequence[Family] = (
    tenants.family,
    usage.family,
    sessions.admin,
    notifications.family,
    gateway.family,
    sessions.family,
    health.family,
    health.figures,
    aliases(),
)
