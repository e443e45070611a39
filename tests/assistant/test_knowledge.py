"""What is taught, changed, listed and taken out, beside a stranger's knowledge."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from services.assistant import chatbots, documents, gaps, knowledge, knowledge_lists, retrieval
from services.assistant.documents import GivenFile
from services.assistant.knowledge import Answered, Place
from services.db.engine import Database, Tx
from services.db.models import AuditEntry, KnowledgeEntry, KnowledgeSource
from services.errors import DomainError
from services.tenants.actors import Actor
from services.tenants.tenants import NewTenant, Registered, register
from tests.conftest import OWNER, STRANGER

BOSS = Actor("user", OWNER, "owner")
HOURS = Answered(("When do you open?", "opening hours"), "Every day from 8 to 5")


@dataclass(frozen=True)
class Shop:
    """A business that teaches, and a stranger's."""

    db: Database
    tenant: Registered
    stranger: Registered

    @property
    def place(self) -> Place:
        return Place(BOSS, None, self.tenant.session_id)


@pytest.fixture
def shop(db: Database) -> Shop:
    return Shop(db, register(db, NewTenant("Toko Maju", OWNER)), register(db, NewTenant("Orang Lain", STRANGER)))


def found(tx: Tx, question: str, chatbot_id: int | None = None) -> list[str]:
    return [each.answer for each in retrieval.search(tx, question, chatbot_id=chatbot_id)]


def test_a_question_is_taught_changed_and_taken_out_again(shop: Shop) -> None:
    with shop.db.tenant(shop.tenant.tenant_id) as tx:
        source = knowledge.add_qa(tx, shop.place, HOURS)
        assert (source.number, source.version, source.entries, source.status) == (1, 1, 1, "ready")
        assert found(tx, "when do you open")[0] == "Every day from 8 to 5"
        assert knowledge.edit(tx, shop.place, source, "At 9") == HOURS
        now = knowledge.add_wording(tx, shop.place, source, ["What time is it open", "OPENING hours"])
        assert now == Answered((*HOURS.questions, "What time is it open"), "At 9")
        assert found(tx, "what time is it open") == ["At 9"]
        assert tx.query(KnowledgeEntry).filter_by(tenant_id=tx.tenant).count() == 1
    with shop.db.tenant(shop.stranger.tenant_id) as tx:
        assert found(tx, "when do you open") == []
        assert list(knowledge_lists.listing(tx)) == []
        with pytest.raises(DomainError, match="unknown_knowledge"):
            knowledge.by_number(tx, 1)
    with shop.db.tenant(shop.tenant.tenant_id) as tx:
        was = knowledge_lists.versions(tx, knowledge.by_number(tx, 1))
        assert [(each.version, each.by, each.answered and each.answered.answer) for each in was] == [
            (3, "Toko Maju", "At 9"), (2, "Toko Maju", "At 9"), (1, "Toko Maju", "Every day from 8 to 5"),
        ]  # fmt: skip
        knowledge.remove(tx, shop.place, knowledge.by_number(tx, 1))
        assert found(tx, "when do you open") == []
        with pytest.raises(DomainError, match="unknown_knowledge"):
            knowledge.by_number(tx, 1)
        done = tx.scalars(select(AuditEntry.action).where(AuditEntry.tenant_id == tx.tenant).order_by(AuditEntry.id))
        kept = [action for action in done if action.startswith("knowledge")]
    assert kept == ["knowledge.add", "knowledge.edit", "knowledge.edit", "knowledge.remove"]


@pytest.mark.parametrize(
    ("questions", "answer", "code"),
    [
        ((), "yes", "question_empty"),
        (("🙂?",), "yes", "question_empty"),
        (("a" * 301,), "yes", "question_too_long"),
        (tuple(f"wording {number}" for number in range(21)), "yes", "too_many_wordings"),
        (("open?",), " \x00\n", "answer_empty"),
        (("open?",), "a" * 3001, "answer_too_long"),
    ],
)
def test_what_cannot_be_taught_is_refused(questions: tuple[str, ...], answer: str, code: str) -> None:
    with pytest.raises(DomainError, match=code):
        knowledge.checked(questions, answer)


def test_what_is_odd_but_fine_is_kept_as_it_was_written() -> None:
    odd = knowledge.checked(["  What's  Jum'at\x00 = ? 🙂 ", "what's jum'at = ? 🙂"], "Rp 65.000 = 1 sak 🙏\n\nya")
    assert odd == Answered(("What's Jum'at = ? 🙂",), "Rp 65.000 = 1 sak 🙏\n\nya")


