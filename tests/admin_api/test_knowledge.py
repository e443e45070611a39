"""What bots know, taught and looked at by a business's people and programs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL

from services.assistant import gaps
from services.assistant.words import gap_key
from services.db.engine import Database
from tests.admin_api.conftest import Business, counted
from tests.db.asking import rows

KNOWLEDGE = "/api/v1/knowledge"
HOURS = {"questions": ["When do you open?", "opening hours"], "answer": "We open at 8."}


def test_a_question_is_taught_changed_and_taken_out(shop: Business, rival: Business) -> None:
    staff, stranger = shop.as_user("staff"), rival.as_user()
    made = staff.post(KNOWLEDGE, HOURS, 201)["data"]
    assert (made["number"], made["kind"], made["status"], made["bot"]) == (1, "qa", "ready", None)
    assert (made["questions"], made["answer"], made["version"]) == (HOURS["questions"], "We open at 8.", 1)
    assert [bot["name"] for bot in staff.get("/api/v1/bots")["data"]] == ["Toko Maju"]
    path = f"{KNOWLEDGE}/1"
    assert staff.post(KNOWLEDGE, HOURS, 200)["data"] == made
    other = {"questions": ["opening  HOURS"], "answer": "At 9"}
    assert staff.refused("post", KNOWLEDGE, other) == (409, "knowledge_exists")
    now = staff.post(KNOWLEDGE, other | {"replace": True}, 200)["data"]
    assert (now["number"], now["answer"], now["version"], now["questions"]) == (1, "At 9", 2, HOURS["questions"])
    changed = staff.patch(path, {"questions": ["When do you open?", "jam buka"]})["data"]
    assert (changed["version"], changed["answer"], changed["questions"][1]) == (3, "At 9", "jam buka")
    assert staff.patch(path, {"answer": "At 9"})["data"]["version"] == 3
    versions = staff.get(f"{path}/versions")["data"]["versions"]
    assert [(each["version"], each["answer"], each["by"]) for each in versions] == [
        (3, "At 9", "Staff"), (2, "At 9", "Staff"), (1, "We open at 8.", "Staff"),
    ]  # fmt: skip
    for method, end, body in (
        ("get", "", None), ("patch", "", {"answer": "No"}), ("delete", "", None), ("get", "/versions", None),
        ("post", "/reread", None),
    ):  # fmt: skip
        assert stranger.refused(method, path + end, body) == (404, "knowledge_unknown")
    assert staff.delete(path)["data"]["answer"] == "At 9"
    assert staff.refused("get", path) == (404, "knowledge_unknown")
    assert staff.get(KNOWLEDGE)["pagination"]["total"] == 0


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"questions": []}, "invalid_request"),
    ({"questions": ["?"]}, "question_empty"),
    ({"questions": ["x" * 301]}, "question_too_long"),
    ({"questions": [f"question {n}" for n in range(21)]}, "too_many_wordings"),
    ({"answer": " "}, "answer_empty"),
    ({"answer": "x" * 3001}, "answer_too_long"),
    ({"answer": None}, "invalid_request"),
    ({"replace": "yes"}, "invalid_request"),
    ({"status": "ready"}, "invalid_request"),
]


def test_what_cannot_be_taught(shop: Business, rival: Business) -> None:
    owner = shop.as_user()
    for change, code in REFUSED:
        assert owner.refused("post", KNOWLEDGE, HOURS | change) == (422, code), change
    theirs = rival.as_user().post("/api/v1/bots", {"name": "Rina"}, 201)["data"]["id"]
    assert owner.refused("post", KNOWLEDGE, HOURS | {"bot": theirs}) == (404, "bot_unknown")
    assert owner.get(KNOWLEDGE)["data"] == []
    owner.post(KNOWLEDGE, HOURS, 201)
    owner.post(KNOWLEDGE, {"questions": ["Where are you?"], "answer": "Bogor"}, 201)
    taken = {"questions": ["Where are you?", "opening hours"]}
    assert owner.refused("patch", f"{KNOWLEDGE}/2", taken) == (409, "wording_taken")


def test_what_a_bot_would_find(shop: Business, rival: Business) -> None:
    owner = shop.as_user()
    rival.as_user().post(KNOWLEDGE, HOURS | {"answer": "Never."}, 201)
    owner.post(KNOWLEDGE, HOURS, 201)
    found = shop.with_key("bots:read").get(f"{KNOWLEDGE}/find?q=when do you open")["data"]
    assert (found["outcome"], found["text"]) == ("answer", "We open at 8.")
    assert found["confidence"] == found["found"][0]["confidence"] >= 0.9
    assert owner.get(f"{KNOWLEDGE}/find?q=zebra crossing")["data"] == {
        "outcome": "unknown", "text": None, "confidence": 0.0, "found": [],
    }  # fmt: skip
    for query in ("", "?q=", "?q=x&limit=99", "?q=%00"):
        assert owner.refused("get", f"{KNOWLEDGE}/find{query}") == (422, "invalid_request"), query
    assert owner.refused("get", f"{KNOWLEDGE}/find?q=x&bot=99") == (404, "bot_unknown")


def test_what_was_asked_in_vain_is_answered_or_closed(shop: Business, rival: Business, db: Database) -> None:
    questions = ("Is there parking?", "Do you sell paint?", "Are you rich?")
    for business in (shop, rival):
        with db.tenant(business.tenant_id) as tx:
            for question in (*questions, questions[1]):
                gaps.record(tx, question, gap_key(question))
    staff = shop.as_user("staff")
    listed = staff.get(f"{KNOWLEDGE}/gaps")["data"]
    assert (listed[0]["question"], listed[0]["times"]) == ("Do you sell paint?", 2)
    numbers = {gap["question"]: gap["number"] for gap in listed}
    path = f"{KNOWLEDGE}/gaps/{numbers['Do you sell paint?']}"
    assert staff.post(path, {"answer": "Yes, Dulux."})["data"]["questions"] == ["Do you sell paint?"]
    assert staff.delete(f"{KNOWLEDGE}/gaps/{numbers['Are you rich?']}")["data"]["status"] == "dismissed"
    assert staff.refused("post", path, {"answer": "Yes."}) == (404, "gap_unknown")
    assert [gap["question"] for gap in staff.get(f"{KNOWLEDGE}/gaps")["data"]] == ["Is there parking?"]
    assert len(staff.get(f"{KNOWLEDGE}/gaps?status=taught&sort=number")["data"]) == 1
    assert rival.as_user().get(f"{KNOWLEDGE}/gaps")["pagination"]["total"] == 3


def test_a_page_is_read_by_a_job(shop: Business, database_url: URL) -> None:
    owner = shop.as_user()
    body = {"url": "example.com/prices", "title": "Prices"}
    first = owner.post(f"{KNOWLEDGE}/pages", body, 202)["data"]
    assert (first["how"], first["knowledge"]["url"]) == ("new", "https://example.com/prices")
    assert (first["knowledge"]["status"], first["knowledge"]["title"]) == ("waiting", "Prices")
    assert owner.post(f"{KNOWLEDGE}/pages", body, 202)["data"]["how"] == "reading"
    jobs = rows(database_url, "select args from procrastinate_jobs where task_name like '%learn'")
    assert len(jobs) == 1
    assert owner.refused("patch", f"{KNOWLEDGE}/1", {"answer": "x"}) == (422, "not_a_question")
    for url in ("ftp://example.com", "https://dani:secret@example.com", "http://"):
        assert owner.refused("post", f"{KNOWLEDGE}/pages", {"url": url}) == (422, "address_invalid"), url


def test_the_list_is_filtered_and_paged(shop: Business, rival: Business, db: Database) -> None:
    owner = shop.as_user()
    rina, siti = (owner.post("/api/v1/bots", {"name": name}, 201)["data"]["id"] for name in ("Rina", "Siti"))
    rival.as_user().post(KNOWLEDGE, HOURS, 201)
    for bot, question in ((None, "Where?"), (rina, "100% sure?"), (siti, "How much?")):
        owner.post(KNOWLEDGE, {"questions": [question], "answer": "Yes", "bot": bot}, 201)
    owner.post(f"{KNOWLEDGE}/pages", {"url": "example.com"}, 202)

    def numbers(query: str) -> list[int]:
        return [row["number"] for row in owner.get(f"{KNOWLEDGE}?{query}")["data"]]

    assert numbers("sort=number") == [1, 2, 3, 4]
    assert numbers("sort=-number&limit=2&page=2") == [2, 1]
    assert numbers(f"bot={rina}&sort=number") == [1, 2, 4]
    assert numbers("q=%25") == [2]
    assert numbers("kind=web") == numbers("status=waiting") == [4]
    with counted(db) as statements:
        owner.get(KNOWLEDGE)
    assert len([each for each in statements if "set_config" not in each]) <= 5
    assert owner.refused("get", f"{KNOWLEDGE}?kind=book") == (422, "invalid_request")


def test_who_only_looks_teaches_nothing(shop: Business) -> None:
    looks = shop.with_key("bots:read", role="read_only")
    writes = shop.with_key("bots:write", role="read_only")
    assert looks.refused("post", KNOWLEDGE, HOURS) == (403, "forbidden")
    assert writes.refused("post", KNOWLEDGE, HOURS) == (403, "forbidden")
    assert shop.with_key("lending:read").refused("get", KNOWLEDGE) == (403, "scope_required")
