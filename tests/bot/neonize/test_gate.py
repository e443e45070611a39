"""Calls of the library are let in together, but not while its map of clients changes."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from bot.transports.neonize import gate as module
from bot.transports.neonize.client import Line
from bot.transports.neonize.gate import Gate
from bot.transports.neonize.terms import Own
from tests.bot.neonize.events import OWN
from tests.bot.neonize.hearing import Heard, delivery
from tests.bot.neonize.library import PlayedLibrary
from tests.bot.neonize.stores import add_device


def test_calls_go_in_together() -> None:
    gate, both = Gate(), threading.Barrier(2, timeout=5)

    def call() -> None:
        with gate.asking():
            both.wait()

    other = threading.Thread(target=call)
    other.start()
    call()
    other.join(5)
    with gate.changing():
        assert gate._begun == {}


def test_a_change_waits_for_a_young_call_and_keeps_new_ones_out() -> None:
    gate, order = Gate(), list[str]()
    inside, leave = threading.Event(), threading.Event()

    def call() -> None:
        with gate.asking():
            inside.set()
            assert leave.wait(5)
            order.append("young")

    def late() -> None:
        with gate.asking():
            order.append("late")

    def change() -> None:
        with gate.changing():
            order.append("change")

    young, changing = threading.Thread(target=call), threading.Thread(target=change)
    young.start()
    assert inside.wait(5)
    changing.start()
    with gate._condition:
        assert gate._condition.wait_for(lambda: gate._closed or leave.is_set(), 5)
    after = threading.Thread(target=late)
    after.start()
    leave.set()
    for thread in (young, changing, after):
        thread.join(5)
    assert order == ["young", "change", "late"]


def test_a_call_that_takes_long_doesnt_hold_changes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKED_UP_SECONDS", 0.01)
    gate = Gate()
    with gate.asking(), gate.changing():
        assert gate._closed
    assert not gate._closed


def test_nobody_sends_while_another_number_is_being_entered(tmp_path: Path, played: PlayedLibrary) -> None:
    path, other = tmp_path / "two.db", Own("6281200000002", 1)
    add_device(add_device(path, OWN), other)
    first, second = Line(str(path), OWN, Heard()), Line(str(path), other, Heard())
    first.start(5)
    played.entering.clear()
    starting = threading.Thread(target=second.start, args=(5,))
    starting.start()
    assert played.begun.acquire(timeout=5)
    sending = threading.Thread(target=first.send, args=(delivery(),))
    sending.start()
    sending.join(0.1)
    assert sending.is_alive() and ("IsConnected", OWN.phone) not in played.calls
    played.entering.set()
    for thread in (starting, sending):
        thread.join(5)
    assert len(played.sent(OWN.phone)) == 1
    first.stop()
    second.stop()
