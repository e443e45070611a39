"""Which business a request is about: the caller's own, or the one that a super admin names; never two that disagree."""

from __future__ import annotations

from flask import g, request

from admin_api.access import Access
from admin_api.callers import Caller
from admin_api.edge import caller, edge
from services.db.engine import Tx
from services.db.models import Tenant
from services.errors import DomainError
from services.i18n import _
from services.tenants import life, registration, single
from services.tenants.plans import FEATURES, feature

ID, SLUG = "X-Tenant-ID", "X-Tenant-Slug"
_NO_TENANTS = frozenset({"www", "api", "app"})


def tenant() -> Tenant:
    """The business of this request, as the guard found it."""
    found: Tenant = g.tenant
    return found


def find(access: Access) -> None:
    """Finds the business by caller, headers and sub-domain, and refuses what it may not.

    Raises `DomainError` `tenant_mismatch`, `tenant_required`, `tenant_unknown`, and those of `admit`.
    """
    who = caller()
    found = _own(who) if not who.is_super_admin else _named()
    g.tenant = admit(found, access)


def admit(found: Tenant, access: Access) -> Tenant:
    """The same tenant if its plan and subscription allow the route; the super admin may always.

    Raises `DomainError` `plan_required` or `subscription_required`.
    """
    if caller().is_super_admin:
        return found
    if access.subscribed and not life.works(found.status):
        text = _("This needs a subscription that runs. Your business is “{status}”.", status=found.status)
        raise DomainError("subscription_required", text, status=found.status)
    if access.feature is not None and not feature(found.plan, found.limits, access.feature):
        plans = sorted(FEATURES[access.feature])
        text = _("Your plan {plan} doesn't have this; these do: {plans}", plan=found.plan, plans=", ".join(plans))
        raise DomainError("plan_required", text, feature=access.feature, plans=plans)
    return found


def require_same(found: Tenant) -> Tenant:
    """The tenant that an address names, unless a header or the sub-domain names another."""
    if not _agrees(found):
        raise mismatch()
    return found


def _own(who: Caller) -> Tenant:
    assert who.tenant is not None
    if not _agrees(who.tenant):
        raise mismatch()
    return who.tenant


def _agrees(found: Tenant) -> bool:
    number, slug = _header(ID), _header(SLUG)
    return number in (None, str(found.id)) and slug in (None, found.slug) and _subdomain() in (None, found.slug)


def _named() -> Tenant:
    """The one that a super admin names; in an installation with a single business that one, unless named."""
    words = [word for word in (_header(ID), _header(SLUG), _subdomain()) if word is not None]
    with edge().db.system() as tx:
        found = registration.find(tx, words[0], number_first=True) if words else the_one(tx)
    if found is None:
        raise DomainError("tenant_required", _("Say which business: send the header X-Tenant-ID or X-Tenant-Slug."))
    return require_same(found)


def the_one(tx: Tx) -> Tenant | None:
    """The business that calls mean which name none: `DEFAULT_COMPANY_ID` where there is to be one only, else the only
    one. Raises `DomainError` `default_company_unknown`.
    """
    settings = edge().settings
    if settings.whatsapp_multi_tenant or settings.default_company_id is None:
        return registration.only(tx)
    return single.named(tx, settings.default_company_id)


def mismatch() -> DomainError:
    """The refusal of a request that names two businesses."""
    return DomainError("tenant_mismatch", _("This request names another business than yours, or two at once."))


def _header(name: str) -> str | None:
    return (request.headers.get(name) or "").strip() or None


def _subdomain() -> str | None:
    domain = edge().settings.http_domain
    host = request.host.partition(":")[0].lower().rstrip(".")
    if domain is None or not host.endswith(f".{domain.lower()}"):
        return None
    name = host.removesuffix(f".{domain.lower()}")
    return None if name in _NO_TENANTS else name
