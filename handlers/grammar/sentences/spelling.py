"""Words that were mistyped by one letter.

`tokens` asks here for lower-case words that it doesn't know. A correction is given only where exactly one meaning
is near, and only for long words: short ones are too often names.
"""

from __future__ import annotations

from collections import defaultdict

from handlers.grammar.sentences.frames import Act
from handlers.grammar.sentences.lists import words
from handlers.grammar.sentences.verbs import VERBS

_SHORTEST = 5
_DENIALS = ("belum", "tidak", "nggak", "enggak", "kalau", "jangan", "seandainya", "katanya")
_WORDS_OF_THEIR_OWN = words(
    """
    bahar bayan bayam bajar ulang orang hutan masak cicip cicit setir layar repair relays burrow loaded sendi nestor
    hasan bastian sander lenda bowo cleaning leaning playing praying landing loading leading setting payer rewind barrow
    sektor bayur
    """
)
_ACTS = (Act.LOAN, Act.PAY, Act.REMIND)
_ENGLISH_SHORT = words("sends lends loans clear")


def _shortened(word: str) -> set[str]:
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}


def _index(words: list[str]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for short in _shortened(word):
            index[short].append(word)
    return index


_VERB_INDEX = _index(
    [
        word
        for word, frame in VERBS.items()
        if len(word) >= _SHORTEST and frame.act in _ACTS and word not in _ENGLISH_SHORT
    ]
)
_DENIAL_INDEX = _index(list(_DENIALS))


def _one_apart(left: str, right: str) -> bool:
    """Whether one letter was changed, added, left out, or swapped with its neighbour."""
    pairs = enumerate(zip(left, right, strict=False))
    start = next((at for at, (a, b) in pairs if a != b), min(len(left), len(right)))
    a, b = left[start:], right[start:]
    swapped = a[:2] == b[:2][::-1] and a[2:] == b[2:]
    return swapped or a[1:] == b[1:] or a[1:] == b or a == b[1:]


def nearest(word: str, *, verbs: bool, denials: bool) -> str | None:
    """The listed verb (where `verbs`) or denial (where `denials`) that was meant by a misspelt word."""
    if not _SHORTEST <= len(word) <= 15 or word in _WORDS_OF_THEIR_OWN:
        return None
    found = _candidates(word, _DENIAL_INDEX) if denials else []
    if not found and verbs:
        found = _candidates(word, _VERB_INDEX)
    meanings = {id(VERBS.get(candidate)) for candidate in found}
    return found[0] if len(meanings) == 1 else None


def _candidates(word: str, index: dict[str, list[str]]) -> list[str]:
    near = {match for short in _shortened(word) for match in index.get(short, ())}
    return sorted(match for match in near if match[0] == word[0] and _one_apart(word, match))
