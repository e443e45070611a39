"""A business's bots and what they are told to heed, by its people and programs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from services.db.engine import Database
from services.db.models import AuditEntry, Chatbot
from tests.admin_api.conftest import Business, counted

BOTS = "/api/v1/bots"


def test_a_bot_is_made_set_up_and_removed(shop: Business, rival: Business) -> None:
    owner, stranger = shop.as_user("manager"), rival.as_user("owner")
    first = owner.post(BOTS, {"name": "Rina"}, 201)["data"]
    assert (first["number"], first["active"], first["for"], first["hours"]) == (1, True, "everyone", None)
    wanted = {"name": "Siti", "language": "id", "for": "borrowers", "hours": "mon-fri 8-17"}
    made = owner.post(BOTS, wanted, 201)["data"]
    path = f"{BOTS}/{made['id']}"
    assert made["hours"] == [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "17:00"}]
    changes = {
        "persona": "Friendly\nand short", "temperature": 0.3, "startWords": ["order", "price  list", "order"],
        "personWords": ["refund"], "session": "main", "active": False, "model": "gpt-4o-mini", "name": "Sita",
        "greeting": "Hello!", "fallback": "Later.", "hours": [{"days": ["sat"], "from": "20:00", "to": "02:00"}],
    }  # fmt: skip
    now = owner.patch(path, changes)["data"]
    expected = changes | {"startWords": ["order", "price list"]}
    assert {name: now[name] for name in expected} == expected
    assert (now["for"], now["language"]) == ("borrowers", "id")
    back = owner.patch(path, dict.fromkeys(changes))["data"]
    assert (back["name"], back["active"]) == ("Sita", False)
    assert not any(back[name] for name in changes.keys() - {"name", "active"})
    assert back["for"] == "borrowers"
    for method, body in (("get", None), ("patch", {"name": "Budi"}), ("delete", None)):
        assert stranger.refused(method, path, body) == (404, "bot_unknown")
        assert stranger.refused(method, f"{path}/instructions", body)[0] in (404, 405)
    assert stranger.get(BOTS)["data"] == []
    assert owner.delete(path)["data"]["name"] == "Sita"
    assert owner.refused("get", path) == (404, "bot_unknown")
    assert owner.refused("delete", f"{BOTS}/{first['id']}") == (409, "last_bot")


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"name": "Rina"}, 409, "bot_exists"),
    ({"name": "off"}, 422, "bad_bot_name"),
    ({"name": "SEMUA"}, 422, "bad_bot_name"),
    ({"name": "7"}, 422, "bad_bot_name"),
    ({"hours": "whenever"}, 422, "bad_hours"),
    ({"hours": [{"days": ["mon"], "from": "25:00", "to": "26:00"}]}, 422, "invalid_request"),
    ({"hours": [{"days": ["mon"], "from": "24:30", "to": "24:50"}]}, 422, "bad_hours"),
    ({"language": "klingon"}, 422, "unknown_language"),
    ({"model": "two words"}, 422, "bad_bot_model"),
    ({"persona": "x" * 1001}, 422, "bad_bot_persona"),
    ({"temperature": 2.5}, 422, "bad_bot_temperature"),
    ({"temperature": "NaN"}, 422, "invalid_request"),
    ({"session": "other"}, 404, "session_unknown"),
    ({"for": "nobody"}, 422, "invalid_request"),
    ({"startWords": ["!"]}, 422, "bad_bot_words"),
    ({"active": "yes"}, 422, "invalid_request"),
    ({"colour": "red"}, 422, "invalid_request"),
]


def test_what_no_bot_can_be(shop: Business, db: Database) -> None:
    owner = shop.as_user()
    owner.post(BOTS, {"name": "Rina"}, 201)
    path = f"{BOTS}/{owner.post(BOTS, {'name': 'Siti'}, 201)['data']['id']}"
    before = owner.get(path)
    for body, status, code in REFUSED:
        assert owner.refused("patch", path, {"greeting": "Hi"} | body) == (status, code), body
        assert owner.refused("post", BOTS, {"name": "Dewi"} | body) == (status, code), body
    assert owner.get(path) == before
    assert owner.get(BOTS)["pagination"]["total"] == 2
    for wrong in ("x", "0", "-1", "9" * 30):
        assert owner.refused("get", f"{BOTS}/{wrong}") == (422, "invalid_request"), wrong
    assert owner.refused("get", f"{BOTS}/{10**15}") == (404, "bot_unknown")


def test_a_change_is_recorded_with_who_made_it(shop: Business, db: Database) -> None:
    key = shop.with_key("bots:write")
    made = key.post(BOTS, {"name": "Siti"}, 201)["data"]["id"]
    key.patch(f"{BOTS}/{made}", {"greeting": "Hi", "active": True})
    with db.tenant(shop.tenant_id) as tx:
        entry = tx.scalars(select(AuditEntry).where(AuditEntry.action == "bot.change")).one()
    assert (entry.actor_kind, entry.before, entry.after) == ("api_key", {"greeting": None}, {"greeting": "Hi"})


def test_bots_are_listed_in_pages(shop: Business, rival: Business, db: Database) -> None:
    owner = shop.as_user("read_only")
    for business, letters in ((rival, "XYZ"), (shop, "CABED")):
        with db.tenant(business.tenant_id) as tx:
            for number, letter in enumerate(letters, 1):
                tx.add(
                    Chatbot(
                        tenant_id=tx.tenant, number=number, name=f"Bot {letter}", name_key=f"bot {letter.lower()}",
                        active=letter != "B", created_at=tx.now,
                    )
                )  # fmt: skip

    def names(query: str) -> list[str]:
        return [bot["name"][-1] for bot in owner.get(f"{BOTS}?{query}")["data"]]

    assert names("") == list("CABED")
    assert names("sort=-name&per_page=2&page=2") == ["C", "B"]
    assert names("active=false") == ["B"]
    assert names("q=bot a") == ["A"]
    assert owner.refused("get", f"{BOTS}?sort=persona") == (422, "bad_sort")
    with counted(db) as statements:
        owner.get(BOTS)
    assert len([each for each in statements if "set_config" not in each]) <= 5


def test_instructions_are_added_listed_and_taken_away(shop: Business, rival: Business) -> None:
    owner = shop.as_user()
    bots = [owner.post(BOTS, {"name": name}, 201)["data"]["id"] for name in ("Rina", "Siti")]
    path, other = (f"{BOTS}/{bot}/instructions" for bot in bots)
    own = owner.post(path, {"text": "We close at 3.", "from": "2025-02-14", "until": "2025-02-14"}, 201)["data"]
    for_all = owner.post(path, {"text": "Be kind.", "forAll": True}, 201)["data"]
    assert (own["forAll"], own["from"], own["until"]) == (False, "2025-02-14", "2025-02-14")
    assert [row["text"] for row in owner.get(path)["data"]] == ["We close at 3.", "Be kind."]
    assert [row["text"] for row in owner.get(f"{other}?sort=-number")["data"]] == ["Be kind."]
    assert owner.refused("post", path, {"text": "Too late", "until": "2025-02-01"}) == (422, "instruction_over")
    assert owner.refused("post", path, {"text": "x" * 501}) == (422, "instruction_too_long")
    assert owner.refused("delete", f"{other}/{own['id']}") == (404, "instruction_unknown")
    theirs = rival.as_user()
    mine = theirs.post(BOTS, {"name": "Rina"}, 201)["data"]["id"]
    for bot in (mine, bots[0]):
        refusal = theirs.refused("delete", f"{BOTS}/{bot}/instructions/{for_all['id']}")
        assert refusal in ((404, "instruction_unknown"), (404, "bot_unknown"))
    assert owner.delete(f"{path}/{own['id']}")["data"]["text"] == "We close at 3."
    assert [row["id"] for row in owner.get(path)["data"]] == [for_all["id"]]


@pytest.mark.parametrize(("role", "status"), [("read_only", 403), ("staff", 403), ("manager", 201)])
def test_who_may_make_bots(shop: Business, role: str, status: int) -> None:
    shop.as_user(role).post(BOTS, {"name": "Siti"}, status)
    assert shop.with_key("bots:read", role="owner").refused("post", BOTS, {"name": "Rina"}) == (403, "scope_required")
