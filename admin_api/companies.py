"""Which tenant a request means: by number or company id, or the only one where there is only one."""

from __future__ import annotations

import re

from admin_api.edge import edge
from services.db.models import Tenant
from services.errors import DomainError
from services.i18n import Shown
from services.tenants import registration


def tenant_of(reference: str) -> Tenant:
    """The tenant that an address of the super admin names: by its number, else by its company id."""
    with edge().db.system() as tx:
        return registration.find(tx, reference, number_first=True)


def _company(company_id: str) -> Tenant:
    """The other way round: a company id may be a number."""
    with edge().db.system() as tx:
        return registration.find(tx, company_id)


def company_of(company_id: str | None) -> Tenant:
    """The company that a call of the gateway means.

    Raises `DomainError` `company_required`, `company_invalid` or `tenant_unknown`.
    """
    settings = edge().settings
    wanted = (company_id or "").strip()
    if wanted:
        check_company(wanted)
        return _company(wanted)
    if not settings.whatsapp_multi_tenant:
        found = _company(settings.default_company_id) if settings.default_company_id else _only()
        if found is not None:
            return found
    raise DomainError("company_required", Shown("Company ID is required in multi-tenant mode"))


def _only() -> Tenant | None:
    with edge().db.system() as tx:
        return registration.only(tx)


def check_company(company_id: str) -> None:
    """Refuses a company id that doesn't look like one, where they are checked."""
    settings = edge().settings
    matches = re.search(settings.whatsapp_company_id_pattern, company_id)
    if (settings.whatsapp_validate_company and not matches) or not company_id.isprintable():
        raise DomainError("company_invalid", Shown("Invalid company ID format"))
