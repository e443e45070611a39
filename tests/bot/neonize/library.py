"""A stand-in for the library's shared object: keeps its calling conventions, records what was sent, plays what comes.

Install it over `neonize.client.gocode` before a client is made. As in the real one a client's callbacks run one after
another in a thread of their own. Whatever would abort the real process is an error here and is kept in `aborts`.
"""

from __future__ import annotations

import ctypes
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from google.protobuf.message import Message as Protobuf
from neonize.events import EVENT_TO_INT
from neonize.proto import Neonize_pb2 as proto

from bot.transports.neonize import store
from bot.transports.neonize.library import JID, ConnectedEv, DisconnectedEv, Message, PairStatusEv
from bot.transports.neonize.terms import Own

PATIENCE = 5.0


@dataclass
class PlayedClient:
    """One client as the library knows it, from `Neonize` to `Stop`."""

    uuid: str
    new: bool
    on_qr: Callable[..., None]
    on_status: Callable[..., None]
    on_event: Callable[..., None]
    subscribed: set[int]
    device: proto.Device
    connected: bool = False
    starting: bool = True
    work: queue.Queue[Callable[[], None] | None] = field(default_factory=queue.Queue)
    thread: threading.Thread = field(default_factory=threading.current_thread)
    error: str = ""

    def play(self, act: Callable[[], None]) -> None:
        """Has the client's thread do something, and waits until it is done."""
        done = threading.Event()

        def task() -> None:
            try:
                act()
            finally:
                done.set()

        if threading.current_thread() is self.thread:
            task()
            return
        self.work.put(task)
        assert done.wait(PATIENCE), "a callback didn't return"

    def event(self, event: Protobuf) -> None:
        self.starting = False
        code = EVENT_TO_INT[type(event)]
        if code not in self.subscribed:
            return
        data = wire(event)
        buffer = ctypes.create_string_buffer(data, len(data) or 1)
        self.on_event(self.uuid.encode(), ctypes.addressof(buffer), len(data), code)


