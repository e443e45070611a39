"""How people get in: with a password, with a code that sets one, with a token that gets the next.

Slow work (hashing) is done between transactions, and the same for people who aren't known as for those who are, so that
neither an answer nor the time it takes tells who has an account.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from services.db.engine import Database, Tx
from services.db.models import Tenant, User
from services.errors import DomainError
from services.i18n import _
from services.phone import normalise_phone
from services.tenants import audit, codes, logins, passwords, users
from services.tenants.actors import Actor
from services.tenants.logins import LoggedIn

# One number or address in more businesses than this is nobody's.
_MOST = 50
Suits = Callable[[Tenant], bool]


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where people get in: the database, what codes are hashed with, and for how many days a login holds."""

    db: Database
    code_key: str
    days: int


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where somebody comes: their address in the network, and what they call their program."""

    address: str | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A user with their business."""

    user: User
    tenant: Tenant


@dataclass(frozen=True, slots=True)
class Entered:
    """A login that began or goes on, with its refresh token, shown only now."""

    found: LoggedIn
    refresh_token: str


def people(tx: Tx, written: str) -> Sequence[Person]:
    """Who may be meant by an e-mail address or a number in any spelling, in a platform transaction; two statements.

    A number is read for each business as people of its country write it. Whoever logged in last comes first.
    """
    countries = tx.scalars(select(Tenant.country).distinct()).all()
    numbers = {country: _digits(written, country) for country in countries}
    statement = (
        select(User, Tenant)
        .join(Tenant, Tenant.id == User.tenant_id)
        .where(
            or_(func.lower(User.email) == written.lower(), User.phone.in_(sorted(set(filter(None, numbers.values()))))),
            User.active,
            Tenant.erased_at.is_(None),
        )
        .order_by(User.password_hash.is_(None), User.last_login_at.desc().nulls_last(), User.tenant_id, User.id)
        .limit(_MOST)
    )
    by_mail = written.lower()
    return [
        Person(user, tenant)
        for user, tenant in tx.execute(statement)
        if (user.email or "").lower() == by_mail or user.phone == numbers.get(tenant.country)
    ]


def _digits(written: str, country: str) -> str:
    return (normalise_phone(written, country) or "").removeprefix("+")


def log_in(at: Entrance, visitor: Visitor, written: str, password: str, suits: Suits) -> Entered:
    """Logs somebody in whose business `suits`; one password is checked, whoever it is.

    Of several businesses in which somebody has a password it is the one that they were in last. Raises `DomainError`
    `login_failed` for whatever is wrong.
    """
    with at.db.system() as tx:
        found = next((each for each in people(tx, written) if suits(each.tenant) and each.user.password_hash), None)
    kept = None if found is None else found.user.password_hash
    if not passwords.matches(kept, password) or found is None or kept is None:
        raise _failed()
    anew = passwords.make(password) if passwords.is_outdated(kept) else None
    with at.db.tenant(found.tenant.id) as tx:
        user = users.locked(tx, found.user.id)
        if user is None or not user.active or user.password_hash != kept:
            raise _failed()
        user.password_hash = anew or kept
        return _enter(tx, at, visitor, user, found.tenant)


def _enter(tx: Tx, at: Entrance, visitor: Visitor, user: User, tenant: Tenant) -> Entered:
    login, token = logins.begin(tx, user, at.days, address=visitor.address, agent=visitor.agent)
    audit.record(tx, _as(user), "login.begin", "logins", login.id)
    return Entered(LoggedIn(login, user, tenant), token)


def _failed() -> DomainError:
    text = _(
        "This login or password isn't right. Who belongs to several businesses names the one that is meant (`tenant`)."
    )
    return DomainError("login_failed", text)


def go_on(at: Entrance, token: str) -> Entered:
    """The next pair of tokens for a refresh token, which works once; raises `DomainError` `token_invalid`."""
    with at.db.system() as tx:
        found = logins.refresh(tx, token)
    if found is None:
        raise logins.invalid()
    return Entered(*found)


def change_password(at: Entrance, person: LoggedIn, old: str, new: str) -> int:
    """Gives a person who is logged in another password and ends their other logins; returns how many.

    Raises `DomainError` `password_wrong` or `password_weak`.
    """
    user = person.user
    kept = user.password_hash
    if not passwords.matches(kept, old):
        raise _wrong_password()
    check(user, person.tenant, new)
    hashed = passwords.make(new)
    with at.db.tenant(user.tenant_id) as tx:
        locked = users.locked(tx, user.id)
        if locked is None or locked.password_hash != kept:
            raise _wrong_password()
        return _set(tx, locked, hashed, "user.password", but=person.login.id)


def _wrong_password() -> DomainError:
    return DomainError("password_wrong", _("The old password isn't right."))


def reset_password(at: Entrance, written: str, code: str, new: str, suits: Suits) -> None:
    """Sets the password of whoever has the code, and ends all their logins.

    Raises `DomainError` `code_wrong`, one for everything that can be wrong with login and code, or `password_weak`.
    """
    passwords.check(new, written)
    with at.db.system() as tx:
        found = [each for each in people(tx, written) if suits(each.tenant)]
        right = codes.attempt(tx, at.code_key, [(each.tenant.id, each.user.id) for each in found], code)
    person = next((each for each in found if right and (each.tenant.id, each.user.id) == right.whose), None)
    if right is None or person is None:
        raise codes.wrong()
    check(person.user, person.tenant, new)
    hashed = passwords.make(new)
    with at.db.tenant(right.tenant_id) as tx:
        _set(tx, _using(tx, right), hashed, "user.reset_password")


def accept_invitation(at: Entrance, visitor: Visitor, code: str, new: str) -> Entered:
    """Sets the first password of whoever was invited, and logs them in.

    Raises `DomainError` `code_wrong` or `password_weak`.
    """
    with at.db.system() as tx:
        found = codes.invited(tx, at.code_key, code)
    if found is None:
        raise codes.wrong()
    right, user, tenant = found
    check(user, tenant, new)
    hashed = passwords.make(new)
    with at.db.tenant(right.tenant_id) as tx:
        user = _using(tx, right)
        _set(tx, user, hashed, "user.accept_invitation")
        return _enter(tx, at, visitor, user, tenant)


def _using(tx: Tx, right: codes.Found) -> User:
    user = users.locked(tx, right.user_id)
    codes.use(tx, right)
    if user is None or not user.active:
        raise codes.wrong()
    return user


def _set(tx: Tx, user: User, hashed: str, action: str, *, but: int | None = None) -> int:
    """Whoever can set a password makes what was sent to set one useless."""
    user.password_hash, user.password_at = hashed, tx.now
    codes.end(tx, user)
    tx.flush()
    audit.record(tx, _as(user), action, "users", user.id)
    return logins.end_all(tx, _as(user), user.id, "password changed", but=but)


def check(user: User, tenant: Tenant, password: str) -> None:
    """Refuses a password that others would guess of this user: `password_weak`."""
    passwords.check(password, user.name, user.phone, user.email, tenant.name, tenant.slug)


def _as(user: User) -> Actor:
    return Actor("user", user.phone, user.role)
