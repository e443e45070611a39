"""Scripts for MikroTik's PPP profiles that tell by WhatsApp who has connected and disconnected.

Everything that people give is checked before it gets into a script, so that nobody can have a router do something
else. A script never disturbs a login: whatever fails in it only leaves a line in the router's log.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from services.errors import DomainError
from services.i18n import Renderable, Text, _
from services.integrations.routeros import encoder, long_text, text, web

PLACEHOLDER = "YOUR_API_KEY"
VERSIONS = ("6", "7", "both")
MOST_NAMES = 10
_KEY = re.compile(r"[A-Za-z0-9_-]{8,200}")
_DIGITS = re.compile(r"[1-9][0-9]{4,19}")
_GROUP = re.compile(r"[1-9][0-9]{4,19}(-[0-9]{5,20})?")
_PROFILE = re.compile(r"[A-Za-z0-9 ._@+-]{1,60}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which scripts. `target` is a number or, with `to_group`, a group's id; `sender` the number that sends.

    `base_url` is where this installation is reached. With `in_address` the key stands in the address: for routers
    that can send no headers.
    """

    sender: str
    target: str
    base_url: str
    key: str = PLACEHOLDER
    to_group: bool = False
    version: str = "both"
    locale: str = "en"
    profile: str = "default"
    in_address: bool = False
    check_certificate: bool = False


@dataclass(frozen=True, slots=True)
class Scripts:
    """Scripts for *On Up* and *On Down*, one command for the terminal that puts both there, and what to know."""

    on_up: str
    on_down: str
    install: str
    notes: tuple[Renderable, ...]


_UP, _DOWN = _("PPP: connected"), _("PPP: disconnected")
_LABELS: Mapping[str, Text] = {
    "user": _("User"), "profile": _("Profile"), "ip": _("IP address"), "caller": _("Caller"), "time": _("Time"),
    "active": _("Active"), "inactive": _("Not active"),
}  # fmt: skip
_MORE = _("and others")


def address_of(domain: str | None) -> str | None:
    """Where an installation of this domain is reached."""
    return None if domain is None else f"https://{domain}"


def make(wanted: Wanted) -> Scripts:
    """The scripts; raises `DomainError` `ppp_refused` with the `field` that can't be used."""
    wanted = _checked(wanted)
    up, down = _script(wanted, _UP, "up"), _script(wanted, _DOWN, "down")
    install = (
        f"/ppp profile set [find where name={text(wanted.profile)}] on-up={long_text(up)} on-down={long_text(down)}"
    )
    return Scripts(up, down, install, _notes(wanted))


def _checked(wanted: Wanted) -> Wanted:
    target = _GROUP if wanted.to_group else _DIGITS
    for field, value, pattern in (
        ("key", wanted.key, _KEY), ("sender", wanted.sender, _DIGITS), ("target", wanted.target, target),
        ("profile", wanted.profile, _PROFILE), ("routerOs", wanted.version, re.compile("|".join(VERSIONS))),
    ):  # fmt: skip
        if not pattern.fullmatch(value):
            raise _refused(field)
    try:
        parts = urlsplit(wanted.base_url)
        port = parts.port
    except ValueError:
        raise _refused("baseUrl") from None
    host = parts.hostname or ""
    fits = parts.scheme in ("http", "https") and _HOST.fullmatch(host) and _PATH.fullmatch(parts.path)
    if not fits or "@" in parts.netloc or parts.query or parts.fragment or not wanted.base_url.isascii():
        raise _refused("baseUrl")
    base_url = f"{parts.scheme}://{host}{'' if port is None else f':{port}'}{parts.path.rstrip('/')}"
    return replace(wanted, base_url=base_url)


def _refused(field: str) -> DomainError:
    return DomainError("ppp_refused", _("“{field}” can't be put into a script as it is.", field=field), field=field)


def _script(wanted: Wanted, title: Text, event: str) -> str:
    """The whole script. It waits a moment, so that the list of who is active is right."""
    return "\n".join((
        f"# Juragan: PPP {event}",
        ":do {",
        ":local who [:tostr $user]",
        ':local ip [:tostr $"remote-address"]',
        ':local caller [:tostr $"caller-id"]',
        ":delay 2s",
        encoder("enc"),
        _COUNTING,
        _TIME,
        f":local text ({_message(wanted, title)})",
        ':if ([:len $names] > 0) do={ :set text ($text . "%0A" . $names) }',
        f":if ($off > {MOST_NAMES}) do={{ :set text ($text . {_encoded(', … ' + _MORE.render(wanted.locale))}) }}",
        _fetch(wanted),
        f'}} on-error={{ :log warning "Juragan: PPP {event} was not reported" }}',
    ))  # fmt: skip


