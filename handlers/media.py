"""The file that came with a message: what it is, or in plain words why it couldn't be taken."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass

from services.assistant.speech import MAX_BYTES
from services.db.models import Message
from services.i18n import Renderable, _, _n
from services.messaging.media import shown_name
from services.messaging.outbox import Attachment
from services.settings import Settings

# Characters of what was heard that are repeated.
MAX_HEARD = 300


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


def is_heard(message: Message) -> bool:
    """Whether the text of a message is what a model heard in it."""
    return "speech" in (message.heard or {}) and bool(message.body.strip())


def heard_words(message: Message) -> Renderable | None:
    """What was heard in a message, so that whoever spoke sees mistakes; None where nothing was spoken."""
    if not is_heard(message):
        return None
    words = message.body.strip()
    shown = words if len(words) <= MAX_HEARD else f"{words[: MAX_HEARD - 1].rstrip()}…"
    return _("🎙️ “{words}”", words=shown)


def unheard(message: Message, settings: Settings) -> Renderable | None:
    """What is wrong with a recording that can't be listened to, and what would work; None for every other reason."""
    match speech_problem(message):
        case "long":
            return _("That recording is too long for me; I listen to up to {limit}. Please send a shorter one, or"
                     " write it.", limit=_time(settings.voice_max_seconds))  # fmt: skip
        case "large":
            return _("That file is too large; up to {limit} MB can be read here. Please send a smaller one.",
                     limit=MAX_BYTES >> 20)  # fmt: skip
        case "type":
            return _("I can't listen to that kind of recording. Please send a voice note (or ogg, mp3, m4a, wav), or"
                     " write it.")  # fmt: skip
        case "broken":
            return _("I can't open that recording. Please record it once more, or write it.")
        case "empty":
            return _("I couldn't hear any words there. Please write it.")
    return None


def speech_problem(message: Message) -> str | None:
    """Why a recording wasn't written down (`services.assistant.speech.Problem`); None where it wasn't tried."""
    kept = (message.heard or {}).get("speech")
    problem = kept.get("problem") if isinstance(kept, dict) else None
    return str(problem) if problem else None


def _time(seconds: int) -> Renderable:
    whole, rest = divmod(seconds, 60)
    return _n("{n} second", "{n} seconds", seconds) if rest or not whole else _n("{n} minute", "{n} minutes", whole)
