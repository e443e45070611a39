"""What no honest client sends: refused in the one shape with a request id, without a word of the inside."""

from __future__ import annotations

import base64
import http.client
import itertools
import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest

from admin_api.app import LARGEST_BODY
from admin_api.server import HttpServer
from tests.admin_api.conftest import KEY, Api, failure
from tests.admin_api.world import RIVALS, World, made_world

__all__ = ["made_world"]

INSIDE = (
    "Traceback", "File \"", "psycopg", "sqlalchemy", "site-packages", "/work", "services/", "admin_api/", "select ",
    "SELECT ", "RIVAL", "SHOP-SECRET",
)  # fmt: skip
# Who asks for what, as a sample of all kinds of routes: super admin, person of a business, nobody at all.
BODIES = [
    ("admin", "POST", "/admin/tenants/register", {"phoneNumber": "081234500009", "name": "Toko Baru"}),
    ("owner", "POST", "/api/whatsapp/send", {"phone": "081234567890", "message": "Halo"}),
    ("owner", "POST", "/api/v1/contacts", {"name": "Siti"}),
    ("owner", "PATCH", "/auth/me", {"name": "Dani"}),
    ("nobody", "POST", "/auth/login", {"login": "x@example.com", "password": "something"}),
    ("nobody", "POST", "/auth/refresh", {"refreshToken": "jrr_nothing"}),
]
RAW: list[tuple[str, bytes, int, str]] = [
    ("broken", b'{"name": ', 400, "bad_json"),
    ("no object", b"[1, 2]", 400, "bad_json"),
    ("a word", b'"name"', 400, "bad_json"),
    ("deep list", b"[" * 100_000, 400, "bad_json"),
    ("deep object", b'{"a":' * 50_000, 400, "bad_json"),
    ("invalid UTF-8", b'{"name": "\xff\xfe"}', 400, "bad_json"),
    ("a number that is too long", b'{"name": ' + b"9" * 5000 + b"}", 400, "bad_json"),
    ("unknown field", b'{"nothingLikeThis": 1}', 422, "invalid_request"),
    ("unknown field twice", b'{"nothingLikeThis": 1, "nothingLikeThis": 2}', 422, "invalid_request"),
    ("half a pair", b'{"nothingLikeThis": "\\ud800"}', 422, "invalid_request"),
    ("no number", b'{"nothingLikeThis": NaN}', 422, "invalid_request"),
    ("too large", b'{"name": "' + b"x" * 10_000_000 + b'"}', 413, "too_large"),
]
VALUES: list[Any] = [
    None, True, -1, 0, 10**30, -(10**30), 1.5, [], ["x"], {}, {"a": {"b": []}}, "\x00", "a\x00b", "\ud800",
    "x" * 70_000,
    "' or 1=1 --", "<script>", "../../etc/passwd", "${7*7}", "a\r\nSet-Cookie: x=1",
]  # fmt: skip


