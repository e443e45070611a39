"""Writing the index: replacing, clearing, counting, and finding the same question again."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from services.assistant import index
from services.assistant.entries import Entry
from services.db.engine import Database, Tx
from services.tenants.tenants import NewTenant, register
from tests.assistant.teaching import FEE, HOURS, PRICES, SHOP, teach

TABLES = ("knowledge_entries", "knowledge_texts", "knowledge_postings")


@pytest.fixture
def tenants(db: Database) -> tuple[int, int]:
    """A tenant, and the stranger who must not see anything."""
    given = (NewTenant("Toko", "6281100000011"), NewTenant("Lain", "6281100000012"))
    return register(db, given[0]).tenant_id, register(db, given[1]).tenant_id


def rows(tx: Tx, table: str) -> int:
    return int(tx.execute(text(f"select count(*) from {table}")).scalar_one())


def counts(tx: Tx) -> dict[str, int]:
    return {row.term: row.entries for row in tx.execute(text("select term, entries from knowledge_terms"))}


def test_putting_again_replaces_and_clearing_leaves_nothing(db: Database, tenants: tuple[int, int]) -> None:
    with db.tenant(tenants[0]) as tx:
        source = teach(tx, 1, SHOP)
        assert counts(tx)[""] == len(SHOP)
        assert counts(tx)["toko"] == 2
        index.put(tx, source, [HOURS])
        assert counts(tx)[""] == 1 == counts(tx)["toko"]
        assert "ongko" not in counts(tx)
        assert rows(tx, "knowledge_texts") == 2
        index.clear(tx, source.id)
        assert [rows(tx, table) for table in TABLES] == [0, 0, 0]
        assert counts(tx) == {"": 0}


def test_clearing_one_source_keeps_the_others(db: Database, tenants: tuple[int, int]) -> None:
    with db.tenant(tenants[0]) as tx:
        first, _second = teach(tx, 1, [HOURS]), teach(tx, 2, [FEE, PRICES])
        index.clear(tx, first.id)
        assert counts(tx)[""] == rows(tx, "knowledge_entries") == 2
        posted = tx.execute(text("select distinct term from knowledge_postings"))
        assert {row.term for row in posted} == set(counts(tx)) - {""}


def test_a_stranger_sees_and_clears_nothing(db: Database, tenants: tuple[int, int]) -> None:
    with db.tenant(tenants[0]) as tx:
        source = teach(tx, 1, SHOP)
    with db.tenant(tenants[1]) as tx:
        index.clear(tx, source.id)
        assert rows(tx, "knowledge_postings") == 0
        assert index.same_question(tx, ["Jam buka toko?"], None) == []
    with db.tenant(tenants[0]) as tx:
        assert rows(tx, "knowledge_entries") == len(SHOP)


def test_the_same_question_is_found_in_any_spelling_newest_first(db: Database, tenants: tuple[int, int]) -> None:
    with db.tenant(tenants[0]) as tx:
        teach(tx, 1, [HOURS])
        teach(tx, 2, [Entry("Sekarang 07.00.", ("JAM BUKA TOKO!!",))])
        found = index.same_question(tx, ["tolong kak, jm bk toko?"], None)
        assert [each.answer for each in found] == ["Sekarang 07.00.", HOURS.answer]
        assert index.same_question(tx, ["jam tutup toko"], None) == []
        assert index.same_question(tx, [], None) == []


@pytest.mark.parametrize(
    "entry",
    [Entry(""), Entry("\x00 nul"), Entry("a", ("",)), Entry("a", ("?!",)), Entry("x" * 50_000),
     Entry("a", ("b\x00c", "b\x00c"))],
    ids=["empty", "nul", "no wording", "signs", "long", "twice"],
)  # fmt: skip
def test_odd_entries_are_kept(db: Database, tenants: tuple[int, int], entry: Entry) -> None:
    with db.tenant(tenants[0]) as tx:
        teach(tx, 1, [entry, HOURS])
        assert rows(tx, "knowledge_entries") == 2


def test_a_wording_in_most_of_an_answers_wordings_weighs_most() -> None:
    terms = index.entry_terms(Entry("#", ("kartu hilang", "kartu dicuri", "kartu saya hilang")))
    assert terms["kartu"] > terms["hilang"] > terms["curi"]
    assert sum(weight * weight for weight in terms.values()) == pytest.approx(1)


def test_a_slip_shares_a_piece_with_the_word() -> None:
    for slip in ("pembayran", "pembayaraan", "pmebayaran", "pembayarun"):
        assert index.pieces(slip) & index.pieces("pembayaran"), slip
    assert index.pieces("hrg") & index.pieces("harga")
    assert not index.pieces("semen") & index.pieces("pasir")
