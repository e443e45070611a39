"""Users of a business: who may have them, that there is always an owner, and never more than the plan allows."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import select

from services.db.engine import Database
from services.db.models import AuditEntry, Tenant, User, UserKey
from services.settings import Settings
from services.tenants import platform
from tests.admin_api.conftest import Api, Business, counted
from tests.conftest import Server

USERS = "/api/v1/users"
SITI: dict[str, Any] = {"name": "Siti Rahayu", "phone": "0812 3456 7890", "invite": False}


def test_an_owner_lets_others_act_and_sees_who_does(shop: Business, rival: Business) -> None:
    owner = shop.as_user()
    siti = owner.post(USERS, SITI | {"email": "Siti@Example.com", "language": "id"}, 201)["data"]
    assert (siti["phone"], siti["role"], siti["invitedAt"]) == ("6281234567890", "staff", None)
    assert owner.get(f"{USERS}/{siti['id']}")["data"] == siti
    changed = owner.patch(f"{USERS}/{siti['id']}", {"role": "manager", "name": None, "email": None})["data"]
    assert (changed["role"], changed["name"], changed["email"]) == ("manager", "Siti Rahayu", None)
    assert [each["name"] for each in owner.get(USERS, query_string={"q": "rahayu"})["data"]] == ["Siti Rahayu"]
    assert [each["role"] for each in owner.get(USERS, query_string={"sort": "-role"})["data"]] == ["owner", "manager"]
    with counted(shop.db) as statements:
        owner.get(USERS)
    assert len(statements) <= 3
    assert owner.refused("get", USERS, query_string={"sort": "passwordHash"}) == (422, "bad_sort")
    stranger = rival.as_user()
    for method, body in (("get", None), ("patch", {"name": "Mine"}), ("delete", None)):
        assert stranger.refused(method, f"{USERS}/{siti['id']}", body) == (404, "user_unknown")
    assert "Siti" not in str(stranger.get(USERS))
    owner.delete(f"{USERS}/{siti['id']}")
    assert owner.refused("get", f"{USERS}/{siti['id']}") == (404, "user_unknown")
    with shop.db.tenant(shop.tenant_id) as tx:
        done = tx.scalars(select(AuditEntry.action).where(AuditEntry.subject == "users").order_by(AuditEntry.id)).all()
    assert done == ["user.create", "user.change", "user.delete"]


def test_what_each_role_may(shop: Business) -> None:
    wanted = {"owner": (200, 404), "manager": (200, 403), "staff": (403, 403), "read_only": (403, 403)}
    for role, (looks, changes) in wanted.items():
        person = shop.as_user(role)
        person.get(USERS, looks)
        person.get(f"{USERS}/{shop.user('owner')}", looks)
        for method, path in (("patch", "99"), ("delete", "99"), ("post", "99/invite")):
            assert person.refused(method, f"{USERS}/{path}", {} if method == "patch" else None)[0] == changes, role
        person.post(USERS, SITI, 201 if role == "owner" else 403)
    shop.with_key("users:read").get(USERS)
    assert shop.with_key("messages:send").refused("get", USERS) == (403, "scope_required")
    assert shop.with_key("users:read").refused("post", USERS, SITI) == (403, "scope_required")


def test_nobody_raises_or_removes_themselves_and_an_owner_stays(shop: Business, api: Api) -> None:
    owner, me = shop.as_user(), shop.user("owner")
    here = {"X-Tenant-Slug": shop.slug}
    for change in ({"role": "manager"}, {"active": False}):
        assert owner.refused("patch", f"{USERS}/{me}", change) == (403, "own_role")
        assert api.refused("patch", f"{USERS}/{me}", change, headers=here) == (409, "last_owner")
    assert owner.refused("delete", f"{USERS}/{me}") == (403, "own_role")
    assert api.refused("delete", f"/admin/tenant/{shop.slug}/users/{me}") == (409, "last_owner")
    assert owner.refused("post", USERS, SITI | {"role": "super_admin"}) == (422, "invalid_request")
    second = owner.post(USERS, SITI | {"role": "owner"}, 201)["data"]["id"]
    api.delete(f"/admin/tenant/{shop.slug}/users/{me}")
    assert api.refused("patch", f"{USERS}/{second}", {"role": "staff"}, headers=here) == (409, "last_owner")
    assert owner.refused("get", USERS) == (401, "token_invalid")


def test_who_is_super_admin_the_settings_say(api: Api, db: Database, settings: Settings) -> None:
    made = platform.ensure(db, settings.model_copy(update={"super_admin_numbers": "6281100000099"}), "simulator")
    assert made is not None
    here = {"X-Tenant-ID": str(made.tenant_id)}
    (boss,) = api.get(USERS, headers=here)["data"]
    for change in ({"role": "staff"}, {"active": False}, {"phone": "081234567890"}):
        assert api.refused("patch", f"{USERS}/{boss['id']}", change, headers=here) == (403, "role_refused")
    assert api.refused("delete", f"{USERS}/{boss['id']}", headers=here) == (403, "role_refused")
    assert (
        api.patch(f"{USERS}/{boss['id']}", {"email": "boss@example.com"}, headers=here)["data"]["role"] == "super_admin"
    )


def test_who_is_switched_off_is_out_at_once(shop: Business) -> None:
    owner, staff = shop.as_user(), shop.as_user("staff")
    key = shop.with_key("messages:send", role="staff")
    user = f"{USERS}/{shop.user('staff')}"
    owner.patch(user, {"active": False})
    assert staff.refused("get", "/auth/me") == (401, "token_invalid")
    assert key.refused("get", "/auth/me")[0] == 401
    assert owner.refused("post", f"{user}/invite") == (409, "user_off")
    owner.patch(user, {"active": True})
    assert staff.refused("get", "/auth/me") == (401, "token_invalid")
    assert key.refused("get", "/auth/me") == (401, "api_key_revoked")


UNFIT: Sequence[tuple[dict[str, Any], str]] = (
    ({"phone": "12"}, "bad_phone"), ({"phone": "081100000001"}, "user_exists"), ({"language": "xx"}, "bad_language"),
    ({"email": "OWNER@example.com"}, "email_taken"), ({"email": "nonsense"}, "invalid_request"),
    ({"name": "x"}, "invalid_request"), ({"role": "boss"}, "invalid_request"), ({"id": 5}, "invalid_request"),
)  # fmt: skip


def test_what_cannot_be_of_a_user(shop: Business) -> None:
    owner = shop.as_user()
    owner.patch(f"{USERS}/{shop.user('owner')}", {"email": "owner@example.com"})
    siti = owner.post(USERS, SITI, 201)["data"]
    for change, refused in UNFIT:
        assert owner.refused("patch", f"{USERS}/{siti['id']}", change)[1] == refused
        assert owner.refused("post", USERS, SITI | {"phone": "081234567891"} | change)[1] == refused
    assert owner.get(f"{USERS}/{siti['id']}")["data"] == siti


def test_switching_on_needs_a_place_as_well(shop: Business) -> None:
    limit(shop, 2)
    owner = shop.as_user()
    siti = owner.post(USERS, SITI, 201)["data"]
    assert owner.refused("post", USERS, SITI | {"phone": "081234567891"}) == (403, "limit_reached")
    assert owner.last.json["error"]["details"] == {"limit": 2, "name": "users"}
    owner.patch(f"{USERS}/{siti['id']}", {"active": False})
    owner.post(USERS, SITI | {"phone": "081234567891"}, 201)
    assert owner.refused("patch", f"{USERS}/{siti['id']}", {"active": True}) == (403, "limit_reached")


def limit(shop: Business, users: int) -> None:
    with shop.db.tenant(shop.tenant_id) as tx:
        tx.get_one(Tenant, tx.tenant).limits = {"users": users}


def test_of_twenty_at_once_one_gets_the_last_place(shop: Business, rival: Business, server: Server) -> None:
    limit(shop, 2)
    headers, start = shop.as_user().headers, Barrier(20)
    answers: list[int] = []
    roomy = Database(server.engine(shop.db.engine.url.database, 20), shop.db.clock)
    object.__setattr__(shop.app.extensions["juragan"], "db", roomy)

    def ask(n: int) -> None:
        client = shop.app.test_client()
        start.wait(30)
        given = SITI | {"phone": f"62812345678{n:02d}"}
        answers.append(client.post(USERS, json=given, headers=headers).status_code)

    threads = [Thread(target=ask, args=(n,)) for n in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    roomy.close()
    assert sorted(answers) == [201] + [403] * 19
    with shop.db.tenant(shop.tenant_id) as tx:
        assert len(tx.scalars(select(User.id)).all()) == 2
        assert tx.scalars(select(UserKey.id)).all() == []
    assert len(rival.as_user().get(USERS)["data"]) == 1


def test_of_two_owners_who_remove_each_other_one_stays(shop: Business) -> None:
    for n in range(3):
        owner = shop.as_user()
        first = owner.get("/auth/me")["data"]["user"]["id"]
        made = owner.post(USERS, SITI | {"phone": f"08123456789{n}", "role": "owner"}, 201)["data"]["id"]
        other = Api(shop.app, shop.db, signed_in(shop, made))
        threads = [
            Thread(target=lambda who=who, whom=whom: who.delete(f"{USERS}/{whom}", status=None))
            for who, whom in ((owner, made), (other, first))
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        with shop.db.tenant(shop.tenant_id) as tx:
            assert len(tx.scalars(select(User.id).where(User.role == "owner")).all()) == 1


def signed_in(shop: Business, user_id: int) -> dict[str, str]:
    from services.tenants import logins

    with shop.db.tenant(shop.tenant_id) as tx:
        login, _refresh = logins.begin(tx, tx.get_one(User, (tx.tenant, user_id)), 30)
    key = shop.app.extensions["juragan"].signing_key()
    return {"Authorization": f"Bearer {logins.access_token(login, key, shop.db.clock.now(), 15)}"}
