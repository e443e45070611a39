"""A played library, and a store with one device."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.transports.neonize.client import Line
from services.clock import VirtualClock
from tests.bot.neonize.events import NOW, OWN
from tests.bot.neonize.hearing import Heard
from tests.bot.neonize.hosting import kept, quick, toko
from tests.bot.neonize.library import PlayedLibrary
from tests.bot.neonize.stores import add_device

__all__ = ["kept", "played", "quick", "store_path", "toko"]


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
