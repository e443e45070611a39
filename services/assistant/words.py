"""What a text is made of, so that a question meets what answers it: folded words, stems and keys.

Indonesian and English, mixed, as people type in a chat. Everything here is a pure function of the text: what is
written into the index and what is looked up in it go through the same ones.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

from services.assistant.spelling import (
    ENGLISH_MARKS,
    FUNCTION,
    INDONESIAN_MARKS,
    POLITE,
    QUESTION,
    ROOTS,
    SPELLINGS,
    UNITS,
)  # fmt: skip

MAX_TEXT = 20_000  # characters of a text that are looked at
MAX_WORD = 40
_THOUSANDS = {"rb": 1_000, "ribu": 1_000, "k": 1_000, "jt": 1_000_000, "juta": 1_000_000}

_TOKEN = re.compile(r"\d+/\d+|\d+(?:[.,]\d+)*(?:x\d+(?:[.,]\d+)*)+|\d+(?:[.,]\d+)*[^\W\d_]*|[^\W_]+(?:'[^\W_]+)*")
_NUMBER = re.compile(r"(\d+(?:[.,]\d+)*)([^\W\d_]*)")
_BY = re.compile(r"(?<=\d)\s*[x×]\s*(?=\d)")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+$")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘`´ʼ", "'"))
_ENGLISH = snowballstemmer.stemmer("english")
_INDONESIAN = snowballstemmer.stemmer("indonesian")


def fold(text: str) -> str:
    """A text without differences of case, accents and width of characters."""
    if text.isascii():
        return text[:MAX_TEXT].lower()
    plain = unicodedata.normalize("NFKD", text[:MAX_TEXT].translate(_APOSTROPHES)).casefold()
    return "".join(char for char in plain if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The words of a text in order, in their usual spelling: `hrg brp?` gives `harga berapa`, `50 kg` gives `50kg`."""
    found: list[str] = []
    for token in _TOKEN.findall(_STRETCHED.sub(r"\1", _BY.sub("x", fold(text)))):
        if token[0].isdigit():
            found.append(_number(token))
        elif found and found[-1].isdigit() and (token in UNITS or token in _THOUSANDS):
            found[-1] = _number(found[-1] + token)
        else:
            found.extend(_spelt(token[:MAX_WORD]))
    return found


def _number(token: str) -> str:
    """A figure in one spelling: `65.000`, `65rb` and `65 ribu` are `65000`; units stay (`50kg`)."""
    match = _NUMBER.fullmatch(token)
    if match is None:
        return token
    figure, unit = match.groups()
    factor = _THOUSANDS.get(unit)
    if factor:
        whole, _point, part = figure.replace(",", ".").partition(".")
        return str(int(whole) * factor + (round(float("0." + part) * factor) if part.isdigit() else 0))
    if _GROUPED.match(figure):
        figure = figure.replace(".", "").replace(",", "")
    return figure.replace(",", ".") + UNITS.get(unit, unit)


@lru_cache(50_000)
def _spelt(token: str) -> tuple[str, ...]:
    """A word in its usual spelling; short forms may stand for several words, `can't` is `can not`."""
    usual = SPELLINGS.get(token) or (SPELLINGS.get(token[:-3]) if token.endswith("nya") else None)
    if usual is not None:
        return tuple(usual.split())
    base, apostrophe, ending = token.rpartition("'")
    if apostrophe:
        if ending == "t" and base.endswith("n"):
            return (base[:-1] or "can", "not")
        return (base.replace("'", ""),)
    if token.endswith("2") and token[:-1].isalpha():
        return (token[:-1],)
    return (token,)


@lru_cache(100_000)
def stem(word: str) -> str:
    """The stem of a word, of either language; figures and short words stay."""
    if len(word) > 5 and word.endswith("nya") and word not in ROOTS and not word.endswith("tanya"):
        word = word[:-3]
    if len(word) < 4 or word[0].isdigit() or word in FUNCTION or word in QUESTION:
        return ROOTS.get(word, word)
    if word in ROOTS:
        return ROOTS[word]
    english = str(_ENGLISH.stemWord(word))
    if english != word and not word.endswith("s"):
        return ROOTS.get(english, english)
    bare = str(_INDONESIAN.stemWord(english))
    bare = bare if len(bare) > 2 else english
    return ROOTS.get(bare, bare)


def stems(text: str) -> list[str]:
    """The stems of all words of a text, in order; a word that is said twice in a row (`teman-teman`) counts once."""
    found: list[str] = []
    for word in words(text):
        each = stem(word)
        if not found or found[-1] != each:
            found.append(each)
    return found


def weight(stemmed: str) -> float:
    """How much a stem may say at all: 1 for words of content, less for those that every question has."""
    return FUNCTION.get(stemmed) or QUESTION.get(stemmed) or (0.0 if stemmed in POLITE else 1.0)


def key(text: str) -> str:
    """What is the same for wordings that differ only in case, signs, usual spelling variants and politeness."""
    plain = words(text)
    return " ".join([word for word in plain if word not in POLITE] or plain)


def gap_key(text: str) -> str:
    """What is the same for questions with the same words of content, in whatever order: `jam buka?`, `buka jam brp ya`.

    Asking words that change what is asked (when, where, who, why) count; those that only ask don't.
    """
    content = {each for each in stems(text) if weight(each) >= 1.0 or each in _TELLING}
    return " ".join(sorted(content)) or key(text)


_TELLING = {"not", "mana", "kapan", "siapa", "kenapa", "where", "when", "who", "why"}


def says_something(text: str) -> bool:
    """Whether a text has any word of content: `mau tanya dong kak` has none."""
    return any(weight(each) >= 1.0 for each in stems(text))


def asks(text: str) -> bool:
    """Whether a text asks something of content: `utang saya berapa`, `is it open?`, and not `halo kak`."""
    return says_something(text) and ("?" in text or any(each in QUESTION for each in stems(text)))


def language(text: str) -> str | None:
    """The language of a text, `en` or `id`, by the words that only one of them has; None where that says nothing."""
    english = indonesian = 0
    for token in _TOKEN.findall(fold(text)):
        meant = (token,) if token in INDONESIAN_MARKS else _spelt(token[:MAX_WORD])
        english += any(word in ENGLISH_MARKS for word in meant) and token not in INDONESIAN_MARKS
        indonesian += any(word in INDONESIAN_MARKS or _looks_indonesian(word) for word in meant)
    if english == indonesian:
        return None
    return "en" if english > indonesian else "id"


def _looks_indonesian(word: str) -> bool:
    if word.endswith(("nya", "kan")):
        return len(word) > 6
    return len(word) > 7 and word.startswith(("meng", "meny", "peng"))
