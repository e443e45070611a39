"""What goes through a session that is connected: messages, files, receipts, signs of typing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.transports.base import TransportError
from bot.transports.neonize import client as module
from bot.transports.neonize.client import Line
from bot.transports.neonize.library import (
    KeepAliveTimeoutEv,
    MediaType,
    Message,
    OfflineSyncCompletedEv,
    ReceiptEv,
    StreamErrorEv,
    UndecryptableMessageEv,
)
from bot.transports.neonize.terms import FileGone, LineState, Receipt, Restricted, Unclear
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from tests.bot.neonize.events import CUSTOMER, CUSTOMER_LID, NOW, OWN, lid, receipt, received
from tests.bot.neonize.hearing import Heard, delivery
from tests.bot.neonize.library import PlayedLibrary

PHONE = OWN.phone


def test_sending_text(running: Line, played: PlayedLibrary) -> None:
    assert running.send(delivery(text="Halo @628123")) == "OUT1"
    [(to, message)] = played.sent(PHONE)
    assert (to.User, to.Server, to.Device) == (CUSTOMER, "s.whatsapp.net", 0)
    assert message == Message(conversation="Halo @628123")


@pytest.mark.parametrize(
    ("chat", "server"), [(f"lid:{CUSTOMER_LID}", "lid"), ("group:1203", "g.us"), (f"phone:{PHONE}", "s.whatsapp.net")]
)
def test_sending_anywhere(running: Line, played: PlayedLibrary, chat: str, server: str) -> None:
    running.send(delivery(chat=chat))
    [(to, _)] = played.sent(PHONE)
    assert (to.User, to.Server) == (chat.partition(":")[2], server)


def test_sending_a_file(running: Line, played: PlayedLibrary, tmp_path: Path) -> None:
    (tmp_path / "n.pdf").write_bytes(b"%PDF\x00\x01")
    running.send(
        delivery(kind="document", file=tmp_path / "n.pdf", file_name="Nota.pdf", mime="application/pdf", text="ini")
    )
    [(_, message)] = played.sent(PHONE)
    assert played.uploads == [(b"%PDF\x00\x01", MediaType.MediaDocument.value)]
    part = message.documentMessage
    assert (part.fileName, part.caption, part.directPath, part.fileLength) == ("Nota.pdf", "ini", "/v/1", 6)


def test_a_file_that_is_gone_or_cant_be_uploaded(running: Line, played: PlayedLibrary, tmp_path: Path) -> None:
    with pytest.raises(TransportError) as gone:
        running.send(delivery(kind="image", file=tmp_path / "no.png"))
    assert gone.value.permanent
    (tmp_path / "x.png").write_bytes(b"x")
    played.fail_next("Upload", "failed to refresh media connections: websocket not connected")
    with pytest.raises(TransportError) as failed:
        running.send(delivery(kind="image", file=tmp_path / "x.png"))
    assert failed.value.retry_after == 5.0
    assert played.sent(PHONE) == []


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("server returned error 463", Restricted),
        ("server returned error 479", TransportError),
        ("timed out waiting for message send response", Unclear),
    ],
)
def test_a_send_that_fails(running: Line, played: PlayedLibrary, text: str, error: type[Exception]) -> None:
    played.fail_next_send(text)
    with pytest.raises(error) as failed:
        running.send(delivery())
    assert type(failed.value) is error
    assert running.send(delivery()) == "OUT1"


def test_messages_and_receipts_are_passed_on(running: Line, played: PlayedLibrary, heard: Heard) -> None:
    played.fire(PHONE, received())
    played.fire(PHONE, received(chat="status@broadcast"))
    played.fire(PHONE, receipt(ReceiptEv.READ, "OUT1"))
    played.fire(PHONE, receipt(ReceiptEv.RETRY, "OUT1"))
    assert [(str(each.chat), each.text, each.sent_at) for each in heard.messages] == [
        (f"phone:{CUSTOMER}", "halo", NOW)
    ]
    assert heard.receipts == [Receipt("read", ("OUT1",))]


def test_a_private_id_that_the_session_knows(running: Line, played: PlayedLibrary, heard: Heard) -> None:
    played.phones[CUSTOMER_LID] = CUSTOMER
    played.fire(PHONE, received(chat=lid(CUSTOMER_LID), sender=lid(CUSTOMER_LID)))
    played.fire(PHONE, received(chat=lid("999988887777"), sender=lid("999988887777")))
    assert [str(each.chat) for each in heard.messages] == [f"phone:{CUSTOMER}", "lid:999988887777"]
    assert running.phone_of(CUSTOMER_LID) == CUSTOMER
    assert played.calls.count(("GetPNFromLID", PHONE)) == 3


def test_known_private_ids_are_few(running: Line, played: PlayedLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KNOWN_PHONES", 2)
    played.phones = {str(number): f"62{number}" for number in range(10000, 10005)}
    assert [running.phone_of(each) for each in played.phones] == list(played.phones.values())
    assert list(running._phones) == ["10003", "10004"]
    played.fail_next("GetPNFromLID", "database is locked")
    assert running.phone_of("10000") is None


def test_a_callback_that_fails_leaves_the_session_alive(running: Line, played: PlayedLibrary, heard: Heard) -> None:
    def fail(message: Inbound) -> None:
        raise RuntimeError("the database is away")

    heard.on_message = fail
    played.fire(PHONE, received())
    heard.on_message = heard.messages.append
    played.fire(PHONE, received(id="IN2"))
    assert [each.provider_id for each in heard.messages] == ["IN2"]


def test_events_that_are_only_logged(running: Line, played: PlayedLibrary, heard: Heard) -> None:
    for event in (
        StreamErrorEv(Code="503"),
        KeepAliveTimeoutEv(ErrorCount=2),
        OfflineSyncCompletedEv(Count=3),
        UndecryptableMessageEv(Info=received().Info),
    ):
        played.fire(PHONE, event)
    assert heard.states == [LineState("connected")] and heard.messages == []


def test_a_callback_may_send(running: Line, played: PlayedLibrary, heard: Heard) -> None:
    heard.on_message = lambda message: heard.messages.append(message) or running.send(delivery(text="balas"))  # type: ignore[func-returns-value]
    played.fire(PHONE, received())
    assert [message.conversation for _, message in played.sent(PHONE)] == ["balas"]


def test_fetching_a_file(running: Line, played: PlayedLibrary, heard: Heard) -> None:
    played.files["/v/7"] = b"\xff\xd8\x00picture"
    played.fire(PHONE, received(Message(imageMessage={"directPath": "/v/7", "mediaKey": b"k", "URL": "https://x"})))
    [message] = heard.messages
    assert message.media is not None
    ref = str(message.media["ref"])
    assert running.download(ref) == b"\xff\xd8\x00picture"
    played.fail_next("DownloadAny", "download failed with status code 410")
    with pytest.raises(FileGone):
        running.download(ref)
    for nonsense in ("%%%", "//79"):
        with pytest.raises(TransportError, match="no reference"):
            running.download(nonsense)


def test_typing(running: Line, played: PlayedLibrary) -> None:
    chat = Address("phone", CUSTOMER)
    running.typing(chat, True)
    running.typing(chat, True, voice=True)
    running.typing(chat, False)
    assert played.presences == [(CUSTOMER, 0, 0), (CUSTOMER, 0, 1), (CUSTOMER, 1, 0)]
    played.fail_next("SendChatPresence", "websocket not connected")
    running.typing(chat, True)


def test_marking_as_read(running: Line, played: PlayedLibrary) -> None:
    running.mark_read(Address("phone", CUSTOMER), Address("phone", CUSTOMER), ["IN1", "IN2"])
    assert ("read", "IN1 IN2") in played.calls
