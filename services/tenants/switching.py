"""What the super admin decides of a business: whether it works, by which plan, and with which limits of its own.

Each function works in the business's own transaction and locks its row.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from services.clock import local_date
from services.db.engine import Tx
from services.db.models import Subscription, Tenant, WhatsAppSession
from services.errors import DomainError
from services.i18n import _
from services.messaging.sending import SIMULATED
from services.tenants import audit, life, limits, sessions, subscriptions
from services.tenants.actors import Actor
from services.tenants.plans import FEATURES, PLANS

MOST = 10**9
_TO_DECIDE = frozenset({"pending_approval", "rejected"})


def lock(tx: Tx) -> Tenant:
    """The tenant of this transaction as it is now, locked against others who would change it."""
    statement = select(Tenant).where(Tenant.id == tx.tenant).with_for_update(key_share=True)
    return tx.scalars(statement.execution_options(populate_existing=True)).one()


def _open(tx: Tx) -> Tenant:
    tenant = lock(tx)
    if tenant.status == "closed":
        raise DomainError("tenant_closed", _("{name} is closed.", name=tenant.name))
    return tenant


def set_enabled(tx: Tx, actor: Actor, enabled: bool | None, reason: str | None = None) -> Tenant:
    """Switches the tenant on or off (None: the other way round) with its sessions; those that were paired come back.

    Raises `DomainError` `tenant_closed`, `needs_approval` or `platform_tenant`.
    """
    tenant = _open(tx)
    before = tenant.status
    wanted = not life.works(before) if enabled is None else enabled
    if before in _TO_DECIDE:
        text = _("{name} has to be approved first: approve {slug}", name=tenant.name, slug=tenant.slug)
        raise DomainError("needs_approval", text, status=before)
    if tenant.is_platform and not wanted:
        raise DomainError("platform_tenant", _("The platform's own tenant can't be switched off."))
    if life.works(before) if wanted else before == "inactive":
        return tenant
    after = standing(tx, tenant) if wanted else "inactive"
    life.move(tx, actor, tenant, after, reason)
    for each in _session_ids(tx):
        session = sessions.get(tx, each)
        if not wanted:
            sessions.stop(tx, actor, session)
        elif before == "inactive":
            resume(tx, actor, session)
    return tenant


def standing(tx: Tx, tenant: Tenant) -> str:
    """The status that a working tenant has by its subscription: `active`, `trial`, or `past_due` when that is over."""
    found = tx.get(Subscription, tx.tenant)
    if found is None or found.period_to is None:
        return "active"
    if found.period_to <= local_date(tx.now, tenant.timezone):
        return "past_due"
    return "trial" if found.cycle == "trial" else "active"


def _session_ids(tx: Tx) -> list[int]:
    return list(tx.scalars(select(WhatsAppSession.id).where(WhatsAppSession.tenant_id == tx.tenant)))


def resume(tx: Tx, actor: Actor, session: WhatsAppSession) -> None:
    """Brings back a session that was paired, or a simulated one, which needs no pairing; others stay as they are."""
    if session.device is not None:
        sessions.start(tx, actor, session)
    elif session.provider == SIMULATED and session.state == "stopped":
        session.desired_state = "connected"
        sessions.move(tx, session, "new", "asked for")


def set_status(tx: Tx, actor: Actor, status: str, reason: str | None = None) -> Tenant:
    """Brings the tenant into a status with all that this means for its numbers.

    Approving, rejecting, closing and reopening have functions of their own. Raises `DomainError` `status_refused`,
    and those of `set_enabled`.
    """
    tenant = _open(tx)
    if tenant.status == status:
        return tenant
    if status == "inactive":
        return set_enabled(tx, actor, False, reason)
    if tenant.is_platform or status in (*_TO_DECIDE, "closed") or tenant.status in _TO_DECIDE:
        raise life.refused(tenant.status, status)
    if tenant.status == "inactive":
        set_enabled(tx, actor, True, reason)
    life.move(tx, actor, tenant, status, reason)
    return tenant


def set_plan(tx: Tx, actor: Actor, plan: str) -> Tenant:
    """Moves the tenant to another plan; what it has already stays, even beyond the new limits."""
    if plan not in PLANS:
        known = ", ".join(PLANS)
        text = _("“{word}” isn't known here. Example: {example}", word=plan, example=known)
        raise DomainError("plan_unknown", text, value=plan, example=known)
    tenant = _open(tx)
    if tenant.plan != plan:
        audit.record(tx, actor, "tenant.plan", "tenants", tenant.id, before={"plan": tenant.plan}, after={"plan": plan})
        tenant.plan = plan
        tx.flush()
        subscriptions.follow_plan(tx, plan)
    return tenant


def set_limits(tx: Tx, actor: Actor, given: Mapping[str, object]) -> Tenant:
    """Gives the tenant limits (whole numbers, -1 is unlimited) and features (true or false) of its own; None takes
    one away, so that the plan's holds. Raises `DomainError` `limit_unknown` or `bad_limit`.
    """
    for key, value in given.items():
        _check_limit(key, value)
    tenant = _open(tx)
    before = dict(tenant.limits)
    after = {key: value for key, value in {**before, **given}.items() if value is not None}
    if after != before:
        audit.record(
            tx, actor, "tenant.limits", "tenants", tenant.id,
            before={"limits": _only(before, given)}, after={"limits": _only(after, given)},
        )  # fmt: skip
        tenant.limits = after
        tx.flush()
    return tenant


def _only(limits_: Mapping[str, object], keys: Mapping[str, object]) -> dict[str, object]:
    return {key: limits_.get(key) for key in keys}


def _check_limit(key: str, value: object) -> None:
    known = (*limits.NAMES, *FEATURES)
    if key not in known:
        text = _("There is no limit “{key}”. There are: {known}.", key=key, known=", ".join(known))
        raise DomainError("limit_unknown", text, key=key, known=list(known))
    fits = isinstance(value, bool) if key in FEATURES else type(value) is int and -1 <= value <= MOST
    if value is not None and not fits:
        example = "true" if key in FEATURES else "-1"
        text = _("That is no value for {key}. Example: {example}", key=key, example=example)
        raise DomainError("bad_limit", text, key=key)
