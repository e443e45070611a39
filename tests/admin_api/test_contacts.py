"""Contacts over the API: lists, changes, tags, merging and deleting, each beside a stranger's."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from services.db.engine import Database
from services.messaging import contacts
from services.messaging.addresses import Address
from tests.admin_api.conftest import Api, Business, counted
from tests.db.asking import rows, value
from tests.db.conftest import owner

__all__ = ["owner"]
CONTACTS = "/api/v1/contacts"
BUDI = {"name": "Budi Santoso", "phone": "081234567890", "email": "budi@example.com", "tags": ["#VIP", "old customer"],
        "language": "Indonesian", "note": "Pays on Fridays"}  # fmt: skip


@pytest.fixture
def staff(shop: Business) -> Api:
    return shop.as_user("staff")


@pytest.fixture
def manager(shop: Business) -> Api:
    return shop.as_user("manager")


@pytest.fixture
def stranger(rival: Business) -> Api:
    return rival.as_user("owner")


def add(api: Api, name: str | None, phone: str | None = None, **more: Any) -> int:
    given = {"name": name, "phone": phone, **more}
    made = api.post(CONTACTS, {field: word for field, word in given.items() if word is not None}, 201)
    return int(made["data"]["id"])


def names(api: Api, query: str = "") -> list[str]:
    return [each["name"] for each in api.get(f"{CONTACTS}?{query}")["data"]]


def test_a_contact_is_made_shown_and_changed(staff: Api, owner: Connection) -> None:
    made = staff.post(CONTACTS, BUDI, 201)["data"]
    assert made["phone"] == "6281234567890"
    assert made["tags"] == ["old-customer", "vip"]
    assert (made["language"], made["source"], made["blocked"], made["lastMessageAt"]) == ("id", "api", False, None)
    one = f"{CONTACTS}/{made['id']}"
    assert staff.get(one)["data"] == made
    changed = staff.patch(one, {"note": None, "name": " Budi  S. ", "phone": "0812 9999 8888", "tags": ["new"]})["data"]
    assert (changed["name"], changed["note"], changed["tags"]) == ("Budi S.", None, ["new"])
    assert changed["phones"] == ["6281299998888"]
    assert changed["email"] == BUDI["email"]
    entry = rows(owner, "select before, after from audit_log where action = 'contact.change'")[0]
    assert entry.before == {"name": "Budi Santoso", "note": "Pays on Fridays"}
    assert entry.after == {"name": "Budi S.", "note": None}


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (422, "contact_empty")),
        ({"name": "…"}, (422, "bad_name")),
        ({"name": "Ani", "phone": "12"}, (422, "bad_phone")),
        ({"name": "Ani", "language": "klingon"}, (422, "unknown_language")),
        ({"name": "Ani", "tags": ["a/b"]}, (422, "bad_tag")),
        ({"name": "Ani", "tags": [f"t{n}" for n in range(21)]}, (422, "invalid_request")),
        ({"name": "Ani", "email": "nobody"}, (422, "invalid_request")),
        ({"name": "Ani", "colour": "red"}, (422, "invalid_request")),
        ({"name": "Pak BUDI SANTOSO"}, (409, "contact_exists")),
        ({"name": "Ani", "phone": "+62 812-3456-7890"}, (409, "number_taken")),
    ],
)
def test_what_can_not_be_a_contact_is_refused(staff: Api, body: Any, refusal: tuple[int, str]) -> None:
    staff.post(CONTACTS, BUDI, 201)
    assert staff.refused("post", CONTACTS, body) == refusal
    assert names(staff) == ["Budi Santoso"]


def test_a_change_refuses_what_a_new_one_does(staff: Api) -> None:
    staff.post(CONTACTS, BUDI, 201)
    ani = f"{CONTACTS}/{add(staff, 'Ani', '081211112222')}"
    assert staff.refused("patch", ani, {"phone": BUDI["phone"]}) == (409, "number_taken")
    assert staff.refused("patch", ani, {"name": None}) == (422, "invalid_request")
    assert staff.refused("patch", ani, {"name": ""}) == (422, "invalid_request")
    assert staff.refused("put", f"{ani}/tags", {"tags": ["?"]}) == (422, "bad_tag")
    assert staff.get(ani)["data"]["phone"] == "6281211112222"


def test_somebody_without_a_name_becomes_the_contact_of_their_number(shop: Business, staff: Api, db: Database) -> None:
    with db.tenant(shop.tenant_id) as tx:
        wrote = contacts.by_address(tx, Address.phone("6281234567890"), "budi.s").id
    made = staff.post(CONTACTS, BUDI, 201)["data"]
    assert (made["id"], made["name"], made["pushName"], made["source"]) == (wrote, "Budi Santoso", "budi.s", "api")


def test_lists_are_searched_filtered_sorted_and_paged(shop: Business, staff: Api, db: Database) -> None:
    budi = add(staff, "Budi Santoso", "081234567890", tags=["vip"], email="B.Santoso@example.com")
    ani = add(staff, "Ani", tags=["vip", "new"])
    citra = add(staff, "Ibu Citra", "081211112222")
    with db.tenant(shop.tenant_id) as tx:
        contacts.by_address(tx, Address.phone("6281277778888"), "100%_Dewi")
        for contact, hour in ((citra, 3), (budi, 2)):
            tx.execute(
                text(
                    "insert into conversations (tenant_id, session_id, chat, contact_id, last_in_at)"
                    " values (:tenant, :session, :chat, :contact, :at)"
                ),
                {"tenant": tx.tenant, "session": shop.session_id, "chat": f"phone:62812{contact}", "contact": contact,
                 "at": f"2025-02-13T0{hour}:00Z"},
            )  # fmt: skip
    staff.post(f"{CONTACTS}/{ani}/block")
    assert names(staff) == ["Ani", "Budi Santoso", "Ibu Citra", None]
    assert names(staff, "sort=-createdAt") == ["Budi Santoso", "Ani", "Ibu Citra", None]
    assert names(staff, "sort=-lastMessageAt,name")[:2] == ["Ibu Citra", "Budi Santoso"]
    for query, found in (
        ("q=santo", ["Budi Santoso"]), ("q=b.SANTOSO@", ["Budi Santoso"]), ("q=0812-3456", ["Budi Santoso"]),
        ("q=dewi", [None]), ("q=%25", [None]), ("q=_", [None]), ("q=nobody", []), ("tag=VIP", ["Ani", "Budi Santoso"]),
        ("blocked=true", ["Ani"]), ("blocked=false&tag=vip", ["Budi Santoso"]), ("hasNumber=false", ["Ani"]),
        ("source=chat", [None]), ("source=api&hasNumber=true", ["Budi Santoso", "Ibu Citra"]),
        ("optedOut=true", []), ("q=", None),
    ):  # fmt: skip
        if found is None:
            assert staff.refused("get", f"{CONTACTS}?{query}") == (422, "invalid_request")
        else:
            assert names(staff, query) == found, query
    page = staff.get(f"{CONTACTS}?limit=2&page=2")
    assert [each["name"] for each in page["data"]] == ["Ibu Citra", None]
    assert page["pagination"] == {"page": 2, "per_page": 2, "total": 4, "pages": 2}
    assert staff.refused("get", f"{CONTACTS}?sort=note") == (422, "bad_sort")
    assert staff.get("/contacts")["data"] == staff.get(CONTACTS)["data"]


def test_a_list_takes_five_statements_however_it_is_asked_for(shop: Business, staff: Api, db: Database) -> None:
    add(staff, "Budi", "081234567890", tags=["vip"])
    for path in (
        f"{CONTACTS}?q=b&tag=vip&sort=-lastMessageAt",
        "/api/v1/tags",
        "/api/v1/groups",
        "/api/v1/conversations",
    ):
        with counted(db) as statements:
            staff.get(path)
        assert len(statements) <= 5, path


def test_tags_are_put_on_taken_off_and_counted(staff: Api) -> None:
    budi, ani = add(staff, "Budi"), add(staff, "Ani")
    assert staff.post(f"{CONTACTS}/{budi}/tags/Old%20Customer")["data"]["tags"] == ["old-customer"]
    assert staff.post(f"{CONTACTS}/{budi}/tags/old-customer")["data"]["tags"] == ["old-customer"]
    assert staff.put(f"{CONTACTS}/{ani}/tags", {"tags": ["vip", "VIP", "old customer"]})["data"]["tags"] == [
        "old-customer", "vip",
    ]  # fmt: skip
    tags = staff.get("/api/v1/tags?sort=-contacts")["data"]
    assert tags == [{"tag": "old-customer", "contacts": 2}, {"tag": "vip", "contacts": 1}]
    assert staff.delete(f"{CONTACTS}/{budi}/tags/old-customer")["data"]["tags"] == []
    assert staff.delete(f"{CONTACTS}/{budi}/tags/old-customer")["data"]["tags"] == []
    for n in range(18):
        staff.post(f"{CONTACTS}/{ani}/tags/t{n}")
    assert staff.refused("post", f"{CONTACTS}/{ani}/tags/one-more") == (422, "too_many_tags")


def test_merging_keeps_the_other_ones_words_and_everything_of_both(manager: Api, owner: Connection) -> None:
    gone = add(manager, "Budi", "081211112222", tags=["vip", "old"], email="budi@example.com")
    kept = add(manager, "Budi Santoso", "081234567890", tags=["vip"])
    merged = manager.post(f"{CONTACTS}/{gone}/merge", {"into": kept})["data"]
    assert (merged["id"], merged["name"], merged["email"]) == (kept, "Budi Santoso", "budi@example.com")
    assert merged["phones"] == ["6281211112222", "6281234567890"]
    assert merged["tags"] == ["old", "vip"]
    entry = rows(owner, "select before, after from audit_log where action = 'contact.merge'")[0]
    assert (entry.before["merged"], entry.before["name"], entry.after["name"]) == (gone, "Budi", "Budi Santoso")
    assert manager.refused("get", f"{CONTACTS}/{gone}") == (404, "contact_unknown")
    assert manager.refused("post", f"{CONTACTS}/{kept}/merge", {"into": kept}) == (409, "merge_refused")
    assert manager.refused("post", f"{CONTACTS}/{kept}/merge", {"into": gone}) == (404, "contact_unknown")
    manager.delete(f"{CONTACTS}/{kept}")
    ani = add(manager, "Ani")
    assert manager.refused("post", f"{CONTACTS}/{ani}/merge", {"into": kept}) == (404, "contact_unknown")


def test_deleting_leaves_nobody_behind(manager: Api, owner: Connection) -> None:
    budi = manager.post(CONTACTS, BUDI, 201)["data"]["id"]
    gone = manager.delete(f"{CONTACTS}/{budi}")["data"]
    assert gone == {"id": budi, "name": f"Terhapus {budi}", "messages": 0, "keepsBook": False}
    assert manager.refused("delete", f"{CONTACTS}/{budi}") == (404, "contact_unknown")
    assert manager.refused("get", f"{CONTACTS}/{budi}") == (404, "contact_unknown")
    assert names(manager) == []
    left = rows(owner, "select name, email, note from contacts")[0]
    assert (left.name, left.email, left.note) == (None, None, None)
    assert manager.get("/api/v1/tags")["data"] == []
    assert manager.post(CONTACTS, BUDI, 201)["data"]["id"] != budi


def test_who_owes_money_is_only_deleted_by_force(shop: Business, manager: Api, db: Database) -> None:
    budi = manager.post(CONTACTS, BUDI, 201)["data"]["id"]
    with db.tenant(shop.tenant_id) as tx:
        tx.execute(
            text("insert into debts (tenant_id, contact_id, side, due_on) values (:t, :c, 'lent', '2025-03-01')"),
            {"t": tx.tenant, "c": budi},
        )
    assert manager.refused("delete", f"{CONTACTS}/{budi}") == (409, "contact_in_use")
    assert manager.delete(f"/contacts/{budi}?force=true")["data"]["id"] == budi


def test_blocking_twice_is_blocking_once(staff: Api, owner: Connection) -> None:
    budi = add(staff, "Budi")
    for _ in range(2):
        assert staff.post(f"{CONTACTS}/{budi}/block")["data"]["blocked"] is True
    assert staff.post(f"{CONTACTS}/{budi}/unblock")["data"]["blocked"] is False
    assert value(owner, "select count(*) from audit_log where action = 'contact.block'") == 1


def test_a_stranger_sees_and_changes_nothing(staff: Api, stranger: Api, owner: Connection) -> None:
    budi = staff.post(CONTACTS, BUDI, 201)["data"]["id"]
    own = add(stranger, "Ani")
    before = rows(owner, "select * from contacts order by id")
    assert [each["id"] for each in stranger.get(CONTACTS)["data"]] == [own]
    assert stranger.get("/api/v1/tags")["data"] == []
    for method, path, body in (
        ("get", "", None), ("patch", "", {"name": "X"}), ("delete", "", None), ("post", "/block", None),
        ("post", "/unblock", None), ("post", "/merge", {"into": own}), ("put", "/tags", {"tags": []}),
        ("post", "/tags/vip", None), ("delete", "/tags/vip", None),
    ):  # fmt: skip
        assert stranger.refused(method, f"{CONTACTS}/{budi}{path}", body) == (404, "contact_unknown"), (method, path)
    assert stranger.refused("post", f"{CONTACTS}/{own}/merge", {"into": budi}) == (404, "contact_unknown")
    assert rows(owner, "select * from contacts order by id") == before


def test_roles_and_scopes_decide(shop: Business) -> None:
    reader, staff = shop.as_user("read_only"), shop.as_user("staff")
    budi = add(staff, "Budi")
    assert names(reader) == ["Budi"]
    assert reader.refused("post", CONTACTS, {"name": "Ani"}) == (403, "forbidden")
    assert staff.refused("delete", f"{CONTACTS}/{budi}") == (403, "forbidden")
    assert staff.refused("post", f"{CONTACTS}/import", {"csv": "name\nAni"}) == (403, "forbidden")
    key = shop.with_key("contacts:read")
    assert names(key) == ["Budi"]
    assert key.refused("post", CONTACTS, {"name": "Ani"}) == (403, "scope_required")
