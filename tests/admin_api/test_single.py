"""An installation of a single business: calls that name none mean it, and no other comes beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import URL

from services.clock import VirtualClock
from services.db.engine import Database
from services.policy import Policy
from services.tenants.tenants import NewTenant, register
from tests.admin_api.conftest import DANI, Api
from tests.conftest import OWNER, STRANGER, Server

SEND = {"phone": "081234567890", "message": "Halo"}
APPLICATION = {
    "name": "Toko Baru", "ownerName": "Dani", "phoneNumber": "081234500009", "password": "kopi susu gula aren",
}  # fmt: skip


@pytest.fixture
def single(server: Server, database_url: URL, clock: VirtualClock) -> Iterator[Database]:
    """The database as an installation with `WHATSAPP_MULTI_TENANT=false` opens it."""
    database = Database(server.engine(database_url.database, 4), clock, Policy(is_multi_tenant=False))
    yield database
    database.close()


@pytest.fixture
def alone(make_app: Callable[..., Flask], single: Database) -> Callable[..., Api]:
    def asking(**changes: Any) -> Api:
        return Api(make_app(over=single, whatsapp_multi_tenant=False, **changes), single)

    return asking


def test_the_first_one_is_registered_and_no_other(alone: Callable[..., Api]) -> None:
    api = alone()
    assert api.refused("post", "/auth/register", APPLICATION) == (409, "single_tenant")
    api.register()
    assert api.refused("post", "/admin/tenants/register", DANI | {"phoneNumber": "081234500008"}) == (
        409, "single_tenant",
    )  # fmt: skip
    assert api.refused("post", "/auth/register", APPLICATION) == (409, "single_tenant")
    assert api.get("/admin/tenants")["pagination"]["total"] == 1


def test_calls_that_name_none_mean_it(alone: Callable[..., Api], db: Database) -> None:
    register(db, NewTenant("Juragan", "6281100000009", is_platform=True))
    register(db, NewTenant("Toko Maju", OWNER))
    api = alone()
    api.post("/api/whatsapp/send", SEND, 202)
    assert api.get("/api/v1/contacts")["success"]


def test_of_several_it_is_the_one_that_the_setting_names(alone: Callable[..., Api], db: Database) -> None:
    register(db, NewTenant("Toko Maju", OWNER))
    register(db, NewTenant("Toko Jaya", STRANGER))
    assert alone().refused("post", "/api/whatsapp/send", SEND) == (400, "company_required")
    assert alone().refused("get", "/api/v1/contacts") == (400, "tenant_required")
    for name in ("toko-jaya", "2"):
        api = alone(default_company_id=name)
        sent = api.post("/api/whatsapp/send", SEND, 202)["data"]["messageId"]
        assert api.get(f"/api/whatsapp/messages/toko-jaya/{sent}")["data"]["messageId"] == sent
        api.get("/api/v1/contacts")
    lost = alone(default_company_id="nobody")
    assert lost.refused("post", "/api/whatsapp/send", SEND) == (409, "default_company_unknown")
    assert lost.refused("get", "/api/v1/contacts") == (409, "default_company_unknown")
    lost.get("/api/v1/contacts", headers={"X-Tenant-ID": "1"})
