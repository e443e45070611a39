"""Guarded fetching of web addresses that people give: nothing of the machine or its network is reached with it.

The host is resolved once, every address found is checked, and the connection is made to a checked address itself, so a
name can't lead elsewhere between check and use. httpcore, the engine of httpx, is used directly because it lets us
connect by ourselves; it knows no proxies and follows no redirects.
"""

from __future__ import annotations

import ipaddress
import re
import ssl
import threading
import time
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urljoin

import httpcore

from services.addresses import Guard, Resolve, Target, is_address, normalised, parsed
from services.errors import DomainError
from services.i18n import _

__all__ = ["PUBLIC", "Fetched", "Guard", "fetch", "is_address", "normalised"]

USER_AGENT = "Juragan"
MAX_BYTES = 10_000_000
SECONDS = 20.0
MAX_REDIRECTS = 5
PUBLIC = Guard()
READABLE = frozenset({
    "text/html", "application/xhtml+xml", "text/plain", "text/markdown", "text/csv", "text/tab-separated-values",
    "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
})  # fmt: skip

_MOST_ADDRESSES = 4
_CONNECT_SECONDS = 5.0
_CHUNK = 1 << 16
_FAILURES = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address holds: `url` after redirects, and its decoded `content` of a type `mime`."""

    url: str
    mime: str
    content: bytes
    charset: str | None


def fetch(
    url: str,
    *,
    guard: Guard = PUBLIC,
    max_bytes: int = MAX_BYTES,
    seconds: float = SECONDS,
    max_redirects: int = MAX_REDIRECTS,
    mimes: Collection[str] = READABLE,
) -> Fetched:
    """What a web address holds, at most `max_bytes` decoded, within `seconds` altogether.

    Raises `DomainError`: `address_invalid`, `address_refused` (not public), `address_unreachable`,
    `address_too_large`, `address_too_slow`, `address_type_refused`, `address_status` (with `status`).
    """
    deadline = time.monotonic() + seconds
    target = parsed(url)
    for _hop in range(max_redirects + 1):
        try:
            found = _asked(target, guard, deadline, max_bytes, mimes)
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise _too_slow() from error
        except _FAILURES as error:
            raise _unreachable() from error
        if isinstance(found, Fetched):
            return found
        target = parsed(urljoin(target.url, found.strip().replace(" ", "%20")))
    raise DomainError(
        "address_unreachable", _("That address only leads on from one page to the next. Please send the last one.")
    )


def _asked(target: Target, guard: Guard, deadline: float, max_bytes: int, mimes: Collection[str]) -> Fetched | str:
    """What a target answers, or the address that it leads on to."""
    if target.port not in guard.ports:
        raise _refused()
    addresses = _checked_addresses(target.host, guard, deadline)
    network = _Network(addresses, deadline)
    headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip"}
    with (
        httpcore.ConnectionPool(ssl_context=_certificates(), network_backend=network) as pool,
        pool.stream("GET", _core_url(target), headers=[("Host", target.authority), *headers.items()],
                    extensions={"timeout": network.timeouts()}) as answer,
    ):  # fmt: skip
        said = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
        if answer.status in (301, 302, 303, 307, 308) and "location" in said:
            return said["location"]
        if not 200 <= answer.status < 300:
            raise DomainError(
                "address_status",
                _("That page can't be had: its server answers {status}. Please check the address.",
                  status=str(answer.status)),
                status=answer.status,
            )  # fmt: skip
        mime, charset = _type(said.get("content-type", ""))
        if mime and mime != "application/octet-stream" and mime not in mimes:
            raise _type_refused()
        content = _body(answer.iter_stream(), said, max_bytes, deadline)
    mime = mime if mime and mime != "application/octet-stream" else _shown_type(content)
    if mime not in mimes:
        raise _type_refused()
    return Fetched(target.url, mime, content, charset)


def _core_url(target: Target) -> httpcore.URL:
    return httpcore.URL(
        scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode()
    )


@cache
def _certificates() -> ssl.SSLContext:
    return httpcore.default_ssl_context()


def _checked_addresses(host: str, guard: Guard, deadline: float) -> list[str]:
    """The addresses of a host, all of which may be reached: one private among them refuses it."""
    try:
        found = [ipaddress.ip_address(host)]
    except ValueError:
        found = [ipaddress.ip_address(each.partition("%")[0]) for each in _resolved(host, guard.resolve, deadline)]
    if not found:
        raise _unreachable()
    if not all(guard.allows(address) for address in found):
        raise _refused()
    return [address.compressed for address in found[:_MOST_ADDRESSES]]


def _resolved(host: str, resolve: Resolve, deadline: float) -> Sequence[str]:
    """Asks the system, which has no limit of time itself, in a thread that may be left behind."""
    found: list[Sequence[str] | Exception] = []

    def ask() -> None:
        try:
            found.append(resolve(host))
        except (OSError, UnicodeError) as error:
            found.append(error)

    asking = threading.Thread(target=ask, name="resolve", daemon=True)
    asking.start()
    asking.join(max(0.0, deadline - time.monotonic()))
    if not found:
        raise TimeoutError
    if isinstance(found[0], Exception):
        raise _unreachable() from found[0]
    return found[0]


def _body(pieces: Iterable[bytes], headers: Mapping[str, str], max_bytes: int, deadline: float) -> bytes:
    """The decoded body; it stops at `max_bytes` of what came and of what that unfolds to."""
    if headers.get("content-length", "").isdigit() and int(headers["content-length"]) > max_bytes:
        raise _too_large(max_bytes)
    encoding = headers.get("content-encoding", "identity").strip().lower() or "identity"
    if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise _type_refused()
    inflating = zlib.decompressobj(zlib.MAX_WBITS | 32) if encoding != "identity" else None
    content, came = bytearray(), 0
    for piece in pieces:
        if time.monotonic() > deadline:
            raise TimeoutError
        came += len(piece)
        if inflating is None:
            content += piece
        else:
            try:
                content += inflating.decompress(piece, max_bytes + 1 - len(content))
            except zlib.error as error:
                raise _unreachable() from error
        if max(came, len(content)) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(content)


def _type(header: str) -> tuple[str, str | None]:
    mime, _separator, rest = header.partition(";")
    found = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", rest, re.IGNORECASE)
    return mime.strip().lower(), found.group(1).lower() if found else None


def _shown_type(content: bytes) -> str:
    """The type of content whose server doesn't say it."""
    if content.lstrip().startswith(b"%PDF-"):
        return "application/pdf"
    beginning = content[:1000].lower()
    if b"<html" in beginning or b"<!doctype html" in beginning:
        return "text/html"
    return "application/octet-stream" if b"\x00" in content[:1000] else "text/plain"


