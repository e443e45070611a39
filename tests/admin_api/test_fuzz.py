"""Whatever is sent to a route that describes itself, by either of two businesses or the super admin: never a mistake of
ours, never anything that isn't described, and never a word of the other business.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.admin_api.conftest import failure
from tests.admin_api.world import RIVAL_MARK, RIVALS, SHOP_MARK, World, made_world
from tests.conftest import OWNER, STRANGER

__all__ = ["made_world"]

EXAMPLES = 1
_SETTINGS = settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
# What is known only to one business.
OF_SHOP, OF_RIVAL = (SHOP_MARK, OWNER, "713579", "713.579"), (RIVAL_MARK, STRANGER, "931797", "931.797")


class Asker:
    """Somebody with whom the API is tried, and the words that they must never read."""

    def __init__(self, name: str, headers: dict[str, str], forbidden: tuple[str, ...]) -> None:
        self.name, self.headers, self.forbidden = name, headers, forbidden


pytestmark = pytest.mark.timeout(300)
"""A machine that has much else to do takes its time for that many requests."""


@pytest.fixture
def askers(world: World) -> list[Asker]:
    """The three, logged in anew: what was tried before may have ended their logins."""
    world.mend()
    return [
        Asker("shop", world.shop.as_user("owner").headers, OF_RIVAL),
        Asker("rival", world.rival.as_user("owner").headers, OF_SHOP),
        Asker("super admin for the shop", world.super_admin().headers | {"X-Tenant-ID": str(world.shop.tenant_id)}, ()),
    ]


def complaints(asker: Asker, label: str, case: Any, response: Any) -> Iterator[str]:
    """What is wrong with an answer."""
    head = f"{label} as {asker.name}: {response.status_code}"
    text = response.text
    if response.status_code >= 500:
        yield f"{head} {text[:300]}"
    elif response.status_code >= 400 and response.headers.get("content-type") == ["application/json"]:
        failure(response.json())
    asked = f"{case.path_parameters} {case.query} {case.body}"
    yield from (f"{head} tells {word}" for word in asker.forbidden if word in text and word not in asked)
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as group:
        yield from (f"{head} {type(each).__name__}: {str(each)[:300]}" for each in group.exceptions)


def in_order(operations: list[Any]) -> list[Any]:
    """First what only looks, then what changes, last what takes away or ends."""
    ranks = {"GET": 0, "POST": 1, "PUT": 1, "PATCH": 1, "DELETE": 3}
    ends = ("logout", "close", "erase", "password", "toggle", "revoke", "disconnect")
    return sorted(operations, key=lambda each: ranks[each.method.upper()] + any(word in each.path for word in ends))


def probe(operation: Any, askers: list[Asker], mode: GenerationMode) -> list[str]:
    """Has all of them ask the same, and tells what was wrong."""
    found: list[str] = []

    @_SETTINGS
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.headers = {key: value for key, value in (case.headers or {}).items() if is_sendable(value)}
        for asker in askers:
            n = next(_addresses)
            address = {"REMOTE_ADDR": f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"}
            response = case.call(headers=asker.headers, environ_overrides=address)
            found.extend(complaints(asker, operation.label, case, response))

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, operation.label
    return found


_addresses = itertools.count(1)


def is_sendable(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


def test_what_each_has_is_answered_as_described(world: World, askers: list[Asker]) -> None:
    """Every route with the example of its body and a row of one's own, which random numbers would hardly hit."""
    schema = schemathesis.openapi.from_wsgi("/openapi/openapi.json", world.app)
    routes = {(route.method, route.rule): route for route in world.routes}
    found: list[str] = []
    answered = 0
    for operation in in_order([each.ok() for each in schema.get_all_operations()]):
        route = routes[operation.method.upper(), operation.path]
        world.mend()
        for asker, business, row in ((askers[0], world.shop, 1), (askers[1], world.rival, RIVALS)):
            own = {name: business.slug if name in route.companies else str(row) for name in route.parameters}
            case = operation.Case(
                path_parameters=own, query=route.query,
                body=route.filled(business.slug) if route.body is not None else NOT_SET,
                media_type="application/json" if route.body is not None else None,
            )  # fmt: skip
            n = next(_addresses)
            address = {"REMOTE_ADDR": f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"}
            response = case.call(headers=asker.headers, environ_overrides=address)
            answered += response.status_code < 300
            found += complaints(asker, operation.label, case, response)
    assert not found, "\n".join(sorted(set(found)))
    assert answered > 30


def test_no_request_breaks_anything_or_tells_of_another(world: World, askers: list[Asker]) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi/openapi.json", world.app)
    found: list[str] = []
    operations = in_order([each.ok() for each in schema.get_all_operations()])
    routes = {(route.method, route.rule): route.access for route in world.routes}
    for n, operation in enumerate(operations):
        world.mend()
        access = routes[operation.method.upper(), operation.path]
        who = askers[2:] if access is not None and access.role == "super_admin" else askers[:2]
        found += probe(operation, who, GenerationMode.POSITIVE)
        if n % 2:
            found += probe(operation, who[:1], GenerationMode.NEGATIVE)
    assert len(operations) > 30
    assert not found, "\n".join(sorted(set(found)))
