"""What comes in and goes out about people: contacts, tags, imports and syncs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from admin_api.lists import Listing
from admin_api.replies import locale
from admin_api.shapes import Body, Digits, Email, Line, RowId, Shape
from services.db.models import Contact, ContactSync
from services.messaging import contact_csv
from services.messaging.contact_csv import Problem
from services.messaging.contact_imports import SHOWN_PROBLEMS, Outcome
from services.messaging.contact_lists import Entry

Source = Literal["chat", "api", "csv", "whatsapp"]
Tag = Annotated[Line, Field(max_length=80, json_schema_extra={"example": "regular"})]
Note = Annotated[str, Field(max_length=contact_csv.LONGEST_NOTE)]


class ContactsWanted(Listing):
    """Which contacts. `sort` by `name`, `createdAt`, `lastMessageAt`."""

    q: Annotated[Line | None, Field(description="Part of a name, push name, number or e-mail address.")] = None
    tag: Annotated[Tag | None, Field(description="Only those with this tag.")] = None
    blocked: Annotated[bool | None, Field(description="Only those who are blocked, or aren't.")] = None
    opted_out: Annotated[bool | None, Field(description="Only those who said STOP, or didn't.")] = None
    has_number: Annotated[bool | None, Field(description="Only those with a phone number, or without.")] = None
    source: Annotated[
        Source | None,
        Field(description="Where they came from: `chat` wrote, or were named in one; the others say it themselves."),
    ] = None


class ContactPath(Shape):
    """A contact."""

    id: RowId


class ContactTagPath(ContactPath):
    """A tag of a contact."""

    tag: Tag


class ContactDeletion(Shape):
    """How a contact is to be deleted."""

    force: Annotated[bool, Field(description="Even while money is open with them or an agreement is in force.")] = False


def called(contact: Contact) -> str | None:
    """What somebody calls themselves; who tells nothing is kept under their number, which is no name."""
    return None if (contact.push_name or "+").startswith("+") else contact.push_name


class ContactShown(Shape):
    """A contact. `name` is the business's word for them, `pushName` what they call themselves on WhatsApp."""

    id: int
    name: str | None
    push_name: str | None
    phone: Annotated[str | None, Field(json_schema_extra={"example": "6281234567890"})]
    phones: Annotated[list[str], Field(json_schema_extra={"example": ["6281234567890"]})]
    email: str | None
    tags: list[str]
    language: str | None
    note: str | None
    blocked: Annotated[bool, Field(json_schema_extra={"example": False})]
    opted_out: Annotated[bool, Field(json_schema_extra={"example": False})]
    source: Source
    created_at: datetime
    updated_at: datetime | None
    synced_at: datetime | None
    last_message_at: datetime | None

    @classmethod
    def of(cls, entry: Entry) -> ContactShown:
        """A contact with what belongs to it."""
        contact, phones = entry.contact, [phone.removeprefix("+") for phone in entry.phones]
        return cls(
            id=contact.id, name=contact.name, push_name=called(contact), phone=next(iter(phones), None), phones=phones,
            email=contact.email, tags=list(entry.tags), language=contact.locale,
            note=contact.note, blocked=contact.blocked_at is not None, opted_out=contact.opted_out_at is not None,
            source=contact.source or "chat", created_at=contact.created_at, updated_at=contact.updated_at,
            synced_at=contact.synced_at, last_message_at=entry.last_message_at,
        )  # fmt: skip


