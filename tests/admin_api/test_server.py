"""The API on a real port."""

from __future__ import annotations

import errno
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from admin_api.server import HttpServer, serve
from services.db.engine import Database
from services.settings import Settings
from tests.admin_api.conftest import DANI, KEY, failure


@pytest.fixture
def running(app: Flask) -> Iterator[HttpServer]:
    made = HttpServer(app, "127.0.0.1", 0, 4)
    made.start()
    yield made
    made.stop()


def ask(server: HttpServer, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    connection.request(method, path, data, {"Content-Type": "application/json", "X-API-Key": KEY, **headers})
    response = connection.getresponse()
    read = response.read()
    connection.close()
    return response.status, response.headers, json.loads(read) if read.startswith(b"{") else read


def test_a_tenant_is_registered_over_the_wire(running: HttpServer) -> None:
    status, headers, answer = ask(running, "POST", "/admin/tenants/register", DANI)
    assert (status, answer["data"]["tenant"]["status"]) == (201, "pending_qr")
    assert "Server" not in headers
    status, _headers, page = ask(running, "GET", "/admin/tenants")
    assert page["pagination"]["total"] == 1


def test_what_is_too_large_is_refused_in_the_same_shape(running: HttpServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    connection.putrequest("POST", "/admin/tenants/register")
    connection.putheader("Content-Length", str(3 * 1024 * 1024))
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, failure_code(json.loads(response.read()))) == (413, "too_large")
    assert response.headers["Content-Type"] == "application/json"
    connection.close()
    status, _headers, answer = ask(running, "GET", "/health", **{"X-Long": "x" * 20_000})
    assert (status, failure_code(answer)) == (431, "headers_too_large")


def failure_code(answer: Any) -> str:
    return str(failure(answer)["code"])


def test_whoever_pretends_to_be_a_proxy_is_not_believed(running: HttpServer) -> None:
    for n in range(25):
        headers = {"X-API-Key": "a guess", "X-Forwarded-For": f"203.0.113.{n}"}
        status, _headers, _answer = ask(running, "GET", "/admin/stats", **headers)
    assert status == 429


def test_a_port_that_is_taken_is_named(app: Flask, running: HttpServer) -> None:
    with pytest.raises(OSError, match="HTTP_PORT") as raised:
        HttpServer(app, "127.0.0.1", running.port, 2).start()
    assert raised.value.errno == errno.EADDRINUSE


def test_what_was_begun_ends_before_the_server_does(app: Flask) -> None:
    def slow() -> Any:
        begun.set()
        time.sleep(0.5)
        return "{}"

    begun = threading.Event()
    app.view_functions["tenants.stats"] = slow
    server = HttpServer(app, "127.0.0.1", 0, 2)
    server.start()
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(ask(server, "GET", "/admin/stats")[0]))
    asking.start()
    assert begun.wait(5)
    server.stop()
    asking.join(5)
    assert answers == [200]
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", server.port), 1):
        pass
    server.stop()


def test_a_server_that_cannot_finish_stops_all_the_same(app: Flask) -> None:
    release = threading.Event()
    app.view_functions["tenants.stats"] = lambda: str(release.wait(30))
    server = HttpServer(app, "127.0.0.1", 0, 2)
    server.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/admin/stats", headers={"X-API-Key": KEY})
    time.sleep(0.2)
    began = time.monotonic()
    server.stop(timeout=0.5)
    assert time.monotonic() - began < 5
    release.set()
    connection.close()


def test_the_first_start_tells_its_key_once(db: Database, settings: Settings) -> None:
    told: list[str] = []
    chosen = settings.model_copy(update={"http_port": 0})
    for _start in range(2):
        server = serve(db, chosen, tell=told.append)
        server.stop()
    (text,) = told
    key = text.split()[-1]
    server = serve(db, chosen, tell=told.append)
    assert ask(server, "GET", "/admin/stats", **{"X-API-Key": key})[0] == 200
    server.stop()
