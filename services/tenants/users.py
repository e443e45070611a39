"""People who act for a business: who they are, what they may, and that there are never more than the plan allows.

A business always has an owner. Super admins are named in the settings (`SUPER_ADMIN_NUMBERS`) and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from services import queue
from services.db.engine import Tx
from services.db.models import Tenant, User
from services.errors import DomainError
from services.i18n import _
from services.messaging.sending import NumberRule
from services.tenants import audit, limits, logins, user_keys
from services.tenants.actors import Actor, is_at_least
from services.tenants.preferences import read_language

OWNER, SUPER_ADMIN = "owner", "super_admin"
INVITED_EVERY = timedelta(minutes=1)
_TOLD = ("name", "phone", "email", "role", "locale", "active")


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody who is to act for the business; `phone` and `language` as people write them."""

    name: str
    phone: str
    role: str
    email: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which users; `q` is part of a name, number or e-mail address."""

    role: str | None = None
    active: bool | None = None
    q: str | None = None


def listed(
    tx: Tx, wanted: Wanted, order: Sequence[ColumnElement[object]], offset: int, limit: int
) -> tuple[Sequence[User], int]:
    """A page of the tenant's users and how many there are."""
    conditions = [User.tenant_id == tx.tenant]
    conditions += [] if wanted.role is None else [User.role == wanted.role]
    conditions += [] if wanted.active is None else [User.active.is_(wanted.active)]
    if wanted.q:
        conditions.append(
            or_(*(each.icontains(wanted.q, autoescape=True) for each in (User.name, User.phone, User.email)))
        )
    page = select(User).where(*conditions).order_by(*order, User.id).offset(offset).limit(limit)
    total = tx.scalar(select(func.count()).select_from(User).where(*conditions)) or 0
    return tx.scalars(page).all(), total


def get(tx: Tx, user_id: int) -> User:
    """One user of the tenant; raises `DomainError` `user_unknown`."""
    found = tx.get(User, (tx.tenant, user_id))
    if found is None:
        raise DomainError("user_unknown", _("There is no user {id}.", id=str(user_id)))
    return found


def add(tx: Tx, actor: Actor, rule: NumberRule, new: NewUser) -> User:
    """Lets somebody act for the tenant; of several at once for the last place one gets it.

    Raises `DomainError` `role_refused`, `bad_phone`, `phone_blocked`, `bad_language`, `user_exists`, `email_taken` or
    `limit_reached`.
    """
    tenant = _locked_tenant(tx)
    _require_role(actor, new.role)
    user = User(
        tenant_id=tx.tenant, name=new.name, phone=rule.read(new.phone, tenant.country), role=new.role, email=new.email,
        locale=_language(new.language), active=True, created_at=tx.now,
    )  # fmt: skip
    limits.take(tx, tenant, "users")
    tx.add(user)
    _write(tx)
    audit.record(tx, actor, "user.create", "users", user.id, after=_told(user))
    return user


def change(tx: Tx, actor: Actor, me: int | None, rule: NumberRule, user_id: int, changes: Mapping[str, object]) -> User:
    """Changes some of `name`, `phone`, `email`, `role`, `language`, `active` of a user; `me` is who does it.

    Whoever is switched off has no logins and keys any more. Raises `DomainError` as `add` does, and `user_unknown`,
    `own_role`, `last_owner`.
    """
    tenant, user = _locked_tenant(tx), get(tx, user_id)
    before = _told(user)
    if changes.keys() & {"phone", "role", "active"}:
        _require_not_named_in_settings(user)
    if "role" in changes and changes["role"] != user.role:
        _require_other(me, user)
        _require_role(actor, str(changes["role"]))
        _require_another_owner(tx, user)
        user.role = str(changes["role"])
    if "active" in changes and changes["active"] is not user.active:
        _switch(tx, actor, me, tenant, user, active=bool(changes["active"]))
    if "phone" in changes:
        user.phone = rule.read(str(changes["phone"]), tenant.country)
    _describe(user, changes)
    _write(tx)
    return _changed(tx, actor, user, before)


def change_own(tx: Tx, actor: Actor, user_id: int, changes: Mapping[str, object]) -> User:
    """Changes a person's own `name` and `language`."""
    user = get(tx, user_id)
    before = _told(user)
    _describe(user, {key: value for key, value in changes.items() if key in ("name", "language")})
    tx.flush()
    return _changed(tx, actor, user, before)


def _describe(user: User, changes: Mapping[str, object]) -> None:
    if "name" in changes:
        user.name = str(changes["name"])
    if "email" in changes:
        user.email = None if changes["email"] is None else str(changes["email"])
    if "language" in changes:
        user.locale = _language(None if changes["language"] is None else str(changes["language"]))


