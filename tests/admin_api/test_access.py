"""Who may call what: by role, scope, plan and subscription, and never for two businesses at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.clock import VirtualClock
from services.db.models import Tenant
from tests.admin_api.conftest import Api, Business

SEND = {"phone": "081234567890", "message": "Halo"}


def test_a_key_sends_for_its_own_business_only(shop: Business, rival: Business) -> None:
    key = shop.with_key("messages:send")
    key.post("/api/whatsapp/send", SEND, 202)
    key.post("/api/whatsapp/send", SEND | {"companyId": shop.slug}, 202)
    for strange in (rival.slug, "nobody"):
        assert key.refused("post", "/api/whatsapp/send", SEND | {"companyId": strange}) == (404, "tenant_unknown")
    header = {"X-Tenant-ID": str(rival.tenant_id)}
    assert key.refused("post", "/api/whatsapp/send", SEND, headers=header) == (403, "tenant_mismatch")


def test_a_key_does_only_what_its_scopes_say(shop: Business) -> None:
    key = shop.with_key("contacts:read")
    assert key.refused("post", "/api/whatsapp/send", SEND) == (403, "scope_required")
    assert key.refused("get", "/admin/tenants") == (403, "forbidden")


@pytest.mark.parametrize("role", ["owner", "read_only"])
def test_people_of_a_business_are_no_super_admins(shop: Business, role: str) -> None:
    assert shop.as_user(role).refused("get", "/admin/tenants") == (403, "forbidden")


def test_a_role_that_only_reads_sends_nothing(shop: Business) -> None:
    assert shop.as_user("read_only").refused("post", "/api/whatsapp/send", SEND) == (403, "forbidden")
    assert shop.with_key("messages:send", role="read_only").refused("post", "/api/whatsapp/send", SEND) == (
        403, "forbidden",
    )  # fmt: skip


def test_without_a_subscription_nothing_is_sent(shop: Business) -> None:
    person = shop.as_user("staff")
    person.post("/api/whatsapp/send", SEND, 202)
    with shop.db.tenant(shop.tenant_id) as tx:
        tx.get_one(Tenant, tx.tenant).status = "suspended"
    assert person.refused("post", "/api/whatsapp/send", SEND) == (402, "subscription_required")


def test_an_access_token_ends(shop: Business, clock: VirtualClock) -> None:
    person = shop.as_user()
    clock.move_to(clock.now() + timedelta(minutes=15))
    assert person.refused("post", "/api/whatsapp/send", SEND) == (401, "token_expired")


@pytest.mark.parametrize("token", ["a.b.c", "..", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."])
def test_a_forged_token_is_refused(api: Api, token: str) -> None:
    api.headers = {"Authorization": f"Bearer {token}"}
    assert api.refused("get", "/admin/tenants") == (401, "token_invalid")
