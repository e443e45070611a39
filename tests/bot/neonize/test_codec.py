"""Who wrote where and when; receipts; and what goes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.transports.base import Delivery
from bot.transports.neonize.codec import address_of, decode, decode_receipt, encode, jid_of, media_type
from bot.transports.neonize.library import ContextInfo, MediaType, Message, ReceiptEv, UploadResponse
from bot.transports.neonize.terms import Own, Receipt
from services.messaging.addresses import Address
from tests.bot.neonize.events import (
    CUSTOMER,
    CUSTOMER_LID,
    GROUP,
    NOW,
    OWN,
    jid,
    lid,
    phone,
    receipt,
    received,
)

ADDRESSES = {
    f"{CUSTOMER}@s.whatsapp.net": f"phone:{CUSTOMER}",
    f"{CUSTOMER}:12@s.whatsapp.net": f"phone:{CUSTOMER}",
    f"{CUSTOMER}@c.us": f"phone:{CUSTOMER}",
    f"{CUSTOMER}@hosted": f"phone:{CUSTOMER}",
    f"{CUSTOMER_LID}@lid": f"lid:{CUSTOMER_LID}",
    f"{CUSTOMER_LID}:3@lid": f"lid:{CUSTOMER_LID}",
    f"{CUSTOMER_LID}@hosted.lid": f"lid:{CUSTOMER_LID}",
    f"{GROUP}@g.us": f"group:{GROUP}",
    "6281200000001-1402345678@g.us": "group:6281200000001-1402345678",
    "status@broadcast": None,
    "1402345678@broadcast": None,
    "120363041234567890@newsletter": None,
    "867051314767696@bot": None,
    "13135550002@s.whatsapp.net": None,
    "0@s.whatsapp.net": None,
    "s.whatsapp.net": None,
    "": None,
}


@pytest.mark.parametrize("spelling", ADDRESSES)
def test_address_of(spelling: str) -> None:
    found = address_of(jid(spelling))
    assert (None if found is None else str(found)) == ADDRESSES[spelling]


@pytest.mark.parametrize("text", [f"phone:{CUSTOMER}", f"lid:{CUSTOMER_LID}", f"group:{GROUP}"])
def test_addresses_come_back(text: str) -> None:
    address = Address.parse(text)
    assert address_of(jid_of(address)) == address
    assert jid_of(address).Device == 0


@dataclass(frozen=True)
class Where:
    """An event's addressing, and what it means: chat, sender, alias, from whom."""

    given: dict[str, Any]
    chat: str
    sender: str
    alias: str | None
    from_me: bool = False
    own: Own = field(default=OWN)


