"""Keys of the API that belong to a business's users: hashed, named, with scopes, shown once.

A key may do what its scopes name and its user's role allows. One for addresses (`in_address`) can do nothing but send,
and works there only while the tenant has it switched on.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select, update

from services.db.engine import Tx
from services.db.models import Tenant, User, UserKey
from services.errors import DomainError
from services.i18n import _
from services.tenants import audit, preferences, scopes
from services.tenants.actors import Actor, is_at_least
from services.tenants.keys import HINT_LENGTH, NOTED_EVERY, digest

PREFIX = "jrk_"
IN_ADDRESSES = "keys_in_addresses"
# More than any business needs; it keeps lists and a mistake in a program small.
MOST_KEYS = 100
LONGEST_LIFE = timedelta(days=3653)


@dataclass(frozen=True, slots=True)
class Holder:
    """A key that works, its user, and their business."""

    key: UserKey
    user: User
    tenant: Tenant


def create(
    tx: Tx, actor: Actor, user_id: int, name: str, wanted: Iterable[str], *, in_address: bool = False,
    expires_at: datetime | None = None,
) -> tuple[UserKey, str]:  # fmt: skip
    """Makes a key of a user of the tenant and returns it with its text, the only time that it can be seen.

    Raises `DomainError` `scope_unknown`, `scope_refused` for a key for addresses that could do more than send, or
    `bad_expiry`.
    """
    allowed = scopes.read(wanted)
    if in_address and allowed != [scopes.SENDING]:
        text = _("A key that stands in an address can only have the scope {scope}.", scope=scopes.SENDING)
        raise DomainError("scope_refused", text)
    if expires_at is not None and not tx.now < expires_at < tx.now + LONGEST_LIFE:
        raise DomainError("bad_expiry", _("A key ends within ten years from now, or never."))
    secret = PREFIX + secrets.token_urlsafe(32)
    key = UserKey(
        tenant_id=tx.tenant, user_id=user_id, name=name, hint=secret[:HINT_LENGTH], hash=digest(secret),
        scopes=allowed, in_address=in_address, created_at=tx.now,
        expires_at=expires_at and expires_at.astimezone(UTC),
    )  # fmt: skip
    tx.add(key)
    tx.flush()
    audit.record(tx, actor, "key.create", "user_keys", key.id, after={"name": name, "scopes": allowed})
    return key, secret


def verify(tx: Tx, secret: str) -> Holder | None:
    """The key that this is, in a platform transaction, or None; notes that it was used. One statement.

    The text from before a rotation works as long as it was given.

    Raises `DomainError` `api_key_revoked` for one that was ended or has lapsed.
    """
    hash_ = digest(secret)
    found = tx.execute(
        select(UserKey, User, Tenant)
        .join(User, (User.tenant_id == UserKey.tenant_id) & (User.id == UserKey.user_id))
        .join(Tenant, Tenant.id == UserKey.tenant_id)
        .where(or_(UserKey.hash == hash_, UserKey.former_hash == hash_))
    ).one_or_none()
    if found is None or not found.User.active:
        return None
    key: UserKey = found.UserKey
    until = key.expires_at if key.hash == hash_ else key.former_until
    if key.revoked_at is not None or (until is not None and until <= tx.now) or _is_over(tx, key):
        raise DomainError("api_key_revoked", _("This API key has been revoked. Ask for a new one."))
    if key.last_used_at is None or key.last_used_at < tx.now - NOTED_EVERY:
        mine = (UserKey.tenant_id == key.tenant_id) & (UserKey.id == key.id)
        tx.execute(update(UserKey).where(mine).values(last_used_at=tx.now))
    return Holder(key, found.User, found.Tenant)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who deals with keys: their role, and which user they are (None for the super admin by a key)."""

    role: str
    user_id: int | None

    @property
    def sees_all(self) -> bool:
        """Whether keys of others are this one's business too."""
        return is_at_least(self.role, "owner")


def issue(
    tx: Tx, actor: Actor, asker: Asker, tenant: Tenant, user_id: int | None, name: str, wanted: Iterable[str], *,
    in_address: bool = False, expires_at: datetime | None = None,
) -> tuple[UserKey, str]:  # fmt: skip
    """Makes a key for the one who asks, or for a user who may less; see `create`.

    Raises `DomainError` `user_required`, `user_unknown`, `role_refused`, `in_address_off`, `too_many_keys`, and as
    `create` does.
    """
    whose = _whose(tx, asker, user_id)
    if in_address and not preferences.value_of(tenant, IN_ADDRESSES):
        text = _("Keys in addresses are switched off here, because others may read them there. Switch on: {setting}",
                 setting=IN_ADDRESSES)  # fmt: skip
        raise DomainError("in_address_off", text, setting=IN_ADDRESSES)
    running = (UserKey.tenant_id == tx.tenant, UserKey.revoked_at.is_(None))
    if (tx.scalar(select(func.count()).select_from(UserKey).where(*running)) or 0) >= MOST_KEYS:
        text = _("There are {limit} keys already. Revoke those that nobody uses.", limit=MOST_KEYS)
        raise DomainError("too_many_keys", text, limit=MOST_KEYS)
    return create(tx, actor, whose.id, name, wanted, in_address=in_address, expires_at=expires_at)


