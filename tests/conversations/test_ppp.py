"""The scripts for routers in the owner's chat: asked for, made, without secrets, and for those who may."""

from __future__ import annotations

from services.db.models import ChatGroup, User
from tests.conftest import Chat
from tests.integrations.router import Router

GROUP = "120363041234567890"


def scripts(chat: Chat, words: str) -> tuple[str, list[str]]:
    """What comes before the scripts, and the scripts."""
    first, *rest = [each.text for each in chat.say(words, "owner")]
    assert all(each.startswith("```") and each.endswith("```") for each in rest)
    return first, [each.strip("`") for each in rest]


def test_the_scripts_for_a_number(chat: Chat) -> None:
    first, made = scripts(chat, "ppp 081234567890")
    assert chat.command() == "ppp"
    assert len(made) == 2
    assert "+6281234567890" in first
    assert "YOUR_API_KEY" in first
    router = Router([("budi", "10M", False), ("ani", "10M", False)], ["budi"])
    for script in made:
        router.run(script, user="budi", remote_address="10.0.0.2", caller_id="AA")
    assert all("number=6281234567890&" in each["http-data"] for each in router.fetched)
    assert all("X-API-Key: YOUR_API_KEY," in each["http-header-field"] for each in router.fetched)
    assert router.warnings == []


def test_it_asks_for_whom(english: Chat) -> None:
    assert "Who is to be told?" in english.owner("ppp")
    first, made = scripts(english, "+1 202 555 0188")
    assert "+12025550188" in first
    assert "number=12025550188&" in made[0]


def test_a_group_by_its_name(chat: Chat) -> None:
    assert "```" not in chat.owner("ppp grup Tim Lapangan")
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        tx.add(
            ChatGroup(
                tenant_id=tx.tenant, session_id=chat.tenant.session_id, chat=f"group:{GROUP}", name="Tim Lapangan",
                synced_at=tx.now,
            )
        )  # fmt: skip
    for words in ("ppp grup Tim Lapangan", "ppp tim lapangan", f"mikrotik {GROUP}"):
        _first, made = scripts(chat, words)
        assert f"group={GROUP}&" in made[1]
    assert "```" not in chat.owner("ppp Tim Lapangan", place=chat.stranger)


def test_only_for_those_who_manage(chat: Chat) -> None:
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        tx.add(User(tenant_id=tx.tenant, name="Sari", phone="6281234567899", role="staff", created_at=tx.now))
    assert not any("```" in each.text for each in chat.say("ppp 081234567890", "6281234567899"))
    assert not any("```" in each.text for each in chat.say("ppp 081234567890", "6281234567800"))


def test_keys_in_addresses_are_switched_on_in_the_chat(chat: Chat) -> None:
    assert "keys_in_addresses" in chat.owner("setting")
    chat.owner("set keys_in_addresses on")
    assert "keys_in_addresses" in chat.owner("set keys_in_addresses mungkin")
