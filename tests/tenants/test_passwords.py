"""Passwords, and the pauses of those who guess."""

from __future__ import annotations

import pytest

from services.errors import DomainError
from services.tenants import passwords
from services.tenants.throttling import Patience, Throttle


@pytest.mark.parametrize("weak", ["x" * 9, "Ab1" * 67, "password123", "RAHASIA 123", "1234567890", "ababababab", "  "])
def test_what_is_no_password(weak: str) -> None:
    with pytest.raises(DomainError, match="password_weak"):
        passwords.check(weak)


@pytest.mark.parametrize("known", ["Siti.Rahayu@example.com", "SITIRAHAYU", "Siti  Rahayu"])
def test_what_others_know_is_no_password(known: str) -> None:
    guessed = known.partition("@")[0].lower()
    with pytest.raises(DomainError, match="password_weak"):
        passwords.check(guessed, None, known)
    passwords.check(guessed + " suka kopi", None, known)


def test_a_password_is_kept_by_argon2_at_the_usual_cost() -> None:
    kept = passwords.make("kopi susu gula aren")
    assert kept.startswith("$argon2id$v=19$m=19456,t=4,p=1$")
    assert passwords.matches(kept, "kopi susu gula aren")
    assert not passwords.matches(kept, "kopi susu gula pasir")
    assert not passwords.is_outdated(kept)


def test_a_password_may_be_typed_on_any_keyboard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "cost", passwords.LIGHT)
    kept = passwords.make("café au lait ☕")
    assert passwords.matches(kept, "cafe\u0301 au lait ☕")


@pytest.mark.parametrize("kept", [None, "", "garbage", "$argon2id$v=19$m=8,t=1,p=1$YWJj$ZGVm"])
def test_nothing_fits_where_there_is_no_password(kept: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "cost", passwords.LIGHT)
    assert not passwords.matches(kept, "kopi susu gula aren")


class Clock:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_pauses_grow_to_an_end_and_are_forgotten() -> None:
    clock, patience, pauses = Clock(), Patience(2, first=1, longest=8, forgotten=100), []
    throttle = Throttle(clock)
    throttle.begin({"a": patience})
    for _n in range(6):
        throttle.begin({"a": patience})
        with pytest.raises(DomainError) as refused:
            throttle.begin({"a": patience, "b": patience})
        pauses.append(refused.value.details["retryAfter"])
        clock.seconds += pauses[-1]
    assert pauses == [1, 2, 4, 8, 8, 8]
    throttle.begin({"b": patience})
    clock.seconds += 101
    throttle.begin({"a": patience})
    throttle.begin({"a": patience})


def test_who_is_let_in_has_no_failures_there_and_one_less_elsewhere() -> None:
    throttle, patience = Throttle(Clock()), Patience(3)
    tries = {"here": patience, "all": patience}
    for _n in range(2):
        throttle.begin(tries)
    throttle.begin({"here": Patience(9), "all": Patience(9)})
    throttle.succeed(tries, "here")
    throttle.begin(tries)
    throttle.begin({"here": patience})
    with pytest.raises(DomainError, match="too_many_failures"):
        throttle.begin(tries)


def test_memory_is_bounded() -> None:
    throttle = Throttle(Clock(), most=10)
    for n in range(100):
        throttle.begin({str(n): Patience(1)})
    throttle.begin({"0": Patience(1)})
    with pytest.raises(DomainError):
        throttle.begin({"99": Patience(1)})
