"""What comes in while the database is away is kept, in order, and written once it is back, even by another process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg2 import OperationalError as Gone
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot import spool
from bot.intake import Intake
from services.db.engine import Database, Tx
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.tenants.tenants import Registered
from tests.db.asking import eventually, rows

BUDI = Address.phone("6281299990001")


class Flaky(Database):
    """The real database, behind a line that can be cut."""

    away = False

    @contextmanager
    def tenant(self, tenant_id: int) -> Iterator[Tx]:
        if self.away:
            raise OperationalError("select 1", {}, Gone("server closed the connection unexpectedly"))
        with super().tenant(tenant_id) as tx:
            yield tx


def message(id: str, **more: object) -> Inbound:
    return replace(Inbound(id, BUDI, BUDI, False, "halo\u2028\n", datetime(2026, 3, 2, tzinfo=UTC)), **more)


@pytest.fixture
def flaky(live: Database) -> Flaky:
    return Flaky(live.engine, live.clock)


@pytest.fixture
def intake(flaky: Flaky) -> Iterator[Intake]:
    made = Intake(flaky, lambda _key, _ids: None)
    made.start()
    yield made
    flaky.away = False
    made.end(5)


def came(owner: Connection) -> list[str]:
    return [row.provider_id for row in rows(owner, "select provider_id from messages order by id")]


def test_messages_wait_for_the_database_in_their_order(
    flaky: Flaky, intake: Intake, tenant: Registered, owner: Connection
) -> None:
    key = (tenant.tenant_id, tenant.session_id)
    flaky.away = True
    for number in range(5):
        intake.take(key, message(f"IN{number}"))
    assert came(owner) == []
    flaky.away = False
    eventually(lambda: came(owner) == [f"IN{number}" for number in range(5)])


def test_a_message_that_the_database_refuses_takes_no_other_along(
    intake: Intake, tenant: Registered, owner: Connection
) -> None:
    key = (tenant.tenant_id, tenant.session_id)
    for item in (message("IN1"), message("IN2", sent_at="not a time"), message("IN3")):
        intake.take(key, item)
    intake.take((tenant.tenant_id, 999), message("IN4"))
    eventually(lambda: came(owner) == ["IN1", "IN3"])


def test_what_an_ending_process_could_not_write_the_next_one_does(
    flaky: Flaky, intake: Intake, tenant: Registered, owner: Connection, tmp_path: Path
) -> None:
    key = (tenant.tenant_id, tenant.session_id)
    flaky.away = True
    wanted = [
        message("IN1", alias=Address("lid", "222"), media={"mime": "image/png", "state": "pending"}),
        message("IN2", sender_name="Büdi", quoted_id="Q", mentioned=True),
    ]
    for each in wanted:
        intake.take(key, each)
    left = intake.end(0.5)
    assert left == [(key, each) for each in wanted]
    spool.keep(tmp_path, "host-1", left)
    with (tmp_path / "host-1.jsonl").open("a") as file:
        file.write('{"key": [1, 1], "provider_id": "cut o')
    ((path, found),) = spool.taken(tmp_path)
    assert found == left
    assert path.exists() and spool.taken(tmp_path) == []
