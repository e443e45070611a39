"""What handling a message yields: texts to send, a question that waits, and what was understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from handlers.grammar.reading import Understood
from services.assistant.briefs import Brief, Written
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

    `dialog` replaces the chat's pending question: None ends it. `locale` is the language to answer in, where that
    isn't the speaker's own setting.
    """

    texts: tuple[Renderable, ...] = ()
    notices: tuple[Notice, ...] = ()
    dialog: Pending | None = None
    understood: Understood | None = None
    outcome: str = "answered"
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """The message is answered together with the rest of its burst, once the chat has been quiet for a moment."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A model is to read the message before it is handled: its speech, its picture, or the command in it."""

    wants: Literal["speech", "picture", "command"]


@dataclass(frozen=True, slots=True)
class Thinking:
    """The answer needs what takes time, and is asked for again with it: vectors of these texts, a model's words."""

    texts: tuple[str, ...] = ()
    brief: Brief | None = None


@dataclass(frozen=True, slots=True)
class Thought:
    """What was thought about outside the transaction: vectors by text, what a model wrote by question, how long.

    `is_final`: there will be no more, because it failed, took too long or was tried often enough.
    """

    vectors: Mapping[str, Sequence[float]] = field(default_factory=dict)
    written: Mapping[str, Written] = field(default_factory=dict)
    duration_ms: int = 0
    is_final: bool = False

    def covers(self, texts: Sequence[str]) -> bool:
        """Whether these texts can be looked up now."""
        return self.is_final or all(text in self.vectors for text in texts)


@dataclass(frozen=True, slots=True)
class Drop:
    """The message isn't answered, for a reason that is counted."""

    reason: str


def say(*texts: Renderable, outcome: str = "answered") -> Reply:
    """A reply of one message for each text."""
    return Reply(texts, outcome=outcome)


YES_NO = (Option(_("yes"), True), Option(_("no"), False))
