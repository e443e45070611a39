"""Instructions: whose they are, on which days they hold, and how many there may be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.simulation import Simulation
from handlers.grammar.reading import Reading, Unclear
from handlers.owner.instructions import read_dates
from services.assistant import chatbots, instructions
from services.db.engine import Tx
from services.errors import DomainError
from services.tenants.actors import SYSTEM
from services.tenants.tenants import NewTenant
from tests.conftest import OWNER, STRANGER

TODAY = date(2025, 2, 13)


def bodies(tx: Tx, bot_id: int, day: date = TODAY) -> list[str]:
    return [each.body for each in instructions.valid(tx, bot_id, day)]


def code(act: object) -> str:
    with pytest.raises(DomainError) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def test_an_instruction_holds_for_its_bot_on_its_days(simulation: Simulation) -> None:
    mine, strangers = simulation.place(NewTenant("Toko Maju", OWNER)), simulation.place(NewTenant("X", STRANGER))
    database = simulation.platform.opened.database
    with database.tenant(strangers.tenant_id) as tx:
        instructions.add(tx, SYSTEM, "theirs", today=TODAY)
    with database.tenant(mine.tenant_id) as tx:
        siti, rina = (chatbots.create(tx, SYSTEM, name) for name in ("Siti", "Rina"))
        instructions.add(tx, SYSTEM, " be kind\x00 ", today=TODAY)
        instructions.add(tx, SYSTEM, "be brief", today=TODAY, bot=rina)
        instructions.add(tx, SYSTEM, "today", today=TODAY, bot=siti, starts_on=TODAY, ends_on=TODAY)
        instructions.add(tx, SYSTEM, "later", today=TODAY, starts_on=TODAY + timedelta(days=2))
        tomorrow, later = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
        assert bodies(tx, siti.id) == ["be kind", "today"]
        assert bodies(tx, rina.id) == ["be kind", "be brief"]
        assert bodies(tx, siti.id, tomorrow) == ["be kind"]
        assert bodies(tx, siti.id, later) == ["be kind", "later"]
        assert [each.number for each in instructions.listing(tx, TODAY)] == [1, 2, 3, 4]
        assert [each.number for each in instructions.listing(tx, tomorrow)] == [1, 2, 4]
        instructions.remove(tx, SYSTEM, 1)
        assert bodies(tx, siti.id) == ["today"]
        assert code(lambda: instructions.remove(tx, SYSTEM, 1)) == "unknown_instruction"
        chatbots.remove(tx, SYSTEM, rina)
        assert [each.number for each in instructions.listing(tx, TODAY)] == [3, 4]
        _limits(tx)
    with database.tenant(strangers.tenant_id) as tx:
        assert [each.body for each in instructions.listing(tx, TODAY)] == ["theirs"]


def _limits(tx: Tx) -> None:
    assert code(lambda: instructions.add(tx, SYSTEM, " ", today=TODAY)) == "instruction_empty"
    assert code(lambda: instructions.add(tx, SYSTEM, "x" * 501, today=TODAY)) == "instruction_too_long"
    yesterday = TODAY - timedelta(days=1)
    assert code(lambda: instructions.add(tx, SYSTEM, "x", today=TODAY, ends_on=yesterday)) == "instruction_over"
    for _each in range(instructions.MOST - 2):
        instructions.add(tx, SYSTEM, "x" * 500, today=TODAY)
    assert code(lambda: instructions.add(tx, SYSTEM, "x", today=TODAY)) == "instruction_limit"
    instructions.remove(tx, SYSTEM, 4)
    instructions.add(tx, SYSTEM, "x", today=TODAY)


def day(month: int, number: int, year: int = 2025) -> date:
    return date(year, month, number)


@pytest.mark.parametrize(
    ("text", "begin", "end", "body"),
    [
        ("we close at 3", None, None, "we close at 3"),
        ("until friday we close at 3", None, day(2, 14), "we close at 3"),
        ("sampai 25/12 promo 10%", None, day(12, 25), "promo 10%"),
        ("sampai tgl 25: promo", None, day(2, 25), "promo"),
        ("until 5 March 2025, closed", None, day(3, 5), "closed"),
        ("from 20/12 to 31/12 ten off", day(12, 20), day(12, 31), "ten off"),
        ("from 1/12 to 31/12 ten off", day(12, 1), day(12, 31), "ten off"),
        ("dari 20/12 sampai 5/1 libur", day(12, 20), day(1, 5, 2026), "libur"),
        ("from next friday until monday closed", day(2, 21), day(2, 24), "closed"),
        ("mulai besok tutup jam 3", day(2, 14), None, "tutup jam 3"),
        ("on friday: closed", day(2, 14), day(2, 14), "closed"),
        ("until further notice, closed", None, None, "until further notice, closed"),
        ("from our shop only", None, None, "from our shop only"),
        ("ten percent off until friday", None, None, "ten percent off until friday"),
        ("on request we deliver on friday", None, None, "on request we deliver on friday"),
    ],
)
def test_dates_before_the_text(text: str, begin: date | None, end: date | None, body: str) -> None:
    read = read_dates(text, Reading("id", "IDR", "ID", TODAY))
    assert (read.begin, read.end, read.body) == (begin, end, body)


def test_an_unclear_day_stays_unclear_where_nothing_decides_it() -> None:
    english = Reading("en", "USD", "US", TODAY)
    assert isinstance(read_dates("until 3/4 closed", english).end, Unclear)
    assert read_dates("from 1/12 to 31/12 closed", english).begin == day(12, 1)
