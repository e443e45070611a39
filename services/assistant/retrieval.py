"""Finding what answers a question among all that a tenant taught: by its words, and by meaning where vectors are given.

At most four statements: how common the question's terms are (and which taught words its typing slips may mean), the
vectors nearest to it, the entries that share most with it, and what these say. `ranking` judges them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from rapidfuzz.distance import OSA
from sqlalchemy import Row, text

from services.assistant import passages, ranking, vectors
from services.assistant.entries import Known
from services.assistant.index import consonants, is_spelt, pieces, question_terms
from services.assistant.ranking import Asked, Candidate
from services.assistant.words import key, weight
from services.db.engine import Tx

MAX_QUESTION = 600  # characters of a question that are looked up
MAX_TERMS = 48
BUDGET = 2_000  # postings that are read for one question
NEAR_TEXTS = 60
LOOKED_AT = 12  # entries whose wordings are compared one by one
PASSAGES_LOOKED_AT = 3
SURE = 0.9  # from here on a bot answers by itself: 3 % wrong on draws not fitted on
VAGUE = 0.7
NEAR = 0.25  # the least for the best answer that has every word of the question

_TERMS = text("""
    with known as materialized (
        select term, entries from knowledge_terms where tenant_id = :tenant and term = any(:terms)
    )
    select term, entries, false as slip from known
    union all
    select s.term, (select t.entries from knowledge_terms t where t.tenant_id = :tenant and t.term = s.term), true
    from unnest(cast(:words as text[]), cast(:pieces as bigint[])) as given (word, piece)
    cross join lateral (
        select term from knowledge_spellings where tenant_id = :tenant and piece = given.piece offset 0
    ) s
    where given.word not in (select term from known)
""")
# Rare terms find the entries; frequent ones are only looked up in what those found.
_NEAREST = text("""
    with found as (
        select p.entry_id, sum(p.weight * asked.weight) as score
        from unnest(cast(:terms as text[]), cast(:weights as float8[])) as asked (term, weight)
        cross join lateral (
            select entry_id, weight from knowledge_postings
            where tenant_id = :tenant and term = asked.term and (chatbot_id is null or chatbot_id = :chatbot)
            limit :budget
        ) p
        group by p.entry_id order by score desc limit :most
    ), also as (
        select found.entry_id, sum(p.weight * asked.weight) as score
        from found
        cross join unnest(cast(:frequent as text[]), cast(:frequent_weights as float8[])) as asked (term, weight)
        cross join lateral (
            select weight from knowledge_postings
            where tenant_id = :tenant and term = asked.term and entry_id = found.entry_id offset 0
        ) p
        group by found.entry_id
    ), near as (
        select near.entry_id, coalesce(sum(p.weight * asked.weight), 0) as score
        from unnest(cast(:near as bigint[])) as near (entry_id)
        cross join unnest(cast(:all as text[]), cast(:all_weights as float8[])) as asked (term, weight)
        left join lateral (
            select weight from knowledge_postings
            where tenant_id = :tenant and term = asked.term and entry_id = near.entry_id offset 0
        ) p on true
        group by near.entry_id
    ), same as (
        select entry_id from knowledge_texts
        where tenant_id = :tenant and key = :key and (chatbot_id is null or chatbot_id = :chatbot)
        order by entry_id desc limit 3
    ), best as (
        select coalesce(found.entry_id, same.entry_id) as entry_id, same.entry_id is not null as exact,
            coalesce(found.score, 0) + coalesce(also.score, 0) as score
        from found left join also on also.entry_id = found.entry_id
        full join same on same.entry_id = found.entry_id
        order by exact desc, score desc limit :looked_at
    ), chosen as (
        select * from best
        union all
        select entry_id, false, score from near where entry_id not in (select entry_id from best)
    )
    select chosen.entry_id, chosen.exact, chosen.score, e.source_id, s.number, s.title, s.kind, e.page, e.heading,
        e.question, e.answer, (select array_agg(t.body order by t.id) from knowledge_texts t
            where t.tenant_id = :tenant and t.entry_id = chosen.entry_id and t.body is not null) as wordings
    from chosen
    join knowledge_entries e on e.tenant_id = :tenant and e.id = chosen.entry_id
    join knowledge_sources s on s.tenant_id = :tenant and s.id = e.source_id
