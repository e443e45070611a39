"""The index of what was taught: written here, read by retrieval.

For each entry it keeps its terms with their weight (one unit vector, the mean direction of an answer's wordings), in
how many entries each term stands, and the pieces by which a mistyped word finds the taught one. All of it is plain
b-tree tables, written in bulk.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from zlib import crc32

from sqlalchemy import or_, select, text

from services.assistant.concepts import concepts
from services.assistant.entries import Entry
from services.assistant.words import key, stems, weight
from services.db.engine import Tx
from services.db.models import KnowledgeEntry, KnowledgeSource, KnowledgeText

Terms = Mapping[str, float]

# Chosen by cross-validation on questions of a bank (77 intents, five wordings each); the optimum is flat.
CONCEPT_WEIGHT = 0.6
FUNCTION_POWER = 0.5
SHARE_POWER = 0.8
# What the words of an answer add to those of its questions.
ANSWER_WEIGHT = 0.3
# A word of a passage weighs as one of a question with about nine words; longer passages a little less.
PASSAGE_WEIGHT, PASSAGE_LENGTH = 0.33, 30
MAX_PIECED = 24

_LOCK = text("""
    insert into knowledge_terms as t (tenant_id, term, entries) values (:tenant, '', 0)
    on conflict (tenant_id, term) do update set entries = t.entries
""")
_UNCOUNT = text("""
    with terms as (
        select term, count(*) as entries from knowledge_postings
        where tenant_id = :tenant and entry_id = any(:gone) group by term
        union all select '', cardinality(cast(:gone as bigint[]))
    ), counted as (
        update knowledge_terms t set entries = t.entries - terms.entries from terms
        where t.tenant_id = :tenant and t.term = terms.term and (t.entries > terms.entries or t.term = '')
        returning t.term
    )
    delete from knowledge_terms t using terms
    where t.tenant_id = :tenant and t.term = terms.term and t.entries <= terms.entries and t.term <> ''
""")
_FORGET = (
    text("delete from knowledge_postings where tenant_id = :tenant and entry_id = any(:gone)"),
    text("delete from knowledge_entries where tenant_id = :tenant and id = any(:gone)"),
)
_ENTRIES = text("""
    insert into knowledge_entries (tenant_id, source_id, position, page, heading, question, answer)
    select :tenant, :source, n - 1, page, heading, question, answer
    from unnest(cast(:pages as bigint[]), cast(:headings as text[]), cast(:questions as text[]),
        cast(:answers as text[])) with ordinality as given (page, heading, question, answer, n)
    order by n returning position, id
""")
_TEXTS = text("""
    insert into knowledge_texts (tenant_id, entry_id, chatbot_id, key, body)
    select :tenant, entry_id, :chatbot, key, body
    from unnest(cast(:entries as bigint[]), cast(:keys as text[]), cast(:bodies as text[]))
        with ordinality as given (entry_id, key, body, n) order by n
""")
_POSTINGS = text("""
    insert into knowledge_postings (tenant_id, term, entry_id, weight, chatbot_id)
    select :tenant, term, entry_id, weight, :chatbot
    from unnest(cast(:terms as text[]), cast(:entries as bigint[]), cast(:weights as real[]))
        as given (term, entry_id, weight)
""")
_COUNT = text("""
    insert into knowledge_terms as t (tenant_id, term, entries)
    select :tenant, term, entries
    from unnest(cast(:terms as text[]), cast(:counts as bigint[])) as given (term, entries)
    on conflict (tenant_id, term) do update set entries = t.entries + excluded.entries
    returning t.term, t.entries
""")
_SPELLINGS = text("""
    insert into knowledge_spellings (tenant_id, piece, term)
    select :tenant, piece, term from unnest(cast(:pieces as bigint[]), cast(:terms as text[])) as given (piece, term)
    on conflict do nothing
""")


def put(tx: Tx, source: KnowledgeSource, entries: Sequence[Entry]) -> None:
    """Makes these the entries of a source, instead of those it had. Others who write in the tenant's index wait."""
    clear(tx, source.id)
    if not entries:
        return
    given = {"tenant": tx.tenant, "source": source.id, "chatbot": source.chatbot_id}
    made = tx.execute(
        _ENTRIES,
        given | {
            "pages": [entry.page for entry in entries],
            "headings": [_clean(entry.heading) for entry in entries],
            "questions": [_clean(entry.questions[0]) if entry.questions else None for entry in entries],
            "answers": [_clean(entry.answer) for entry in entries],
        },
    )  # fmt: skip
    ids = [row.id for row in sorted(made, key=lambda row: int(row.position))]
    texts = [text for at, entry in zip(ids, entries, strict=True) for text in _texts(at, entry)]
    tx.execute(
        _TEXTS, given | dict(zip(("entries", "keys", "bodies"), map(list, zip(*texts, strict=True)), strict=True))
    )
    weighed = sorted(
        (term, at, much) for at, entry in zip(ids, entries, strict=True) for term, much in entry_terms(entry).items()
    )
    tx.execute(
        _POSTINGS,
        given | {
            "terms": [term for term, _at, _much in weighed],
            "entries": [at for _term, at, _much in weighed],
            "weights": [round(much, 4) for _term, _at, much in weighed],
        },
    )  # fmt: skip
    counts = Counter(term for term, _at, _much in weighed) + Counter({"": len(entries)})
    counted = tx.execute(_COUNT, given | {"terms": list(counts), "counts": list(counts.values())})
    new = [row.term for row in counted if row.entries == counts[row.term] and is_spelt(row.term)]
    pieced = sorted((piece, term) for term in new for piece in pieces(term))
    if pieced:
        tx.execute(_SPELLINGS, given | {"pieces": [each[0] for each in pieced], "terms": [each[1] for each in pieced]})


