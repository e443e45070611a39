"""Who does something, as the records name them."""

from __future__ import annotations

from dataclasses import dataclass

# What each role may do. `read` looks, `book` moves money, `people` changes contacts, `manage` changes settings.
PERMISSIONS = {
    "super_admin": frozenset({"read", "book", "people", "manage", "platform"}),
    "owner": frozenset({"read", "book", "people", "manage"}),
    "manager": frozenset({"read", "book", "people", "manage"}),
    "staff": frozenset({"read", "book", "people"}),
    "read_only": frozenset({"read"}),
}

# From who may least to who may most.
RANKS = ("read_only", "staff", "manager", "owner", "super_admin")


def is_at_least(role: str, least: str) -> bool:
    """Whether a role may whatever `least` may."""
    return role in RANKS and RANKS.index(role) >= RANKS.index(least)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: `kind` is `user`, `contact` or `system`; `id` is unique within the tenant and kind."""

    kind: str
    id: str
    role: str

    def may(self, permission: str) -> bool:
        return permission in PERMISSIONS.get(self.role, frozenset())


SYSTEM = Actor("system", "juragan", "system")
