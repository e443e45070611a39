"""What the routes share by which people get in: how often one may try, from where they come, and what they get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import current_app, request

from admin_api import tenancy
from admin_api.edge import caller, edge
from admin_api.identity_shown import BusinessShown, TokensShown, UserShown
from services.db.models import Tenant
from services.errors import DomainError
from services.i18n import _
from services.tenants import codes, logins
from services.tenants.entering import Entered, Entrance, Suits, Visitor
from services.tenants.throttling import Patience, Throttle

_NAME = "juragan.throttle"
# Whoever shares an address, as in an office, has more tries; who guesses from many, fewer in all than it would take.
_HERE, _ADDRESS, _LOGIN = Patience(5), Patience(30, longest=300), Patience(20, longest=120)
_ASKING = Patience(10, first=10)
_GUESSES = frozenset({"login_failed", "password_wrong", "code_wrong", "token_invalid"})
_LONGEST_AGENT = 200


def entrance() -> Entrance:
    """Where people get in."""
    here = edge()
    return Entrance(here.db, codes.key_of(here.settings), here.settings.refresh_token_days)


def visitor() -> Visitor:
    """From where this request comes."""
    agent = "".join(filter(str.isprintable, request.user_agent.string))
    return Visitor(request.remote_addr, agent[:_LONGEST_AGENT] or None)


def suits(wanted: str | None) -> Suits:
    """Whether a business is the one that a request names, if it names one: in its body, a header, or the sub-domain."""

    def fits(tenant: Tenant) -> bool:
        try:
            tenancy.require_same(tenant)
        except DomainError:
            return False
        return wanted is None or wanted in (tenant.slug, str(tenant.id))

    return fits


@contextmanager
def trying(login: str) -> Iterator[None]:
    """Lets one be tried who gives a password or code for this login; after failures, each time later."""
    key, address = _plain(login), request.remote_addr or ""
    here = f"login:{key}|{address}"
    tries = {here: _HERE, f"address:{address}": _ADDRESS, f"login:{key}": _LOGIN}
    with _counted(tries, here):
        yield


@contextmanager
def trying_here(what: str) -> Iterator[None]:
    """The same for what says by itself whose it is, such as a token."""
    with _counted({f"{what}:{request.remote_addr or ''}": _ADDRESS}):
        yield


@contextmanager
def _counted(tries: Mapping[str, Patience], *forget: str) -> Iterator[None]:
    """Only a wrong guess counts; a new password that is too weak is none."""
    _throttle().begin(tries)
    try:
        yield
    except DomainError as refusal:
        if refusal.code not in _GUESSES:
            _throttle().succeed(tries)
        raise
    _throttle().succeed(tries, *forget)


def count_asking() -> None:
    """Counts somebody who has something sent to a number; each time is one, whoever they name."""
    _throttle().begin({f"asking:{request.remote_addr or ''}": _ASKING})


def tokens(entered: Entered) -> TokensShown:
    """What a person gets who got in."""
    here, found = edge(), entered.found
    minutes = here.settings.access_token_minutes
    return TokensShown(
        access_token=logins.access_token(found.login, here.signing_key(), here.db.clock.now(), minutes),
        refresh_token=entered.refresh_token, expires_in=minutes * 60, user=UserShown.of(found.user),
        tenant=BusinessShown.of(found.tenant),
    )  # fmt: skip


def own() -> tuple[Tenant, int]:
    """The business and the user's number of whoever asks; raises `DomainError` `login_required` for a key."""
    who = caller()
    if who.tenant is None or who.user_id is None or who.login_id is None:
        raise DomainError("login_required", _("This is for people who are logged in, not for keys."))
    return tenancy.require_same(who.tenant), who.user_id


def _throttle() -> Throttle:
    found: Throttle = current_app.extensions.setdefault(_NAME, Throttle(edge().ticking))
    return found


def _plain(login: str) -> str:
    """One word for all spellings of a login: a number by its last digits, however it begins."""
    digits = "".join(filter(str.isdigit, login))
    return digits[-9:] if "@" not in login and digits else login.casefold()
