"""What is spoken in a recording, written down by a model; called while no transaction is open.

What can't be listened to is refused before a model is asked. A silent recording has no words, whatever a model
imagines to hear in it.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tinytag import TinyTag, TinyTagException

from services.assistant.models import ModelError, Models
from services.assistant.paying import CreditsUsedUpError, paid
from services.db.engine import Database

# Bytes of the largest recording, and characters of the longest transcript; model servers take 25 MB.
MAX_BYTES, MAX_WORDS = 24 << 20, 10_000
# The types that model servers listen to, with the name under which they want them.
NAMES: Mapping[str, str] = {
    "audio/ogg": "voice.ogg", "audio/mpeg": "voice.mp3", "audio/mp4": "voice.m4a", "audio/wav": "voice.wav",
}  # fmt: skip
# Seconds that a model may listen: this often what an answer may take.
_PATIENCE = 2

Problem = Literal["long", "large", "type", "broken", "empty", "credits", "failed"]

# What speech models make of silence: the ends of films, of which they have seen many.
_NOISE = re.compile(
    r"""
    (?:terima\ ?kasih|thank(?:s|\ you)(?:\ (?:all|so\ much|very\ much|everyone))?)
        \ (?:(?:banyak|telah|sudah|karena|kerana|kepada|kalian|semua|yang)\ )*(?:menonton|tonton|for\ watching)
        (?:\ (?:video\ (?:ini|kami)|this\ video|the\ video))?
    | (?:(?:jangan\ lupa|please|don\ t\ forget\ to|silakan)\ )?(?:untuk\ )?
        (?:like|share|comment|komen|dan|and|subscribe|subcribe)(?:\ (?:like|share|comment|komen|dan|and|subscribe))*
        (?:\ (?:ya|channel\ ini|to\ (?:my|the|our)\ channel|for\ more(?:\ videos)?))?
    | (?:sampai\ jumpa|see\ you)\ (?:di|in|lagi\ di)\ (?:the\ next\ )?video.*
    | (?:subtitles?|subtitled|sub\ indo|captions?|transcri(?:bed|ption)|transkrip\w*|teks|takarir
        |terjemahan|diterjemahkan)\ (?:by|oleh|from|provided\ by)\ .*
    | amara\ ?org.* | (?:www|https?)\ .*
    | (?:background\ )?(?:music(?:\ playing)?|musik|silence|hening|blank\ audio|no\ audio|inaudible|applause
        |tepuk\ tangan)
    | субтитры\ .* | продолжение\ следует | ご視聴ありがとうございました
    | you | (?:h+m+\ ?|u+h+\ ?|e+h+m*\ ?)+
    """,
    re.VERBOSE,
)
# A film file of phones (its brand at byte 8), whatever it claims to be.
_3GP = re.compile(rb".{4}ftyp3g", re.DOTALL)
_SENTENCES = re.compile(r"[,!?…♪()\[\]]+|\.+(?!\w)")
_NO_LETTERS = re.compile(r"[^\w]+|_+")


@dataclass(frozen=True, slots=True)
class Note:
    """What became of a recording: its words, or the `problem`. `seconds` is its length where that is known."""

    words: str | None = None
    problem: Problem | None = None
    seconds: int | None = None
    language: str | None = None

    def kept(self) -> dict[str, object]:
        """What is kept of it beside the words."""
        facts = {"seconds": self.seconds, "language": self.language, "problem": self.problem}
        return {name: fact for name, fact in facts.items() if fact is not None}


def length(content: bytes) -> int | None:
    """How long a recording is, in started seconds; None where it can't be read or nothing is in it."""
    try:
        seconds = TinyTag.get(file_obj=io.BytesIO(content), tags=False).duration
    except TinyTagException:
        return None
    return math.ceil(round(seconds, 2)) if seconds and math.isfinite(seconds) and seconds > 0 else None


def hear(
    db: Database, models: Models, tenant_id: int, message_id: int, content: bytes, mime: str, *,
    claimed: int | None = None, language: str | None = None,
) -> Note:  # fmt: skip
    """Has a recording written down, and pays for it. `claimed` is its length in seconds as its sender's app has it.

    `language` is the one that its speaker probably speaks. Nothing is raised: what went wrong is the note's problem.
    """
    most = models.settings.voice_max_seconds
    if mime not in NAMES or _3GP.match(content):
        return Note(problem="type")
    if len(content) > MAX_BYTES:
        return Note(problem="large")
    if claimed is not None and claimed > most:
        return Note(problem="long", seconds=claimed)
    seconds = length(content)
    if seconds is None:
        return Note(problem="broken")
    if seconds > most:
        return Note(problem="long", seconds=seconds)
    try:
        with paid(db, tenant_id, "transcription", units=seconds, message_id=message_id) as bill:
            patience = _PATIENCE * models.settings.answer_timeout
            heard, tokens = models.transcribe(content, NAMES[mime], language=language, timeout=patience)
            bill.add(tokens)
    except CreditsUsedUpError:
        return Note(problem="credits", seconds=seconds)
    except ModelError:
        return Note(problem="failed", seconds=seconds)
    words = spoken(heard)
    return Note(words or None, None if words else "empty", seconds, language)


def spoken(transcript: str) -> str:
    """The words of a transcript on one line; empty where nobody spoke."""
    words = " ".join("".join(each if each.isprintable() else " " for each in transcript).split())
    said = (_NO_LETTERS.sub(" ", sentence.casefold()).strip() for sentence in _SENTENCES.split(words))
    if all(not sentence or _NOISE.fullmatch(sentence) for sentence in said):
        return ""
    return words[:MAX_WORDS]
