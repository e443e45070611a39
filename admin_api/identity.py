"""People who log in: with a password, which they can change, forget, or set because they were invited."""

from __future__ import annotations

import hashlib

from flask import Response

from admin_api.access import public, require_auth
from admin_api.doors import count_asking, entrance, own, suits, tokens, trying, trying_here, visitor
from admin_api.edge import actor, caller, edge
from admin_api.identity_shapes import (
    Acceptance,
    ForgottenPassword,
    LoginWanted,
    LogoutWanted,
    OwnChange,
    PasswordChange,
    PasswordReset,
    RefreshWanted,
    RowPath,
)
from admin_api.identity_shown import BusinessShown, Done, EndedShown, LoginShown, MeShown, TokensShown, UserShown
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Page, Paged
from services import queue
from services.db.models import Login
from services.tenants import entering, logins, users
from services.tenants.logins import LoggedIn

family = Family("identity", "Logging in", "For people: tokens, passwords, and where they are logged in.", "/auth")


@family.post("/login", Answer[TokensShown])
@public
def log_in(body: LoginWanted) -> Response:
    """Logs a person in. Whatever is wrong, the answer is the same; after some failures tries have to wait."""
    with trying(body.login):
        return ok(tokens(entering.log_in(entrance(), visitor(), body.login, body.password, suits(body.tenant))))


@family.post("/refresh", Answer[TokensShown])
@public
def refresh_tokens(body: RefreshWanted) -> Response:
    """The next pair of tokens. A refresh token works once; used again it ends the login."""
    with trying_here("refresh"):
        return ok(tokens(entering.go_on(entrance(), body.refresh_token)))


@family.post("/logout", Answer[EndedShown])
@require_auth(tenant="none")
def log_out(body: LogoutWanted) -> Response:
    """Ends this login at once, or all of this person's."""
    tenant, user_id = own()
    login_id = caller().login_id
    with edge().db.tenant(tenant.id) as tx:
        if body.everywhere or login_id is None:
            return ok(EndedShown(ended=logins.end_all(tx, actor(), user_id, "logged out everywhere")))
        logins.end(tx, actor(), user_id, login_id, "logged out")
    return ok(EndedShown(ended=1))


@family.get("/me", Answer[MeShown])
@require_auth(tenant="none")
def who_am_i() -> Response:
    """Who is logged in, and for which business."""
    tenant, user_id = own()
    with edge().db.tenant(tenant.id) as tx:
        return ok(MeShown(user=UserShown.of(users.get(tx, user_id)), tenant=BusinessShown.of(tenant)))


@family.patch("/me", Answer[MeShown])
@require_auth(tenant="none")
def change_me(body: OwnChange) -> Response:
    """Changes one's own name and language."""
    tenant, user_id = own()
    changes = body.model_dump(include=body.model_fields_set)
    if changes.get("name") is None:
        changes.pop("name", None)
    with edge().db.tenant(tenant.id) as tx:
        user = users.change_own(tx, actor(), user_id, changes)
    return ok(MeShown(user=UserShown.of(user), tenant=BusinessShown.of(tenant)))


@family.post("/password", Answer[EndedShown])
@require_auth(tenant="none")
def change_own_password(body: PasswordChange) -> Response:
    """Changes one's own password, and ends all other logins."""
    tenant, user_id = own()
    with edge().db.tenant(tenant.id) as tx:
        user, login = users.get(tx, user_id), tx.get_one(Login, (tenant.id, caller().login_id))
    with trying(f"user {tenant.id}-{user_id}@"):
        ended = entering.change_password(entrance(), LoggedIn(login, user, tenant), body.old, body.new)
    return ok(EndedShown(ended=ended))


@family.post("/password/forgot", Answer[Done], 202)
@public
def forgot_password(body: ForgottenPassword) -> Response:
    """Has a code for a new password sent by WhatsApp to the person's own number, if there is such a person."""
    count_asking()
    key = hashlib.sha256(f"{body.tenant}:{body.login}".encode(errors="replace")).hexdigest()[:32]
    with edge().db.system() as tx:
        queue.defer(tx, "reset_code", f"reset_code:{key}", login=body.login, tenant=body.tenant)
    return ok(Done(), 202)


@family.post("/password/reset", Answer[Done])
@public
def reset_forgotten_password(body: PasswordReset) -> Response:
    """Sets a new password with the code that came by WhatsApp, and ends all logins of that person."""
    with trying(body.login):
        entering.reset_password(entrance(), body.login, body.code, body.password, suits(body.tenant))
    return ok(Done())


@family.post("/invitations/accept", Answer[TokensShown])
@public
def accept_invitation(body: Acceptance) -> Response:
    """Sets the first password of somebody who was invited, and logs them in."""
    with trying_here("code"):
        return ok(tokens(entering.accept_invitation(entrance(), visitor(), body.code, body.password)))


@family.get("/logins", Paged[LoginShown])
@require_auth(tenant="none")
def list_logins(query: Page) -> Response:
    """Where this person is logged in, the newest first."""
    tenant, user_id = own()
    with edge().db.tenant(tenant.id) as tx:
        rows, total = logins.listed(tx, user_id, query.offset, query.per_page)
    return paged([LoginShown.of(each, caller().login_id) for each in rows], total, query.page, query.per_page)


@family.delete("/logins/<string:id>", Answer[Done])
@require_auth(tenant="none")
def end_login(path: RowPath) -> Response:
    """Ends one of one's own logins at once."""
    tenant, user_id = own()
    with edge().db.tenant(tenant.id) as tx:
        logins.end(tx, actor(), user_id, path.id, "ended from another login")
    return ok(Done())
