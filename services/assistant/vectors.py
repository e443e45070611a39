"""Embeddings of what was taught: storing them, and finding those nearest to a question's.

The signs of a vector's numbers make a short list (few differ where vectors are near); its cosines are exact, by
pgvector where the server has it, else by adding up arrays. Making embeddings is not done here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, text

from services.db.engine import Tx

SHORT_LIST = 120
MOST_NUMBERS = 4096  # a vector's signs must fit into a page of the index

_MISSING = text("""
    select t.id, coalesce(t.body, concat_ws(E'\\n', e.heading, e.answer)) as body
    from knowledge_texts t
    join knowledge_entries e on e.tenant_id = :tenant and e.id = t.entry_id
    left join knowledge_vectors v on v.tenant_id = :tenant and v.text_id = t.id
    where t.tenant_id = :tenant and v.model is distinct from :model
    order by t.id limit :limit
""")
_STORE = text("""
    insert into knowledge_vectors (tenant_id, text_id, model, chatbot_id, signs, vector)
    select :tenant, t.id, :model, t.chatbot_id, cast(given.signs as bit varying), cast(given.vector as real[])
    from unnest(cast(:texts as bigint[]), cast(:signs as text[]), cast(:vectors as text[]))
        as given (text_id, signs, vector)
    join knowledge_texts t on t.tenant_id = :tenant and t.id = given.text_id
    on conflict (tenant_id, text_id) do update set model = excluded.model, chatbot_id = excluded.chatbot_id,
        signs = excluded.signs, vector = excluded.vector
""")
_COSINE = {
    True: "-(v.vector <#> cast(:vector as text)::vector)",
    False: "(select sum(a * b) from unnest(v.vector, cast(translate(:vector, '[]', '{}') as real[])) as u (a, b))",
}
_NEAREST = """
    with short as (
        select text_id from knowledge_vectors
        where tenant_id = :tenant and length(signs) = :numbers and (cast(:model as text) is null or model = :model)
            and (chatbot_id is null or chatbot_id = :chatbot)
        order by bit_count(signs # cast(:signs as bit varying)), text_id limit :short
    )
    select t.entry_id, v.text_id, {cosine} as cosine
    from short
    join knowledge_vectors v on v.tenant_id = :tenant and v.text_id = short.text_id
    join knowledge_texts t on t.tenant_id = :tenant and t.id = v.text_id
    order by cosine desc, text_id limit :limit
"""
_OF_ENTRIES = """
    select t.entry_id, avg({cosine}) as together, max({cosine}) as best
    from knowledge_texts t
    join knowledge_vectors v on v.tenant_id = :tenant and v.text_id = t.id and length(v.signs) = :numbers
    where t.tenant_id = :tenant and t.entry_id = any(:entries)
    group by t.entry_id
"""
_KIND = text("""
    select format_type(atttypid, null) from pg_attribute
    where attrelid = 'knowledge_vectors'::regclass and attname = 'vector'
""")
_pgvector: WeakKeyDictionary[Engine, bool] = WeakKeyDictionary()


def missing(tx: Tx, model: str, limit: int) -> list[tuple[int, str]]:
    """Texts that have no vector of this model yet: their ids and what they say, oldest first."""
    rows = tx.execute(_MISSING, {"tenant": tx.tenant, "model": model, "limit": limit})
    return [(row.id, row.body) for row in rows]


def store(tx: Tx, model: str, vectors: Sequence[tuple[int, Sequence[float]]]) -> None:
    """Keeps the vectors of texts, instead of those of another model; texts that are gone meanwhile are left out.

    Raises `ValueError` for a vector without direction or of more than `MOST_NUMBERS` numbers.
    """
    if vectors:
        units = [(text_id, unit(vector)) for text_id, vector in vectors]
        tx.execute(
            _STORE,
            {
                "tenant": tx.tenant, "model": model, "texts": [text_id for text_id, _ in units],
                "signs": [signs(vector) for _, vector in units],
                "vectors": [_written(vector, "{}") for _, vector in units],
            },
        )  # fmt: skip


def nearest(
    tx: Tx, model: str | None, vector: Sequence[float], chatbot_id: int | None, limit: int
) -> list[tuple[int, int, float]]:
    """The texts nearest to a vector, with their entries: entry id, text id, cosine. Of any model if None is given."""
    rows = tx.execute(
        text(_NEAREST.format(cosine=_COSINE[_has_pgvector(tx)])),
        _asked(tx, vector) | {
            "model": model, "chatbot": chatbot_id, "limit": limit, "short": max(limit, SHORT_LIST),
        },
    )  # fmt: skip
    return [(row.entry_id, row.text_id, float(row.cosine)) for row in rows]


def of_entries(tx: Tx, vector: Sequence[float], entry_ids: Sequence[int]) -> dict[int, tuple[float, float]]:
    """For each entry its cosines with a vector: the mean over its texts, and the best one's."""
    statement = text(_OF_ENTRIES.format(cosine=_COSINE[_has_pgvector(tx)]))
    rows = tx.execute(statement, _asked(tx, vector) | {"entries": list(entry_ids)})
    return {row.entry_id: (float(row.together), float(row.best)) for row in rows}


def unit(vector: Sequence[float]) -> list[float]:
    """A vector of the same direction and length 1."""
    size = math.sqrt(sum(number * number for number in vector))
    if not size or not math.isfinite(size) or len(vector) > MOST_NUMBERS:
        raise ValueError("a vector needs a direction and at most 4096 numbers")
    return [number / size for number in vector]


def signs(vector: Sequence[float]) -> str:
    """A bit for each number of a vector."""
    return "".join("0" if number < 0 else "1" for number in vector)


def _asked(tx: Tx, vector: Sequence[float]) -> dict[str, object]:
    plain = unit(vector)
    return {"tenant": tx.tenant, "vector": _written(plain, "[]"), "signs": signs(plain), "numbers": len(plain)}


def _written(vector: Sequence[float], brackets: str) -> str:
    return brackets[0] + ",".join(f"{number:.6g}" for number in vector) + brackets[1]


def _has_pgvector(tx: Tx) -> bool:
    """Whether vectors are kept in pgvector's type here; asked once for a database."""
    engine = tx.connection().engine
    if engine not in _pgvector:
        _pgvector[engine] = tx.scalar(_KIND) not in ("real[]", None)
    return _pgvector[engine]
