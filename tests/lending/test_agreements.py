"""An agreement in the ledger: what accepting books, what payments close, and what taking back leaves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.db.engine import Database
from services.db.models import Agreement, Allocation, Debt
from services.errors import DomainError
from services.lending import agreements
from tests.lending.bookkeeping import Books, source

DAY = date(2025, 2, 13)


def state(books: Books) -> list[object]:
    """Everything that is derived from the ledger."""
    with books.tx() as tx:
        shares = select(Allocation.debt_id, Allocation.component, Allocation.amount, Allocation.entry_id)
        open_ = select(Debt.id, Debt.is_open).order_by(Debt.id)
        closed = select(Agreement.number, Agreement.status).order_by(Agreement.number)
        return [
            sorted(map(tuple, tx.execute(shares))),
            *([tuple(row) for row in tx.execute(s)] for s in (open_, closed)),
        ]


def status(books: Books, number: int = 1) -> str:
    with books.tx() as tx:
        return agreements.by_number(tx, number).status


payments = st.lists(st.tuples(st.integers(1, 900_000), st.integers(0, 200)), min_size=1, max_size=4)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payments, st.booleans(), st.data())
def test_a_payment_reversed_leaves_the_book_as_if_never_paid(
    db: Database, paid: list[tuple[int, int]], late_fee: bool, data: st.DataObject
) -> None:
    books = Books(db)
    ahmad = books.person("Ahmad")
    books.lend(ahmad, 200_000, DAY, DAY + timedelta(days=40))
    books.agree(ahmad, 1_200_000, DAY)
    if late_fee:
        books.penalty(ahmad, 10_000, DAY + timedelta(days=60))
    before = state(books)
    entries = [books.pay(ahmad, amount, DAY + timedelta(days=days)) for amount, days in paid]
    for entry in data.draw(st.permutations(entries)):
        books.reverse(entry)
    assert state(books) == before


def test_it_is_completed_by_the_last_payment_and_open_again_without_it(db: Database) -> None:
    books = Books(db)
    ahmad = books.person("Ahmad")
    books.agree(ahmad, 1_200_000, DAY)
    books.pay(ahmad, 500_000, DAY)
    last = books.pay(ahmad, 772_000, DAY)
    assert status(books) == "completed"
    books.reverse(last)
    assert status(books) == "active"
    written = books.write_off(ahmad, DAY)
    assert status(books) == "defaulted"
    assert written is not None
    books.reverse(written)
    assert status(books) == "active"


def test_one_that_is_replaced_is_in_force_again_when_the_other_is_cancelled(db: Database) -> None:
    books = Books(db)
    ahmad = books.person("Ahmad")
    books.agree(ahmad, 1_200_000, DAY)
    books.agree(ahmad, 2_000_000, DAY, replaces=True)
    assert (status(books, 1), status(books, 2)) == ("cancelled", "active")
    with books.tx() as tx:
        agreements.cancel(tx, source(), agreements.by_number(tx, 2), "owner")
    assert (status(books, 1), status(books, 2)) == ("active", "cancelled")


def test_what_was_paid_on_is_not_cancelled(db: Database) -> None:
    books = Books(db)
    ahmad = books.person("Ahmad")
    books.agree(ahmad, 1_200_000, DAY)
    books.pay(ahmad, 1_000, DAY)
    with pytest.raises(DomainError, match="already_paid_on"), books.tx() as tx:
        agreements.cancel(tx, source(), agreements.by_number(tx, 1), "owner")
    assert status(books) == "active"


def test_a_stranger_finds_no_agreement(db: Database) -> None:
    books, stranger = Books(db), Books(db)
    books.agree(books.person("Ahmad"), 1_200_000, DAY)
    with pytest.raises(DomainError, match="unknown_agreement"), stranger.tx() as tx:
        agreements.by_number(tx, 1)
