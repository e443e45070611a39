"""A path of the API is asked for many times a second, over a list of many contacts: how long each answer takes.

    .venv/bin/python scripts/bench/api.py [PATH] [--contacts 10000] [--rate 50] [--seconds 20] [--key] [--json]

PATH is `/api/v1/contacts?per_page=20&page={page}` if left out; `{page}` goes through the pages. The real server
answers in one process, another one asks, each request at its time whether or not those before it are done. Reported: ms
from the moment at which a request was due until its whole answer was there (half of them, 19 of 20, 99 of 100), other
answers than 200, and statements for one request. The super admin asks; with `--key` a key of the business.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from common import KEY as SECRET
from common import Bench, Place, table, throw_away
from sqlalchemy import event, select

from admin_api.server import serve
from bot import logs
from services.db.models import User
from services.tenants import user_keys
from services.tenants.actors import SYSTEM
from services.tenants.scopes import SCOPES

PATH, PER_PAGE = "/api/v1/contacts?per_page=20&page={page}", 20
KEY = f"super-admin-{len(SECRET)}-for-benchmarks"
THREADS = 32
_CONTACTS = """
    with people as (
        insert into contacts (tenant_id, name, name_key, push_name, created_at)
        select {tenant}, 'Orang ' || n, 'orang ' || n, 'Orang', now() - n * interval '1 minute'
        from generate_series(1, {n}) n returning id
    ), tagged as (
        insert into contact_tags (tenant_id, contact_id, tag, created_at)
        select {tenant}, id, 'tag' || id % 10, now() from people
    )
    insert into contact_identities (tenant_id, channel, kind, value, contact_id)
    select {tenant}, 'whatsapp', 'phone', (6281300000000 + id)::text, id from people
"""


def ask(port: int, headers: dict[str, str], path: str, pages: int, rate: int, seconds: int, answers: Any) -> None:
    """Asks at its pace, in a process of its own; puts seconds and statuses into `answers`."""
    begin = time.monotonic() + 0.2

    def one(n: int) -> tuple[float, int]:
        due = begin + n / rate
        time.sleep(max(0.0, due - time.monotonic()))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", path.replace("{page}", str(n % pages + 1)), headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return time.monotonic() - due, answer.status

    with ThreadPoolExecutor(THREADS) as pool:
        answers.put(list(pool.map(one, range(rate * seconds))))


def key_of(bench: Bench, place: Place) -> str:
    """A key of the business's owner that may do everything."""
    with bench.opened.database.tenant(place.tenant_id) as tx:
        owner = tx.scalars(select(User.id).where(User.tenant_id == tx.tenant)).one()
        return user_keys.create(tx, SYSTEM, owner, "bench", list(SCOPES))[1]


def measure(path: str, contacts: int, rate: int, seconds: int, with_key: bool) -> dict[str, object]:
    """The figures of the module's docstring."""
    with throw_away(SUPER_ADMIN_API_KEY=KEY, HTTP_PORT="0", API_RATE_LIMIT=str(10**6)) as bench:
        logs.configure(bench.settings)
        place, statements = bench.tenant(), Counter[str]()
        bench.execute(_CONTACTS.format(tenant=place.tenant_id, n=contacts))
        bench.execute("analyze")
        headers = {"X-API-Key": key_of(bench, place) if with_key else KEY, "X-Tenant-ID": str(place.tenant_id)}
        event.listen(bench.opened.database.engine, "before_cursor_execute", lambda *_: statements.update(["sent"]))
        server = serve(bench.opened.database, bench.settings)
        try:
            run(server.port, headers, path, 1, rate, 1)  # what is compiled and connected at first isn't meant
            statements.clear()
            pages = max(1, contacts // PER_PAGE)
            answers = run(server.port, headers, path, pages, rate, seconds)
        finally:
            server.stop()
    times = [taken * 1000 for taken, _status in answers]
    percentiles = statistics.quantiles(times, n=100)
    return {
        "requests": len(answers),
        "ms, half of them": percentiles[49],
        "ms, 19 of 20": percentiles[94],
        "ms, 99 of 100": percentiles[98],
        "ms, the slowest": max(times),
        "statements for one": statements["sent"] / len(answers),
        "other answers than 200": dict(Counter(status for _taken, status in answers if status != 200)),
    }


def run(port: int, headers: dict[str, str], path: str, pages: int, rate: int, seconds: int) -> list[tuple[float, int]]:
    """Has another process ask, and waits for what it got."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    asker = context.Process(target=ask, args=(port, headers, path, pages, rate, seconds, answers))
    asker.start()
    found: list[tuple[float, int]] = answers.get(timeout=seconds + 60)
    asker.join()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="?", default=PATH)
    parser.add_argument("--contacts", type=int, default=10_000)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--key", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given.path, given.contacts, given.rate, given.seconds, given.key)
    if given.json:
        print(json.dumps(found))
    else:
        table(found)


if __name__ == "__main__":
    main()
