"""From text to tokens: every word with the part it plays, every figure and date with its value.

The only place of this package that looks at characters. Typed values come from `handlers.grammar.values`; words and
phrases from the tables in `words` and `verbs`. Runs in linear time and never raises, whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from handlers.grammar.reading import Claim, Reading
from handlers.grammar.sentences.events import fold_events
from handlers.grammar.sentences.frames import Act
from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.neighbours import settle
from handlers.grammar.sentences.units import Token
from handlers.grammar.sentences.verbs import VERB_PHRASES, VERBS
from handlers.grammar.sentences.words import PHRASES, WORDS, usual
from handlers.grammar.values import find_values

LONGEST = 1_000
"""Characters of the longest text that is read as a plain sentence."""

_PIECE = re.compile(r"[^\W_]+(?:['’‘`\-][^\W_]+)*|[?？]|[.,;:!\n()|/&+]")
_ORDINAL = re.compile(r"ke-?\d+")
_STRETCHED = re.compile(r"(.)\1{2,}")
_CLITICS = (
    ("n't", "not"),
    ("'ll", "will"),
    ("'d", "would"),
    ("'ve", "have"),
    ("'re", "are"),
    ("'m", "am"),
    ("'s", "'s"),
)
_ENDINGS = ("nya", "lah", "kah", "ku", "mu")
_VALUE_KINDS = (("phones", Kind.PHONE), ("dates", Kind.DATE), ("money", Kind.MONEY))


def tokenize(text: str, reading: Reading) -> list[Token]:
    """The tokens of a text, values included."""
    return fold_events(settle(_join_phrases(_merge(_pieces(text), _value_tokens(text, reading)))))


def tokenize_words(text: str) -> list[Token]:
    """The tokens of a text whose figures don't matter."""
    return settle(_join_phrases(list(_pieces(text[:LONGEST]))))


def _value_tokens(text: str, reading: Reading) -> list[Token]:
    values = find_values(text, reading)
    claims: Iterable[tuple[Kind, Claim]] = (
        (kind, claim) for name, kind in _VALUE_KINDS for claim in getattr(values, name)
    )
    tokens = [
        Token(
            text[claim.start : claim.end],
            text[claim.start : claim.end].casefold(),
            kind,
            claim.start,
            claim.end,
            None,
            claim.value,
        )
        for kind, claim in claims
    ]
    return sorted(tokens, key=lambda token: token.start)


def _merge(words: Iterable[Token], values: Sequence[Token]) -> list[Token]:
    """Words and values in order, without the words that a value covers."""
    merged: list[Token] = []
    waiting = list(reversed(values))
    covered = 0
    for word in words:
        while waiting and waiting[-1].start <= word.start:
            covered = waiting[-1].end
            merged.append(waiting.pop())
        if word.start >= covered:
            merged.append(word)
    return merged + list(reversed(waiting))


def _pieces(text: str) -> Iterable[Token]:
    for match in _PIECE.finditer(text):
        yield from _split(match.group(), match.start())


def _split(piece: str, start: int) -> Iterable[Token]:
    """One word, or a word and the clitic that hangs on it (`don't`, `Sara's`, `I'll`)."""
    key = re.sub("[’‘`]", "'", piece.casefold())
    if key in ("don't", "can't", "won't"):
        yield _word(piece, {"don't": "dont"}.get(key, "not"), start)
        return
    if key in VERBS:
        yield _word(piece, key, start)
        return
    for ending, meaning in _CLITICS:
        stem = len(piece) - len(ending)
        if key.endswith(ending) and stem > 0 and len(key) == len(piece):
            yield _word(piece[:stem], key[:stem], start)
            if meaning:
                yield _word(piece[stem:], meaning, start + stem)
            return
    yield _word(piece, key, start)


def _word(text: str, key: str, start: int) -> Token:
    end = start + len(text)
    if key in "?？":
        return Token(text, "?", Kind.QUESTION, start, end)
    if key == "'s":
        return Token(text, key, Kind.PARTICLE, start, end)
    if not key[0].isalnum() and key not in WORDS:
        return Token(text, key, Kind.STOP, start, end)
    spelled = known_spelling(key)
    if spelled not in VERBS and spelled not in WORDS and _is_passive(spelled):
        return Token(text, spelled, Kind.VERB, start, end, VERBS[spelled[2:]])
    if spelled in VERBS:
        return Token(text, spelled, Kind.VERB, start, end, VERBS[spelled])
    fallback = Kind.FIGURE if key[0].isdigit() or _ORDINAL.fullmatch(key) else Kind.NAME
    return Token(text, spelled, WORDS.get(spelled, fallback), start, end)


def _is_passive(key: str) -> bool:
    """`ditagih`, `diundur`: done to somebody. Passives of lending and paying have frames of their own."""
    active = VERBS.get(key[2:]) if key.startswith("di") else None
    return active is not None and active.act not in (Act.LOAN, Act.PAY, Act.GIVE)


def _known(key: str) -> bool:
    return key in VERBS or key in WORDS


def known_spelling(key: str) -> str:
    """The spelling under which a word is listed: without stretched letters (`dooong`) and endings (`utangnya`)."""
    if _known(key):
        return key
    if key[-1] == "2" and _known(key[:-1]):
        return key[:-1]
    for spelled in (_STRETCHED.sub(r"\1", key), _STRETCHED.sub(r"\1\1", key)):
        if _known(spelled):
            return spelled
        for ending in _ENDINGS:
            stem = spelled.removesuffix(ending)
            if stem != spelled and len(stem) >= 4 and _known(stem):
                return "apakah" if ending == "kah" else stem
    return key


def _join_phrases(tokens: list[Token]) -> list[Token]:
    """Words that mean something together become one token; the longest phrase wins."""
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        for length in (4, 3, 2):
            group = tokens[at : at + length]
            keys = tuple(usual(token.key) for token in group)
            if len(group) == length and (keys in VERB_PHRASES or keys in PHRASES):
                joined.append(_phrase(group, keys))
                at += length
                break
        else:
            joined.append(tokens[at])
            at += 1
    return joined


def _phrase(group: list[Token], keys: tuple[str, ...]) -> Token:
    frame = VERB_PHRASES.get(keys)
    kind = Kind.VERB if frame else PHRASES[keys]
    text = " ".join(token.text for token in group)
    return Token(text, " ".join(keys), kind, group[0].start, group[-1].end, frame)
