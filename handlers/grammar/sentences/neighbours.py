"""Words whose part depends on the words beside them: `Will paid`, `no hp`, `bos saya`, `catat kalau`.

Called by `tokens` once all words have their usual part. Each rule sees a word with its neighbours and may give it
another part; the last step mends misspelt verbs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import words as listed
from handlers.grammar.sentences.spelling import nearest
from handlers.grammar.sentences.units import Token
from handlers.grammar.sentences.verbs import VERBS
from handlers.grammar.sentences.words import ALSO_NAMES, FIRMS, WORDS
from handlers.grammar.values.honorifics import HONORIFICS

_PAST_FORMS = listed("paid lent sent owes pays borrows got gave bought took")
_ADDRESSES = listed("pak bu bang mas mbak mba cak mang kang teh")
_Neighbours = tuple[Token | None, Token, Token | None]


def settle(tokens: list[Token]) -> list[Token]:
    """Words whose part depends on their neighbours get the right one."""
    for rule in _RULES:
        tokens = _each(tokens, rule)
    return _mend_spelling(tokens)


def _each(tokens: list[Token], rule: Callable[[_Neighbours], Kind | None]) -> list[Token]:
    settled: list[Token] = []
    for at, token in enumerate(tokens):
        before = settled[-1] if settled else None
        kind = rule((before, token, tokens[at + 1] if at + 1 < len(tokens) else None))
        settled.append(replace(token, kind=kind, frame=None) if kind else token)
    return settled


_AFTER_A_NAME = (Kind.VERB, Kind.DONE, Kind.AUX, Kind.NOT, Kind.FUTURE)
_PERSONS = (Kind.NAME, Kind.KIN, Kind.ME)
_BEFORE_A_NAME = (Kind.VERB, Kind.TO, Kind.FROM, Kind.WITH, Kind.FOR, Kind.BY)


def _people_named_like_words(words: _Neighbours) -> Kind | None:
    before, token, after = words
    if token.key not in ALSO_NAMES or not token.text.istitle():
        return None
    if before is not None:
        return Kind.NAME if before.kind in _BEFORE_A_NAME else None
    english = token.key in ("will", "may", "any")
    if after is None or after.kind not in _AFTER_A_NAME:
        return Kind.NAME if after is not None and after.key == "'s" else None
    return Kind.NAME if not english or after.key.endswith("ed") or after.key in _PAST_FORMS else None


def _titles(words: _Neighbours) -> Kind | None:
    """`kak Ani`, `bos saya`, `Dr Smith`: a form of address that belongs to a person who is spoken of."""
    before, token, after = words
    if token.key in ("bos", "boss"):
        return Kind.KIN if (after and after.kind is Kind.ME) or (before and before.key == "my") else None
    if token.key == "min" and before is not None and before.kind is Kind.NAME and before.key in HONORIFICS:
        return Kind.NAME
    if token.key in ("kak", "ka", "sis", "bro", "min"):
        return Kind.NAME if after is not None and after.kind is Kind.NAME and before is not None else None
    return Kind.NAME if token.text == "Dr" else None


def _vocatives(words: _Neighbours) -> Kind | None:
    """`… belum lunas ya bu`, `berapa bu total?`: an address that no name follows is the reader's."""
    before, token, after = words
    named = after is not None and after.kind in (Kind.NAME, Kind.KIN)
    alone = before is not None and before.kind not in (*_BEFORE_A_NAME, Kind.NAME) and not named
    return Kind.PARTICLE if token.key in _ADDRESSES and token.kind is Kind.NAME and alone else None


def _firm_words(words: _Neighbours) -> Kind | None:
    before, token, _after = words
    if before is None or not token.capital or token.frame is not None or token.kind in (Kind.MONEY, Kind.DATE, Kind.ME):
        return None
    return Kind.NAME if before.kind is Kind.NAME and before.key in FIRMS else None


def _numbers(words: _Neighbours) -> Kind | None:
    before, token, after = words
    if token.key != "no" or after is None:
        return None
    return Kind.NUMBER_OF if before is None and after.kind in (Kind.NAME, Kind.KIN, Kind.PHONE) else None


def _at_the_end(words: _Neighbours) -> Kind | None:
    """`… borrowed before`: a conjunction with nothing behind it joins nothing."""
    _before, token, after = words
    loose = after is None or after.kind is Kind.QUESTION
    return Kind.PARTICLE if loose and token.key in ("before", "after", "begitu") else None


def _that(words: _Neighbours) -> Kind | None:
    """`catat kalau Budi …`: after a verb of recording, `kalau` only opens the clause; `check if Tom paid` asks."""
    before, token, _after = words
    if before is not None and before.kind is Kind.SHOW and token.kind is Kind.IF:
        return Kind.ASK
    return Kind.PARTICLE if before and before.kind is Kind.RECORD and token.kind in (Kind.IF, Kind.THAT) else None


def _try(words: _Neighbours) -> Kind | None:
    """`coba tagih Budi` asks for it; `Budi coba bayar` tells of an attempt."""
    before, token, after = words
    opening = before is None or before.kind in (Kind.PARTICLE, Kind.STOP)
    doing = after is not None and after.kind in (Kind.VERB, Kind.SHOW, Kind.CANCEL, Kind.POLITE)
    return Kind.POLITE if token.key in ("coba", "harap") and opening and doing else None


def _said_twice(words: _Neighbours) -> Kind | None:
    """`Nadia she borrowed`: a pronoun for the name right before it."""
    before, token, after = words
    named = before is not None and before.kind is Kind.NAME and before.key not in HONORIFICS
    doing = after is not None and after.kind in (Kind.VERB, Kind.DONE, Kind.AUX, Kind.NOT, Kind.DONT)
    return Kind.PARTICLE if token.key in ("he", "she", "dia") and named and doing else None


def _update(words: _Neighbours) -> Kind | None:
    """`update hutang Hendri dong` asks how things stand."""
    _before, token, after = words
    debt = after is not None and (after.kind is Kind.DEBT or (after.frame is not None and after.frame.noun))
    return Kind.SHOW if token.key == "update" and debt else None


def _oops(words: _Neighbours) -> Kind | None:
    """`lupa, kemarin Budi bayar`: what was forgotten was to say so."""
    before, token, after = words
    opening = before is None or before.kind in (Kind.PARTICLE, Kind.STOP, Kind.ME)
    aside = opening and after is not None and after.kind is Kind.STOP
    return Kind.PARTICLE if token.key in ("lupa", "forgot") and aside else None


def _off(words: _Neighbours) -> Kind | None:
    """`borrowed 90 off Jane`."""
    before, token, after = words
    from_somebody = before is not None and before.kind is Kind.MONEY and after is not None and after.kind in _PERSONS
    return Kind.FROM if token.key == "off" and from_somebody else None


_RULES = (
    _people_named_like_words, _titles, _vocatives, _firm_words, _numbers, _said_twice, _that, _at_the_end, _try, _oops,
    _update, _off,
)  # fmt: skip


def _mend_spelling(tokens: list[Token]) -> list[Token]:
    """A misspelt verb or denial is understood, but only where the sentence has no verb without it."""
    lone = not any(token.frame and not token.frame.noun for token in tokens)
    return [_mended(token, lone, at) if token.kind is Kind.NAME else token for at, token in enumerate(tokens)]


def _mended(token: Token, lone: bool, at: int) -> Token:
    if token.capital and at:
        return token
    meant = nearest(token.key, verbs=lone, denials=at > 0)
    if meant is None:
        return token
    return replace(token, key=meant, kind=WORDS.get(meant, Kind.VERB), frame=VERBS.get(meant))
