"""Many customers at once talk with a slow model, while others who need none are answered; and with one that fails.

    .venv/bin/python scripts/bench/conversations.py [--customers 50] [--seconds 2] [--rounds 4] [--max-workers 5]

One business has notes for its bot, so that a model writes every answer; each of its customers asks for a price of their
own. Meanwhile owners and customers of other businesses write what needs no model, every 200 ms. Reported: the time from
a message to its answer without the debounce time, whether every answer has its own price, and the worker's memory after
each round. Then the model is away, hangs, wants no more, drips, or talks nonsense, each with a fresh worker.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

import psutil
from common import Bench, Place, deliveries, owner_says, person_says, stop, table, throw_away, until

from scripts.model_server import ModelServer, Reply
from scripts.models import demo
from services.messaging import inbox

PACE, AT_ONCE_WHEN_IT_FAILS = 0.2, 20
COLOURS = ("red", "green", "blue", "yellow", "black", "white", "brown")
THINGS = ("bucket", "broom", "ladder", "hammer", "kettle", "carpet", "pillow", "candle")
PRICES = {f"{colour} {thing}": 11 + n for n, (colour, thing) in enumerate((c, t) for t in THINGS for c in COLOURS)}
TROUBLES: Mapping[str, Reply] = {
    "hangs": Reply("x", delay=120),
    "wants no more": Reply("rate limit", status=429),
    "drips": Reply("A red bucket is Rp 11.000.", trickle=1),
    "talks nonsense": Reply(raw=b"<html>nonsense</html>"),
    "invents an amount": Reply("It costs Rp 987.654 today."),
}
_numbers = count(1)


class Talk(NamedTuple):
    """What somebody asked, when, and what the answer has to hold."""

    chat: str
    at: float
    wants: str


class Answer(NamedTuple):
    """What somebody got, and when."""

    at: float
    text: str


def say(bench: Bench, place: Place, number: str, text: str, wants: str) -> Talk:
    """Has somebody write, as a transport hands it over."""
    name = f"q{next(_numbers)}"
    message = owner_says(place, name, text) if number == place.phone else person_says(number, name, text)
    began = time.monotonic()
    inbox.accept(bench.opened.database, place.tenant_id, place.session_id, [message])
    return Talk(f"{place.tenant_id} phone:{number}", began, wants)


def answers(bench: Bench, log: Path) -> dict[str, list[Answer]]:
    """Everything that left, by chat; the request for a moment's patience isn't an answer."""
    rows = bench.query("select tenant_id, id, chat, body from outbox where coalesce(dedup_key, '') not like 'moment:%'")
    texts = {(tenant, row): (f"{tenant} {chat}", body) for tenant, row, chat, body in rows}
    found: dict[str, list[Answer]] = {}
    for each in deliveries(log):
        if (each.tenant_id, each.outbox_id) in texts:
            chat, text = texts[each.tenant_id, each.outbox_id]
            found.setdefault(chat, []).append(Answer(each.at, text))
    return found


def first_after(found: Mapping[str, Sequence[Answer]], talk: Talk) -> Answer | None:
    return next((each for each in found.get(talk.chat, ()) if each.at > talk.at), None)


def figures(bench: Bench, log: Path, talks: Sequence[Talk], patience: float) -> tuple[list[float], int]:
    """Seconds until each was answered, once all are, and how many answers were right; unanswered ones are infinite."""
    until(lambda: all(first_after(answers(bench, log), each) for each in talks), patience, 0.5)
    found = answers(bench, log)
    got = [(each, first_after(found, each)) for each in talks]
    times = [float("inf") if answer is None else answer.at - talk.at for talk, answer in got]
    return times, sum(answer is not None and talk.wants in answer.text for talk, answer in got)


def shown(times: Sequence[float]) -> str:
    """Median, 95th percentile and longest of some seconds."""
    ordered = sorted(times)
    late = ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]
    return f"{statistics.median(ordered):.2f} / {late:.2f} / {ordered[-1]:.2f}"


@contextmanager
def others_writing(bench: Bench, places: Sequence[Place]) -> Iterator[list[Talk]]:
    """Lets others write what needs no model, one every `PACE` seconds, as long as the block lasts."""
    talks: list[Talk] = []
    ended = threading.Event()

    def write() -> None:
        while not ended.wait(PACE):
            place = places[len(talks) % len(places)]
            if len(talks) // len(places) % 2:
                talks.append(say(bench, place, place.phone, "status", ""))
            else:
                number = f"62815{next(_numbers):08d}"
                talks.append(say(bench, place, number, "when do you open?", "At eight"))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield talks
    finally:
        ended.set()
        thread.join()


def ask_for_prices(bench: Bench, place: Place, customers: int, turn: int) -> list[Talk]:
    """Lets so many customers ask at once, each for a price of their own; in another turn for another one."""
    things = list(PRICES)
    chosen = [things[(number + turn * 7) % len(things)] for number in range(customers)]
    return [
        say(bench, place, f"62814{number:08d}", f"hi, can you tell me the price of a {thing}?", f"{PRICES[thing]}.000")
        for number, thing in enumerate(chosen)
    ]


def prepare(bench: Bench, log: Path) -> tuple[Place, list[Place]]:
    """The business whose bot a model speaks for, and others whose bots know one answer."""
    shop, others = bench.tenant(), [bench.tenant() for _ in range(5)]
    worker = bench.worker(log)
    try:
        taught = [f"How much is a {thing}? = A {thing} costs Rp {price}.000." for thing, price in PRICES.items()]
        for text in ("kb add " + each for each in taught):
            say(bench, shop, shop.phone, text, "")
        say(bench, shop, shop.phone, "instruct Always be friendly.", "")
        for place in others:
            say(bench, place, place.phone, "kb add When do you open? = At eight", "")
        wanted = len(taught) + len(others)
        known = "select count(*) from knowledge_entries"
        if not until(lambda: bench.query(known)[0][0] >= wanted and bench.at_rest(), 120, 0.5):
            raise TimeoutError("the bots didn't learn")
    finally:
        stop(worker)
    return shop, others


def without(bench: Bench, log: Path, others: Sequence[Place], seconds: float) -> tuple[list[float], int]:
    """The times of those who need no model while nobody asks one, for comparison."""
    with others_writing(bench, others) as talks:
        time.sleep(seconds)
    return figures(bench, log, talks, 60)


def rounds(
    bench: Bench, log: Path, shop: Place, others: Sequence[Place], customers: int, turns: int
) -> dict[str, object]:
    """The figures while the model is slow and well."""
    worker = bench.worker(log)
    memory, slow, right, quick, owners, quick_right, asked = [], [], 0, [], [], 0, 0
    try:
        warm(bench, log, shop)
        alone, _ = without(bench, log, others, 15)
        for turn in range(turns):
            with others_writing(bench, others) as talks:
                time.sleep(1)
                times, good = figures(bench, log, ask_for_prices(bench, shop, customers, turn), 120)
            slow += times
            right += good
            times, good = figures(bench, log, talks, 30)
            quick, quick_right, asked = quick + times, quick_right + good, asked + len(talks)
            owners += [took for talk, took in zip(talks, times, strict=True) if not talk.wants]
            memory.append(psutil.Process(worker.pid).memory_info().rss >> 20)
    finally:
        stop(worker)
    moments = bench.query("select count(*) from outbox where dedup_key like 'moment:%'")[0][0]
    return {
        "s to a model's answer: median / p95 / longest": shown(slow),
        "right": f"{right} of {customers * turns}",
        "s to answers without a model, while nobody asks one": shown(alone),
        "s to answers without a model meanwhile": shown(quick),
        "of these, s to owners' commands": shown(owners),
        "right without a model": f"{quick_right} of {asked}",
        "asked for a moment": moments,
        "MB of the worker after each round": ", ".join(map(str, memory)),
    }


def warm(bench: Bench, log: Path, shop: Place) -> None:
    """Has one customer answered, so that a new worker has begun and loaded what it needs."""
    talk = say(bench, shop, f"62816{next(_numbers):08d}", "can you tell me the price of a red bucket?", "11.000")
    if figures(bench, log, [talk], 60)[1] != 1:
        raise TimeoutError("a new worker didn't answer")


def trouble(bench: Bench, log: Path, shop: Place, begin: Callable[[], None]) -> str:
    """Seconds until customers have an answer from a worker whose model begins to fail."""
    worker = bench.worker(log)
    try:
        warm(bench, log, shop)
        begin()
        return shown(figures(bench, log, ask_for_prices(bench, shop, AT_ONCE_WHEN_IT_FAILS, 0), 90)[0])
    finally:
        stop(worker)


def slow(seconds: float) -> Callable[[dict[str, object]], Reply]:
    """The demonstration's brain, with time to think."""
    return lambda body: replace(demo.brain(body), delay=seconds)


