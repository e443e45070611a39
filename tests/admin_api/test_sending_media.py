"""Files with messages: from an address, uploaded in three ways, of known kinds, and only one's own."""

from __future__ import annotations

import base64
import http.client
import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from admin_api import sending
from admin_api.edge import Edge
from admin_api.server import HttpServer
from bot.tasks import Jobs
from services.addresses import Guard
from services.clock import VirtualClock
from services.db.models import OutboxMessage
from services.messaging import sending_media
from services.messaging.files import FileStore
from tests.admin_api.conftest import Api, Business
from tests.admin_api.test_sending import MESSAGES

UPLOADS = "/api/v1/uploads"
TO = {"to": "081234567890"}


def picture(colour: str = "red") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(made, "PNG")
    return made.getvalue()


PNG, TEXT = picture(), b"Semen: Rp 65.000\n"
OGG = b"OggS" + b"\0" * 22 + b"\x01\x13" + b"OpusHead" + b"\0" * 40
MP4 = b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0" * 64


@pytest.fixture
def files(shop: Business, tmp_path: Path) -> FileStore:
    """Where this test's files are kept."""
    kept = FileStore(tmp_path / "files")
    here: Edge = shop.app.extensions["juragan"]
    shop.app.extensions["juragan"] = replace(here, files=kept)
    return kept


@pytest.fixture
def key(shop: Business, files: FileStore) -> Api:
    return shop.with_key("messages:send", "messages:read")


def rows(business: Business) -> list[OutboxMessage]:
    with business.db.tenant(business.tenant_id) as tx:
        return list(tx.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all())


def one_megabyte(shop: Business) -> None:
    """Lets files be that large and no larger."""
    here: Edge = shop.app.extensions["juragan"]
    small = here.settings.model_copy(update={"whatsapp_media_max_mb": 1})
    shop.app.extensions["juragan"] = replace(here, settings=small)


