"""Questions with their answers as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.grammar.teaching import Pair, Taught, read_all_numbered, read_numbered, read_numbers, read_taught, split


def pairs(text: str) -> list[tuple[tuple[str, ...], str | None]]:
    return [(pair.questions, pair.answer) for pair in read_taught(text).pairs]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Jam buka? = 08.00–17.00", [(("Jam buka?",), "08.00–17.00")]),
        ("Jam buka | buka jam berapa | jam buka = Jam 8", [(("Jam buka", "buka jam berapa"), "Jam 8")]),
        ("Isi 1 sak? = 1 sak = 50 kg", [(("Isi 1 sak?",), "1 sak = 50 kg")]),
        ("Jam buka=8", [(("Jam buka",), "8")]),
        ("Jam buka= 8", [(("Jam buka",), "8")]),
        ("What's Jum'at like? 🙂 = It's closed 🙏", [(("What's Jum'at like? 🙂",), "It's closed 🙏")]),
        ("Kapan buka?\nJam 8\nsetiap hari", [(("Kapan buka?",), "Jam 8\nsetiap hari")]),
        ("Where?\nWhich street?\nIn Depok", [(("Where?", "Which street?"), "In Depok")]),
        ("Kapan buka? Jam 8", [(("Kapan buka?",), "Jam 8")]),
        ("Bisa antar? | ongkir berapa\nBisa | gratis", [(("Bisa antar?", "ongkir berapa"), "Bisa | gratis")]),
        ("Q: Where are you\nA: In Depok", [(("Where are you",), "In Depok")]),
        ("T: Di mana?\nJ: Di Depok", [(("Di mana?",), "Di Depok")]),
        ("a = 1\nb = 2", [(("a",), "1"), (("b",), "2")]),
        ("a?\n1\n\nb?\n2", [(("a?",), "1"), (("b?",), "2")]),
        ("a?\n1\nb?\n2", [(("a?",), "1"), (("b?",), "2")]),
        ("a? = 1 sak = 50 kg\n2 sak = 100 kg\nb? = 2", [(("a?",), "1 sak = 50 kg\n2 sak = 100 kg"), (("b?",), "2")]),
        ("Do you deliver? = Yes!\nShall I book one?", [(("Do you deliver?",), "Yes!\nShall I book one?")]),
        ("Do you deliver?\nYes!\nShall I book one?", [(("Do you deliver?",), "Yes!\nShall I book one?")]),
        ("a? = 1\n\nand more", [(("a?",), "1\n\nand more")]),
        ("Ongkir?", [(("Ongkir?",), None)]),
        ("Ongkir? =", [(("Ongkir?",), None)]),
        ("Ongkir", [(("Ongkir",), None)]),
        ("see https://x.id/?a=b", [(("see https://x.id/?a=b",), None)]),
        ("Link? = https://x.id/?a=b", [(("Link?",), "https://x.id/?a=b")]),
        (
            "Ada NHS? = Tidak\nkb add Do you do aligners? | clear aligners = Yes\nKB TAMBAH Jam buka = 8",
            [(("Ada NHS?",), "Tidak"), (("Do you do aligners?", "clear aligners"), "Yes"), (("Jam buka",), "8")],
        ),
        ("", []),
        (" \n ", []),
        ("=", []),
        ("? = yes", []),
    ],
)  # fmt: skip
def test_questions_and_answers_as_people_write_them(text: str, found: list[tuple[tuple[str, ...], str | None]]) -> None:
    assert pairs(text) == found


@pytest.mark.parametrize(
    ("text", "bot"),
    [("@Rina Jam buka = 8", "Rina"), ("@Rina: Jam buka = 8", "Rina"), ('@"Rina  Dua" Jam buka = 8', "Rina Dua"),
     ("@“Rina Dua”: Jam buka = 8", "Rina Dua"), ("Jam buka = 8", None)],
)  # fmt: skip
def test_a_bot_may_be_named_first(text: str, bot: str | None) -> None:
    assert read_taught(text) == Taught((Pair(("Jam buka",), "8"),), bot)


LINES = st.text(alphabet="ab?=| \n:@é🙂1'", max_size=60)
WORDS = st.from_regex(r"[a-zé][a-zé' ]{0,20}[a-zé]", fullmatch=True)
ANSWERS = st.from_regex(r"[A-Z0-9][A-Za-z0-9 ,.=!🙂']{0,40}[a-z]", fullmatch=True)


@settings(max_examples=80, deadline=None)
@given(LINES)
def test_any_text_is_read_and_nothing_is_made_up(text: str) -> None:
    for pair in read_taught(text).pairs:
        assert pair.questions
        assert all(question and any(map(str.isalnum, question)) for question in pair.questions)
        assert len({question.casefold() for question in pair.questions}) == len(pair.questions)
        said = "".join(("".join(pair.questions) + (pair.answer or "")).split())
        assert all(said.count(each) <= text.count(each) for each in set(said))
    for number, _said in read_all_numbered(text):
        assert number >= 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(WORDS, ANSWERS), min_size=1, max_size=5))
def test_what_is_written_one_to_a_line_is_read_so(taught: list[tuple[str, str]]) -> None:
    text = "\n".join(f"{question}? = {answer}" for question, answer in taught)
    expected = [((" ".join(f"{question}?".split()),), answer.strip()) for question, answer in taught]
    assert pairs(text) == expected


@pytest.mark.parametrize(
    ("line", "parts"),
    [("a = b", ("a", "b")), ("a=b=c", ("a", "b=c")), ("a x=1 = c", ("a x=1", "c")), ("= b", None), ("a", None),
     ("a >= b", None), ("a ==", None)],
)  # fmt: skip
def test_the_first_sign_that_stands_apart_parts_a_line(line: str, parts: tuple[str, str] | None) -> None:
    assert split(line) == parts


@pytest.mark.parametrize(
    ("text", "read"),
    [("2 = Jam 8", (2, "Jam 8")), ("2 Jam 8", (2, "Jam 8")), ("#2: no", (2, "no")), ("no. 2 tidak", (2, "tidak")),
     ("2", (2, "")), ("2. ya", (2, "ya")), ("2jt", None), ("08.00", None), ("Jam 8", None), ("", None)],
)  # fmt: skip
def test_an_answer_with_its_number(text: str, read: tuple[int, str] | None) -> None:
    assert read_numbered(text) == read


def test_several_numbers_in_one_message() -> None:
    assert read_all_numbered("2 = a\nb\n5 = c") == ((2, "a\nb"), (5, "c"))
    assert read_all_numbered("hello\n2 = a") == ()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("3", (3,)), ("3, 5 dan 7", (3, 5, 7)), ("3-5", (3, 4, 5)), ("#3 #3", (3,)), ("all", ()), ("3 x", ()), ("", ()),
     ("1-999999999", tuple(range(1, 101)))],
)  # fmt: skip
def test_a_list_of_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert read_numbers(text) == numbers