def _whose(tx: Tx, asker: Asker, user_id: int | None) -> User:
    wanted = user_id or asker.user_id
    if wanted is None:
        raise DomainError("user_required", _("Say whose key it is to be: `userId`."))
    user = tx.get(User, (tx.tenant, wanted))
    if user is None or not user.active or (wanted != asker.user_id and not asker.sees_all):
        raise DomainError("user_unknown", _("There is no user {id}.", id=str(wanted)))
    if wanted != asker.user_id and is_at_least(user.role, asker.role):
        raise DomainError("role_refused", _("{name} makes their keys themselves.", name=user.name), role=user.role)
    return user


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which keys; those that were revoked or have lapsed only with `ended`."""

    user_id: int | None = None
    ended: bool = False


def listed(
    tx: Tx, asker: Asker, wanted: Wanted, order: Sequence[ColumnElement[object]], offset: int, limit: int
) -> tuple[Sequence[tuple[UserKey, str]], int]:
    """A page of the keys that are this one's business, with their users' names, and how many there are."""
    conditions = [UserKey.tenant_id == tx.tenant, *_seen_by(asker)]
    conditions += [] if wanted.user_id is None else [UserKey.user_id == wanted.user_id]
    if not wanted.ended:
        conditions += [UserKey.revoked_at.is_(None), or_(UserKey.expires_at.is_(None), UserKey.expires_at > tx.now)]
    page = _with_names().where(*conditions).order_by(*order, UserKey.id).offset(offset).limit(limit)
    total = tx.scalar(select(func.count()).select_from(UserKey).where(*conditions)) or 0
    return [(row[0], row[1]) for row in tx.execute(page)], total


def get(tx: Tx, asker: Asker, key_id: int) -> tuple[UserKey, str]:
    """One key that is this one's business, with its user's name; raises `DomainError` `api_key_unknown`."""
    mine = _with_names().where(UserKey.tenant_id == tx.tenant, UserKey.id == key_id, *_seen_by(asker))
    found = tx.execute(mine.with_for_update(of=UserKey, key_share=True)).one_or_none()
    if found is None:
        raise DomainError("api_key_unknown", _("There is no such API key."))
    return found[0], found[1]


def rename(tx: Tx, actor: Actor, asker: Asker, key_id: int, name: str) -> tuple[UserKey, str]:
    """Calls a key by another name."""
    key, user = get(tx, asker, key_id)
    if key.name != name:
        audit.record(tx, actor, "key.rename", "user_keys", key.id, before={"name": key.name}, after={"name": name})
        key.name = name
        tx.flush()
    return key, user


def rotate(tx: Tx, actor: Actor, asker: Asker, key_id: int, minutes: int) -> tuple[UserKey, str, str]:
    """Gives a key another text, returned with its user's name; the former works for so many minutes more.

    Raises `DomainError` `api_key_unknown`, or `api_key_ended` for one that works no more.
    """
    key, user = get(tx, asker, key_id)
    if key.revoked_at is not None or _is_over(tx, key):
        raise DomainError("api_key_ended", _("This API key works no more. Make a new one."))
    secret = PREFIX + secrets.token_urlsafe(32)
    key.former_hash, key.former_until = (key.hash, tx.now + timedelta(minutes=minutes)) if minutes else (None, None)
    key.hash, key.hint = digest(secret), secret[:HINT_LENGTH]
    tx.flush()
    audit.record(tx, actor, "key.rotate", "user_keys", key.id, after={"minutes": minutes})
    return key, user, secret


def revoke(tx: Tx, actor: Actor, asker: Asker, key_id: int) -> tuple[UserKey, str]:
    """Ends a key for good and at once; a second time changes nothing."""
    key, user = get(tx, asker, key_id)
    if key.revoked_at is None:
        key.revoked_at = tx.now
        tx.flush()
        audit.record(tx, actor, "key.revoke", "user_keys", key.id)
    return key, user


def revoke_all(tx: Tx, actor: Actor, user_id: int) -> None:
    """Ends all keys of a user of the tenant."""
    running = (UserKey.tenant_id == tx.tenant, UserKey.user_id == user_id, UserKey.revoked_at.is_(None))
    ended = tx.scalars(update(UserKey).where(*running).values(revoked_at=tx.now).returning(UserKey.id)).all()
    if ended:
        audit.record(tx, actor, "key.revoke_all", "users", user_id, after={"keys": list(ended)})


def _with_names() -> Select[UserKey, str]:
    return select(UserKey, User.name).join(
        User, (User.tenant_id == UserKey.tenant_id) & (User.id == UserKey.user_id)
    )  # fmt: skip


def _seen_by(asker: Asker) -> list[ColumnElement[bool]]:
    return [] if asker.sees_all else [UserKey.user_id == asker.user_id]


def _is_over(tx: Tx, key: UserKey) -> bool:
    return key.expires_at is not None and key.expires_at <= tx.now
