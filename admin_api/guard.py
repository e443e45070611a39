"""Who may ask: before each request its caller is found, and refused unless the route's declaration lets them in."""

from __future__ import annotations

from flask import current_app, g, request

from admin_api import bodies, limiting, tenancy
from admin_api.access import Access, access_of
from admin_api.callers import Caller
from admin_api.edge import edge
from services.errors import DomainError
from services.i18n import _
from services.tenants.actors import is_at_least


def given_key() -> str | None:
    """The key of this request: `X-API-Key`, or `Authorization: Bearer`, which also carries access tokens.

    Where routers send messages it may stand in the body or in the address.
    """
    key = request.headers.get("X-API-Key")
    if key is None and request.authorization is not None and request.authorization.type == "bearer":
        key = request.authorization.token
    if key is None:
        key = bodies.given_in_body() or bodies.given_in_address()
    return key or None


def route_access() -> Access:
    """What the route of this request wants; a page that describes the API wants nothing."""
    found = access_of(current_app.view_functions[request.endpoint or ""])
    return found or Access()


def guard() -> None:
    """Before each request: finds its caller and tenant, and refuses whoever the route doesn't want."""
    if request.url_rule is None:
        return
    access, key = route_access(), given_key()
    if key is None or edge().is_document(request.endpoint):
        if access.role is not None:
            raise DomainError("api_key_missing", _("Send your API key in the header X-API-Key."))
        return
    if access.role is None:
        _welcome(key)
        return
    who = _checked(key)
    require(access, who)
    if access.tenant == "header":
        tenancy.find(access)


def _checked(key: str) -> Caller:
    """Whose key it is, counted and known to the rest of the request."""
    who: Caller = edge().keys.check(key, request.remote_addr or "", edge().signing_key)
    g.caller = who
    limiting.admit(who)
    return who


def _welcome(key: str) -> None:
    """On an open route a caller is known if they can be; who comes for a new token brings one that has ended."""
    try:
        _checked(key)
    except DomainError as refusal:
        if refusal.code not in ("token_expired", "token_invalid"):
            raise


def require(access: Access, who: Caller) -> None:
    """Refuses a caller whose role or scopes don't suffice: `forbidden` or `scope_required`."""
    if access.role is not None and not is_at_least(who.role, access.role):
        raise DomainError("forbidden", _("Your role {role} may not do this.", role=who.role))
    if who.scopes is not None and access.scope not in who.scopes:
        text = _("This API key may not do this; it needs the scope {scope}.", scope=access.scope or "–")
        raise DomainError("scope_required", text, scope=access.scope)
