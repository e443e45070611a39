"""WhatsApp sessions with the library's shared object played: callback, latency, throughput, a host's memory.

    .venv/bin/python scripts/bench/sessions.py [--sessions 20] [--messages 200] [--rate 5] [--json]

A host in this process keeps the sessions; a worker in a process of its own handles their messages. Reports how long the
library's callback is kept, the time from an owner's message to its reply being handed to the library, the answers a
second when there is always more to do, and the memory of a host process without sessions.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import traceback
from collections import defaultdict
from functools import partial
from pathlib import Path

import psutil
from common import Bench, stop, table, throw_away, until

from bot import logs
from bot.host import Host
from bot.transports.neonize import library as real
from bot.transports.neonize import store
from bot.transports.neonize.client import Line
from bot.transports.neonize.terms import LineEvents, Own
from services.messaging.files import FileStore
from services.tenants import holding, pairings, sessions
from services.tenants.actors import SYSTEM
from services.tenants.tenants import NewTenant, register
from tests.bot.neonize.events import phone, received
from tests.bot.neonize.library import PlayedLibrary
from tests.bot.neonize.stores import add_device

DEVICE = 3


class Timed(PlayedLibrary):
    """The played library, which notes when it is asked to send."""

    def __init__(self) -> None:
        super().__init__()
        self.times: dict[str, list[float]] = defaultdict(list)

    def SendMessage(self, uuid: bytes, *asked: object) -> bytes:  # noqa: N802
        self.times[uuid.decode()].append(time.perf_counter())
        return super().SendMessage(uuid, *asked)  # type: ignore[arg-type]


class Numbers:
    """Linked numbers, kept by a host in this process."""

    def __init__(self, bench: Bench, count: int) -> None:
        import neonize.client

        self.played = Timed()
        neonize.client.gocode = self.played
        self.phones = [f"62812{number:08d}" for number in range(count)]
        folder = bench.folder / "whatsapp"

        def name(key: tuple[int, int]) -> str:
            return store.store_name(folder, None, *key)

        def client(key: tuple[int, int], own: Own, events: LineEvents) -> Line:
            return Line(name(key), own, events)

        self.host = Host(
            "host-1", bench.opened.database, bench.opened.url, bench.settings, FileStore(bench.folder / "files"),
            client, lambda key, own: store.forget(name(key), own),
        )  # fmt: skip
        for number in self.phones:
            place = register(bench.opened.database, NewTenant(f"Toko {number}", number, provider="neonize"))
            with bench.opened.database.tenant(place.tenant_id) as tx:
                sessions.start(tx, SYSTEM, sessions.of_tenant(tx))
                pairings.succeeded(tx, place.session_id, number, DEVICE, None, None)
            add_device(Path(name((place.tenant_id, place.session_id))), Own(number, DEVICE))
            with bench.opened.database.system() as tx:
                holding.assign(tx, "host-1", [(place.tenant_id, place.session_id)])
        self.thread = threading.Thread(target=self.host.run, daemon=True)
        self.thread.start()
        self.callbacks: list[float] = []

    def say(self, number: str, id: str, text: str) -> float:
        """An owner writes to themselves; returns when WhatsApp delivered it."""
        event = received(
            real.Message(conversation=text), chat=phone(number), sender=phone(number), from_me=True, id=id,
            at=int(time.time() * 1000),
        )  # fmt: skip
        began = time.perf_counter()
        self.played.fire(number, event)
        self.callbacks.append(time.perf_counter() - began)
        return began

    def close(self) -> None:
        self.host.end()
        self.thread.join(10)


def latencies(numbers: Numbers, name: str, count: int, rate: float) -> list[float]:
    """Seconds from message to reply, one message after the other at a rate at which nothing waits."""
    found = []
    for turn in range(count):
        number = numbers.phones[turn % len(numbers.phones)]
        sent = numbers.played.times[number]
        before = len(sent)
        began = numbers.say(number, f"{name}{turn}", "status")
        assert until(partial(_longer, sent, before), 10, 0.0005), "no reply"
        found.append(sent[before] - began)
        time.sleep(max(0.0, 1 / rate - (time.perf_counter() - began)))
    return found


def _longer(sent: list[float], before: int) -> bool:
    return len(sent) > before


def answers_a_second(numbers: Numbers, count: int) -> float:
    """How many are answered in a second when all of them have come at once."""
    before = sum(map(len, numbers.played.times.values()))
    began = time.perf_counter()
    for turn in range(count):
        numbers.say(numbers.phones[turn % len(numbers.phones)], f"T{turn}", "status")
    assert until(lambda: sum(map(len, numbers.played.times.values())) >= before + count, 120, 0.005), (
        "answers are missing"
    )
    return count / (time.perf_counter() - began)


def empty_host(bench: Bench) -> float:
    """Megabytes (RSS) of a host process that keeps nothing."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "host"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2], env={**os.environ, **bench.environment},
    )  # fmt: skip
    assert process.stdin is not None
    task = {"id": "empty", "url": bench.opened.url.render_as_string(hide_password=False)}
    process.stdin.write(json.dumps(task).encode() + b"\n")
    process.stdin.flush()
    time.sleep(6)
    size: float = psutil.Process(process.pid).memory_info().rss / 2**20
    process.stdin.close()
    process.wait(10)
    return size


def measure(bench: Bench, count: int, messages: int, rate: float) -> dict[str, object]:
    numbers = Numbers(bench, count)
    worker = bench.worker(bench.folder / "log")
    try:
        query = "select count(*) from sessions where state = 'connected'"
        assert until(lambda: bench.query(query)[0][0] == count, 60), "not connected"
        latencies(numbers, "warm", 20, rate)
        took = sorted(latencies(numbers, "timed", messages, rate))
        callbacks = sorted(numbers.callbacks)
        per_second = answers_a_second(numbers, messages * 2)
    finally:
        stop(worker)
        numbers.close()
    return {
        "sessions": count,
        "callback, ms (median)": 1000 * statistics.median(callbacks),
        "callback, ms (99 %)": 1000 * callbacks[int(len(callbacks) * 0.99)],
        "message to reply, ms (median)": 1000 * statistics.median(took),
        "message to reply, ms (95 %)": 1000 * took[int(len(took) * 0.95)],
        "answers a second": per_second,
        "host without sessions, MB": empty_host(bench),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--rate", type=float, default=5.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    code = 1
    try:
        with throw_away() as bench:
            logs.configure(bench.settings)
            figures = measure(bench, given.sessions, given.messages, given.rate)
        print(json.dumps(figures)) if given.json else table(figures)
        code = 0
    except Exception:  # noqa: BLE001 - told, and the process has to be ended by force
        traceback.print_exc()
    # The library's threads would be waited for.
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
