"""Linking a number by QR code and by a typed code."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from bot.transports.neonize import pairing
from bot.transports.neonize.library import LoggedOutEv, PairStatusEv
from bot.transports.neonize.pairing import pair
from bot.transports.neonize.terms import Offer, Paired, PairingFailed
from tests.bot.neonize.events import OWN, jid, phone
from tests.bot.neonize.library import PlayedLibrary, device

UUID = "pair-1"


class Round:
    """Pairs in a thread, as its process would, while the test plays the phone."""

    def __init__(self, **given: Any) -> None:
        self.offers: list[Offer] = []
        self.offered = threading.Semaphore(0)
        self.result: Paired | None = None
        self.failed: str | None = None
        self._given = {"uuid": UUID, "phone": None, "round": 1, "timeout": 10.0, "settle": 0.0, **given}
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.result = pair("x.db", offer=self._offer, **self._given)
        except PairingFailed as error:
            self.failed = error.reason

    def _offer(self, offer: Offer) -> None:
        self.offers.append(offer)
        self.offered.release()

    def next_offer(self) -> Offer:
        assert self.offered.acquire(timeout=5)
        return self.offers[-1]

    def over(self) -> Round:
        self._thread.join(5)
        assert not self._thread.is_alive()
        return self


Begin = Callable[..., Round]


@pytest.fixture
def begin(played: PlayedLibrary) -> Begin:
    def begin(**given: Any) -> Round:
        started = Round(**given)
        played.client(UUID)
        return started

    return begin


def test_by_qr_code(begin: Begin, played: PlayedLibrary) -> None:
    pairing = begin(round=2)
    played.offer_qr(UUID, "2@one")
    assert pairing.next_offer() == Offer("qr", "2@one", 2, 60)
    played.offer_qr(UUID, "2@two")
    assert pairing.next_offer() == Offer("qr", "2@two", 2, 20)
    played.scan(UUID, OWN, "Toko, Maju")
    assert pairing.over().result == Paired(OWN, "Toko, Maju")
    assert ("Stop", UUID) not in played.calls
    assert played.client(UUID).new


def test_by_typed_code(begin: Begin, played: PlayedLibrary) -> None:
    pairing = begin(phone=OWN.phone)
    assert ("pair", OWN.phone) not in played.calls
    played.offer_qr(UUID, "2@one")
    assert pairing.next_offer() == Offer("code", "ABCD-0001", 1, 160)
    played.offer_qr(UUID, "2@two")
    played.scan(UUID, OWN)
    assert pairing.over().result == Paired(OWN, "")
    assert len(pairing.offers) == 1 and played.calls.count(("pair", OWN.phone)) == 1


@pytest.mark.parametrize(("number", "reason"), [(None, "qr_expired"), (OWN.phone, "code_expired")])
def test_all_codes_used_up(begin: Begin, played: PlayedLibrary, number: str | None, reason: str) -> None:
    pairing = begin(phone=number)
    for each in range(6):
        played.offer_qr(UUID, f"2@{each}")
    played.status(UUID, "timeout")
    assert pairing.over().failed == reason
    assert ("Stop", UUID) not in played.calls


def test_no_phone_in_time(begin: Begin) -> None:
    assert begin(timeout=0.05).over().failed == "timeout"


def test_refused_with_a_reason(begin: Begin, played: PlayedLibrary) -> None:
    pairing = begin()
    played.status(UUID, "error")
    refused = PairStatusEv(ID=jid(phone(OWN.phone)), Status=PairStatusEv.ERROR, Error="invalid device signature")
    played.fire(UUID, refused)
    assert pairing.over().failed == "rejected: invalid device signature"


def test_refused_without_a_reason(begin: Begin, played: PlayedLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "_WAIT_FOR_REASON", 0.01)
    attempt = begin()
    played.status(UUID, "err-client-outdated")
    assert attempt.over().failed == "rejected: err-client-outdated"


def test_scanned_by_an_old_phone_first(begin: Begin, played: PlayedLibrary) -> None:
    pairing = begin()
    played.status(UUID, "err-scanned-without-multidevice")
    played.scan(UUID, OWN)
    assert pairing.over().result == Paired(OWN)


def test_a_number_that_whatsapp_refuses(begin: Begin, played: PlayedLibrary) -> None:
    played.fail_next("PairPhone", "phone number too short")
    pairing = begin(phone="12")
    played.offer_qr(UUID, "2@one")
    assert pairing.over().failed == "rejected: phone number too short"


def test_no_connection_at_all(begin: Begin, played: PlayedLibrary) -> None:
    pairing = begin()
    played.end(UUID, "failed to dial whatsapp web websocket")
    assert pairing.over().failed == "failed: failed to dial whatsapp web websocket"


def test_linked_but_not_connected_yet(begin: Begin, played: PlayedLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "RECONNECT_SECONDS", 0.05)
    attempt = begin()
    client = played.client(UUID)
    client.device = device(OWN)
    played.fire(UUID, PairStatusEv(ID=client.device.JID, Status=PairStatusEv.SUCCESS))
    assert attempt.over().result == Paired(OWN)


def test_unlinked_at_once(begin: Begin, played: PlayedLibrary) -> None:
    pairing = begin()
    played.client(UUID).device = device(OWN)
    played.fire(UUID, PairStatusEv(ID=device(OWN).JID, Status=PairStatusEv.SUCCESS))
    played.fire(UUID, LoggedOutEv())
    assert pairing.over().failed == "rejected: unlinked at once"
