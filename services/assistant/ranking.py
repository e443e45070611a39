"""How well an entry answers a question: features of the pair, and the probability that it is the right answer.

Pure functions over what retrieval read; nothing here asks the database.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from services.assistant.concepts import concepts_of, phrases
from services.assistant.entries import Known
from services.assistant.index import question_terms
from services.assistant.words import stems, weight

SYNONYM, SLIP = 0.9, 0.8
MEANING = 0.6  # the least weight of a word that means something by itself


class Asked(NamedTuple):
    """A question as it is looked up: its terms with their weight (how rare each is counted in), and its words.

    `size` is the length of the vector of its terms; `words` maps each stem, or the concept of a phrase, to its share of
    what the question says; `meant` maps a stem nobody taught to a taught one that it may be a slip of.
    """

    terms: Mapping[str, float]
    size: float
    words: Mapping[str, float]
    meant: Mapping[str, str]
    entries: int


@dataclass(frozen=True, slots=True)
class Candidate(Known):
    """An entry that may answer: what retrieval read of it. `score` is the sum over the terms that both have."""

    wordings: tuple[str, ...]
    exact: bool
    score: float


def idf(among: int, entries: int) -> float:
    """How much a term tells that stands in `among` of `entries`; sane for a handful of entries, too."""
    return math.log(1 + (entries + 5) / (among + 1))


def asked(question: str, among: Mapping[str, int], meant: Mapping[str, tuple[str, float]]) -> Asked:
    """A question with its terms weighed by how rare they are; `among` counts entries by term, the empty one all."""
    entries = max(among.get("", 0), 0)
    terms: dict[str, float] = {}
    for term, much in question_terms(question).items():
        taught, sure = meant.get(term, (term, 1.0))
        terms[taught] = max(terms.get(taught, 0.0), much * sure * idf(among.get(taught, 0), entries))
    shares: dict[str, float] = {}
    for phrase, named in phrases(stems(question)):
        if named is None:
            shares[phrase] = weight(phrase) * idf(among.get(phrase, 0), entries)
        else:
            shares[named] = max(map(weight, phrase.split())) * idf(among.get(named, 0), entries)
    total = sum(shares.values()) or 1.0
    return Asked(
        terms,
        math.sqrt(sum(much * much for much in terms.values())) or 1.0,
        {each: much / total for each, much in shares.items()},
        {each: taught for each, (taught, _sure) in meant.items()},
        entries,
    )


class Features(NamedTuple):
    """What tells whether an entry is the right answer; each about 0 to 1.

    `fit`: cosine of the question with all wordings of the answer together; `above`: how far that is above the best
    other answer; `crowd`: its part in the fits of all, which is small among many that are alike; `back`: share of the
    most similar wording that the question has; `wider`: how much more of the question it covers than any other;
    `words`: how many words of content it shares, four or more being 1; `brief`: 1 for a question of one word, less for
    longer ones; `thin`: how far less than half of the question is covered; `missing`: what the most telling word is
    worth that it doesn't have; `slip`: what of the question was read as typing slips.
    """

    fit: float
    above: float
    crowd: float
    back: float
    wider: float
    words: float
    brief: float
    thin: float
    missing: float
    slip: float


# Of a logistic regression with all of a question's three best candidates, fitted on simulated knowledge: draws of
# Banking77's test questions (4 to 77 intents, one to five wordings each) with questions that nothing there answers,
# and the sets of scripts/bench/data with answers left out; checked on draws that it had not seen.
WEIGHTS = Features(
    fit=-0.51, above=7.19, crowd=1.25, back=2.41, wider=1.8, words=0.23, brief=-3.15, thin=-5.0, missing=-1.35,
    slip=-1.06,
)  # fmt: skip
INTERCEPT = -1.01
EXACT, MOST = 0.99, 0.98
_CROWD = 14.0


class _Pair(NamedTuple):
    """A question with one candidate: what can be said without the others."""

    answer: str
    fit: float
    back: float
    coverage: float
    words: float
    missing: float


def features(asked: Asked, candidates: Sequence[Candidate]) -> list[Features]:
    """The features of a question with each answer that may be meant; two entries that say the same are one answer."""
    pairs = [_pair(asked, each) for each in candidates]
    crowd = sum(math.exp(_CROWD * each.fit) for each in pairs)
    slip = sum(share for word, share in asked.words.items() if word in asked.meant)
    found = []
    for pair in pairs:
        others = [each for each in pairs if each.answer != pair.answer]
        found.append(
            Features(
                fit=pair.fit,
                above=pair.fit - max((each.fit for each in others), default=0.0),
                crowd=math.exp(_CROWD * pair.fit) / crowd,
                back=pair.back,
                wider=pair.coverage - max((each.coverage for each in others), default=0.0),
                words=pair.words,
                brief=1 / max(len(asked.words), 1),
                thin=max(0.0, 0.5 - pair.coverage),
                missing=pair.missing,
                slip=slip,
            )
        )
    return found


class Meant(NamedTuple):
    """What vectors add: the question's cosines with an answer's wordings (mean and best), how far these are above
    the best other answer's, and their part in those of all.
    """

    together: float
    best: float
    together_above: float
    best_above: float
    together_crowd: float
    best_crowd: float


# Fitted like the above, with the vectors of a small sentence model (all-MiniLM-L6-v2).
WEIGHTS_WITH_VECTORS = Features(
    fit=-0.76, above=5.1, crowd=-0.88, back=1.18, wider=1.79, words=-0.64, brief=-1.46, thin=-5.19, missing=-1.24,
    slip=0.68,
)  # fmt: skip
MEANT_WEIGHTS = Meant(
    together=3.45, best=0.17, together_above=3.06, best_above=3.73, together_crowd=-0.2, best_crowd=1.43
)
MEANT_INTERCEPT = -1.52
_MEANT_CROWD = 20.0


def meant(answers: Sequence[str], cosines: Sequence[tuple[float, float]]) -> list[Meant]:
    """What the cosines of answers say, each the mean over its wordings and the best one's."""
    crowds = [sum(math.exp(_MEANT_CROWD * each[kind]) for each in cosines) for kind in (0, 1)]
    found = []
    for answer, cosine in zip(answers, cosines, strict=True):
        others = [each for other, each in zip(answers, cosines, strict=True) if other != answer]
        above = [cosine[kind] - max((each[kind] for each in others), default=0.0) for kind in (0, 1)]
        part = [math.exp(_MEANT_CROWD * cosine[kind]) / crowds[kind] for kind in (0, 1)]
        found.append(Meant(*cosine, *above, *part))
    return found