def measure(customers: int, seconds: float, turns: int, max_workers: int, faults: bool) -> dict[str, object]:
    """The figures of the module's docstring."""
    server = ModelServer(brain=slow(seconds))
    given = {"OPENAI_BASE_URL": server.url, "CHAT_MODEL": "demo", "MAX_WORKERS": str(max_workers)}
    with throw_away(DEBOUNCE_SECONDS="0", **given) as bench:
        log = bench.folder / "log"
        shop, others = prepare(bench, log)
        found = rounds(bench, log, shop, others, customers, turns)
        found["requests to the model at once, most"] = server.most_at_once
        for name, reply in TROUBLES.items() if faults else ():
            server.brain = demo.brain
            begin = partial(setattr, server, "brain", lambda _body, reply=reply: reply)
            found[f"s to an answer when the model {name}"] = trouble(bench, log, shop, begin)
        if faults:
            server.brain = demo.brain
            found["s to an answer when the model is away"] = trouble(bench, log, shop, server.close)
        errors = (bench.folder / "workers.err").read_text()
        found["errors in the log"] = errors.count("level=error")
        found["load of the machine, at the end"] = round(os.getloadavg()[0], 1)
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--customers", type=int, default=50)
    options.add_argument("--seconds", type=float, default=2)
    options.add_argument("--rounds", type=int, default=4)
    options.add_argument("--max-workers", type=int, default=5)
    options.add_argument("--without-faults", action="store_true", help="only the slow model that is well")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    found = measure(given.customers, given.seconds, given.rounds, given.max_workers, not given.without_faults)
    if given.json:
        print(json.dumps(found))
    else:
        table(found)


if __name__ == "__main__":
    main()
