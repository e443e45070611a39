"""Builders of the library's events, as WhatsApp's server would cause them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.transports.neonize.library import JID, Message, MessageEv, ReceiptEv
from bot.transports.neonize.terms import Own

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OWN = Own("6281200000001", 7, "111122223333")
CUSTOMER = "6281299990001"
CUSTOMER_LID = "222233334444"
GROUP = "120363041234567890"


def jid(text: str) -> JID:
    """A JID from its spelling, such as `628…:3@s.whatsapp.net`; the empty one for an empty text."""
    if not text:
        return JID(User="", Device=0, RawAgent=0, Integrator=0, Server="", IsEmpty=True)
    user, _, server = text.rpartition("@")
    user, _, device = user.partition(":")
    return JID(User=user, Device=int(device or 0), RawAgent=0, Integrator=0, Server=server, IsEmpty=not user)


def phone(number: str, device: int = 0) -> str:
    return f"{number}:{device}@s.whatsapp.net" if device else f"{number}@s.whatsapp.net"


def lid(number: str, device: int = 0) -> str:
    return f"{number}:{device}@lid" if device else f"{number}@lid"


def received(
    message: Message | None = None, *, chat: str = phone(CUSTOMER), sender: str = phone(CUSTOMER), sender_alt: str = "",
    recipient_alt: str = "", from_me: bool = False, id: str = "IN1", name: str = "Budi",
    at: int = int(NOW.timestamp() * 1000), **info: Any,
) -> MessageEv:  # fmt: skip
    """The event of a message; without one given, of the text `halo`."""
    event = MessageEv(Message=Message(conversation="halo") if message is None else message)
    source = event.Info.MessageSource
    source.Chat.CopyFrom(jid(chat))
    source.Sender.CopyFrom(jid(sender))
    source.SenderAlt.CopyFrom(jid(sender_alt))
    source.RecipientAlt.CopyFrom(jid(recipient_alt))
    source.IsFromMe = from_me
    source.IsGroup = chat.endswith("@g.us")
    event.Info.ID, event.Info.Pushname, event.Info.Timestamp = id, name, at
    for key, value in info.items():
        setattr(event.Info, key, value)
    return event


def receipt(
    kind: int = ReceiptEv.DELIVERED, *ids: str, chat: str = phone(CUSTOMER), sender: str = "", from_me: bool = False
) -> ReceiptEv:
    event = ReceiptEv(MessageIDs=ids or ("OUT1",), Type=kind)  # type: ignore[arg-type]
    event.MessageSource.Chat.CopyFrom(jid(chat))
    event.MessageSource.Sender.CopyFrom(jid(sender or chat))
    event.MessageSource.IsFromMe = from_me
    return event
