"""Messages going out: in order per chat, each once, tried again when refused and never when in doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.sender import Sender
from bot.transports.base import Delivery, TransportError
from services import queue
from services.clock import VirtualClock
from services.db.engine import Database
from services.messaging import outbox
from services.messaging.files import FileStore
from services.messaging.outbox import MAX_ATTEMPTS, REPLY, Outgoing, Sent
from services.tenants.tenants import Registered
from tests.conftest import OWNER, Chat
from tests.db.asking import rows
from tests.messaging.conftest import ANI, BUDI

TO_BUDI, TO_ANI, TO_OWNER = f"phone:{BUDI}", f"phone:{ANI}", f"phone:{OWNER}"


@dataclass
class Transport:
    """Takes messages, except those for which it has an error in store."""

    sent: list[str] = field(default_factory=list)
    errors: list[Exception | None] = field(default_factory=list)
    refuse: Callable[[Delivery], Exception | None] = lambda _: None

    def send(self, delivery: Delivery) -> str:
        error = (self.errors.pop(0) if self.errors else None) or self.refuse(delivery)
        if error is not None:
            raise error
        self.sent.append(delivery.text)
        return f"WA-{delivery.id}"


@dataclass
class Post:
    """An outbox that is emptied step by step."""

    db: Database
    place: Registered
    clock: VirtualClock
    owner: Connection
    transport: Transport = field(default_factory=Transport)

    def put(self, *texts: str, chat: str = TO_BUDI, **more: object) -> None:
        with self.db.tenant(self.place.tenant_id) as tx:
            outbox.put(tx, [Outgoing(self.place.session_id, chat, each, **more) for each in texts])  # type: ignore[arg-type]

    def work(self, **time: float) -> list[str]:
        """Lets time pass from job to job; returns what was sent meanwhile."""
        before = len(self.transport.sent)
        end = self.clock.now() + timedelta(**time)
        sender = Sender(self.db, self.transport, FileStore(Path("unused")))
        while True:
            with self.db.system() as tx:
                job = queue.take_due(tx)
            if job is not None:
                assert job.task == "send"
                sender.send_waiting(**job.args)  # type: ignore[arg-type]
                with self.db.system() as tx:
                    queue.finished(tx, job)
                continue
            with self.db.system() as tx:
                due = queue.next_due(tx)
            if due is None or due > end:
                self.clock.move_to(end)
                return self.transport.sent[before:]
            self.clock.move_to(due)

    def statuses(self) -> dict[str, str]:
        return {row.body: row.status for row in rows(self.owner, "select * from outbox order by id")}

    def row(self, text: str) -> object:
        return rows(self.owner, "select * from outbox where body = :text", {"text": text})[0]


@pytest.fixture
def post(db: Database, tenant: Registered, clock: VirtualClock, owner: Connection) -> Iterator[Post]:
    return Post(db, tenant, clock, owner)


def test_messages_leave_in_the_order_in_which_they_were_written(post: Post) -> None:
    post.put("1", "2", "3")
    post.put("4")
    assert post.work() == ["1", "2", "3", "4"]
    assert set(post.statuses().values()) == {"sent"}
    assert (post.row("1").provider_id, post.row("1").attempts) == (f"WA-{post.row('1').id}", 1)  # type: ignore[attr-defined]


def test_nothing_is_sent_of_a_transaction_that_was_undone(post: Post) -> None:
    with pytest.raises(KeyError), post.db.tenant(post.place.tenant_id) as tx:
        outbox.put(tx, [Outgoing(post.place.session_id, TO_BUDI, "never")])
        raise KeyError
    assert post.work(hours=1) == []


def test_a_reply_goes_before_notices_to_others(post: Post) -> None:
    post.put("notice 1", "notice 2", chat=TO_ANI)
    post.put("reply", priority=REPLY)
    assert post.work() == ["reply", "notice 1", "notice 2"]


def test_within_a_chat_a_reply_overtakes_nothing(post: Post) -> None:
    post.put("notice")
    post.put("reply", priority=REPLY)
    assert post.work() == ["notice", "reply"]


def test_a_key_is_sent_once_ever(post: Post) -> None:
    post.put("first", dedup_key="receipt:1")
    post.put("again", dedup_key="receipt:1")
    assert post.work() == ["first"]
    post.put("later", dedup_key="receipt:1")
    post.put("other", dedup_key="receipt:2")
    assert post.work() == ["other"]


def test_a_key_of_another_tenant_is_another_key(post: Post, stranger: Registered) -> None:
    post.put("ours", dedup_key="receipt:1")
    with post.db.tenant(stranger.tenant_id) as tx:
        outbox.put(tx, [Outgoing(stranger.session_id, TO_BUDI, "theirs", dedup_key="receipt:1")])
    assert sorted(post.work()) == ["ours", "theirs"]


def test_a_refused_message_is_tried_again_and_its_chat_waits_for_it(post: Post) -> None:
    post.transport.errors = [TransportError("no"), TransportError("no")]
    post.put("1", "2")
    post.put("other chat", chat=TO_ANI)
    assert post.work() == []
    assert post.statuses() == {"1": "queued", "2": "queued", "other chat": "queued"}
    assert post.work(seconds=1.9) == []
    assert post.work(seconds=0.1) == ["1", "2", "other chat"]
    assert set(post.statuses().values()) == {"sent"}


def test_pauses_between_tries_grow_and_then_it_has_failed(post: Post) -> None:
    post.transport.refuse = lambda delivery: TransportError("no") if delivery.chat == TO_BUDI else None
    post.put("1", "2")
    began, tries = post.clock.now(), []
    for second in range(200):
        post.work(seconds=1)
        if post.row("1").attempts > len(tries):  # type: ignore[attr-defined]
            tries.append(second)
    assert tries == [0, 1, 5, 13, 29] or tries == [0, 2, 6, 14, 30], tries
    assert len(tries) == MAX_ATTEMPTS
    assert [post.statuses()[text] for text in ("1", "2")] == ["failed", "failed"]
    assert post.row("1").error == "no"  # type: ignore[attr-defined]
    assert post.clock.now() - began == timedelta(seconds=200)


def test_each_chat_is_tried_again_at_its_own_time(post: Post) -> None:
    """Two refused messages with different pauses: the shorter doesn't swallow the wake-up of the longer."""
    pauses = {TO_BUDI: 4.0, TO_ANI: 30.0, TO_OWNER: 1.0}
    refused: set[str] = set()

    def once(delivery: Delivery) -> TransportError | None:
        if delivery.chat in refused:
            return None
        refused.add(delivery.chat)
        return TransportError("later", retry_after=pauses[delivery.chat])

    post.transport.refuse = once
    for chat in pauses:
        post.put(chat, chat=chat)
    assert post.work() == []
    assert post.work(seconds=1) == [TO_OWNER]
    assert post.work(seconds=3) == [TO_BUDI]
    assert post.work(seconds=25.9) == []
    assert post.work(seconds=0.1) == [TO_ANI]


