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
_SPEECH = {"from", "text", "name", "to", "media", "mime", "quote", "id", "burst", "tenant"}
_FAULTS = {"send", "disconnect", "model"}


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
            place = self._place(request)
            understood = self._perform(request, place)
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

    def _perform(self, request: Mapping[str, object], place: Place) -> dict[str, object] | None:
        if "advance" in request:
            self._simulation.advance(read_duration(request["advance"]))
            return None
        if "fault" in request:
            self._fault(request)
            return None
        return self._simulation.say(place, _speech(request, place))

    def _fault(self, request: Mapping[str, object]) -> None:
        fault, times = request["fault"], request.get("times", 1)
        if fault not in _FAULTS or not isinstance(times, int):
            raise BadLineError(f"fault: one of {', '.join(sorted(_FAULTS))}, times: a number")
        if fault == "send":
            self._simulation.faults.send += times
        elif fault == "disconnect":
            self._simulation.faults.disconnect += times


def other_number(phone: str, name: str) -> str:
    """A number of its own for another tenant of the same simulation, the same each time."""
    return f"{phone[:4]}{sum(ord(letter) * 7919**n for n, letter in enumerate(name, 1)) % 10**8:08d}"


def read_duration(value: object) -> timedelta:
    """`90m`, `2h`, `3d`, `1d12h`; raises `BadLineError`."""
    text = str(value).strip()
    parts = re.findall(r"(\d+)([smhdw])", text)
    if not parts or "".join(f"{n}{unit}" for n, unit in parts) != text:
        raise BadLineError("advance: a time such as 90m, 2h or 3d")
    return sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in parts), timedelta())


def _read(line: str) -> dict[str, object]:
    try:
        request = json.loads(line)
    except ValueError as error:
        raise BadLineError(f"not JSON: {error}") from None
    if not isinstance(request, dict):
        raise BadLineError("not a JSON object")
    if not request.keys() & {"from", "advance", "fault"}:
        raise BadLineError("one of from, advance, fault is needed")
    return request


def _speech(request: Mapping[str, object], place: Place) -> Speech:
    unknown = request.keys() - _SPEECH
    if unknown:
        raise BadLineError(f"unknown: {', '.join(sorted(unknown))}")
    speaker = str(request["from"])
    if speaker not in ("owner", "admin"):
        role, _, number = speaker.rpartition(":")
        speaker = f"{role}:{_number(number, place)}" if role == "staff" else _number(speaker, place)
    return Speech(
        speaker, str(request.get("text") or ""), name=_text(request, "name"),
        to=_number(str(request["to"]), place) if request.get("to") else None,
        media=_text(request, "media"), mime=_text(request, "mime"), quote=_text(request, "quote"),
        id=_text(request, "id"), burst=bool(request.get("burst")),
    )  # fmt: skip


def _text(request: Mapping[str, object], key: str) -> str | None:
    value = request.get(key)
    return None if value is None else str(value)


def _number(text: str, place: Place) -> str:
    number = normalise_phone(text, place.country) or normalise_phone(f"+{text}", place.country)
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
        "file": None,
    }
