"""A session from its start to its end, with everything in between."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from typing import Any

import pytest
from neonize.proto import Neonize_pb2 as proto

from bot.transports.base import TransportError
from bot.transports.neonize.client import Line
from bot.transports.neonize.library import (
    ClientOutdatedEv,
    ConnectFailureEv,
    LoggedOutEv,
    StreamReplacedEv,
    TemporaryBanEv,
)
from bot.transports.neonize.terms import LineState, NotPaired, Own
from services.messaging.addresses import Address
from tests.bot.neonize.events import CUSTOMER, CUSTOMER_LID, OWN
from tests.bot.neonize.hearing import Heard, delivery
from tests.bot.neonize.library import PlayedLibrary, device
from tests.bot.neonize.stores import add_device

PHONE = OWN.phone


def test_starting_waits_for_the_connection(line: Line, played: PlayedLibrary, heard: Heard) -> None:
    line.start(5)
    assert heard.states == [LineState("connected")]
    assert played.client(PHONE).subscribed >= {3, 6, 7, 8, 9, 10, 11, 12, 17, 18, 44}


def test_an_unknown_device_never_reaches_the_library(tmp_path: Path, played: PlayedLibrary, heard: Heard) -> None:
    line = Line(str(tmp_path / "no.db"), OWN, heard)
    with pytest.raises(NotPaired):
        line.start(5)
    assert played.calls == []


def test_no_connection_in_time(line: Line, played: PlayedLibrary) -> None:
    played.admits = False
    with pytest.raises(TransportError, match=r"within 0\.05 s"):
        line.start(0.05)
    assert played.closed(PHONE)


def test_a_connection_that_fails_at_once(line: Line, played: PlayedLibrary, heard: Heard) -> None:
    played.refuses = "failed to dial whatsapp web websocket"
    with pytest.raises(TransportError, match="failed to dial"):
        line.start(5)
    assert heard.states == [LineState("failed", "failed to dial whatsapp web websocket")]
    assert ("Stop", PHONE) in played.calls


ENDS: dict[str, tuple[Any, LineState, type[TransportError]]] = {
    "unlinked": (LoggedOutEv(Reason=proto.LOGGED_OUT), LineState("logged_out", "logged_out"), NotPaired),
    "replaced": (StreamReplacedEv(), LineState("replaced", "another client took the session"), TransportError),
    "banned": (
        TemporaryBanEv(Code=TemporaryBanEv.BLOCKED_BY_USERS, Expire=3600),
        LineState("banned", "blocked_by_users", 3600.0),
        TransportError,
    ),
    "refused": (
        ConnectFailureEv(Reason=proto.BAD_USER_AGENT, Message="no"),
        LineState("failed", "bad_user_agent no"),
        TransportError,
    ),
    "outdated": (ClientOutdatedEv(), LineState("outdated", "WhatsApp wants a newer library"), TransportError),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_what_ends_a_start(name: str, line: Line, played: PlayedLibrary, heard: Heard) -> None:
    event, state, error = ENDS[name]
    played.admits = False
    firing = threading.Thread(target=lambda: played.fire(PHONE, event))
    firing.start()
    with pytest.raises(error):
        line.start(5)
    firing.join(5)
    assert heard.states == [state]
    assert played.closed(PHONE)


@pytest.mark.parametrize("name", ENDS)
def test_what_ends_a_running_session(name: str, running: Line, played: PlayedLibrary, heard: Heard) -> None:
    event, state, _ = ENDS[name]
    played.fire(PHONE, event)
    assert heard.states == [LineState("connected"), state]


def test_a_drop_mends_itself(running: Line, played: PlayedLibrary, heard: Heard) -> None:
    played.drop(PHONE)
    with pytest.raises(TransportError) as failed:
        running.send(delivery())
    assert (failed.value.permanent, failed.value.retry_after) == (False, 5.0)
    played.connect(PHONE)
    assert [state.kind for state in heard.states] == ["connected", "disconnected", "connected"]
    assert running.send(delivery()) == "OUT1"


BY_ITSELF = {
    "boom": LineState("failed", "boom"),
    "": LineState("failed", "the library's client ended"),
    "proto: required field neonize.TemporaryBan.Code not set": LineState("banned", "unknown"),
    "proto: required field neonize.LoggedOut.Reason not set": LineState("logged_out", "unknown"),
    "proto: required field neonize.Receipt.Type not set": LineState(
        "failed", "proto: required field neonize.Receipt.Type not set"
    ),
}


@pytest.mark.parametrize("error", BY_ITSELF)
def test_a_client_that_ends_by_itself(error: str, running: Line, played: PlayedLibrary, heard: Heard) -> None:
    """The library ends a client when it can't tell an event; its connection would go on taking messages."""
    played.end(PHONE, error)
    assert heard.next_state() == BY_ITSELF[error]
    assert not played.client(PHONE).connected
    with pytest.raises(TransportError):
        running.send(delivery())
    running.stop()
    assert played.closed(PHONE)


