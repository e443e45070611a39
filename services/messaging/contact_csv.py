"""Contacts as CSV: what spreadsheets and other programs write, read line by line, and the same written.

Only the file is read here; which contacts there are already, `contact_imports` knows. A cell that a spreadsheet would
take for a formula gets a leading `'` when it is written, and loses it when it is read.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.errors import DomainError
from services.i18n import Renderable, _
from services.messaging import naming, tags
from services.tenants.preference_values import read_language

MOST_LINES = 10_000
LONGEST_NOTE, LONGEST_EMAIL = 2000, 200
COLUMNS = ("name", "phone", "email", "tags", "language", "note")

_HEADERS: Mapping[str, str] = {
    word: column
    for column, words in {
        "name": "name nama fullname contact kontak",
        "phone": "phone number nomor no hp telepon telp telephone mobile whatsapp wa nohp nomorhp phonenumber",
        "email": "email mail surel",
        "tags": "tags tag label labels",
        "note": "note notes catatan keterangan",
        "language": "language bahasa lang locale",
    }.items()
    for word in words.split()
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_ROUNDED = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_HEADER_ODD = re.compile(r"[^a-z]+")

ReadNumber = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file that could be read; `phone` are bare digits."""

    line: int
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    tags: Sequence[str] = ()
    language: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell, and in which line of the file it begins."""

    line: int
    column: str
    value: str
    message: Renderable


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was read; a line with a problem isn't among the rows."""

    rows: Sequence[Row]
    problems: Sequence[Problem]
    lines: int = field(default=0)


def decode(content: bytes) -> str:
    """The text of a file: UTF-8, with or without a mark at its beginning, else as old spreadsheets write (cp1252)."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read(text: str, read_number: ReadNumber) -> Sheet:
    """Reads a file; `read_number` gives a number's digits or raises `DomainError`.

    Raises `DomainError` `bad_csv` for a file without a line of headings, `too_many_lines` for a longer one than
    `MOST_LINES`.
    """
    text = text.removeprefix("\ufeff")
    delimiter, lines = _delimiter(text), []
    try:
        for line in _lines(text, delimiter):
            lines.append(line)
            if len(lines) > MOST_LINES + 1:
                raise DomainError(
                    "too_many_lines", _("A file may have {most} lines at the most.", most=MOST_LINES), most=MOST_LINES
                )
    except csv.Error:
        raise _no_table() from None
    columns, problems = _columns(*lines[0])
    rows = []
    for number, cells in lines[1:]:
        try:
            rows.append(_row(number, columns, cells, read_number))
        except _BadCell as bad:
            problems.append(Problem(number, bad.column, bad.value[:100], bad.text))
    return Sheet(rows, problems, len(lines) - 1)


def _no_table() -> DomainError:
    text = _("This is no table that I can read. The first line must name the columns, for example: name,phone,tags")
    return DomainError("bad_csv", text, columns=list(COLUMNS))


def _delimiter(text: str) -> str:
    """What separates the cells: whatever finds most known words in the first line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    found = {each: sum(_known(cell) is not None for cell in first.split(each)) for each in ",;\t"}
    best = max(found, key=lambda each: found[each])
    if not found[best]:
        raise _no_table()
    return best


def _known(heading: str) -> str | None:
    return _HEADERS.get(_HEADER_ODD.sub("", heading.casefold()))


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that isn't blank, with its number; a cell in quotes may hold line ends."""
    reader, number = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield number, cells
        number = reader.line_num + 1


def _columns(line: int, headings: Sequence[str]) -> tuple[list[str | None], list[Problem]]:
    columns: list[str | None] = []
    problems = []
    for heading in headings:
        column = _known(heading)
        if column is None or column in columns:
            if heading.strip():
                text = _("This column isn't read. I know: {known}", known=", ".join(COLUMNS))
                problems.append(Problem(line, heading.strip()[:100], "", text))
            column = None
        columns.append(column)
    return columns, problems


class _BadCell(Exception):  # noqa: N818
    def __init__(self, column: str, value: str, text: Renderable) -> None:
        super().__init__(column)
        self.column, self.value, self.text = column, value, text


def _row(line: int, columns: Sequence[str | None], cells: Sequence[str], read_number: ReadNumber) -> Row:
    if any(cell.strip() for cell in cells[len(columns) :]):
        extra = next(cell for cell in cells[len(columns) :] if cell.strip())
        raise _BadCell("", extra, _("This line has more cells than there are headings."))
    given = {
        column: value
        for column, cell in zip(columns, cells, strict=False)
        if column is not None and (value := _plain(cell))
    }
    found: dict[str, object] = {}
    for column, value in given.items():
        try:
            found[column] = _READERS[column](value) if column != "phone" else _number(value, read_number)
        except DomainError as refusal:
            raise _BadCell(column, value, refusal.text) from None
    if "name" not in found and "phone" not in found:
        raise _BadCell("name", "", _("A contact needs a name or a number."))
    return Row(line, **found)  # type: ignore[arg-type]


def _plain(cell: str) -> str:
    """A cell's words: without the mark against formulas, and without what no text has."""
    if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA):
        cell = cell[1:]
    return clean(cell)


def clean(text: str) -> str:
    """A text without control characters and blanks around it; lines end in `\\n`."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in unified if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs")).strip()


def _number(value: str, read_number: ReadNumber) -> str:
    if _ROUNDED.fullmatch(value):
        text = _("A spreadsheet has rounded this number. Give the column the format “text” and enter it again.")
        raise DomainError("bad_phone", text)
    return read_number(value)


def _email(value: str) -> str:
    if len(value) > LONGEST_EMAIL or not _EMAIL.fullmatch(value):
        raise DomainError("bad_email", _("This is no e-mail address."))
    return value


def _note(value: str) -> str:
    if len(value) > LONGEST_NOTE:
        raise DomainError("too_long", _("This may have {max_length} characters at the most.", max_length=LONGEST_NOTE))
    return value


def language(word: str) -> str:
    """The language that a word names (`id`, `Indonesian`, `bahasa`); raises `DomainError` `unknown_language`."""
    found = read_language(word)
    if found is None:
        text = _("I don't speak “{word}”. Try *english* or *indonesia*.", word=word[:40])
        raise DomainError("unknown_language", text, value=word[:40])
    return found


def _tags(value: str) -> list[str]:
    found = tags.folded(part for part in re.split(r"[,;|\n]", value) if part.strip())
    tags.check_number(found)
    return found


_READERS: Mapping[str, Callable[[str], object]] = {
    "name": naming.tidy, "email": _email, "note": _note, "language": language, "tags": _tags
}  # fmt: skip


def write(rows: Sequence[Row], is_plain_number: Callable[[str], bool], *, headings: bool = False) -> str:
    """Lines of a file, after a line of headings if wanted; the number of a row are bare digits.

    A number is written without its `+`, which a spreadsheet takes for a formula, where `is_plain_number` says that it
    is understood so.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    if headings:
        writer.writerow(COLUMNS)
    for row in rows:
        phone = row.phone or ""
        number = phone if not phone or is_plain_number(phone) else f"+{phone}"
        cells = (row.name, number, row.email, ", ".join(row.tags), row.language, row.note)
        writer.writerow([_guarded(cell or "") for cell in cells])
    return out.getvalue()


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell
