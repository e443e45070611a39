"""The sweep: whatever lost its job is found and set going again; nothing else is touched."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL

from services.messaging import inbox, outbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.messaging.outbox import Outgoing
from tests.conftest import OWNER, Chat
from tests.db.asking import rows, value
from tests.messaging.conftest import BUDI
from tests.messaging.test_handling import BAD, Failing

LOST = "update knowledge_sources set status = 'learning', changed_at = changed_at - interval '11 minutes' returning id"


def lose_jobs(url: URL) -> int:
    """As if the queue's tables had been emptied at the worst moment."""
    return len(rows(url, "delete from procrastinate_jobs returning id"))


def sweep(chat: Chat) -> list[str]:
    """What is sent because of a sweep half a minute later."""
    chat.wait(seconds=31)
    chat.simulation.platform.jobs.sweep()
    chat.simulation.settle()
    return [sent.to for sent in chat.simulation.sent]


def accept(chat: Chat, place: object, id_: str, number: str, text: str) -> None:
    address = Address.phone(number)
    message = Inbound(id_, address, address, number == OWNER, text, chat.simulation.clock.now())
    inbox.accept(chat.simulation.platform.opened.database, place.tenant_id, place.session_id, [message])  # type: ignore[attr-defined]


def test_forgotten_messages_are_handled_for_every_tenant(chat: Chat, database_url: URL) -> None:
    accept(chat, chat.tenant, "X1", OWNER, "pinjam Budi 500rb")
    accept(chat, chat.stranger, "X1", BUDI, "stop")
    assert lose_jobs(database_url) == 2
    assert sorted(sweep(chat)) == [BUDI, "owner"]
    assert value(database_url, "select count(*) from messages where processed_at is null") == 0


def test_a_forgotten_retry_is_made_up_for(chat: Chat, database_url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = Failing(chat, monkeypatch)
    chat.say(BAD)
    failing.error = None
    assert lose_jobs(database_url) == 1
    assert sweep(chat) == []
    assert sweep(chat) == ["owner"]
    assert value(database_url, "select count(*) from ledger_entries") == 1


def test_a_forgotten_answer_is_given(chat: Chat, database_url: URL) -> None:
    assert chat.say("saldo", BUDI, burst=True) == []
    assert lose_jobs(database_url) == 1
    assert sweep(chat) == [BUDI]
    assert value(database_url, "select count(*) from messages where answer_due") == 0


def test_forgotten_outgoing_messages_are_sent(chat: Chat, database_url: URL) -> None:
    database = chat.simulation.platform.opened.database
    with database.tenant(chat.tenant.tenant_id) as tx:
        outbox.put(tx, [Outgoing(chat.tenant.session_id, f"phone:{BUDI}", "halo")])
        later = tx.now + timedelta(days=1)
        outbox.put(tx, [Outgoing(chat.tenant.session_id, f"phone:{BUDI}", "besok", not_before=later)])
    assert lose_jobs(database_url) == 2
    assert sweep(chat) == [BUDI]
    assert sweep(chat) == []
    chat.wait(days=1)
    assert sweep(chat) == [BUDI]


def test_a_sweep_wakes_nothing_that_is_done_fresh_or_parked(
    chat: Chat, database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.say("halo", BUDI)
    Failing(chat, monkeypatch)
    chat.say(BAD)
    chat.wait(hours=1)
    accept(chat, chat.tenant, "X9", OWNER, "status")
    lose_jobs(database_url)
    chat.simulation.platform.jobs.sweep()
    assert rows(database_url, "select * from procrastinate_jobs") == []


def test_a_sweep_beside_living_jobs_adds_none(chat: Chat, database_url: URL) -> None:
    accept(chat, chat.tenant, "X1", OWNER, "pinjam Budi 500rb")
    chat.simulation.clock.move_to(chat.simulation.clock.now() + timedelta(minutes=5))  # type: ignore[union-attr]
    for _ in range(2):
        chat.simulation.platform.jobs.sweep()
    assert value(database_url, "select count(*) from procrastinate_jobs") == 1


def test_a_forgotten_document_is_learnt(chat: Chat, database_url: URL, tmp_path: Path) -> None:
    file = tmp_path / "jam buka.txt"
    file.write_text("Toko kami buka dari jam delapan pagi sampai jam lima sore.")
    chat.owner("kb", media=str(file), mime="text/plain")
    assert len(rows(database_url, LOST)) == 1
    assert sweep(chat) == ["owner"]
    assert value(database_url, "select status from knowledge_sources") == "ready"
