"""Corrections of what was just said or booked: `salah, maksudnya 1 juta`, `bukan Budi, Badu`, `make it 250`.

Returns only what changes. Called right after a booking or an echo; whether there is anything to correct is the
caller's to know. A new sentence with its own verb is no correction, unless it says that the last one was wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from handlers.grammar.reading import Reading, Understood
from handlers.grammar.sentences.announcing import BEHIND, CONTRAST, NOT_OLD, openers_of
from handlers.grammar.sentences.answers import answer
from handlers.grammar.sentences.chat import small_talk
from handlers.grammar.sentences.cores import find_core
from handlers.grammar.sentences.figures import amounts, dates
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import words
from handlers.grammar.sentences.owner import understand_owner
from handlers.grammar.sentences.people import is_name, mentions, others
from handlers.grammar.sentences.tokens import LONGEST, tokenize, tokenize_words
from handlers.grammar.sentences.units import Token
from handlers.grammar.values import take_note

_DENIES = words("bukan not bkn no nope")
_NAMING = re.compile(r"maksud|mksd|meant|harusnya|y(?:an)?g (?:bener|benar|betul)|jadi|ganti", re.IGNORECASE)
_OUGHT = re.compile(r"(?:se|tadi )?ha?ru?s|should|(?:was |it was )?supposed", re.IGNORECASE)
_PAUSE = re.compile(r"^\s*\w+\s*,")
_BARE = frozenset((Kind.NAME, Kind.KIN, Kind.MONEY, Kind.DATE, Kind.PARTICLE, Kind.STOP, Kind.TERM, Kind.POLITE))
_LONGEST = 300


def correction(text: str, reading: Reading) -> Mapping[str, object] | None:
    """The arguments that a correction changes; empty where it only says that something is wrong; None if it is none."""
    note, said = take_note(text[: LONGEST + 1])
    if len(said) > _LONGEST:
        return None
    said = said.replace("’", "'").strip()
    openers, body = openers_of(said)
    if not openers:
        return _trailing(said, reading)
    wrong = any(kind == "wrong" for kind, _word in openers)
    if not body or _says_nothing(body):
        return {} if wrong else None
    denied = openers[-1][1] in _DENIES
    certain = (
        wrong
        or any(kind == "meant" and not _OUGHT.match(word) for kind, word in openers)
        or _denied_with_pause(said, denied)
    )
    changed = _changes(_replacement(body, denied=denied), reading, certain=certain)
    if not changed or (set(changed) == {"name"} and not _sure_of_name(body, openers, denied)):
        return None
    return changed | ({"note": note} if note else {})


def _denied_with_pause(said: str, denied: bool) -> bool:
    return denied and _PAUSE.search(said) is not None


def _says_nothing(body: str) -> bool:
    return all(token.kind in (Kind.PARTICLE, Kind.STOP) for token in tokenize_words(body))


def _sure_of_name(body: str, openers: Sequence[tuple[str, str]], denied: bool) -> bool:
    """Whether a lone word is a name: `no problem` and `it's fine` correct nothing."""
    if answer(body) or small_talk(body) or answer(f"{openers[-1][1]} {body}"):
        return False
    plain = denied and CONTRAST.match(body) is not None
    return body[:1].isupper() or plain or any(kind == "wrong" or _NAMING.match(word) for kind, word in openers)


def _replacement(body: str, *, denied: bool) -> str:
    """The new side of `bukan A tapi B`, `B, not A`, or the whole body."""
    contrast = CONTRAST.match(body) if denied else None
    if contrast is not None:
        return openers_of(contrast["new"])[1] or contrast["new"]
    turned = NOT_OLD.match(body)
    return turned["new"].strip(" ,") if turned else body


def _trailing(text: str, reading: Reading) -> Mapping[str, object] | None:
    """`600rb maksudnya`, `Badu, bukan Budi`: the announcement behind the value."""
    behind = BEHIND.match(text)
    turned = behind or _turned(text, reading)
    changed = _changes(turned["new"].strip(" ,"), reading, certain=False) if turned else None
    return changed or None


def _turned(text: str, reading: Reading) -> re.Match[str] | None:
    """`Badu, bukan Budi`: both sides are bare values; `Sofia not paid yet` denies something else."""
    match = NOT_OLD.match(text)
    said = [*tokenize(match["new"], reading), *tokenize(match["old"], reading)] if match else []
    return match if all(token.kind in _BARE for token in said) else None


def _changes(body: str, reading: Reading, *, certain: bool) -> dict[str, object] | None:
    """What the corrected part says; None where it is a sentence of its own, or a question."""
    tokens = tokenize(body, reading)
    if any(token.kind in (Kind.QUESTION, Kind.IF, Kind.ASK, Kind.MUCH, Kind.WHO) for token in tokens):
        return None
    if any(token.frame is not None for token in tokens):
        return _new_sentence(body, tokens, reading) if certain else None
    return _bare_values(tokens, reading)


def _new_sentence(body: str, tokens: Sequence[Token], reading: Reading) -> dict[str, object] | None:
    """`salah, maksudnya Budi pinjam 1 juta`: the arguments of the sentence as it should have been."""
    meant = understand_owner(body, reading)
    if isinstance(meant, Understood) and meant.command in ("lend", "owe", "paid", "due"):
        return dict(meant.arguments)
    return _bare_values(tokens, reading) if find_core(tokens) is None else None


def _bare_values(tokens: Sequence[Token], reading: Reading) -> dict[str, object] | None:
    """Amount, days and name without a verb; None where too much else is said."""
    figures = amounts(tokens)
    days = dates(tokens, -1, reading)
    named = others(mentions(tokens, -1))
    if len(figures) > 1 or len(named) > 1 or (named and (not is_name(named[0].name) or named[0].extra)):
        return None
    values: dict[str, object | None] = {
        "amount": figures[0] if figures else None,
        "name": named[0].name if named else None,
        "due": days.due,
        "on": days.on,
    }
    return {key: value for key, value in values.items() if value is not None}
