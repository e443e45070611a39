"""Contacts over the API in bulk: CSV in and out, and what is asked of WhatsApp."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.clock import VirtualClock
from services.db.engine import Database
from services.tenants import sessions
from services.tenants.actors import SYSTEM
from tests.admin_api.conftest import Api, Business, counted

IMPORT, EXPORT, SYNC = "/api/v1/contacts/import", "/api/v1/contacts/export", "/api/v1/contacts/sync"
FILE = "Nama;No HP;Tag;Catatan\nBudi;081234567890;vip;=1+1\nAni;12;;\n;;;\nCitra;;new;\n"


@pytest.fixture
def manager(shop: Business) -> Api:
    return shop.as_user("manager")


def test_a_file_is_tried_taken_in_and_given_out(manager: Api, rival: Business) -> None:
    tried = manager.post(IMPORT, {"csv": FILE, "dryRun": True})["data"]
    assert manager.get("/api/v1/contacts")["data"] == []
    done = manager.post(IMPORT, {"csv": FILE})["data"]
    assert tried == done | {"dryRun": True}
    assert (done["lines"], done["added"], done["changed"], done["unchanged"]) == (3, 2, 0, 0)
    (problem,) = done["problems"]
    assert (problem["line"], problem["column"], problem["value"]) == (3, "phone", "12")
    assert "12 is no phone number" in problem["message"]
    response = manager.client.get(EXPORT, headers=manager.headers)
    assert response.mimetype == "text/csv"
    text = response.get_data().decode("utf-8-sig")
    assert text == (
        "name,phone,email,tags,language,note\r\nBudi,6281234567890,,vip,,'=1+1\r\nCitra,,,new,,\r\n"
    )  # fmt: skip
    again = manager.post(IMPORT, {"csv": text})["data"]
    assert (again["added"], again["changed"], again["unchanged"], again["problemCount"]) == (0, 0, 2, 0)
    stranger = rival.as_user("owner")
    assert stranger.client.get(EXPORT, headers=stranger.headers).get_data().decode("utf-8-sig").count("\n") == 1


def test_a_file_may_be_sent_as_it_is(manager: Api) -> None:
    sent = manager.client.post(
        f"{IMPORT}?dryRun=true", headers=manager.headers, data="name\nCafé\n".encode("cp1252"), content_type="text/csv"
    )
    assert sent.status_code == 200, sent.text
    assert sent.json is not None
    assert sent.json["data"]["added"] == 1
    other = manager.client.post("/api/v1/contacts", headers=manager.headers, data="x", content_type="text/csv")
    assert other.status_code == 415


@pytest.mark.parametrize("body", [{}, {"csv": "x"}, {"csv": ""}, {"csv": "1,2\n"}])
def test_what_is_no_file_is_refused(manager: Api, body: dict[str, object]) -> None:
    assert manager.refused("post", IMPORT, body) == (422, "bad_csv")


def test_many_lines_take_few_statements_and_only_the_first_problems_are_shown(
    manager: Api, db: Database, shop: Business
) -> None:
    lines = [f"Orang {n},0812{n:08d},vip" for n in range(1500)] + [f"Salah {n},1," for n in range(300)]
    with counted(db) as statements:
        done = manager.post(IMPORT, {"csv": "name,phone,tags\n" + "\n".join(lines)})["data"]
    assert (done["added"], done["problemCount"], len(done["problems"])) == (1500, 300, 200)
    assert len(statements) < 60
    with counted(db) as statements:
        exported = manager.client.get(EXPORT, headers=manager.headers).get_data()
    assert exported.count(b"\n") == 1501
    assert len(statements) < 10


def test_a_sync_is_asked_for_once_at_a_time_and_ends_by_itself(
    shop: Business, rival: Business, db: Database, clock: VirtualClock
) -> None:
    staff = shop.as_user("staff")
    first = staff.post(SYNC, {}, 202)["data"]
    assert staff.post("/contacts/sync", None, 202)["data"]["id"] == first["id"]
    assert staff.refused("post", SYNC, {"session": "second"}) == (404, "session_unknown")
    assert rival.as_user("owner").refused("get", SYNC) == (404, "sync_unknown")
    clock.move_to(clock.now() + timedelta(minutes=11))
    ended = shop.as_user("staff").get(SYNC)["data"]
    assert (ended["id"], ended["status"], ended["error"]) == (first["id"], "failed", "timed_out")
    assert shop.as_user("staff").post(SYNC, {}, 202)["data"]["id"] != first["id"]


def test_a_number_that_is_away_can_not_be_asked(shop: Business, db: Database) -> None:
    with db.tenant(shop.tenant_id) as tx:
        sessions.add(tx, SYSTEM, "second", "6281100000055", sessions.KEPT, -1)
    assert shop.as_user("staff").refused("post", SYNC, {"session": "second"}) == (409, "no_active_session")