def test_a_tenants_bots_have_room_for_so_much(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge, "MOST_ENTRIES", 2)
    with shop.db.tenant(shop.tenant.tenant_id) as tx:
        first = knowledge.add_qa(tx, shop.place, HOURS)
        knowledge.add_qa(tx, shop.place, Answered(("Where?",), "Depok"))
        knowledge.edit(tx, shop.place, first, "At 9")
        with pytest.raises(DomainError, match="knowledge_full"):
            knowledge.add_qa(tx, shop.place, Answered(("Parking?",), "Yes"))
        knowledge.remove(tx, shop.place, first)
        knowledge.add_qa(tx, shop.place, Answered(("Parking lot?",), "Yes"))
    with shop.db.tenant(shop.stranger.tenant_id) as tx:
        knowledge.add_qa(tx, Place(BOSS, None, shop.stranger.session_id), HOURS)


def test_what_one_bot_knows_the_others_do_not(shop: Shop) -> None:
    with shop.db.tenant(shop.tenant.tenant_id) as tx:
        rina, siti = chatbots.create(tx, BOSS, "Rina"), chatbots.create(tx, BOSS, "Siti")
        knowledge.add_qa(tx, Place(BOSS, rina.id, shop.tenant.session_id), HOURS)
        assert [found(tx, "opening hours", bot) for bot in (rina.id, siti.id, None)] == [[HOURS.answer], [], []]
        assert [len(knowledge_lists.same(tx, ["opening hours"], bot)) for bot in (rina.id, siti.id, None)] == [1, 0, 0]


def test_totals_and_pages_of_the_list(shop: Shop) -> None:
    with shop.db.tenant(shop.tenant.tenant_id) as tx:
        for number in range(21):
            knowledge.add_qa(tx, shop.place, Answered((f"question number {number}",), "yes"))
        documents.request_document(tx, shop.place, GivenFile("0" * 64, "application/pdf", "a.pdf"))
        gaps.record(tx, "do you deliver?", "deliver")
        assert knowledge_lists.totals(tx) == knowledge_lists.Totals(21, 1, 21, 1)
        assert len(knowledge_lists.listing(tx)) == knowledge_lists.PAGE
        assert [each.source.number for each in knowledge_lists.listing(tx, page=2)] == [2, 1]


PDF = GivenFile("a" * 64, "application/pdf", "Price list.pdf")


def test_the_same_file_is_known_and_another_of_that_name_is_its_next_version(shop: Shop) -> None:
    with shop.db.tenant(shop.tenant.tenant_id) as tx:
        first = documents.request_document(tx, shop.place, PDF)
        assert (first.how, first.source.title, first.source.status) == ("new", "Price list.pdf", "waiting")
        assert documents.request_document(tx, shop.place, PDF).how == "reading"
        first.source.status = "ready"
        tx.flush()
        again = documents.request_document(tx, shop.place, PDF, "Prices")
        assert (again.how, again.source.id, again.source.title) == ("known", first.source.id, "Prices")
        newer = documents.request_document(tx, shop.place, GivenFile("b" * 64, PDF.mime, "price LIST.pdf"))
        assert (newer.how, newer.source.id, newer.source.title) == ("newer", first.source.id, "Prices")
        newer.source.status = "failed"
        tx.flush()
        assert documents.request_document(tx, shop.place, GivenFile("b" * 64, PDF.mime, "b.pdf")).how == "again"
        other = documents.request_document(tx, shop.place, GivenFile("c" * 64, "text/csv", "c.csv"), "Prices")
        assert (other.how, other.source.kind, other.source.number) == ("newer", "table", 1)
        with pytest.raises(DomainError, match="unreadable_kind"):
            documents.request_document(tx, shop.place, GivenFile("d" * 64, "image/heic", "d.heic"))
    with shop.db.tenant(shop.stranger.tenant_id) as tx:
        assert documents.request_document(tx, Place(BOSS, None, shop.stranger.session_id), PDF).how == "new"


def test_a_page_is_read_again_when_its_address_comes_again(shop: Shop) -> None:
    with shop.db.tenant(shop.tenant.tenant_id) as tx:
        first = documents.request_page(tx, shop.place, "https://toko.id/harga")
        assert (first.how, first.source.kind) == ("new", "web")
        assert documents.request_page(tx, shop.place, "https://toko.id/harga").how == "reading"
        first.source.changed_at -= documents.LOST_AFTER
        tx.flush()
        assert documents.request_page(tx, shop.place, "https://toko.id/harga").how == "again"
        first.source.status = "ready"
        tx.flush()
        again = documents.request_page(tx, shop.place, "https://toko.id/harga", "Prices")
        assert (again.how, again.source.title, again.source.status) == ("again", "Prices", "waiting")
        assert tx.query(KnowledgeSource).filter_by(tenant_id=tx.tenant).count() == 1


def test_only_documents_are_read_again(shop: Shop) -> None:
    with shop.db.tenant(shop.tenant.tenant_id) as tx:
        question = knowledge.add_qa(tx, shop.place, HOURS)
        with pytest.raises(DomainError, match="not_a_document"):
            documents.reread(tx, shop.place, question)
        document = documents.request_document(tx, shop.place, PDF).source
        with pytest.raises(DomainError, match="not_a_question"):
            knowledge.current(tx, document)
        assert list(documents.every_one(tx)) == [document]