class People:
    """The three who ask; each time from another address, as guessing is slowed down."""

    def __init__(self, world: World) -> None:
        self.api = {
            "admin": world.super_admin(), "owner": world.shop.as_user("owner"),
            "nobody": Api(world.app, world.db, {"Accept": "*/*"}),
        }  # fmt: skip
        self._addresses = itertools.count(1)

    def __call__(self, who: str, method: str, path: str, **more: Any) -> tuple[int, str]:
        """Status and code of an answer; one that refuses has the shape, and tells nothing of the inside."""
        api, n = self.api[who], next(self._addresses)
        response = api.client.open(
            path, method=method, headers=api.headers | more.pop("headers", {}),
            environ_overrides={"REMOTE_ADDR": f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"}, **more,
        )  # fmt: skip
        if response.status_code < 400:
            return response.status_code, "let in"
        error = failure(response.json)
        assert response.json["request_id"] == response.headers["X-Request-Id"]
        told = [word for word in INSIDE if word in response.text]
        assert told == [], (method, path, response.text)
        assert response.headers["Content-Type"] == "application/json"
        return response.status_code, str(error["code"])


@pytest.fixture(scope="module")
def ask(world: World) -> People:
    return People(world)


@pytest.fixture(autouse=True)
def nothing_is_written(world: World, ask: People) -> Iterator[None]:
    with world.unchanged():
        yield


@pytest.mark.parametrize(("what", "data", "status", "code"), RAW, ids=[each[0] for each in RAW])
def test_bodies(ask: People, what: str, data: bytes, status: int, code: str) -> None:
    for who, method, path, _body in BODIES:
        assert ask(who, method, path, data=data, content_type="application/json") == (status, code), path


def test_bodies_of_other_kinds(ask: People) -> None:
    for who, method, path, body in BODIES:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
            found = ask(who, method, path, data=json.dumps(body), content_type=kind)
            assert found == (415, "unsupported_media_type"), (path, kind)


@pytest.mark.parametrize(("who", "method", "path", "body"), BODIES, ids=[each[2] for each in BODIES])
def test_values_of_other_kinds(
    world: World, ask: People, who: str, method: str, path: str, body: dict[str, Any]
) -> None:
    """In the place of each field; a text is a text, whatever it says, so that some may be taken."""
    for field in body:
        for value in VALUES:
            if _is_taken(field, value):
                continue
            status, code = ask(who, method, path, json=body | {field: value})
            assert 400 <= status < 500, (path, field, value, code)


def _is_taken(field: str, value: Any) -> bool:
    """Whether a field may be so: words that look odd are words, and a message loses its control characters."""
    if field == "message":
        return isinstance(value, str) and len(value) < 80 and value not in ("\x00", "\ud800")
    return field == "name" and (value is None or (isinstance(value, str) and value.isprintable() and len(value) < 80))


ADDRESSES = [
    "/api/v1/contacts?page=0", "/api/v1/contacts?page=-1", "/api/v1/contacts?page=1e9", "/api/v1/contacts?page=",
    f"/api/v1/contacts?page={10**30}", "/api/v1/contacts?per_page=100000", "/api/v1/contacts?sort=%ff",
    "/api/v1/contacts?sort=id;drop",
    f"/api/v1/contacts/{10**30}", "/api/v1/contacts/-1", "/api/v1/contacts/0", "/api/v1/contacts/1.5",
    "/api/v1/contacts/%00", "/api/v1/contacts/%ff", "/api/v1/contacts/1%00", "/api/v1/contacts/..%2f..%2fetc",
    "/api/whatsapp/messages/toko-maju/%ff", f"/api/whatsapp/messages/toko-maju/{10**30}",
    "/api/whatsapp/messages/%00/1", "/api/whatsapp/messages/%ff%fe/1", "/api/whatsapp/sessions/a%0d%0ab",
    f"/api/v1/invoices/{RIVALS}", f"/api/v1/contacts/{RIVALS}", f"/api/v1/conversations/{RIVALS}",
    f"/api/v1/messages/{RIVALS}", f"/api/v1/keys/{RIVALS}", f"/api/v1/users/{RIVALS}",
    f"/api/v1/billing/invoices/{RIVALS}",
]  # fmt: skip


def test_addresses(ask: People) -> None:
    for path in ADDRESSES:
        status, code = ask("owner", "GET", path)
        assert status in (400, 404, 422), (path, status, code)


HEADERS = [
    {"X-Tenant-ID": "0"}, {"X-Tenant-ID": "-1"}, {"X-Tenant-ID": "9" * 400}, {"X-Tenant-ID": "1 or 1=1"},
    {"X-Tenant-ID": "\xff"}, {"X-Tenant-Slug": "../x"}, {"X-Tenant-Slug": "toko-jaya"}, {"X-Tenant-ID": str(RIVALS)},
    {"X-Tenant-ID": "1", "X-Tenant-Slug": "toko-jaya"}, {"Host": "toko-jaya.juragan.test"},
    {"Host": "toko-jaya.juragan.test", "X-Tenant-Slug": "toko-maju"},
]  # fmt: skip


def test_headers_that_name_another_business(ask: People) -> None:
    for headers in HEADERS:
        assert ask("owner", "GET", "/api/v1/contacts", headers=headers) == (403, "tenant_mismatch"), headers


def test_two_that_disagree_are_refused_for_the_super_admin_too(ask: People) -> None:
    for headers in (
        {"Host": "toko-jaya.juragan.test", "X-Tenant-Slug": "toko-maju"},
        {"X-Tenant-ID": "1", "X-Tenant-Slug": "toko-jaya"}, {"Host": "toko-jaya.juragan.test", "X-Tenant-ID": "1"},
    ):  # fmt: skip
        assert ask("admin", "GET", "/api/v1/contacts", headers=headers) == (403, "tenant_mismatch"), headers
    strange = {"X-Tenant-ID": "987654321"}
    assert ask("admin", "GET", "/api/v1/contacts", headers=strange) == (404, "tenant_unknown")
    assert ask("admin", "GET", "/api/v1/contacts") == (400, "tenant_required")
    other = {"Host": "toko-jaya.juragan.test"}
    assert ask("admin", "GET", "/admin/tenant/1", headers=other) == (403, "tenant_mismatch")


def test_tokens(world: World, ask: People) -> None:
    """Forged in every way that is known: no signature, another key, other claims, another kind, an end long ago."""
    token = ask.api["owner"].headers["Authorization"].removeprefix("Bearer ")
    head, claims, signature = token.split(".")
    key = world.app.extensions["juragan"].signing_key()
    read = jwt.decode(token, key, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False})
    as_rival = _part(read | {"tid": world.rival.tenant_id})
    forged = [
        _part({"alg": "none", "typ": "JWT"}) + f".{claims}.", f"{head}.{claims}.",
        f"{head}.{claims}.{signature[:-4]}AAAA",
        f"{head}.{as_rival}.{signature}", jwt.encode(read, "x" * 64, algorithm="HS256"),
        jwt.encode(read, key, algorithm="HS512"), jwt.encode(read | {"iss": "somebody"}, key, algorithm="HS256"),
        jwt.encode(read | {"sid": 10**30}, key, algorithm="HS256"),
        jwt.encode(read | {"tid": world.rival.tenant_id, "sid": 987654321}, key, algorithm="HS256"),
        jwt.encode({name: value for name, value in read.items() if name != "exp"}, key, algorithm="HS256"),
        "a.b.c", "..", ".".join("é" * 3), f"{head}.{claims}.{signature}.x", "." * 2000,
    ]  # fmt: skip
    for each in forged:
        status, code = ask("nobody", "GET", "/auth/me", headers={"Authorization": f"Bearer {each}"})
        assert (status, code) in ((401, "token_invalid"), (401, "api_key_invalid")), each[:80]
    old = jwt.encode(read | {"exp": world.db.clock.now() - timedelta(seconds=1)}, key, algorithm="HS256")
    assert ask("nobody", "GET", "/auth/me", headers={"Authorization": f"Bearer {old}"}) == (401, "token_expired")


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.fixture
def running(world: World) -> Iterator[HttpServer]:
    made = HttpServer(world.app, "127.0.0.1", 0, 2)
    made.start()
    yield made
    made.stop()


def test_ten_megabytes_over_the_wire(running: HttpServer) -> None:
    for length in (10_000_000, LARGEST_BODY + 1):
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
        connection.putrequest("POST", "/api/v1/contacts")
        for name, value in (("Content-Length", str(length)), ("Content-Type", "application/json"), ("X-API-Key", KEY)):
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        assert (response.status, failure(answer)["code"]) == (413, "too_large")


RAW_REQUESTS = [
    b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\rX-Evil: 1\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\nX-API-Key: \xff\xfe\r\nConnection: close\r\n\r\n",
    b"GET /%0d%0aX-Evil:1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nConnection: close\r\n\r\n",
    b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"NONSENSE\r\n\r\n",
]


@pytest.mark.parametrize("raw", RAW_REQUESTS, ids=range(len(RAW_REQUESTS)))
def test_what_is_hardly_http_gets_an_answer_without_what_it_smuggled(running: HttpServer, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=5) as wire:
        wire.sendall(raw)
        wire.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: wire.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"\r\nX-Evil" not in head
    status = int(head.split(b" ")[1])
    assert 400 <= status < 500, answer[:300]
    assert failure(json.loads(body))["code"]