@dataclass
class _Network(httpcore.NetworkBackend):
    """Connects to the checked addresses, whatever host is asked for, and waits for nothing beyond the deadline."""

    addresses: Sequence[str]
    deadline: float
    engine: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)

    def left(self, wanted: float | None = None) -> float:
        """Seconds to wait, at most `wanted`; raises `TimeoutError` when none are left."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left if wanted is None else min(left, wanted)

    def timeouts(self) -> dict[str, float]:
        left = self.left()
        return {"connect": left, "read": left, "write": left, "pool": left}

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        for address in self.addresses[:-1]:
            try:
                return _Stream(self._connected(address, port), self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return _Stream(self._connected(self.addresses[-1], port), self)

    def _connected(self, address: str, port: int) -> httpcore.NetworkStream:
        return self.engine.connect_tcp(address, port, timeout=self.left(_CONNECT_SECONDS))


@dataclass
class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends at the deadline, also where a server sends byte by byte."""

    under: httpcore.NetworkStream
    network: _Network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.under.read(max_bytes, self.network.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.under.write(buffer, self.network.left(timeout))

    def close(self) -> None:
        self.under.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self.under.start_tls(ssl_context, server_hostname, self.network.left(timeout)), self.network)

    def get_extra_info(self, info: str) -> object:
        return self.under.get_extra_info(info)


def _refused() -> DomainError:
    return DomainError(
        "address_refused", _("That address isn't opened from here; only public web pages are. Send the text or a file.")
    )


def _unreachable() -> DomainError:
    return DomainError(
        "address_unreachable", _("That page can't be reached now. Please check the address, or try again later.")
    )


def _too_large(limit: int) -> DomainError:
    limit_mb = max(1, limit // 1_000_000)
    return DomainError(
        "address_too_large",
        _(
            "That page is too large; up to {limit} MB can be read. Send what matters of it as a file.",
            limit=limit_mb,
        ),
        limit_mb=limit_mb,
    )


def _too_slow() -> DomainError:
    return DomainError(
        "address_too_slow", _("That page takes too long to load. Try again later, or send its text or a file.")
    )


def _type_refused() -> DomainError:
    return DomainError(
        "address_type_refused",
        _("What that address holds can't be read. Send the address of a web page, a PDF, a Word file or a text."),
    )
