"""What a business stands at, and what a month brought: the same figures whichever way they are added up."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.db.engine import Database
from services.errors import DomainError
from services.lending import reports
from services.lending.figures import MonthFigures, Statistics
from services.lending.standing import items_now, items_on
from services.money import Money
from tests.lending.bookkeeping import Books, idr, statements_counted

TODAY = date(2025, 3, 20)
JANUARY, FEBRUARY, MARCH = (2025, 1), (2025, 2), (2025, 3)


@pytest.fixture
def books(db: Database) -> Books:
    """Beside a stranger's, who lends to people of the same names."""
    stranger = Books(db)
    for name in ("Budi", "Rina"):
        person = stranger.person(name)
        stranger.agree(person, 777_777, date(2025, 1, 7))
        stranger.pay(person, 77_777, date(2025, 2, 7))
        stranger.lend(person, 7_777, date(2025, 1, 7), date(2025, 1, 8), side="owed")
    return Books(db)


def month(books: Books, when: tuple[int, int], today: date = TODAY) -> MonthFigures:
    with books.tx() as tx:
        return reports.month(tx, "IDR", *when, today)


def statistics(books: Books, on: date = TODAY) -> Statistics:
    with books.tx() as tx:
        return reports.statistics(tx, "IDR", on)


def test_an_empty_book_has_only_zeros(books: Books) -> None:
    found = statistics(books)
    assert (found.lent, found.outstanding, found.net, found.borrowers) == (idr(0), idr(0), idr(0), 0)
    assert [bucket.people for bucket in found.aging] == [0, 0, 0, 0]
    february = month(books, FEBRUARY)
    assert (february.opening, february.closing, february.people) == (idr(0), idr(0), ())
    assert [day.on.day for day in february.days] == list(range(1, 29))


def test_statistics_add_up_what_stands(books: Books) -> None:
    budi, rina, tono = (books.person(name) for name in ("Budi", "Rina", "Tono"))
    books.lend(budi, 100_000, date(2025, 1, 1), TODAY - timedelta(days=1))
    books.lend(budi, 50_000, date(2025, 1, 1), TODAY - timedelta(days=30))
    books.lend(rina, 40_000, date(2025, 1, 1), TODAY - timedelta(days=31))
    books.lend(rina, 30_000, date(2025, 1, 1), TODAY + timedelta(days=30))
    books.lend(rina, 20_000, date(2025, 1, 1), TODAY + timedelta(days=31))
    books.lend(rina, 10_000, date(2025, 1, 1), TODAY)
    books.reverse(books.lend(rina, 999_000, date(2025, 1, 1), TODAY))
    books.reverse(books.pay(rina, 5_000, date(2025, 1, 9)))
    books.pay(tono, 7_000, date(2025, 2, 1))
    books.lend(tono, 60_000, date(2025, 1, 1), TODAY, side="owed")
    found = statistics(books)
    assert (found.lent, found.collected, found.written_off) == (idr(250_000), idr(7_000), idr(0))
    assert (found.outstanding, found.overdue, found.expected) == (idr(250_000), idr(190_000), idr(40_000))
    assert [(each.amount, each.people) for each in found.aging] == [
        (idr(150_000), 1), (idr(40_000), 1), (idr(0), 0), (idr(0), 0),
    ]  # fmt: skip
    assert (found.owed, found.credit, found.net) == (idr(60_000), idr(7_000), idr(183_000))
    assert (found.borrowers, found.late_borrowers) == (2, 2)


