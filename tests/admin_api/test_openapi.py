"""What describes the API: complete, valid, kept in `docs/openapi.json`, and shown without any outside asset."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate

from admin_api import VERSION
from admin_api.app import openapi_document, openapi_text
from admin_api.errors import STATUS
from admin_api.example_values import Examples
from admin_api.routing import SAME_AS

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
    tags = {tag["name"] for tag in document["tags"]}
    for name, each in found.items():
        assert each["summary"], name
        assert each["tags"], name
        assert set(each["tags"]) <= tags, name
        assert {"401", "402", "403", "404", "422", "429", "500", "503"} <= each["responses"].keys(), name
        assert ("security" in each) == ("Needs no key." not in each["description"]), name
        assert each["description"].startswith(each["summary"].rstrip(".")), name
        for parameter in each.get("parameters", ()):
            assert parameter["description"], (name, parameter["name"])
            assert "example" in parameter, (name, parameter["name"])
        if "requestBody" in each:
            assert all("example" in content for content in each["requestBody"]["content"].values()), name


def test_every_failure_is_shown_in_the_one_shape(document: dict[str, Any]) -> None:
    failures = document["components"]["responses"]
    used = {
        status: response
        for each in operations(document).values()
        for status, response in each["responses"].items()
        if not status.startswith("2")
    }
    for status, response in used.items():
        assert response == {"$ref": f"#/components/responses/{status}"}
        shown = failures[status]
        assert "X-Request-Id" in shown["headers"]
        assert ("Retry-After" in shown["headers"]) == (status in ("429", "503"))
        error = shown["content"]["application/json"]["example"]["error"]
        assert STATUS.get(error["code"], int(status)) == int(status), status


def test_every_success_has_its_headers_and_an_example(document: dict[str, Any]) -> None:
    for name, each in operations(document).items():
        for status, response in each["responses"].items():
            if not status.startswith("2"):
                continue
            assert "X-Request-Id" in response["headers"], name
            assert ("X-RateLimit-Remaining" in response["headers"]) == ("security" in each), name
            content = response["content"].get("application/json")
            assert content is None or "example" in content, (name, status)


def examples(document: dict[str, Any]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Every example with where it stands and its schema."""
    for name, each in operations(document).items():
        for parameter in each.get("parameters", ()):
            yield f"{name} {parameter['name']}", parameter["example"], parameter["schema"]
        for content in each.get("requestBody", {}).get("content", {}).values():
            yield f"{name} body", content["example"], content["schema"]
        for status, response in each["responses"].items():
            content = response.get("content", {}).get("application/json")
            if content is not None:
                yield f"{name} {status}", content["example"], content["schema"]
    for status, failure in document["components"]["responses"].items():
        content = failure["content"]["application/json"]
        yield status, content["example"], content["schema"]


def test_every_example_is_what_its_schema_says(document: dict[str, Any]) -> None:
    wrong = [
        f"{where}: {'.'.join(map(str, error.absolute_path))} {error.message}"
        for where, example, schema in examples(document)
        for error in OAS31Validator(
            {**schema, "components": document["components"]}, format_checker=oas31_format_checker
        ).iter_errors(example)
    ]
    assert wrong == []


def test_no_example_is_empty(document: dict[str, Any]) -> None:
    """Where nothing is known of a field, its own `example` has to say it."""
    unsaid = [where for where, example, _schema in examples(document) if example == {"success": True, "data": {}}]
    assert unsaid == []


def test_an_alias_shows_what_its_original_shows(document: dict[str, Any]) -> None:
    found = operations(document)
    by_id = {each["operationId"]: each for each in found.values()}
    aliases = [each for each in found.values() if SAME_AS in each]
    assert aliases
    for each in aliases:
        original = by_id[each[SAME_AS]]
        assert each["responses"] == original["responses"], each["operationId"]
        assert each.get("security") == original.get("security")


def test_the_guide_says_how_to_begin(document: dict[str, Any]) -> None:
    guide = document["info"]["description"]
    for word in ("X-API-Key", "X-Tenant-ID", "Idempotency-Key", "Retry-After", "per_page", "request_id", "sort="):
        assert word in guide, word
    paths = set(document["paths"])
    for path in re.findall(r"`(?:[A-Z]+ )?(/[a-z0-9/]+)`", guide):
        assert path in paths, path
    assert document["servers"]
    listed = [tag["name"] for tag in document["tags"]]
    assert listed[-1] == "Aliases"


def test_an_example_fits_what_a_schema_asks() -> None:
    made = Examples({"Pair": {"type": "object", "properties": {"left": {"$ref": "#/x/Pair"}}}})
    assert "left" in made.answered({"$ref": "#/x/Pair"})
    for schema, expected in (
        ({"type": "string", "minLength": 5, "maxLength": 6}, 5),
        ({"type": "integer", "minimum": 7}, 7),
        ({"type": "integer", "exclusiveMinimum": 7}, 8),
        ({"type": "string", "pattern": r"^\d+$"}, "1"),
        ({"anyOf": [{"type": "null"}, {"const": "x"}]}, "x"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"active": 1}),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, ["a"]),
        ({"allOf": [{"type": "integer"}], "default": 3}, 3),
        ({"type": ["string", "null"], "format": "date"}, "2025-02-13"),
    ):
        value = made.answered(schema)
        assert (len(value) if schema.get("maxLength") else value) == expected, schema
        OAS31Validator(schema).validate(value)


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
