"""The simulator's line protocol: a line in, a line out, whatever is in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.protocol import Protocol
from bot.simulation import Simulation
from services.assistant.models import ModelError, Models
from services.tenants.tenants import NewTenant
from tests.conftest import OWNER
from tests.db.asking import tenant_tables, value

BUDI, ANI, STAFF = "6281234567890", "6281234567891", "6281234567892"
KEYS = {"input", "at", "understood", "sent", "error"}


@pytest.fixture
def protocol(simulation: Simulation) -> Protocol:
    return Protocol(simulation, NewTenant("Toko Maju", OWNER))


Play = Callable[..., dict[str, Any]]


@pytest.fixture
def play(protocol: Protocol) -> Play:
    """Plays one line, given as keywords (`speaker` for `from`), and reads what came of it."""

    def play(speaker: str | None = None, text: str | None = None, **more: object) -> dict[str, Any]:
        line = {**({"from": speaker} if speaker else {}), **({} if text is None else {"text": text}), **more}
        written: list[str] = []
        protocol.play([json.dumps(line)], written.append)
        (only,) = written
        assert "\n" not in only
        answer: dict[str, Any] = json.loads(only)
        assert answer.keys() == KEYS
        return answer

    return play


def texts(answer: dict[str, Any], to: str | None = None) -> list[str]:
    return [sent["text"] for sent in answer["sent"] if to is None or sent["to"] == to]


def test_an_answer_has_the_promised_shape(play: Play) -> None:
    answer = play("owner", 'PINJAM Budi 500000 14hari "semen"')
    assert answer["input"] == 1
    assert answer["at"] == "2025-02-13T10:00:00+07:00"
    assert answer["error"] is None
    understood = answer["understood"]
    assert (understood["command"], understood["by"]) == ("lend", "rules")
    assert understood["arguments"] == {
        "name": "Budi", "amount": "500000", "currency": "IDR", "due": "2025-02-27", "note": "semen",
    }  # fmt: skip
    (sent,) = answer["sent"]
    assert sent.keys() == {"id", "at", "to", "kind", "text", "file"}
    assert (sent["to"], sent["kind"], sent["file"]) == ("owner", "text", None)
    assert datetime.fromisoformat(sent["at"]) == datetime.fromisoformat(answer["at"])
    assert play("owner", "status")["input"] == 2


def test_empty_lines_have_no_answer(protocol: Protocol) -> None:
    written: list[str] = []
    protocol.play(["\n", "   \n", '{"from": "owner", "text": "bantuan"}\n', "\n"], written.append)
    assert [json.loads(line)["input"] for line in written] == [1]


BAD_LINES = [
    "nonsense",
    "[]",
    "null",
    "3",
    '"text"',
    "{}",
    '{"text": "halo"}',
    '{"from": "owner", "text": "pinjam Budi 500rb", "colour": "red"}',
    '{"from": "nobody", "text": "halo"}',
    '{"from": "staff:", "text": "halo"}',
    '{"from": null, "text": "halo"}',
    '{"from": "12", "text": "halo"}',
    '{"from": "owner", "to": "nobody", "text": "halo"}',
    '{"from": "owner", "text": "halo", "tenant": ""}',
    '{"from": "owner", "text": "halo", "tenant": 7}',
    '{"advance": "soon"}',
    '{"advance": ""}',
    '{"advance": null}',
    '{"advance": "-1d"}',
    '{"advance": 5}',
    '{"fault": "fire"}',
    '{"fault": "send", "times": "two"}',
    '{"fault": "send", "times": null}',
]


def rows_of_business(owner: Connection) -> dict[str, int]:
    return {table: value(owner, f"select count(*) from {table}") for table in [*tenant_tables(owner), "tenants"]}


def test_a_bad_line_says_what_is_wrong_and_changes_nothing(
    play: Play, protocol: Protocol, simulation: Simulation, owner: Connection
) -> None:
    play("owner", "pinjam Budi 500rb")
    before, began = rows_of_business(owner), simulation.clock.now()
    for line in BAD_LINES:
        answer = protocol.answer(line)
        assert answer.keys() == KEYS
        assert answer["error"], line
        assert (answer["understood"], answer["sent"]) == (None, []), line
    assert rows_of_business(owner) == before
    assert simulation.clock.now() == began
    assert (simulation.faults.send, simulation.faults.disconnect) == (0, 0)


ODD_LINES = {
    "a role that there is not": '{"from": "guard:6281234567890", "text": "halo"}',
    "an id that can't be kept": '{"from": "owner", "text": "halo", "id": "A\\u0000\\ud800"}',
    "a new tenant with an unknown word": '{"from": "owner", "text": "x", "tenant": "Baru", "colour": "red"}',
    "a time beyond the calendar": '{"advance": "99999999999d"}',
    "a fault that never ends": '{"fault": "send", "times": -1}',
    "a fault and a yes": '{"fault": "send", "times": true}',
    "a brackets' abyss": "[" * 100_000,
    "a number too long to read": '{"advance": ' + "9" * 5000 + "}",
}


@pytest.mark.parametrize("line", ODD_LINES.values(), ids=ODD_LINES)
def test_an_odd_line_is_refused_like_any_bad_one(
    play: Play, protocol: Protocol, simulation: Simulation, owner: Connection, line: str
) -> None:
    play("owner", "pinjam Budi 500rb")
    before = rows_of_business(owner)
    answer = protocol.answer(line)
    assert answer["error"]
    assert rows_of_business(owner) == before
    assert (simulation.faults.send, simulation.faults.disconnect) == (0, 0)


def test_whatever_characters_a_line_has_it_is_answered(play: Play) -> None:
    hostile = "a\x00b\ud800\x1b\u202e\U0001f600"
    for text in (hostile, "\x00", "", "x" * 70_000):
        assert play("owner", text)["error"] is None
        assert play(BUDI, text, name=hostile, quote=hostile)["error"] is None
    assert "Rp 500.000" in texts(play("owner", "pinjam Budi 500rb"))[0]


def test_tenants_of_one_installation_know_nothing_of_each_other(play: Play) -> None:
    play("owner", "pinjam Budi 500rb")
    play("owner", "pinjam Budi 900rb", tenant="Toko Lain")
    assert "500.000" in texts(play("owner", "status Budi"))[0]
    other = texts(play("owner", "status Budi", tenant="Toko Lain"))[0]
    assert "900.000" in other
    assert "500.000" not in other


def test_the_same_number_writes_to_two_tenants(play: Play) -> None:
    play("owner", "pinjam Budi 500rb")
    play("owner", f"kontak Budi {BUDI}")
    assert "500.000" in texts(play(BUDI, "saldo"), BUDI)[0]
    assert "500.000" not in "".join(texts(play(BUDI, "saldo", tenant="Toko Lain"), BUDI))


def test_a_burst_has_one_answer_at_its_end(play: Play) -> None:
    play("owner", "pinjam Budi 500rb")
    play("owner", f"kontak Budi {BUDI}")
    for text in ("halo", "saya mau tanya", "saldo saya"):
        assert play(BUDI, text, burst=True)["sent"] == []
    last = play(BUDI, "berapa ya?")
    assert len(texts(last, BUDI)) == 1


def test_a_refused_send_is_made_up_for_in_its_time(play: Play) -> None:
    assert play(fault="send", times=2)["error"] is None
    assert play("owner", "pinjam Budi 500rb")["sent"] == []
    answer = play(advance="1m")
    (sent,) = answer["sent"]
    assert "Rp 500.000" in sent["text"]
    assert sent["at"] == "2025-02-13T10:00:06+07:00"
    assert play(advance="1d")["sent"] == []


def test_a_dropped_session_comes_back_and_sends_what_waited_in_order(play: Play) -> None:
    play(fault="disconnect", times=8)
    assert play("owner", "pinjam Budi 500rb")["sent"] == []
    assert play("owner", "Budi bayar 100rb")["sent"] == []
    waited = texts(play(advance="10m"), "owner")
    assert len(waited) == 2
    assert "400.000" in waited[1]


def test_a_fault_of_the_model_makes_so_many_calls_fail(play: Play, simulation: Simulation) -> None:
    assert play(fault="model", times=3)["error"] is None, "without a model nothing happens"
    minds = simulation.platform.jobs.handler.minds
    models = Models(simulation.platform.settings)
    simulation.platform.jobs.handler.minds = replace(minds, models=models)
    assert play(fault="model", times=2)["error"] is None
    assert play(fault="model")["sent"] == []
    assert models.failing == 3
    for _ in range(3):
        with pytest.raises(ModelError):
            models.write("", "")
    assert models.failing == 0


def test_time_goes_from_due_time_to_due_time(play: Play) -> None:
    assert play(advance="90m")["at"] == "2025-02-13T11:30:00+07:00"
    assert play(advance="1d12h")["at"] == "2025-02-14T23:30:00+07:00"
    assert play(advance="2w")["at"] == "2025-02-28T23:30:00+07:00"


def test_an_id_that_is_repeated_books_once(play: Play) -> None:
    assert len(play("owner", "pinjam Budi 500rb", id="A1")["sent"]) == 1
    assert play("owner", "pinjam Budi 500rb", id="A1")["sent"] == []
    assert play("owner", "pinjam Ani 700rb", id="A1")["sent"] == []
    assert "500.000" in texts(play("owner", "status Budi"))[0]


def test_the_owner_by_hand_makes_the_bot_quiet(play: Play) -> None:
    assert texts(play(BUDI, "halo"), BUDI)
    assert play("owner", "saya cek dulu ya", to=BUDI)["sent"] == []
    assert play(BUDI, "saldo")["sent"] == []
    play(advance="61m")
    assert texts(play(BUDI, "saldo"), BUDI)


def test_staff_book_in_their_own_chat(play: Play) -> None:
    answer = play(f"staff:{STAFF}", "pinjam Budi 500rb")
    assert answer["understood"]["command"] == "lend"
    assert "500.000" in texts(answer, STAFF)[0]
    assert "500.000" in texts(play("owner", "status Budi"), "owner")[0]
    assert play(ANI, "pinjam Budi 500rb")["understood"] is None


def test_the_super_admin_speaks_to_the_platform_and_sees_no_book(play: Play) -> None:
    play("owner", "pinjam Budi 500rb")
    answer = play("admin", "status Budi")
    assert answer["error"] is None
    assert "500.000" not in "".join(texts(answer))
