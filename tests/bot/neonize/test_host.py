"""A session host with the library played at its edge: keeping sessions, taking in and sending."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from bot.transports.neonize import store
from bot.transports.neonize.library import (
    ClientOutdatedEv,
    ConnectFailureEv,
    LoggedOutEv,
    ReceiptEv,
    StreamReplacedEv,
    TemporaryBanEv,
)
from bot.transports.neonize.terms import Own
from services.tenants import holding, sessions
from services.tenants.actors import SYSTEM
from services.tenants.tenants import Registered
from tests.bot.neonize.events import CUSTOMER, lid, phone, receipt, received
from tests.bot.neonize.hosting import BUDI, DEVICE, Kept
from tests.conftest import OWNER, STRANGER
from tests.db.asking import eventually, rows, value


def test_a_host_connects_its_sessions_and_gives_signs_of_life(kept: Kept, toko: Registered) -> None:
    first = value(kept.owner, "select seen_at from session_hosts where id = 'host-1'")
    eventually(lambda: value(kept.owner, "select seen_at from session_hosts where id = 'host-1'") > first)
    assert value(kept.owner, "select status from tenants") == "active"


def test_a_message_comes_in_and_its_answer_goes_out_with_receipts(kept: Kept, toko: Registered) -> None:
    kept.played.fire(OWNER, received(id="IN1", chat=phone(CUSTOMER)))
    eventually(lambda: rows(kept.owner, "select * from messages where provider_id = 'IN1'"))
    kept.put(toko, "halo juga")
    eventually(lambda: kept.outbox() == [("halo juga", "sent")])
    assert kept.sent() == ["halo juga"]
    provider_id = value(kept.owner, "select provider_id from outbox")
    for kind, status in ((ReceiptEv.DELIVERED, "delivered"), (ReceiptEv.READ, "read"), (ReceiptEv.DELIVERED, "read")):
        kept.played.fire(OWNER, receipt(kind, provider_id))
        eventually(lambda status=status: kept.outbox() == [("halo juga", status)])
    assert value(kept.owner, "select read_at >= delivered_at from outbox")


def test_a_receipt_that_is_faster_than_our_note_counts(kept: Kept, toko: Registered) -> None:
    kept.played.fire(OWNER, receipt(ReceiptEv.DELIVERED, "LATER"))
    kept.put(toko, "halo")
    eventually(lambda: kept.outbox() == [("halo", "sent")])
    kept.owner.exec_driver_sql("update outbox set provider_id = 'LATER'")
    eventually(lambda: kept.outbox() == [("halo", "delivered")])


def test_the_same_message_twice_is_one(kept: Kept, toko: Registered) -> None:
    for _ in range(2):
        kept.played.fire(OWNER, received(id="IN1"))
    kept.played.fire(OWNER, received(id="IN2"))
    eventually(lambda: len(rows(kept.owner, "select * from messages")) == 2)


def test_a_night_of_messages_comes_in_batches_and_in_order(kept: Kept, toko: Registered) -> None:
    for number in range(1000):
        kept.played.client(OWNER).work.put(
            lambda number=number: kept.played.client(OWNER).event(received(id=f"IN{number}"))
        )  # fmt: skip
    eventually(lambda: value(kept.owner, "select count(*) from messages") == 1000, 30)
    came = [row.provider_id for row in rows(kept.owner, "select provider_id from messages order by id")]
    assert came == [f"IN{number}" for number in range(1000)]
    assert value(kept.owner, "select count(distinct received_at) from messages") < 500


def test_a_private_id_becomes_the_number_that_the_library_knows(kept: Kept, toko: Registered) -> None:
    kept.played.phones["222255556666"] = CUSTOMER
    kept.played.fire(OWNER, received(id="IN1", chat=lid("222255556666"), sender=lid("222255556666")))
    eventually(lambda: rows(kept.owner, "select * from messages"))
    (message,) = rows(kept.owner, "select * from messages")
    assert (message.chat, message.sender, message.alias) == (BUDI, BUDI, "lid:222255556666")


def test_two_sessions_are_started_one_after_the_other(kept: Kept) -> None:
    first, second = kept.link("Toko Maju", OWNER), kept.link("Orang Lain", STRANGER)
    kept.played.admits = False
    kept.thread.start()
    # The library played aborts when a second one is started before the first is connected.
    begun = OWNER if OWNER in _clients(kept, 1) else STRANGER
    other = STRANGER if begun == OWNER else OWNER
    assert other not in kept.played.clients
    kept.played.connect(begun)
    kept.played.connect(other)
    for place in (first, second):
        kept.until(place, "connected")
    kept.put(first, "dari Toko Maju")
    eventually(lambda: kept.sent(OWNER) == ["dari Toko Maju"])
    assert kept.sent(STRANGER) == []


def _clients(kept: Kept, count: int) -> list[str]:
    eventually(lambda: len(kept.played.clients) >= count)
    return list(kept.played.clients)


def test_a_dropped_line_comes_back_and_what_waited_goes_out(kept: Kept, toko: Registered) -> None:
    kept.played.drop(OWNER)
    kept.until(toko, "reconnecting")
    kept.put(toko, "halo")
    kept.connect(toko, OWNER)
    eventually(lambda: kept.outbox() == [("halo", "sent")])


def test_a_phone_that_unlinks_is_never_resumed(kept: Kept, toko: Registered) -> None:
    kept.played.fire(OWNER, LoggedOutEv(OnConnect=False))
    kept.until(toko, "logged_out")
    (session,) = rows(kept.owner, "select * from sessions")
    assert (session.device, session.holder) == (None, None)
    assert store.devices(kept._store((toko.tenant_id, toko.session_id))) == []
    assert value(kept.owner, "select kind from notifications") == "session_logged_out"
    assert kept.played.closed(OWNER)


@pytest.mark.parametrize(
    ("event", "state", "again"),
    [
        (StreamReplacedEv(), "replaced", None),
        (TemporaryBanEv(Code=TemporaryBanEv.SEND_TO_TOO_MANY_PEOPLE, Expire=7200), "banned", timedelta(hours=1.5)),
        (ClientOutdatedEv(), "reconnecting", timedelta(0)),
        (ConnectFailureEv(Message="no"), "reconnecting", timedelta(0)),
    ],
)
def test_a_session_that_ends_is_given_back(
    kept: Kept, toko: Registered, event: Any, state: str, again: timedelta | None
) -> None:
    kept.played.fire(OWNER, event)
    kept.until(toko, state)
    assert kept.played.closed(OWNER)
    (session,) = rows(kept.owner, "select *, retry_at - now() as wait from sessions")
    assert session.holder is None and session.device == DEVICE
    assert again is None or session.wait > again
    with kept.db.system() as tx:
        assert holding.waiting_for_host(tx, 9) == []


def test_stopping_keeps_the_link_and_unlinking_ends_it(kept: Kept, toko: Registered) -> None:
    with kept.db.tenant(toko.tenant_id) as tx:
        sessions.stop(tx, SYSTEM, sessions.of_tenant(tx))
    kept.until(toko, "stopped")
    assert kept.played.closed(OWNER)
    with kept.db.tenant(toko.tenant_id) as tx:
        sessions.start(tx, SYSTEM, sessions.of_tenant(tx))
    with kept.db.system() as tx:
        holding.assign(tx, "host-1", holding.waiting_for_host(tx, 1))
    kept.until(toko, "connected")
    with kept.db.tenant(toko.tenant_id) as tx:
        sessions.logout(tx, SYSTEM, sessions.of_tenant(tx))
    kept.until(toko, "logged_out")
    assert ("Logout", OWNER) in kept.played.calls


def test_a_session_that_was_given_to_another_host_is_let_go(kept: Kept, toko: Registered) -> None:
    with kept.db.system() as tx:
        holding.release(tx, "host-1")
        holding.assign(tx, "host-2", [(toko.tenant_id, toko.session_id)])
    assert kept.played.closed(OWNER)
    assert value(kept.owner, "select holder from sessions") == "host-2"
    assert kept.state(toko) == "connected"


def test_a_session_that_cannot_be_started_is_tried_later_and_at_last_rests(kept: Kept) -> None:
    place = kept.link("Toko Maju", OWNER)
    kept.played.refuses = "dial tcp: no route to host"
    kept.thread.start()
    eventually(lambda: value(kept.owner, "select attempts = 1 and holder is null and retry_at > now() from sessions"))
    assert kept.state(place) == "reconnecting"
    kept.owner.exec_driver_sql("update sessions set attempts = 10, holder = 'host-1'")
    kept.until(place, "failed")
    assert value(kept.owner, "select retry_at - now() > interval '20 minutes' from sessions")
    assert value(kept.owner, "select kind from notifications") == "session_failed"


def test_a_device_that_the_store_has_lost_is_to_be_paired_again(kept: Kept) -> None:
    place = kept.link("Toko Maju", OWNER)
    store.forget(kept._store((place.tenant_id, place.session_id)), Own(OWNER, DEVICE))
    kept.thread.start()
    kept.until(place, "logged_out")
    assert kept.played.clients == {}


@pytest.mark.parametrize(
    ("failure", "status", "tells"),
    [
        ("server returned error 463", "queued", 0),
        ("server returned error 429", "queued", 0),
        ("server returned error 404", "failed", 1),
        ("timed out waiting for message send response", "unknown", 1),
    ],
)
def test_what_whatsapp_refuses(kept: Kept, toko: Registered, failure: str, status: str, tells: int) -> None:
    kept.played.fail_next_send(failure)
    kept.put(toko, "halo")
    eventually(lambda: kept.outbox()[0] == ("halo", status) and len(kept.outbox()) == 1 + tells)
    eventually(lambda: len(kept.sent()) == tells)


def test_restricted_numbers_still_answer_who_wrote(kept: Kept, toko: Registered) -> None:
    kept.played.fail_next_send("server returned error 463")
    kept.put(toko, "promosi", chat="phone:6281299990002")
    eventually(lambda: value(kept.owner, "select attempts from outbox") == 1)
    kept.owner.exec_driver_sql(
        "insert into conversations (tenant_id, session_id, chat, last_in_at)"
        f" values ({toko.tenant_id}, {toko.session_id}, '{BUDI}', now())"
    )
    kept.put(toko, "jawaban")
    eventually(lambda: kept.sent() == ["jawaban"])


def test_the_owner_hears_once_that_strangers_have_to_wait(kept: Kept, toko: Registered) -> None:
    held = kept.host._keeper.connected_session((toko.tenant_id, toko.session_id))
    assert held is not None
    for _ in range(20):
        held.pace.sent(time.monotonic(), "stranger", True)
    for number in range(2):
        kept.put(toko, "promosi", chat=f"phone:628129999000{number}")
    kept.put(toko, "laporan", chat=f"phone:{OWNER}")
    eventually(lambda: [status for _text, status in kept.outbox()] == ["queued", "queued", "sent", "sent"])
    assert len(kept.sent()) == 2
    assert "laporan" in kept.sent()
    kept.put(toko, "laporan 2", chat=f"phone:{OWNER}")
    eventually(lambda: len(kept.sent()) == 3)
    assert value(kept.owner, "select count(*) from outbox where dedup_key like 'slow:%'") == 1


def test_an_ending_host_finishes_and_gives_back(kept: Kept, toko: Registered) -> None:
    kept.played.fire(OWNER, received(id="IN1"))
    kept.host.end()
    kept.thread.join(10)
    assert value(kept.owner, "select count(*) from messages") == 1
    assert value(kept.owner, "select holder from sessions") is None
    assert rows(kept.owner, "select * from session_hosts") == []
    kept.put(toko, "später")
    assert kept.sent() == []