@pytest.mark.parametrize(("days", "bucket"), [(1, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (900, 3)])
def test_what_is_late_is_in_the_bucket_of_its_days(books: Books, days: int, bucket: int) -> None:
    due = TODAY - timedelta(days=days)
    books.lend(books.person("Budi"), 1_000, due, due)
    found = statistics(books)
    assert [place for place, each in enumerate(found.aging) if each.amount] == [bucket]
    assert found.overdue == idr(1_000)


def test_what_the_business_paid_too_much_is_its_own(books: Books) -> None:
    books.pay(books.person("Budi"), 5_000, date(2025, 2, 1), side="owed")
    found = statistics(books)
    assert (found.collected, found.credit, found.net) == (idr(0), idr(-5_000), idr(5_000))


def test_a_debt_that_an_agreement_replaces_was_lent_once(books: Books) -> None:
    budi = books.person("Budi")
    books.lend(budi, 500_000, date(2025, 1, 10), date(2025, 2, 10))
    books.agree(budi, 600_000, date(2025, 2, 20), replaces=True)
    found, february = statistics(books), month(books, FEBRUARY)
    assert (found.lent, found.interest, found.collected) == (idr(600_000), idr(36_000), idr(0))
    assert (found.outstanding, found.active_agreements) == (idr(636_000), 1)
    assert (february.opening, february.lent, february.interest) == (idr(500_000), idr(100_000), idr(36_000))
    assert (february.collected, february.closing, february.new_loans) == (idr(0), idr(636_000), 1)
    assert february.days[19].lent == idr(100_000)


def test_a_loan_that_only_replaces_brings_no_new_money(books: Books) -> None:
    budi = books.person("Budi")
    books.lend(budi, 500_000, date(2025, 1, 10), date(2025, 2, 10))
    books.agree(budi, 500_000, date(2025, 2, 20), replaces=True)
    february = month(books, FEBRUARY)
    assert (february.lent, february.new_loans, february.closing) == (idr(0), 0, idr(515_000 + 15_000))


def test_an_earlier_month_is_told_as_it_was_at_its_end(books: Books) -> None:
    budi, rina = books.person("Budi"), books.person("Rina")
    books.lend(budi, 100_000, date(2025, 1, 5), date(2025, 1, 20))
    books.lend(budi, 60_000, date(2025, 1, 6), date(2025, 2, 20))
    books.lend(rina, 30_000, date(2025, 1, 31), date(2025, 2, 1))
    books.pay(budi, 40_000, date(2025, 1, 25))
    books.pay(budi, 120_000, date(2025, 2, 3))
    books.write_off(rina, date(2025, 2, 4))
    january, february = month(books, JANUARY), month(books, FEBRUARY)
    assert [(each.name, each.outstanding, each.overdue, each.days_late) for each in january.people] == [
        ("Budi", idr(120_000), idr(60_000), 11), ("Rina", idr(30_000), idr(0), 0),
    ]  # fmt: skip
    end = january.at_end
    assert (end.on, end.outstanding, end.overdue, end.collected) == (
        date(2025, 1, 31),
        *map(idr, (150_000, 60_000, 40_000)),
    )
    assert (january.lent, january.new_loans, january.payments) == (idr(190_000), 3, 1)
    assert (february.written_off, february.closing, february.people) == (idr(30_000), idr(0), ())


def test_the_running_month_ends_with_the_figures_of_today(books: Books) -> None:
    budi = books.person("Budi")
    books.agree(budi, 300_000, date(2025, 2, 1))
    books.penalty(budi, 2_000, date(2025, 3, 5))
    books.pay(budi, 50_000, TODAY)
    march = month(books, MARCH)
    assert march.at_end == statistics(books)
    assert march.penalties == idr(2_000)
    assert march.closing == march.at_end.outstanding - march.at_end.credit
    assert len(march.days) == 31


def balanced(found: MonthFigures) -> Money:
    return found.opening + found.lent + found.interest + found.penalties - found.collected - found.written_off


DAYS = st.integers(0, 78).map(lambda n: date(2025, 1, 1) + timedelta(days=n))
STEP = st.tuples(
    st.sampled_from(["lend", "lend", "owe", "pay", "pay", "repay", "write_off", "undo", "agree", "replace", "penalty"]),
    st.integers(0, 1), st.integers(1, 40).map(lambda n: n * 1000), DAYS, DAYS,
)  # fmt: skip


def do(books: Books, people: list[int], done: list[int], step: tuple[str, int, int, date, date]) -> None:
    """One booking of any kind; what the rules refuse isn't done."""
    kind, who, amount, on, due = step
    person = people[who]
    try:
        if kind in ("lend", "owe"):
            done.append(books.lend(person, amount, on, due, side="lent" if kind == "lend" else "owed"))
        elif kind in ("pay", "repay"):
            done.append(books.pay(person, amount, on, side="lent" if kind == "pay" else "owed"))
        elif kind == "write_off" and (entry := books.write_off(person, on)):
            done.append(entry)
        elif kind == "undo" and done:
            books.reverse(done.pop())
        elif kind in ("agree", "replace"):
            books.agree(person, amount, on, replaces=kind == "replace")
        elif kind == "penalty" and books.balance(person, "lent") > 0:
            books.penalty(person, amount // 10, on)
    except DomainError:
        return


@settings(
    max_examples=25, deadline=None, database=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
)
@given(st.lists(STEP, min_size=3, max_size=14))
def test_every_month_begins_with_what_the_last_one_left(
    db: Database, steps: list[tuple[str, int, int, date, date]]
) -> None:
    books = Books(db)
    people, done = [books.person("Budi"), books.person("Rina")], list[int]()
    for step in steps:
        do(books, people, done, step)
    closing, months = idr(0), [month(books, when) for when in (JANUARY, FEBRUARY, MARCH)]
    for found in months:
        assert found.opening == closing
        assert balanced(found) == found.closing
        closing = found.closing
        assert sum((day.lent.amount for day in found.days), Decimal(0)) == found.lent.amount
        assert sum((day.collected.amount for day in found.days), Decimal(0)) == found.collected.amount
        standing = found.at_end
        assert sum((each.outstanding.amount for each in found.people), Decimal(0)) == standing.outstanding.amount
        assert sum((each.amount.amount for each in standing.aging), Decimal(0)) == standing.overdue.amount
        assert standing.net == standing.outstanding - standing.owed - standing.credit
    assert Decimal(sum(books.balance(person, "lent") for person in people)) == closing.amount
    with books.tx() as tx:
        replayed = sorted((item.contact_id, item.due_on, item.left) for item in items_on(tx, date(2025, 12, 31)))
        assert replayed == sorted((item.contact_id, item.due_on, item.left) for item in items_now(tx))


@pytest.mark.parametrize(("when", "most"), [(FEBRUARY, 6), (MARCH, 3)])
def test_more_people_take_no_more_statements(books: Books, db: Database, when: tuple[int, int], most: int) -> None:
    for name in ("Budi", "Rina", "Tono"):
        person = books.person(name)
        books.agree(person, 90_000, date(2025, 1, 10))
        books.lend(person, 10_000, date(2025, 1, 11), date(2025, 1, 12))
        with statements_counted(db) as sent:
            month(books, when)
        assert len(sent) == most
        with statements_counted(db) as sent:
            statistics(books)
        assert len(sent) == 2


def test_every_day_of_a_leap_february_has_its_row(books: Books) -> None:
    assert len(month(books, (2024, 2)).days) == monthrange(2024, 2)[1] == 29
