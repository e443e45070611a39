"""The file that came with a message: what it is, or in plain words why it couldn't be taken."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass

from services.db.models import Message
from services.i18n import Renderable, _
from services.messaging.media import shown_name
from services.messaging.outbox import Attachment


@dataclass(frozen=True, slots=True)
class File:
    """A file that is kept under the hash of its content. `size` is in bytes; `voice`: it is a voice note."""

    hash: str
    mime: str
    kind: str
    name: str | None
    size: int
    voice: bool

    def attached(self, name: str) -> Attachment:
        """The file as it is sent on, called as its sender called it, else `name`."""
        extension = (mimetypes.guess_extension(self.mime) or ".bin").removeprefix(".")
        return Attachment(self.hash, shown_name(self.name or name, extension), self.mime)


def file_of(message: Message) -> File | None:
    """The kept file of a message; None when it has none, or it couldn't be taken."""
    media = message.media or {}
    if not media.get("hash"):
        return None
    name, size = media.get("name"), media.get("size")
    return File(
        str(media["hash"]),
        str(media.get("mime") or "application/octet-stream"),
        str(media.get("kind") or message.kind),
        str(name) if name else None,
        size if isinstance(size, int) else 0,
        bool(media.get("voice")),
    )


def problem_of(message: Message) -> Renderable | None:
    """Why the file of a message couldn't be taken and what to do; None when there is nothing wrong with it."""
    media = message.media or {}
    code = media.get("error")
    if code is None:
        return None
    if code == "file_too_large":
        return _(
            "That file is too large; up to {limit} MB can be read here. Please send a smaller one.", limit=_limit(media)
        )
    return _PROBLEMS.get(str(code), _PROBLEMS["file_gone"])


def _limit(media: dict[str, object]) -> int:
    limit = media.get("limit_mb")
    return limit if isinstance(limit, int) else 20


# Of those that `services.messaging.media` refuses, in its words.
_PROBLEMS: dict[str, Renderable] = {
    "file_type_refused": _(
        "That type of file can't be read here. Send a photo, a PDF, a Word or Excel file, a text, audio or a video."
    ),
    "file_unsafe": _(
        "That file isn't safe to open, so it was not kept. Send it as a PDF, or as a photo of an ordinary size."
    ),
    "file_empty": _("That file is empty. Please send it once more."),
    "file_gone": _("I couldn't fetch that file from WhatsApp. Please send it again."),
    "file_late": _("That file didn't arrive in time. Please send it again."),
}


def is_voice(message: Message) -> bool:
    """Whether something was spoken: a voice note or another recording."""
    return message.kind == "audio"
