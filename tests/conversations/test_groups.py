"""Groups: silence unless the business switched one on, and nothing in it that isn't for everybody's eyes."""

from __future__ import annotations

import pytest

from tests.conftest import Chat
from tests.conversations.book import ANI, BUDI, kept, outcomes

GROUP, OTHER_GROUP = "120363000000000001", "120363000000000002"
STAFF = "12025550177"


@pytest.fixture
def lender(english: Chat) -> Chat:
    """Budi owes 500 and can write; a helper acts for the business."""
    english.owner("lend Budi 500")
    english.owner(f"contact Budi +{BUDI}")
    english.say("status", f"staff:{STAFF}")
    return english


def in_group(chat: Chat, text: str, speaker: str = BUDI, *, mentioned: bool = True, group: str = GROUP) -> list[str]:
    """What is written in the group because of a message there; nothing may be written anywhere else."""
    sent = chat.say(text, speaker, group=group, mentioned=mentioned)
    assert {each.to for each in sent} <= {group}
    return [each.text for each in sent]


@pytest.mark.parametrize("text", ["hello", "balance", "STOP", "AGREE", "bot on", "lend Budi 100", "action 1 yes"])
def test_a_group_that_is_off_is_none_of_our_business(lender: Chat, text: str) -> None:
    before = kept(lender.simulation, lender.tenant)
    for speaker in (BUDI, ANI):
        assert in_group(lender, text, speaker) == []
    assert in_group(lender, "lend Budi 100", "owner") == []
    assert outcomes(lender.simulation, lender.tenant)[-1] == "group"
    assert kept(lender.simulation, lender.tenant) == before


@pytest.mark.parametrize("speaker", ["owner", f"staff:{STAFF}"])
def test_who_acts_for_the_business_switches_a_group_on_and_off(lender: Chat, speaker: str) -> None:
    assert in_group(lender, "bot on", speaker, mentioned=False) == [
        "I now answer in this group when somebody mentions me."
    ]
    (answer,) = in_group(lender, "@12025550123 hello")
    assert "https://wa.me/12025550123" in answer
    assert in_group(lender, "hello everybody", mentioned=False) == []
    assert in_group(lender, "hello", group=OTHER_GROUP) == []
    assert in_group(lender, "@12025550123 Bot off!", speaker) == ["I am quiet in this group from now on."]
    assert in_group(lender, "hello") == []


def test_in_a_group_nobody_hears_of_anybodys_account(lender: Chat) -> None:
    in_group(lender, "bot on", "owner", mentioned=False)
    before = kept(lender.simulation, lender.tenant)
    lender.say("sent you 100", BUDI, group=GROUP, media="slip.jpg", mime="image/jpeg", mentioned=True)
    for text in ("balance", "status", "STOP", "AGREE", "I paid 100", "statement", "lend Budi 100", "contact Budi"):
        for speaker in (BUDI, ANI, "owner", f"staff:{STAFF}"):
            answers = in_group(lender, text, speaker)
            assert len(answers) == 1, (text, speaker)
            assert "Budi" not in answers[0]
            assert "500" not in answers[0]
            assert "privately" in answers[0]
    assert kept(lender.simulation, lender.tenant) == before
    assert "Nothing waits" in lender.owner("actions")


def test_several_calls_at_once_have_one_answer(lender: Chat) -> None:
    in_group(lender, "bot on", "owner", mentioned=False)
    for speaker in (BUDI, ANI):
        assert lender.say("bot?", speaker, group=GROUP, mentioned=True, burst=True) == []
    assert len(in_group(lender, "hello")) == 1


def test_whoever_is_blocked_is_not_answered_in_a_group_either(lender: Chat) -> None:
    in_group(lender, "bot on", "owner", mentioned=False)
    lender.owner("block Budi")
    assert in_group(lender, "hello") == []
    assert len(in_group(lender, "hello", ANI)) == 1


def test_the_owners_words_in_a_group_take_nothing_over(lender: Chat) -> None:
    in_group(lender, "bot on", "owner", mentioned=False)
    assert in_group(lender, "good morning all", "owner", mentioned=False) == []
    assert outcomes(lender.simulation, lender.tenant)[-1] == "group"
    assert len(in_group(lender, "hello")) == 1
    assert "$500.00" in lender.person(BUDI, "balance")


def test_a_person_is_written_to_in_their_own_chat_not_in_the_group(lender: Chat) -> None:
    in_group(lender, "bot on", "owner", mentioned=False)
    lender.person(BUDI, "hello")
    in_group(lender, "hello")
    assert [each.to for each in lender.say("Budi paid 100")] == ["owner", BUDI]


def test_a_group_of_another_business_stays_off(lender: Chat) -> None:
    in_group(lender, "bot on", "owner", mentioned=False)
    sent = lender.say("hello", BUDI, group=GROUP, mentioned=True, place=lender.stranger)
    assert sent == []
