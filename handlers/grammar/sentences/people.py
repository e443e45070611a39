"""Who is spoken of in a sentence, and where they stand: before the verb, after it, or behind a preposition.

Called by `bookings`, `requests` and `lookups`. Knows nothing of lending; it only collects mentions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from handlers.grammar.sentences.frames import AFTER, BEFORE
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import words
from handlers.grammar.sentences.units import Token
from handlers.grammar.sentences.words import FIRMS
from handlers.grammar.values import clean_name
from handlers.grammar.values.honorifics import HONORIFICS

Who = Literal["me", "third", "other"]

PREPOSITIONS = frozenset((Kind.TO, Kind.FROM, Kind.WITH, Kind.BY, Kind.AT, Kind.FOR, Kind.VIA))
_NAMING = frozenset((Kind.NAME, Kind.KIN))
_TRANSPARENT = frozenset((Kind.PARTICLE, Kind.DONE, Kind.BACK, Kind.POLITE))
_PRONOUNS: dict[Kind, Who] = {Kind.ME: "me", Kind.YOU: "third", Kind.THIRD: "third"}
_JOINERS = frozenset(("bin", "binti", "van", "de", "al", "von", "el", "da", "dos"))
_TITLES = HONORIFICS | FIRMS
_PREMISES = words("toko warung kedai kios bengkel kantin salon")
_INNER = frozenset((".", "&", "'s"))
_MY = frozenset(("my", "our"))
LONGEST_NAME = 5


@dataclass(frozen=True, slots=True)
class Mention:
    """A person at a place: `before`, `after`, or a preposition's kind.

    `joined`: added to the one before by `dan`; `small`: in lower case and without a title, so perhaps no name;
    `owner`: of the money just named (`duit Andi`); `extra`: the words beside the name that are no part of it.
    """

    place: str
    who: Who
    name: str = ""
    at: int = 0
    joined: bool = False
    small: bool = False
    owner: bool = False
    extra: tuple[Token, ...] = ()


def mentions(tokens: Sequence[Token], verb: int) -> list[Mention]:
    """Everybody in the sentence whose verb is `tokens[verb]`; pass -1 where there is none."""
    found: list[Mention] = []
    place: str | None = None
    joined = False
    goods = next((at for at, token in enumerate(tokens) if token.kind is Kind.GOODS), len(tokens))
    at = 0
    while at < len(tokens):
        token = tokens[at]
        side = BEFORE if at < min(verb, goods) else AFTER
        step = 1
        if token.kind in PREPOSITIONS or token.kind is Kind.AND:
            joined = _joins(token, found, at, verb) or _more_goods(tokens, found, at)
            place = None if token.kind is Kind.AND or (joined and at > verb) else str(token.kind)
        elif (step := _name_length(tokens, at)) > 0:
            found.append(_person(tokens, at, step, place or side, joined))
            place, joined = None, False
        elif token.kind in _PRONOUNS:
            step = 1
            found.append(Mention(place or side, _PRONOUNS[token.kind], "", at, joined))
            place, joined = None, False
        else:
            step = 1
            if token.kind not in _TRANSPARENT:
                place, joined = None, False
        at += step
    return [mention for mention in found if mention.place != Kind.VIA]


def _joins(token: Token, found: Sequence[Mention], at: int, verb: int) -> bool:
    """Whether `dan`, or `sama` in front of the verb, adds a person to the one just named."""
    right_after_one = bool(found) and found[-1].who == "other" and found[-1].place != Kind.VIA
    return right_after_one and (token.kind is Kind.AND or (token.kind is Kind.WITH and at < verb))


def _more_goods(tokens: Sequence[Token], found: Sequence[Mention], at: int) -> bool:
    """`ngebon rokok sama kopi`: in lower case behind a lower-case word, `sama` joins goods."""
    next_one = tokens[at + 1] if at + 1 < len(tokens) else tokens[at]
    small = next_one.kind is Kind.NAME and not next_one.capital and next_one.key not in _TITLES
    goods = len(found) > 1 and found[-1].at == at - 1 and found[-1].place == AFTER and found[-1].small
    return tokens[at].kind is Kind.WITH and goods and small


def _name_length(tokens: Sequence[Token], at: int) -> int:
    """How many tokens from here on are one name; 0 where no name starts."""
    start = at
    if tokens[at].key in _MY:
        at += 1
    elif tokens[at].kind not in _NAMING:
        return 0
    first = at
    while at < len(tokens) and (tokens[at].kind in _NAMING or _belongs(tokens, at, first)):
        at += 1
    if at == first:
        return 0
    owner = at < len(tokens) and tokens[at].kind is Kind.ME and _can_be_owned(tokens[at - 1])
    return at + owner - start


def _can_be_owned(token: Token) -> bool:
    """`adik saya`, `warung saya`."""
    return token.kind is Kind.KIN or token.key in _PREMISES


def _belongs(tokens: Sequence[Token], at: int, first: int) -> bool:
    """The dot of `Mr. Smith`, and what joins the capitals of `Smith & Sons` and `Jane's Bakery`."""
    token = tokens[at]
    if at == first or at + 1 >= len(tokens):
        return False
    before, after = tokens[at - 1], tokens[at + 1]
    if token.key == ".":
        return before.key in HONORIFICS and after.kind in _NAMING
    return token.key in ("&", "'s") and before.capital and after.capital and after.kind in _NAMING


def _person(tokens: Sequence[Token], at: int, length: int, place: str, joined: bool) -> Mention:
    run = tokens[at : at + length]
    if run[-1].kind is Kind.ME and run[-2].key in _PREMISES:
        return Mention(place, "me", "", at, joined)
    owner = at > 0 and tokens[at - 1].kind is Kind.THING
    named, extra = _split_run(run)
    name = clean_name(" ".join(token.text for token in named if token.key != ".").replace(" '", "'"))
    small = not any(token.capital or token.kind is Kind.KIN or token.key in _TITLES for token in named)
    return Mention(place, "other", name, at, joined, small, owner, tuple(extra))


def _split_run(run: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """The name, and the lower-case words around a capitalised one, which are something else."""
    if run[0].key in _MY:
        return run, ()
    if not any(token.capital for token in run):
        title = next((at for at, token in enumerate(run[:-1]) if token.key in HONORIFICS), 0)
        plain = all(token.kind is Kind.NAME and token.key not in _TITLES for token in run[:title])
        return (run[title:], run[:title]) if plain else (run, ())
    start = next((at for at, token in enumerate(run) if _is_part(run, at)), 0)
    end = next((at for at in range(start, len(run)) if not _is_part(run, at)), len(run))
    return run[start:end], (*run[:start], *run[end:])


def _is_part(run: Sequence[Token], at: int) -> bool:
    token = run[at]
    titled = at > 0 and run[at - 1].key in _TITLES | _JOINERS
    return token.capital or titled or token.kind in (Kind.KIN, Kind.ME) or token.key in _TITLES | _JOINERS | _INNER


def others(found: Sequence[Mention]) -> list[Mention]:
    """The people who are named, each once."""
    seen: set[str] = set()
    unique: list[Mention] = []
    for mention in found:
        if mention.who == "other" and mention.name.casefold() not in seen:
            seen.add(mention.name.casefold())
            unique.append(mention)
    return unique


def is_name(name: str) -> bool:
    """Whether a run of words is short enough to be a name."""
    return bool(name) and len(name.split()) <= LONGEST_NAME and len(name) <= 60
