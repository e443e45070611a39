"""Keys of a business: what they may do, how long, who makes and ends them, and how one is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.clock import VirtualClock
from services.db.models import Tenant
from services.tenants import user_keys
from services.tenants.scopes import SCOPES
from tests.admin_api.conftest import Api, Business, counted
from tests.db.asking import rows

KEYS = "/api/v1/keys"
WANTED: dict[str, Any] = {"name": "Router", "scopes": ["messages:send", "users:read"]}
PROBE = "/api/v1/users"


def using(shop: Business, made: Any) -> Api:
    return Api(shop.app, shop.db, {"X-API-Key": made["key"]})


def test_a_key_is_shown_once_and_works_until_it_is_revoked(shop: Business, rival: Business, database_url: Any) -> None:
    owner, stranger = shop.as_user(), rival.as_user()
    with capture_logs() as log:
        made = owner.post(KEYS, WANTED, 201)["data"]
        program = using(shop, made)
        program.get(PROBE)
    assert made["scopes"] == WANTED["scopes"]
    kept = "".join(str(rows(database_url, f"select * from {each}")) for each in ("user_keys", "audit_log")) + str(log)
    assert made["key"] not in kept
    (listed,) = owner.get(KEYS)["data"]
    assert listed["hint"] == made["key"][:8]
    assert listed["lastUsedAt"] is not None
    assert "key" not in listed
    path = f"{KEYS}/{made['id']}"
    for method, more in (("get", ""), ("patch", ""), ("delete", ""), ("post", "/rotate")):
        body = {"name": "Mine"} if method == "patch" else None
        assert stranger.refused(method, path + more, body) == (404, "api_key_unknown")
    assert stranger.get(KEYS)["data"] == []
    assert owner.patch(path, {"name": "Router at home"})["data"]["name"] == "Router at home"
    for _twice in range(2):
        assert owner.delete(path)["data"]["revokedAt"] is not None
    assert program.refused("get", PROBE) == (401, "api_key_revoked")
    assert owner.get(KEYS)["data"] == []
    assert [each["id"] for each in owner.get(KEYS, query_string={"ended": "true"})["data"]] == [made["id"]]
    assert owner.refused("post", f"{path}/rotate") == (409, "api_key_ended")


def test_after_a_rotation_the_former_text_works_as_long_as_was_given(shop: Business, clock: VirtualClock) -> None:
    owner = shop.as_user()
    first = owner.post(KEYS, WANTED, 201)["data"]
    path = f"{KEYS}/{first['id']}"
    second = owner.post(f"{path}/rotate")["data"]
    assert (second["id"], second["formerUntil"]) == (first["id"], None)
    assert using(shop, first).refused("get", PROBE) == (401, "api_key_invalid")
    third = owner.post(f"{path}/rotate", {"graceMinutes": 30})["data"]
    for each in (second, third):
        using(shop, each).get(PROBE)
    clock.move_to(clock.now() + timedelta(minutes=30))
    assert using(shop, second).refused("get", PROBE) == (401, "api_key_revoked")
    using(shop, third).get(PROBE)
    assert shop.as_user().refused("post", f"{path}/rotate", {"graceMinutes": 1441}) == (422, "invalid_request")
    shop.as_user().delete(path)
    assert using(shop, third).refused("get", PROBE) == (401, "api_key_revoked")


def test_a_key_lapses_when_it_was_to(shop: Business, clock: VirtualClock) -> None:
    until = clock.now() + timedelta(days=1)
    made = shop.as_user().post(KEYS, WANTED | {"expiresAt": until.isoformat()}, 201)["data"]
    rotated = shop.as_user().post(f"{KEYS}/{made['id']}/rotate", {"graceMinutes": 1440})["data"]
    using(shop, made).get(PROBE)
    clock.move_to(until)
    for each in (made, rotated):
        assert using(shop, each).refused("get", PROBE) == (401, "api_key_revoked")
    assert shop.as_user().get(KEYS)["data"] == []


def test_managers_have_keys_of_their_own_and_owners_see_all(shop: Business) -> None:
    owner, manager, staff = (shop.as_user(role) for role in ("owner", "manager", "staff"))
    mine, theirs = owner.post(KEYS, WANTED, 201)["data"], manager.post(KEYS, WANTED, 201)["data"]
    assert [each["id"] for each in manager.get(KEYS)["data"]] == [theirs["id"]]
    assert [each["id"] for each in owner.get(KEYS)["data"]] == [mine["id"], theirs["id"]]
    by_user = owner.get(KEYS, query_string={"userId": shop.user("manager")})["data"]
    assert [each["id"] for each in by_user] == [theirs["id"]]
    assert manager.refused("delete", f"{KEYS}/{mine['id']}") == (404, "api_key_unknown")
    assert manager.refused("post", KEYS, WANTED | {"userId": shop.user("staff")}) == (404, "user_unknown")
    assert staff.refused("post", KEYS, WANTED) == (403, "forbidden")
    assert staff.refused("get", KEYS) == (403, "forbidden")
    for_staff = owner.post(KEYS, WANTED | {"userId": shop.user("staff")}, 201)["data"]
    assert using(shop, for_staff).refused("get", PROBE) == (403, "forbidden"), "a key does what its user's role may"
    owner.delete(f"{KEYS}/{theirs['id']}")
    assert shop.with_key(*SCOPES).refused("get", KEYS) == (403, "scope_required")


def test_a_plan_without_keys_makes_none_but_ends_them(shop: Business) -> None:
    owner = shop.as_user()
    made = owner.post(KEYS, WANTED, 201)["data"]
    with shop.db.tenant(shop.tenant_id) as tx:
        tx.get_one(Tenant, tx.tenant).plan = "free"
    assert owner.refused("post", KEYS, WANTED) == (403, "plan_required")
    owner.delete(f"{KEYS}/{made['id']}")


def test_a_key_in_an_address_can_only_send_and_only_where_that_is_switched_on(shop: Business) -> None:
    owner, wanted = shop.as_user(), {"name": "Router", "inAddress": True}
    sending = wanted | {"scopes": ["messages:send"]}
    assert owner.refused("post", KEYS, sending) == (403, "in_address_off")
    with shop.db.tenant(shop.tenant_id) as tx:
        tx.get_one(Tenant, tx.tenant).preferences = {"keys_in_addresses": True}
    assert owner.post(KEYS, sending, 201)["data"]["inAddress"] is True
    for more in (["users:read"], ["messages:send", "users:read"]):
        assert owner.refused("post", KEYS, wanted | {"scopes": more}) == (422, "scope_refused")


UNFIT: Sequence[tuple[dict[str, Any], str]] = (
    ({"scopes": ["everything"]}, "scope_unknown"), ({"scopes": []}, "invalid_request"),
    ({"expiresAt": "2020-01-01T00:00:00Z"}, "bad_expiry"), ({"expiresAt": "2026-01-01"}, "invalid_request"),
    ({"expiresAt": "9999-12-31T23:59:59-12:00"}, "bad_expiry"), ({"name": "x" * 81}, "invalid_request"),
    ({"expiresAt": "0001-01-01T00:00:00+14:00"}, "bad_expiry"), ({"userId": 10**12}, "user_unknown"),
)  # fmt: skip


def test_what_no_key_can_be(shop: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = shop.as_user()
    for change, refused in UNFIT:
        assert owner.refused("post", KEYS, WANTED | change)[1] == refused
    monkeypatch.setattr(user_keys, "MOST_KEYS", 1)
    owner.post(KEYS, WANTED, 201)
    assert owner.refused("post", KEYS, WANTED) == (409, "too_many_keys")


def test_the_super_admin_sees_and_ends_keys_of_any_business(api: Api, shop: Business, rival: Business) -> None:
    made = shop.as_user().post(KEYS, WANTED, 201)["data"]
    (listed,) = api.get(f"/admin/tenant/{shop.slug}/keys")["data"]
    assert listed["id"] == made["id"]
    assert api.get(f"/admin/tenant/{rival.slug}/keys")["data"] == []
    assert api.refused("delete", f"/admin/tenant/{rival.slug}/keys/{made['id']}") == (404, "api_key_unknown")
    api.delete(f"/admin/tenant/{shop.slug}/keys/{made['id']}")
    assert using(shop, made).refused("get", PROBE) == (401, "api_key_revoked")
    assert shop.as_user().refused("get", f"/admin/tenant/{shop.slug}/keys") == (403, "forbidden")
    here = {"X-Tenant-Slug": shop.slug}
    assert api.refused("post", KEYS, WANTED, headers=here) == (422, "user_required")
    api.post(KEYS, WANTED | {"userId": shop.user("owner")}, 201, headers=here)


def test_scopes_are_told_and_a_list_takes_few_statements(shop: Business) -> None:
    owner = shop.as_user()
    told = owner.get("/api/v1/scopes", headers={"Accept-Language": "id"})["data"]["scopes"]
    assert [each["scope"] for each in told] == list(SCOPES)
    with counted(shop.db) as statements:
        owner.get(KEYS)
    assert len(statements) <= 3
