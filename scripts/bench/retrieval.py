"""How fast an answer is found among much: ten tenants with 10,000 entries each.

    .venv/bin/python scripts/bench/retrieval.py [--tenants 10] [--entries 10000] [--questions 200] [--json]

Entries are made of a shop's words by chance, half of them questions with two wordings, half passages; common words
stand in thousands of them. Reported: seconds to learn 600 passages, milliseconds and statements of one question.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Iterator

from common import Bench, table, throw_away
from sqlalchemy import event

from services.assistant import deciding, index, retrieval
from services.assistant.entries import Entry
from services.db.models import KnowledgeSource

COMMON = """
    harga berapa kirim bayar buka toko barang pesan how much price delivery open order card account transfer
    kartu rekening stok ukuran warna garansi diskon alamat jam hari
""".split()  # noqa: SIM905
SYLLABLES = """
    ba ca da fa ga ha ja ka la ma na pa ra sa ta wa ya bi ci di gi ki li mi ni ri si ti bu cu du ku lu mu ru su
""".split()  # noqa: SIM905


def word(chance: random.Random) -> str:
    """One of about 8,000 words of goods, some much more frequent than others."""
    return "".join(SYLLABLES[int(chance.random() ** 1.5 * len(SYLLABLES))] for _ in range(3))


def sentence(chance: random.Random, length: int) -> str:
    """Words of which a third are common ones."""
    return " ".join(chance.choice(COMMON) if chance.random() < 0.35 else word(chance) for _ in range(length))


def entries(chance: random.Random, count: int) -> Iterator[Entry]:
    """Half questions with two wordings, half passages."""
    for number in range(count):
        if number % 2:
            yield Entry(f"Jawaban {number}", (sentence(chance, 8), sentence(chance, 6)))
        else:
            yield Entry("\n".join(f"{sentence(chance, 4)} Rp {number}" for _ in range(8)), heading=sentence(chance, 3))


def learn(bench: Bench, tenant_id: int, taught: list[Entry], number: int) -> float:
    """Seconds to put entries into the index of a tenant, commit included."""
    began = time.perf_counter()
    with bench.opened.database.tenant(tenant_id) as tx:
        source = KnowledgeSource(
            tenant_id=tenant_id, number=number, kind="text", title="bench", status="ready", created_at=tx.now,
            created_by="bench", changed_at=tx.now,
        )  # fmt: skip
        tx.add(source)
        tx.flush()
        index.put(tx, source, taught)
    return time.perf_counter() - began


def measure(bench: Bench, tenants: int, size: int, questions: int) -> dict[str, object]:
    """Builds everything, then asks."""
    chance, places = random.Random(5), [bench.tenant().tenant_id for _ in range(tenants)]
    for tenant_id in places:
        for at in range(0, size, 1000):
            learn(bench, tenant_id, list(entries(chance, min(1000, size - at))), at + 1)
    bench.execute("vacuum analyze")
    passages = [each for each in entries(chance, 1200) if not each.questions]
    learning = learn(bench, bench.tenant().tenant_id, passages, 1)
    again = learn(bench, places[0], passages, size + 1)
    took, statements = asking(bench, [(chance.choice(places), sentence(chance, 7)) for _ in range(questions)])
    frequent, _ = asking(bench, [(chance.choice(places), " ".join(chance.sample(COMMON, 6))) for _ in range(50)])
    bulk = "select count(*), pg_total_relation_size('knowledge_postings') / 1048576 from knowledge_postings"
    postings, megabytes = bench.query(bulk)[0]
    return {
        "tenants": tenants, "entries of each": size, "postings": postings, "megabytes of postings": megabytes,
        "seconds to learn 600 passages": round(learning, 2), "seconds among 10,000 entries": round(again, 2),
        "ms_p50": round(statistics.median(took), 2), "ms_p95": round(statistics.quantiles(took, n=20)[-1], 2),
        "ms_p50 of common words only": round(statistics.median(frequent), 2),
        "statements_per_question": statements,
    }  # fmt: skip


def asking(bench: Bench, questions: list[tuple[int, str]]) -> tuple[list[float], float]:
    """Milliseconds of each question, and the statements of one."""
    db, statements, took = bench.opened.database, 0, []

    def count(*_all: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(db.engine, "before_cursor_execute", count)
    for tenant_id, question in questions:
        began = time.perf_counter()
        with db.tenant(tenant_id) as tx:
            found = retrieval.search(tx, question, chatbot_id=None)
        deciding.decide(question, found)
        took.append((time.perf_counter() - began) * 1000)
    event.remove(db.engine, "before_cursor_execute", count)
    return took, statements / len(questions)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", type=int, default=10)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with throw_away() as bench:
        figures = measure(bench, options.tenants, options.entries, options.questions)
    if options.json:
        print(json.dumps(figures))
    else:
        table(figures)


if __name__ == "__main__":
    main()