def _changed(tx: Tx, actor: Actor, user: User, before: dict[str, object]) -> User:
    after = _told(user)
    differing = [key for key in after if after[key] != before[key]]
    if differing:
        was, now = ({key: each[key] for key in differing} for each in (before, after))
        audit.record(tx, actor, "user.change", "users", user.id, before=was, after=now)
    return user


def _switch(tx: Tx, actor: Actor, me: int | None, tenant: Tenant, user: User, *, active: bool) -> None:
    if active:
        limits.take(tx, tenant, "users")
    else:
        _require_other(me, user)
        _require_another_owner(tx, user)
        logins.end_all(tx, actor, user.id, "switched off")
        user_keys.revoke_all(tx, actor, user.id)
    user.active = active


def remove(tx: Tx, actor: Actor, me: int | None, user_id: int) -> None:
    """Takes somebody away from the business, with their logins and keys; what they did stays in the records.

    Raises `DomainError` `user_unknown`, `own_role`, `last_owner` or `role_refused`.
    """
    _locked_tenant(tx)
    user = get(tx, user_id)
    _require_not_named_in_settings(user)
    _require_other(me, user)
    _require_another_owner(tx, user)
    tx.execute(delete(User).where(User.tenant_id == tx.tenant, User.id == user_id))
    audit.record(tx, actor, "user.delete", "users", user_id, before=_told(user))


def invite(tx: Tx, actor: Actor, user: User) -> User:
    """Has a code sent to a user by which they set their password.

    Raises `DomainError` `user_off`, `password_set` for who has one, or `rate_limited` for an invitation just sent.
    """
    if not user.active:
        raise DomainError("user_off", _("{name} is switched off.", name=user.name))
    if user.password_hash is not None:
        text = _("{name} has a password already; who forgot it can have it reset.", name=user.name)
        raise DomainError("password_set", text)
    if user.invited_at is not None and user.invited_at > tx.now - INVITED_EVERY:
        seconds = int((user.invited_at + INVITED_EVERY - tx.now).total_seconds()) + 1
        raise DomainError("rate_limited", _("An invitation was sent just now."), retryAfter=seconds)
    user.invited_at = tx.now
    tx.flush()
    queue.defer(tx, "invite", f"invite:{tx.tenant}:{user.id}", user_id=user.id)
    audit.record(tx, actor, "user.invite", "users", user.id)
    return user


def locked(tx: Tx, user_id: int) -> User | None:
    """A user of the tenant as they are now, kept from being changed by others."""
    mine = select(User).where(User.tenant_id == tx.tenant, User.id == user_id)
    found = mine.with_for_update(key_share=True).execution_options(populate_existing=True)
    return tx.scalars(found).one_or_none()


def _locked_tenant(tx: Tx) -> Tenant:
    """Users of a business change one after the other, so that owners and places are counted exactly."""
    return tx.scalars(select(Tenant).where(Tenant.id == tx.tenant).with_for_update(key_share=True)).one()


def _require_role(actor: Actor, role: str) -> None:
    if role == SUPER_ADMIN or not is_at_least(actor.role, role):
        raise DomainError("role_refused", _("You can't give the role {role}.", role=role), role=role)


def _require_not_named_in_settings(user: User) -> None:
    if user.role == SUPER_ADMIN:
        text = _("Who is super admin, the setting SUPER_ADMIN_NUMBERS says.")
        raise DomainError("role_refused", text, role=user.role)


def _require_other(me: int | None, user: User) -> None:
    if user.id == me:
        raise DomainError("own_role", _("Nobody changes their own role or takes themselves away. Ask another owner."))


def _require_another_owner(tx: Tx, user: User) -> None:
    if user.role != OWNER or not user.active:
        return
    others = (User.tenant_id == tx.tenant, User.role == OWNER, User.active, User.id != user.id)
    if not tx.scalar(select(func.count()).select_from(User).where(*others)):
        raise DomainError(
            "last_owner", _("{name} is the only owner. Make somebody else an owner first.", name=user.name)
        )


def _language(written: str | None) -> str | None:
    locale = None if written is None else read_language(written)
    if written is not None and locale is None:
        text = _("“{word}” isn't known here. Example: {example}", word=written, example="id, en")
        raise DomainError("bad_language", text, value=written)
    return locale


def _write(tx: Tx) -> None:
    try:
        tx.flush()
    except IntegrityError as error:
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        if name == "uq_users_tenant_id_phone":
            raise DomainError("user_exists", _("There is a user with this number already.")) from None
        if name == "uq_users_email":
            raise DomainError("email_taken", _("There is a user with this e-mail address already.")) from None
        raise


def _told(user: User) -> dict[str, object]:
    return {key: getattr(user, key) for key in _TOLD}