# Who is active, who else could be, and up to ten of those. A name is looked for between line breaks, which no name has.
_COUNTING = f"""\
:local profile "-"
:foreach s in=[/ppp secret find where name=$who] do={{ :set profile [/ppp secret get $s profile] }}
:local on "\\n"
:local count 0
:foreach a in=[/ppp active find] do={{
  :do {{
    :set on ($on . [/ppp active get $a name] . "\\n")
    :set count ($count + 1)
  }} on-error={{}}
}}
:local off 0
:local names ""
:foreach s in=[/ppp secret find where disabled=no] do={{
  :local one [:tostr [/ppp secret get $s name]]
  :if ([:typeof [:find $on ("\\n" . $one . "\\n") -1]] != "num") do={{
    :set off ($off + 1)
    :if ($off <= {MOST_NAMES}) do={{
      :if ($off > 1) do={{ :set names ($names . "%2C%20") }}
      :set names ($names . [$enc $one])
    }}
  }}
}}"""

# Version 6 writes nov/21/2025, later ones 2025-11-21.
_TIME = """\
:local date [:tostr [/system clock get date]]
:if ([:len $date] = 11) do={
  :local month (([:find "janfebmaraprmayjunjulaugsepoctnovdec" [:pick $date 0 3] -1] / 3) + 1)
  :if ($month < 10) do={ :set month ("0" . $month) }
  :set date ([:pick $date 7 11] . "-" . $month . "-" . [:pick $date 4 6])
}
:local time ($date . " " . [:tostr [/system clock get time]])"""


def _message(wanted: Wanted, title: Text) -> str:
    """The message as an expression that gives it encoded: fixed words are encoded here, the others there."""
    values = {
        "user": "[$enc $who]", "profile": "[$enc $profile]", "ip": "[$enc $ip]", "caller": "[$enc $caller]",
        "time": "[$enc $time]", "active": "$count", "inactive": "$off",
    }  # fmt: skip
    parts = [_encoded(f"*{title.render(wanted.locale)}*")]
    for name, value in values.items():
        parts += [_encoded(f"\n{_LABELS[name].render(wanted.locale)}: "), value]
    return " . ".join(parts)


def _encoded(words: str) -> str:
    return text(web(words))


def _fetch(wanted: Wanted) -> str:
    """The request. `output` came with 6.43, headers with 6.44; before 7, `keep-result` does the same."""
    path = "/send-group-message" if wanted.to_group else "/send-message"
    fields = {"sender": wanted.sender, "group" if wanted.to_group else "number": wanted.target}
    given = "&".join(f"{name}={web(value)}" for name, value in fields.items())
    kept = "keep-result=no" if wanted.version == "6" else "output=none"
    secure = wanted.base_url.startswith("https:")
    check = f" check-certificate={'yes' if wanted.check_certificate else 'no'}" if secure else ""
    if wanted.in_address:
        url = text(f"{wanted.base_url}{path}?api_key={web(wanted.key)}&{given}&message=")
        return f"/tool fetch url=({url} . $text) {kept}{check}"
    headers = text(f"X-API-Key: {wanted.key},Content-Type: application/x-www-form-urlencoded")
    return (
        f"/tool fetch url={text(wanted.base_url + path)} http-method=post http-header-field={headers}"
        f" http-data=({text(given + '&message=')} . $text) {kept}{check}"
    )


def _notes(wanted: Wanted) -> tuple[Renderable, ...]:
    """What whoever installs the scripts should know."""
    notes: list[Renderable] = [
        _("The router needs RouterOS {version} or later.", version="7" if wanted.version == "7" else "6.44"),
        _("Paste each script into its field of the profile: PPP → Profiles → Scripts."),
        _("Only users with a secret on the router are counted as not active, not those of a RADIUS server."),
    ]
    if wanted.key == PLACEHOLDER:
        notes.append(
            _("Put your key in the place of {word}: one with the scope messages:send does it.", word=PLACEHOLDER)
        )
    if wanted.in_address:
        notes.append(
            _(
                "The key stands in the address, where others may read it: use one for addresses, which can only send,"
                " and switch them on with: set keys_in_addresses on"
            )
        )
    if not wanted.base_url.startswith("https:"):
        notes.append(_("The address has no https: anybody on the way can read the key and the messages."))
    elif not wanted.check_certificate:
        notes.append(
            _(
                "The router doesn't check the server's certificate. Once its authority is imported, write"
                " check-certificate=yes."
            )
        )
    return tuple(notes)
