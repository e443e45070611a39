"""Which tenant a request means: by number or company id, or the only one where there is only one."""

from __future__ import annotations

import re

from admin_api import tenancy
from admin_api.edge import caller, edge
from admin_api.guard import route_access
from services.db.models import Tenant
from services.errors import DomainError
from services.i18n import Shown
from services.tenants import registration


def tenant_of(reference: str) -> Tenant:
    """The tenant that an address names: by its number, else by its company id; for others than the super admin there
    is only their own. Raises `DomainError` `tenant_unknown` or `tenant_mismatch`.
    """
    return _admitted(_find(reference, number_first=True))


def _company(company_id: str) -> Tenant:
    """The other way round: a company id may be a number."""
    return _admitted(_find(company_id, number_first=False))


def _find(reference: str, *, number_first: bool) -> Tenant:
    own = caller().tenant
    if own is not None and not caller().is_super_admin:
        if reference not in (own.slug, str(own.id)):
            raise registration.unknown(reference)
        return own
    with edge().db.system() as tx:
        return registration.find(tx, reference, number_first=number_first)


def _admitted(found: Tenant) -> Tenant:
    return tenancy.admit(tenancy.require_same(found), route_access())


def company_of(company_id: str | None) -> Tenant:
    """The company that a call of the gateway means.

    Raises `DomainError` `company_required`, `company_invalid`, `tenant_unknown` or `default_company_unknown`.
    """
    settings = edge().settings
    wanted = (company_id or "").strip()
    if wanted:
        check_company(wanted)
        return _company(wanted)
    own = caller().tenant
    if own is not None and not caller().is_super_admin:
        return _admitted(own)
    if not settings.whatsapp_multi_tenant:
        with edge().db.system() as tx:
            found = tenancy.the_one(tx)
        if found is not None:
            return _admitted(found)
    raise DomainError("company_required", Shown("Company ID is required in multi-tenant mode"))


def check_company(company_id: str) -> None:
    """Refuses a company id that doesn't look like one, where they are checked."""
    settings = edge().settings
    matches = re.search(settings.whatsapp_company_id_pattern, company_id)
    if (settings.whatsapp_validate_company and not matches) or not company_id.isprintable():
        raise DomainError("company_invalid", Shown("Invalid company ID format"))
