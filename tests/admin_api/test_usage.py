"""What models cost, as the super admin sees it: altogether and taken apart, and the account's entries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.assistant import chatbots
from services.assistant.models import ModelError, Tokens
from services.assistant.paying import paid
from services.clock import VirtualClock
from services.db.engine import Database
from services.tenants.actors import SYSTEM
from tests.admin_api.conftest import Api

OTHER = {"phoneNumber": "081299990000", "name": "Ani"}


@pytest.fixture
def used(api: Api, db: Database, clock: VirtualClock) -> int:
    """A tenant whose bot answered on two days of its calendar; a stranger used some too."""
    tenant: int = api.register()["id"]
    stranger = api.register(**OTHER)["id"]
    with paid(db, stranger, "vision") as bill:
        bill.add(Tokens("eyes", 10, 1))
    with db.tenant(tenant) as tx:
        bot = chatbots.create(tx, SYSTEM, "Rina")
        tx.flush()
        bot_id = bot.id
    with paid(db, tenant, "chat", chatbot_id=bot_id) as bill:
        bill.add(Tokens("small", 8000, 1))
    with pytest.raises(ModelError), paid(db, tenant, "understanding"):
        raise ModelError("slow", "no")
    clock.move_to(datetime(2025, 2, 13, 17, 0, tzinfo=UTC))  # already the 14th in Jakarta
    with paid(db, tenant, "transcription", units=61):
        pass
    return tenant


def test_uses_are_told_apart(api: Api, used: int) -> None:
    data = api.get(f"/admin/tenant/{used}/ai-usage")["data"]
    assert (data["from"], data["to"]) == ("2025-02-01", "2025-02-14")
    assert data["total"] == {
        "calls": 3, "failed": 1, "credits": 4, "promptTokens": 8000, "completionTokens": 1, "seconds": 61,
    }  # fmt: skip

    def credits(part: str) -> dict[str, Any]:
        return {name: uses["credits"] for name, uses in data[part].items()}

    assert credits("byPurpose") == {"chat": 2, "transcription": 2, "understanding": 0}
    assert credits("byDay") == {"2025-02-13": 2, "2025-02-14": 2}
    assert credits("byModel") == {"small": 2, "": 2}
    assert [(each["bot"], each["name"], each["credits"]) for each in data["byBot"]] == [(1, "Rina", 2), (None, None, 2)]
    account = data["account"]
    assert (account["allowance"], account["left"], account["month"], account["trouble"]) == (100, 96, "2025-02", "slow")


def test_other_days(api: Api, used: int) -> None:
    path = f"/admin/tenant/{used}/ai-usage"
    assert api.get(f"{path}?from=2025-02-14&to=2025-02-14")["data"]["total"]["credits"] == 2
    assert api.get(f"{path}?to=2025-01-31")["data"]["from"] == "2025-01-01"
    assert api.get(f"{path}?from=2026-01-31")["data"]["to"] == "2026-01-31"
    for wrong in ("from=2025-02-02&to=2025-02-01", "from=2020-01-01", "from=0001-01-01&to=0001-01-02", "to=9999-12-31"):
        assert api.refused("get", f"{path}?{wrong}") == (422, "bad_days"), wrong
    for wrong in ("from=x", "to=2025-02-30", "day=1"):
        assert api.refused("get", f"{path}?{wrong}") == (422, "invalid_request"), wrong


def test_the_entries_are_what_is_left(api: Api, used: int) -> None:
    api.post(f"/admin/tenant/{used}/credits", {"amount": 5, "source": "gift"}, 201)
    page = api.get(f"/admin/tenant/{used}/ai-credits?per_page=3")
    assert page["pagination"]["total"] == 8
    assert next((each["kind"], each["source"]) for each in page["data"]) == ("granted", "gift")
    everything = api.get(f"/admin/tenant/{used}/ai-credits?per_page=100")["data"]
    assert sum(each["amount"] for each in everything) == api.get(f"/admin/tenant/{used}")["data"]["aiCredits"] == 101
    assert api.get(f"/admin/tenant/{used}")["data"]["limits"]["ai_credits"] == {"limit": 100, "used": 4}
    listed = {each["companyId"]: each["aiCredits"] for each in api.get("/admin/tenants")["data"]}
    assert listed == {"dani-lending": 101, "ani": 98}


def test_an_unlimited_account(api: Api) -> None:
    tenant = api.register(plan="enterprise")
    assert tenant["aiCredits"] == -1
    account = api.get(f"/admin/tenant/{tenant['id']}/ai-usage")["data"]["account"]
    assert (account["left"], account["allowanceLeft"], account["boughtLeft"]) == (-1, -1, 0)


def test_nothing_was_used_yet(api: Api) -> None:
    tenant = api.register()["id"]
    data = api.get(f"/admin/tenant/{tenant}/ai-usage")["data"]
    assert (data["total"]["calls"], data["byBot"], data["byDay"]) == (0, [], {})
    assert api.get(f"/admin/tenant/{tenant}/ai-credits")["data"] == []
    for end in ("ai-usage", "ai-credits"):
        assert api.refused("get", f"/admin/tenant/nobody/{end}") == (404, "tenant_unknown")