def confidence(found: Features, exact: bool, meant: Meant | None = None) -> float:
    """The probability that an answer is the right one; with `meant` where vectors are known."""
    if exact:
        return EXACT
    if meant is None:
        logit = INTERCEPT + _product(WEIGHTS, found)
    else:
        logit = MEANT_INTERCEPT + _product(WEIGHTS_WITH_VECTORS, found) + _product(MEANT_WEIGHTS, meant)
    return min(MOST, 1 / (1 + math.exp(-logit)))


def is_about(found: Features) -> bool:
    """Whether an answer has every word of a question, as it may for a very short one: "parking?"."""
    return found.words > 0 and not found.missing


def _product(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))


def _pair(asked: Asked, candidate: Candidate) -> _Pair:
    best, back, known = 0.0, 0.0, set[str]()
    for wording in candidate.wordings:
        terms = wording_terms(wording)
        known |= terms.keys()
        cosine, share = _likeness(asked, terms)
        if cosine > best:
            best, back = cosine, share
    coverage, words, missing = 0.0, 0, 0.0
    for word, share in asked.words.items():
        has = _has(asked.meant.get(word, word), known)
        coverage += share * has * (SLIP if word in asked.meant else 1.0)
        words += has == 1.0 and weight(word) >= MEANING
        missing = missing if has else max(missing, share)
    return _Pair(candidate.answer, candidate.score / asked.size, back, coverage, min(words, 4) / 4, missing)


def _has(word: str, known: set[str]) -> float:
    """How far terms have a word: wholly, in another word, or not at all."""
    if word in known:
        return SYNONYM if word.startswith("~") else 1.0
    return SYNONYM if any(concept in known for concept in concepts_of(word)) else 0.0


def _likeness(asked: Asked, terms: Mapping[str, float]) -> tuple[float, float]:
    """The cosine of a question with one wording, and the share of the wording that the question has."""
    both = size = shared = 0.0
    for term, much in terms.items():
        size += much * much
        if term in asked.terms:
            both += much * asked.terms[term]
            shared += much * much
    return both / math.sqrt(size or 1.0) / asked.size, shared / (size or 1.0)


@lru_cache(20_000)
def wording_terms(wording: str) -> Mapping[str, float]:
    """The terms of a wording; those of often compared ones are kept."""
    return question_terms(wording)