class PlayedLibrary:
    """The functions that clients call, and what a test has to say. Clients are named by phone, or uuid when pairing."""

    def __init__(self) -> None:
        self.clients: dict[str, PlayedClient] = {}
        self.calls: list[tuple[str, str]] = []
        self.aborts: list[str] = []
        self.admits = True
        self.refuses = ""
        self.phones: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.uploads: list[tuple[bytes, int]] = []
        self.presences: list[tuple[str, int, int]] = []
        self.linked: dict[str, proto.Device] = {}
        # While `entering` is clear, a client that starts is neither there nor not; `begun` counts those that began.
        self.entering = threading.Event()
        self.entering.set()
        self.begun = threading.Semaphore(0)
        self._sent: dict[str, list[tuple[JID, Message]]] = {}
        self._failures: dict[str, list[str]] = {}
        self._changed = threading.Condition()
        self._counter = 0

    def install(self, monkeypatch: pytest.MonkeyPatch) -> PlayedLibrary:
        monkeypatch.setattr("neonize.client.gocode", self)
        return self

    # What a test says

    def client(self, name: str, timeout: float = PATIENCE) -> PlayedClient:
        """The client of this name, once it is there."""
        with self._changed:
            assert self._changed.wait_for(lambda: name in self.clients, timeout), f"no client {name}"
            return self.clients[name]

    def connect(self, name: str) -> None:
        """WhatsApp lets a client in."""
        self.client(name).connected = True
        self.fire(name, ConnectedEv(status=True))

    def drop(self, name: str) -> None:
        """The connection breaks."""
        self.client(name).connected = False
        self.fire(name, DisconnectedEv(status=True))

    def fire(self, name: str, event: Protobuf) -> None:
        """Reports an event and waits until its callback has returned."""
        client = self.client(name)
        client.play(lambda: client.event(event))

    def end(self, name: str, error: str = "") -> None:
        """The library's call for a client returns by itself; the connection stays, as in the real one."""
        client = self.client(name)
        client.error = error
        client.work.put(None)

    def sent(self, name: str) -> list[tuple[JID, Message]]:
        return self._sent.get(name, [])

    def fail_next_send(self, text: str) -> None:
        self.fail_next("SendMessage", text)

    def fail_next(self, function: str, text: str) -> None:
        self._failures.setdefault(function, []).append(text)

    def offer_qr(self, name: str, code: str) -> None:
        client = self.client(name)
        client.play(lambda: client.on_qr(client.uuid.encode(), code.encode()))

    def status(self, name: str, text: str) -> None:
        client = self.client(name)
        client.play(lambda: client.on_status(client.uuid.encode(), text.encode()))

    def scan(self, name: str, own: Own, push_name: str = "") -> None:
        """A phone scans the code: the device is linked and connects."""
        client = self.client(name)
        client.device = device(own, push_name)
        self.status(name, "success")
        self.fire(name, PairStatusEv(ID=client.device.JID, Status=PairStatusEv.SUCCESS))
        self.connect(name)

    def closed(self, name: str) -> bool:
        """Whether a client of this name has ended."""
        with self._changed:
            return self._changed.wait_for(lambda: name not in self.clients, PATIENCE)

    # What the library does

    def _of(self, function: str, uuid: bytes) -> PlayedClient:
        name = uuid.decode()
        self.calls.append((function, name))
        if not self.entering.is_set():
            self._abort(f"{function} of {name} while another client is entered")
        client = self.clients.get(name)
        if client is None:
            self._abort(f"{function} of a client that isn't there: {name}")
        assert client is not None
        return client

    def _abort(self, reason: str) -> None:
        self.aborts.append(reason)
        raise AssertionError(f"the real library would end the process: {reason}")

    def _failure(self, function: str) -> str:
        waiting = self._failures.get(function, [])
        return waiting.pop(0) if waiting else ""

    def Neonize(  # noqa: N802
        self, name: bytes, uuid: bytes, jid: bytes, jid_size: int, new: int, level: bytes, on_qr: Any, on_status: Any,
        on_event: Any, on_log: Any, codes: Any, codes_size: int, *rest: Any,
    ) -> bytes:  # fmt: skip
        phone = uuid.decode()
        self.calls.append(("Neonize", phone))
        assert level in (b"INFO", b"WARN", b"ERROR"), "the library would log every frame"
        given = JID.FromString(jid[:jid_size])
        own = Own(given.User, given.Device)
        if not new and not store.has_device(name.decode(), own):
            self._abort(f"no device {own.phone}:{own.device} in {name.decode()}")
        if any(client.starting and not client.new for client in self.clients.values()):
            self._abort("two clients are started at once")
        if not self.entering.is_set():
            self.begun.release()
            assert self.entering.wait(PATIENCE)
        linked = self.linked.get(phone) or device(own)
        client = PlayedClient(phone, bool(new), on_qr, on_status, on_event, set(codes[:codes_size]), linked)
        with self._changed:
            self.clients[phone] = client
            self._changed.notify_all()
        if self.refuses:
            client.error = self.refuses
            client.work.put(None)
        elif self.admits and not new:
            client.connected = True
            client.event(ConnectedEv(status=True))
        while (task := client.work.get()) is not None:
            task()
        return client.error.encode()

    def Stop(self, uuid: bytes) -> bytes:  # noqa: N802
        name = uuid.decode()
        self.calls.append(("Stop", name))
        with self._changed:
            client = self.clients.pop(name, None)
            self._changed.notify_all()
        if client is not None:
            client.connected = False
            client.work.put(None)
        return b""

    def Disconnect(self, uuid: bytes) -> None:  # noqa: N802
        self._of("Disconnect", uuid).connected = False

    def IsConnected(self, uuid: bytes) -> bool:  # noqa: N802
        return self._of("IsConnected", uuid).connected

    def IsLoggedIn(self, uuid: bytes) -> bool:  # noqa: N802
        return self._of("IsLoggedIn", uuid).connected

    def SendMessage(self, uuid: bytes, to: bytes, _to_size: int, message: bytes, _size: int) -> bytes:  # noqa: N802
        client = self._of("SendMessage", uuid)
        if failure := self._failure("SendMessage"):
            return wire(proto.SendMessageReturnFunction(Error=failure))
        self._sent.setdefault(client.uuid, []).append((JID.FromString(to), Message.FromString(message)))
        self._counter += 1
        answer = proto.SendResponse(ID=f"OUT{self._counter}", Timestamp=1_700_000_000)
        return wire(proto.SendMessageReturnFunction(SendResponse=answer))

    def Upload(self, uuid: bytes, data: bytes, size: int, kind: int) -> bytes:  # noqa: N802
        self._of("Upload", uuid)
        if failure := self._failure("Upload"):
            return wire(proto.UploadReturnFunction(Error=failure))
        self.uploads.append((data[:size], kind))
        uploaded = proto.UploadResponse(
            url="https://mmg.example/x", DirectPath=f"/v/{len(self.uploads)}", MediaKey=b"k" * 32, FileLength=size,
            FileEncSHA256=b"e" * 32, FileSHA256=b"s" * 32,
        )  # fmt: skip
        return wire(proto.UploadReturnFunction(UploadResponse=uploaded))

    def DownloadAny(self, uuid: bytes, message: bytes, size: int) -> bytes:  # noqa: N802
        self._of("DownloadAny", uuid)
        if failure := self._failure("DownloadAny"):
            return wire(proto.DownloadReturnFunction(Error=failure))
        [(_, part)] = Message.FromString(message[:size]).ListFields()
        return wire(proto.DownloadReturnFunction(Binary=self.files[part.directPath]))

    def SendChatPresence(self, uuid: bytes, to: bytes, _size: int, state: int, media: int) -> bytes:  # noqa: N802
        self._of("SendChatPresence", uuid)
        self.presences.append((JID.FromString(to).User, state, media))
        return self._failure("SendChatPresence").encode()

    def MarkRead(self, uuid: bytes, ids: bytes, *rest: Any) -> bytes:  # noqa: N802
        self._of("MarkRead", uuid)
        self.calls.append(("read", ids.decode()))
        return self._failure("MarkRead").encode()

    def GetMe(self, uuid: bytes) -> bytes:  # noqa: N802
        return wire(self._of("GetMe", uuid).device)

    def GetPNFromLID(self, uuid: bytes, lid: bytes, size: int) -> bytes:  # noqa: N802
        self._of("GetPNFromLID", uuid)
        phone = self.phones.get(JID.FromString(lid[:size]).User, "")
        found = JID(User=phone, Server="s.whatsapp.net" if phone else "")
        return wire(proto.GetJIDFromStoreReturnFunction(Jid=found, Error=self._failure("GetPNFromLID")))

    def Logout(self, uuid: bytes) -> bytes:  # noqa: N802
        self._of("Logout", uuid).connected = False
        return self._failure("Logout").encode()

    def PairPhone(self, uuid: bytes, asked: bytes, size: int) -> bytes:  # noqa: N802
        self._of("PairPhone", uuid)
        phone = proto.PairPhoneParams.FromString(asked[:size]).phone
        self.calls.append(("pair", phone))
        failure = self._failure("PairPhone")
        code = "" if failure else f"ABCD-{phone[-4:]}"
        return wire(proto.PairPhoneReturnFunction(Code=code, Error=failure))


def wire(message: Protobuf) -> bytes:
    """The bytes of a message, with the required fields that the test didn't care for."""
    complete = type(message)()
    complete.CopyFrom(message)
    _fill(complete)
    return bytes(complete.SerializeToString())


def _fill(message: Any) -> None:
    for name in filter(None, message.FindInitializationErrors()):
        parent = message
        *path, last = name.split(".")
        for step in path:
            parent = getattr(parent, step)
        wanted = parent.DESCRIPTOR.fields_by_name[last]
        if wanted.message_type is None:
            setattr(parent, last, wanted.default_value)
        else:
            getattr(parent, last).SetInParent()
    if not message.IsInitialized():
        _fill(message)


def device(own: Own, push_name: str = "") -> proto.Device:
    """How the library describes a linked device."""
    lid = JID(User=own.lid, Device=own.device, Server="lid") if own.lid else JID(IsEmpty=True)
    return proto.Device(
        JID=JID(User=own.phone, Device=own.device, Server="s.whatsapp.net"), LID=lid, PushName=push_name
    )
