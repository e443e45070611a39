"""A business's settings and its own data, as the API changes them: what `set` does by a word, also by JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import exists, select

from services.db.engine import Tx
from services.db.models import LedgerEntry, Tenant
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit, switching
from services.tenants.actors import Actor
from services.tenants.preferences import PREFERENCES, change, value_of

_LONGEST = 1000


def all_of(tenant: Tenant) -> dict[str, Any]:
    """Every setting with what it is; None is off."""
    return {key: value_of(tenant, key) for key in PREFERENCES}


def set_all(tx: Tx, actor: Actor, given: Mapping[str, object]) -> Tenant:
    """Changes some settings, all or none: by an owner's words (`"21-8"`) or by values (`[21, 8]`, false, None for off).

    Raises `DomainError` `unknown_setting`, `bad_setting`, `quiet_reminders` or `currency_in_use`.
    """
    tenant = switching.lock(tx)
    before = {key: value_of(tenant, key) for key in given if key in PREFERENCES}
    if "quiet_hours" in given and "reminder_hour" in given:
        # Each is checked beside the other: the new ones have to fit, not one new and one old.
        tenant.preferences = {**tenant.preferences, "quiet_hours": None}
    for key in sorted(given, key=lambda each: each == "quiet_hours"):
        _set(tx, actor, tenant, key, given[key], before.get(key))
    tx.flush()
    return tenant


def require_known(keys: Iterable[str]) -> None:
    """Refuses what is no setting: `unknown_setting`."""
    strange = next((key for key in keys if key not in PREFERENCES), None)
    if strange is not None:
        known = ", ".join(sorted(PREFERENCES))
        text = _("There is no setting “{key}”. There are: {keys}.", key=strange, keys=known)
        raise DomainError("unknown_setting", text)


def _set(tx: Tx, actor: Actor, tenant: Tenant, key: str, value: object, before: object) -> None:
    if key == "currency" and tx.scalar(select(exists().where(LedgerEntry.tenant_id == tx.tenant))):
        raise DomainError("currency_in_use", _("The currency can't change any more: your book has entries in it."))
    change(tenant, key, _word(key, value))
    after = value_of(tenant, key)
    if before != after:
        audit.record(
            tx, actor, "tenant.set", "tenants", tenant.id, before={key: before}, after={key: after}
        )  # fmt: skip


def _word(key: str, value: object) -> str:
    """A value as an owner would write it."""
    if isinstance(value, bool) or value is None:
        return "on" if value else "off"
    if not isinstance(value, list):
        return str(value)[:_LONGEST]
    words = [mark.join(map(str, value)) for mark in (",", "-")]
    preference = PREFERENCES.get(key)
    return next((word for word in words if preference is None or preference.read(word) is not None), words[0])


def set_profile(tx: Tx, actor: Actor, given: Mapping[str, str | None]) -> Tenant:
    """Changes the business's `name` or `email`; the name is read as the setting is."""
    tenant = switching.lock(tx)
    if "name" in given:
        _set(tx, actor, tenant, "name", given["name"] or "", tenant.name)
    if "email" in given and given["email"] != tenant.email:
        before: dict[str, object] = {"email": tenant.email}
        after: dict[str, object] = {"email": given["email"]}
        audit.record(tx, actor, "tenant.set", "tenants", tenant.id, before=before, after=after)
        tenant.email = given["email"]
    tx.flush()
    return tenant
