"""A played library, and a store with one device."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.transports.neonize.client import Line
from bot.transports.neonize.terms import Own
from services.clock import VirtualClock
from tests.bot.neonize.events import NOW, OWN
from tests.bot.neonize.hearing import Heard
from tests.bot.neonize.library import PlayedLibrary


def add_device(path: Path, own: Own, push_name: str = "") -> Path:
    """A SQLite store that has this device; of the library's table only what we read."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "create table if not exists whatsmeow_device (jid text primary key, lid text, push_name text not null)"
        )
        lid = f"{own.lid}:{own.device}@lid" if own.lid else None
        connection.execute(
            "insert into whatsmeow_device values (?, ?, ?)",
            (f"{own.phone}:{own.device}@s.whatsapp.net", lid, push_name),
        )
    connection.close()
    return path


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    return add_device(tmp_path / "1.db", OWN, "Toko, Maju")


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedLibrary]:
    library = PlayedLibrary().install(monkeypatch)
    yield library
    for name in list(library.clients):
        library.end(name)
    assert library.aborts == []


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def line(store_path: Path, played: PlayedLibrary, heard: Heard) -> Iterator[Line]:
    line = Line(str(store_path), OWN, heard, clock=VirtualClock(NOW), name="1/1")
    yield line
    line.stop()


@pytest.fixture
def running(line: Line) -> Line:
    line.start(5)
    return line
