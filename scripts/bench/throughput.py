"""How much goes through, how fast, and at what cost: real commands on the whole path to a played WhatsApp.

    .venv/bin/python scripts/bench/throughput.py [--tenants 200] [--seconds 20] [--workers 1] [--json]

Reports messages a second when there is always more to do, the time from message to delivery at 10 and at 100 messages a
second (open loop: a late message counts from when it was due), statements and commits for a message, and CPU time.
The database is a throw-away one with default durability. This process takes the messages in, one transaction each or,
under saturation, a few together as a transport does with a backlog; workers in processes of their own do the rest.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from common import Bench, Place, delivered, deliveries, owner_says, stop, table, throw_away, until
from cpu import cpu_seconds
from sqlalchemy import event

from bot import logs
from bot.app import build
from bot.transports.simulator import SimulatorTransport
from services import queue
from services.clock import SystemClock
from services.messaging import inbox

PEOPLE = ("Budi", "Siti", "Ahmad", "Dewi Lestari", "Joko", "Wahyuni", "Pak Hendra", "Ratna", "Yusuf", "Toko Makmur")
ACCEPTORS = 4
BACKLOG, BATCH = 1000, 5


class Talk:
    """What owners write: loans, payments, looks at the book, by command and in plain sentences; seeded."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._count = 0

    def opening(self) -> list[str]:
        """A loan for everybody, so that payments have something to settle."""
        return [f"pinjam {person} 900jt 30 hari" for person in PEOPLE]

    def next(self) -> str:
        """The next text; amounts differ, so that no payment looks like a repeated one."""
        self._count += 1
        person, amount = self._random.choice(PEOPLE), 1000 + self._count
        return self._random.choice(
            (
                f"pinjam {person} {amount} 14 hari",
                f"{person} minjem {amount} sebulan",
                f"bayar {person} {amount}",
                f"{person} bayar {amount}",
                "status",
                f"status {person}",
                "siapa yang utang?",
                f"riwayat {person}",
            )
        )


class Acceptor:
    """Takes messages in from several threads, and remembers when each was due."""

    def __init__(self, bench: Bench, places: Sequence[Place]) -> None:
        self._bench, self._places = bench, places
        self._talk = Talk()
        self._lock = threading.Lock()
        self._turn = 0
        self.due: dict[tuple[int, str], float] = {}

    def accept(self, count: int = 1, due: float | None = None) -> None:
        """Takes `count` messages of the next session in, in one transaction."""
        with self._lock:
            self._turn += 1
            place = self._places[self._turn % len(self._places)]
            texts = [self._talk.next() for _ in range(count)]
            messages = [owner_says(place, f"IN-{self._turn}-{n}", text) for n, text in enumerate(texts)]
            moment = time.monotonic() if due is None else due
            self.due |= dict.fromkeys([(place.tenant_id, message.provider_id) for message in messages], moment)
        inbox.accept(self._bench.opened.database, place.tenant_id, place.session_id, messages)


def prepare(bench: Bench, count: int) -> list[Place]:
    """Tenants with an opened book; returns when everything has been answered."""
    places = [bench.tenant() for _ in range(count)]
    for place in places:
        opening = [owner_says(place, f"OPEN-{n}", text) for n, text in enumerate(Talk().opening())]
        inbox.accept(bench.opened.database, place.tenant_id, place.session_id, opening)
    if not until(bench.at_rest, 300, 0.5):
        raise TimeoutError("the opening messages weren't answered")
    bench.execute("analyze")
    return places


def saturated(acceptor: Acceptor, log: Path, seconds: float) -> float:
    """Deliveries a second while the acceptors keep a backlog."""
    start_count, started = delivered(log), len(acceptor.due)
    end = time.monotonic() + seconds
    done = [start_count]

    def feed() -> None:
        while time.monotonic() < end:
            if len(acceptor.due) - started - (done[0] - start_count) < BACKLOG:
                acceptor.accept(BATCH)
            else:
                time.sleep(0.01)

    with ThreadPoolExecutor(ACCEPTORS) as pool:
        futures = [pool.submit(feed) for _ in range(ACCEPTORS)]
        while time.monotonic() < end:
            time.sleep(0.2)
            done[0] = delivered(log)
        for future in futures:
            future.result()
    left = deliveries(log)[start_count:]
    begin = end - seconds * 0.8
    return sum(begin < each.at <= end for each in left) / (seconds * 0.8)


