"""What describes the API: complete, valid, kept in `docs/openapi.json`, and shown without any outside asset."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate

from admin_api import VERSION
from admin_api.app import openapi_document, openapi_text

HOME = Path(__file__).parents[2]
GUIDE = {
    "get /admin/stats", "get /admin/tenants", "post /admin/tenants/register", "get /admin/tenant/{id}/qr",
    "post /admin/tenant/{id}/activate", "post /admin/tenant/{id}/toggle", "post /admin/tenant/{id}/plan",
    "get /admin/tenant/{id}", "post /admin/tenant/{id}/credits", "get /admin/sessions", "post /api/whatsapp/send",
    "post /api/whatsapp/sessions/{companyId}/initialize",
}  # fmt: skip


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document()


def operations(document: dict[str, Any]) -> dict[str, Any]:
    return {f"{method} {path}": each for path, item in document["paths"].items() for method, each in item.items()}


def test_the_kept_description_is_up_to_date() -> None:
    assert (HOME / "docs/openapi.json").read_text(encoding="utf-8") == openapi_text()


def test_the_description_is_valid(document: dict[str, Any]) -> None:
    validate(document)


def test_the_version_is_the_projects() -> None:
    assert tomllib.loads((HOME / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_every_operation_tells_what_it_needs_and_answers(document: dict[str, Any]) -> None:
    found = operations(document)
    assert found.keys() >= GUIDE
    assert len({each["operationId"] for each in found.values()}) == len(found)
    for name, each in found.items():
        assert each["summary"], name
        assert each["tags"], name
        assert {"401", "404", "422", "429", "500", "503"} <= each["responses"].keys(), name
        assert ("security" in each) == ("Needs no key." not in each["description"]), name
        for status, response in each["responses"].items():
            content = response["content"].get("application/json", {})
            assert "example" in content or name == "get /metrics", (name, status)
        if "requestBody" in each:
            assert "example" in each["requestBody"]["content"]["application/json"], name


def test_the_pages_bring_everything_along(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/openapi/").headers["Location"] == "/openapi/swagger"
    page = client.get("/openapi/swagger").text
    assets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert assets
    for asset in assets:
        assert "//" not in asset
        assert client.get(f"/openapi/{asset}").status_code == 200, asset
    assert "http://" not in page
    assert "https://" not in page
    served = client.get("/openapi/openapi.json")
    assert served.json is not None
    assert "default-src 'self'" in served.headers["Content-Security-Policy"]
