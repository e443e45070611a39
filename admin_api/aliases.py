"""Addresses under which other systems offered the same: each is one more name of a route, and nothing else.

A parameter is called here as the route calls it; on the wire it is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Response

from admin_api import approval, contact_files, contacts, health, tenants, usage_v1
from admin_api.routing import Family


@dataclass(frozen=True, slots=True)
class Alias:
    """One more address of a family's view."""

    method: str
    rule: str
    family: Family
    view: Callable[..., Response]


ALIASES: Sequence[Alias] = (
    Alias("get", "/admin/users", tenants.family, tenants.tenants),
    Alias("post", "/admin/users/<string:id>/approve", approval.family, approval.approve_tenant),
    Alias("post", "/admin/users/<string:id>/reject", approval.family, approval.reject_tenant),
    Alias("get", "/api/status", health.family, health.health),
    Alias("get", "/api/v1/health/detailed", health.family, health.health),
    Alias("get", "/api/usage/<string:id>", usage_v1.family, usage_v1.usage_of_tenant),
    Alias("get", "/api/stats/<string:id>", usage_v1.family, usage_v1.stats_of_tenant),
    Alias("get", "/contacts", contacts.family, contacts.list_contacts),
    Alias("post", "/contacts/sync", contact_files.family, contact_files.sync_contacts),
    Alias("delete", "/contacts/<string:id>", contacts.family, contacts.delete_contact),
)


def aliases() -> Family:
    """All of them, as a family of their own."""
    family = Family("aliases", "Aliases", "The same under the addresses of other systems.")
    for each in ALIASES:
        family.also_at(each.method, each.rule, each.family, each.view)
    return family
