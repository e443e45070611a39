"""Names of people and firms: tidied for showing, and reduced to a key for comparing.

`clean_name` gets what is left of a command once its other values are taken out. Neither function knows the tenant's
people; matching keys against them is the caller's.
"""

from __future__ import annotations

import re
import unicodedata

from handlers.grammar.values.honorifics import FOR_MEN, FOR_WOMEN
from handlers.grammar.values.word_tables import words
from services.messaging.naming import APOSTROPHES, LONGEST_NAME, name_key, visible

__all__ = ["LONGEST_NAME", "clean_name", "differently_addressed", "name_key"]

_FIRM_FORMS = words("pt cv ud tb pd fa")
_PARTICLES = words("bin binti bt bte de da do dos van der von den dan and of")
_CLOSING_DOT = re.compile(r"(?:\b\w|\b(?:jr|sr|tbk|ltd|inc|co|dkk))\.$", re.IGNORECASE)
_PART = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def _belongs(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


def _trimmed(text: str) -> str:
    """Without what stands around a name; the dot of `Ahmad S.` and the bracket of `Budi (bengkel)` are part of it."""
    start = next((i for i, character in enumerate(text) if _belongs(character)), len(text))
    end = len(text)
    while end > start and not (_belongs(text[end - 1]) or unicodedata.category(text[end - 1])[0] == "M"):
        kept = text[start:end]
        if (kept[-1] == ")" and kept.count("(") == kept.count(")")) or (
            kept[-1] == "." and _CLOSING_DOT.search(kept[-8:])
        ):
            break
        end -= 1
    return text[start:end]


def _capitalised_part(part: str) -> str:
    """`budi` → `Budi`; an apostrophe begins a new capital only after one letter, as in `O'Brien` but not `Ma'ruf`."""
    head, apostrophe, tail = part.partition("'")
    if apostrophe and len(head) == 1:
        return head.upper() + "'" + tail[:1].upper() + tail[1:]
    return part[:1].upper() + part[1:]


def _capitalised_word(word: str, first: bool) -> str:
    bare = word.strip(".,")
    if bare in _FIRM_FORMS:
        return word.upper()
    if bare in _PARTICLES and not first:
        return word
    return _PART.sub(lambda part: _capitalised_part(part[0]), word)


def clean_name(text: str) -> str:
    """The text as a name: tidied, and capitalised if it was typed all in lower case.

    May return an empty or an overlong name (`LONGEST_NAME`); both are for the caller to refuse.
    """
    tidy = " ".join(unicodedata.normalize("NFC", visible(text)).translate(APOSTROPHES).split())
    name = _trimmed(tidy)
    if name != name.lower():
        return name
    capitalised = (_capitalised_word(word, first=i == 0) for i, word in enumerate(name.split(" ")))
    return unicodedata.normalize("NFC", " ".join(capitalised))


def differently_addressed(one: str, other: str) -> bool:
    """Whether two names can't be one person's, since one is addressed as a man and one as a woman: Pak Ani, Bu Ani."""
    titles = ({word.casefold().strip(".") for word in name.split()} for name in (one, other))
    (a, b) = ((bool(each & FOR_MEN), bool(each & FOR_WOMEN)) for each in titles)
    return (a[0] and b[1]) or (a[1] and b[0])
