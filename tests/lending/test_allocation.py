"""Which payment settles which debt, for any movements whatever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from services.lending.allocation import Lent, Settled, Share, allocate

DAY = date(2025, 2, 13)
Movement = Lent | Settled

days = st.integers(0, 12).map(lambda n: DAY + timedelta(days=n))
amounts = st.integers(1, 400).map(lambda cents: Decimal(cents) / 100)


@st.composite
def movements(draw: st.DrawFn) -> list[Movement]:
    """What happened on an account, in the order in which it was written down, which needn't be that of its dates."""
    found: list[Movement] = []
    for entry in range(1, draw(st.integers(1, 9)) + 1):
        if draw(st.booleans()):
            found.append(Lent(entry, draw(days), 100 + entry, draw(amounts), draw(days)))
        else:
            found.append(Settled(entry, draw(days), draw(amounts)))
    return found


def total(amounts_: Sequence[Decimal]) -> Decimal:
    return sum(amounts_, Decimal(0))


def in_order(of: Sequence[Movement]) -> list[Movement]:
    return sorted(of, key=lambda each: (each.on, each.entry))


def left(of: Sequence[Movement], shares: Sequence[Share]) -> dict[int, Decimal]:
    """What is left of each debt."""
    return {
        each.debt: each.amount - total([share.amount for share in shares if share.debt == each.debt])
        for each in of
        if isinstance(each, Lent)
    }


@given(movements())
def test_no_payment_gives_more_than_it_has_and_no_debt_takes_more_than_it_is(of: list[Movement]) -> None:
    shares = allocate(of)
    assert all(share.amount > 0 for share in shares)
    assert len({(share.entry, share.debt) for share in shares}) == len(shares)
    for each in of:
        if isinstance(each, Settled):
            assert total([share.amount for share in shares if share.entry == each.entry]) <= each.amount
    assert all(amount >= 0 for amount in left(of, shares).values())


@given(movements())
def test_nothing_stays_unused_while_anything_is_open(of: list[Movement]) -> None:
    lent = total([each.amount for each in of if isinstance(each, Lent)])
    paid = total([each.amount for each in of if isinstance(each, Settled)])
    assert total([share.amount for share in allocate(of)]) == min(lent, paid)


@given(movements())
def test_a_payment_goes_to_what_is_due_first(of: list[Movement]) -> None:
    ordered = in_order(of)
    for at, payment in enumerate(ordered):
        if not isinstance(payment, Settled):
            continue
        so_far = ordered[: at + 1]
        shares = allocate(so_far)
        due = {each.debt: (each.due_on, each.debt) for each in so_far if isinstance(each, Lent)}
        still_open = [due[debt] for debt, amount in left(so_far, shares).items() if amount]
        given_to = [due[share.debt] for share in shares if share.entry == payment.entry]
        assert not still_open or not given_to or max(given_to) <= min(still_open)


@given(movements())
def test_credit_goes_to_the_next_debt_and_the_oldest_credit_first(of: list[Movement]) -> None:
    ordered = in_order(of)
    for at, debt in enumerate(ordered):
        if not isinstance(debt, Lent):
            continue
        before, after = allocate(ordered[:at]), allocate(ordered[: at + 1])
        unused = {
            each.entry: each.amount - total([share.amount for share in before if share.entry == each.entry])
            for each in ordered[:at]
            if isinstance(each, Settled)
        }
        used = {share.entry: share.amount for share in after if share.debt == debt.debt}
        assert total(list(used.values())) == min(debt.amount, total(list(unused.values())))
        exhausted = [used.get(entry, Decimal(0)) == amount for entry, amount in unused.items() if amount]
        assert exhausted == sorted(exhausted, reverse=True)
        # What was settled before stays settled.
        assert {share for share in after if share.debt != debt.debt} == set(before)


@given(movements(), st.randoms(use_true_random=False))
def test_only_dates_and_numbers_of_entries_decide(of: list[Movement], random: object) -> None:
    shuffled = list(of)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert allocate(shuffled) == allocate(of)


@settings(max_examples=50)
@given(movements())
def test_what_comes_later_changes_nothing_of_what_was_settled_by_then(of: list[Movement]) -> None:
    ordered = in_order(of)
    for at in range(len(ordered)):
        by_then, in_the_end = allocate(ordered[:at]), allocate(ordered)
        assert {(share.entry, share.debt) for share in by_then} <= {(share.entry, share.debt) for share in in_the_end}


@st.composite
def agreements(draw: st.DrawFn) -> list[Movement]:
    """The instalments of an agreement with interest and perhaps penalties, and payments on any days."""
    shorten, count = draw(st.booleans()), draw(st.integers(1, 6))
    found: list[Movement] = []
    for number in range(count):
        due = DAY + timedelta(days=2 * number)
        for rank, component in enumerate(("interest", "principal"), 2):
            lent = Lent(1, DAY, 100 + number, draw(amounts), due, component, rank, 7, shorten)
            found.append(lent)
        if draw(st.booleans()):
            late = due + timedelta(days=1)
            found.append(Lent(50 + number, late, 100 + number, draw(amounts), due, "penalty", 0, 7, shorten))
    found += [Settled(200 + n, draw(days), draw(amounts)) for n in range(draw(st.integers(1, 6)))]
    return found


def owed(of: Sequence[Movement]) -> Decimal:
    return total([each.amount for each in of if isinstance(each, Lent)])


@given(agreements())
def test_payments_settle_instalments_until_one_of_both_is_used_up(of: list[Movement]) -> None:
    shares = allocate(of)
    paid = total([each.amount for each in of if isinstance(each, Settled)])
    assert total([share.amount for share in shares]) == min(paid, owed(of))
    for each in of:
        if isinstance(each, Lent):
            mine = [s.amount for s in shares if (s.debt, s.component) == (each.debt, each.component)]
            assert total(mine) <= each.amount


@given(agreements())
def test_interest_of_an_instalment_is_settled_before_its_principal(of: list[Movement]) -> None:
    shares = allocate(of)
    interest = {each.debt: each.amount for each in of if isinstance(each, Lent) and each.component == "interest"}
    for debt in {share.debt for share in shares if share.component == "principal"}:
        assert total([s.amount for s in shares if (s.debt, s.component) == (debt, "interest")]) == interest[debt]


@given(agreements(), st.data())
def test_a_payment_that_is_taken_back_was_never_there(of: list[Movement], data: st.DataObject) -> None:
    payment = data.draw(st.sampled_from([each for each in of if isinstance(each, Settled)]))
    without = [each for each in of if each is not payment]
    assert not [share for share in allocate(without) if share.entry == payment.entry]
    assert allocate([*without, payment]) == allocate(of)


def test_what_is_paid_ahead_goes_to_the_last_instalments_where_that_was_agreed() -> None:
    rows = [
        Lent(1, DAY, 100 + n, Decimal(100), DAY + timedelta(days=30 * (n + 1)), "principal", 3, 7, True)
        for n in range(4)
    ]
    shares = allocate([*rows, Settled(2, DAY, Decimal(250))])
    assert {share.debt: share.amount for share in shares} == {100: 100, 103: 100, 102: 50}


def test_a_replacement_settles_the_debt_that_is_replaced() -> None:
    first, second = (Lent(n, DAY, 100 + n, Decimal(100), DAY + timedelta(days=n)) for n in (1, 2))
    shares = allocate([first, second, Settled(3, DAY, Decimal(100), debt=102)])
    assert shares == (Share(3, 102, Decimal(100)),)