def test_a_message_for_later_leaves_at_its_time(post: Post) -> None:
    post.put("tomorrow", not_before=post.clock.now() + timedelta(days=1))
    assert post.work(hours=23) == []
    assert post.work(hours=1) == ["tomorrow"]


def test_a_message_for_later_holds_up_nothing_that_is_due(post: Post) -> None:
    post.put("tomorrow", not_before=post.clock.now() + timedelta(days=1))
    post.put("now", priority=REPLY)
    assert post.work() == ["now"]
    assert post.work(days=1) == ["tomorrow"]


def test_a_permanent_refusal_fails_at_once_and_frees_the_chat(post: Post) -> None:
    post.transport.errors = [TransportError("not on WhatsApp", permanent=True)]
    post.put("1", "2")
    sent, told = post.work()
    assert sent == "2"
    assert "not on WhatsApp" in told
    assert post.statuses() == {"1": "failed", "2": "sent", told: "sent"}
    assert post.row(told).chat == TO_OWNER  # type: ignore[attr-defined]


def test_a_session_that_is_offline_for_an_hour_uses_up_no_tries(post: Post) -> None:
    """Where the transport says when to come back, the message is not to blame."""
    offline = True
    post.transport.refuse = lambda _: TransportError("not connected", retry_after=60) if offline else None
    post.put("1", "2")
    assert post.work(hours=1) == []
    offline = False
    assert post.work(seconds=60) == ["1", "2"]
    assert post.row("1").attempts <= 2  # type: ignore[attr-defined]


