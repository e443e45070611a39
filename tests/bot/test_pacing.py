"""The pace of a number: never faster than its rates, never slower than they ask."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pacing import DAY, MINUTE, Pace, Rates, Start, new_number

PAIRED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
RATES = Rates()
ASKED = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "own"]), st.booleans(), st.sampled_from([0.0, 0.05, 0.3, 2.0, 50.0])),
    max_size=150,
)


def pace(days: int = 30, seed: int = 1, rates: Rates = RATES) -> Pace:
    made = Pace(rates, PAIRED, Random(seed))
    made.new_day(PAIRED + timedelta(days=days))
    return made


def send(pace: Pace, now: float, chat: str, *, cold: bool = False) -> float:
    """Waits as told and sends; the time at which it went."""
    own = chat == "own"
    while wait := pace.wait(now, chat, own_chat=own, cold=cold):
        now += wait
    pace.sent(now, chat, cold, own_chat=own)
    return now


def most_within(times: list[float], window: float) -> int:
    return max((sum(start <= time < start + window for time in times) for start in times), default=0)


def least_between(times: list[float]) -> float:
    return min((later - earlier for earlier, later in pairwise(times)), default=math.inf)


@settings(deadline=None)
@given(ASKED, st.integers(0, 20))
def test_no_rate_is_ever_passed(asked: list[tuple[str, bool, float]], days: int) -> None:
    made, now = pace(days), 1000.0
    sent: list[tuple[float, str, bool]] = []
    for chat, cold, later in asked:
        now = send(made, now + later, chat, cold=cold)
        sent.append((now, chat, cold and chat != "own"))
    factor, per_day = new_number(days)
    warm = [time for time, chat, _ in sent if chat != "own"]
    assert most_within(warm, MINUTE - 1e-6) <= int(RATES.per_minute * factor)
    assert least_between(warm) >= RATES.gap - 1e-6
    assert least_between([time for time, _, _ in sent]) >= RATES.own_chat_gap - 1e-6
    for chat in "abc":
        own = [time for time, to, _ in sent if to == chat]
        assert most_within(own, MINUTE - 1e-6) <= RATES.chat_per_minute
        assert least_between(own) >= RATES.chat_gap - 1e-6
    cold_times = [time for time, _, cold in sent if cold]
    assert most_within(cold_times, DAY - 1e-6) <= per_day
    assert least_between(cold_times) >= RATES.cold_gap / factor - 1e-6


@given(ASKED, st.floats(0, 100), st.booleans())
def test_time_only_ever_shortens_a_wait(asked: list[tuple[str, bool, float]], passed: float, cold: bool) -> None:
    made, now = pace(), 0.0
    for chat, was_cold, later in asked[:40]:
        now = send(made, now + later, chat, cold=was_cold)
    for chat in ("a", "new", "own"):
        before = made.wait(now, chat, own_chat=chat == "own", cold=cold)
        after = made.wait(now + passed, chat, own_chat=chat == "own", cold=cold)
        assert abs(after - max(0.0, before - passed)) < 0.002


def test_a_message_after_a_quiet_time_goes_at_once() -> None:
    assert pace().wait(5.0, "a", own_chat=False, cold=False) == 0


def test_thirty_receipts_are_slowed_and_all_go() -> None:
    made, now = pace(), 0.0
    for n in range(30):
        now = send(made, now, f"borrower{n}")
    assert now == pytest.approx(29 * 0.4, abs=0.1)


def test_a_hundred_messages_take_as_many_minutes_as_the_rate_asks() -> None:
    made, now = pace(), 0.0
    for n in range(100):
        now = send(made, now, f"chat{n}")
    assert MINUTE <= now < 2 * MINUTE


def test_the_owners_own_chat_is_never_held_back() -> None:
    made, now = pace(), 0.0
    for n in range(40):
        now = send(made, now, f"chat{n}")
    made.pause(1e6, "463")
    assert made.wait(now, "own", own_chat=True, cold=False) == pytest.approx(0.1, abs=0.002)
    assert made.wait(now + 0.2, "own", own_chat=True, cold=True) == 0
    assert made.wait(now + 0.2, "chat", own_chat=False, cold=False) > 900_000


def test_the_owners_own_chat_takes_nothing_from_the_others() -> None:
    made, now = pace(), 0.0
    for _ in range(200):
        now = send(made, now, "own")
    assert made.wait(now, "a", own_chat=False, cold=False) <= 0.1 + 0.001


@given(st.integers(0, 40), st.integers(0, 2**32))
def test_a_warm_message_is_not_held_back_by_cold_ones(colds: int, seed: int) -> None:
    made, now = pace(seed=seed), 0.0
    for n in range(colds):
        now = send(made, now, f"stranger{n}", cold=True)
    assert made.wait(now, "customer", own_chat=False, cold=False) <= RATES.gap + 0.001
    assert not colds or made.wait(now, "next", own_chat=False, cold=True) >= RATES.cold_gap - 0.001


@given(st.integers(0, 2**32))
def test_cold_gaps_vary_within_their_bounds(seed: int) -> None:
    made, times = pace(seed=seed), [0.0]
    for n in range(20):
        times.append(send(made, times[-1], f"stranger{n}", cold=True))
    gaps = [later - earlier for earlier, later in pairwise(times[1:])]
    assert all(45 <= gap <= 45 * 1.33 / 0.67 + 0.01 for gap in gaps)
    assert len({round(gap, 2) for gap in gaps}) > 10


@pytest.mark.parametrize(
    ("days", "start"),
    [(0, Start(0.75, 20)), (1, Start(0.75, 40)), (3, Start(1, 80)), (7, Start(1, 150)), (14, Start(1, 250))],
)
def test_a_new_number_starts_slowly(days: int, start: Start) -> None:
    assert new_number(days) == start
    assert pace().cold_per_day(PAIRED + timedelta(days=days)) == start.cold_per_day


def test_a_number_whose_age_nobody_told_is_treated_as_new() -> None:
    made, now = Pace(RATES, PAIRED, Random(1)), 0.0
    for n in range(46):
        now = send(made, now, f"chat{n}")
    assert now >= MINUTE


def test_the_cold_messages_of_a_day_are_counted_over_24_hours() -> None:
    made, now = pace(days=0), 0.0
    for n in range(20):
        assert made.cold_allowed(now)
        now = send(made, now, f"stranger{n}", cold=True)
    assert not made.cold_allowed(now)
    assert made.wait(now, "another", own_chat=False, cold=True) == pytest.approx(DAY - now, abs=0.01)
    assert made.wait(now, "customer", own_chat=False, cold=False) < 1
    assert made.cold_allowed(DAY)
    made.new_day(PAIRED + timedelta(days=2))
    assert made.cold_allowed(now)


def test_a_restart_remembers_the_cold_messages_it_is_told_of() -> None:
    made = pace(days=0)
    for n in range(20):
        made.sent(-3600.0 + n * 100, f"stranger{n}", True)
    assert not made.cold_allowed(0.0)
    assert made.wait(0.0, "customer", own_chat=False, cold=False) == 0


def test_a_pause_ends_and_a_shorter_one_changes_nothing() -> None:
    made = pace()
    made.pause(100.0, "rate limited")
    made.pause(50.0, "again")
    assert made.paused(99.0) == "rate limited"
    assert made.wait(40.0, "a", own_chat=False, cold=False) == 60
    assert not made.cold_allowed(99.0)
    assert made.paused(100.0) is None and made.cold_allowed(100.0)


def test_a_pause_for_cold_messages_leaves_the_warm_ones_alone() -> None:
    made = pace()
    made.pause_cold(600.0)
    assert not made.cold_allowed(599.0) and made.cold_allowed(600.0)
    assert made.wait(0.0, "a", own_chat=False, cold=True) == 600
    assert made.wait(0.0, "a", own_chat=False, cold=False) == 0


@pytest.mark.parametrize(
    ("length", "kind", "own", "seconds"),
    [
        (0, "text", False, 0.3),
        (50, "text", False, 2.0),
        (5000, "text", False, 4.0),
        (5000, "document", False, 1.0),
        (0, "image", False, 1.0),
        (5000, "text", True, 0.0),
        (0, "document", True, 0.0),
    ],
)
def test_typing_takes_as_long_as_the_text(length: int, kind: str, own: bool, seconds: float) -> None:
    assert pace().typing(length, kind, own) == pytest.approx(seconds)


def test_idle_chats_are_forgotten() -> None:
    made, now = pace(rates=Rates(per_minute=1000, gap=0.05)), 0.0
    most = 0
    for n in range(5000):
        now = send(made, now, f"chat{n}")
        most = max(most, len(made._chats))
    assert most <= 1001
    send(made, now + MINUTE, "one")
    assert len(made._chats) == 1
    assert len(made._all.times) <= 1000


@pytest.mark.parametrize("wrong", [{"per_minute": 0}, {"chat_per_minute": 0}, {"typing_speed": 0}, {"cold_jitter": 1}])
def test_rates_that_let_nothing_through_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Rates(**wrong)  # type: ignore[arg-type]


def test_nobody_types_long_while_others_wait() -> None:
    made = pace()
    assert made.typing(50, "text", False, crowd=2) == 2.0
    assert made.typing(50, "text", False, crowd=3) == 0.3
    assert made.typing(0, "document", False, crowd=9) == 0.3
    assert made.typing(50, "text", True, crowd=9) == 0.0