ME, ME_LID = f"phone:{OWN.phone}", f"lid:{OWN.lid}"
THEM, THEM_LID = f"phone:{CUSTOMER}", f"lid:{CUSTOMER_LID}"
by_me = {"from_me": True, "sender": phone(OWN.phone)}
PLACES: dict[str, Where] = {
    "customer by phone": Where({"sender": phone(CUSTOMER, 4)}, THEM, THEM, None),
    "customer by phone with a lid": Where({"sender_alt": lid(CUSTOMER_LID)}, THEM, THEM, THEM_LID),
    "customer by lid with a phone": Where(
        {"chat": lid(CUSTOMER_LID), "sender": lid(CUSTOMER_LID, 2), "sender_alt": phone(CUSTOMER)}, THEM, THEM, THEM_LID
    ),
    "customer by lid alone": Where(
        {"chat": lid(CUSTOMER_LID), "sender": lid(CUSTOMER_LID)}, THEM_LID, THEM_LID, None
    ),
    "note to self": Where({**by_me, "chat": phone(OWN.phone)}, ME, ME, ME_LID, True),
    "note to self from the phone's device": Where(
        {**by_me, "chat": phone(OWN.phone), "sender": phone(OWN.phone, 3)}, ME, ME, ME_LID, True
    ),
    "note to self by lid": Where(
        {"from_me": True, "chat": lid(OWN.lid or ""), "sender": lid(OWN.lid or "", 1)}, ME, ME, ME_LID, True
    ),
    "note to self by lid with the phone": Where(
        {"from_me": True, "chat": lid("999"*3), "sender": lid("999"*3), "recipient_alt": phone(OWN.phone)},
        ME, ME, None, True, Own(OWN.phone, 7),
    ),
    "by hand to a customer": Where({**by_me, "recipient_alt": lid(CUSTOMER_LID)}, THEM, ME, ME_LID, True),
    "by hand to a customer's lid": Where(
        {"from_me": True, "chat": lid(CUSTOMER_LID), "sender": lid(OWN.lid or ""), "recipient_alt": phone(CUSTOMER)},
        THEM, ME, ME_LID, True,
    ),
    "by hand to a lid alone": Where({**by_me, "chat": lid(CUSTOMER_LID)}, THEM_LID, ME, ME_LID, True),
    "group": Where({"chat": f"{GROUP}@g.us"}, f"group:{GROUP}", THEM, None),
    "group by lid": Where(
        {"chat": f"{GROUP}@g.us", "sender": lid(CUSTOMER_LID, 1), "sender_alt": phone(CUSTOMER)},
        f"group:{GROUP}", THEM, THEM_LID,
    ),
    "own in a group": Where({**by_me, "chat": f"{GROUP}@g.us"}, f"group:{GROUP}", ME, ME_LID, True),
    "own lid in a group": Where(
        {"chat": f"{GROUP}@g.us", "sender": lid(OWN.lid or "", 2)}, f"group:{GROUP}", ME, ME_LID, True
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_who_wrote_where(name: str) -> None:
    place = PLACES[name]
    found = decode(received(**place.given), place.own, NOW)
    assert found is not None
    inbound = found.inbound
    alias = None if inbound.alias is None else str(inbound.alias)
    assert (str(inbound.chat), str(inbound.sender), alias) == (place.chat, place.sender, place.alias)
    assert inbound.from_me is place.from_me
    assert inbound.sender_name == (None if place.from_me else "Budi")


@pytest.mark.parametrize(
    "given",
    [
        {"chat": "status@broadcast"},
        {"chat": "140234@broadcast"},
        {"chat": "120363041234567890@newsletter", "sender": "120363041234567890@newsletter"},
        {"chat": f"{GROUP}@g.us", "sender": ""},
        {"chat": "13135550002@s.whatsapp.net", "sender": "13135550002@s.whatsapp.net"},
        {"chat": ""},
        {"id": ""},
    ],
)
def test_places_that_are_none_of_our_business(given: dict[str, Any]) -> None:
    assert decode(received(**given), OWN, NOW) is None


def test_a_phone_that_the_session_knows_is_preferred() -> None:
    known = {CUSTOMER_LID: CUSTOMER}
    found = decode(received(chat=lid(CUSTOMER_LID), sender=lid(CUSTOMER_LID)), OWN, NOW, known.get)
    assert found is not None
    assert (str(found.inbound.chat), str(found.inbound.sender)) == (THEM, THEM)
    assert str(found.inbound.alias) == THEM_LID


MILLISECONDS = int(NOW.timestamp() * 1000)
TIMES = {
    MILLISECONDS: NOW,
    MILLISECONDS - 1: NOW - timedelta(milliseconds=1),
    0: NOW,
    -5: NOW,
    MILLISECONDS // 1000: NOW,  # seconds by mistake
    MILLISECONDS + 30 * 60_000: NOW + timedelta(minutes=30),
    MILLISECONDS + 2 * 3_600_000: NOW,
    2**62: NOW,
    int(datetime(2020, 5, 1, tzinfo=UTC).timestamp() * 1000): datetime(2020, 5, 1, tzinfo=UTC),
}


@pytest.mark.parametrize("milliseconds", TIMES)
def test_times(milliseconds: int) -> None:
    found = decode(received(at=milliseconds), OWN, NOW)
    assert found is not None and found.inbound.sent_at == TIMES[milliseconds]
    assert found.inbound.sent_at.tzinfo is UTC


def test_an_empty_name_is_none() -> None:
    found = decode(received(name="  "), OWN, NOW)
    assert found is not None and found.inbound.sender_name is None


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"mentionedJID": [phone(OWN.phone)]}, True),
        ({"mentionedJID": [phone("628999"), phone(OWN.phone, 5)]}, True),
        ({"mentionedJID": [lid(OWN.lid or "")]}, True),
        ({"participant": phone(OWN.phone)}, True),
        ({"participant": lid(OWN.lid or "", 3)}, True),
        ({"mentionedJID": [phone("62899912345")], "participant": phone(CUSTOMER)}, False),
        ({"mentionedJID": [f"{OWN.phone}@g.us", "", "@", "nonsense"]}, False),
        ({"mentionedJID": [f"{OWN.lid}@s.whatsapp.net"]}, False),
    ],
)
def test_mentions(context: dict[str, Any], expected: bool) -> None:
    message = Message(extendedTextMessage={"text": "@bot", "contextInfo": ContextInfo(**context)})
    found = decode(received(message, chat=f"{GROUP}@g.us"), OWN, NOW)
    assert found is not None and found.inbound.mentioned is expected


