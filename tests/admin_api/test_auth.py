"""Keys: who gets in, for how long, and what happens to those who guess."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import URL
from structlog.testing import capture_logs

from admin_api.auth import FAILURES, REMEMBERED_SECONDS, configured_keys
from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import User
from services.errors import DomainError
from services.settings import SettingsError, load_settings
from services.tenants import keys, passwords
from tests.admin_api.conftest import KEY, OTHER_KEY, Api, Business, Ticks, counted, failure
from tests.db.asking import rows

PUBLIC = {
    "/auth/register",
    "/auth/login",
    "/auth/refresh",
    "/auth/password/forgot",
    "/auth/password/reset",
    "/auth/invitations/accept",
    "/health",
    "/api/status",
    "/api/v1/health/detailed",
    "/openapi/",
    "/openapi/openapi.json",
    "/openapi/swagger",
    "/openapi/oauth2-redirect.html",
}
_PARAMETER = re.compile("<[^<>]+>")


def test_every_route_but_the_public_ones_refuses_without_a_key(app: Flask) -> None:
    client = app.test_client()
    guarded = 0
    for rule in app.url_map.iter_rules():
        path = _PARAMETER.sub("1", rule.rule)
        is_public = rule.rule in PUBLIC or rule.endpoint.endswith(".static")
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            response = client.open(path, method=method)
            if is_public:
                assert response.status_code != 401, (method, path, response.text)
                continue
            assert response.status_code == 401, (method, path)
            assert method == "HEAD" or failure(response.json)["code"] == "api_key_missing"
            guarded += 1
    assert guarded > 50


def test_keys_of_the_settings_rotate(make_app: Callable[..., Flask], db: Database) -> None:
    api = Api(make_app((KEY, OTHER_KEY)), db)
    for key in (KEY, OTHER_KEY):
        api.get("/admin/stats", headers={"X-API-Key": key})
    for key in (KEY[:-1], KEY + "x", "", "é" * 20, "a" * 5000):
        expected = "api_key_invalid" if key else "api_key_missing"
        assert api.refused("get", "/admin/stats", headers={"X-API-Key": key}) == (401, expected)
    rotated = Api(make_app((OTHER_KEY,)), db)
    assert rotated.refused("get", "/admin/stats") == (401, "api_key_invalid")


def test_a_key_may_come_as_a_bearer(api: Api) -> None:
    api.headers = {}
    api.get("/metrics", headers={"Authorization": f"Bearer {KEY}"})
    for wrong in (f"Basic {KEY}", KEY, "Bearer", "Bearer "):
        assert api.refused("get", "/metrics", headers={"Authorization": wrong}) == (401, "api_key_missing")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (f"{KEY}, {OTHER_KEY} ,", (KEY, OTHER_KEY)), ("", ()), (" , ", ()), (KEY, (KEY,)),
        ("sh0rt", None), (f"{KEY},sh0rt", None), ("ключ" * 5, None), ("with a space within", None),
    ],
)  # fmt: skip
def test_a_weak_key_stops_the_start(value: str, found: tuple[str, ...] | None) -> None:
    settings = load_settings({"SUPER_ADMIN_API_KEY": value})
    if found is not None:
        assert configured_keys(settings) == found
        return
    with pytest.raises(SettingsError, match="SUPER_ADMIN_API_KEY") as raised:
        configured_keys(settings)
    assert value not in str(raised.value)


def test_a_stored_key_works_until_it_is_revoked(api: Api, db: Database, ticks: Ticks, database_url: URL) -> None:
    with db.system() as tx:
        key = keys.create(tx, "dashboard")
    api.headers = {"X-API-Key": key}
    with capture_logs() as log:
        api.get("/admin/stats")
    assert [line["key"] for line in log if line["event"] == "request"] == ["dashboard"]
    assert key not in str(log)
    with db.system() as tx:
        (stored,) = keys.listed(tx)
        assert (stored.name, stored.hint) == ("dashboard", key[:8])
        keys.revoke(tx, stored.id)
        keys.revoke(tx, stored.id)
    assert key not in str(rows(database_url, "select * from api_keys"))
    ticks.seconds += REMEMBERED_SECONDS
    assert api.refused("get", "/admin/stats") == (401, "api_key_revoked")
    with pytest.raises(DomainError, match="api_key_unknown"), db.system() as tx:
        keys.revoke(tx, 99)


def test_the_use_of_a_key_is_noted_once_a_minute(db: Database, clock: VirtualClock) -> None:
    with db.system() as tx:
        key = keys.create(tx, "dashboard")
    noted = []
    for _time in range(4):
        with db.system() as tx:
            keys.verify(tx, key)
        with db.system() as tx:
            noted.append(keys.listed(tx)[0].last_used_at)
        clock.move_to(clock.now() + timedelta(seconds=31))
    assert len({str(moment) for moment in noted}) == 2


def test_the_first_key_is_made_once(db: Database) -> None:
    made = []
    for _time in range(2):
        with db.system() as tx:
            made.append(keys.ensure_first(tx))
    assert made[0] is not None
    assert made[0].startswith(keys.PREFIX)
    assert made[1] is None
    with db.system() as tx:
        found = keys.verify(tx, made[0])
        assert found is not None
        assert found.name == "first start"
        keys.revoke(tx, found.id)
        assert keys.ensure_first(tx) is not None


def test_who_guesses_has_to_wait(api: Api) -> None:
    for _time in range(FAILURES):
        assert api.refused("get", "/admin/stats", headers={"X-API-Key": "a guess"}) == (401, "api_key_invalid")
    assert api.refused("get", "/admin/stats", headers={"X-API-Key": "a guess"}) == (429, "too_many_failures")
    assert 1 <= int(api.last.headers["Retry-After"]) <= 60
    assert api.refused("get", "/admin/stats") == (429, "too_many_failures")
    other = {"REMOTE_ADDR": "203.0.113.9"}
    api.get("/admin/stats", environ_overrides=other)
    assert api.get("/health", headers={"X-API-Key": ""})["data"]["status"] == "ok"


def test_a_forgotten_key_is_no_guess(api: Api) -> None:
    for _time in range(FAILURES + 5):
        assert api.refused("get", "/admin/stats", headers={"X-API-Key": ""}) == (401, "api_key_missing")
    api.get("/admin/stats")


def test_keys_appear_in_no_log(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as log, caplog.at_level(logging.DEBUG):
        api.get("/admin/stats")
        api.get("/admin/stats", None, headers={"X-API-Key": "a-wrong-but-secret-guess"})
    assert len(log) >= 2
    assert KEY not in str(log) + caplog.text
    assert "a-wrong-but-secret-guess" not in str(log) + caplog.text


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/auth/login", {"password": "not-this-one"}), ("/auth/password/forgot", {}),
        ("/auth/password/reset", {"code": "ABCD-2345", "password": "kopi susu gula aren"}),
    ],
)  # fmt: skip
def test_who_is_known_here_cannot_be_found_out(shop: Business, path: str, more: dict[str, str]) -> None:
    """By the answer, or by how much is done for it."""
    with shop.db.tenant(shop.tenant_id) as tx:
        user = tx.get_one(User, (tx.tenant, shop.user("owner")))
        known = user.phone
        user.password_hash = passwords.make("the-right-one-that-nobody-gives")
    seen = []
    for n, login in enumerate((known, "6281999999999", "nobody@example.com")):
        with counted(shop.db) as statements:
            response = shop.app.test_client().post(
                path, json={"login": login, **more}, environ_overrides={"REMOTE_ADDR": f"203.0.113.{n}"}
            )
        answer = {name: value for name, value in (response.json or {}).items() if name != "request_id"}
        seen.append((response.status_code, str(answer).replace(login, "…"), len(statements)))
    assert len(set(seen)) == 1, seen
