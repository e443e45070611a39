"""The super admin's decision about a business that registered itself: it may try, or it may not. In its transaction."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from services.db.engine import Tx
from services.db.models import Tenant, User, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.messaging.sending import SIMULATED
from services.settings import Settings
from services.tenants import life, notifications, registration, sessions, subscriptions, switching, system_settings
from services.tenants.actors import Actor
from services.tenants.plans import UNLIMITED

LONGEST_TRIAL = 365


@dataclass(frozen=True, slots=True)
class Terms:
    """On what a business begins. `trial_days` None: as the installation has it; without a trial it has no end.

    `plan` None: `basic` while it tries, else `free`.
    """

    plan: str | None = None
    trial_days: int | None = None
    skip_trial: bool = False


def approve(tx: Tx, settings: Settings, actor: Actor, terms: Terms | None = None) -> Tenant:
    """Gives a business its number and begins its trial; the owner is told what to do next.

    Of several at once one approves. Raises `DomainError` `already_approved`, `status_refused`, `number_taken` or
    `plan_unknown`.
    """
    terms = terms or Terms()
    if terms.plan is not None:
        registration.plan_known(terms.plan)
    tenant = _to_decide(tx, "trial")
    _add_session(tx, settings, actor, tenant)
    days = terms.trial_days
    if days is None:
        days = int(system_settings.value(tx, settings, "trial_period"))
    until = None if terms.skip_trial or days == 0 else _begin_trial(tx, actor, tenant, days, terms.plan)
    if until is None:
        tenant.plan = terms.plan or "free"
        life.move(tx, actor, tenant, "active")
    _let_users(tx, True)
    notifications.tell(tx, tx.tenant, "approved", {"plan": tenant.plan, "until": until})
    return tenant


def _begin_trial(tx: Tx, actor: Actor, tenant: Tenant, days: int, plan: str | None) -> str:
    found = subscriptions.begin_trial(tx, actor, tenant, days)
    if plan is not None:
        found.plan = tenant.plan = plan
        tx.flush()
    return str(found.period_to)


def _add_session(tx: Tx, settings: Settings, actor: Actor, tenant: Tenant) -> None:
    has_one = select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant).limit(1)
    if tx.scalar(has_one) is not None:
        return
    assert tenant.phone is not None
    session = sessions.add(tx, actor, "main", tenant.phone, settings.whatsapp_provider, UNLIMITED)
    if session.provider == SIMULATED:
        session.desired_state = "connected"
        tx.flush()


def _let_users(tx: Tx, active: bool) -> None:
    tx.execute(update(User).where(User.tenant_id == tx.tenant, User.role == "owner").values(active=active))


def reject(tx: Tx, actor: Actor, reason: str | None) -> Tenant:
    """Turns a business down; its owner is told why, and may register anew.

    Raises `DomainError` `already_rejected` or `status_refused`.
    """
    tenant = _to_decide(tx, "rejected")
    life.move(tx, actor, tenant, "rejected", reason)
    _let_users(tx, False)
    notifications.tell(tx, tx.tenant, "rejected", {"reason": reason})
    return tenant


def _to_decide(tx: Tx, wanted: str) -> Tenant:
    tenant = switching.lock(tx)
    if tenant.status == "pending_approval" or (tenant.status == "rejected" and wanted != "rejected"):
        return tenant
    name, status = tenant.name, tenant.status
    if status == "rejected":
        raise DomainError("already_rejected", _("{name} was turned down already.", name=name), status=status)
    if wanted != "rejected" and life.works(status):
        raise DomainError("already_approved", _("{name} was approved already.", name=name), status=status)
    raise life.refused(status, wanted)
