"""The job that learns a document: what it says when, what a failure leaves, and that it may be killed anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from services import web
from services.assistant import documents, knowledge, knowledge_lists, learning, reading, retrieval
from services.assistant.documents import GivenFile, Requested
from services.assistant.entries import Entry
from services.assistant.knowledge import Place
from services.assistant.reading import Document
from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import KnowledgeSource, OutboxMessage
from services.errors import DomainError
from services.i18n import Shown
from services.messaging.files import FileStore
from services.queue import next_due
from services.settings import Settings
from services.tenants.actors import Actor
from services.tenants.tenants import NewTenant, Registered, register
from tests.conftest import OWNER, STRANGER

BOSS = Actor("user", OWNER, "owner")
POLICY = b"Opening hours\n\nWe open every day from 8 to 5.\n\nParking\n\nParking is behind the shop.\n"
PAGE = b"<html><head><title>Toko Maju</title></head><body><h1>Parking</h1><p>Behind the shop.</p></body></html>"


@dataclass
class Shop:
    """A business, the job, and what its owner was told."""

    db: Database
    files: FileStore
    settings: Settings
    tenant: Registered

    def ask(self, content: bytes = POLICY, name: str = "Policy.txt", mime: str = "text/plain") -> Requested:
        with self.db.tenant(self.tenant.tenant_id) as tx:
            place = Place(BOSS, None, self.tenant.session_id)
            return documents.request_document(tx, place, GivenFile(self.files.put(content), mime, name))

    def learn(self, number: int = 1) -> KnowledgeSource:
        learning.learn(self.db, self.files, self.settings, self.tenant.tenant_id, self.source(number).id)
        return self.source(number)

    def source(self, number: int = 1) -> KnowledgeSource:
        with self.db.tenant(self.tenant.tenant_id) as tx:
            return tx.scalars(select(KnowledgeSource).where(KnowledgeSource.number == number)).one()

    def found(self, question: str) -> list[str]:
        with self.db.tenant(self.tenant.tenant_id) as tx:
            return [each.answer for each in retrieval.search(tx, question, chatbot_id=None)]

    def told(self) -> list[str]:
        with self.db.tenant(self.tenant.tenant_id) as tx:
            return list(tx.scalars(select(OutboxMessage.body).order_by(OutboxMessage.id)))


@pytest.fixture
def shop(db: Database, settings: Settings, tmp_path: Path) -> Shop:
    return Shop(db, FileStore(tmp_path / "files"), settings, register(db, NewTenant("Toko Maju", OWNER, "en")))


def reads(monkeypatch: pytest.MonkeyPatch, read: Callable[..., Document]) -> None:
    """Has files read by something else than the child process."""
    monkeypatch.setattr(reading, "read_file", read)


def test_a_text_is_learnt_and_its_owner_told(shop: Shop) -> None:
    shop.ask()
    source = shop.learn()
    assert (source.status, source.version, source.error) == ("ready", 1, None)
    assert source.entries > 0
    assert any("behind the shop" in each for each in shop.found("parking"))
    (told,) = shop.told()
    assert told.startswith("Learnt Policy.txt (number 1): ")
    assert "\nTry it: " in told
    assert shop.learn().version == 1


def test_it_is_nobody_elses(shop: Shop) -> None:
    stranger = register(shop.db, NewTenant("Orang Lain", STRANGER))
    shop.ask()
    learning.learn(shop.db, shop.files, shop.settings, stranger.tenant_id, shop.source().id)
    assert shop.source().status == "waiting"
    shop.learn()
    other = Shop(shop.db, shop.files, shop.settings, stranger)
    assert (other.found("parking"), other.told()) == ([], [])


def test_a_new_version_answers_only_once_it_is_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.ask()
    shop.learn()
    assert shop.ask(POLICY.replace(b"behind", b"before")).how == "newer"
    seen: list[list[str]] = []
    real = reading.read_file

    def read(*given: object, **more: object) -> Document:
        seen.append(shop.found("where is parking"))
        return real(*given, **more)  # type: ignore[arg-type]

    reads(monkeypatch, read)
    assert shop.learn().version == 2
    assert "behind the shop" in seen[0][0]
    assert "before the shop" in shop.found("where is parking")[0]
    with shop.db.tenant(shop.tenant.tenant_id) as tx:
        was = knowledge_lists.versions(tx, knowledge.by_number(tx, 1))
    assert [each.version for each in was] == [2, 1]


def test_what_a_file_cannot_give_is_told_and_the_old_version_stays(shop: Shop) -> None:
    first = shop.ask().source.file_hash
    shop.learn()
    shop.ask(b" \n \n")
    source = shop.learn()
    assert (source.status, source.version, source.error, source.file_hash) == ("ready", 1, "file_empty", first)
    assert any("behind the shop" in each for each in shop.found("parking"))
    told = shop.told()[-1]
    assert told.startswith("I couldn't learn Policy.txt (number 1).\nThere is no text in that file.")
    assert told.endswith("What I had learnt of it before still answers.")
    shop.ask(b"\n", "Other.txt")
    assert shop.learn(2).status == "failed"
    assert "before" not in shop.told()[-1]


def test_what_was_killed_while_it_was_read_is_read_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.ask()

    def killed(*_given: object, **_more: object) -> Document:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        reads(patch, killed)
        with pytest.raises(KeyboardInterrupt):
            shop.learn()
        assert shop.source().status == "learning"
    assert (shop.learn().status, shop.source().attempts) == ("ready", 2)


def test_what_kills_its_worker_each_time_is_given_up(shop: Shop) -> None:
    shop.ask()
    with shop.db.tenant(shop.tenant.tenant_id) as tx:
        source = knowledge.by_number(tx, 1)
        source.status, source.attempts = "learning", learning.MAX_BEGINS
    assert (shop.learn().status, shop.source().error) == ("failed", "not_learnt")
    assert "Something went wrong" in shop.told()[0]


def test_an_unexpected_error_is_tried_again_and_then_told(
    shop: Shop, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.ask()

    def fails(*_given: object, **_more: object) -> Document:
        raise ValueError("nonsense")

    with monkeypatch.context() as patch:
        reads(patch, fails)
        assert shop.learn().status == "waiting"
        with shop.db.system() as tx:
            assert next_due(tx) == clock.now() + learning.PAUSE
        assert shop.learn().status == "waiting"
        assert shop.told() == []
        assert shop.learn().status == "failed"
    (told,) = shop.told()
    assert told == (
        "I couldn't learn Policy.txt (number 1).\n"
        "Something went wrong while I read it. Send it again later, or as another file, such as a PDF."
    )
    assert shop.ask().how == "again"
    assert shop.learn().status == "ready"


def test_what_is_removed_or_replaced_while_it_is_read_is_not_kept(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, clock: VirtualClock
) -> None:
    shop.ask()

    def removed(*_given: object, **_more: object) -> Document:
        with shop.db.tenant(shop.tenant.tenant_id) as tx:
            knowledge.remove(tx, Place(BOSS, None, None), knowledge.by_number(tx, 1))
        return Document("Policy", 1, (Entry("Parking is behind the shop."),))

    reads(monkeypatch, removed)
    assert shop.learn().status == "removed"
    assert (shop.found("parking"), shop.told()) == ([], [])

    def replaced(*_given: object, **_more: object) -> Document:
        clock.move_to(clock.now() + timedelta(seconds=1))
        shop.ask(b"Parking is before the shop.")
        return Document("Policy", 1, (Entry("Parking is behind the shop."),))

    shop.ask()
    reads(monkeypatch, replaced)
    assert shop.learn(2).status == "waiting"
    assert (shop.found("parking"), shop.told()) == ([], [])


def test_what_takes_long_is_told_twice_at_the_most(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, clock: VirtualClock
) -> None:
    def slowly(*_given: object, progress: Callable[[int, int], None], **_more: object) -> Document:
        for page in range(1, 21):
            clock.move_to(clock.now() + timedelta(seconds=2))
            progress(page, 20)
        assert shop.source().pages_read == 10
        return Document("Policy", 20, (Entry("Parking is behind the shop.", page=3),), (Shown("(a note)"),))

    shop.ask(b"%PDF-1.4", "Policy.pdf", "application/pdf")
    reads(monkeypatch, slowly)
    shop.learn()
    assert shop.told() == [
        "Still reading Policy.pdf: page 3 of 20.",
        "Still reading Policy.pdf: page 10 of 20.",
        "Learnt Policy.pdf (number 1): 20 pages, 1 entry.\n(a note)\n"
        "Try it: *ask* and what a customer might want to know",
    ]


def test_more_than_there_is_room_for_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge, "MOST_ENTRIES", 1)
    reads(monkeypatch, lambda *_given, **_more: Document(None, 1, (Entry("one"), Entry("two"))))
    shop.ask()
    assert (shop.learn().status, shop.source().error) == ("failed", "knowledge_full")
    assert "Your bots can keep 1 entries" in shop.told()[0]


def test_a_page_is_fetched_and_called_by_its_title(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fetch(address: str) -> web.Fetched:
        asked.append(address)
        return web.Fetched(address, "text/html", PAGE, "utf-8")

    monkeypatch.setattr(web, "fetch", fetch)
    with shop.db.tenant(shop.tenant.tenant_id) as tx:
        documents.request_page(tx, Place(BOSS, None, shop.tenant.session_id), "https://toko.id/parkir")
    source = shop.learn()
    assert (source.title, source.status, asked) == ("Toko Maju", "ready", ["https://toko.id/parkir"])
    assert "Behind the shop." in shop.found("parking")[0]


def test_a_page_that_may_not_be_fetched_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_address: str) -> web.Fetched:
        raise DomainError("address_refused", Shown("Not public."))

    monkeypatch.setattr(web, "fetch", refused)
    with shop.db.tenant(shop.tenant.tenant_id) as tx:
        documents.request_page(tx, Place(BOSS, None, None), "https://toko.id/")
    assert (shop.learn().status, shop.source().error) == ("failed", "address_refused")
    assert shop.told() == ["I couldn't learn https://toko.id/ (number 1).\nNot public."]
