"""Every route × everybody who may not call it: refused with the right words, and nothing is changed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.clock import VirtualClock
from services.db.models import Login, Tenant, UserKey
from services.tenants.actors import RANKS
from services.tenants.scopes import SCOPES
from tests.admin_api.conftest import Api, failure
from tests.admin_api.test_auth import PUBLIC
from tests.admin_api.world import RIVALS, Route, World, made_world

__all__ = ["made_world"]

NOWHERE = 987_654_321
Refusal = tuple[int, str]


@dataclass(frozen=True)
class Callers:
    """People and programs of the shop, logged in once for the whole walk."""

    people: dict[str, Api]
    keys: dict[str, Api]
    expired: Api
    ended: Api
    revoked: Api

    @property
    def owner(self) -> Api:
        return self.people["owner"]


@pytest.fixture(scope="module")
def callers(world: World) -> Callers:
    shop, clock = world.shop, world.db.clock
    assert isinstance(clock, VirtualClock)
    expired, ended, revoked = shop.as_user("owner"), shop.as_user("owner"), shop.with_key(*SCOPES)
    with world.db.tenant(shop.tenant_id) as tx:
        last = tx.scalars(select(Login).where(Login.tenant_id == tx.tenant).order_by(Login.id.desc()).limit(1)).one()
        last.revoked_at = tx.now
        key = tx.scalars(select(UserKey).where(UserKey.tenant_id == tx.tenant).order_by(UserKey.id.desc()).limit(1))
        key.one().revoked_at = tx.now
    clock.move_to(clock.now() + timedelta(minutes=20))
    # A key whose scopes lack one; for routes that no key may call, one with all of them.
    keys = {scope: shop.with_key(*(set(SCOPES) - {scope})) for scope in SCOPES} | {"": shop.with_key(*SCOPES)}
    return Callers({role: shop.as_user(role) for role in RANKS[:-1]}, keys, expired, ended, revoked)


_addresses = itertools.count(1)


def ask(api: Api, route: Route, slug: str, row: int = NOWHERE, **headers: str) -> Refusal:
    """The status and code of an answer; from an address of its own each time, since guessing is slowed down."""
    n, body = next(_addresses), route.filled(slug)
    answer = api.client.open(
        route.path(slug, row), method=route.method, headers=api.headers | headers, query_string=route.query,
        environ_overrides={"REMOTE_ADDR": f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"},
        **({} if body is None else {"json": body}),
    )  # fmt: skip
    return answer.status_code, "let in" if answer.status_code < 400 else str(failure(answer.json)["code"])


@pytest.fixture(autouse=True)
def nothing_is_changed(world: World, callers: Callers) -> Iterator[None]:
    with world.unchanged():
        yield


def guarded(world: World) -> list[Route]:
    return [each for each in world.routes if each.access is not None and each.access.role is not None]


def of_businesses(world: World, wants: Callable[[Any], object] = lambda _access: True) -> list[Route]:
    """The routes that people of a business may call, those among them that want something."""
    return [each for each in guarded(world) if each.access and each.access.role != "super_admin" and wants(each.access)]


def refused(routes: list[Route], expected: Refusal, asking: Callable[[Route], Refusal]) -> None:
    """Every one of them answers so."""
    assert routes
    found = {route.label: asking(route) for route in routes}
    assert {label: answer for label, answer in found.items() if answer != expected} == {}


def test_every_route_says_who_may_call_it_and_these_are_for_everybody(world: World) -> None:
    assert [each.label for each in world.routes if each.access is None] == []
    public = {each.rule for each in world.routes if each.access and each.access.role is None}
    assert public == {path for path in PUBLIC if not path.startswith("/openapi")}
    assert [each.label for each in world.routes if each.operation is None] == []
    assert len(guarded(world)) > 30


def test_without_a_key(world: World) -> None:
    nobody = Api(world.app, world.db, {"Accept": "application/json"})
    refused(guarded(world), (401, "api_key_missing"), lambda route: ask(nobody, route, world.shop.slug))


@pytest.mark.parametrize("key", ["a-wrong-key", "jrk_wrong", "jrg_wrong"])
def test_with_a_wrong_key(world: World, key: str) -> None:
    stranger = Api(world.app, world.db, {"X-API-Key": key})
    refused(guarded(world), (401, "api_key_invalid"), lambda route: ask(stranger, route, world.shop.slug))


def test_with_what_held_once(world: World, callers: Callers) -> None:
    slug = world.shop.slug
    refused(guarded(world), (401, "token_expired"), lambda route: ask(callers.expired, route, slug))
    refused(guarded(world), (401, "api_key_revoked"), lambda route: ask(callers.revoked, route, slug))


def test_with_a_lower_role(world: World, callers: Callers) -> None:
    for role in RANKS[:-1]:
        lower = [each for each in guarded(world) if each.access and RANKS.index(role) < RANKS.index(each.access.role)]
        asking = callers.people[role]
        refused(lower, (403, "forbidden"), lambda route, asking=asking: ask(asking, route, world.shop.slug))


def test_with_a_key_that_lacks_the_scope(world: World, callers: Callers) -> None:
    refused(
        of_businesses(world), (403, "scope_required"),
        lambda route: ask(callers.keys[(route.access and route.access.scope) or ""], route, world.shop.slug),
    )  # fmt: skip
    admins = [each for each in guarded(world) if each.access and each.access.role == "super_admin"]
    refused(admins, (403, "forbidden"), lambda route: ask(callers.keys[""], route, world.shop.slug))


def test_for_another_business(world: World, callers: Callers) -> None:
    """Named by a header, by the sub-domain, or by the address itself."""
    by_header = of_businesses(world, lambda access: access.tenant == "header")
    rival = world.rival
    for header, value in (
        ("X-Tenant-ID", str(rival.tenant_id)), ("X-Tenant-Slug", rival.slug), ("Host", f"{rival.slug}.juragan.test"),
    ):  # fmt: skip
        headers = {header: value}
        refused(
            by_header, (403, "tenant_mismatch"),
            lambda route, headers=headers: ask(callers.owner, route, world.shop.slug, **headers),
        )  # fmt: skip
    named = [each for each in of_businesses(world, lambda access: access.tenant == "named") if each.names_company]
    refused(named, (404, "tenant_unknown"), lambda route: ask(callers.owner, route, rival.slug))


def test_with_the_numbers_of_anothers_rows(world: World, callers: Callers) -> None:
    """For its own business, but with the ids of rows that the stranger has: they aren't there, for the super admin
    neither.
    """
    rowed = [each for each in of_businesses(world) if each.names_row]
    admin = {"X-Tenant-ID": str(world.shop.tenant_id)}
    for asking, headers in ((callers.owner, {}), (world.super_admin(), admin)):
        found = {each.label: ask(asking, each, world.shop.slug, RIVALS, **headers) for each in rowed}
        assert {label: answer for label, answer in found.items() if not is_unknown(answer)} == {}


def is_unknown(answer: Refusal) -> bool:
    """Nothing is there; or it is a matter of people who are logged in, as a super admin's key isn't."""
    return (answer[0] == 404 and answer[1].endswith("_unknown")) or answer == (403, "login_required")


def changed(world: World, **columns: object) -> None:
    with world.db.tenant(world.shop.tenant_id) as tx:
        for name, value in columns.items():
            setattr(tx.get_one(Tenant, tx.tenant), name, value)


@pytest.mark.parametrize("status", ["suspended", "pending_approval", "closed"])
def test_without_a_subscription(world: World, callers: Callers, status: str) -> None:
    changed(world, status=status)
    try:
        wanting = of_businesses(world, lambda access: access.subscribed)
        refused(wanting, (402, "subscription_required"), lambda route: ask(callers.owner, route, world.shop.slug))
    finally:
        changed(world, status="active")


def test_without_the_feature(world: World, callers: Callers) -> None:
    changed(world, plan="free")
    try:
        wanting = of_businesses(world, lambda access: access.feature)
        if wanting:
            refused(wanting, (403, "plan_required"), lambda route: ask(callers.owner, route, world.shop.slug))
    finally:
        changed(world, plan="pro")
