"""Codes that set a password: who gets one, how, and that they are worth nothing to anybody else."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import update

from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import User, WhatsAppSession
from services.settings import Settings
from services.tenants import code_delivery, platform
from services.tenants.tenants import Registered
from tests.admin_api.conftest import Api, Business, Ticks, counted
from tests.admin_api.people import (
    OTHER_PASSWORD,
    PASSWORD,
    bearing,
    code_in,
    guest,
    hashing,
    light,
    logged_in,
    with_password,
    work,
    written,
)
from tests.db.asking import rows

__all__ = ["guest", "light"]
FORGOT, RESET, ACCEPT = "/auth/password/forgot", "/auth/password/reset", "/auth/invitations/accept"
LOGIN = "081100000001"


@pytest.fixture
def house(db: Database, settings: Settings) -> Registered:
    """The platform with a number of its own."""
    made = platform.ensure(db, settings.model_copy(update={"super_admin_numbers": "6281100000099"}), "simulator")
    assert made is not None
    return made


def disconnect(db: Database, tenant_id: int) -> None:
    with db.tenant(tenant_id) as tx:
        tx.execute(update(WhatsAppSession).where(WhatsAppSession.tenant_id == tx.tenant).values(state="stopped"))


def reset_code(guest: Api, settings: Settings, tenant_id: int, login: str = LOGIN) -> str:
    """A code that somebody who forgot their password has read on their phone."""
    guest.post(FORGOT, {"login": login}, 202)
    work(guest.db, settings)
    return code_in(written(guest.db, tenant_id)[-1])


def test_a_forgotten_password_is_set_anew_with_a_code_from_the_platform(
    guest: Api, shop: Business, house: Registered, settings: Settings
) -> None:
    with_password(shop)
    before = bearing(guest, logged_in(guest, LOGIN))
    code = reset_code(guest, settings, house.tenant_id)
    assert written(guest.db, shop.tenant_id) == []
    assert written(guest.db, house.tenant_id)[-1].chat == "phone:6281100000001"
    assert shop.slug not in code
    wanted = {"login": LOGIN, "code": code.lower().replace("-", " "), "password": OTHER_PASSWORD}
    with hashing(guest.db) as done:
        guest.post(RESET, wanted)
    assert done == ["hash"]
    assert guest.refused("get", "/auth/me", headers=before) == (401, "token_invalid")
    logged_in(guest, LOGIN, OTHER_PASSWORD)
    assert guest.refused("post", RESET, wanted) == (422, "code_wrong")


def test_whether_somebody_is_known_nobody_learns(
    guest: Api, shop: Business, settings: Settings, house: Registered
) -> None:
    with_password(shop)
    asked = []
    for login in (LOGIN, "nobody@example.com", "6289999999999"):
        with counted(guest.db) as statements:
            asked.append((guest.post(FORGOT, {"login": login}, 202), len(statements)))
    assert asked[0] == asked[1] == asked[2]
    work(guest.db, settings)
    tried = set()
    for login in (LOGIN, "nobody@example.com", "6289999999999"):
        with counted(guest.db) as statements, hashing(guest.db) as done:
            wrong = {"login": login, "code": "ABCD-2345", "password": OTHER_PASSWORD}
            refused = guest.refused("post", RESET, wrong)
        tried.add((refused, guest.last.json["error"]["message"], len(statements), tuple(done)))
    assert len(tried) == 1
    assert tried.pop()[0] == (422, "code_wrong")


def test_a_code_ends_after_five_tries_or_fifteen_minutes_or_with_the_next(
    guest: Api, shop: Business, settings: Settings, house: Registered, clock: VirtualClock, ticks: Ticks
) -> None:
    with_password(shop)

    def tried(code: str) -> tuple[int, str]:
        ticks.seconds += 1000
        return guest.refused("post", RESET, {"login": LOGIN, "code": code, "password": OTHER_PASSWORD})

    code = reset_code(guest, settings, house.tenant_id)
    for _n in range(5):
        assert tried("ABCD-2345") == (422, "code_wrong")
    assert tried(code) == (422, "code_wrong")
    clock.move_to(clock.now() + timedelta(minutes=2))
    first = reset_code(guest, settings, house.tenant_id)
    clock.move_to(clock.now() + timedelta(minutes=2))
    second = reset_code(guest, settings, house.tenant_id)
    assert first != second
    assert tried(first) == (422, "code_wrong")
    clock.move_to(clock.now() + timedelta(minutes=15))
    assert tried(second) == (422, "code_wrong")


def test_of_two_who_use_a_code_at_once_one_does(
    guest: Api, shop: Business, settings: Settings, house: Registered
) -> None:
    with_password(shop)
    code = reset_code(guest, settings, house.tenant_id)
    answers: list[int] = []

    def use(n: int) -> None:
        given = {"login": LOGIN, "code": code, "password": f"{OTHER_PASSWORD} {n}"}
        answers.append(guest.client.application.test_client().post(RESET, json=given).status_code)

    threads = [Thread(target=use, args=(n,)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == [200, 422, 422, 422]


def test_a_strangers_code_is_worth_nothing(
    guest: Api, shop: Business, rival: Business, settings: Settings, house: Registered
) -> None:
    for business in (shop, rival):
        with_password(business)
    code = reset_code(guest, settings, house.tenant_id, "081100000002")
    wanted = {"login": LOGIN, "code": code, "password": OTHER_PASSWORD}
    assert guest.refused("post", RESET, wanted) == (422, "code_wrong")
    logged_in(guest, LOGIN)


def test_codes_are_no_way_to_pester_somebody(
    guest: Api,
    shop: Business,
    settings: Settings,
    house: Registered,
    clock: VirtualClock,
    ticks: Ticks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(code_delivery, "MOST_A_DAY", 2)
    for _n in range(3):
        for _again in range(2):
            ticks.seconds += 1000
            guest.post(FORGOT, {"login": LOGIN}, 202)
            work(guest.db, settings)
        clock.move_to(clock.now() + timedelta(minutes=2))
    assert len(written(guest.db, house.tenant_id)) == code_delivery.MOST_A_DAY
    ticks.seconds += 4000
    for _n in range(10):
        guest.post(FORGOT, {"login": LOGIN}, 202)
    assert guest.refused("post", FORGOT, {"login": LOGIN}) == (429, "too_many_failures")


def test_without_the_platform_the_business_itself_writes_and_else_the_super_admin_tells(
    api: Api, shop: Business, rival: Business, settings: Settings
) -> None:
    api.post(FORGOT, {"login": LOGIN}, 202, headers={"X-API-Key": ""})
    work(api.db, settings)
    assert len(written(api.db, shop.tenant_id)) == 1
    disconnect(api.db, rival.tenant_id)
    for _n in range(2):
        api.post(FORGOT, {"login": "081100000002"}, 202)
        work(api.db, settings)
    noted = [each for each in api.get("/admin/notifications")["data"] if each["kind"] == "password_reset_undelivered"]
    assert [each["tenantId"] for each in noted] == [rival.tenant_id]
    user_id = noted[0]["data"]["userId"]
    path = f"/admin/users/{rival.slug}/{user_id}/reset-code"
    assert shop.as_user().refused("post", path) == (403, "forbidden")
    assert api.refused("post", f"/admin/users/{shop.slug}/{user_id}/reset-code") == (404, "user_unknown")
    code = api.post(path, status=201)["data"]["code"]
    api.post(RESET, {"login": "081100000002", "code": code, "password": PASSWORD})
    logged_in(api, "081100000002")


def test_what_was_sent_is_soon_unreadable(
    guest: Api, shop: Business, settings: Settings, house: Registered, clock: VirtualClock, database_url: Any
) -> None:
    code = reset_code(guest, settings, house.tenant_id)
    (message,) = written(guest.db, house.tenant_id)
    assert code not in message.body[:80], "the owner of the number is told the beginning of what couldn't be sent"
    kept = str([rows(database_url, f"select * from {each}") for each in ("one_time_codes", "audit_log")])
    kept += str(rows(database_url, "select args from procrastinate_jobs"))
    assert code not in kept
    assert code.replace("-", "") not in kept
    clock.move_to(clock.now() + code_delivery.HIDDEN_AFTER)
    assert work(guest.db, settings) == ["hide_code"]
    assert code in written(guest.db, house.tenant_id)[0].body
    with guest.db.tenant(house.tenant_id) as tx:
        tx.execute(update(type(message)).where(type(message).id == message.id).values(status="sent"))
    clock.move_to(clock.now() + code_delivery.HIDDEN_AFTER)
    assert work(guest.db, settings) == ["hide_code"]
    assert written(guest.db, house.tenant_id)[0].body == code_delivery.HIDDEN


def test_a_code_that_could_not_leave_in_time_never_does(
    guest: Api, shop: Business, settings: Settings, house: Registered, clock: VirtualClock
) -> None:
    reset_code(guest, settings, house.tenant_id)
    for _look in range(20):
        clock.move_to(clock.now() + timedelta(minutes=1))
        work(guest.db, settings)
    (message,) = written(guest.db, house.tenant_id)
    assert (message.status, message.body) == ("cancelled", code_delivery.HIDDEN)


def test_who_is_invited_sets_a_password_and_is_in(
    guest: Api, shop: Business, rival: Business, settings: Settings, clock: VirtualClock, house: Registered
) -> None:
    owner = shop.as_user()
    new = {"name": "Siti Rahayu", "phone": "0812 3456 7890", "role": "manager"}
    made = owner.post("/api/v1/users", new, 201)["data"]
    assert (made["phone"], made["hasPassword"]) == ("6281234567890", False)
    assert made["invitedAt"] is not None
    again = f"/api/v1/users/{made['id']}/invite"
    assert owner.refused("post", again) == (429, "rate_limited")
    assert rival.as_user().refused("post", again) == (404, "user_unknown")
    work(guest.db, settings)
    first = code_in(written(guest.db, shop.tenant_id)[-1])
    clock.move_to(clock.now() + timedelta(minutes=2))
    owner.post(again)
    work(guest.db, settings)
    code = code_in(written(guest.db, shop.tenant_id)[-1])
    assert guest.refused("post", ACCEPT, {"code": first, "password": PASSWORD}) == (422, "code_wrong")
    assert guest.refused("post", ACCEPT, {"code": code, "password": "siti rahayu"}) == (422, "password_weak")
    assert (
        guest.refused("post", RESET, {"login": "081234567890", "code": code, "password": PASSWORD})[1] == "code_wrong"
    )
    with hashing(guest.db) as done:
        tokens = guest.post(ACCEPT, {"code": code, "password": PASSWORD})["data"]
    assert done == ["hash"]
    assert guest.get("/auth/me", headers=bearing(guest, tokens))["data"]["user"]["name"] == "Siti Rahayu"
    assert guest.refused("post", ACCEPT, {"code": code, "password": PASSWORD}) == (422, "code_wrong")
    assert owner.refused("post", again) == (409, "password_set")


def test_an_invitation_of_somebody_who_is_switched_off_or_gone_or_late_is_void(
    guest: Api, shop: Business, settings: Settings, clock: VirtualClock
) -> None:
    owner, codes = shop.as_user(), []
    for n in range(3):
        user = owner.post("/api/v1/users", {"name": f"User {n}", "phone": f"08123456789{n}"}, 201)["data"]
        work(guest.db, settings)
        codes.append((user["id"], code_in(written(guest.db, shop.tenant_id)[-1])))
    owner.patch(f"/api/v1/users/{codes[0][0]}", {"active": False})
    owner.delete(f"/api/v1/users/{codes[1][0]}")
    clock.move_to(clock.now() + timedelta(days=7))
    for _user, code in codes:
        assert guest.refused("post", ACCEPT, {"code": code, "password": PASSWORD}) == (422, "code_wrong")


def test_old_codes_and_logins_are_forgotten(guest: Api, shop: Business, clock: VirtualClock, database_url: Any) -> None:
    from services.tenants import codes, logins

    with_password(shop)
    logged_in(guest, LOGIN)
    with guest.db.tenant(shop.tenant_id) as tx:
        codes.make(tx, "key", tx.get_one(User, (tx.tenant, shop.user())), "invitation")
    for days, left in ((7, (1, 1)), (2, (1, 0)), (52, (0, 0))):
        clock.move_to(clock.now() + timedelta(days=days))
        with guest.db.system() as tx:
            codes.forget(tx)
            logins.forget(tx)
        found = tuple(len(rows(database_url, f"select 1 from {each}")) for each in ("logins", "one_time_codes"))
        assert found == left, days
