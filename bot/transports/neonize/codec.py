"""Translates between WhatsApp's protobuf and our messages. Pure: it needs no connection and asks for no time.

A person may show up under a phone number or under a private id (`lid`); wherever WhatsApp tells both, the phone is the
address and the other one the alias.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.transports.base import Delivery
from bot.transports.neonize.contents import Content, read, words
from bot.transports.neonize.failures import download_failure_of, failure_of, upload_failure_of
from bot.transports.neonize.library import (
    JID,
    AudioMessage,
    DocumentMessage,
    ImageMessage,
    MediaType,
    Message,
    MessageEv,
    ReceiptEv,
    UploadResponse,
    VideoMessage,
)
from bot.transports.neonize.terms import Incoming, Own, Receipt, Restricted, Unclear
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound

__all__ = [
    "Incoming", "Own", "Receipt", "Restricted", "Unclear", "address_of", "decode", "decode_receipt",
    "download_failure_of", "encode", "failure_of", "jid_of", "media_type", "upload_failure_of",
]  # fmt: skip

_KINDS = {"s.whatsapp.net": "phone", "c.us": "phone", "hosted": "phone", "lid": "lid", "hosted.lid": "lid"}
_SERVERS = {"phone": "s.whatsapp.net", "lid": "lid", "group": "g.us"}
_NUMBER = re.compile(r"[1-9]\d{4,19}")
_GROUP = re.compile(r"\d+(-\d+)?")
# Phone numbers of WhatsApp's own assistants.
_BOT = re.compile(r"1313555\d{4}|131655500\d{2}")
_JID = re.compile(r"(?P<user>[^@:.]+)(?:\.\d+)?(?::\d+)?@(?P<server>[^@]+)")
_AHEAD = timedelta(hours=1)
_FIRST = datetime(2009, 1, 1, tzinfo=UTC)

PhoneOf = Callable[[str], "str | None"]


def address_of(jid: JID) -> Address | None:
    """The address of a person or group, without the device; None for channels, broadcasts, status and assistants."""
    return _address(words(jid.User), words(jid.Server))


def _address(user: str, server: str) -> Address | None:
    if server == "g.us":
        return Address("group", user) if _GROUP.fullmatch(user) else None
    kind = _KINDS.get(server)
    if kind is None or not _NUMBER.fullmatch(user) or (kind == "phone" and _BOT.fullmatch(user)):
        return None
    return Address("phone" if kind == "phone" else "lid", user)


def _address_in(text: str) -> Address | None:
    found = _JID.fullmatch(text)
    return _address(found["user"], found["server"]) if found else None


def jid_of(address: Address) -> JID:
    """The library's form of an address, for all devices of it."""
    return JID(User=address.value, Server=_SERVERS[address.kind], Device=0, RawAgent=0, Integrator=0, IsEmpty=False)


def decode(event: MessageEv, own: Own, now: datetime, phone_of: PhoneOf | None = None) -> Incoming | None:
    """The message in an event, or None when there is none for us. `phone_of` finds the phone that belongs to a lid."""
    source = event.Info.MessageSource
    chat = address_of(source.Chat)
    content = read(event)
    if chat is None or content is None or not event.Info.ID:
        return None
    sender, alias = _both(source.Sender, source.SenderAlt, phone_of)
    from_me = source.IsFromMe or _is_own(sender, own) or _is_own(alias, own)
    if from_me:
        sender, alias = Address("phone", own.phone), Address("lid", own.lid) if own.lid else None
    if sender is None:
        return None
    if chat.kind != "group":
        chat = _person(source, own, phone_of, from_me) or chat
    name = words(event.Info.Pushname).strip()
    return Incoming(
        Inbound(
            provider_id=words(event.Info.ID),
            chat=chat,
            sender=sender,
            from_me=from_me,
            text=content.text,
            sent_at=_moment(event.Info.Timestamp, now),
            kind=content.kind,
            sender_name=None if from_me else name or None,
            quoted_id=content.quoted_id,
            media=content.media,
            alias=alias,
            mentioned=_calls(content, own),
        )
    )


