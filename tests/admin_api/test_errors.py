"""Every failure has one shape, a status that fits, and says nothing of the inside."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine
from structlog.testing import capture_logs

from admin_api.app import LARGEST_BODY
from services.clock import SystemClock
from services.db.engine import Database
from services.errors import DomainError
from services.i18n import _
from tests.admin_api.conftest import DANI, Api, failure
from tests.db.asking import rows

REGISTER = "/admin/tenants/register"

RAW: list[tuple[bytes, str, int, str]] = [
    (b"{", "application/json", 400, "bad_json"),
    (b"[]", "application/json", 400, "bad_json"),
    (b'"{}"', "application/json", 400, "bad_json"),
    (b"null", "application/json", 400, "bad_json"),
    (b"[" * 100_000, "application/json", 400, "bad_json"),
    (b'{"a": ' * 50_000, "application/json", 400, "bad_json"),
    (b'{"name": ' + b"9" * 5000 + b"}", "application/json", 400, "bad_json"),
    (b'{"name": "\xff"}', "application/json", 400, "bad_json"),
    (b'{"name": "\\ud800 x", "phoneNumber": "08123456789"}', "application/json", 422, "invalid_request"),
    (b'{"name": NaN}', "application/json", 422, "invalid_request"),
    (b"{}", "application/json", 422, "invalid_request"),
    (b"", "application/json", 422, "invalid_request"),
    (b"", "text/plain", 422, "invalid_request"),
    (json.dumps(DANI).encode(), "text/plain", 415, "unsupported_media_type"),
    (b"name=Dani", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    (b'{"name": "' + b"x" * LARGEST_BODY + b'"}', "application/json", 413, "too_large"),
]


def test_bodies_that_are_none(api: Api) -> None:
    for data, mimetype, status, code in RAW:
        answer = api.post(REGISTER, None, status, data=data, content_type=mimetype)
        assert failure(answer)["code"] == code, data[:40]


def test_addresses_and_methods_that_are_none(api: Api) -> None:
    for path in ("/", "/admin", "/admin/tenants/", "/admin/tenant/", "/nothing", "/admin/tenant/1/2/3", "/%00"):
        assert api.refused("get", path) == (404, "not_found"), path
    assert api.refused("get", REGISTER) == (405, "method_not_allowed")
    assert "POST" in api.last.headers["Allow"]
    assert api.refused("post", "/admin/stats") == (405, "method_not_allowed")


def test_fields_that_cannot_be_used_are_named(api: Api) -> None:
    answer = api.post(REGISTER, {"name": "D", "email": "x", "fax": 1, "plan": 5}, 422)
    fields = {each["field"]: each["message"] for each in failure(answer)["details"]["fields"]}
    assert fields == {
        "phoneNumber": "This is required.",
        "name": "This must have at least 2 characters.",
        "email": "This value can't be used.",
        "plan": "This must be a text.",
        "fax": "There is no such field.",
    }
    answer = api.get("/admin/tenants?page=0&status=x", 422)
    fields = {each["field"]: each["message"] for each in failure(answer)["details"]["fields"]}
    assert fields["page"] == "This must be at least 1."
    assert "'active'" in fields["status"]


def test_a_request_keeps_a_sane_id(api: Api) -> None:
    answer = api.get("/nothing", 404, headers={"X-Request-Id": "abc-123"})
    assert answer["request_id"] == api.last.headers["X-Request-Id"] == "abc-123"
    for odd in ("", "a b", "x" * 65, "<script>", "é"):
        answer = api.get("/nothing", 404, headers={"X-Request-Id": odd})
        assert answer["request_id"] == api.last.headers["X-Request-Id"] != odd
        assert len(answer["request_id"]) == 16


def test_each_request_is_one_line_of_the_log(api: Api) -> None:
    with capture_logs() as log:
        api.post(REGISTER, DANI, 201, headers={"X-Request-Id": "abc-123"})
    (line,) = [line for line in log if line["event"] == "request"]
    assert line == {
        "event": "request", "log_level": "info", "method": "POST", "route": REGISTER, "status": 201, "ms": 0.0,
        "request_id": "abc-123", "key": "SUPER_ADMIN_API_KEY",
    }  # fmt: skip


def test_a_mistake_in_the_program_tells_nothing(app: Flask, db: Database) -> None:
    def broken() -> Any:
        raise RuntimeError("secret inside")

    app.view_functions["tenants.stats"] = broken
    api = Api(app, db)
    with capture_logs() as log:
        answer = api.get("/admin/stats", 500)
    assert failure(answer)["code"] == "internal_error"
    assert "secret" not in api.last.text
    assert [line["log_level"] for line in log] == ["error", "info"]


def test_a_refusal_that_nobody_has_mapped_is_a_422(app: Flask, db: Database) -> None:
    def refused() -> Any:
        raise DomainError("something_new", _("yes"), limit=3)

    app.view_functions["tenants.stats"] = refused
    answer = Api(app, db).get("/admin/stats", 422, headers={"Accept-Language": "id"})
    assert failure(answer) == {"code": "something_new", "message": "ya", "details": {"limit": 3}}


@pytest.fixture
def nowhere() -> Database:
    """A database behind a port where nobody listens."""
    return Database(create_engine("postgresql+psycopg2://x@127.0.0.1:1/x"), SystemClock())


def test_a_database_that_is_away(make_app: Callable[..., Flask], nowhere: Database) -> None:
    api = Api(make_app(over=nowhere), nowhere)
    for method, path in (("get", "/admin/stats"), ("get", "/admin/tenant/1/qr"), ("post", "/admin/tenant/1/toggle")):
        assert api.refused(method, path) == (503, "database_unavailable")
        assert api.last.headers["Retry-After"] == "5"
    answer = api.get("/health", 503)
    assert failure(answer)["code"] == "database_unavailable"
    assert answer["data"] == {"status": "down"}
    api.get("/metrics")
    assert "juragan_database_up 0.0" in api.last.text
    assert api.refused("get", "/admin/stats", headers={"X-API-Key": "jrg_some-stored-key"})[0] == 503


def test_a_connection_that_breaks_is_an_outage_and_passes(api: Api, db: Database, database_url: Any) -> None:
    api.get("/admin/stats")
    rows(
        database_url,
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
        " where usename = 'app_login' and datname = current_database()",
    )
    api.get("/admin/stats")
