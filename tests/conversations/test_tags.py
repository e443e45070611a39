"""Tags in the owner's chat: put on, taken off, listed; told apart from names of several words."""

from __future__ import annotations

import pytest

from tests.conftest import Chat
from tests.conversations.book import BUDI


@pytest.fixture
def lender(english: Chat) -> Chat:
    """Budi Santoso, who can write, and Ani are in the book."""
    english.owner("lend Budi Santoso 500")
    english.owner(f"contact Budi Santoso +{BUDI}")
    english.owner("lend Ani 20")
    return english


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("tag Budi Santoso vip", "#vip"),
        ("tag budi santoso VIP regular", "#regular #vip"),
        ("tag Budi Santoso #Vip #old customer", "#old-customer #vip"),
        ("TAG Budi Santoso old customer, vip", "#old-customer #vip"),
        ("tag Budi vip", "#vip"),
        ("tag budi vip regular", "#regular #vip"),
        ("tag Bdui Santoso vip regular", "#regular #vip"),
    ],
)
def test_tags_are_put_on_whom_the_line_names(lender: Chat, line: str, shown: str) -> None:
    answer = lender.owner(line)
    assert answer.splitlines()[0] == f"Budi Santoso: {shown}"
    assert answer.splitlines()[1].startswith("Undo it with: untag Budi Santoso #")
    assert lender.understood is not None
    assert lender.understood["arguments"]["name"] == "Budi Santoso"  # type: ignore[index]
    assert lender.owner("tag Budi Santoso") == f"Budi Santoso: {shown}"
    assert "Budi Santoso" in lender.owner("tag vip")


def test_tags_come_off_again_as_the_answer_says(lender: Chat) -> None:
    back = lender.owner("tag Budi Santoso vip regular").splitlines()[1].partition(": ")[2]
    gone = lender.owner(back)
    assert gone.splitlines()[0] == "Budi Santoso no longer has #vip #regular." or "#regular #vip" in gone
    assert "has no tags" in lender.owner("tag Budi Santoso")
    assert "#vip" in lender.owner(gone.splitlines()[1].partition(": ")[2])
    assert "doesn't have #gold" in lender.owner("untag Budi Santoso gold")
    assert "already" in lender.owner("tag Budi Santoso vip")


def test_the_list_counts_people_and_a_tag_alone_names_them(lender: Chat) -> None:
    lender.owner("tag Budi Santoso vip")
    lender.owner("tag Ani vip new")
    assert lender.owner("tags").splitlines()[1:3] == ["#new: 1 person", "#vip: 2 people"]
    assert lender.owner("tag #vip").splitlines() == ["#vip: 2 people", "• Ani", "• Budi Santoso"]
    card = lender.owner("contact Ani")
    assert "#new #vip" in card
    sent = lender.say("daftar tag", place=lender.stranger)
    assert "#vip" not in " ".join(each.text for each in sent)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("tag Budi Santoso #a/b", "can't be a tag"),
        ("tag Budi Santoso " + "x" * 41, "can't be a tag"),
        ("tag Budi Santoso " + " ".join(f"t{n}" for n in range(21)), "20 tags"),
        ("untag Budi Santoso", "Which tag?"),
        ("untag", "Whom, and which tag?"),
        ("tag Nobody vip", "isn't in your book"),
    ],
)
def test_what_is_no_tag_or_nobody_changes_nothing(lender: Chat, line: str, refusal: str) -> None:
    assert refusal in lender.owner(line)
    assert "no tags yet" in lender.owner("tags")


def test_in_indonesian(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    assert "#langganan" in chat.owner("TAG Budi #langganan")
    assert "#langganan" in chat.owner("DAFTAR TAG")
    assert "#langganan" in chat.owner("HAPUS TAG Budi langganan")
    assert chat.command() == "untag"
    assert "#langganan" not in chat.owner("kontak Budi")


def test_somebody_who_is_asked_about_gets_the_tags_after_the_answer(lender: Chat) -> None:
    lender.owner("lend Budi Hartono 50")
    assert "Whom do you mean?" in lender.owner("tag Budi vip")
    lender.owner("2")
    assert sum("#vip" in lender.owner(f"tag {name}") for name in ("Budi Santoso", "Budi Hartono")) == 1
