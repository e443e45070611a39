"""The two names in the terms of an agreement: the lender's behind its word, the borrower's in what is left over.

Called by `terms`, for the borrower when everything else has been taken. Knows nobody; it only reads.
"""

from __future__ import annotations

import re

from handlers.grammar.lending.scan import Scan
from handlers.grammar.lending.words import ENDS_LENDER, FILLING, FIRST_NAMES, LENDER
from handlers.grammar.values.calendar_rules import spaced
from handlers.grammar.values.names import LONGEST_NAME, clean_name

_PART = rf"(?!{ENDS_LENDER}(?!\w))[^\W\d_]+(?:['.-][^\W\d_]+){{0,3}}\.?"
_LENDER = re.compile(spaced(rf"(?<!\w){LENDER}(?:~:| adalah| is)?~(?P<name>{_PART}(?: {_PART}){{0,4}})"))
_RUN = re.compile(r"[^\0,;:\n()\[\]{}<>|/\\?!\"“”„«»*_~=+%#@$^]+")
_PURPOSE = re.compile(r"\s*(?:buat|untuk|utk|bwt|for|guna)\b")
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_WORD = re.compile(r"\S+")


def take_lender(scan: Scan) -> tuple[str, int] | None:
    """The lender's name and where it ends: `pemberi pinjaman Dani`, `a.n. Dani`."""
    match = scan.take(_LENDER)
    if match is None:
        return None
    name = clean_name(scan.original(match.start("name"), match.end("name")))[:LONGEST_NAME]
    return (name, match.end()) if name else None


def name_in(scan: Scan) -> str | None:
    """The first name among the words that are left; what only tells a purpose counts if there is no other."""
    named: list[tuple[bool, str]] = []
    for run in _RUN.finditer(scan.left):
        name = _name_of(scan, run)
        if name:
            purpose = bool(scan.left[: run.start()].strip()) and _PURPOSE.match(run.group()) is not None
            named.append((purpose, name))
    names = [name for purpose, name in named if not purpose] or [name for _, name in named]
    return names[0] if names else None


def _name_of(scan: Scan, run: re.Match[str]) -> str:
    """The words of a run between those of the terms: the first that begin with a capital, else the first."""
    groups: list[list[re.Match[str]]] = [[]]
    for word in _WORD.finditer(run.group()):
        if _is_filling(word.group(), scan.text[run.start() + word.start()], begins=not groups[-1]):
            groups.append([])
        else:
            groups[-1].append(word)
    spelled = [scan.original(run.start() + each[0].start(), run.start() + each[-1].end()) for each in groups if each]
    capital = next((words for words in spelled if words[0].isupper()), spelled[0] if spelled else "")
    name = clean_name(capital)[:LONGEST_NAME].strip()
    return name if any(character.isalpha() for character in name) else ""


def _is_filling(word: str, first: str, *, begins: bool) -> bool:
    bare = _AROUND.sub("", word)
    if bare in FIRST_NAMES:
        return not (begins and first.isupper())
    counted = word[0].isdigit() and not (word.isdigit() and not begins)
    return bare in FILLING or counted or (begins and not bare)