def open_loop(bench: Bench, acceptor: Acceptor, log: Path, rate: float, seconds: float) -> list[float]:
    """Milliseconds from message to delivery, for messages that come in at random moments."""
    before = delivered(log)
    moments = random.Random(2)
    due, end = time.monotonic() + 0.5, time.monotonic() + 0.5 + seconds
    with ThreadPoolExecutor(ACCEPTORS) as pool:
        while due < end:
            time.sleep(max(0, due - time.monotonic()))
            pool.submit(acceptor.accept, 1, due)
            due += moments.expovariate(rate)
    if not until(bench.at_rest, 120, 0.5):
        raise TimeoutError("messages of the open loop weren't answered")
    answers = {
        (tenant, row): (tenant, message)
        for tenant, row, message in bench.query(
            "select o.tenant_id, o.id, m.provider_id from outbox o"
            " join messages m on (m.tenant_id, m.id) = (o.tenant_id, o.in_reply_to)"
        )
    }
    left = deliveries(log)[before:]
    return [(each.at - acceptor.due[answers[each.tenant_id, each.outbox_id]]) * 1000 for each in left]


def percentiles(values: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=100)
    return {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1), "p99": round(cuts[98], 1)}


@contextmanager
def counting(bench_engine: object) -> Iterator[Counter[str]]:
    """Counts statements and commits of an engine."""
    counted: Counter[str] = Counter()

    def statement(*_: object) -> None:
        counted["statements"] += 1

    def commit(*_: object) -> None:
        counted["commits"] += 1

    event.listen(bench_engine, "before_cursor_execute", statement)
    event.listen(bench_engine, "commit", commit)
    try:
        yield counted
    finally:
        event.remove(bench_engine, "before_cursor_execute", statement)
        event.remove(bench_engine, "commit", commit)


def statements(bench: Bench, texts: Sequence[str]) -> dict[str, dict[str, float]]:
    """Our own statements and commits for a message, by part of its way, with nothing coalesced."""
    platform = build(bench.settings, SystemClock(), SimulatorTransport(lambda *_: None))
    db = platform.opened.database
    new = bench.tenant()
    totals: dict[str, Counter[str]] = {part: Counter() for part in ("accept", "handle", "send")}

    def part(name: str, work: Callable[[], None]) -> None:
        with counting(db.engine) as counted:
            work()
        totals[name] += counted

    def through(n: int, text: str, measured: bool) -> None:
        message = owner_says(new, f"COUNT-{measured}-{n}", text)
        run = part if measured else lambda _name, work: work()
        run("accept", lambda: inbox.accept(db, new.tenant_id, new.session_id, [message]))
        run("handle", lambda: platform.jobs.inbound(new.tenant_id, new.session_id))
        run("send", lambda: platform.jobs.send(new.tenant_id, new.session_id))
        with db.system() as tx:
            while job := queue.take_due(tx):
                queue.finished(tx, job)

    for n, text in enumerate(Talk().opening()):
        through(n, text, measured=False)
    for n, text in enumerate(texts):
        through(n, text, measured=True)
    platform.opened.database.close()
    shown = {
        name: {kind: round(value / len(texts), 1) for kind, value in each.items()} for name, each in totals.items()
    }
    shown["total"] = {kind: round(sum(each[kind] for each in shown.values()), 1) for kind in ("statements", "commits")}
    return shown


def measure(tenants: int, seconds: float, workers: int) -> dict[str, object]:
    """Everything that this benchmark reports."""
    with throw_away() as bench:
        logs.configure(bench.settings)
        figures: dict[str, object] = {}
        talk = Talk()
        for name, texts in (("status", ["status"] * 20), ("mix", [talk.next() for _ in range(200)])):
            for part, counted in statements(bench, texts).items():
                figures[f"{name}: {part}"] = f"{counted['statements']} statements, {counted['commits']} commits"
        log = bench.folder / "delivered"
        processes = [bench.worker(log) for _ in range(workers)]
        try:
            acceptor = Acceptor(bench, prepare(bench, tenants))
            commits = "select xact_commit from pg_stat_database where datname = current_database()"
            before, cpu, messages = bench.query(commits)[0][0], cpu_seconds(bench, processes), len(acceptor.due)
            figures["messages a second, saturated"] = saturated(acceptor, log, seconds)
            if not until(bench.at_rest, 120, 0.5):
                raise TimeoutError("the backlog wasn't worked off")
            done = len(acceptor.due) - messages
            spent = cpu_seconds(bench, processes)
            for name in cpu:
                figures[f"CPU ms a message, {name}"] = round((spent[name] - cpu[name]) / done * 1000, 2)
            time.sleep(1)
            figures["database transactions a message, saturated"] = (bench.query(commits)[0][0] - before) / done
            for rate in (10, 100):
                found = percentiles(open_loop(bench, acceptor, log, rate, seconds))
                figures[f"ms to delivery at {rate}/s"] = ", ".join(f"{name} {value}" for name, value in found.items())
        finally:
            for process in processes:
                stop(process)
        return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args()
    figures = measure(options.tenants, options.seconds, options.workers)
    if options.as_json:
        print(json.dumps(figures))
    else:
        table(figures)


if __name__ == "__main__":
    main()
