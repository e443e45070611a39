"""Keys of a business: programs act with them for one of its users, as far as their scopes go."""

from __future__ import annotations

from flask import Response

from admin_api.access import require_auth, require_plan, require_role
from admin_api.companies import tenant_of
from admin_api.edge import actor, caller, edge
from admin_api.identity_shapes import KeyChange, KeysWanted, KeyWanted, RotationWanted, RowPath, TenantRowPath
from admin_api.identity_shown import KeyMade, KeyShown, ScopeShown, ScopesShown
from admin_api.lists import Sortable, order
from admin_api.replies import locale, ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Paged, TenantPath
from admin_api.tenancy import tenant
from services.db.models import UserKey
from services.tenants import user_keys
from services.tenants.scopes import SCOPES
from services.tenants.user_keys import Asker, Wanted

_ABOUT = "Keys for programs: what each may do, when it was last used, and how to replace it."
family = Family("keys", "Keys", _ABOUT, "/api/v1")
admin = Family("tenant_keys", "Keys", _ABOUT, "/admin/tenant")

_SORTABLE: Sortable = {
    "id": UserKey.id, "name": UserKey.name, "userId": UserKey.user_id, "createdAt": UserKey.created_at,
    "lastUsedAt": UserKey.last_used_at, "expiresAt": UserKey.expires_at,
}  # fmt: skip


def _asker() -> Asker:
    return Asker(caller().role, caller().user_id)


@family.get("/scopes", Answer[ScopesShown])
@require_auth(tenant="none")
def list_scopes() -> Response:
    """Everything that a key may be allowed to do."""
    shown = [ScopeShown(scope=scope, about=text.render(locale())) for scope, text in SCOPES.items()]
    return ok(ScopesShown(scopes=shown))


@family.get("/keys", Paged[KeyShown])
@require_role("manager")
def list_keys(query: KeysWanted) -> Response:
    """The keys that work: an owner sees all of the business, a manager their own."""
    return _page(tenant().id, query)


def _page(tenant_id: int, query: KeysWanted) -> Response:
    sorting = order(_SORTABLE, query.sort, "id")
    with edge().db.tenant(tenant_id) as tx:
        wanted = Wanted(query.user_id, query.ended)
        rows, total = user_keys.listed(tx, _asker(), wanted, sorting, query.offset, query.per_page)
    return paged([KeyShown.of(*each) for each in rows], total, query.page, query.per_page)


@family.post("/keys", Answer[KeyMade], 201)
@require_role("manager")
@require_plan("api_keys")
def create_key(body: KeyWanted) -> Response:
    """Makes a key; its text is in this answer and never again."""
    with edge().db.tenant(tenant().id) as tx:
        key, secret = user_keys.issue(
            tx, actor(), _asker(), tenant(), body.user_id, body.name, body.scopes, in_address=body.in_address,
            expires_at=body.expires_at,
        )  # fmt: skip
        found, user = user_keys.get(tx, _asker(), key.id)
    return ok(_made(found, user, secret), 201)


def _made(key: UserKey, user: str, secret: str) -> KeyMade:
    return KeyMade(**KeyShown.of(key, user).model_dump(), key=secret)


@family.get("/keys/<string:id>", Answer[KeyShown])
@require_role("manager")
def show_key(path: RowPath) -> Response:
    """One key."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(KeyShown.of(*user_keys.get(tx, _asker(), path.id)))


@family.patch("/keys/<string:id>", Answer[KeyShown])
@require_role("manager")
def rename_key(path: RowPath, body: KeyChange) -> Response:
    """Calls a key by another name."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(KeyShown.of(*user_keys.rename(tx, actor(), _asker(), path.id, body.name)))


@family.post("/keys/<string:id>/rotate", Answer[KeyMade])
@require_role("manager")
def rotate_key(path: RowPath, body: RotationWanted) -> Response:
    """Gives a key another text, in this answer and never again; the former ends now or after some minutes."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(_made(*user_keys.rotate(tx, actor(), _asker(), path.id, body.grace_minutes)))


@family.delete("/keys/<string:id>", Answer[KeyShown])
@require_role("manager")
def revoke_key(path: RowPath) -> Response:
    """Ends a key for good and at once; a second time changes nothing."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(KeyShown.of(*user_keys.revoke(tx, actor(), _asker(), path.id)))


@admin.get("/<string:id>/keys", Paged[KeyShown])
@require_role("super_admin")
def keys_of_tenant(path: TenantPath, query: KeysWanted) -> Response:
    """The keys of a business."""
    return _page(tenant_of(path.id).id, query)


@admin.delete("/<string:tenant>/keys/<string:id>", Answer[KeyShown])
@require_role("super_admin")
def revoke_key_of_tenant(path: TenantRowPath) -> Response:
    """Ends a key of a business for good and at once."""
    with edge().db.tenant(tenant_of(path.tenant).id) as tx:
        return ok(KeyShown.of(*user_keys.revoke(tx, actor(), _asker(), path.id)))
