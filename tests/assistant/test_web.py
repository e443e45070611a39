"""Addresses that people give are fetched within limits, and lead to nothing that isn't public."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.addresses import is_public
from services.errors import DomainError
from services.web import PUBLIC, Fetched, Guard, fetch, is_address, normalised

HERE = "127.0.0.1"
PRIVATE = "10.1.2.3"
Answer = Callable[[socket.socket], None]


def _says(status: str, body: bytes = b"", **headers: str) -> Answer:
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status}\r\n{named}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return lambda connection: connection.sendall(head.encode() + body)


def _endless(kind: str) -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode())
        while True:
            connection.sendall(b"more and more " * 1000)

    return answer


def _dripping(beginning: bytes) -> Answer:
    """One byte at a time, each within any time-out of a single step."""
    between = threading.Event()

    def answer(connection: socket.socket) -> None:
        connection.sendall(beginning)
        while True:
            connection.sendall(b"x")
            between.wait(0.02)

    return answer


def _silent(connection: socket.socket) -> None:
    while connection.recv(1000):
        continue


ANSWERS: dict[str, Answer] = {
    "/page": _says("200 OK", "<p>Buka jam 8 – 17</p>".encode(), Content_Type="text/html; charset=UTF-8"),
    "/packed": _says("200 OK", gzip.compress(b"a text"), Content_Type="text/plain", Content_Encoding="gzip"),
    "/untyped": _says("200 OK", b"%PDF-1.4 ..."),
    "/picture": _says("200 OK", b"\x89PNG", Content_Type="image/png"),
    "/brotli": _says("200 OK", b"...", Content_Type="text/html", Content_Encoding="br"),
    "/gone": _says("404 Not Found", b"secret words of the server", Content_Type="text/html"),
    "/moved": _says("302 Found", Location="page?from=moved"),
    "/circle": _says("302 Found", Location="/circle"),
    "/inside": _says("302 Found", Location=f"http://{PRIVATE}/"),
    "/metadata": _says("307 Temporary Redirect", Location="http://169.254.169.254/latest/meta-data/"),
    "/file": _says("301 Moved Permanently", Location="file:///etc/passwd"),
    "/port": _says("301 Moved Permanently", Location="http://shop.test:22/"),
    "/large": _says("200 OK", b"x" * 5000, Content_Type="text/plain"),
    "/endless": _endless("text/plain"),
    "/bomb": _says("200 OK", gzip.compress(bytes(20_000_000)), Content_Type="text/plain", Content_Encoding="gzip"),
    "/unpacked": _says("200 OK", b"not packed", Content_Type="text/plain", Content_Encoding="gzip"),
    "/drip": _dripping(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"),
    "/headers": _dripping(b"HTTP/1.1 200 OK\r\nX-Long: "),
    "/silent": _silent,
    "/nonsense": lambda connection: connection.sendall(b"hello\r\n\r\n"),
    "/hangs-up": lambda connection: None,
}


class Server:
    """A web server on this machine that answers by path and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self._listening = socket.create_server((HERE, 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def guard(self, *found: Sequence[str], networks: Sequence[str] = (f"{HERE}/32",)) -> Guard:
        """Allows this server; names lead to it, or to what is given for one resolution after the other."""
        answers = list(found)
        allowed = tuple(ipaddress.ip_network(each) for each in networks)
        return Guard(frozenset({self.port}), allowed, lambda _host: answers.pop(0) if answers else [HERE])

    def url(self, path: str) -> str:
        return f"http://shop.test:{self.port}{path}"

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _peer = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                said = connection.recv(10_000)
                self.asked.append(said)
                path = said.split(b" ")[1].decode("latin-1").split("?")[0] if b" " in said else "/hangs-up"
                ANSWERS.get(path, ANSWERS["/hangs-up"])(connection)
            except OSError:
                return  # who asked has hung up


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    serving = Server()
    yield serving
    serving.close()


def fetched(server: Server, path: str, guard: Guard | None = None, seconds: float = 8) -> Fetched:
    return fetch(server.url(path), guard=guard or server.guard(), max_bytes=4000, seconds=seconds)


def test_a_page_is_fetched_under_its_name(server: Server) -> None:
    server.asked.clear()
    assert fetched(server, "/page") == Fetched(
        server.url("/page"), "text/html", "<p>Buka jam 8 – 17</p>".encode(), "utf-8"
    )
    (asked,) = server.asked
    assert f"\r\nHost: shop.test:{server.port}\r\n".encode() in asked
    assert b"\r\nUser-Agent: Juragan\r\n" in asked
    assert b"Cookie" not in asked and b"Authorization" not in asked


def test_what_is_packed_is_unpacked_and_what_has_no_type_is_looked_at(server: Server) -> None:
    assert fetched(server, "/packed").content == b"a text"
    assert fetched(server, "/untyped").mime == "application/pdf"


def test_redirects_are_followed_and_each_is_resolved_anew(server: Server) -> None:
    assert fetched(server, "/moved").url == server.url("/page?from=moved")


BAD = {
    "/gone": "address_status",
    "/picture": "address_type_refused",
    "/brotli": "address_type_refused",
    "/circle": "address_unreachable",
    "/inside": "address_refused",
    "/metadata": "address_refused",
    "/port": "address_refused",
    "/file": "address_invalid",
    "/large": "address_too_large",
    "/endless": "address_too_large",
    "/bomb": "address_too_large",
    "/unpacked": "address_unreachable",
    "/nonsense": "address_unreachable",
    "/hangs-up": "address_unreachable",
}


@pytest.mark.parametrize("path", BAD)
def test_an_answer_that_cannot_be_used_is_a_clear_error(path: str, server: Server) -> None:
    with pytest.raises(DomainError) as raised:
        fetched(server, path)
    assert raised.value.code == BAD[path]
    for locale in ("en", "id"):
        text = raised.value.text.render(locale)
        assert "{" not in text and "secret" not in text and PRIVATE not in text
    if path == "/gone":
        assert "404" in raised.value.text.render("en")


@pytest.mark.parametrize("path", ["/drip", "/headers", "/silent"])
def test_a_slow_server_is_left_in_time(path: str, server: Server) -> None:
    begun = time.monotonic()
    guard = server.guard()
    with pytest.raises(DomainError, match="address_too_slow"):
        fetch(server.url(path), guard=guard, max_bytes=1_000_000, seconds=0.4)
    assert time.monotonic() - begun < 5


def test_a_resolver_that_hangs_is_left_in_time() -> None:
    ended = threading.Event()

    def resolve(_host: str) -> Sequence[str]:
        ended.wait(20)
        return [HERE]

    with pytest.raises(DomainError, match="address_too_slow"):
        fetch("http://shop.test/", guard=Guard(resolve=resolve), seconds=0.2)
    ended.set()


def test_a_name_is_resolved_once_and_connected_to_what_was_checked(server: Server) -> None:
    """A second resolution would lead to a private address."""
    assert fetched(server, "/page", server.guard([HERE], [PRIVATE])).mime == "text/html"


def test_the_name_that_a_redirect_leads_to_is_checked_again(server: Server) -> None:
    with pytest.raises(DomainError, match="address_refused"):
        fetched(server, "/moved", server.guard([HERE], [PRIVATE]))


def test_one_private_address_among_public_ones_refuses_a_name(server: Server) -> None:
    server.asked.clear()
    with pytest.raises(DomainError, match="address_refused"):
        fetched(server, "/page", server.guard([HERE, "::1"]))
    assert server.asked == []


def test_the_next_address_is_tried_where_nobody_listens(server: Server) -> None:
    guard = server.guard(["::1", HERE], networks=["127.0.0.0/8", "::1/128"])
    assert fetched(server, "/page", guard).mime == "text/html"


def test_a_certificate_must_be_of_the_name(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[str | None] = []
    wrap = ssl.SSLContext.wrap_socket

    def watched(context: ssl.SSLContext, *arguments: object, **named_arguments: object) -> object:
        named.append(str(named_arguments["server_hostname"]))
        assert context.check_hostname and context.verify_mode is ssl.CERT_REQUIRED
        return wrap(context, *arguments, **named_arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", watched)
    with pytest.raises(DomainError, match="address_unreachable"):
        fetch(server.url("/page").replace("http:", "https:"), guard=server.guard(), seconds=5)
    assert named == ["shop.test"]


def test_a_proxy_of_the_environment_is_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetched(server, "/page").mime == "text/html"


INNER = [
    "http://127.0.0.1/", "http://localhost/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
    "http://127.1/", "http://0/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[fe80::1%25eth0]/", "http://[fd00::1]/",
    "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://10.0.0.1/", "http://192.168.1.1/admin",
    "http://172.16.0.1/", "http://224.0.0.1/", "http://255.255.255.255/", "http://240.0.0.1/", "http://１２７.0.0.1/",
    "http://8.8.8.8:22/", "https://example.com:8443/",
]  # fmt: skip


@pytest.mark.parametrize("url", INNER)
def test_nothing_inside_is_reached_in_any_spelling(url: str) -> None:
    guard = Guard(resolve=lambda _host: [HERE])
    with pytest.raises(DomainError) as raised:
        fetch(url, guard=guard, seconds=2)
    assert raised.value.code == "address_refused"
    assert PUBLIC.networks == ()


NOT_ADDRESSES = [
    "", "halo dunia", "ftp://example.com/a", "file:///etc/passwd", "javascript:alert(1)", "mailto:a@b.com", "http://",
    "http://a:b@example.com/", "http://example.com:99999/", "http://1.2.3.4.5/", "http://exa mple.com/", "http://x..com",
    "http://example.com\\@127.0.0.1/", "http://[::1", "https://" + "a" * 3000, "http://example.com/\r\nHost: x",
]  # fmt: skip


@pytest.mark.parametrize("url", NOT_ADDRESSES)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(DomainError, match="address_invalid"):
        normalised(url)


def test_addresses_come_into_one_spelling() -> None:
    assert normalised(" example.com/prices ") == "https://example.com/prices"
    assert normalised("HTTP://Example.COM:80#top") == "http://example.com/"
    assert normalised("toko.co.id:8443/a b".replace(" ", "%20")) == "https://toko.co.id:8443/a%20b"
    assert normalised("https://bücher.de/ä?q=ü&r=1") == "https://xn--bcher-kva.de/%C3%A4?q=%C3%BC&r=1"


def test_a_text_is_a_link_only_when_it_is_nothing_else() -> None:
    links = [
        "https://toko.id/harga",
        "http://x",
        "example.com",
        "www.toko.id",
        "toko.co.id/harga?x=1",
        "Example.com:8080/",
    ]
    others = ["", "cek https://toko.id", "halo.terima", "8.30", "Rp.50.000", "budi@toko.id", "ok", "17.00-18.00", "a/b"]
    assert [text for text in links if not is_address(text)] == []
    assert [text for text in others if is_address(text)] == []


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_clear_error(text: str) -> None:
    is_address(text)
    try:
        once = normalised(text)
    except DomainError as error:
        assert error.code == "address_invalid"
    else:
        assert normalised(once) == once


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_a_private_address_stays_private_inside_others(address: ipaddress.IPv4Address) -> None:
    inner = int(address)
    for carrier in (0xFFFF << 32 | inner, 0x2002 << 112 | inner << 80, 0x64FF9B << 96 | inner, inner):
        assert not is_public(ipaddress.IPv6Address(carrier))
