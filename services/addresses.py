"""Web addresses that people write: recognised, brought into one form, and whether they lead to the public internet."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from services.errors import DomainError
from services.i18n import _

LONGEST_ADDRESS = 2_000

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str], Sequence[str]]

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SHARED = ipaddress.ip_network("100.64.0.0/10")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}\.?")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|\d+)\.?")
_ENDINGS = (
    "com|net|org|info|biz|io|co|id|me|app|dev|shop|store|online|site|xyz|web|my|sg|uk|au|nz|us|eu|de|nl|fr|in|ph|th|vn|"
    "clinic|dental|health|cafe|page|link|ly|to|gl|be|tv|cloud|ai"
)
_BARE_ADDRESS = re.compile(
    rf"(?:{_LABEL}\.)+[a-z]{{2,24}}(?::\d{{1,5}})?/\S*|www\.(?:{_LABEL}\.)+[a-z]{{2,24}}"
    rf"|(?:{_LABEL}\.)+(?:{_ENDINGS})(?::\d{{1,5}})?(?:[?#]\S*)?",
    re.IGNORECASE,
)


def system_addresses(host: str) -> Sequence[str]:
    """The addresses of a host as the system resolves it; raises `OSError`."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """Where fetching may lead: these ports of public addresses, and of `networks` even if they are private."""

    ports: frozenset[int] = frozenset({80, 443})
    networks: tuple[Network, ...] = ()
    resolve: Resolve = system_addresses

    def allows(self, address: Address) -> bool:
        """Whether a connection to an address may be made."""
        return any(address in network for network in self.networks) or is_public(address)


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address, taken apart; `path` has the query with it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host, with its port where that isn't the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self.authority}{self.path}"


_PORTS: Mapping[str, int] = {"http": 80, "https": 443}


def is_address(text: str) -> bool:
    """Whether a text is a link and nothing else: with `http://` or `https://`, or as people write `example.com`."""
    said = text.strip()
    if not said or len(said.split()) != 1 or len(said) > LONGEST_ADDRESS:
        return False
    return re.match(r"https?://[^\s/]", said, re.IGNORECASE) is not None or _BARE_ADDRESS.fullmatch(said) is not None


def normalised(url: str) -> str:
    """An address in one spelling, with `https://` if it has no scheme. Raises `DomainError`: `address_invalid`."""
    return parsed(url).url


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, also the one that an IPv6 address carries inside."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or int(address) >> 125 != 0b001:  # outside of what is given out, 2000::/3
            return False
    elif address in _SHARED:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def parsed(url: str) -> Target:
    """An address taken apart; without a scheme it is `https`. Raises `DomainError`: `address_invalid`."""
    said = url.strip()
    if not said or len(said) > LONGEST_ADDRESS or re.search(r"[\s\\\x00-\x1f\x7f]", said):
        raise _invalid()
    if not re.match(r"[a-z][a-z0-9+.-]*://", said, re.IGNORECASE):
        if re.match(r"[a-z][a-z0-9+-]*:(?!\d)", said, re.IGNORECASE):
            raise _invalid()
        said = f"https://{said.removeprefix('//')}"
    try:
        parts = urlsplit(said)
        port = parts.port
        host = _host(parts.hostname or "")
    except (ValueError, UnicodeError) as error:
        raise _invalid() from error
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or port == 0:
        raise _invalid()
    if "@" in parts.netloc:
        raise DomainError("address_invalid", _("An address with a user name or a password in it isn't opened."))
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]|")
    return Target(scheme, host, port or _PORTS[scheme], f"{path}?{query}" if query else path)


def _host(written: str) -> str:
    """A host as it is resolved: in ASCII; a number in any spelling (`0x7f.1`, `2130706433`) as an address."""
    if ":" in written:
        return ipaddress.IPv6Address(written.partition("%")[0]).compressed
    host = written.encode("idna").decode("ascii").lower().rstrip(".")
    if not host or len(host) > 253 or not _HOST.fullmatch(host):
        raise ValueError(written)
    if _NUMERIC.fullmatch(host.rpartition(".")[2]):
        try:
            return str(ipaddress.IPv4Address(socket.inet_aton(host)))
        except OSError as error:
            raise ValueError(written) from error
    return host


def _invalid() -> DomainError:
    return DomainError(
        "address_invalid", _("That isn't a web address that can be opened. Write it like https://example.com/prices")
    )
