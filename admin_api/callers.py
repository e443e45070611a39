"""Who asks: the super admin, a person who is logged in, or a business's key."""

from __future__ import annotations

from dataclasses import dataclass

from services.db.models import Tenant
from services.tenants.actors import Actor
from services.tenants.logins import LoggedIn
from services.tenants.user_keys import Holder

SUPER_ADMIN = "super_admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks. `id` names them in records and `name` in the log; `scopes` None: whatever the role allows.

    `tenant` is their business; the super admin by a key has none.
    """

    kind: str
    id: str
    name: str
    role: str
    tenant: Tenant | None = None
    user_id: int | None = None
    login_id: int | None = None
    scopes: frozenset[str] | None = None
    in_address: bool = False

    @property
    def actor(self) -> Actor:
        """The same, as the records name them."""
        return Actor(self.kind, self.id, self.role)

    @property
    def is_super_admin(self) -> bool:
        return self.role == SUPER_ADMIN


def by_platform_key(name: str) -> Caller:
    """A super admin's key."""
    return Caller("api_key", name, name, SUPER_ADMIN)


def by_login(found: LoggedIn) -> Caller:
    """A person who is logged in."""
    user = found.user
    return Caller(
        "user", user.phone, f"user:{user.id}", user.role, found.tenant, user.id, found.login.id
    )  # fmt: skip


def by_user_key(found: Holder) -> Caller:
    """A business's key; it acts for its user."""
    key, user = found.key, found.user
    return Caller(
        "api_key", f"{key.id} {key.name}", f"key:{key.id}", user.role, found.tenant, user.id,
        scopes=frozenset(key.scopes), in_address=key.in_address,
    )  # fmt: skip
