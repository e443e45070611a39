"""Sending as network routers ask for it: parameters, forms, keys in addresses, and what is refused."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select
from structlog.testing import capture_logs

from services.db.models import OutboxMessage, Tenant
from services.tenants import user_keys
from tests.admin_api.conftest import TESTER, Api, Business, failure
from tests.admin_api.test_sending import GROUP, add_group

FORM = "application/x-www-form-urlencoded"
SENDER, NUMBER = "6281100000001", "081234567890"
ASK = {"sender": SENDER, "number": NUMBER, "message": "Budi & Ani: 100% #1 +ü"}


def key_for_addresses(business: Business, *, allowed: bool = True) -> str:
    """A key that may stand in an address, of a business that has that switched on or not."""
    user_id = business.user("owner")
    with business.db.tenant(business.tenant_id) as tx:
        tx.get_one(Tenant, tx.tenant).preferences = {"keys_in_addresses": allowed}
        return user_keys.create(tx, TESTER, user_id, "router", ["messages:send"], in_address=True)[1]


def nobody(business: Business) -> Api:
    """Somebody who sends no header."""
    made = Api(business.app, business.db)
    made.headers = {"Accept": "*/*"}
    return made


def bodies(business: Business) -> list[tuple[str, str]]:
    with business.db.tenant(business.tenant_id) as tx:
        return [(row.chat, row.body) for row in tx.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


def test_a_router_sends_by_get_with_its_key_in_the_address(shop: Business, caplog: pytest.LogCaptureFixture) -> None:
    secret, router = key_for_addresses(shop), nobody(shop)
    query = "&".join(f"{name}={quote(value)}" for name, value in (ASK | {"api_key": secret}).items())
    with capture_logs() as log, caplog.at_level(logging.DEBUG):
        answer = router.get(f"/send-message?{query}")
    assert (answer["success"], answer["status"]) == (True, True)
    assert answer["message"] == "The message is on its way."
    assert answer["data"][0]["session"] == "main"
    assert bodies(shop) == [("phone:6281234567890", ASK["message"])]
    assert secret not in str(log) + caplog.text
    assert NUMBER not in str(log)
    assert [line["route"] for line in log if line["event"] == "request"] == ["/send-message"]


@pytest.mark.parametrize("kind", ["json", "form", "header"])
def test_a_router_sends_by_post(shop: Business, kind: str) -> None:
    secret = key_for_addresses(shop, allowed=False)
    router = nobody(shop)
    if kind == "json":
        router.post("/send-message", ASK | {"api_key": secret})
    elif kind == "form":
        router.post("/send-message", None, data=ASK | {"api_key": secret})
    else:
        raw = "&".join(f"{name}={quote(value)}" for name, value in ASK.items())
        router.post("/send-message", None, data=raw, content_type=FORM, headers={"X-API-Key": secret})
    assert bodies(shop) == [("phone:6281234567890", ASK["message"])]


def test_which_keys_may_stand_in_an_address(shop: Business, api: Api) -> None:
    strong = shop.with_key("messages:send").headers["X-API-Key"]
    super_admin = api.headers["X-API-Key"]
    switched_off = key_for_addresses(shop, allowed=False)
    for secret in (switched_off, strong, super_admin):
        extra = {"X-Tenant-ID": str(shop.tenant_id)} if secret == super_admin else {}
        for path in (f"/send-message?number={NUMBER}", f"/send-group-message?group={GROUP}"):
            refused = nobody(shop).refused("get", f"{path}&message=x&api_key={secret}", headers=extra)
            assert refused == (403, "key_in_address")
        assert nobody(shop).refused("post", f"/send-message?api_key={secret}", ASK, headers=extra) == (
            403, "key_in_address",
        )  # fmt: skip
    with shop.db.tenant(shop.tenant_id) as tx:
        tx.get_one(Tenant, tx.tenant).preferences = {"keys_in_addresses": True}
    assert nobody(shop).refused("get", f"/send-message?api_key={strong}&number=081234567890&message=x") == (
        403, "key_in_address",
    )  # fmt: skip
    basic = nobody(shop).refused(
        "get", f"/send-message?api_key={strong}&number={NUMBER}&message=x", headers={"Authorization": "Basic eDp5"}
    )
    assert basic == (403, "key_in_address")
    assert bodies(shop) == []
    for path in ("/api/v1/messages", "/api/whatsapp/sessions/toko-maju", "/api/v1/sessions"):
        assert nobody(shop).refused("get", f"{path}?api_key={switched_off}") == (401, "api_key_missing")
    assert nobody(shop).refused("get", "/send-message?api_key=jrk_guess&number=1&message=x") == (401, "api_key_invalid")


def test_a_key_for_addresses_can_do_nothing_but_send(shop: Business) -> None:
    router = nobody(shop)
    router.headers = {"X-API-Key": key_for_addresses(shop)}
    assert router.refused("get", "/api/v1/messages") == (403, "scope_required")
    assert router.refused("post", "/dashboard/test-send-message", {}) == (403, "scope_required")


def test_looking_whether_the_page_is_there_sends_nothing(shop: Business) -> None:
    secret = key_for_addresses(shop)
    query = {**ASK, "api_key": secret}
    assert shop.app.test_client().head("/send-message", query_string=query).status_code == 405
    assert bodies(shop) == []


def test_several_numbers_each_once_or_none(shop: Business) -> None:
    key = shop.with_key("messages:send")
    several = ASK | {"number": "081234567890, +62 812-3456-7891,6281234567890,"}
    answer = key.post("/send-message", several, headers={"Idempotency-Key": "alarm-1"})
    assert [each["status"] for each in answer["data"]] == ["queued", "queued"]
    assert answer["message"] == "2 messages are on their way."
    assert key.post("/send-message", several, headers={"Idempotency-Key": "alarm-1"})["data"] == answer["data"]
    assert [chat for chat, _body in bodies(shop)] == ["phone:6281234567890", "phone:6281234567891"]
    assert key.refused("post", "/send-message", ASK | {"number": "081234567890,12"}) == (422, "bad_phone")
    most = ",".join(f"0812345678{n:02}" for n in range(21))
    assert key.refused("post", "/send-message", ASK | {"number": most}) == (422, "bad_recipient")
    assert key.refused("post", "/send-message", ASK | {"number": " , "}) == (422, "bad_recipient")
    assert len(bodies(shop)) == 2


def test_only_from_a_number_of_its_own(shop: Business, rival: Business) -> None:
    key = shop.with_key("messages:send")
    for sender in ("6281100000002", "main", "6281234567890", "x"):
        assert key.refused("post", "/send-message", ASK | {"sender": sender}) == (404, "session_unknown")
    key.post("/send-message", ASK | {"sender": "+62 811-0000-0001"})
    header = {"X-Tenant-ID": str(rival.tenant_id)}
    assert key.refused("post", "/send-message", ASK, headers=header) == (403, "tenant_mismatch")
    assert bodies(rival) == []


def test_a_group_as_routers_name_it(shop: Business, rival: Business) -> None:
    key, secret = shop.with_key("messages:send"), key_for_addresses(shop)
    add_group(rival)
    wanted = {"sender": SENDER, "message": "Halo"}
    assert key.refused("post", "/send-group-message", wanted | {"group": GROUP}) == (404, "group_unknown")
    assert key.refused("post", "/send-group-message", wanted) == (422, "bad_recipient")
    add_group(shop)
    nobody(shop).get("/send-group-message", query_string=wanted | {"group": GROUP, "api_key": secret})
    key.post("/send-group-message", wanted | {"number": f"{GROUP}@g.us"})
    key.post("/send-group-message", None, data=wanted | {"group": "tim lapangan"})
    assert [chat for chat, _body in bodies(shop)] == [f"group:{GROUP}"] * 3


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"data": "number=0812345678&message=%E9%FF", "content_type": FORM}, 400, "bad_encoding"),
        ({"data": b"number=0812345678&message=\xff", "content_type": FORM}, 400, "bad_encoding"),
        ({"data": b'{"message": "\xff"}', "content_type": "application/json"}, 400, "bad_json"),
        ({"data": "number=0812345678", "content_type": FORM}, 422, "invalid_request"),
        ({"data": "number=081234567890&message=x&extra=1", "content_type": FORM}, 422, "invalid_request"),
        ({"data": "x", "content_type": "text/plain"}, 415, "unsupported_media_type"),
        ({"data": "number=081234567890&message=" + "x" * 2_000_000, "content_type": FORM}, 413, "too_large"),
        ({"data": {"number": NUMBER}, "content_type": "multipart/form-data"}, 415, "unsupported_media_type"),
    ],
)  # fmt: skip
def test_bodies_that_can_not_be_read(shop: Business, sent: dict[str, Any], status: int, code: str) -> None:
    key = shop.with_key("messages:send")
    assert key.refused("post", "/send-message", None, **sent) == (status, code)
    assert bodies(shop) == []


def test_an_address_that_is_no_utf8(shop: Business) -> None:
    key = shop.with_key("messages:send")
    assert key.refused("get", "/send-message?number=081234567890&message=%E9%20") == (400, "bad_encoding")
    assert failure(key.get("/send-message?number=081234567890", None))["code"] == "invalid_request"


def test_routers_are_throttled_like_all(make_app: Callable[..., Flask], shop: Business) -> None:
    app = make_app(whatsapp_rate_limit_per_company=3)
    key = Api(app, shop.db, shop.with_key("messages:send").headers)
    key.post("/send-message", ASK | {"number": "081234567890,081234567891"})
    assert key.refused("post", "/send-message", ASK | {"number": "081234567890,081234567891"}) == (429, "rate_limited")
    assert int(key.last.headers["Retry-After"]) >= 1