def test_an_interrupted_send_is_unknown_never_repeated_and_the_owner_is_told(post: Post) -> None:
    post.transport.errors = [ConnectionResetError("half-way")]
    post.put("a private text", "2")
    sent = post.work()
    assert sent[0] == "2"
    assert len(sent) == 2
    assert BUDI in sent[1]
    assert "a private text" in sent[1]
    assert post.row(sent[1]).chat == TO_OWNER  # type: ignore[attr-defined]
    assert post.statuses()["a private text"] == "unknown"
    assert post.work(days=2) == []


def test_notices_about_interrupted_sends_come_to_an_end(post: Post) -> None:
    """A transport that breaks every time must not be fed with a notice about each notice."""
    post.transport.refuse = lambda _: OSError("broken")
    post.put("1")
    assert post.work(days=1) == []
    assert len(post.statuses()) == 2
    assert set(post.statuses().values()) == {"unknown"}


def test_a_send_whose_process_died_is_unknown_and_the_owner_is_told_once(chat: Chat) -> None:
    simulation = chat.simulation
    database = simulation.platform.opened.database
    with database.tenant(chat.tenant.tenant_id) as tx:
        outbox.put(tx, [Outgoing(chat.tenant.session_id, TO_BUDI, "cut off")])
        outbox.put(tx, [Outgoing(chat.tenant.session_id, TO_BUDI, "behind it")])
        claimed = outbox.claim(tx, chat.tenant.session_id)
        assert claimed is not None
        assert outbox.claim(tx, chat.tenant.session_id) is None
    sent = chat.simulation.sent
    chat.wait(seconds=99)
    simulation.platform.jobs.sweep()
    simulation.settle()
    assert sent == []
    chat.wait(seconds=2)
    for _ in range(3):
        simulation.platform.jobs.sweep()
        simulation.settle()
    assert [each.to for each in sent] == [BUDI, "owner"]
    assert sent[0].text == "behind it"
    assert "cut off" in sent[1].text
    assert chat.wait(days=1) == []


def test_what_we_sent_comes_back_as_our_own_echo_by_its_id(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.owner(f"kontak Budi {BUDI}")
    (own,) = chat.say("hutang saya berapa?", BUDI)
    assert chat.say(own.text, to=BUDI, id=own.id) == []
    assert chat.person(BUDI, "hutang saya berapa?")


def test_what_the_owner_types_by_hand_is_no_echo(chat: Chat) -> None:
    (own,) = chat.say("halo", BUDI)
    assert chat.say(own.text, to=BUDI, id="ANOTHER") == []
    assert chat.person(BUDI, "saldo") == ""


def test_an_echo_that_overtakes_its_receipt_is_known_by_its_words(post: Post) -> None:
    post.put("halo")
    place = post.place
    with post.db.tenant(place.tenant_id) as tx:
        claimed = outbox.claim(tx, place.session_id)
        assert claimed is not None
    with post.db.tenant(place.tenant_id) as tx:
        assert outbox.is_echo(tx, place.session_id, TO_BUDI, "WA-?", "halo")
        assert not outbox.is_echo(tx, place.session_id, TO_BUDI, "WA-?", "halo!")
        assert not outbox.is_echo(tx, place.session_id, TO_ANI, "WA-?", "halo")
        outbox.mark_unknown(tx, [claimed.id])
        assert outbox.is_echo(tx, place.session_id, TO_BUDI, "WA-?", "halo")
        outbox.claim(tx, place.session_id, Sent(claimed.id, "WA-1"))
        assert not outbox.is_echo(tx, place.session_id, TO_BUDI, "WA-?", "halo")
        assert outbox.is_echo(tx, place.session_id, TO_BUDI, "WA-1", "anything")


def test_two_senders_of_a_session_send_each_message_once_and_in_order(post: Post) -> None:
    import threading

    for n in range(30):
        post.put(f"{n:02d}", chat=TO_BUDI if n % 2 else TO_ANI)
    senders = [
        threading.Thread(
            target=Sender(post.db, post.transport, FileStore(Path("unused"))).send_waiting,
            args=(post.place.tenant_id, post.place.session_id),
        )
        for _ in range(3)
    ]
    for each in senders:
        each.start()
    for each in senders:
        each.join(20)
    post.work()
    assert len(post.transport.sent) == 30
    for parity in (0, 1):
        of_chat = [text for text in post.transport.sent if int(text) % 2 == parity]
        assert of_chat == sorted(of_chat)
