"""Links a new device: offers QR codes, or a code to type, until the owner's phone takes one.

The library can't stop a client that isn't paired. So `pair` runs in a process of its own, for one round of codes, and
the process ends with `os._exit` afterwards; for the next round start another.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog

from bot.transports.neonize import library
from bot.transports.neonize.contents import words
from bot.transports.neonize.terms import Offer, Own, Paired, PairingFailed

log = structlog.get_logger(__name__)

FIRST_QR_SECONDS = 60
NEXT_QR_SECONDS = 20
# As long as a round of six QR codes; the connection ends with it.
CODE_SECONDS = 160
RECONNECT_SECONDS = 45.0
SETTLE_SECONDS = 1.0
_WAIT_FOR_REASON = 2.0

# What the library tells while it waits for the phone, without ending.
_HARMLESS = {"success", "err-scanned-without-multidevice"}


def pair(
    store: str, *, uuid: str, phone: str | None, round: int, offer: Callable[[Offer], None], timeout: float,
    settle: float = SETTLE_SECONDS,
) -> Paired:  # fmt: skip
    """Waits until the phone has linked this device, for one round of codes and `timeout` seconds at the most.

    `uuid` is unique among this process's clients and no phone number. With `phone` a code to type is offered for it,
    else QR codes; `round` is only passed on. `settle`: seconds for the first things that the phone sends.
    Raises `PairingFailed`.
    """
    return _Pairing(store, uuid, phone, round, offer, time.monotonic() + timeout, settle).run()


class _Pairing:
    def __init__(
        self, store: str, uuid: str, phone: str | None, round: int, offer: Callable[[Offer], None],
        deadline: float, settle: float,
    ) -> None:  # fmt: skip
        self._phone = phone
        self._round = round
        self._offer = offer
        self._deadline = deadline
        self._settle = settle
        self._heard: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._codes = 0
        self._client = library.new_device(store, uuid)

    def run(self) -> Paired:
        client, heard = self._client, self._heard
        client.qr(lambda _client, code: heard.put(("qr", code.decode())))
        library.on_login_status(client, lambda status: heard.put(("status", status)))
        client.event(library.PairStatusEv)(lambda _client, event: heard.put(("pair", event)))
        client.event(library.ConnectedEv)(lambda _client, _event: heard.put(("connected", None)))
        client.event(library.LoggedOutEv)(lambda _client, _event: heard.put(("unlinked", None)))
        threading.Thread(target=self._connect, name="pairing", daemon=True).start()
        own = self._until_paired()
        self._until_connected()
        return self._who(own)

    def _connect(self) -> None:
        try:
            self._client.connect()
            self._heard.put(("ended", "the library's client ended"))
        except Exception as error:  # noqa: BLE001 - the thread's edge
            self._heard.put(("ended", str(error)))

    def _next(self, deadline: float) -> tuple[str, Any]:
        try:
            return self._heard.get(timeout=max(deadline - time.monotonic(), 0))
        except queue.Empty:
            return "timeout", None

    def _until_paired(self) -> Own:
        while True:
            match self._next(self._deadline):
                case "qr", code:
                    self._code_came(code)
                case "pair", event if event.Status == library.PairStatusEv.SUCCESS:
                    return Own(event.ID.User, event.ID.Device)
                case "pair", event:
                    raise PairingFailed(f"rejected: {event.Error}")
                case "status", "timeout":
                    raise PairingFailed("code_expired" if self._phone else "qr_expired")
                case "status", status if status not in _HARMLESS:
                    raise self._rejected(status)
                case "ended", reason:
                    raise PairingFailed(f"failed: {reason}", unreachable=reason.startswith("failed to dial"))
                case "timeout", _:
                    raise PairingFailed("timeout")

    def _code_came(self, code: str) -> None:
        self._codes += 1
        if self._phone is None:
            lasts = FIRST_QR_SECONDS if self._codes == 1 else NEXT_QR_SECONDS
            self._offer(Offer("qr", code, self._round, lasts))
        elif self._codes == 1:
            # A QR code means that the connection is up; only then may a code be asked for.
            try:
                typed = self._client.PairPhone(self._phone, True, client_type=library.ClientType.CHROME)
            except library.PairPhoneError as error:
                raise PairingFailed(f"rejected: {error}") from error
            self._offer(Offer("code", typed, self._round, CODE_SECONDS))

    def _rejected(self, status: str) -> PairingFailed:
        """The reason follows the status, if the library has one."""
        deadline = time.monotonic() + _WAIT_FOR_REASON
        while (heard := self._next(deadline))[0] != "timeout":
            if heard[0] == "pair":
                return PairingFailed(f"rejected: {heard[1].Error}")
        return PairingFailed(f"rejected: {status}")

    def _until_connected(self) -> None:
        """Waits for the connection as a linked device, which the library makes by itself.

        Without it the device is linked all the same: whoever resumes it connects.
        """
        deadline = time.monotonic() + RECONNECT_SECONDS
        while (heard := self._next(deadline))[0] != "connected":
            if heard[0] == "unlinked":
                raise PairingFailed("rejected: unlinked at once")
            if heard[0] in ("timeout", "ended"):
                log.warning("paired, but not connected yet", reason=heard[1])
                return

    def _who(self, own: Own) -> Paired:
        """Asks the client, not the store: that is the client's as long as it runs."""
        time.sleep(self._settle)
        device = self._client.get_me()
        return Paired(Own(own.phone, own.device, words(device.LID.User) or None), words(device.PushName))
