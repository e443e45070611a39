"""Long texts as several messages, cut where a reader would pause.

Between paragraphs if possible, else between lines, sentences or words; a word is only cut when it alone is too long,
and then not within what is read as one character.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 3500

# White space at which a text may be cut; a no-break space belongs to its word.
_SPACE = r"[^\S\u00a0\u202f\u2007]"
_PAUSES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\n{_SPACE}*\n",
        r"\n",
        rf"(?<=[.!?…])[\"'”’)\]*_~]*{_SPACE}|(?<=[。！？])",
        _SPACE,
    )
)
_WORD_END = _PAUSES[-1]
_JOINER = "\u200d"


def split(text: str, limit: int = LONGEST) -> list[str]:
    """The text in parts of at most `limit` characters, in order; white space at the cuts is left out.

    A text that is short enough comes back as it is, an empty one as no part. Raises `ValueError` for a limit below 1.
    """
    if limit < 1:
        raise ValueError("a part holds at least one character")
    parts = []
    rest = text
    while len(rest) > limit:
        cut = _cut(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [part for part in (*parts, rest) if part.strip()]


def _cut(text: str, limit: int) -> int:
    """Where to cut a text that is longer than `limit`; what is before the cut fits when stripped.

    A pause counts when the part is at least half full, so that a heading doesn't become a message of its own.
    """
    window = text[: limit + 1]
    for pause in _PAUSES:
        cut = _last(pause, window)
        if cut > limit // 2:
            return cut
    return _last(_WORD_END, window) or _within_word(text, limit)


def _last(pause: re.Pattern[str], window: str) -> int:
    """The end of the last pause that leaves no more than the window less one character; 0 if there is none."""
    ends = (match.end() for match in pause.finditer(window))
    return max((end for end in ends if len(window[:end].rstrip()) < len(window)), default=0)


def _within_word(text: str, limit: int) -> int:
    """The last cut up to `limit` that leaves every character whole; `limit` itself if none does."""
    return next((cut for cut in range(limit, 0, -1) if not _one_character(text, cut)), limit)


def _one_character(text: str, cut: int) -> bool:
    """Whether a cut would part what is read as one character (after Unicode's UAX #29, without syllables)."""
    before, after = text[cut - 1], text[cut]
    if before == _JOINER or after == _JOINER or _extends(after):
        return True
    if "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff":
        return True
    return _is_flag_letter(after) and _flag_letters_before(text, cut) % 2 == 1


def _extends(character: str) -> bool:
    """Accents, variation selectors, skin tones, and the tags of regional flags."""
    return (
        unicodedata.category(character).startswith("M")
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flag_letters_before(text: str, cut: int) -> int:
    start = cut
    while start and _is_flag_letter(text[start - 1]):
        start -= 1
    return cut - start
