"""Taking a chat over by command, and giving it back."""

from __future__ import annotations

import pytest

from tests.conftest import Chat
from tests.conversations.book import ANI, BUDI

LID = "98765432109876"


def begin(english: Chat) -> None:
    english.owner("lend Budi 500")
    english.owner(f"contact Budi +{BUDI}")
    english.person(BUDI, "hello")


BEGINNINGS = {"lender": begin}


@pytest.fixture
def lender(english: Chat) -> Chat:
    """Budi owes 500 and has written."""
    return english


def test_a_chat_that_is_taken_over_is_quiet_for_a_day(lender: Chat) -> None:
    sent = lender.say("take over Budi")
    assert [each.to for each in sent] == ["owner"]
    assert sent[0].text == (
        "I keep quiet in the chat with Budi until 13 Feb 2025 22:00.\nTo let me answer again: release Budi"
    )
    assert lender.say("balance", BUDI) == []
    assert "already, until 13 Feb 2025 22:00" in lender.owner("take over Budi")
    lender.wait(hours=23)
    assert lender.say("balance", BUDI) == []
    lender.wait(hours=2)
    assert "$500.00" in lender.person(BUDI, "balance")


@pytest.mark.parametrize(
    ("period", "until"),
    [
        ("2 hours", "13 Feb 2025 00:00"), ("90 minutes", "12 Feb 2025 23:30"), ("for 3h", "13 Feb 2025 01:00"),
        ("3 days", "15 Feb 2025 22:00"), ("an hour", "12 Feb 2025 23:00"), ("until tomorrow", "13 Feb 2025 22:00"),
    ],
)  # fmt: skip
def test_for_as_long_as_the_owner_says(lender: Chat, period: str, until: str) -> None:
    assert until in lender.owner(f"take over Budi {period}")
    assert lender.command() == "take_over"


@pytest.mark.parametrize("period", ["0 minutes", "40 days", "99999 hours"])
def test_a_period_out_of_bounds_changes_nothing(lender: Chat, period: str) -> None:
    assert "up to 30 days" in lender.owner(f"take over Budi {period}")
    assert "$500.00" in lender.person(BUDI, "balance")


def test_release_ends_it_and_so_it_does_what_began_by_hand(lender: Chat) -> None:
    lender.owner("take over Budi 3 days")
    assert lender.say("balance", BUDI) == []
    assert lender.owner("release Budi") == "I answer Budi again."
    assert "$500.00" in lender.person(BUDI, "balance")
    lender.say("I'm looking into it", to=BUDI)
    assert lender.say("balance", BUDI) == []
    lender.owner("release Budi")
    assert "$500.00" in lender.person(BUDI, "balance")
    assert "isn't taken over" in lender.owner("release Budi")


def test_the_command_makes_an_hour_by_hand_a_day(lender: Chat) -> None:
    lender.say("I'm looking into it", to=BUDI)
    assert "until 13 Feb 2025 22:00" in lender.owner("take over Budi")
    assert "until 12 Feb 2025 23:00" in lender.owner("take over Budi 1 hour")


def test_every_chat_of_the_person_is_meant(lender: Chat) -> None:
    lender.say("hello", f"lid:{LID}")
    lender.say("hello", BUDI, alias=LID)
    lender.owner("take over Budi")
    assert lender.say("balance", f"lid:{LID}") == []
    assert lender.say("balance", BUDI) == []
    lender.owner("release Budi")
    assert "$500.00" in lender.person(BUDI, "balance")
    assert lender.say("balance", f"lid:{LID}") != []


def test_who_never_wrote_may_be_taken_over_and_who_has_no_number_not(lender: Chat) -> None:
    lender.owner("lend Ani 100")
    assert "don't know Ani's number" in lender.owner("take over Ani")
    lender.owner(f"contact Ani +{ANI}")
    assert "quiet in the chat with Ani" in lender.owner("take over Ani")
    assert lender.say("hello", ANI) == []
    assert "isn't in your book" in lender.owner("take over Zulkarnain")


def test_a_chat_that_the_owner_began_by_hand_is_released_too(lender: Chat) -> None:
    lender.owner("lend Ani 100")
    lender.owner(f"contact Ani +{ANI}")
    lender.say("Ani, are you there?", to=ANI)
    assert lender.say("balance", ANI) == []
    assert lender.owner("release Ani") == "I answer Ani again."
    assert "$100.00" in lender.person(ANI, "balance")


def test_stop_is_heard_and_others_are_answered(lender: Chat) -> None:
    lender.owner("take over Budi")
    assert "won't send you reminders" in lender.person(BUDI, "STOP")
    assert lender.say("hello", ANI) != []
    assert [each.to for each in lender.say("Budi paid 100")] == ["owner", BUDI]


def test_readers_may_not_and_strangers_do_not_know_the_person(lender: Chat) -> None:
    lender.owner("take over Budi", place=lender.stranger)
    assert "$500.00" in lender.person(BUDI, "balance")
    lender.say("take over Budi", ANI)
    assert "$500.00" in lender.person(BUDI, "balance")