def test_an_unlinked_session_isnt_asked_anything(running: Line, played: PlayedLibrary) -> None:
    played.fire(PHONE, LoggedOutEv())
    before = list(played.calls)
    for ask in (running.me, lambda: running.send(delivery()), lambda: running.download("")):
        with pytest.raises(TransportError):
            ask()
    running.typing(Address("phone", CUSTOMER), True)
    assert running.phone_of(CUSTOMER_LID) is None
    assert played.calls == before


def test_stopping_twice_and_nothing_afterwards(running: Line, played: PlayedLibrary, heard: Heard) -> None:
    running.stop()
    assert played.closed(PHONE)
    running.stop()
    before = list(played.calls)
    assert before.count(("Stop", PHONE)) == 1
    with pytest.raises(TransportError):
        running.send(delivery())
    with pytest.raises(TransportError):
        running.me()
    running.typing(Address("phone", CUSTOMER), True)
    running.mark_read(Address("phone", CUSTOMER), Address("phone", CUSTOMER), ["IN1"])
    gc.collect()
    assert played.calls == before
    assert heard.states == [LineState("connected")]


def test_nothing_is_asked_before_the_connection_is_there(line: Line, played: PlayedLibrary) -> None:
    played.admits = False
    starting = threading.Thread(target=line.start, args=(5,))
    starting.start()
    played.client(PHONE)
    with pytest.raises(TransportError):
        line.send(delivery())
    played.connect(PHONE)
    starting.join(5)
    assert played.calls == [("Neonize", PHONE)]


def test_a_line_is_started_once(running: Line) -> None:
    with pytest.raises(RuntimeError):
        running.start(5)


def test_the_same_number_again(store_path: Path, played: PlayedLibrary, heard: Heard) -> None:
    for _ in range(3):
        line = Line(str(store_path), OWN, heard)
        line.start(5)
        gc.collect()
        assert line.send(delivery())
        line.stop()
        assert played.closed(PHONE)


def test_a_stop_waits_for_what_is_being_sent(
    running: Line, played: PlayedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending, go_on = threading.Event(), threading.Event()
    send = played.SendMessage

    def slow(*given: Any) -> bytes:
        sending.set()
        assert go_on.wait(5)
        return send(*given)

    monkeypatch.setattr(played, "SendMessage", slow)
    ids: list[str] = []
    sender = threading.Thread(target=lambda: ids.append(running.send(delivery())))
    sender.start()
    assert sending.wait(5)
    stopper = threading.Thread(target=running.stop)
    stopper.start()
    with running._guard:
        assert running._guard.wait_for(lambda: running._client is None or go_on.is_set(), 5)
    assert ("Stop", PHONE) not in played.calls
    go_on.set()
    sender.join(5)
    stopper.join(5)
    assert ids == ["OUT1"] and ("Stop", PHONE) in played.calls


def test_who_we_are(line: Line, played: PlayedLibrary) -> None:
    played.linked[PHONE] = device(Own(PHONE, 7, "5555"), "Toko")
    line.start(5)
    assert line.me() == (Own(PHONE, 7, "5555"), "Toko")


def test_logging_out(running: Line, played: PlayedLibrary) -> None:
    played.fail_next("Logout", "info query timed out")
    with pytest.raises(TransportError, match="timed out"):
        running.logout()
    played.connect(PHONE)
    running.logout()
    with pytest.raises(TransportError, match="logged out"):
        running.me()
    running.stop()
    assert played.closed(PHONE)


def test_numbers_are_started_one_after_another(tmp_path: Path, played: PlayedLibrary, heard: Heard) -> None:
    owns = [Own(f"62812000001{number:02}", 1) for number in range(20)]
    path = tmp_path / "all.db"
    for own in owns:
        add_device(path, own)
    lines = [Line(str(path), own, heard) for own in owns]
    threads = [threading.Thread(target=line.start, args=(5,)) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(played.clients) == sorted(own.phone for own in owns)
    assert heard.states == [LineState("connected")] * 20
    for line in lines:
        line.stop()
    assert played.aborts == []