def _both(jid: JID, other: JID, phone_of: PhoneOf | None) -> tuple[Address | None, Address | None]:
    """A person's address, the phone if it is known, and the other form of it."""
    known = [address for address in (address_of(jid), address_of(other)) if address and address.kind != "group"]
    phone = next((each for each in known if each.kind == "phone"), None)
    lid = next((each for each in known if each.kind == "lid"), None)
    if phone is None and lid is not None and phone_of is not None and (number := phone_of(lid.value)):
        phone = Address("phone", number)
    return (phone, lid) if phone else (lid, None)


def _person(source: Any, own: Own, phone_of: PhoneOf | None, from_me: bool) -> Address | None:
    """With whom a chat of two is: ourselves, the one whom we wrote to, or the one who wrote."""
    person, alias = _both(source.Chat, source.RecipientAlt if from_me else source.SenderAlt, phone_of)
    if _is_own(person, own) or _is_own(alias, own):
        return Address("phone", own.phone)
    return person


def _is_own(address: Address | None, own: Own) -> bool:
    if address is None:
        return False
    return address.value == (own.phone if address.kind == "phone" else own.lid) and address.kind != "group"


def _calls(content: Content, own: Own) -> bool:
    """Whether a message names us, or answers one of ours."""
    if content.context is None:
        return False
    named = [*content.context.mentionedJID, content.context.participant]
    return any(_is_own(_address_in(words(each)), own) for each in named)


def _moment(milliseconds: int, now: datetime) -> datetime:
    """WhatsApp's time; ours where it is missing or can't be."""
    latest = now + _AHEAD
    if not _FIRST.timestamp() <= milliseconds / 1000 <= latest.timestamp():
        return now
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def decode_receipt(event: ReceiptEv) -> Receipt | None:
    """That messages of ours arrived or were read; None for receipts among our own devices, and all other kinds.

    In the chat with oneself, the own phone is the reader.
    """
    source = event.MessageSource
    ids = tuple(words(each) for each in event.MessageIDs if each)
    to_self = bool(source.Chat.User) and source.Chat.User == source.Sender.User
    if not ids or (source.IsFromMe and not to_self) or address_of(source.Chat) is None:
        return None
    if event.Type == ReceiptEv.DELIVERED:
        return Receipt("delivered", ids)
    if event.Type in (ReceiptEv.READ, ReceiptEv.PLAYED):
        return Receipt("read", ids)
    return None


_MEDIA_TYPES = {
    "image": MediaType.MediaImage, "video": MediaType.MediaVideo, "audio": MediaType.MediaAudio,
    "document": MediaType.MediaDocument,
}  # fmt: skip
_VOICE = "audio/ogg; codecs=opus"


def _family(delivery: Delivery) -> str:
    """As what a file is sent: as its delivery says, else by its type; what WhatsApp can't show goes as a document."""
    if delivery.kind in _MEDIA_TYPES:
        return delivery.kind
    family = (delivery.mime or "").partition("/")[0]
    return family if family in _MEDIA_TYPES else "document"


def media_type(delivery: Delivery) -> MediaType:
    """What to upload a delivery's file as."""
    return _MEDIA_TYPES[_family(delivery)]


def encode(delivery: Delivery, uploaded: UploadResponse | None) -> Message:
    """The message to send: plain text as it is, or the uploaded file with the text as its caption."""
    if uploaded is None:
        return Message(conversation=delivery.text)
    family = _family(delivery)
    file: dict[str, Any] = {
        "URL": uploaded.url,
        "directPath": uploaded.DirectPath,
        "mediaKey": uploaded.MediaKey,
        "fileEncSHA256": uploaded.FileEncSHA256,
        "fileSHA256": uploaded.FileSHA256,
        "fileLength": uploaded.FileLength,
        "mimetype": _VOICE if delivery.voice else delivery.mime or "application/octet-stream",
    }
    if family == "audio":
        return Message(audioMessage=AudioMessage(**file, PTT=delivery.voice))
    if delivery.text:
        file["caption"] = delivery.text
    if family == "image":
        return Message(imageMessage=ImageMessage(**file))
    if family == "video":
        return Message(videoMessage=VideoMessage(**file))
    name = delivery.file_name or (delivery.file.name if delivery.file else "")
    return Message(documentMessage=DocumentMessage(**file, fileName=name, title=name))