class ContactWanted(Body):
    """A new contact: a name, a number, or both."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {"name": "Budi Santoso", "phone": "081234567890", "tags": ["regular"], "language": "id"}
        }
    )

    name: Line | None = None
    phone: Annotated[
        Digits | None, Field(description="As people of the business's country write it, or with its country code.")
    ] = None
    email: Email | None = None
    tags: Annotated[list[Tag], Field(max_length=20, default_factory=list)]
    language: Annotated[Line | None, Field(json_schema_extra={"example": "id"})] = None
    note: Note | None = None


class ContactChange(Body):
    """What is to change; what is left out stays. `email`, `language` and `note` may be null, which clears them."""

    model_config = ConfigDict(
        openapi_extra={"example": {"note": "Pays on Fridays", "tags": ["regular", "vip"]}}  # type: ignore[typeddict-unknown-key]
    )

    name: Line = ""
    phone: Annotated[Digits, Field(description="Takes the place of their other numbers.")] = ""
    email: Email | None = None
    tags: Annotated[list[Tag], Field(max_length=20, default_factory=list, description="Exactly these.")]
    language: Annotated[Line | None, Field(json_schema_extra={"example": "id"})] = None
    note: Note | None = None


class ContactMerge(Body):
    """Which contact stays."""

    model_config = ConfigDict(openapi_extra={"example": {"into": 12}})  # type: ignore[typeddict-unknown-key]

    into: Annotated[RowId, Field(strict=True)]


class TagsWanted(Body):
    """All tags of a contact."""

    model_config = ConfigDict(openapi_extra={"example": {"tags": ["regular", "vip"]}})  # type: ignore[typeddict-unknown-key]

    tags: Annotated[list[Tag], Field(max_length=20)]


class TagShown(Shape):
    """A tag, and how many contacts have it."""

    tag: str
    contacts: int


class ContactDeleted(Shape):
    """What was deleted: so many messages were emptied; `keepsBook`: entries of the ledger stay, under `name`."""

    id: int
    name: Annotated[str, Field(json_schema_extra={"example": "Deleted 1"})]
    messages: int
    keeps_book: bool


class ImportWanted(Body):
    """A file of contacts. Its first line names the columns, in English or Indonesian."""

    model_config = ConfigDict(
        openapi_extra={  # type: ignore[typeddict-unknown-key]
            "example": {"csv": "name,phone,tags\nBudi Santoso,081234567890,regular\n", "dryRun": True},
        }
    )

    csv: Annotated[str | None, Field(description="The file's text; or send the file itself as `text/csv`.")] = None
    dry_run: Annotated[bool, Field(strict=True, description="Only tells what would be done.")] = False


class ImportMode(Shape):
    """The same for a file that is sent as it is."""

    dry_run: Annotated[bool, Field(description="Only tells what would be done.")] = False


class ImportProblem(Shape):
    """What is wrong with a cell; `line` is counted as an editor does."""

    line: Annotated[int, Field(json_schema_extra={"example": 3})]
    column: Annotated[str, Field(json_schema_extra={"example": "phone"})]
    value: Annotated[str, Field(json_schema_extra={"example": "12"})]
    message: Annotated[str, Field(json_schema_extra={"example": "12 is no phone number."})]

    @classmethod
    def of(cls, problem: Problem) -> ImportProblem:
        """The same, in the reader's language."""
        text = problem.message.render(locale())
        return cls(line=problem.line, column=problem.column, value=problem.value, message=text)


class ImportShown(Shape):
    """What an import did, or would do; `problems` are the first of `problemCount`."""

    dry_run: bool
    lines: Annotated[int, Field(json_schema_extra={"example": 44})]
    added: Annotated[int, Field(json_schema_extra={"example": 40})]
    changed: Annotated[int, Field(json_schema_extra={"example": 2})]
    unchanged: int
    problem_count: int
    problems: list[ImportProblem]

    @classmethod
    def of(cls, outcome: Outcome, lines: int, dry_run: bool) -> ImportShown:
        """What came of an import of so many lines."""
        found = sorted(outcome.problems, key=lambda each: each.line)
        return cls(
            dry_run=dry_run, lines=lines, added=outcome.added, changed=outcome.changed, unchanged=outcome.unchanged,
            problem_count=len(found), problems=[ImportProblem.of(each) for each in found[:SHOWN_PROBLEMS]],
        )  # fmt: skip


class SyncWanted(Body):
    """Whose address book: a session's."""

    model_config = ConfigDict(
        openapi_extra={"required": False, "example": {"session": "main"}}  # type: ignore[typeddict-unknown-key]
    )

    session: Annotated[Line | None, Field(description="The session's name; the default one if left out.")] = None


class SyncShown(Shape):
    """A look into a number's address book and groups, and what came of it."""

    id: int
    session_id: int
    status: Literal["waiting", "running", "done", "failed"]
    asked_at: datetime
    done_at: datetime | None
    found: Annotated[int, Field(json_schema_extra={"example": 212})]
    added: Annotated[int, Field(json_schema_extra={"example": 37})]
    changed: Annotated[int, Field(json_schema_extra={"example": 5})]
    groups: Annotated[int, Field(json_schema_extra={"example": 8})]
    error: str | None

    @classmethod
    def of(cls, sync: ContactSync) -> SyncShown:
        """A sync as it is now."""
        ended: Literal["done", "failed"] = "done" if sync.error is None else "failed"
        begun: Literal["waiting", "running"] = "waiting" if sync.taken_at is None else "running"
        return cls(
            id=sync.id, session_id=sync.session_id, status=begun if sync.done_at is None else ended,
            asked_at=sync.asked_at, done_at=sync.done_at, found=sync.found, added=sync.added, changed=sync.changed,
            groups=sync.groups, error=sync.error,
        )  # fmt: skip
