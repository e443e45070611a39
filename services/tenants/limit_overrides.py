"""What a business may use beyond its plan, or less: set by the super admin, for that business alone."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from services.db.engine import Tx
from services.db.models import Tenant
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit, limits
from services.tenants.actors import Actor
from services.tenants.plans import FEATURES, UNLIMITED

MOST = 1_000_000_000
# Messages that the API takes in a minute: nothing that is counted, so no plan names it.
A_MINUTE = "messages_minute"
KEYS = (*limits.NAMES, A_MINUTE)


def change(tx: Tx, actor: Actor, changes: Mapping[str, int | bool | None]) -> Tenant:
    """Sets limits (-1 is unlimited) and features of the tenant of this transaction; None takes back what was set.

    Raises `DomainError` `limit_unknown` or `bad_limit`.
    """
    for key, value in changes.items():
        _check(key, value)
    mine = select(Tenant).where(Tenant.id == tx.tenant).with_for_update(key_share=True)
    tenant = tx.scalars(mine.execution_options(populate_existing=True)).one()
    before = dict(tenant.limits)
    after = {key: value for key, value in {**before, **changes}.items() if value is not None}
    if after != before:
        tenant.limits = after
        tx.flush()
        audit.record(tx, actor, "tenant.limits", "tenants", tenant.id, before=before, after=after)
    return tenant


def _check(key: str, value: int | bool | None) -> None:
    if key not in KEYS and key not in FEATURES:
        text = _("There is no limit {word}. There are: {known}", word=key, known=", ".join([*KEYS, *FEATURES]))
        raise DomainError("limit_unknown", text, value=key)
    if value is None:
        return
    least = 1 if key == A_MINUTE else UNLIMITED
    is_fitting = type(value) is bool if key in FEATURES else type(value) is int and least <= value <= MOST
    if not is_fitting:
        raise DomainError(
            "bad_limit",
            _("{key} must be yes or no (true, false).", key=key) if key in FEATURES else
            _("{key} must be a whole number from {least} to {most}; -1 is unlimited.", key=key, least=least, most=MOST),
            name=key,
        )  # fmt: skip


def messages_a_minute(tenant: Tenant, usual: int) -> int:
    """How many messages the API takes for a tenant in a minute: what was set for it, else the `usual`."""
    override = tenant.limits.get(A_MINUTE)
    return override if type(override) is int else usual
