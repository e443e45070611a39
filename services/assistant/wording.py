"""What a model wrote, made fit for a chat: plain and short, without its references, and what it rests on.

Pure functions of texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from services.assistant.retrieval import Found
from services.assistant.spelling import FUNCTION
from services.assistant.words import words

MOST = 1_500
# So many words in a row as in the rules are the rules.
RUN = 12
# Of an answer's words and figures, the part that a source must hold to be one it rests on; and beside the best one.
_HELD, _BESIDE = 0.35, 0.6
_FIGURE_WEIGHT = 3

_THOUGHTS = re.compile(r"<(think|thinking|reasoning)>.*?(</\1>|\Z)|\A.*</think>", re.DOTALL | re.IGNORECASE)
_WORD = r"(?:sources?|sumber|ref(?:erence|erensi)?s?|citation)\.?"
_NUMBERS = rf"#?\d{{1,2}}(?:\s*(?:,|;|&|and|dan)\s*(?:{_WORD}\s*)?#?\d{{1,2}})*"
_CITED = re.compile(
    rf"\s*(?:\[\^?(?:{_WORD}\s*:?\s*)?{_NUMBERS}\](?!\()|【(?:{_WORD}\s*)?{_NUMBERS}[^】]{{0,20}}】|\({_WORD}\s*:?\s*{_NUMBERS}\))",
    re.IGNORECASE,
)
_SHAPES = (
    (re.compile(r"<br\s*/?>", re.IGNORECASE), "\n"),
    (re.compile(r"!?\[(?:\d+|)\]\(\s*<?([^\s)>]+)>?[^)]*\)"), r"\1"),
    (re.compile(r"!?\[([^\]\n]+)\]\(\s*<?(?:mailto:|tel:)?\1>?\s*\)"), r"\1"),
    (re.compile(r"!?\[([^\]\n]+)\]\(\s*<?([^\s)>]+)>?[^)]*\)"), r"\1: \2"),
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(.*?)[ \t]*#*$", re.MULTILINE), r"\1"),
    (re.compile(r"^([ \t]*)[*+•][ \t]+", re.MULTILINE), r"\1- "),
    (re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$", re.MULTILINE), ""),
    (re.compile(r"\*\*\*(?=\S)(.+?)(?<=\S)\*\*\*"), r"*\1*"),
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*"), r"*\1*"),
    (re.compile(r"(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)"), r"_\1_"),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
    (re.compile(r"\n{3,}"), "\n\n"),
)
_ENDS = re.compile(r"[.!?…。！？][)\"'”*_]*(?=\s|$)|\n(?=\n)")
_JOINERS = frozenset("\n\t\u200c\u200d")


def plain(text: str) -> str:
    """A model's text as people write in a chat: no thoughts, headings, rules or links of Markdown; `*bold*`."""
    text = "".join(char for char in _THOUGHTS.sub("", text) if char.isprintable() or char in _JOINERS)
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text.strip()


def without_citations(text: str) -> tuple[str, tuple[int, ...]]:
    """A text without references like `[1]` or `(source 2)`, and their numbers in order."""
    numbers = [int(number) for cited in _CITED.findall(text) for number in re.findall(r"\d+", cited)]
    return _CITED.sub("", text).strip(), tuple(dict.fromkeys(numbers))


def cut(text: str, most: int = MOST) -> str:
    """A text of at most so many characters, that ends where a sentence does."""
    if len(text) <= most:
        return text
    ends = [found.end() for found in _ENDS.finditer(text, 0, most)]
    if ends and ends[-1] >= most // 3:
        return text[: ends[-1]].rstrip()
    return text[: most - 2].rpartition(" ")[0].rstrip() + " …" if " " in text[: most - 2] else text[: most - 1] + "…"


def rests_on(text: str, cited: Sequence[int], given: Sequence[Found], looked_up: Sequence[Found]) -> tuple[Found, ...]:
    """The sources that an answer rests on: those of `given` that it cites (from 1), else those that share most with it.

    What was `looked_up` has no numbers, and counts where it shares enough.
    """
    named = [given[number - 1] for number in cited if 1 <= number <= len(given)]
    among = looked_up if named else (*given, *looked_up)
    told = _weighed(text)
    whole = sum(told.values())
    if not whole:
        return tuple(named)
    shares = [(sum(told[word] for word in told.keys() & _weighed(_text(each)).keys()) / whole, each) for each in among]
    best = max((share for share, _ in shares), default=0.0)
    held = [each for share, each in shares if share >= max(_HELD, _BESIDE * best)]
    return tuple({each.entry_id: each for each in [*named, *held]}.values())


def repeats(text: str, rules: str) -> bool:
    """Whether a text gives rules away: it has a run of their words."""
    return not _runs(rules).isdisjoint(_runs(text))


@lru_cache(maxsize=4)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    found = re.findall(r"\w+", text.casefold())
    return frozenset(tuple(found[start : start + RUN]) for start in range(len(found) - RUN + 1))


def _weighed(text: str) -> dict[str, int]:
    return {
        word: _FIGURE_WEIGHT if word[0].isdigit() else 1
        for word in words(text)
        if word[0].isdigit() or (len(word) > 2 and word not in FUNCTION)
    }


def _text(each: Found) -> str:
    return " ".join(filter(None, (each.title, each.heading, each.question, each.answer)))
