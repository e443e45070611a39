"""An installation of a single business (`WHATSAPP_MULTI_TENANT=false`): which one it is, and what it mustn't become.

Calls that name no business mean that one. Another can't be registered, by nobody.
"""

from __future__ import annotations

from sqlalchemy import exists, or_, select

from services.db.engine import Tx
from services.db.models import Tenant
from services.errors import DomainError
from services.i18n import _
from services.settings import Settings


def require_first(tx: Tx) -> None:
    """Refuses another business where there is to be one only, in a platform transaction: `single_tenant`."""
    if not tx.policy.is_multi_tenant and tx.scalar(select(exists().where(~Tenant.is_platform))):
        raise closed()


def require_open(tx: Tx) -> None:
    """Refuses people who register themselves where there is to be one business only: `single_tenant`."""
    if not tx.policy.is_multi_tenant:
        raise closed()


def closed() -> DomainError:
    """The refusal of registrations where there is to be one business only."""
    return DomainError("single_tenant", _("This installation serves a single business; no other can be registered."))


def named(tx: Tx, wanted: str) -> Tenant:
    """The business that `DEFAULT_COMPANY_ID` names, in a platform transaction.

    Raises `DomainError` `default_company_unknown`.
    """
    found = _find(tx, wanted)
    if found is None:
        text = _("There is no business {slug} here, which DEFAULT_COMPANY_ID names. Correct that setting.", slug=wanted)
        raise DomainError("default_company_unknown", text, companyId=wanted)
    return found


def _find(tx: Tx, wanted: str) -> Tenant | None:
    matches = Tenant.slug == wanted
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
        return tx.scalars(
            select(Tenant).where(or_(matches, Tenant.id == int(wanted))).order_by(matches.desc()).limit(1)
        ).one_or_none()
    return tx.scalars(select(Tenant).where(matches)).one_or_none()


def misfits(tx: Tx, settings: Settings) -> list[tuple[str, str]]:
    """What the settings say that can't be with these tenants: (setting, what is wrong), in a platform transaction."""
    businesses = len(tx.scalars(select(Tenant.id).where(~Tenant.is_platform).limit(2)).all())
    found = []
    if not settings.whatsapp_isolate_auth and businesses > 1:
        wrong = "false would mix the keys of several businesses, and there are several here; set it to true"
        found.append(("WHATSAPP_ISOLATE_AUTH", wrong))
    if settings.whatsapp_multi_tenant or not businesses:
        return found
    wanted = settings.default_company_id
    if wanted is None and businesses > 1:
        wrong = "there are several businesses here; say in DEFAULT_COMPANY_ID which one calls mean, or set this to true"
        found.append(("WHATSAPP_MULTI_TENANT", wrong))
    if wanted is not None and _find(tx, wanted) is None:
        wrong = f"there is no business “{wanted}” here; `GET /admin/tenants` lists the company ids"
        found.append(("DEFAULT_COMPANY_ID", wrong))
    return found
