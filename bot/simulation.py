"""Juragan with a played WhatsApp and a clock that is moved by hand: everything happens step by step, at its own time.

The database, the queue's tables, the handler, the outbox and the sender are the real ones; only the worker's loop is
replaced by `settle` and `advance`, which run the jobs that are due and move the clock to the next.
"""

from __future__ import annotations

import mimetypes
import shutil
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
from services.assistant import speech
from services.clock import SystemClock, VirtualClock
from services.db.engine import Tx
from services.db.models import Message, Tenant, User
from services.errors import DomainError
from services.i18n import language_of
from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.messaging.media import check
from services.settings import Settings
from services.tenants import tenants
from services.tenants.tenants import NewTenant, Registered

log = structlog.get_logger(__name__)

PLATFORM_NUMBER = "6289900000000"


class Sent(NamedTuple):
    """A message that left: `to` is `owner` or a number, `file` a copy of what was attached, under its own name."""

    id: str
    at: datetime
    to: str
    kind: str
    text: str
    file: Path | None = None


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
    """Somebody writes. `speaker` is `owner`, `staff:NUMBER`, `admin`, a number, or `lid:ID` for who shows no number.

    `to` is for the owner by hand; `alias` is the speaker's other address: an id for a number, a number for an id.
    With `group` it is written there, and `mentioned` calls the bot.
    """

    speaker: str
    text: str
    name: str | None = None
    to: str | None = None
    media: str | None = None
    mime: str | None = None
    quote: str | None = None
    id: str | None = None
    burst: bool = False
    alias: str | None = None
    group: str | None = None
    mentioned: bool = False


@dataclass
class Simulation:
    """A platform to be played with."""

    platform: Platform
    clock: VirtualClock | SystemClock
    faults: Faults
    received: Path
    sent: list[Sent] = field(default_factory=list)
    _places: dict[str, Place] = field(default_factory=dict)
    _rung: dict[str, datetime] = field(default_factory=dict)
    _counter: int = 0

    @staticmethod
    def open(settings: Settings, clock: VirtualClock | SystemClock, received: Path | None = None) -> Simulation:
        """Opens or goes on with the database of the settings; files that arrive are put into `received`."""
        outbox: list[Callable[[Delivery, str], None]] = []
        transport = SimulatorTransport(lambda delivery, provider_id: outbox[0](delivery, provider_id))
        received = received or settings.data_dir / "received"
        settings = settings.model_copy(update={"whatsapp_provider": "simulator"})
        simulation = Simulation(build(settings, clock, transport), clock, transport.faults, received)
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
        sender = own if speech.speaker in ("owner", "admin") else _person(speech.speaker.removeprefix("staff:"))
        if speech.speaker.startswith("staff:"):
            self._ensure_staff(place, sender.value)
        kind, media = self._media(speech)
        return Inbound(
            provider_id,
            _chat(speech, sender),
            sender,
            sender == own,
            speech.text,
            self.clock.now(),
            kind,
            speech.name,
            speech.quote,
            media,
            _alias(speech, sender),
            speech.mentioned,
        )

    def _media(self, speech: Speech) -> tuple[str, dict[str, object] | None]:
        """The kind of a message and the description of its file; a file that is there is checked and kept."""
        if speech.media is None and speech.mime is None:
            return "text", None
        mime = speech.mime or mimetypes.guess_type(speech.media or "")[0] or "application/octet-stream"
        path = None if speech.media is None else Path(speech.media)
        if mime in _CARD_TYPES and path is not None:
            return "contact", {"mime": mime, "card": path.read_text(encoding="utf-8", errors="replace")}
        kind = _kind(mime)
        if path is None or not path.is_file():
            return kind, {"mime": mime, "path": speech.media}
        return kind, self._kept(path, mime, kind)

    def _kept(self, path: Path, mime: str, kind: str) -> dict[str, object]:
        """A file as it is kept, or why it is refused, as for one that WhatsApp brought."""
        content = path.read_bytes()
        most = self.platform.settings.whatsapp_media_max_mb << 20
        try:
            checked = check(content, mime, max_bytes=most)
        except DomainError as refusal:
            return {"error": refusal.code, "limit_mb": most >> 20}
        return {
            "hash": self.platform.jobs.files.put(content), "mime": checked.mime, "kind": kind, "name": path.name,
            "size": len(content), "seconds": speech.length(content) if kind == "audio" else None,
            "voice": checked.mime == "audio/ogg",
        }  # fmt: skip

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
        while (due := self._next(bells=not only_if_due)) is not None and due[0] <= end:
            moment, bells = due
            self.clock.move_to(moment)
            for job in bells:
                self._rung[job] = moment
                ring(self.platform.opened.database, job)
            self.settle()
        if not only_if_due:
            self.clock.move_to(end)

    def _next(self, bells: bool) -> tuple[datetime, list[str]] | None:
        """When something is due next, and the bells that ring then."""
        with self.platform.opened.database.system() as tx:
            rings = {job: moment for job in BELLS if bells and (moment := self._bell(tx, job)) is not None}
            times = [*rings.values(), *filter(None, [queue.next_due(tx)])]
        moment = min(times, default=None)
        return None if moment is None else (moment, [job for job, at in rings.items() if at <= moment])

    def _bell(self, tx: Tx, job: str) -> datetime | None:
        """When a bell rings next; one that knows when there is work isn't rung before."""
        bell, rung = BELLS[job], self._rung[job]
        moment = bell.trigger.get_next_fire_time(rung, rung + timedelta(microseconds=1))
        assert isinstance(moment, datetime)
        if bell.next_work is None:
            return moment
        work = bell.next_work(tx)
        return None if work is None else max(moment, work)

    def _deliver(self, delivery: Delivery, provider_id: str) -> None:
        number = Address.parse(delivery.chat).value
        owners = {place.phone for place in self._places.values() if place.tenant_id == delivery.tenant_id}
        to = "owner" if number in owners else number
        self.sent.append(Sent(provider_id, self.clock.now(), to, delivery.kind, delivery.text, self._shown(delivery)))

    def _shown(self, delivery: Delivery) -> Path | None:
        """A copy of the attached file, as its reader would find it in a folder of received files."""
        if delivery.file is None:
            return None
        self.received.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Path(shutil.copyfile(delivery.file, self.received / f"{delivery.id}-{delivery.file_name}"))


_CARD_TYPES = ("text/vcard", "text/x-vcard", "text/directory")


def _person(written: str) -> Address:
    """A number, or `lid:ID`."""
    return Address.parse(written) if written.startswith("lid:") else Address.phone(written)


def _chat(speech: Speech, sender: Address) -> Address:
    if speech.group:
        return Address("group", speech.group)
    return _person(speech.to) if speech.to else sender


def _alias(speech: Speech, sender: Address) -> Address | None:
    if speech.alias is None:
        return None
    return Address("lid", speech.alias) if sender.kind == "phone" else Address.phone(speech.alias)


def _kind(mime: str) -> str:
    """What WhatsApp makes of a file; a picture in WebP is a sticker there."""
    if mime == "image/webp":
        return "sticker"
    family = mime.partition("/")[0]
    return family if family in ("image", "audio", "video") else "document"
