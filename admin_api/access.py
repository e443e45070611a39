"""Who may call a route: declared on it by decorators, enforced for all of them in one place (`guard`).

A family takes no route without a declaration. Parameters are checked after the caller was, so that nobody learns
anything from the way in which a request is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from services.tenants.actors import RANKS
from services.tenants.plans import FEATURES
from services.tenants.scopes import SCOPES

View = TypeVar("View", bound=Callable[..., Any])
_NAME = "__access__"

Where = Literal["header", "named", "none"]


@dataclass(frozen=True, slots=True)
class Access:
    """What a route wants of its caller.

    `role` is the least one, None for everybody; `scope` what a tenant's key must be allowed (None: none of them may);
    `feature` what the plan must have; with `subscribed` the tenant must do business. `tenant` tells how it is found:
    by the caller and the headers, named within the request (`company_of`, `tenant_of`), or not at all.
    """

    role: str | None = None
    scope: str | None = None
    feature: str | None = None
    subscribed: bool = False
    tenant: Where = "none"

    @property
    def words(self) -> str:
        """The same for people who read the documents."""
        if self.role is None:
            return "Needs no key."
        if self.role == "super_admin":
            return "For the super admin."
        parts = [f"Role `{self.role}` or more"]
        parts.append(f"a key needs the scope `{self.scope}`" if self.scope else "keys of businesses may not")
        if self.feature:
            parts.append(f"the plan needs `{self.feature}`")
        if self.subscribed:
            parts.append("the business must be in trial, active or past due")
        return "; ".join(parts) + "."


def access_of(view: object) -> Access | None:
    """What was declared of a view."""
    found = getattr(view, _NAME, None)
    return found if isinstance(found, Access) else None


def public(view: View) -> View:
    """Everybody may call this, without any key."""
    return _declare(view, Access())


def require_auth(scope: str | None = None, *, tenant: Where = "header") -> Callable[[View], View]:
    """Whoever is known here may call this."""
    return require_role("read_only", scope, tenant=tenant)


def require_role(role: str, scope: str | None = None, *, tenant: Where = "header") -> Callable[[View], View]:
    """Whoever has at least this role may; keys of tenants need the scope, and without one none of them may."""
    if role not in RANKS or (scope is not None and scope not in SCOPES):
        raise ValueError(f"no such role or scope: {role}, {scope}")
    where: Where = "none" if role == "super_admin" else tenant

    def declare(view: View) -> View:
        before = access_of(view) or Access()
        return _declare(view, replace(before, role=role, scope=scope, tenant=where))

    return declare


def require_plan(feature: str) -> Callable[[View], View]:
    """The tenant's plan must have this; stands below `require_role`."""
    if feature not in FEATURES:
        raise ValueError(f"no such feature: {feature}")
    return lambda view: _declare(view, replace(access_of(view) or Access(), feature=feature))


def require_subscription(view: View) -> View:
    """The tenant must do business (trial, active, past due); stands below `require_role`."""
    return _declare(view, replace(access_of(view) or Access(), subscribed=True))


def _declare(view: View, access: Access) -> View:
    setattr(view, _NAME, access)
    return view