class Web:
    """A web server of this machine, which counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.pages: dict[str, tuple[str, bytes]] = {}
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(self.path)
                mime, content = web.pages.get(self.path, ("", b""))
                self.send_response(200 if mime else 404)
                self.send_header("Content-Type", mime or "text/plain")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_given: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    made = Web()
    monkeypatch.setattr(sending, "GUARD", Guard(frozenset({made.port}), (ip_network("127.0.0.0/8"),)))
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_file_from_an_address_is_fetched_once(key: Api, shop: Business, files: FileStore, web: Web) -> None:
    web.pages["/harga/daftar%20harga.png"] = ("image/png", PNG)
    wanted = TO | {"text": "Harga", "media": {"url": web.address("/harga/daftar%20harga.png")}}
    assert key.post(MESSAGES, wanted | {"dryRun": True}, 200)["data"]["status"] == "checked"
    assert web.asked == []
    first = key.post(MESSAGES, wanted, 202, headers={"Idempotency-Key": "f-1"})
    assert key.post(MESSAGES, wanted, 202, headers={"Idempotency-Key": "f-1"}) == first
    assert len(web.asked) == 1
    assert key.refused("post", MESSAGES, TO | {"text": "Harga"}, headers={"Idempotency-Key": "f-1"}) == (
        409,
        "key_used",
    )
    (row,) = rows(shop)
    assert (row.kind, row.body, row.file_name, row.mime) == ("image", "Harga", "daftar harga.png", "image/png")
    assert files.path(row.file_hash or "").read_bytes() == PNG
    shown = key.get(f"{MESSAGES}/{row.id}")["data"]
    assert (shown["kind"], shown["fileName"]) == ("image", "daftar harga.png")


@pytest.mark.parametrize(
    ("mime", "content", "status", "code"),
    [
        ("text/html", b"<html><script>x</script></html>", 415, "file_type_refused"),
        ("application/x-msdownload", b"MZ\x90\0\x03" + b"\0" * 50, 415, "file_type_refused"),
        ("image/png", b"", 422, "file_empty"), ("image/png", b"\0" * (2 << 20), 422, "address_too_large"),
        ("", b"", 422, "address_status"),
    ],
)  # fmt: skip
def test_what_an_address_holds_may_not_do(
    key: Api, shop: Business, web: Web, mime: str, content: bytes, status: int, code: str
) -> None:
    one_megabyte(shop)
    web.pages["/x"] = (mime, content)
    assert key.refused("post", MESSAGES, TO | {"media": {"url": web.address("/x")}}) == (status, code)
    assert rows(shop) == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1/x", "address_refused"), ("http://169.254.169.254/latest", "address_refused"),
        ("http://[::1]/x", "address_refused"), ("http://0x7f.1/x", "address_refused"),
        ("http://10.0.0.1:5432/", "address_refused"), ("file:///etc/passwd", "address_invalid"),
        ("http://a:b@example.com/x", "address_invalid"), ("", "address_invalid"),
    ],
)  # fmt: skip
def test_nothing_of_the_machine_is_reached(key: Api, shop: Business, url: str, code: str) -> None:
    assert key.refused("post", MESSAGES, TO | {"media": {"url": url}}) == (422, code)
    assert rows(shop) == []


def test_nothing_is_fetched_for_what_is_wrong_anyway(key: Api, shop: Business, web: Web) -> None:
    media = {"media": {"url": web.address("/x")}}
    assert key.refused("post", MESSAGES, {"to": "12"} | media) == (422, "bad_phone")
    assert key.refused("post", MESSAGES, TO | media | {"session": "x"}) == (404, "session_unknown")
    assert key.refused("post", MESSAGES, TO | {"text": "x" * 1025} | media) == (422, "bad_message")
    assert web.asked == []


def test_who_finds_no_place_to_wait_is_told_when_to_come_back(key: Api, shop: Business, web: Web) -> None:
    here: Edge = shop.app.extensions["juragan"]
    shop.app.extensions["juragan"] = replace(here, waiting=threading.Semaphore(0))
    assert key.refused("post", MESSAGES, TO | {"media": {"url": web.address("/x")}}) == (503, "busy")
    assert key.last.headers["Retry-After"] == "2"


@pytest.mark.parametrize("way", ["bare", "form", "json"])
def test_a_file_is_uploaded_and_sent(key: Api, shop: Business, files: FileStore, way: str) -> None:
    if way == "bare":
        data = key.post(f"{UPLOADS}?name=harga.csv", None, 201, data=TEXT, content_type="text/plain")["data"]
    elif way == "form":
        data = key.post(UPLOADS, None, 201, data={"file": (io.BytesIO(TEXT), "../harga.csv")})["data"]
    else:
        data = key.post(UPLOADS, {"name": "harga.exe", "content": base64.b64encode(TEXT).decode()}, 201)["data"]
    assert (data["kind"], data["size"], data["expiresAt"]) == ("document", len(TEXT), "2025-02-14T03:00:00Z")
    assert data["name"] in ("harga.txt", "harga.csv")
    key.post(MESSAGES, TO | {"media": {"upload": data["id"], "caption": "Daftar", "name": "Harga"}}, 202)
    (row,) = rows(shop)
    assert (row.kind, row.body, row.file_name) == ("document", "Daftar", "Harga." + data["name"][-3:])
    assert files.path(row.file_hash or "").read_bytes() == TEXT


@pytest.mark.parametrize(
    ("content", "kind"), [(PNG, "image"), (OGG, "audio"), (MP4, "video"), (b"%PDF-1.4\n", "document")]
)
def test_kinds_are_known_by_content(key: Api, shop: Business, content: bytes, kind: str) -> None:
    data = key.post(UPLOADS, None, 201, data=content, content_type="application/octet-stream")["data"]
    assert data["kind"] == kind
    wanted = TO | {"media": {"upload": data["id"]}}
    key.post(MESSAGES, wanted, 202)
    if kind == "audio":
        assert key.refused("post", MESSAGES, wanted | {"text": "Dengar"}) == (422, "caption_refused")
    assert [row.kind for row in rows(shop)] == [kind]


def test_an_upload_is_its_businesss_own_and_forgotten_after_a_day(
    key: Api, shop: Business, rival: Business, files: FileStore, clock: VirtualClock
) -> None:
    stranger = rival.with_key("messages:send")
    mine = key.post(UPLOADS, None, 201, data=PNG, content_type="image/png")["data"]["id"]
    theirs = stranger.post(UPLOADS, None, 201, data=PNG, content_type="image/png")["data"]["id"]
    assert mine != theirs
    assert key.post(UPLOADS, None, 201, data=PNG, content_type="image/png")["data"]["id"] == mine
    wanted = TO | {"media": {"upload": mine}}
    assert stranger.refused("post", MESSAGES, wanted) == (404, "upload_unknown")
    clock.move_to(clock.now() + timedelta(hours=23))
    key.post(MESSAGES, wanted, 202)
    clock.move_to(clock.now() + timedelta(hours=2))
    key.post(MESSAGES, wanted, 202)
    assert stranger.refused("post", MESSAGES, TO | {"media": {"upload": theirs}}) == (404, "upload_unknown")
    with shop.db.system() as tx:
        assert sending_media.forget(tx, tx.now - sending_media.KEPT_FOR) == set()
    clock.move_to(clock.now() + timedelta(days=1, hours=1))
    assert key.refused("post", MESSAGES, wanted) == (404, "upload_unknown")
    (gone,) = {row.file_hash for row in rows(shop)}
    assert gone is not None
    assert sending_media.waiting_room(files).path(gone).exists()
    here: Edge = shop.app.extensions["juragan"]
    Jobs(shop.db, here.settings, None, None, files).retention()  # type: ignore[arg-type]
    assert not sending_media.waiting_room(files).path(gone).exists()
    assert files.path(gone).exists()


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"data": b"", "content_type": "image/png"}, 422, "file_empty"),
        ({"data": b"MZ\x90\0\x03\0", "content_type": "image/png"}, 415, "file_type_refused"),
        ({"data": {"other": (io.BytesIO(PNG), "x.png")}}, 422, "file_missing"),
        ({"data": {f"part{n}": "x" for n in range(21)} | {"file": (io.BytesIO(PNG), "x.png")}}, 413, "too_large"),
        ({"json": {"content": "no base64!"}}, 422, "bad_base64"), ({"json": {}}, 422, "file_empty"),
        ({"json": {"content": 5}}, 422, "invalid_request"), ({"json": [1]}, 400, "bad_json"),
        ({"data": b"x" * (3 << 20), "content_type": "text/plain"}, 413, "too_large"),
        ({"data": b"x" * ((1 << 20) + 1), "content_type": "text/plain"}, 413, "file_too_large"),
    ],
)  # fmt: skip
def test_what_is_not_uploaded(key: Api, shop: Business, sent: dict[str, Any], status: int, code: str) -> None:
    one_megabyte(shop)
    assert key.refused("post", UPLOADS, None, **sent) == (status, code)


def test_uploads_that_nobody_sends_take_up_only_so_much(
    key: Api, shop: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending_media, "MOST_WAITING", 1)
    one_megabyte(shop)
    key.post(UPLOADS, None, 201, data=b"x" * 600_000, content_type="text/plain")
    refused = key.refused("post", UPLOADS, None, data=b"y" * 600_000, content_type="text/plain")
    assert refused == (429, "too_many_uploads")


def test_only_uploads_may_be_large_on_a_real_port(shop: Business, key: Api, files: FileStore) -> None:
    server = HttpServer(shop.app, "127.0.0.1", 0, 4)
    server.start()

    def ask(path: str, headers: dict[str, str], content: bytes) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        try:
            connection.request("POST", path, content, {"Content-Type": "text/plain", **headers})
            return connection.getresponse().status
        except (BrokenPipeError, ConnectionResetError):
            return 413
        finally:
            connection.close()

    try:
        large = b"x" * (3 << 20)
        assert ask(UPLOADS, key.headers, large) == 201
        assert ask(UPLOADS, {}, large) == 413
        assert ask("/send-message", key.headers, large) == 413
        assert ask(UPLOADS, {"X-API-Key": "a-wrong-one"}, large) == 401
    finally:
        server.stop()


def test_the_old_gateway_sends_files_too(
    api: Api, shop: Business, files: FileStore, make_app: Callable[..., Flask]
) -> None:
    upload = shop.with_key("messages:send").post(UPLOADS, None, 201, data=PNG, content_type="image/png")["data"]["id"]
    api.post("/api/whatsapp/send", {"companyId": shop.slug, "phone": "79001234567", "media": {"upload": upload}}, 202)
    assert [row.kind for row in rows(shop)] == ["image"]
