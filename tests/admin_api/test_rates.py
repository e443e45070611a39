"""How much one caller may ask in a minute, and what they are told of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from admin_api.rates import Window
from services.db.engine import Database
from services.tenants.tenants import NewTenant
from tests.admin_api.conftest import Api, business, failure


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An application that takes three requests a minute."""
    return make_app(api_rate_limit=3)


def limits_of(api: Api) -> list[str]:
    return [api.last.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining")]


def test_a_business_may_ask_so_often_with_all_its_keys_and_people(app: Flask, db: Database) -> None:
    shop = business(app, db, NewTenant("Toko Maju", "6281100000001", plan="pro"))
    rival = business(app, db, NewTenant("Toko Jaya", "6281100000002", plan="pro"))
    owner, program = shop.as_user("owner"), shop.with_key("usage:read")
    owner.get("/api/v1/stats")
    assert limits_of(owner) == ["3", "2"]
    program.get("/api/v1/stats")
    owner.refused("get", "/admin/tenants")  # what is refused counts too
    assert limits_of(owner) == ["3", "0"]
    error = failure(program.get("/api/v1/stats", 429))
    assert (error["code"], error["details"]["limit"]) == ("rate_limited", 3)
    assert 1 <= int(program.last.headers["Retry-After"]) <= 60
    assert int(program.last.headers["X-RateLimit-Reset"]) <= 60
    rival.as_user("owner").get("/api/v1/stats")


def test_super_admins_have_a_window_of_their_own_whatever_business_they_ask_for(api: Api) -> None:
    tenant = api.register()["id"]
    for n in range(2):
        api.get("/api/v1/stats", headers={"X-Tenant-ID": str(tenant)})
        assert limits_of(api) == ["3", str(1 - n)]
    assert api.refused("get", "/admin/tenants") == (429, "rate_limited")


def test_whoever_is_not_known_is_told_nothing_of_rates(api: Api) -> None:
    for _n in range(5):
        assert api.refused("get", "/admin/tenants", headers={"X-API-Key": "wrong-key-000"}) == (401, "api_key_invalid")
        assert "X-RateLimit-Limit" not in api.last.headers


def test_how_many_messages_a_minute_are_taken_may_be_set_for_one_business(
    make_app: Callable[..., Flask], db: Database
) -> None:
    app = make_app()
    shop = business(app, db, NewTenant("Toko Maju", "6281100000001", plan="pro"))
    api, body = Api(app, db), {"companyId": shop.slug, "phone": "6281234567890", "message": "Halo"}
    api.put(f"/admin/tenant/{shop.tenant_id}/limits", {"messages_minute": 2})
    for n in range(2):
        api.post("/api/whatsapp/send", {**body, "dedupKey": str(n)}, None)
        assert api.last.status_code < 300
    assert api.refused("post", "/api/whatsapp/send", body) == (429, "rate_limited")


def test_a_window_may_be_larger_for_one_than_for_others() -> None:
    window = Window(2, 60)
    assert [window.hit("a") for _n in range(3)] == [True, True, False]
    assert [window.hit("b", 4) for _n in range(5)] == [True] * 4 + [False]
    assert (window.room("b", 4).left, window.room("c").left) == (0, 2)
    assert 1 <= window.wait("b", 4) <= 60
