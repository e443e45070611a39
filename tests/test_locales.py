"""The catalogues: complete, nothing in them that the code doesn't say, and command words that work."""

from __future__ import annotations

from datetime import date

import pytest
from babel.messages.catalog import Catalog

from handlers.grammar.parse import parse
from handlers.grammar.reading import Reading
from handlers.grammar.sentences import answer
from handlers.routes import command_book
from scripts import locales
from services.i18n import SOURCE_LANGUAGE, _n, languages

TRANSLATED = [language for language in languages() if language != SOURCE_LANGUAGE]
BOOK = command_book()


@pytest.fixture(scope="module")
def code() -> Catalog:
    return locales.extract()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_and_none_is_left_over(code: Catalog, language: str) -> None:
    catalogue = locales.read(language, locales.catalogues()[language])
    assert locales.problems(code, catalogue) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_is_as_update_would_write_it(code: Catalog, language: str) -> None:
    path = locales.catalogues()[language]
    merged = locales.merged(code, locales.read(language, path))
    assert locales.written(merged) == path.read_text(encoding="utf-8"), "run scripts/locales update"


def catalogue(**translations: str | tuple[str, ...]) -> Catalog:
    made = locales.empty("id")
    for message, translation in translations.items():
        made.add(MESSAGES[message], translation)
    return made


MESSAGES: dict[str, str | tuple[str, str]] = {"owes": "{name} owes {amount}", "late": ("{n} day late", "{n} days late")}


def source() -> Catalog:
    made = Catalog()
    for message in MESSAGES.values():
        made.add(message)
    return made


def test_a_good_catalogue_has_no_problems() -> None:
    assert locales.problems(source(), catalogue(owes="{name} utang {amount}", late=("telat {n} hari",))) == []


@pytest.mark.parametrize(
    ("owes", "late", "problem"),
    [
        ("", ("telat {n} hari",), "missing: “{name} owes {amount}”"),
        ("{name} utang {amount}", ("",), "missing: “{n} day late”"),
        ("{nama} utang {amount}", ("telat {n} hari",), "other placeholders than “{name} owes {amount}”: {nama} utang"),
        ("{name} utang", ("telat {n} hari",), "other placeholders than “{name} owes {amount}”: {name} utang"),
        ("{name} utang {amount", ("telat {n} hari",), "unreadable"),
        ("{name} utang {amount}", ("telat {hari} hari",), "other placeholders than “{n} day late”"),
    ],
)
def test_what_is_missing_or_wrong_is_named(owes: str, late: tuple[str, ...], problem: str) -> None:
    [found] = locales.problems(source(), catalogue(owes=owes, late=late))
    assert found.startswith(problem)


def test_a_message_that_the_code_no_longer_has_is_named_and_dropped() -> None:
    code = Catalog()
    code.add(MESSAGES["owes"])
    kept = catalogue(owes="{name} utang {amount}", late=("telat {n} hari",))
    assert locales.problems(code, kept) == ["unused: “{n} day late”"]
    assert "telat" not in locales.written(locales.merged(code, kept))
    assert "utang" in locales.written(locales.merged(code, kept))


def test_a_new_message_comes_without_a_guessed_translation() -> None:
    merged = locales.merged(source(), catalogue(owes="{name} utang {amount}"))
    assert locales.problems(source(), merged) == ["missing: “{n} day late”"]


@pytest.mark.parametrize(
    ("locale", "n", "shown"),
    [("en", 1, "1 day late"), ("en", 3, "3 days late"), ("id", 1, "telat 1 hari"), ("id", 3, "telat 3 hari")],
)
def test_a_number_decides_the_form(locale: str, n: int, shown: str) -> None:
    assert _n("{n} day late", "{n} days late", n).render(locale) == shown


def test_no_two_commands_share_a_spelling() -> None:
    assert BOOK.spellings, "CommandBook.spellings refuses two commands with one spelling"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", [command.name for command in BOOK])
def test_every_spelling_is_read_as_its_command(name: str, language: str) -> None:
    command = BOOK[name]
    spellings = [" ".join(spelling) for spelling in command.words.spellings(language)]
    assert spellings
    for spelling in (command.words.shown(language), *spellings):
        assert BOOK.match(spelling) == (command, "")
        assert BOOK.match(f"{spelling.upper()} Budi 500rb") == (command, "Budi 500rb")


def test_no_command_is_taken_for_the_answer_to_a_question() -> None:
    """A word that is an answer by itself may begin a command only together with what follows it: `cancel 3`."""
    reading = Reading("en", "USD", "US", date(2025, 2, 13))
    spoken = [" ".join(spelling) for spelling in BOOK.spellings]
    assert [each for each in spoken if answer(each) and parse(each, reading, BOOK) is not None] == []