def clear(tx: Tx, source_id: int) -> None:
    """Takes everything of a source out of the index."""
    tx.execute(_LOCK, {"tenant": tx.tenant})
    of_source = (KnowledgeEntry.tenant_id == tx.tenant, KnowledgeEntry.source_id == source_id)
    gone = tx.scalars(select(KnowledgeEntry.id).where(*of_source)).all()
    if gone:
        for statement in (_UNCOUNT, *_FORGET):
            tx.execute(statement, {"tenant": tx.tenant, "gone": list(gone)})


def same_question(tx: Tx, questions: Sequence[str], chatbot_id: int | None) -> Sequence[KnowledgeEntry]:
    """The entries that answer one of these questions, in whatever spelling, for this bot or for all; newest first."""
    keys = {key(question) for question in questions} - {""}
    texts = select(KnowledgeText.entry_id).where(
        KnowledgeText.tenant_id == tx.tenant,
        KnowledgeText.key.in_(keys),
        or_(KnowledgeText.chatbot_id.is_(None), KnowledgeText.chatbot_id == chatbot_id),
    )
    found = select(KnowledgeEntry).where(KnowledgeEntry.tenant_id == tx.tenant, KnowledgeEntry.id.in_(texts))
    return tx.scalars(found.order_by(KnowledgeEntry.id.desc())).all()


def question_terms(question: str) -> dict[str, float]:
    """The terms of a question or wording with how much each says, before it is known how common they are."""
    stemmed = stems(question)
    found = {each: weight(each) ** FUNCTION_POWER for each in stemmed if weight(each)}
    return found | dict.fromkeys(concepts(stemmed), CONCEPT_WEIGHT)


def entry_terms(entry: Entry) -> Terms:
    """The terms of an entry with their weights: near 1 for what all its wordings have and little else."""
    if not entry.questions:
        return _passage_terms(entry)
    total: Counter[str] = Counter()
    for wording in entry.questions:
        _add(total, question_terms(wording), 1 / len(entry.questions))
    spread = {term: much**SHARE_POWER for term, much in total.items()}
    summed: Counter[str] = Counter(_unit(spread))
    said = {term: much for term, much in question_terms(entry.answer).items() if weight(term) >= 1}
    _add(summed, said, ANSWER_WEIGHT)
    return _unit(summed)


def _passage_terms(entry: Entry) -> Terms:
    stemmed = stems(f"{entry.heading or ''}\n{entry.answer}")
    times = Counter(each for each in stemmed if weight(each) >= 0.5)
    each = PASSAGE_WEIGHT * min(1.0, (PASSAGE_LENGTH / max(len(stemmed), 1)) ** 0.25)
    found = {term: each * (1 + 0.3 * math.log(count)) for term, count in times.items()}
    return found | dict.fromkeys(concepts(stemmed), each * CONCEPT_WEIGHT)


def _add(total: Counter[str], terms: Terms, share: float) -> None:
    for term, much in _unit(terms).items():
        total[term] += much * share  # type: ignore[assignment]


def _unit(terms: Terms) -> dict[str, float]:
    size = math.sqrt(sum(much * much for much in terms.values())) or 1.0
    return {term: much / size for term, much in terms.items()}


def _texts(entry_id: int, entry: Entry) -> Iterator[tuple[int, str | None, str | None]]:
    """The texts of an entry: id, key, body."""
    if not entry.questions:
        return iter([(entry_id, None, None)])
    wordings = dict.fromkeys(filter(None, map(_clean, entry.questions)))
    return ((entry_id, key(wording)[:500], wording) for wording in wordings)


def _clean(given: str | None) -> str | None:
    return given.replace("\x00", "") if given is not None else None


def is_spelt(term: str) -> bool:
    """Whether a term is a word that may be mistyped and still be told: letters only, and enough of them."""
    return 5 <= len(term) <= MAX_PIECED and term.isalpha()


def pieces(word: str) -> set[int]:
    """What a word shares with its typing slips, as numbers: itself, itself without one letter, and its consonants."""
    found = {word[:at] + word[at + 1 :] for at in range(len(word))} | {word}
    bones = consonants(word)
    return {crc32(piece.encode()) for piece in (found | {"=" + bones} if len(bones) > 2 else found)}


def consonants(word: str) -> str:
    """What is left of a word that is typed without its vowels."""
    return word[:1] + "".join(chain(char for char in word[1:] if char not in "aeiou"))
