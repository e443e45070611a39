"""The library and nothing else: the only place that imports neonize, and so the only one that costs its memory.

What its import does to the process's logging is undone; its own loggers speak through ours. Import this module late.
"""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable

from bot.transports.neonize.quiet import logging_untouched

with logging_untouched():
    import neonize.utils.ffmpeg
    from neonize.client import NewClient
    from neonize.events import (
        ClientOutdatedEv,
        ConnectedEv,
        ConnectFailureEv,
        DisconnectedEv,
        KeepAliveRestoredEv,
        KeepAliveTimeoutEv,
        LoggedOutEv,
        MessageEv,
        OfflineSyncCompletedEv,
        PairStatusEv,
        ReceiptEv,
        StreamErrorEv,
        StreamReplacedEv,
        TemporaryBanEv,
        UndecryptableMessageEv,
    )
    from neonize.exc import DownloadError, NeonizeError, PairPhoneError, SendMessageError, UploadError
    from neonize.proto.Neonize_pb2 import JID, UploadResponse
    from neonize.proto.waCompanionReg.WAWebProtobufsCompanionReg_pb2 import DeviceProps
    from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import (
        AudioMessage,
        ContextInfo,
        DocumentMessage,
        FutureProofMessage,
        ImageMessage,
        Message,
        ProtocolMessage,
        VideoMessage,
    )
    from neonize.utils.enum import ChatPresence, ChatPresenceMedia, ClientType, MediaType, ReceiptType

__all__ = [
    "JID", "AudioMessage", "ChatPresence", "ChatPresenceMedia", "ClientOutdatedEv", "ClientType", "ConnectFailureEv",
    "ConnectedEv", "ContextInfo", "DisconnectedEv", "DocumentMessage", "DownloadError", "FutureProofMessage",
    "ImageMessage", "KeepAliveRestoredEv", "KeepAliveTimeoutEv", "LoggedOutEv", "MediaType", "Message", "MessageEv",
    "NeonizeError", "NewClient", "OfflineSyncCompletedEv", "PairPhoneError", "PairStatusEv", "ProtocolMessage",
    "ReceiptEv", "ReceiptType", "SendMessageError", "StreamErrorEv", "StreamReplacedEv", "TemporaryBanEv",
    "UndecryptableMessageEv", "UploadError", "UploadResponse", "VideoMessage", "new_device", "on_login_status",
    "resumed", "retire",
]  # fmt: skip

# What needs ffmpeg isn't used here, so nobody needs to hear that it's missing.
neonize.utils.ffmpeg._ffmpeg_checked = True

# Below this level the library formats every frame that goes in and out, texts included.
logging.getLogger("neonize.utils.log").setLevel(logging.WARNING)

# Shown in the phone's list of linked devices.
_PROPERTIES = DeviceProps(os="Juragan", platformType=DeviceProps.DESKTOP)

# Log callbacks of retired clients: the library's threads may still log when a client is long gone.
_kept: list[object] = []


def resumed(store: str, phone: str, device: int) -> NewClient:
    """A client for a device that is in the store. It isn't connected yet."""
    jid = JID(User=phone, Device=device, Server="s.whatsapp.net", RawAgent=0, Integrator=0, IsEmpty=False)
    return _silent(NewClient(store, jid=jid, props=_PROPERTIES))


def new_device(store: str, uuid: str) -> NewClient:
    """A client that pairs a device which the store doesn't have yet."""
    return _silent(NewClient(store, props=_PROPERTIES, uuid=uuid, new_device=True))


def _silent(client: NewClient) -> NewClient:
    on_login_status(client, lambda _status: None)
    return client


def on_login_status(client: NewClient, heard: Callable[[str], None]) -> None:
    """Has the pairing's course told (`success`, `timeout`, `error`, `err-…`) instead of printed."""

    def status(_uuid: int, text: int) -> None:
        heard(ctypes.string_at(text).decode(errors="replace"))

    client._NewClient__onLoginStatus = status


def retire(client: NewClient) -> None:
    """Makes a stopped client safe to forget: collecting it must not stop a later one of the same number."""
    client._stop_finalizer.detach()
    references = getattr(client, "_connect_refs", None)
    if references is not None:
        _kept.append(references[3])
