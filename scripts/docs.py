"""The pages that are made from the code, so that they can't drift from it, and the conversation that README.md shows.

`scripts/docs update` writes `docs/commands.md`, `docs/settings.md` and `docs/openapi.json`, and plays README's
conversation anew;
`scripts/docs check` changes nothing and exits with 1 when one of them is out of date.
"""

from __future__ import annotations

import re
import sys
import tempfile
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import click
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from admin_api.app import openapi_text
from bot import logs
from bot.protocol import read_duration
from bot.simulation import Place, Sent, Simulation, Speech
from handlers.grammar.codec import describe
from handlers.grammar.reading import Reading, Unclear
from handlers.grammar.sentences import understand_owner
from handlers.grammar.spec import Command
from handlers.grammar.values import find_values
from handlers.routes import command_book
from services.clock import VirtualClock
from services.i18n import languages, show
from services.money import Money
from services.settings import ALIASES, Settings, load_settings
from services.tenants.actors import PERMISSIONS
from services.tenants.preferences import PREFERENCES, Preference
from services.tenants.tenants import NewTenant

HOME = Path(__file__).resolve().parent.parent
README = HOME / "README.md"
BEGIN = datetime(2025, 2, 13, 3, 0, tzinfo=UTC)
BUSINESS = NewTenant("Toko Maju", "6281100000001")
PEOPLE = {"Budi": "6281234567890", "Ahmad": "6281234567891", "Ani": "6281234567892"}
READING = Reading("id", "IDR", "ID", date(2025, 2, 13))

AMOUNTS = ("500000", "500.000", "500rb", "500 ribu", "500k", "2jt", "2,5 juta", "setengah juta", "Rp 1.250.000")
DAYS = ("14hari", "2 minggu", "sebulan", "besok", "lusa", "tgl 25", "25/12", "akhir bulan", "next friday", "3 months")
SENTENCES = (
    "Pinjemin Budi 500k 14 hari",
    "Ahmad minjem 2jt sebulan",
    "Saya punya utang 1 juta ke Toko Maju",
    "Budi bayar 500 ribu",
    "utang Ahmad udah lunas",
    "cek hutang saya dong",
    "siapa yang telat bayar?",
    "I lent Sara 200k until Friday",
)
_CONVERSATION = re.compile(r"(<!-- conversation -->\n```text\n)(.*?)(```\n<!-- end of conversation -->)", re.DOTALL)
_MADE = "<!-- Made by scripts/docs from the code. Change the code, then run scripts/docs update. -->\n"


def pages() -> dict[Path, str]:
    """The pages that are made from the code alone."""
    made = {"commands.md": commands_page(), "settings.md": settings_page(), "openapi.json": openapi_text()}
    return {HOME / "docs" / name: text for name, text in made.items()}


def commands_page() -> str:
    """Every command with its words, arguments and permission, by area; and how values and sentences are read."""
    areas: dict[str, list[Command]] = {}
    for command in command_book():
        areas.setdefault(command.area.render("en"), []).append(command)
    parts = [_MADE, "# Commands\n", _COMMANDS]
    for area, commands in areas.items():
        parts += [f"## {area}\n", _command_table(commands), "Examples:\n", _examples(commands)]
    parts += ["## Amounts and dates\n", _VALUES, _values_table()]
    parts += ["## In your own words\n", _SENTENCES, _sentences_table(), _ANSWERS]
    return "\n".join(parts)


_COMMANDS = """\
What the owner and the staff of a business may write. Capitals don't matter. The words of every language always work,
whichever language the answer is in. Arguments in `[brackets]` may be left out. Amounts, dates and notes are found
wherever they stand: `pinjam 500rb Budi` and `PINJAM Budi 500000` are the same. A note stands in quotation marks.

When something is missing or unclear, Juragan asks one short question and then goes on.
"""
_VALUES = """\
Read here for an Indonesian business on Thursday, 13 February 2025. Where the language or the currency of a business
decides what a spelling means, it does; what stays unclear is asked.
"""
_SENTENCES = """\
Plain sentences mean the same as commands. They are understood by rules, without a model. These are examples; the
grammar reads many more. A question, a denial, an “if” or a plan (`Budi mau pinjam 500rb`) never books anything.
"""
_ANSWERS = """\
Right after a booking, `salah, maksudnya 1 juta` (or `sorry, I meant 1 million`) takes the entry back and books the
right one. It works for the amount, the name and the date. `undo` takes back the last thing you booked within 24 hours.

While a question is waiting: `ya`/`yes`, `tidak`/`no`, the number of an option, or the value that was asked for.
`batal`/`cancel` leaves, `kembali`/`back` goes one question back. A question lapses after 30 minutes.
"""


