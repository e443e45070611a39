"""Conversations and groups over the API, each beside a stranger's."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from admin_api.app import create_app
from admin_api.auth import KeyChecker
from services.db.engine import Database
from services.db.models import Conversation
from services.messaging import contacts, outbox
from services.messaging.addresses import Address
from services.messaging.outbox import Outgoing
from services.settings import Settings
from tests.admin_api.conftest import KEY, Api, Business
from tests.conftest import Chat
from tests.conversations.book import ANI, BUDI
from tests.db.asking import value
from tests.db.conftest import owner

__all__ = ["owner"]
CONVERSATIONS, GROUPS = "/api/v1/conversations", "/api/v1/groups"
GROUP = "120363000000000001"


class Both:
    """The chat of a business, and the API as its super admin asks it."""

    def __init__(self, chat: Chat, settings: Settings) -> None:
        self.chat = chat
        db: Database = chat.simulation.platform.opened.database
        app = create_app(db, settings, keys=KeyChecker(db, (KEY,)))
        self.api = Api(app, db, {"X-API-Key": KEY, "X-Tenant-ID": str(chat.tenant.tenant_id)})
        self.stranger = Api(app, db, {"X-API-Key": KEY, "X-Tenant-ID": str(chat.stranger.tenant_id)})


@pytest.fixture
def both(english: Chat, settings: Settings) -> Both:
    english.owner("lend Budi 500")
    english.owner(f"contact Budi +{BUDI}")
    english.say("hello", BUDI)
    english.say("good morning", ANI, name="Ani")
    return Both(english, settings)


def listed(both: Both, query: str = "") -> list[Any]:
    found: list[Any] = both.api.get(f"{CONVERSATIONS}?{query}")["data"]
    return found


def with_budi(both: Both) -> Any:
    return next(each for each in listed(both) if each["contact"] and each["contact"]["name"] == "Budi")


def test_conversations_show_whom_and_what_was_said_last(both: Both) -> None:
    budi = with_budi(both)
    assert (budi["state"], budi["session"], budi["phone"]) == ("open", "main", BUDI)
    assert len(listed(both)) == 2, "the owner's own chat is nobody's conversation"
    assert (budi["lastIn"]["text"], budi["lastIn"]["author"]) == ("hello", "contact")
    assert budi["lastOut"]["author"] == "bot"
    both.chat.say("I call you back", "owner", to=BUDI)
    assert with_budi(both)["lastOut"]["author"] == "person"
    people = [each["contact"]["pushName"] for each in listed(both) if each["contact"] and not each["contact"]["name"]]
    assert people == ["Ani"]
    only = listed(both, f"contactId={budi['contact']['id']}")
    assert [each["id"] for each in only] == [budi["id"]]


def test_messages_stand_in_the_order_of_time(both: Both) -> None:
    both.chat.say("balance", BUDI)
    path = f"{CONVERSATIONS}/{with_budi(both)['id']}/messages"
    found = both.api.get(path)
    times = [each["at"] for each in found["data"]]
    assert times == sorted(times, reverse=True)
    assert {each["direction"] for each in found["data"]} == {"in", "out"}
    assert found["pagination"]["total"] == len(found["data"])
    two = both.api.get(f"{path}?per_page=2&page=2")
    assert two["data"] == found["data"][2:4]


def test_a_closed_conversation_opens_when_the_customer_writes_again(both: Both) -> None:
    one = f"{CONVERSATIONS}/{with_budi(both)['id']}"
    for _ in range(2):
        assert both.api.post(f"{one}/close")["data"]["state"] == "closed"
    assert one.rsplit("/", 1)[1] in [str(each["id"]) for each in listed(both, "state=closed")]
    assert one.rsplit("/", 1)[1] not in [str(each["id"]) for each in listed(both, "state=open")]
    both.chat.say("hello again", BUDI)
    assert both.api.get(one)["data"]["state"] == "open"
    both.api.post(f"{one}/close")
    assert both.api.post(f"{one}/reopen")["data"]["closedAt"] is None


def test_a_stranger_sees_no_conversation(both: Both) -> None:
    one = f"{CONVERSATIONS}/{with_budi(both)['id']}"
    assert both.stranger.get(CONVERSATIONS)["data"] == []
    for method, path in (("get", ""), ("get", "/messages"), ("post", "/close"), ("post", "/reopen")):
        assert both.stranger.refused(method, f"{one}{path}") == (404, "conversation_unknown")
    assert with_budi(both)["state"] == "open"


def test_a_sync_lists_the_groups_and_the_api_switches_the_bot_there(both: Both, owner: Connection) -> None:
    assert both.api.refused("get", "/api/v1/contacts/sync") == (404, "sync_unknown")
    both.chat.say("hi all", BUDI, group=GROUP)
    assert both.api.get(GROUPS)["data"] == []
    asked = both.api.post("/api/v1/contacts/sync", {}, 202)["data"]
    assert asked["status"] == "waiting"
    assert both.api.post("/contacts/sync", {"session": "main"}, 202)["data"]["id"] == asked["id"]
    both.chat.simulation.settle()
    found = both.api.get("/api/v1/contacts/sync")["data"]
    assert (found["status"], found["groups"], found["added"]) == ("done", 1, 0)
    (group,) = both.api.get(GROUPS)["data"]
    assert (group["chat"], group["answers"], group["session"]) == (f"{GROUP}@g.us", False, "main")
    one = f"{GROUPS}/{group['id']}"
    assert both.stranger.refused("patch", one, {"answers": True}) == (404, "group_unknown")
    assert both.chat.say("@bot hello", BUDI, group=GROUP, mentioned=True) == []
    assert both.api.patch(one, {"answers": True})["data"]["answers"] is True
    assert len(both.chat.say("@bot hello", BUDI, group=GROUP, mentioned=True)) == 1
    assert both.api.patch(one, {"answers": False})["data"]["answers"] is False
    assert both.chat.say("@bot hello", BUDI, group=GROUP, mentioned=True) == []
    assert value(owner, "select count(*) from audit_log where action = 'group.switch'") == 2
    assert both.stranger.get(GROUPS)["data"] == []
    assert both.stranger.refused("get", "/api/v1/contacts/sync") == (404, "sync_unknown")


def test_a_code_for_a_password_is_nobody_elses_to_read(shop: Business) -> None:
    with shop.db.tenant(shop.tenant_id) as tx:
        contact = contacts.by_address(tx, Address.phone("6281299990009"), "Siti")
        conversation = Conversation(
            tenant_id=tx.tenant, session_id=shop.session_id, chat="phone:6281299990009", contact_id=contact.id,
            last_in_at=tx.now,
        )  # fmt: skip
        tx.add(conversation)
        tx.flush()
        outbox.put(tx, [Outgoing(shop.session_id, conversation.chat, "Kode: ABCD2345", dedup_key="code:reset:1:1")])
    staff = shop.as_user("read_only")
    for path in ("messages", "conversations", f"conversations/{conversation.id}/messages"):
        answer = staff.get(f"/api/v1/{path}")
        assert answer["data"], path
        assert "ABCD2345" not in staff.last.text
        assert "•••" in staff.last.text
