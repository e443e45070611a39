"""Vectors of what was taught: stored, found again by direction, and used beside the words."""

from __future__ import annotations

import pytest
from sqlalchemy import URL, text

from services.assistant import retrieval, vectors
from services.db.engine import Database
from services.tenants.tenants import NewTenant, register
from tests.assistant.teaching import FEE, HOURS, PAYING, PRICES, teach
from tests.db.asking import connected

DIRECTIONS = {"kirim": 0, "ongk": 0, "buka": 1, "bayar": 2}


def meaning(body: str) -> list[float]:
    """A vector of six numbers that stands for what a text is about."""
    found = [0.05, -0.05, 0.05, -0.05, 0.05, -0.05]
    for word, at in DIRECTIONS.items():
        found[at] += float(word in body.lower())
    return found


@pytest.fixture
def taught(db: Database) -> int:
    tenant_id = register(db, NewTenant("Toko", "6281100000011")).tenant_id
    with db.tenant(tenant_id) as tx:
        teach(tx, 1, [HOURS, FEE, PAYING])
        teach(tx, 2, [PRICES])
        vectors.store(tx, "m1", [(at, meaning(body)) for at, body in vectors.missing(tx, "m1", 100)])
    return tenant_id


def check_everything(db: Database, tenant_id: int) -> None:
    with db.tenant(tenant_id) as tx:
        assert vectors.missing(tx, "m1", 100) == []
        assert len(vectors.missing(tx, "m2", 100)) == 7
        nearest = vectors.nearest(tx, "m1", [1, 0, 0, 0, 0, 0], None, 3)
        assert [cosine for *_ids, cosine in nearest] == sorted((each[2] for each in nearest), reverse=True)
        fees = {entry for entry, _text, cosine in nearest if cosine > 0.9}
        assert len(fees) == 1
        together, best = vectors.of_entries(tx, [1, 0, 0, 0, 0, 0], list(fees))[next(iter(fees))]
        assert 0.9 < together <= best <= 1.0001
        assert vectors.nearest(tx, "m2", [1, 0, 0, 0, 0, 0], None, 3) == []
        assert vectors.nearest(tx, None, [1, 0, 0], None, 3) == [], "of another length"


def test_the_nearest_are_found_where_pgvector_is(db: Database, taught: int) -> None:
    check_everything(db, taught)


def test_the_nearest_are_found_without_pgvector(db: Database, taught: int, database_url: URL) -> None:
    with connected(database_url) as owner:
        owner.execute(text("alter table knowledge_vectors alter vector type real[] using vector::real[]"))
    check_everything(db, taught)
    with db.tenant(taught) as tx:
        vectors.store(tx, "m2", [(at, meaning(body)) for at, body in vectors.missing(tx, "m2", 2)])
        assert len(vectors.missing(tx, "m2", 100)) == 5


def test_meaning_finds_what_words_do_not(db: Database, taught: int) -> None:
    with db.tenant(taught) as tx:
        assert (
            retrieval.search(tx, "sampeyan tarif pos", chatbot_id=None, vector=[1, 0, 0, 0, 0, 0])[0].answer
            == FEE.answer
        )
        assert retrieval.search(tx, "zzz", chatbot_id=None) == ()


def test_a_vector_of_another_model_is_not_compared(db: Database, taught: int) -> None:
    with db.tenant(taught) as tx:
        found = retrieval.search(tx, "jam buka toko", chatbot_id=None, vector=[1.0] * 8)
    assert found[0].answer == HOURS.answer


def test_a_stranger_neither_reads_nor_writes_vectors(db: Database, taught: int) -> None:
    other = register(db, NewTenant("Lain", "6281100000012")).tenant_id
    with db.tenant(taught) as tx:
        text_id = vectors.nearest(tx, None, [1, 0, 0, 0, 0, 0], None, 1)[0][1]
    with db.tenant(other) as tx:
        assert vectors.nearest(tx, None, [1, 0, 0, 0, 0, 0], None, 3) == []
        assert vectors.missing(tx, "m2", 10) == []
        vectors.store(tx, "m2", [(text_id, [1.0, 0.0])])
        assert tx.execute(text("select count(*) from knowledge_vectors")).scalar_one() == 0


@pytest.mark.parametrize("vector", [[], [0.0, 0.0], [float("nan")], [float("inf"), 1.0], [1.0] * 5000])
def test_a_vector_without_direction_is_refused(vector: list[float]) -> None:
    with pytest.raises(ValueError, match="direction"):
        vectors.unit(vector)
