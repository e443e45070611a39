"""Juragan with a played WhatsApp and a clock that is moved by hand: everything happens step by step, at its own time.

The database, the queue's tables, the handler, the outbox and the sender are the real ones; only the worker's loop is
replaced by `settle` and `advance`, which run the jobs that are due and move the clock to the next.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import structlog

from bot.app import Platform, build
from bot.bells import BELLS, ring
from bot.transports.base import Delivery
from bot.transports.simulator import Faults, SimulatorTransport
from services import queue
from services.clock import SystemClock, VirtualClock
from services.db.models import Message, Tenant, User
from services.i18n import language_of
from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.settings import Settings
from services.tenants import tenants
from services.tenants.tenants import NewTenant, Registered

log = structlog.get_logger(__name__)

PLATFORM_NUMBER = "6289900000000"


class Sent(NamedTuple):
    """A message that left: `to` is `owner` or a number."""

    id: str
    at: datetime
    to: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A tenant of the simulation with its number and time zone."""

    tenant_id: int
    session_id: int
    phone: str
    timezone: str
    country: str
    language: str


@dataclass(slots=True)
class Speech:
    """Somebody writes. `speaker` is `owner`, `staff:NUMBER`, `admin` or a number; `to` is for the owner by hand."""

    speaker: str
    text: str
    name: str | None = None
    to: str | None = None
    media: str | None = None
    mime: str | None = None
    quote: str | None = None
    id: str | None = None
    burst: bool = False


