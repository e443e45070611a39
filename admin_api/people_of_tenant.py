"""The users of a business: its owner says who acts for it, and what they may; the super admin sees them of any."""

from __future__ import annotations

from flask import Response

from admin_api.access import require_role
from admin_api.companies import tenant_of
from admin_api.edge import actor, caller, edge
from admin_api.identity_shapes import RowPath, TenantRowPath, UserChange, UsersWanted, UserWanted
from admin_api.identity_shown import CodeMade, Done, UserShown
from admin_api.lists import Sortable, order
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Paged, TenantPath
from admin_api.tenancy import tenant
from services.db.models import User
from services.tenants import audit, codes, users
from services.tenants.users import NewUser, Wanted

family = Family("users", "Users", "People who act for a business, and their roles.", "/api/v1/users")
admin = Family("tenant_users", "Users", "People who act for a business, and their roles.", "/admin")

_SORTABLE: Sortable = {
    "id": User.id, "name": User.name, "phone": User.phone, "email": User.email, "role": User.role,
    "active": User.active, "createdAt": User.created_at, "lastLoginAt": User.last_login_at,
}  # fmt: skip
_NEVER_NULL = ("name", "phone", "role", "active")


@family.get("", Paged[UserShown])
@require_role("manager", "users:read")
def list_users(query: UsersWanted) -> Response:
    """Who acts for the business."""
    return _page(tenant().id, query)


def _page(tenant_id: int, query: UsersWanted) -> Response:
    sorting = order(_SORTABLE, query.sort, "id")
    with edge().db.tenant(tenant_id) as tx:
        wanted = Wanted(query.role, query.active, query.q)
        rows, total = users.listed(tx, wanted, sorting, query.offset, query.per_page)
    return paged([UserShown.of(each) for each in rows], total, query.page, query.per_page)


@family.post("", Answer[UserShown], 201)
@require_role("owner")
def create_user(body: UserWanted) -> Response:
    """Lets somebody act for the business, and sends them a code to set a password with unless `invite` is false."""
    new = NewUser(body.name, body.phone, body.role, body.email, body.language)
    with edge().db.tenant(tenant().id) as tx:
        user = users.add(tx, actor(), edge().rule, new)
        return ok(UserShown.of(users.invite(tx, actor(), user) if body.invite else user), 201)


@family.get("/<string:id>", Answer[UserShown])
@require_role("manager", "users:read")
def show_user(path: RowPath) -> Response:
    """One user."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(UserShown.of(users.get(tx, path.id)))


@family.patch("/<string:id>", Answer[UserShown])
@require_role("owner")
def change_user(path: RowPath, body: UserChange) -> Response:
    """Changes a user. Who is switched off has no logins and keys any more; there is always an owner."""
    given = body.model_dump(include=body.model_fields_set)
    changes = {key: value for key, value in given.items() if value is not None or key not in _NEVER_NULL}
    with edge().db.tenant(tenant().id) as tx:
        return ok(UserShown.of(users.change(tx, actor(), caller().user_id, edge().rule, path.id, changes)))


@family.delete("/<string:id>", Answer[Done])
@require_role("owner")
def delete_user(path: RowPath) -> Response:
    """Takes somebody away from the business; what they did stays in its records."""
    with edge().db.tenant(tenant().id) as tx:
        users.remove(tx, actor(), caller().user_id, path.id)
    return ok(Done())


@family.post("/<string:id>/invite", Answer[UserShown])
@require_role("owner")
def invite_user(path: RowPath) -> Response:
    """Sends a code to set a password with once more; the one before ends."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(UserShown.of(users.invite(tx, actor(), users.get(tx, path.id))))


@admin.get("/tenant/<string:id>/users", Paged[UserShown])
@require_role("super_admin")
def users_of_tenant(path: TenantPath, query: UsersWanted) -> Response:
    """Who acts for a business."""
    return _page(tenant_of(path.id).id, query)


@admin.delete("/tenant/<string:tenant>/users/<string:id>", Answer[Done])
@require_role("super_admin")
def delete_user_of_tenant(path: TenantRowPath) -> Response:
    """Takes somebody away from a business; its last owner stays."""
    with edge().db.tenant(tenant_of(path.tenant).id) as tx:
        users.remove(tx, actor(), caller().user_id, path.id)
    return ok(Done())


@admin.post("/users/<string:tenant>/<string:id>/reset-code", Answer[CodeMade], 201)
@require_role("super_admin")
def make_reset_code(path: TenantRowPath) -> Response:
    """Makes a code by which a user sets a new password, to be told to them: for who can't be reached by WhatsApp."""
    with edge().db.tenant(tenant_of(path.tenant).id) as tx:
        user = users.get(tx, path.id)
        code, text = codes.make(tx, codes.key_of(edge().settings), user, "reset")
        audit.record(tx, actor(), "user.reset_code", "users", user.id)
    return ok(CodeMade(code=text, expires_at=code.expires_at), 201)