def _command_table(commands: Sequence[Command]) -> str:
    heads = ["English", *(_LANGUAGES.get(language, language) for language in languages()[1:])]
    rows = (
        [
            *(_words(command, language) for language in languages()),
            f"`{command.usage.render('en')}`" if command.usage and command.usage.render("en") else "",
            command.help.render("en"),
            _who(command.permission),
        ]
        for command in commands
    )
    return _table([*heads, "Arguments", "What it does", "Who may"], rows)


_LANGUAGES = {"id": "Indonesian", "pt_BR": "Portuguese", "es": "Spanish", "ru": "Russian"}


def _words(command: Command, language: str) -> str:
    """The spellings of a command in a language."""
    return ", ".join(f"`{' '.join(spelling)}`" for spelling in command.words.spellings(language))


def _who(permission: str) -> str:
    roles = [role.replace("_", " ") for role, allowed in PERMISSIONS.items() if permission in allowed]
    return ", ".join(roles) or "nobody yet"


def _examples(commands: Iterable[Command]) -> str:
    return "```text\n" + "\n".join(each for command in commands for each in command.examples) + "\n```\n"


def _values_table() -> str:
    read = ((f"`{text}`", _read(text)) for text in (*AMOUNTS, *DAYS))
    return _table(["You write", "Juragan reads"], read)


def _read(text: str) -> str:
    [claim] = find_values(text, READING).claims
    options = claim.value.options if isinstance(claim.value, Unclear) else (claim.value,)
    return " or ".join(show(each, "id" if isinstance(each, Money) else "en") for each in options)


def _sentences_table() -> str:
    rows = []
    for sentence in SENTENCES:
        understood = understand_owner(sentence, READING)
        shown: Mapping[str, Any] = describe(understood)  # type: ignore[arg-type]
        arguments = (name if value is True else f"{name} {value}" for name, value in shown["arguments"].items())
        rows.append((sentence, f"`{shown['command']}`", ", ".join(arguments)))
    return _table(["You write", "Command", "With"], rows)


def settings_page() -> str:
    """Every setting of an installation and of a business."""
    aliases: dict[str, list[str]] = {}
    for alias, name in ALIASES.items():
        aliases.setdefault(name, []).append(alias)
    installation = (
        (
            f"`{name.upper()}`",
            _type(field),
            _default(field),
            (field.description or "").replace("|", "\\|"),
            ", ".join(f"`{alias}`" for alias in aliases.get(name.upper(), [])),
        )
        for name, field in Settings.model_fields.items()
    )
    business = (
        (f"`{key}`", preference.meaning.render("en"), _kept(preference), f"`set {key} {preference.example}`")
        for key, preference in PREFERENCES.items()
    )
    parts = [
        _MADE, "# Settings\n", "## Of an installation\n", _INSTALLATION,
        _table(["Variable", "Value", "Default", "Meaning", "Alias"], installation),
        "## Of a business\n", _BUSINESS, _table(["Setting", "Meaning", "Default", "Example"], business),
    ]  # fmt: skip
    return "\n".join(parts)


_INSTALLATION = """\
Environment variables, read once at the start. None is needed. A value that can't be read, or a misspelt name that
begins with `WHATSAPP_`, `JURAGAN_`, `ENABLE_` or `DATABASE_`, stops the start with a message that names it.

Every one of them may come from a file instead: `SECRET_KEY_FILE=/run/secrets/key` reads `SECRET_KEY` from that file.
"""
_BUSINESS = """\
What an owner decides, in the chat. `settings` lists them, `set` changes one. A change takes effect with the next
message. *As registered* means that it is asked for, or chosen, when the business begins.
"""