@dataclass
class Simulation:
    """A platform to be played with."""

    platform: Platform
    clock: VirtualClock | SystemClock
    faults: Faults
    sent: list[Sent] = field(default_factory=list)
    _places: dict[str, Place] = field(default_factory=dict)
    _rung: dict[str, datetime] = field(default_factory=dict)
    _counter: int = 0

    @staticmethod
    def open(settings: Settings, clock: VirtualClock | SystemClock) -> Simulation:
        """Opens or goes on with the database of the settings."""
        outbox: list[Callable[[Delivery, str], None]] = []
        transport = SimulatorTransport(lambda delivery, provider_id: outbox[0](delivery, provider_id))
        simulation = Simulation(build(settings, clock, transport), clock, transport.faults)
        outbox.append(simulation._deliver)
        simulation._rung = dict.fromkeys(BELLS, clock.now())
        return simulation

    def close(self) -> None:
        self.platform.close()

    def place(self, new: NewTenant) -> Place:
        """The tenant of this name, registered at first use."""
        if new.name not in self._places:
            with self.platform.opened.database.system() as tx:
                found = tenants.by_name(tx, new.name)
            registered = found or tenants.register(self.platform.opened.database, new)
            self._places[new.name] = self._read(registered)
        return self._places[new.name]

    def first_business(self) -> NewTenant | None:
        """The business that is there already, if any."""
        with self.platform.opened.database.system() as tx:
            found = tenants.any_tenant(tx)
            tenant = tx.get_one(Tenant, found.tenant_id) if found is not None else None
            return NewTenant(tenant.name, "") if tenant is not None else None

    def _read(self, registered: Registered) -> Place:
        with self.platform.opened.database.tenant(registered.tenant_id) as tx:
            tenant = tx.get_one(Tenant, registered.tenant_id)
            phone = tx.query(User.phone).order_by(User.id).limit(1).scalar()
            return Place(
                tenant.id, registered.session_id, phone, tenant.timezone, tenant.country, language_of(tenant.locale)
            )

    def say(self, place: Place, speech: Speech) -> dict[str, object] | None:
        """Lets somebody write and everything happen that follows at once; returns what was understood.

        Unless the message belongs to a burst that goes on, the clock moves past the time that a burst is waited for.
        """
        provider_id = speech.id or self._next_id(place)
        message = self._inbound(place, speech, provider_id)
        inbox.accept(self.platform.opened.database, place.tenant_id, place.session_id, [message])
        self.settle()
        if not speech.burst and isinstance(self.clock, VirtualClock):
            self.advance(timedelta(seconds=self.platform.settings.debounce_seconds), only_if_due=True)
        return self._understood(place, provider_id)

    def _inbound(self, place: Place, speech: Speech, provider_id: str) -> Inbound:
        own = Address.phone(place.phone)
        number = speech.speaker.removeprefix("staff:")
        sender = own if speech.speaker in ("owner", "admin") else Address.phone(number)
        if speech.speaker.startswith("staff:"):
            self._ensure_staff(place, sender.value)
        chat = Address.phone(speech.to) if speech.to else sender
        kind, media = _media(speech)
        return Inbound(
            provider_id,
            chat,
            sender,
            sender == own,
            speech.text,
            self.clock.now(),
            kind,
            speech.name,
            speech.quote,
            media,
        )

    def _ensure_staff(self, place: Place, phone: str) -> None:
        with self.platform.opened.database.tenant(place.tenant_id) as tx:
            if tx.query(User).filter_by(phone=phone).one_or_none() is None:
                tenants.add_user(tx, phone, phone, "staff")

    def _next_id(self, place: Place) -> str:
        self._counter += 1
        return f"IN-{self.clock.now():%Y%m%d%H%M%S%f}-{self._counter}"

    def _understood(self, place: Place, provider_id: str) -> dict[str, object] | None:
        with self.platform.opened.database.tenant(place.tenant_id) as tx:
            found = tx.query(Message.understood).filter_by(session_id=place.session_id, provider_id=provider_id)
            understood: dict[str, object] | None = found.scalar()
            return understood

    def settle(self) -> None:
        """Runs every job that is due, until none is."""
        while True:
            with self.platform.opened.database.system() as tx:
                job = queue.take_due(tx)
            if job is None:
                return
            try:
                self.platform.jobs.table()[job.task](**job.args)
            except Exception:
                log.exception("job failed", job=job.task)
            with self.platform.opened.database.system() as tx:
                queue.finished(tx, job)

    def advance(self, by: timedelta, *, only_if_due: bool = False) -> None:
        """Moves the virtual clock on, from due time to due time. With `only_if_due` it stays when nothing is due."""
        assert isinstance(self.clock, VirtualClock)
        end = self.clock.now() + by
        while (moment := self._next(bells=not only_if_due)) is not None and moment <= end:
            self.clock.move_to(moment)
            self._ring_due()
            self.settle()
        if not only_if_due:
            self.clock.move_to(end)

    def _next(self, bells: bool) -> datetime | None:
        with self.platform.opened.database.system() as tx:
            due = queue.next_due(tx)
        times = [due] if due is not None else []
        if bells:
            times += [self._bell(job) for job in BELLS]
        return min(times, default=None)

    def _bell(self, job: str) -> datetime:
        moment = BELLS[job].get_next_fire_time(self._rung[job], self._rung[job] + timedelta(microseconds=1))
        assert isinstance(moment, datetime)
        return moment

    def _ring_due(self) -> None:
        for job in BELLS:
            if self._bell(job) <= self.clock.now():
                self._rung[job] = self._bell(job)
                ring(self.platform.opened.database, job)

    def _deliver(self, delivery: Delivery, provider_id: str) -> None:
        number = Address.parse(delivery.chat).value
        owners = {place.phone for place in self._places.values() if place.tenant_id == delivery.tenant_id}
        to = "owner" if number in owners else number
        self.sent.append(Sent(provider_id, self.clock.now(), to, delivery.kind, delivery.text))


_CARD_TYPES = ("text/vcard", "text/x-vcard", "text/directory")


def _media(speech: Speech) -> tuple[str, dict[str, object] | None]:
    if speech.media is None and speech.mime is None:
        return "text", None
    mime = speech.mime or mimetypes.guess_type(speech.media or "")[0] or "application/octet-stream"
    if mime in _CARD_TYPES and speech.media is not None:
        return "contact", {"mime": mime, "card": Path(speech.media).read_text(encoding="utf-8", errors="replace")}
    family = mime.partition("/")[0]
    kind = family if family in ("image", "audio", "video") else "document"
    return kind, {"mime": mime, "path": speech.media}
