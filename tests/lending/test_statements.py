"""A person's account line by line, and the whole book for a spreadsheet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.db.engine import Database
from services.lending import statements
from services.lending.figures import Book, Statement
from tests.lending.bookkeeping import Books, idr, statements_counted

TODAY = date(2025, 3, 20)
PHONE = "6281234567890"


@pytest.fixture
def books(db: Database) -> Books:
    """Beside a stranger's, whose Budi has the same number."""
    stranger = Books(db)
    budi = stranger.person("Budi", PHONE)
    stranger.agree(budi, 777_777, date(2025, 1, 7))
    stranger.lend(budi, 7_777, date(2025, 1, 7), date(2025, 1, 8), side="owed")
    return Books(db)


def statement(books: Books, person: int) -> Statement:
    with books.tx() as tx:
        return statements.statement(tx, person, "IDR", TODAY)


def book(books: Books) -> Book:
    with books.tx() as tx:
        return statements.book(tx, "IDR", TODAY)


def test_each_line_has_the_balance_of_its_side(books: Books) -> None:
    budi = books.person("Budi", PHONE)
    books.lend(budi, 100_000, date(2025, 1, 10), date(2025, 2, 10), note="beras")
    books.lend(budi, 30_000, date(2025, 1, 11), date(2025, 2, 11), side="owed")
    books.pay(budi, 40_000, date(2025, 1, 5))
    books.reverse(books.pay(budi, 10_000, date(2025, 1, 20)))
    found = statement(books, budi)
    assert (found.name, found.phone) == ("Budi", f"+{PHONE}")
    assert [(line.on.day, line.kind, line.side, line.amount, line.balance) for line in found.lines] == [
        (5, "payment", "lent", idr(-40_000), idr(-40_000)),
        (10, "disbursement", "lent", idr(100_000), idr(60_000)),
        (11, "disbursement", "owed", idr(30_000), idr(30_000)),
        (20, "payment", "lent", idr(-10_000), idr(50_000)),
        (20, "reversal", "lent", idr(10_000), idr(60_000)),
    ]
    assert (found.lent_balance, found.owed_balance) == (idr(60_000), idr(30_000))
    assert [(each.side, each.amount, each.left, each.note) for each in found.open] == [
        ("lent", idr(100_000), idr(60_000), "beras"), ("owed", idr(30_000), idr(30_000), None),
    ]  # fmt: skip


def test_a_statement_shows_instalments_by_agreement_and_number(books: Books) -> None:
    budi = books.person("Budi")
    number = books.agree(budi, 300_000, date(2025, 2, 1))
    books.penalty(budi, 5_000, date(2025, 3, 2))
    found = statement(books, budi)
    assert [(each.agreement, each.number, each.left) for each in found.open] == [
        (number, 1, idr(111_000)), (number, 2, idr(106_000)), (number, 3, idr(106_000)),
    ]  # fmt: skip
    assert [line.agreement for line in found.lines] == [number, number, None]
    assert sum((line.amount.amount for line in found.lines), Decimal(0)) == found.lent_balance.amount
    assert sum((each.left.amount for each in found.open), Decimal(0)) == found.lent_balance.amount


def test_somebody_without_entries_has_an_empty_statement(books: Books) -> None:
    found = statement(books, books.person("Budi"))
    assert (found.lines, found.open, found.lent_balance, found.phone) == ((), (), idr(0), None)


def test_the_book_holds_everything_and_nothing_of_a_stranger(books: Books) -> None:
    budi, rina = books.person("Budi", PHONE), books.person("Rina")
    number = books.agree(budi, 300_000, date(2025, 2, 1))
    books.penalty(budi, 5_000, date(2025, 3, 2))
    books.pay(budi, 120_000, date(2025, 3, 3))
    books.lend(rina, 50_000, date(2025, 3, 4), date(2025, 4, 4), note="beras")
    books.lend(rina, 20_000, date(2025, 3, 4), date(2025, 4, 5), side="owed")
    found = book(books)
    assert [(each.name, each.side, each.left, each.note) for each in found.debts] == [
        ("Rina", "lent", idr(50_000), "beras"), ("Rina", "owed", idr(20_000), None),
    ]  # fmt: skip
    (agreement,) = found.agreements
    assert (agreement.number, agreement.status, agreement.principal) == (number, "active", idr(300_000))
    assert (agreement.interest, agreement.paid, agreement.left) == (idr(18_000), idr(120_000), idr(203_000))
    assert (agreement.started, agreement.ends) == (date(2025, 2, 1), date(2025, 5, 1))
    assert [(each.number, each.penalty, each.paid, each.left) for each in found.installments] == [
        (1, idr(5_000), idr(111_000), idr(0)), (2, idr(0), idr(9_000), idr(97_000)), (3, idr(0), idr(0), idr(106_000)),
    ]  # fmt: skip
    assert [each.kind for each in found.entries] == [
        "disbursement", "interest", "penalty", "payment", "disbursement", "disbursement",
    ]  # fmt: skip
    assert {each.recorded_at.utcoffset() is not None for each in found.entries} == {True}
    assert [(each.name, each.owes, each.owed, each.credit) for each in found.people] == [
        ("Budi", idr(203_000), idr(0), idr(0)), ("Rina", idr(50_000), idr(20_000), idr(0)),
    ]  # fmt: skip


def test_a_replaced_agreement_has_nothing_left(books: Books) -> None:
    budi = books.person("Budi")
    books.agree(budi, 300_000, date(2025, 2, 1))
    books.agree(budi, 318_000, date(2025, 2, 10), replaces=True)
    first, second = book(books).agreements
    assert (first.status, first.left, first.paid) == ("cancelled", idr(0), idr(0))
    assert (second.status, second.principal) == ("active", idr(318_000))


def test_more_people_take_no_more_statements(books: Books, db: Database) -> None:
    for name in ("Budi", "Rina", "Tono"):
        person = books.person(name)
        books.agree(person, 90_000, date(2025, 1, 10))
        with statements_counted(db) as sent:
            book(books)
        assert len(sent) == 4
        with statements_counted(db) as sent:
            statement(books, person)
        assert len(sent) == 3