def _type(field: FieldInfo) -> str:
    allowed = [each for each in get_args(field.annotation) or (field.annotation,) if each is not type(None)]
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{each}`" for each in allowed)
    names = {bool: "`true` or `false`", int: "whole number", float: "number", Path: "path", SecretStr: "secret"}
    kind = names.get(allowed[0], "text") if _plain_type(field.annotation) else "text"
    limits = {name: getattr(each, name) for each in field.metadata for name in ("ge", "le") if hasattr(each, name)}
    if "ge" in limits and "le" in limits:
        return f"{kind}, {limits['ge']} to {limits['le']}"
    return f"{kind}, {limits['ge']} or more" if "ge" in limits else kind


def _plain_type(annotation: object) -> bool:
    return isinstance(annotation, type) or get_origin(annotation) in (types.UnionType, Union)


def _default(field: FieldInfo) -> str:
    match field.default:
        case None:
            return "unset"
        case "":
            return "empty"
        case bool():
            return f"`{str(field.default).lower()}`"
    return f"`{field.default}`"


def _kept(preference: Preference) -> str:
    if preference.column is not None:
        return "as registered"
    shown = preference.shown(preference.default)
    return shown if isinstance(shown, str) else shown.render("en")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def conversation() -> str:
    """The conversation as README.md shows it."""
    found = _CONVERSATION.search(README.read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit("README.md has no conversation between its markers")
    return found[2]


def with_conversation(played: str) -> str:
    """README.md with the conversation as it was played."""
    return _CONVERSATION.sub(lambda found: found[1] + played + found[3], README.read_text(encoding="utf-8"), count=1)


def play(simulation: Simulation, script: str) -> str:
    """Plays the lines that somebody says in a conversation, and returns it with what is answered now.

    `> owner: …` and `> Budi: …` say something, `~ 15d` lets time pass, `#` explains; `<` lines are made anew.
    """
    place = simulation.place(BUSINESS)
    return "".join(f"{line}\n" for said in script.splitlines() for line in _played(simulation, place, said))


def _played(simulation: Simulation, place: Place, line: str) -> Iterator[str]:
    if line.startswith(("<", "  ")):
        return
    yield line
    simulation.sent.clear()
    if line.startswith("~"):
        simulation.advance(read_duration(line[1:]))
    elif line.startswith(">"):
        speaker, _, text = line[1:].strip().partition(": ")
        simulation.say(place, Speech(PEOPLE.get(speaker, speaker), text, name=speaker))
    for sent in simulation.sent:
        yield from _shown(sent)


def _shown(sent: Sent) -> Iterator[str]:
    """A message as a `<` line that names its reader, and its other lines that aren't empty below, set in."""
    names = {number: name for name, number in PEOPLE.items()}
    first, *others = filter(None, sent.text.splitlines())
    attached = f"[{sent.file.name.partition('-')[2]}] " if sent.file is not None else ""
    yield f"< {names.get(sent.to, sent.to)}: {attached}{first}"
    yield from (f"  {line}".rstrip() for line in others)


def _play_here() -> str:
    """README's conversation, played in a database that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="juragan-docs-") as folder:
        settings = load_settings({"DATA_DIR": folder, "WHATSAPP_LOG_LEVEL": "error"})
        logs.configure(settings)
        simulation = Simulation.open(settings, VirtualClock(BEGIN))
        try:
            return play(simulation, conversation())
        finally:
            simulation.close()


def _made() -> dict[Path, str]:
    return {**pages(), README: with_conversation(_play_here())}


@click.group()
def main() -> None:
    """Pages made from the code: `update` writes them, `check` says which are out of date."""


@main.command()
def update() -> None:
    """Writes the pages and README's conversation anew."""
    for path, text in _made().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            click.echo(f"{path.relative_to(HOME)}: updated")


@main.command()
def check() -> None:
    """Names what is out of date, and exits with 1 if anything is."""
    stale = [path for path, text in _made().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        click.echo(f"{path.relative_to(HOME)} is out of date; run scripts/docs update")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
