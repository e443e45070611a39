"""Logging in and out: tokens that hold, tokens that don't, and what those learn who guess."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import jwt
import pytest
from flask import Flask
from structlog.testing import capture_logs

from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import Tenant, User
from services.tenants import passwords, platform
from tests.admin_api.conftest import Api, Business, Ticks, counted
from tests.admin_api.people import (
    OTHER_PASSWORD,
    PASSWORD,
    bearing,
    guest,
    hashing,
    light,
    logged_in,
    with_password,
)

__all__ = ["guest", "light"]
WRONG = "not the password at all"


def test_one_logs_in_by_number_or_address_however_it_is_written(guest: Api, shop: Business) -> None:
    with_password(shop, email="siti@example.com")
    for spelling in ("+62 811-0000-0001", "081100000001", "6281100000001", " Siti@Example.com"):
        found = logged_in(guest, spelling)
        assert found["tenant"]["companyId"] == shop.slug
        assert found["user"]["phone"] == "6281100000001"
        assert found["expiresIn"] == 900
        assert guest.get("/auth/me", headers=bearing(guest, found))["data"]["user"]["email"] == "siti@example.com"


def test_whatever_is_wrong_looks_the_same_and_costs_the_same(guest: Api, shop: Business, rival: Business) -> None:
    """Unknown, wrong, without a password, switched off, of another business, known in several: nothing tells them
    apart.
    """
    known = with_password(shop)
    with rival.db.tenant(rival.tenant_id) as tx:
        tx.get_one(User, (tx.tenant, rival.user("owner"))).email = "never@example.com"
    with_password(shop, "staff", email="gone@example.com", active=False)
    twice = [with_password(each, "manager", email="twice@example.com") for each in (shop, rival)]
    tried = [("nobody@example.com", {}), ("6289999999999", {}), (known, {}), ("never@example.com", {}), (twice[0], {}),
             ("gone@example.com", {}), ("twice@example.com", {}), (known, {"tenant": rival.slug})]  # fmt: skip
    seen = set()
    for n, (login, more) in enumerate(tried):
        given = {"login": login, "password": WRONG if not more and "gone" not in login else PASSWORD, **more}
        with counted(guest.db) as statements, hashing(guest.db) as work:
            refused = guest.refused("post", "/auth/login", given, environ_overrides={"REMOTE_ADDR": f"203.0.113.{n}"})
        seen.add((refused, guest.last.json["error"]["message"], len(statements), tuple(work)))
    assert len(seen) == 1
    assert seen.pop()[::3] == ((401, "login_failed"), ("verify",))


def test_of_several_businesses_the_last_one_or_the_named(guest: Api, shop: Business, rival: Business) -> None:
    for business, password in ((shop, PASSWORD), (rival, OTHER_PASSWORD)):
        with_password(business, password=password, email="siti@example.com")
    named = logged_in(guest, "siti@example.com", OTHER_PASSWORD, tenant=rival.slug)
    assert named["tenant"]["id"] == rival.tenant_id
    assert logged_in(guest, "siti@example.com", OTHER_PASSWORD)["tenant"]["id"] == rival.tenant_id
    header = {"X-Tenant-ID": str(shop.tenant_id)}
    given = {"login": "siti@example.com", "password": PASSWORD}
    assert guest.post("/auth/login", given, headers=header)["data"]["tenant"]["id"] == shop.tenant_id
    both = given | {"tenant": rival.slug}
    assert guest.refused("post", "/auth/login", both, headers=header) == (401, "login_failed")
    me = bearing(guest, named)
    assert guest.refused("get", "/auth/me", headers=me | header) == (403, "tenant_mismatch")


def test_a_number_is_read_as_people_of_the_business_write_it(guest: Api, shop: Business, rival: Business) -> None:
    with_password(shop)
    with rival.db.system() as tx:
        tx.get_one(Tenant, rival.tenant_id).country = "US"
    with_password(rival, phone="12025550123")
    assert logged_in(guest, "(202) 555-0123")["tenant"]["id"] == rival.tenant_id
    assert logged_in(guest, "081100000001")["tenant"]["id"] == shop.tenant_id


def token(app: Flask, **changes: Any) -> str:
    now = app.extensions["juragan"].db.clock.now()
    claims = {"iss": "juragan", "tid": 1, "sid": 1, "sub": "1", "iat": now, "exp": now + timedelta(minutes=5)}
    key = changes.pop("key", app.extensions["juragan"].signing_key())
    algorithm = changes.pop("algorithm", "HS256")
    return jwt.encode(claims | changes, key, algorithm=algorithm)


def unsigned(app: Flask) -> str:
    """As if the algorithm `none` were one."""

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = token(app).split(".")[1]
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{claims}."


def resigned(app: Flask, login: Any) -> str:
    """A token whose content was changed under the signature of another."""
    header, claims, signature = login["accessToken"].split(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=="))
    changed = base64.urlsafe_b64encode(json.dumps(read | {"tid": 2}).encode()).decode().rstrip("=")
    return f"{header}.{changed}.{signature}"


def test_forged_tokens_open_nothing(guest: Api, app: Flask, shop: Business, rival: Business) -> None:
    with_password(shop)
    login = logged_in(guest, "081100000001")
    mine = jwt.decode(login["accessToken"], options={"verify_signature": False})
    same = {"tid": mine["tid"], "sid": mine["sid"], "sub": mine["sub"]}
    guest.get("/auth/me", headers={"Authorization": f"Bearer {token(app, **same)}"})
    forged = [
        token(app, key="0" * 64, **same), token(app, algorithm="HS512", **same), token(app, iss="another", **same),
        unsigned(app), resigned(app, login), token(app, **same | {"tid": rival.tenant_id}),
        token(app, **same | {"sid": 10**9}), token(app, **same | {"tid": "x"}), token(app, **same | {"sid": 10**30}),
        login["accessToken"][:-2], login["accessToken"] + "x",
    ]  # fmt: skip
    for n, each in enumerate(forged):
        asked = {"headers": {"Authorization": f"Bearer {each}"}, "environ_overrides": {"REMOTE_ADDR": f"203.0.113.{n}"}}
        assert guest.refused("get", "/auth/me", **asked) == (401, "token_invalid"), n


def test_a_token_of_another_installation_opens_nothing(
    guest: Api, make_app: Callable[..., Flask], shop: Business
) -> None:
    from pydantic import SecretStr

    other = make_app(secret_key=SecretStr("the key of another installation, as long as ours"))
    with_password(shop)
    found = logged_in(guest, "081100000001")
    stranger = Api(other, shop.db, bearing(guest, found))
    assert stranger.refused("get", "/auth/me") == (401, "token_invalid")


def test_logging_out_ends_the_token_at_once(guest: Api, shop: Business, rival: Business) -> None:
    with_password(shop)
    with_password(rival)
    first, second, third = (logged_in(guest, "081100000001") for _n in range(3))
    strange = logged_in(guest, "081100000002")
    assert guest.post("/auth/logout", {}, headers=bearing(guest, first))["data"] == {"ended": 1}
    assert guest.refused("get", "/auth/me", headers=bearing(guest, first)) == (401, "token_invalid")
    assert guest.refused("post", "/auth/refresh", {"refreshToken": first["refreshToken"]}) == (401, "token_invalid")
    there = guest.get("/auth/logins", headers=bearing(guest, second))["data"]
    assert [each["current"] for each in there] == [False, True]
    theirs = guest.get("/auth/logins", headers=bearing(guest, strange))["data"]
    assert len(theirs) == 1
    assert guest.refused("delete", f"/auth/logins/{theirs[0]['id']}", headers=bearing(guest, second)) == (
        404, "login_unknown",
    )  # fmt: skip
    guest.delete(f"/auth/logins/{there[0]['id']}", headers=bearing(guest, second))
    assert guest.refused("get", "/auth/me", headers=bearing(guest, third)) == (401, "token_invalid")
    logged_in(guest, "081100000001")
    everywhere = guest.post("/auth/logout", {"everywhere": True}, headers=bearing(guest, second))["data"]
    assert everywhere == {"ended": 2}
    guest.get("/auth/me", headers=bearing(guest, strange))


def test_a_refresh_token_works_once_and_as_long_as_its_login(guest: Api, shop: Business, clock: VirtualClock) -> None:
    with_password(shop)
    first = logged_in(guest, "081100000001")
    second = guest.post("/auth/refresh", {"refreshToken": first["refreshToken"]})["data"]
    assert second["refreshToken"] != first["refreshToken"]
    guest.get("/auth/me", headers=bearing(guest, second))
    again = guest.refused("post", "/auth/refresh", {"refreshToken": first["refreshToken"]})
    assert again == (401, "token_invalid")
    assert guest.refused("get", "/auth/me", headers=bearing(guest, second)) == (401, "token_invalid")
    assert guest.refused("post", "/auth/refresh", {"refreshToken": second["refreshToken"]}) == (401, "token_invalid")
    found = logged_in(guest, "081100000001")
    clock.move_to(clock.now() + timedelta(days=29))
    found = guest.post("/auth/refresh", {"refreshToken": found["refreshToken"]})["data"]
    clock.move_to(clock.now() + timedelta(days=1))
    assert guest.refused("post", "/auth/refresh", {"refreshToken": found["refreshToken"]}) == (401, "token_invalid")


def test_who_guesses_waits_ever_longer_but_others_do_not(guest: Api, shop: Business, ticks: Ticks) -> None:
    with_password(shop)
    given = {"login": "081100000001", "password": WRONG}
    for _n in range(5):
        assert guest.refused("post", "/auth/login", given) == (401, "login_failed")
    pauses = []
    for _n in range(3):
        assert guest.refused("post", "/auth/login", given | {"password": PASSWORD}) == (429, "too_many_failures")
        pauses.append(int(guest.last.headers["Retry-After"]))
        ticks.seconds += pauses[-1]
        assert guest.refused("post", "/auth/login", given | {"login": "+62811 0000 0001"})[1] == "login_failed"
    assert pauses == [2, 4, 8]
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    guest.post("/auth/login", given | {"password": PASSWORD}, **elsewhere)
    ticks.seconds += 16
    guest.post("/auth/login", given | {"password": PASSWORD})
    for _n in range(4):
        assert guest.refused("post", "/auth/login", given) == (401, "login_failed")


def test_who_tries_many_logins_from_one_address_waits_too(guest: Api, shop: Business) -> None:
    with_password(shop)
    for n in range(30):
        given = {"login": f"guess{n}@example.com", "password": WRONG}
        assert guest.refused("post", "/auth/login", given) == (401, "login_failed")
    right = {"login": "081100000001", "password": PASSWORD}
    assert guest.refused("post", "/auth/login", right) == (429, "too_many_failures")
    guest.post("/auth/login", right, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})


def test_a_login_guessed_at_from_many_addresses_waits(guest: Api, shop: Business) -> None:
    given = {"login": with_password(shop), "password": WRONG}
    answers = [
        guest.refused("post", "/auth/login", given, environ_overrides={"REMOTE_ADDR": f"203.0.113.{n}"})[0]
        for n in range(22)
    ]
    assert answers == [401] * 20 + [429] * 2


def test_people_change_their_own_name_language_and_password(guest: Api, shop: Business, rival: Business) -> None:
    with_password(shop, email="siti@example.com")
    with_password(rival)
    strange = bearing(guest, logged_in(guest, "081100000002"))
    here, elsewhere = (bearing(guest, logged_in(guest, "081100000001")) for _n in range(2))
    changed = guest.patch("/auth/me", {"name": "Siti", "language": "english"}, headers=here)["data"]["user"]
    assert (changed["name"], changed["language"]) == ("Siti", "en")
    assert guest.patch("/auth/me", {"language": None}, headers=here)["data"]["user"]["language"] is None
    assert guest.refused("patch", "/auth/me", {"language": "klingon"}, headers=here) == (422, "bad_language")
    assert guest.refused("patch", "/auth/me", {"role": "owner"}, headers=here) == (422, "invalid_request")
    wanted = {"old": WRONG, "new": OTHER_PASSWORD}
    assert guest.refused("post", "/auth/password", wanted, headers=here) == (422, "password_wrong")
    wanted["old"] = PASSWORD
    for weak in ("short", "siti@example.com", "6281100000001", "TOKO MAJU  ", "Password123", "aaaaaaaaaaaa"):
        assert guest.refused("post", "/auth/password", wanted | {"new": weak}, headers=here) == (
            422,
            "password_weak",
        ), weak
    with hashing(guest.db) as done:
        assert guest.post("/auth/password", wanted, headers=here)["data"] == {"ended": 1}
    assert done == ["verify", "hash"]
    guest.get("/auth/me", headers=here)
    guest.get("/auth/me", headers=strange)
    assert guest.refused("get", "/auth/me", headers=elsewhere) == (401, "token_invalid")
    assert guest.refused("post", "/auth/login", {"login": "siti@example.com", "password": PASSWORD})[0] == 401
    logged_in(guest, "siti@example.com", OTHER_PASSWORD)


def test_a_hash_of_another_cost_is_made_anew(guest: Api, shop: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    with_password(shop)
    monkeypatch.setattr(passwords, "cost", passwords.Cost(memory=16, rounds=1))
    for work in (["verify", "hash"], ["verify"]):
        with hashing(guest.db) as done:
            logged_in(guest, "081100000001")
        assert done == work


def test_keys_are_no_people(shop: Business, app: Flask, db: Database) -> None:
    key = shop.with_key("messages:send")
    for method, path in (("get", "/auth/me"), ("get", "/auth/logins"), ("post", "/auth/logout")):
        assert key.refused(method, path) == (403, "scope_required")
        assert Api(app, db).refused(method, path) == (403, "login_required")


def test_a_super_admin_logs_in(guest: Api, settings: Any, db: Database, shop: Business) -> None:
    known = settings.model_copy(update={"super_admin_numbers": "6281100000099"})
    made = platform.ensure(db, known, "simulator")
    assert made is not None
    hashed = passwords.make(PASSWORD)
    with db.tenant(made.tenant_id) as tx:
        tx.query(User).one().password_hash = hashed
    me = bearing(guest, logged_in(guest, "081100000099"))
    assert guest.get("/auth/me", headers=me)["data"]["user"]["role"] == "super_admin"
    assert guest.get(f"/admin/tenant/{shop.tenant_id}/users", headers=me)["data"][0]["role"] == "owner"


def test_passwords_and_tokens_stand_in_no_log_or_record(guest: Api, shop: Business, database_url: Any) -> None:
    from tests.db.asking import rows

    with_password(shop)
    with capture_logs() as log:
        found = logged_in(guest, "081100000001")
        guest.post("/auth/refresh", {"refreshToken": found["refreshToken"]})
        guest.refused("post", "/auth/login", {"login": "081100000001", "password": WRONG})
    kept = (
        str(rows(database_url, "select * from audit_log")) + str(rows(database_url, "select * from logins")) + str(log)
    )
    assert "login.begin" in kept
    for secret in (PASSWORD, WRONG, found["refreshToken"], found["accessToken"]):
        assert secret not in kept


NONSENSE: Sequence[dict[str, Any]] = (
    {"login": "a\u0000b", "password": PASSWORD}, {"login": "x", "password": "\ud800" * 12}, {"login": "x"},
    {"login": "x" * 5000, "password": PASSWORD}, {"login": "x", "password": "x" * 201}, {"login": 5, "password": 7},
    {"login": "x", "password": PASSWORD, "role": "owner"},
)  # fmt: skip


def test_nonsense_is_refused_before_any_work(guest: Api) -> None:
    for body in NONSENSE:
        with counted(guest.db) as statements, hashing(guest.db) as work:
            assert guest.refused("post", "/auth/login", body) == (422, "invalid_request")
        assert (statements, work) == ([], [])
