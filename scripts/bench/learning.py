"""A long document is learnt by a worker while customers ask: how long that takes, and what they wait meanwhile.

    .venv/bin/python scripts/bench/learning.py [--pages 60] [--customers 20] [--json]

The owner's bot knows one answer and is given a PDF of so many pages of prose; every 200 ms another customer asks what
it knows. Reported: seconds from the PDF to "Learnt", and from a question to its answer, without the debounce time,
before and while the document is read.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

from common import Bench, Place, deliveries, owner_says, person_says, stop, table, throw_away, until

from services.clock import SystemClock
from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.files import FileStore
from services.messaging.inbox import Inbound
from tests.assistant.documents import policy

PACE = 0.2


def say(bench: Bench, place: Place, message: Inbound) -> float:
    inbox.accept(bench.opened.database, place.tenant_id, place.session_id, [message])
    return time.monotonic()


def send_document(bench: Bench, place: Place, pages: int) -> float:
    """Hands the owner's PDF over as a transport does: kept, with its description."""
    path = policy(bench.folder / "policy.pdf", pages)
    kept = FileStore(bench.settings.data_dir / "files").put(path.read_bytes())
    own = Address.phone(place.phone)
    media: dict[str, object] = {
        "hash": kept, "mime": "application/pdf", "kind": "document", "name": "policy.pdf", "size": path.stat().st_size,
    }  # fmt: skip
    return say(bench, place, Inbound("pdf", own, own, True, "kb", SystemClock().now(), "document", media=media))


def ask(bench: Bench, place: Place, log: Path, first: int, customers: int) -> list[float]:
    """Lets customers ask, one after the other; gives the seconds until each had an answer."""
    asked: dict[str, float] = {}
    for number in range(first, first + customers):
        phone = f"62813{number:08d}"
        asked[f"phone:{phone}"] = say(bench, place, person_says(phone, f"q{number}", "when do you open?"))
        time.sleep(PACE)

    def answered() -> dict[str, float]:
        chats = dict(bench.query("select id, chat from outbox where chat like 'phone:62813%'"))
        return {chats[each.outbox_id]: each.at for each in deliveries(log) if each.outbox_id in chats}

    until(lambda: asked.keys() <= answered().keys(), 60)
    times = answered()
    return [times[chat] - at for chat, at in asked.items()]


def measure(pages: int, customers: int) -> dict[str, object]:
    """The figures of the module's docstring."""
    with throw_away(DEBOUNCE_SECONDS="0") as bench:
        place, log = bench.tenant(), bench.folder / "log"
        worker = bench.worker(log)
        try:
            say(bench, place, owner_says(place, "kb", "kb add When do you open? = At eight"))
            until(lambda: bool(bench.query("select 1 from knowledge_sources")), 30)
            before = ask(bench, place, log, 0, customers)
            began = send_document(bench, place, pages)
            meanwhile = ask(bench, place, log, customers, customers)
            ready = "select 1 from outbox where dedup_key like 'learn:%' and status = 'sent'"
            until(lambda: bool(bench.query(ready)), 60, 0.02)
            rows = set(bench.query("select id from outbox where dedup_key like 'learn:%'"))
            learnt = max(each.at for each in deliveries(log) if (each.outbox_id,) in rows) - began
        finally:
            stop(worker)
    return {
        "pages": pages,
        "seconds until it was learnt": round(learnt, 2),
        "ms to an answer before, median": round(statistics.median(before) * 1000, 1),
        "ms to an answer meanwhile, median": round(statistics.median(meanwhile) * 1000, 1),
        "ms to an answer meanwhile, longest": round(max(meanwhile) * 1000, 1),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=int, default=60)
    options.add_argument("--customers", type=int, default=20)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    found = measure(given.pages, given.customers)
    if given.json:
        print(json.dumps(found))
    else:
        table(found)


if __name__ == "__main__":
    main()