""")


@dataclass(frozen=True, slots=True)
class Found(Known):
    """Something that may answer a question, with the estimated probability that it is the right answer."""

    confidence: float


def search(
    tx: Tx, question: str, *, chatbot_id: int | None, vector: Sequence[float] | None = None, limit: int = 10
) -> tuple[Found, ...]:
    """What may answer a question, most probable first: of what is taught to every bot, and to this one if it is given.

    `vector` is the question's embedding by the same model as the stored ones.
    """
    question = question[:MAX_QUESTION].replace("\x00", "")
    vector = vector if vector and any(vector) else None
    asked, among = _asked(tx, question)
    near = vectors.nearest(tx, None, vector, chatbot_id, NEAR_TEXTS) if vector else []
    near_entries = list(dict.fromkeys(entry for entry, _text, _cosine in near))[:LOOKED_AT]
    candidates = _candidates(tx, question, asked, among, chatbot_id, near_entries)
    cosines = vectors.of_entries(tx, vector, [each.entry_id for each in candidates]) if vector and near else {}
    judged = _in_order(_judged(question, asked, candidates, cosines))
    return tuple(_found(candidate, probability) for probability, candidate in judged[:limit])


def _in_order(judged: Sequence[tuple[float, Candidate]]) -> list[tuple[float, Candidate]]:
    """Most probable first; among the sure, what was taught as an answer before documents, and newer documents first."""
    newest: dict[int, int] = {}
    for _probability, each in judged:
        newest[each.source_id] = max(each.entry_id, newest.get(each.source_id, 0))

    def order(of: tuple[float, Candidate]) -> tuple[float, ...]:
        probability, each = of
        sure, passage = probability >= SURE, not each.wordings
        # Two documents are hardly ever told apart by their probability.
        told = round(probability, 2) if passage else probability
        return (
            -sure,
            sure and passage,
            -told,
            -newest[each.source_id] * passage,
            -each.entry_id * each.exact,
            -each.score,
        )

    return sorted(judged, key=order)


def _asked(tx: Tx, question: str) -> tuple[Asked, Mapping[str, int]]:
    """How common the terms of a question are here, and which taught words its unknown ones may be."""
    wanted = dict(sorted(question_terms(question).items(), key=lambda each: -each[1])[:MAX_TERMS])
    spelt = [term for term in wanted if weight(term) >= 1 and (is_spelt(term) or _is_bones(term))]
    sought = [(term, piece) for term in spelt for piece in pieces(term)]
    given = {"terms": [*wanted, ""], "words": [each[0] for each in sought], "pieces": [each[1] for each in sought]}
    rows = tx.execute(_TERMS, {"tenant": tx.tenant, **given}).all()
    among = {row.term: row.entries for row in rows if not row.slip and row.entries > 0}
    near: dict[str, int] = {row.term: row.entries for row in rows if row.slip and (row.entries or 0) > 0}
    meant = {term: slip for term in spelt if term not in among and (slip := _meant(term, near))}
    return ranking.asked(question, near | among, meant), near | among


def _meant(word: str, near: Mapping[str, int]) -> tuple[str, float] | None:
    """The taught word that a word nobody taught is a slip of, with how sure that is; None if there is none."""
    best: tuple[float, int, str] | None = None
    for term, entries in near.items():
        if term[0] != word[0]:
            continue
        sure = 0.65 if _without_vowels(word, term) else _sure_of_slip(word, term)
        if sure and (best is None or (sure, entries, term) > best):
            best = (sure, entries, term)
    return (best[2], best[0]) if best else None


def _sure_of_slip(word: str, term: str) -> float:
    """How sure it is that one word is the other with a slip; short words differ by a letter without being slips."""
    longest = max(len(word), len(term))
    slips = 2 if longest >= 9 else 1 if longest >= 6 or longest == 5 == min(len(word), len(term)) else 0
    distance = OSA.distance(word, term, score_cutoff=slips)
    return 0.85 - 0.1 * distance if 0 < distance <= slips else 0.0


def _without_vowels(word: str, term: str) -> bool:
    return _is_bones(word) and word == consonants(term) and len(term) <= 2 * len(word)


def _is_bones(word: str) -> bool:
    return len(word) > 2 and word.isalpha() and consonants(word) == word


def _candidates(
    tx: Tx, question: str, asked: Asked, among: Mapping[str, int], chatbot_id: int | None, near: Sequence[int]
) -> list[Candidate]:
    telling, frequent = _within_budget(asked, among)
    rows = tx.execute(
        _NEAREST,
        {
            "tenant": tx.tenant, "chatbot": chatbot_id, "key": key(question)[:500], "budget": BUDGET, "most": 80,
            "looked_at": LOOKED_AT, "terms": telling, "weights": [asked.terms[term] for term in telling],
            "near": list(near), "all": [*telling, *frequent],
            "all_weights": [asked.terms[term] for term in (*telling, *frequent)], "frequent": frequent,
            "frequent_weights": [asked.terms[term] for term in frequent],
        },
    ).all()  # fmt: skip
    return [_candidate(row) for row in rows]


def _within_budget(asked: Asked, among: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """The terms that find entries, most telling first, and those too frequent to be read through."""
    telling: list[str] = []
    frequent: list[str] = []
    left = BUDGET
    for term in sorted(asked.terms, key=lambda term: (-asked.terms[term], term)):
        if among.get(term, 0) <= left or not telling:
            telling.append(term)
            left -= among.get(term, 0)
        else:
            frequent.append(term)
    return telling, frequent


def _candidate(row: Row) -> Candidate:  # type: ignore[type-arg]
    return Candidate(
        row.entry_id, row.source_id, row.number, row.title, row.kind, row.page, row.heading, row.question, row.answer,
        tuple(row.wordings or ()), row.exact, float(row.score),
    )  # fmt: skip


def _judged(
    question: str, asked: Asked, candidates: Sequence[Candidate], cosines: Mapping[int, tuple[float, float]]
) -> list[tuple[float, Candidate]]:
    """The candidates with their probabilities; `cosines` of entries: the mean over the wordings, and the best."""
    ranked = sorted(candidates, key=lambda each: (-each.exact, -each.score))
    answers = [each for each in ranked if each.wordings]
    meant: Sequence[ranking.Meant | None] = [None] * len(answers)
    # What was taught a moment ago has no vectors yet: then words alone decide.
    if cosines and all(each.entry_id in cosines for each in answers[:3]):
        known = [cosines.get(each.entry_id, (0.0, 0.0)) for each in answers]
        meant = ranking.meant([each.answer for each in answers], known)
    features = ranking.features(asked, answers)
    found = [
        (ranking.confidence(these, each.exact, meaning), each)
        for these, meaning, each in zip(features, meant, answers, strict=True)
    ]
    if found:
        at = max(range(len(found)), key=lambda at: found[at][0])
        if ranking.is_about(features[at]):
            found[at] = max(NEAR, found[at][0]), found[at][1]
    documents = [each for each in ranked if not each.wordings][:PASSAGES_LOOKED_AT]
    said = [passages.extract(question, each.heading, each.answer, asked).confidence for each in documents]
    # One word that several passages are about leaves open what is asked.
    vague = len(asked.words) == 1 and sum(confidence >= SURE for confidence in said) > 1
    found += [(VAGUE * sure if vague else sure, each) for sure, each in zip(said, documents, strict=True)]
    return found


def _found(each: Candidate, probability: float) -> Found:
    known = {field.name: getattr(each, field.name) for field in fields(Known)}
    return Found(**known, confidence=round(probability, 4))
