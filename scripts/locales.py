"""Message catalogues: taking messages from the code into them, and finding what is missing or wrong there.

`scripts/locales update` merges the messages of the code into every `locales/<language>/LC_MESSAGES/juragan.po`: new
ones are added without a translation, those that the code no longer has are dropped. `scripts/locales check` changes
nothing and exits with 1 when a message is missing or unused, or when a translation shows other values than its
message.
"""

from __future__ import annotations

import io
import string
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

from services.i18n import DOMAIN, LOCALES

HOME = LOCALES.parent
ROOMS = ("bot", "handlers", "services", "admin_api")
KEYWORDS = {"_": (1,), "_n": (1, 2), "_c": ((1, "c"), 2)}

# Languages whose plural rule Babel doesn't know: how many forms, and which of them a number takes.
_PLURALS = {"id": (1, "0")}

_HEADER = """\
# {language} texts of Juragan.
msgid ""
msgstr ""
"Project-Id-Version: Juragan\\n"
"Language: {code}\\n"
"Plural-Forms: nplurals={forms}; plural={rule};\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def extract() -> Catalog:
    """Every message of the code."""
    found = Catalog()
    for room in ROOMS:
        folder = HOME / room
        if folder.is_dir():
            for _file, _line, message, _comments, context in extract_from_dir(
                folder, method_map=[("**.py", "python")], keywords=KEYWORDS
            ):
                found.add(message, context=context)
    return found


def catalogues() -> dict[str, Path]:
    """The catalogue of each language that has one."""
    return {path.parent.parent.name: path for path in sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))}


def read(language: str, path: Path) -> Catalog:
    """A catalogue as it stands in its file."""
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def empty(language: str) -> Catalog:
    """A catalogue of a language with nothing in it but its plural rule."""
    forms, rule = plural_rule(language)
    catalogue = Catalog(locale=language)
    catalogue.mime_headers = [("Plural-Forms", f"nplurals={forms}; plural={rule};")]
    return catalogue


def merged(code: Catalog, kept: Catalog) -> Catalog:
    """The code's messages with the translations that are there; nothing is guessed from similar messages."""
    language = str(kept.locale)
    catalogue = empty(language)
    for message in _messages(code):
        known = kept.get(_key(message), context=message.context)
        translation = known.string if known is not None else ""
        if message.pluralizable:
            translation = _forms(translation, plural_rule(language)[0])
        elif isinstance(translation, tuple):
            translation = translation[0]
        catalogue.add(message.id, translation, context=message.context)
    return catalogue


def plural_rule(language: str) -> tuple[int, str]:
    """How many plural forms a language has, and gettext's expression that picks one by `n`."""
    forms, rule = _PLURALS.get(language) or get_plural(language)[:2]
    return int(forms), str(rule)


def written(catalogue: Catalog) -> str:
    """A catalogue as its file holds it: sorted, and with nothing in it that changes by itself."""
    language = str(catalogue.locale)
    forms, rule = plural_rule(language)
    shown = Locale.parse(language).get_display_name("en")
    body = io.BytesIO()
    write_po(body, catalogue, width=120, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = _HEADER.format(language=shown, code=language, forms=forms, rule=rule)
    return header + body.getvalue().decode().strip() + "\n"


def problems(code: Catalog, catalogue: Catalog) -> list[str]:
    """What is missing, unused or wrong in a catalogue, one line each."""
    found = []
    for message in _messages(code):
        kept = catalogue.get(_key(message), context=message.context)
        if kept is None or not all(_strings(kept.string)):
            found.append(f"missing: {_shown(message)}")
        else:
            found += _wrong(message, _strings(kept.string))
    in_code = {(_key(message), message.context) for message in _messages(code)}
    for message in _messages(catalogue):
        if (_key(message), message.context) not in in_code:
            found.append(f"unused: {_shown(message)}")
    return found


def placeholders(text: str) -> set[str]:
    """The names in the `{…}` fields of a text; raises `ValueError` when a brace is left open."""
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def _wrong(message: Message, translations: tuple[str, ...]) -> Iterator[str]:
    wanted = [placeholders(text) for text in _strings(message.id)]
    for translation in translations:
        try:
            given = placeholders(translation)
        except ValueError as error:
            yield f"unreadable ({error}): {translation}"
            continue
        if given not in wanted:
            yield f"other placeholders than {_shown(message)}: {translation}"


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _key(message: Message) -> str:
    return _strings(message.id)[0]


def _strings(value: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value or "",) if isinstance(value, str | None) else tuple(value)


def _shown(message: Message) -> str:
    context = f" ({message.context})" if message.context else ""
    return f"“{_key(message)}”{context}"


def _forms(translation: str | list[str] | tuple[str, ...] | None, count: int) -> tuple[str, ...]:
    """As many plural forms as the language has, the last given one standing in for those that aren't there."""
    given = _strings(translation)[:count]
    return given + (given[-1],) * (count - len(given))


@click.group()
def main() -> None:
    """Message catalogues: `update` takes over the messages of the code, `check` says what is missing or wrong."""


@main.command()
def update() -> None:
    """Merges the messages of the code into every catalogue."""
    code = extract()
    for language, path in catalogues().items():
        text = written(merged(code, read(language, path)))
        if text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8")
            click.echo(f"{path.relative_to(HOME)}: updated")
    _report(code)


@main.command()
def check() -> None:
    """Lists what is missing, unused or wrong, and exits with 1 if anything is."""
    sys.exit(1 if _report(extract()) else 0)


def _report(code: Catalog) -> bool:
    """Shows the problems of every catalogue; False when there are none."""
    lines = [
        f"{language}: {each}"
        for language, path in catalogues().items()
        for each in problems(code, read(language, path))
    ]
    click.echo("\n".join(lines) if lines else f"{len(list(_messages(code)))} messages, all translated.")
    return bool(lines)


if __name__ == "__main__":
    main()