RECEIPTS: dict[str, tuple[ReceiptEv, Receipt | None]] = {
    "delivered": (receipt(ReceiptEv.DELIVERED, "A", "B"), Receipt("delivered", ("A", "B"))),
    "delivered, unsaid": (
        ReceiptEv(MessageIDs=["A"], MessageSource=receipt().MessageSource), Receipt("delivered", ("A",)),
    ),
    "read": (receipt(ReceiptEv.READ, "A"), Receipt("read", ("A",))),
    "played": (receipt(ReceiptEv.PLAYED, "A"), Receipt("read", ("A",))),
    "in a group": (receipt(ReceiptEv.READ, "A", chat=f"{GROUP}@g.us", sender=phone(CUSTOMER)), Receipt("read", ("A",))),
    "to oneself": (
        receipt(ReceiptEv.READ, "A", chat=phone(OWN.phone), sender=phone(OWN.phone, 1), from_me=True),
        Receipt("read", ("A",)),
    ),
    "arrived on the own phone only": (receipt(chat=phone(CUSTOMER), sender=phone(OWN.phone), from_me=True), None),
    "read by ourselves": (receipt(ReceiptEv.READ_SELF), None),
    "played by ourselves": (receipt(ReceiptEv.PLAYED_SELF), None),
    "to be sent again": (receipt(ReceiptEv.RETRY), None),
    "own device": (receipt(ReceiptEv.SENDER), None),
    "server error": (receipt(ReceiptEv.SERVER_ERROR), None),
    "inactive": (receipt(ReceiptEv.INACTIVE), None),
    "status": (receipt(ReceiptEv.READ, chat="status@broadcast", sender=phone(CUSTOMER)), None),
    "of nothing": (receipt(ReceiptEv.READ, ""), None),
}  # fmt: skip


@pytest.mark.parametrize("name", RECEIPTS)
def test_receipts(name: str) -> None:
    event, expected = RECEIPTS[name]
    assert decode_receipt(event) == expected


UPLOADED = UploadResponse(
    url="https://mmg.example/f", DirectPath="/v/f", MediaKey=b"k", FileEncSHA256=b"e", FileSHA256=b"s", FileLength=12
)


def delivery(**given: Any) -> Delivery:
    return Delivery(**{"id": 1, "tenant_id": 1, "session_id": 1, "chat": THEM, "kind": "text", "text": "halo", **given})


def test_text_goes_out_as_it_is() -> None:
    text = "Halo @6281299990001, lihat https://x.id"
    assert encode(delivery(text=text), None) == Message(conversation=text)


@dataclass(frozen=True)
class Goes:
    given: dict[str, Any]
    field: str
    mimetype: str
    kind: MediaType
    rest: dict[str, Any] = field(default_factory=dict)


OUT: dict[str, Goes] = {
    "image": Goes(
        {"kind": "image", "mime": "image/png"}, "imageMessage", "image/png", MediaType.MediaImage, {"caption": "halo"},
    ),
    "video": Goes(
        {"kind": "video", "mime": "video/mp4"}, "videoMessage", "video/mp4", MediaType.MediaVideo, {"caption": "halo"},
    ),
    "audio": Goes(
        {"kind": "audio", "mime": "audio/mpeg"}, "audioMessage", "audio/mpeg", MediaType.MediaAudio, {"PTT": False},
    ),
    "voice note": Goes(
        {"kind": "audio", "mime": "audio/ogg", "voice": True}, "audioMessage", "audio/ogg; codecs=opus",
        MediaType.MediaAudio, {"PTT": True},
    ),
    "document": Goes(
        {"kind": "document", "mime": "application/pdf", "file_name": "Nota 7.pdf"}, "documentMessage",
        "application/pdf", MediaType.MediaDocument,
        {"caption": "halo", "fileName": "Nota 7.pdf", "title": "Nota 7.pdf"},
    ),
    "picture as a document": Goes(
        {"kind": "document", "mime": "image/png", "text": ""}, "documentMessage", "image/png", MediaType.MediaDocument,
        {"fileName": "f.bin", "title": "f.bin"},
    ),
    "by its type": Goes({"mime": "image/jpeg", "text": ""}, "imageMessage", "image/jpeg", MediaType.MediaImage),
    "of no type": Goes(
        {"mime": None, "text": ""}, "documentMessage", "application/octet-stream", MediaType.MediaDocument,
        {"fileName": "f.bin", "title": "f.bin"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OUT)
def test_files_go_out(name: str) -> None:
    goes = OUT[name]
    sent = delivery(file=Path("/x/f.bin"), **goes.given)
    [(part, value)] = encode(sent, UPLOADED).ListFields()
    assert part.name == goes.field
    assert value == type(value)(
        URL="https://mmg.example/f", directPath="/v/f", mediaKey=b"k", fileEncSHA256=b"e", fileSHA256=b"s",
        fileLength=12, mimetype=goes.mimetype, **goes.rest,
    )  # fmt: skip
    assert media_type(sent) is goes.kind
