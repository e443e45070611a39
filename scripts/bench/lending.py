"""How long the daily work of a lender takes: a thousand reminders, and the PDF of an agreement.

    .venv/bin/python scripts/bench/lending.py [--people 1000] [--installments 36] [--json]

The round finds what is due, claims it and writes the texts into the outbox; statements and commits are counted. The
database is a throw-away one with default durability. A second round of the same day shows what finding nothing costs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from common import Bench, Place, table, throw_away
from sqlalchemy import event

from services.db.engine import Database
from services.documents.agreement import render_agreement
from services.documents.facts import AgreementFacts, Party
from services.lending import rounds
from services.lending.schedule import LoanTerms, build_schedule
from services.money import Money

TIMES = 5
# A round is due from midnight on and nothing is quiet, whatever the time is when this runs.
_ALWAYS_DUE = """
    update tenants set preferences = '{{"reminder_hour": 0, "quiet_hours": null}}', daily_on = current_date - 2
    where id = {tenant}
"""
_PEOPLE = """
    with people as (
        insert into contacts (tenant_id, name, name_key, created_at)
        select {tenant}, 'Orang ' || n, 'orang ' || n, now() from generate_series(1, {people}) n returning id
    ), numbers as (
        insert into contact_identities (tenant_id, channel, kind, value, contact_id)
        select {tenant}, 'whatsapp', 'phone', (6281300000000 + id)::text, id from people
    ), owed as (
        insert into debts (tenant_id, contact_id, side, due_on)
        select {tenant}, id, 'lent', '{due}' from people returning id, contact_id
    )
    insert into ledger_entries (
        tenant_id, contact_id, debt_id, side, kind, amount, currency, effective_on, recorded_at, source_key,
        actor_kind, actor_id
    )
    select {tenant}, contact_id, id, 'lent', 'disbursement', 1000 + id, 'IDR', '{due}', now(), 'bench:' || id, 'user',
        '1'
    from owed
"""


@dataclass
class Cost:
    """What a piece of work took."""

    seconds: float = 0.0
    statements: int = 0
    commits: int = 0


@contextmanager
def measured(db: Database) -> Iterator[Cost]:
    """The time, statements and commits of what is done meanwhile."""
    cost = Cost()

    def statement(*_all: object) -> None:
        cost.statements += 1

    def commit(*_all: object) -> None:
        cost.commits += 1

    event.listen(db.engine, "before_cursor_execute", statement)
    event.listen(db.engine, "commit", commit)
    began = time.perf_counter()
    yield cost
    cost.seconds = time.perf_counter() - began
    event.remove(db.engine, "before_cursor_execute", statement)
    event.remove(db.engine, "commit", commit)


def reminders(bench: Bench, place: Place, people: int) -> dict[str, object]:
    """The round of a day on which that many people are to be reminded, and the next one on which nobody is."""
    db = bench.opened.database
    bench.execute(_PEOPLE.format(tenant=place.tenant_id, people=people, due=_today(bench, place) + timedelta(days=1)))
    bench.execute(_ALWAYS_DUE.format(tenant=place.tenant_id))
    with measured(db) as full:
        rounds.run(db, place.tenant_id, bench.settings)
    written = bench.query(f"select count(*) from outbox where tenant_id = {place.tenant_id}")[0][0]
    bench.execute(_ALWAYS_DUE.format(tenant=place.tenant_id))
    with measured(db) as idle:
        rounds.run(db, place.tenant_id, bench.settings)
    return {
        "reminders written": written,
        "seconds to find, claim and write them": round(full.seconds, 3),
        "statements": full.statements,
        "commits": full.commits,
        "milliseconds of a round with nothing to do": round(idle.seconds * 1000, 1),
        "its statements": idle.statements,
    }


def _today(bench: Bench, place: Place) -> date:
    zone = f"(select timezone from tenants where id = {place.tenant_id})"
    today: date = bench.query(f"select (now() at time zone {zone})::date")[0][0]
    return today


def agreement(installments: int) -> dict[str, object]:
    """The PDF of an agreement with that many instalments: the first one, which loads the fonts, and later ones."""
    facts, seconds, made = _facts(installments), [], b""
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        made = render_agreement(facts, "id")
        seconds.append(time.perf_counter() - began)
    return {
        f"bytes of an agreement with {installments} instalments": len(made),
        "milliseconds, the first": round(seconds[0] * 1000, 1),
        "milliseconds, later ones": round(statistics.median(seconds[1:]) * 1000, 1),
    }


def _facts(installments: int) -> AgreementFacts:
    """An agreement as a small lender in Jakarta makes it."""
    begin = date(2025, 1, 31)
    terms = LoanTerms(
        Decimal(36_000_000), Decimal(18), installments, begin, method="equal_installments", digits=0
    )  # fmt: skip
    return AgreementFacts(
        business="Toko Maju", number=7, version=1, previous_version=None, made_on=begin,
        lender=Party("Toko Maju", "+62 811-0000-0001"), borrower=Party("Budi Santoso", "+62 812-3456-7890"),
        principal=Money(terms.principal, "IDR"), disbursed_on=begin, disbursed_how="transfer", terms=terms,
        schedule=build_schedule(terms), effective_rate=Decimal("19.56"), penalties=None, grace_days=None,
        allocation_order=("penalty", "fee", "interest", "principal"), overpayment="next",
        how_to_pay="BCA 1234567890 Toko Maju", contact_phone="+62 811-0000-0001", purpose=None, acceptance=None,
        content_hash="0" * 64, verify_url="juragan:7:1", timezone="Asia/Jakarta",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--installments", type=int, default=36)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with throw_away() as bench:
        figures = reminders(bench, bench.tenant(), options.people)
    figures |= agreement(options.installments)
    if options.json:
        print(json.dumps(figures))
    else:
        table(figures)


if __name__ == "__main__":
    main()
