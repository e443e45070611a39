"""The documentation: made from the code and up to date, examples that work, links that lead somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.protocol import Protocol
from bot.simulation import Simulation
from handlers.grammar.parse import parse
from handlers.grammar.reading import Understood
from handlers.grammar.sentences import understand_owner
from handlers.routes import command_book
from scripts import docs
from services.settings import Settings, load_settings

BOOK = command_book()
WRITTEN = sorted([*docs.HOME.glob("*.md"), *docs.HOME.glob("docs/**/*.md")])
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("path", docs.pages(), ids=lambda path: path.name)
def test_a_page_says_what_the_code_says(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == docs.pages()[path], "run scripts/docs update"


def test_the_first_conversation_is_real(simulation: Simulation) -> None:
    shown = docs.conversation()
    assert docs.play(simulation, shown) == shown, "run scripts/docs update"


@pytest.mark.parametrize(
    ("name", "example"), [(command.name, example) for command in BOOK for example in command.examples]
)
def test_an_example_is_its_command_and_complete(name: str, example: str) -> None:
    parsed = parse(example, docs.READING, BOOK)
    assert parsed is not None
    assert parsed.command.name == name
    assert parsed.is_complete


@pytest.mark.parametrize("name", [command.name for command in BOOK])
def test_a_command_has_an_example_in_each_language(name: str) -> None:
    matched = [BOOK.match(example.casefold()) for example in BOOK[name].examples]
    words = [example.casefold() for example in BOOK[name].examples]
    assert all(matched)
    for language in ("en", "id"):
        spellings = [" ".join(spelling) for spelling in BOOK[name].words.spellings(language)]
        assert any(word.startswith(spelling) for word in words for spelling in spellings)


@pytest.mark.parametrize("sentence", docs.SENTENCES)
def test_a_shown_sentence_is_understood(sentence: str) -> None:
    assert isinstance(understand_owner(sentence, docs.READING), Understood)


def test_every_setting_is_explained_and_has_the_default_that_the_page_names() -> None:
    page = (docs.HOME / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"`{name.upper()}`" in page
    assert load_settings({}).worker_threads == Settings.model_fields["worker_threads"].default


@pytest.mark.parametrize("page", WRITTEN, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    relative = [link for link in _LINK.findall(text) if not link.startswith(("http:", "https:", "mailto:"))]
    broken = [link for link in relative if not _exists(page, link)]
    assert broken == []


def _exists(page: Path, link: str) -> bool:
    """Whether the file is there, and the heading in it if the link names one."""
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", WRITTEN, ids=lambda path: path.name)
def test_a_page_names_only_files_that_exist(page: Path) -> None:
    """`services/queue.py` in a text is a promise that the file is there."""
    named = re.findall(r"`((?:bot|handlers|services|scripts|tests|docs|locales)/[\w./-]+)`", page.read_text("utf-8"))
    assert [name for name in named if not (docs.HOME / name).exists()] == []


def test_the_example_of_the_line_protocol_is_real(simulation: Simulation) -> None:
    page = (docs.HOME / "docs" / "simulator.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith("{")]
    shown = re.search(r"^```json\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert shown is not None
    protocol = Protocol(simulation, docs.BUSINESS)
    answers = [protocol.answer(line) for line in lines if line != "{"]
    assert answers[0] == json.loads(shown[1])
    assert [answer["error"] for answer in answers] == [None] * len(answers)
