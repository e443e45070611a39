"""What sessions and those who run them share: who we are, what came in, how a session is, how pairing went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from bot.transports.base import TransportError
from services.messaging.inbox import Inbound


@dataclass(frozen=True, slots=True)
class Own:
    """A paired number: digits of the phone, the linked device's number, and the private id if it is known."""

    phone: str
    device: int
    lid: str | None = None


@dataclass(frozen=True, slots=True)
class Paired:
    """A device in a store. `push_name` may be empty for the first seconds after pairing."""

    own: Own
    push_name: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message from WhatsApp. A file of it isn't fetched yet: `Line.download` does, with `inbound.media["ref"]`."""

    inbound: Inbound


@dataclass(frozen=True, slots=True)
class Receipt:
    """Messages that we sent have arrived, or were read (or played)."""

    kind: Literal["delivered", "read"]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineState:
    """What became of a session. `until`: seconds until a ban ends.

    `disconnected` mends itself. After `logged_out` the number has to be paired again; after `replaced`, `banned`,
    `outdated` and `failed` the session stays down until it is started again.
    """

    kind: Literal["connected", "disconnected", "logged_out", "replaced", "banned", "outdated", "failed"]
    reason: str = ""
    until: float | None = None


class LineEvents(Protocol):
    """Who listens to a session. Called from the library's threads, one call after another; must return at once."""

    def received(self, incoming: Incoming) -> None:
        """A message came in. WhatsApp takes it as delivered, so this is the only chance to keep it."""
        ...

    def receipt(self, receipt: Receipt) -> None:
        """Something that we sent arrived or was read."""
        ...

    def state(self, state: LineState) -> None:
        """The session's connection changed."""
        ...


@dataclass(frozen=True, slots=True)
class Offer:
    """What the owner has to do to pair: scan a QR code, or type a code. `lasts` is in seconds."""

    kind: Literal["qr", "code"]
    code: str
    round: int
    lasts: int


class PairingFailed(Exception):  # noqa: N818
    """No device was paired. `reason`: `qr_expired`, `code_expired`, `timeout`, `rejected: …` or `failed: …`.

    `unreachable`: WhatsApp could not be asked at all.
    """

    def __init__(self, reason: str, *, unreachable: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.unreachable = unreachable


class NotPaired(TransportError):  # noqa: N818
    """The store has no such device, or WhatsApp has unlinked it: the number must be paired again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, permanent=True)


class Restricted(TransportError):  # noqa: N818
    """WhatsApp doesn't let this number write to people who haven't written first, for some hours."""


class FileGone(TransportError):  # noqa: N818
    """WhatsApp no longer has the file; only its sender could offer it again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, permanent=True)


class Unclear(Exception):  # noqa: N818
    """The message went out but no answer came back: it may or may not have been taken."""
