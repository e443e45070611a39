"""Finding the answer: typed badly, in the other language, among passages, and only one's own."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from services.assistant import retrieval
from services.assistant.entries import Entry
from services.db.engine import Database
from services.db.models import Chatbot
from services.tenants.tenants import NewTenant, register
from tests.assistant.teaching import FEE, HOURS, PAYING, PLACE, POLICY, PRICES, RETURNS, SHOP, teach


@pytest.fixture
def shop(db: Database) -> int:
    """A tenant with a small shop's knowledge."""
    tenant_id = register(db, NewTenant("Toko", "6281100000011")).tenant_id
    with db.tenant(tenant_id) as tx:
        teach(tx, 1, SHOP)
        teach(tx, 2, [PRICES, POLICY])
    return tenant_id


def first(db: Database, tenant_id: int, question: str) -> retrieval.Found | None:
    with db.tenant(tenant_id) as tx:
        found = retrieval.search(tx, question, chatbot_id=None)
    return found[0] if found else None


QUESTIONS = {
    "Jam buka toko?": HOURS, "bk jm brp min": HOURS, "what are your opening hours": HOURS, "ongkirr ke bekasi brp": FEE,
    "how much is delivery": FEE, "byrnya gmn": PAYING, "pembayran pake apa": PAYING, "can i return it": RETURNS,
    "mau tuker barang": RETURNS, "alamatnya dmn sih": PLACE, "where is the shop": PLACE, "semen padang brp": PRICES,
    "refund how many days": POLICY,
}  # fmt: skip


def test_the_right_answer_comes_first(db: Database, shop: int) -> None:
    found = {question: first(db, shop, question) for question in QUESTIONS}
    assert {q: each.answer if each else None for q, each in found.items()} == {
        q: e.answer for q, e in QUESTIONS.items()
    }


def test_an_exact_question_is_nearly_certain_and_the_newest_wins(db: Database, shop: int) -> None:
    with db.tenant(shop) as tx:
        teach(tx, 3, [Entry("Sekarang 07.00.", ("jam buka toko", "kapan kalian mulai melayani pelanggan"))])
        found = retrieval.search(tx, "Jam buka toko??", chatbot_id=None)
    assert [each.answer for each in found[:2]] == ["Sekarang 07.00.", HOURS.answer]
    assert found[0].confidence >= 0.98


def test_a_taught_answer_comes_before_a_document(db: Database, shop: int) -> None:
    with db.tenant(shop) as tx:
        teach(tx, 3, [Entry("Sedang promo: Rp 60.000.", ("Harga semen Tiga Roda 50kg berapa?",))])
    found = first(db, shop, "hrg semen tiga roda 50kg")
    assert found is not None
    assert found.answer == "Sedang promo: Rp 60.000."


def test_the_newer_of_two_documents_wins(db: Database, shop: int) -> None:
    with db.tenant(shop) as tx:
        teach(
            tx,
            3,
            [Entry("Semen Padang 50kg\tRp 70.000\nSemen Gresik 40kg\tRp 55.000\nBata\tRp 900", heading="DAFTAR HARGA")],
        )
    found = first(db, shop, "harga semen padang 50kg")
    assert found is not None
    assert "70.000" in found.answer


def test_a_stranger_finds_nothing(db: Database, shop: int) -> None:
    other = register(db, NewTenant("Lain", "6281100000012")).tenant_id
    assert first(db, other, "Jam buka toko?") is None


def test_a_bot_knows_its_own_and_what_is_for_all(db: Database, shop: int) -> None:
    with db.tenant(shop) as tx:
        bots = [
            Chatbot(
                tenant_id=shop, number=n, name=f"b{n}", name_key=f"b{n}", starts={}, person_words=[], created_at=tx.now
            )
            for n in (1, 2)
        ]
        tx.add_all(bots)
        tx.flush()
        teach(tx, 3, [Entry("Servis AC Rp 75.000.", ("Servis AC berapa?",))], chatbot_id=bots[0].id)
        for chatbot_id, knows in ((bots[0].id, True), (bots[1].id, False), (None, False)):
            found = retrieval.search(tx, "servis ac berapa", chatbot_id=chatbot_id)
            assert any(each.answer.startswith("Servis AC") for each in found) is knows
            assert retrieval.search(tx, "jam buka toko", chatbot_id=chatbot_id)[0].answer == HOURS.answer


@pytest.mark.parametrize("question", ["", "   ", "?!", "\x00", "👍", "a" * 10_000, "%_'; drop table", '{}[]\\,"'])
def test_odd_questions_find_nothing_or_little(db: Database, shop: int, question: str) -> None:
    found = first(db, shop, question)
    assert found is None or found.confidence < 0.5


def test_a_question_takes_at_most_four_statements(db: Database, shop: int) -> None:
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *all_: statements.append(str(all_[2])))
    with db.tenant(shop) as tx:
        retrieval.search(tx, "berapa ongkos kirim semen ke depok", chatbot_id=None, vector=[0.1, 0.2, 0.3])
    # With them goes the one that asks, once for a database, which type vectors have.
    assert len(statements) <= 4 + 1


def test_frequent_terms_are_looked_up_only_in_what_rare_ones_found() -> None:
    asked = retrieval.ranking.asked(
        "harga semen padang", {"": 50_000, "harga": 40_000, "semen": 1_800, "padang": 90}, {}
    )
    telling, frequent = retrieval._within_budget(
        asked, {"harga": 40_000, "~price": 40_000, "semen": 1_800, "padang": 90}
    )
    assert {"padang", "semen"} <= set(telling)
    assert {"harga", "~price"} <= set(frequent)
