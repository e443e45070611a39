"""Web pages that may call the API: none, unless they are named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.settings import SettingsError, load_settings
from tests.admin_api.conftest import KEY

PAGE, OTHER = "https://app.example.com", "https://evil.example.com"
ASKING = {"Origin": PAGE, "Access-Control-Request-Method": "GET"}
STATS = "/admin/tenants"


@pytest.fixture
def closed(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def opened(make_app: Callable[..., Flask]) -> FlaskClient:
    return make_app(cors_origins=f"{PAGE}, http://localhost:8080").test_client()


def test_nobody_is_allowed_unless_it_is_said(closed: FlaskClient) -> None:
    asked = closed.options(STATS, headers=ASKING)
    assert (asked.status_code, asked.json["error"]["code"]) == (405, "method_not_allowed")  # type: ignore[index]
    assert "GET" in asked.headers["Allow"]
    answer = closed.get(STATS, headers={"Origin": PAGE, "X-API-Key": KEY})
    assert answer.status_code == 200
    assert not [name for name, _value in answer.headers if name.startswith("Access-Control")]


def test_a_page_that_is_named_may_ask_and_read(opened: FlaskClient) -> None:
    asked = opened.options(STATS, headers=ASKING)
    assert (asked.status_code, asked.data) == (204, b"")
    assert asked.headers["Access-Control-Allow-Origin"] == PAGE
    assert asked.headers["Access-Control-Allow-Methods"] == "GET"
    assert "X-API-Key" in asked.headers["Access-Control-Allow-Headers"]
    assert "Origin" in asked.headers["Vary"]
    for headers, status in (({"X-API-Key": KEY}, 200), ({}, 401)):
        answer = opened.get(STATS, headers={"Origin": PAGE, **headers})
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (status, PAGE)
        assert "X-RateLimit-Remaining" in answer.headers["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("origin", [OTHER, "null", "*", f"{PAGE}.evil.example", "http://app.example.com", ""])
def test_a_page_that_is_not_named_may_not(opened: FlaskClient, origin: str) -> None:
    assert opened.options(STATS, headers={**ASKING, "Origin": origin}).status_code == 405
    answer = opened.get(STATS, headers={"Origin": origin, "X-API-Key": KEY})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


def test_options_needs_no_key_and_nothing_else_changes(opened: FlaskClient) -> None:
    assert opened.options(STATS).status_code == 405
    assert opened.options("/nowhere", headers=ASKING).status_code == 404
    assert opened.get(STATS, headers={"Origin": PAGE}).status_code == 401


@pytest.mark.parametrize("written", ["*", "https://*.example.com", "app.example.com", "https://a.example/path", "null"])
def test_only_exact_origins_are_taken(written: str) -> None:
    with pytest.raises(SettingsError, match="CORS_ORIGINS"):
        load_settings({"CORS_ORIGINS": f"{PAGE},{written}"})
