"""The simulator's line protocol: a JSON object in, a JSON object out, for tests and demonstrations.

`{"from": "owner", "text": "pinjam Budi 500rb"}` gives what was understood and everything that was sent because of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.simulation import PLATFORM_NUMBER, Place, Sent, Simulation, Speech
from services.phone import normalise_phone
from services.tenants.tenants import NewTenant

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPEECH = {
    "from", "text", "name", "to", "media", "mime", "quote", "id", "burst", "tenant", "alias", "group", "mentioned",
}  # fmt: skip
_FAULTS = {"send", "disconnect", "model"}
MOST_FAULTS = 1000
LONGEST_ADVANCE = timedelta(days=3660)


class BadLineError(Exception):
    """An input line that the protocol doesn't know; the message says why."""


class Protocol:
    """Plays input lines to a simulation and tells what came of each."""

    def __init__(self, simulation: Simulation, tenant: NewTenant) -> None:
        self._simulation = simulation
        self._tenant = tenant
        self._count = 0

    def play(self, lines: Iterable[str], write: Callable[[str], None]) -> None:
        """Answers every line that isn't empty with one line of JSON."""
        for line in lines:
            if line.strip():
                write(json.dumps(self.answer(line), ensure_ascii=False))

    def answer(self, line: str) -> dict[str, object]:
        """What one input line gives; a line that can't be read gives its `error` and changes nothing."""
        self._count += 1
        self._simulation.sent.clear()
        place = self._simulation.place(self._tenant)
        understood, error = None, None
        try:
            request = _read(line)
            perform = self._reading(request)
            place = self._place(request)
            understood = perform(place)
        except BadLineError as bad:
            error = str(bad)
        zone = ZoneInfo(place.timezone)
        return {
            "input": self._count,
            "at": self._simulation.clock.now().astimezone(zone).isoformat(timespec="seconds"),
            "understood": understood,
            "sent": [_shown(each, zone) for each in self._simulation.sent],
            "error": error,
        }

    def _place(self, request: Mapping[str, object]) -> Place:
        if request.get("from") == "admin":
            return self._simulation.place(
                replace(self._tenant, name="Platform", phone=PLATFORM_NUMBER, is_platform=True, plan="enterprise")
            )
        name = request.get("tenant", self._tenant.name)
        if not isinstance(name, str) or not name.strip():
            raise BadLineError("tenant: a name")
        if name == self._tenant.name:
            return self._simulation.place(self._tenant)
        return self._simulation.place(replace(self._tenant, name=name, phone=other_number(self._tenant.phone, name)))

    def _reading(self, request: Mapping[str, object]) -> Callable[[Place], dict[str, object] | None]:
        """What the line asks for; reading it, and refusing it, changes nothing."""
        if "advance" in request:
            duration = read_duration(request["advance"])
            return lambda _place: self._simulation.advance(duration)
        if "fault" in request:
            fault, times = read_fault(request)
            return lambda _place: self._fault(fault, times)
        speech = _speech(request, self._tenant.country)
        return lambda place: self._simulation.say(place, speech)

    def _fault(self, fault: str, times: int) -> None:
        if fault == "send":
            self._simulation.faults.send += times
        elif fault == "disconnect":
            self._simulation.faults.disconnect += times
        elif (models := self._simulation.platform.jobs.handler.minds.models) is not None:
            models.failing += times


def read_fault(request: Mapping[str, object]) -> tuple[str, int]:
    """Which fault, and how many times; raises `BadLineError`."""
    fault, times = request["fault"], request.get("times", 1)
    if fault not in _FAULTS or type(times) is not int or not 1 <= times <= MOST_FAULTS:
        raise BadLineError(f"fault: one of {', '.join(sorted(_FAULTS))}, times: 1 to {MOST_FAULTS}")
    return str(fault), times


def other_number(phone: str, name: str) -> str:
    """A number of its own for another tenant of the same simulation, the same each time."""
    return f"{phone[:4]}{sum(ord(letter) * 7919**n for n, letter in enumerate(name, 1)) % 10**8:08d}"


def read_duration(value: object) -> timedelta:
    """`90m`, `2h`, `3d`, `1d12h`; raises `BadLineError`."""
    text = str(value).strip()
    parts = re.findall(r"(\d+)([smhdw])", text)
    if not parts or "".join(f"{n}{unit}" for n, unit in parts) != text:
        raise BadLineError("advance: a time such as 90m, 2h or 3d")
    try:
        duration = sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in parts), timedelta())
    except (OverflowError, ValueError):
        duration = timedelta.max
    if duration > LONGEST_ADVANCE:
        raise BadLineError(f"advance: {LONGEST_ADVANCE.days} days at the most")
    return duration


def _read(line: str) -> dict[str, object]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLineError(f"not JSON: {error}") from None
    if not isinstance(request, dict):
        raise BadLineError("not a JSON object")
    if not request.keys() & {"from", "advance", "fault"}:
        raise BadLineError("one of from, advance, fault is needed")
    return request


def _speech(request: Mapping[str, object], country: str) -> Speech:
    unknown = request.keys() - _SPEECH
    if unknown:
        raise BadLineError(f"unknown: {', '.join(sorted(unknown))}")
    speaker = str(request["from"])
    if speaker not in ("owner", "admin") and not _is_lid(speaker):
        role, _, number = speaker.rpartition(":")
        if role not in ("", "staff"):
            raise BadLineError("from: owner, admin, staff:NUMBER, lid:ID or a number")
        speaker = f"{role}:{_number(number, country)}" if role else _number(number, country)
    return Speech(
        speaker, str(request.get("text") or ""), name=_text(request, "name"),
        to=_person(str(request["to"]), country) if request.get("to") else None,
        media=_text(request, "media"), mime=_text(request, "mime"), quote=_text(request, "quote"),
        id=_id(request), burst=bool(request.get("burst")), alias=_alias(request, speaker, country),
        group=_digits(request, "group"), mentioned=bool(request.get("mentioned")),
    )  # fmt: skip


_LID = re.compile(r"lid:[0-9]{5,20}")


def _is_lid(text: str) -> bool:
    return _LID.fullmatch(text) is not None


def _person(text: str, country: str) -> str:
    return text if _is_lid(text) else _number(text, country)


def _alias(request: Mapping[str, object], speaker: str, country: str) -> str | None:
    if _is_lid(speaker) and request.get("alias"):
        return _number(str(request["alias"]), country)
    return _digits(request, "alias")


def _digits(request: Mapping[str, object], key: str) -> str | None:
    given = _text(request, key)
    if given is not None and not re.fullmatch(r"[0-9]{5,30}", given):
        raise BadLineError(f"{key}: the figures of its id")
    return given


def _text(request: Mapping[str, object], key: str) -> str | None:
    value = request.get(key)
    return None if value is None else str(value)


def _id(request: Mapping[str, object]) -> str | None:
    given = _text(request, "id")
    if given is not None and not given.isprintable():
        raise BadLineError("id: plain characters")
    return given


def _number(text: str, country: str) -> str:
    number = normalise_phone(text, country) or normalise_phone(f"+{text}", country)
    digits = "".join(filter(str.isdigit, text))
    if number is None and not 8 <= len(digits) <= 15:
        raise BadLineError(f"not a number: {text}")
    return (number or digits).removeprefix("+")


def _shown(sent: Sent, zone: ZoneInfo) -> dict[str, object]:
    return {
        "id": sent.id,
        "at": sent.at.astimezone(zone).isoformat(timespec="seconds"),
        "to": sent.to,
        "kind": sent.kind,
        "text": sent.text,
        "file": None if sent.file is None else str(sent.file),
    }
