"""What each kind of message says."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st
from neonize.proto.waE2E import WAWebProtobufsE2E_pb2 as e2e

from bot.transports.neonize.codec import decode
from bot.transports.neonize.library import ContextInfo, Message, MessageEv, ProtocolMessage
from services.messaging.inbox import Inbound
from tests.bot.neonize.events import NOW, OWN, received

REVOKE, EDIT = ProtocolMessage.REVOKE, ProtocolMessage.MESSAGE_EDIT
FILE = {
    "URL": "https://mmg.example/f", "directPath": "/v/f", "mediaKey": b"k" * 32, "fileEncSHA256": b"e" * 32,
    "fileSHA256": b"s" * 32, "fileLength": 3004, "mediaKeyTimestamp": 1,
}  # fmt: skip
QUOTE = ContextInfo(stanzaID="Q1", participant="6281200000001@s.whatsapp.net")


def said(message: Message, **info: object) -> Inbound | None:
    found = decode(received(message, **info), OWN, NOW)  # type: ignore[arg-type]
    return None if found is None else found.inbound


@dataclass(frozen=True)
class Said:
    kind: str
    text: str = ""
    quoted: str | None = None


KEY = {"ID": "T1", "fromMe": False}
PLACE = {"degreesLatitude": -6.2, "degreesLongitude": 106.8}
POLL = {"name": "Kapan?", "options": [{"optionName": "Hari ini"}, {"optionName": "Besok"}]}
HALO = Message(conversation="halo")
MESSAGES: dict[str, tuple[dict[str, object], Said]] = {
    "text": ({"conversation": " Halo Bos "}, Said("text", "Halo Bos")),
    "text with a link's preview": (
        {"extendedTextMessage": {"text": "lihat https://x.id", "matchedText": "https://x.id", "title": "X"}},
        Said("text", "lihat https://x.id"),
    ),
    "answer": ({"extendedTextMessage": {"text": "ya", "contextInfo": QUOTE}}, Said("text", "ya", "Q1")),
    "keys beside a text": (
        {"conversation": "hai", "senderKeyDistributionMessage": {"groupID": "x"}, "messageContextInfo": {}},
        Said("text", "hai"),
    ),
    "button": ({"buttonsResponseMessage": {"selectedDisplayText": "Ya", "selectedButtonID": "1"}}, Said("text", "Ya")),
    "button without text": ({"buttonsResponseMessage": {"selectedButtonID": "yes"}}, Said("text", "yes")),
    "template button": ({"templateButtonReplyMessage": {"selectedDisplayText": "Bayar"}}, Said("text", "Bayar")),
    "list": (
        {"listResponseMessage": {"title": "Budi", "singleSelectReply": {"selectedRowID": "7"}}},
        Said("text", "Budi"),
    ),
    "list row without title": (
        {"listResponseMessage": {"singleSelectReply": {"selectedRowID": "7"}}},
        Said("text", "7"),
    ),
    "interactive": ({"interactiveResponseMessage": {"body": {"text": "Lunas"}}}, Said("text", "Lunas")),
    "interactive flow": (
        {
            "interactiveResponseMessage": {
                "nativeFlowResponseMessage": {"paramsJSON": json.dumps({"id": "a", "display_text": "Setuju"})}
            }
        },
        Said("text", "Setuju"),
    ),
    "interactive nonsense": (
        {"interactiveResponseMessage": {"nativeFlowResponseMessage": {"paramsJSON": "[" * 5000}}},
        Said("unknown"),
    ),
    "business buttons": ({"buttonsMessage": {"contentText": "Pilih"}}, Said("text", "Pilih")),
    "business list": ({"listMessage": {"title": "Menu", "description": "Pilih"}}, Said("text", "Menu\nPilih")),
    "business template": (
        {"templateMessage": {"hydratedTemplate": {"hydratedContentText": "Promo"}}},
        Said("text", "Promo"),
    ),
    "location": (
        {"locationMessage": {**PLACE, "name": "Monas", "address": "Jakarta"}},
        Said("location", "-6.200000, 106.800000\nMonas\nJakarta"),
    ),
    "live location": (
        {"liveLocationMessage": {"degreesLatitude": 1.5, "degreesLongitude": 2.25, "caption": "di jalan"}},
        Said("location", "1.500000, 2.250000\ndi jalan"),
    ),
    **{
        f"poll {version}": (
            {f"pollCreationMessage{version}": POLL},
            Said("poll", "Kapan?\n- Hari ini\n- Besok"),
        )
        for version in ("", "V2", "V3", "V5")
    },
    "reaction": ({"reactionMessage": {"key": KEY, "text": "👍"}}, Said("reaction", "👍", "T1")),
    "reaction taken back": ({"reactionMessage": {"key": KEY, "text": ""}}, Said("reaction", "", "T1")),
    "revoked": ({"protocolMessage": {"key": KEY, "type": REVOKE}}, Said("protocol", "", "T1")),
    "changed": (
        {"protocolMessage": {"key": KEY, "type": EDIT, "editedMessage": {"conversation": "baru"}}},
        Said("protocol", "baru", "T1"),
    ),
    "changed, wrapped": (
        {"editedMessage": {"message": {"protocolMessage": {"key": KEY, "type": EDIT, "editedMessage": HALO}}}},
        Said("protocol", "halo", "T1"),
    ),
    "changed without a target": ({"editedMessage": {"message": HALO}}, Said("protocol", "halo")),
    "vote": ({"pollUpdateMessage": {"pollCreationMessageKey": KEY}}, Said("protocol")),
    "pin": ({"pinInChatMessage": {"key": KEY}}, Said("protocol")),
    "hidden reaction": ({"encReactionMessage": {"targetMessageKey": KEY}}, Said("protocol")),
    "invitation": ({"groupInviteMessage": {"groupName": "Arisan"}}, Said("text", "Arisan")),
    "payment": ({"sendPaymentMessage": {}}, Said("unknown")),
    "stickers": ({"stickerPackMessage": {"name": "Kucing"}}, Said("unknown")),
    "empty text": ({"conversation": "  "}, Said("unknown")),
    "empty contacts": ({"contactsArrayMessage": {}}, Said("unknown")),
}  # fmt: skip


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_says(name: str) -> None:
    given, expected = MESSAGES[name]
    inbound = said(Message(**given))
    assert inbound is not None
    assert Said(inbound.kind, inbound.text, inbound.quoted_id) == expected
    assert inbound.media is None


NOTHING: dict[str, dict[str, object]] = {
    "nothing": {},
    "a group's keys": {"senderKeyDistributionMessage": {"groupID": "x"}},
    "keys with context": {"senderKeyDistributionMessage": {}, "messageContextInfo": {"deviceListMetadataVersion": 2}},
    "a history notice": {"protocolMessage": {"type": ProtocolMessage.HISTORY_SYNC_NOTIFICATION}},
    "app keys": {"protocolMessage": {"type": ProtocolMessage.APP_STATE_SYNC_KEY_SHARE}},
    "a disappearing setting": {"protocolMessage": {"key": KEY, "type": ProtocolMessage.EPHEMERAL_SETTING}},
    "a protocol message without meaning": {"protocolMessage": {}},
    "a call": {"call": {"callKey": b"x"}},
    "a call's log": {"callLogMesssage": {}},
    "an album's head": {"albumMessage": {"expectedImageCount": 3}},
    "a status mention": {"statusMentionMessage": {"message": HALO}},
    "an empty wrapper": {"ephemeralMessage": {}},
    "an empty wrapped message": {"ephemeralMessage": {"message": {}}},
}


@pytest.mark.parametrize("name", NOTHING)
def test_is_no_message_for_us(name: str) -> None:
    assert said(Message(**NOTHING[name])) is None


@pytest.mark.parametrize(
    "wrapper",
    [
        "ephemeralMessage", "viewOnceMessage", "viewOnceMessageV2", "viewOnceMessageV2Extension", "deviceSentMessage",
        "documentWithCaptionMessage", "associatedChildMessage", "botInvokeMessage", "lottieStickerMessage",
        "groupMentionedMessage", "spoilerMessage",
    ],
)  # fmt: skip
def test_a_wrapped_message_is_opened(wrapper: str) -> None:
    inbound = said(Message(**{wrapper: {"message": {"ephemeralMessage": {"message": HALO}}}}))
    assert inbound is not None and (inbound.kind, inbound.text) == ("text", "halo")


def test_a_message_wrapped_without_end_is_given_up() -> None:
    message = HALO
    for _ in range(30):
        message = Message(ephemeralMessage={"message": message})
    inbound = said(message)
    assert inbound is not None and inbound.kind == "unknown"


@pytest.mark.parametrize("info", [{"Edit": "1"}, {"Edit": "3"}])
def test_a_message_marked_as_changed_is_no_new_one(info: dict[str, object]) -> None:
    inbound = said(HALO, **info)
    assert inbound is not None and (inbound.kind, inbound.text) == ("protocol", "halo")


def test_the_raw_message_counts_when_the_library_opened_it_to_nothing() -> None:
    event = received(Message())
    event.Raw.CopyFrom(HALO)
    found = decode(event, OWN, NOW)
    assert found is not None and found.inbound.text == "halo"


@dataclass(frozen=True)
class Filed:
    kind: str
    mime: str
    text: str = ""
    name: str | None = None
    seconds: int | None = None
    voice: bool = False


FILES: dict[str, tuple[str, dict[str, object], Filed]] = {
    "image": ("imageMessage", {"mimetype": "image/png", "caption": "bukti"}, Filed("image", "image/png", "bukti")),
    "image without a type": ("imageMessage", {}, Filed("image", "image/jpeg")),
    "video": ("videoMessage", {"mimetype": "video/mp4", "seconds": 9}, Filed("video", "video/mp4", seconds=9)),
    "round video": ("ptvMessage", {"mimetype": "video/mp4"}, Filed("video", "video/mp4")),
    "voice note": (
        "audioMessage",
        {"mimetype": "audio/ogg; codecs=opus", "PTT": True, "seconds": 3},
        Filed("audio", "audio/ogg; codecs=opus", seconds=3, voice=True),
    ),
    "music": ("audioMessage", {"mimetype": "audio/mpeg"}, Filed("audio", "audio/mpeg")),
    "document": (
        "documentMessage",
        {"mimetype": "application/pdf", "fileName": "Nota.pdf", "title": "Nota", "caption": "ini"},
        Filed("document", "application/pdf", "ini", "Nota.pdf"),
    ),
    "document with a title": (
        "documentMessage", {"title": "Nota"}, Filed("document", "application/octet-stream", name="Nota"),
    ),
    "sticker": ("stickerMessage", {"mimetype": "image/webp"}, Filed("sticker", "image/webp")),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_described_and_can_be_fetched_later(name: str) -> None:
    field, given, expected = FILES[name]
    extra = (
        {} if field == "audioMessage" else {"pngThumbnail" if field == "stickerMessage" else "JPEGThumbnail": b"t" * 9}
    )
    inbound = said(Message(**{field: {**FILE, **given, **extra, "contextInfo": QUOTE}}))
    assert inbound is not None and inbound.media is not None
    media = inbound.media
    assert Filed(inbound.kind, media["mime"], inbound.text, media["name"], media["seconds"], media["voice"]) == expected  # type: ignore[arg-type]
    assert (media["size"], media["state"], inbound.quoted_id) == (3004, "pending", "Q1")
    kept = Message.FromString(base64.b64decode(str(media["ref"])))
    [(part, value)] = kept.ListFields()
    assert part.name == ("videoMessage" if field == "ptvMessage" else field)
    mime = {"mimetype": given["mimetype"]} if "mimetype" in given else {}
    assert value == type(value)(**FILE, **mime)
    json.dumps(media)


def test_contact_cards() -> None:
    one = said(Message(contactMessage={"displayName": "Ani", "vcard": "BEGIN:VCARD 1"}))
    many = said(Message(contactsArrayMessage={"contacts": [{"vcard": "BEGIN:VCARD 1"}, {"vcard": "BEGIN:VCARD 2"}]}))
    assert one is not None and (one.kind, one.text) == ("contact", "")
    assert one.media == {"mime": "text/vcard", "card": "BEGIN:VCARD 1"}
    assert many is not None and many.kind == "contact"
    assert many.media == {"mime": "text/vcard", "card": "BEGIN:VCARD 1", "cards": ["BEGIN:VCARD 1", "BEGIN:VCARD 2"]}


def test_text_that_is_no_utf8_is_read_all_the_same() -> None:
    inbound = said(Message.FromString(b"\x0a\x04a\xff\xfeb"))
    assert inbound is not None and inbound.text == "a\ufffd\ufffdb"


def test_a_file_whose_type_is_no_utf8_is_fetched_all_the_same() -> None:
    inbound = said(Message.FromString(b"\x1a\x03\x12\x01\x80"))
    assert inbound is not None and inbound.media is not None
    assert (inbound.kind, inbound.media["mime"]) == ("image", "\ufffd")


FIELDS = [field.name for field in Message.DESCRIPTOR.fields if field.message_type is not None]


def _leaf(name: str, data: bytes) -> Message:
    """A message in which one part is whatever the bytes parse to."""
    message = Message()
    part = getattr(message, name)
    part.SetInParent()
    try:
        part.ParseFromString(data)
    except DecodeError:
        part.SetInParent()
    return message


leaves = st.one_of(
    st.builds(_leaf, st.sampled_from(FIELDS), st.binary(max_size=40)),
    st.text(max_size=9).map(lambda text: Message(conversation=text)),
)
WRAPPERS = [f.name for f in Message.DESCRIPTOR.fields if f.message_type is e2e.FutureProofMessage.DESCRIPTOR]
nested = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda name, message: Message(**{name: {"message": message}}), st.sampled_from(WRAPPERS), inner
    ),
    max_leaves=5,
)


@settings(max_examples=260, deadline=None)
@given(nested, st.integers(-(2**63), 2**63 - 1), st.booleans())
def test_no_message_is_too_strange(message: Message, at: int, from_me: bool) -> None:
    found = decode(received(message, at=at, from_me=from_me), OWN, NOW)
    if found is not None:
        json.dumps(found.inbound.media)
        assert isinstance(found.inbound.text, str)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_are_too_strange(data: bytes) -> None:
    event = MessageEv()
    try:
        event.ParseFromString(data)
    except DecodeError:
        event = received(_leaf("extendedTextMessage", data))
    decode(event, OWN, NOW)
