"""What handling a message yields: texts to send, a question that waits, and what was understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.grammar.reading import Understood
from services.i18n import Renderable, _
from services.messaging.contacts import Reach
from services.messaging.outbox import Attachment


@dataclass(frozen=True, slots=True)
class Notice:
    """A text for somebody else than the speaker, reached as `reach` says; with `key` it goes out once ever.

    With `attachment` it is the caption of that file.
    """

    reach: Reach
    text: Renderable
    key: str | None = None
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One of several answers to a question: what is shown, and what the argument becomes."""

    label: Renderable | str
    value: object


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask before a command can go on; the answer becomes `argument`.

    Without `options` any value of the argument's kind answers it.
    """

    argument: str
    text: Renderable
    options: tuple[Option, ...] = ()
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that waits in a chat, as its conversation keeps it."""

    state: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a message. No `texts` means silence on purpose; `outcome` says why, for the record.

    `dialog` replaces the chat's pending question: None ends it.
    """

    texts: tuple[Renderable, ...] = ()
    notices: tuple[Notice, ...] = ()
    dialog: Pending | None = None
    understood: Understood | None = None
    outcome: str = "answered"


@dataclass(frozen=True, slots=True)
class Later:
    """The message is answered together with the rest of its burst, once the chat has been quiet for a moment."""


@dataclass(frozen=True, slots=True)
class Drop:
    """The message isn't answered, for a reason that is counted."""

    reason: str


def say(*texts: Renderable, outcome: str = "answered") -> Reply:
    """A reply of one message for each text."""
    return Reply(texts, outcome=outcome)


YES_NO = (Option(_("yes"), True), Option(_("no"), False))
