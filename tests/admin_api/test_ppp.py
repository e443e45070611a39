"""Scripts for routers over the API: by one's own number, to one's own groups, and without keeping the key."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from services.db.models import AuditEntry
from tests.admin_api.conftest import Business
from tests.admin_api.test_sending import GROUP, add_group
from tests.integrations.router import Router

PATH = "/api/v1/ppp-scripts"
WANTED = {"target": "081234567890", "baseUrl": "https://wa.example.com"}
SECRET = "jrk_a-secret-for-a-router"


def test_scripts_that_work_on_a_router(shop: Business) -> None:
    key = shop.with_key("messages:send")
    with capture_logs() as log:
        data = key.post(PATH, WANTED | {"key": SECRET, "routerOs": "7", "language": "id"})["data"]
    assert SECRET not in str(log)
    router = Router([("budi", "10M", False)], ["budi"])
    router.run(data["install"])
    router.run(router.profiles["default"]["on-up"], user="budi", remote_address="10.0.0.2", caller_id="AA")
    (fetch,) = router.fetched
    assert fetch["url"] == "https://wa.example.com/send-message"
    assert f"X-API-Key: {SECRET}," in fetch["http-header-field"]
    assert fetch["http-data"].startswith("sender=6281100000001&number=6281234567890&message=%2APPP")
    assert data["notes"]
    with shop.db.tenant(shop.tenant_id) as tx:
        assert not tx.scalars(select(AuditEntry).where(AuditEntry.action.like("ppp%"))).all()


def test_what_is_left_out(shop: Business) -> None:
    data = shop.as_user("staff").post(PATH, {"target": "081234567890"})["data"]
    assert "X-API-Key: YOUR_API_KEY," in data["onUp"]
    assert "http://localhost/send-message" in data["onUp"]
    assert any("YOUR_API_KEY" in note for note in data["notes"])
    assert any("https" in note for note in data["notes"])


def test_the_body_of_a_script_is_taken_by_the_api(shop: Business) -> None:
    key = shop.with_key("messages:send")
    data = key.post(PATH, WANTED | {"profile": "PPP 10M"})["data"]
    router = Router([("ani & budi", "10M", False)], [])
    router.run(data["onDown"], user="ani & budi", remote_address="10.0.0.2", caller_id="AA:BB")
    sent = key.post(
        "/send-message", None, data=router.fetched[0]["http-data"],
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert sent["status"] is True
    text = shop.as_user("owner").get(f"/api/v1/messages/{sent['data'][0]['messageId']}")["data"]["text"]
    assert "ani & budi\n" in text
    assert text.startswith("*PPP: ")


def test_a_group_must_be_ones_own(shop: Business, rival: Business) -> None:
    add_group(rival)
    key = shop.with_key("messages:send")
    wanted = WANTED | {"target": "Tim Lapangan", "targetKind": "group"}
    assert key.refused("post", PATH, wanted) == (404, "group_unknown")
    add_group(shop)
    assert f"group={GROUP}&message=" in key.post(PATH, wanted)["data"]["onUp"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"sender": "6281100000002"}, 404, "session_unknown"), ({"target": "12"}, 422, "bad_phone"),
        ({"target": None}, 422, "invalid_request"), ({"key": 'x" /system reset'}, 422, "ppp_refused"),
        ({"baseUrl": "https://x.example/$[/quit]"}, 422, "ppp_refused"), ({"profile": '"; /quit'}, 422, "ppp_refused"),
        ({"routerOs": "5"}, 422, "invalid_request"), ({"routerOs": 7}, 422, "invalid_request"),
        ({"language": "xx"}, 422, "unknown_language"), ({"targetKind": "channel"}, 422, "invalid_request"),
        ({"key": "a\nb"}, 422, "invalid_request"), ({"extra": 1}, 422, "invalid_request"),
    ],
)  # fmt: skip
def test_what_can_not_be_a_script(shop: Business, change: dict[str, Any], status: int, code: str) -> None:
    wanted = {name: value for name, value in (WANTED | change).items() if value is not None}
    assert shop.as_user("staff").refused("post", PATH, wanted) == (status, code)


def test_who_may(shop: Business) -> None:
    assert shop.as_user("read_only").refused("post", PATH, WANTED) == (403, "forbidden")
    assert shop.with_key("messages:read").refused("post", PATH, WANTED) == (403, "scope_required")
