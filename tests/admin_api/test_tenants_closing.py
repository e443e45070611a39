"""Leaving: a business is closed, its data exported, opened again or erased."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import URL, select

from admin_api.app import create_app
from admin_api.auth import KeyChecker
from services import queue
from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import Document, OutboxMessage, Tenant, UserKey, WhatsAppSession
from services.messaging import contacts
from services.messaging.files import FileStore
from services.settings import Settings
from services.tenants import export
from services.tenants.tenants import NewTenant
from tests.admin_api.conftest import KEY, Api, Business, Ticks, business, pair
from tests.db.asking import rows

CLOSE, EXPORT = "/api/v1/tenant/close", "/api/v1/tenant/export"


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
def make_app(db: Database, settings: Settings, ticks: Ticks, files: FileStore) -> Callable[..., Flask]:
    keys = KeyChecker(db, (KEY,), ticking=ticks)
    return lambda: create_app(db, settings, keys=keys, files=files, wait=ticks.wait, ticking=ticks)


def put_together(db: Database, files: FileStore) -> int:
    """Runs the jobs that make exports; how many there were."""
    done = 0
    while True:
        with db.system() as tx:
            job = queue.take_due(tx)
        if job is None:
            return done
        if job.task == "export":
            export.make(db, files, **job.args)  # type: ignore[arg-type]
            done += 1


def test_closing_is_confirmed_and_ends_everything(api: Api, shop: Business, rival: Business, db: Database) -> None:
    owner, key = shop.as_user("owner"), shop.with_key("messages:send")
    stranger = rival.as_user("owner")
    message = {"companyId": "toko-maju", "phone": "79001234567", "message": "Hi", "queue": True}
    api.post("/api/whatsapp/send", message, 202)
    for wrong in ({}, {"confirm": None}, {"confirm": "toko-maju", "sure": True}):
        assert owner.refused("post", CLOSE, wrong) == (422, "invalid_request")
    assert owner.refused("post", CLOSE, {"confirm": "toko-jaya"}) == (422, "not_confirmed")
    assert shop.as_user("manager").refused("post", CLOSE, {"confirm": "toko-maju"}) == (403, "forbidden")
    assert key.refused("post", CLOSE, {"confirm": "toko-maju"}) == (403, "scope_required")
    data = owner.post(CLOSE, {"confirm": "toko-maju", "reason": "We moved"})["data"]
    assert (data["status"], data["statusReason"]) == ("closed", "We moved")
    assert data["eraseAt"] == "2025-03-15T03:00:00Z"
    assert data["sessions"][0]["desiredState"] == "logged_out"
    assert owner.refused("get", "/api/v1/tenant") == (401, "token_invalid")
    assert key.refused("post", "/api/whatsapp/send", message)[0] == 401
    assert api.refused("post", "/api/whatsapp/send", message)[0] in (402, 409)
    with db.tenant(shop.tenant_id) as tx:
        assert tx.scalars(select(OutboxMessage.status)).all() == ["cancelled"]
        assert None not in tx.scalars(select(UserKey.revoked_at)).all()
    assert stranger.get("/api/v1/tenant")["data"]["status"] == "active"
    assert api.get("/admin/notifications?kind=closed")["data"][0]["data"] == {"erase_on": "2025-03-15"}


def test_a_closed_business_can_be_opened_again_in_time(
    api: Api, shop: Business, db: Database, clock: VirtualClock
) -> None:
    path = f"/api/v1/tenants/{shop.tenant_id}"
    assert api.refused("post", f"{path}/reopen") == (409, "not_closed")
    assert api.delete(path)["data"]["status"] == "closed"
    assert api.refused("delete", path) == (409, "tenant_closed")
    assert api.refused("patch", path, {"status": "active"}) == (409, "tenant_closed")
    assert shop.as_user("owner").refused("post", f"{path}/reopen") == (403, "forbidden")
    data = api.post(f"{path}/reopen")["data"]
    assert (data["status"], data["eraseAt"]) == ("active", None)
    api.delete(path)
    clock.move_to(clock.now() + timedelta(days=30))
    assert api.refused("post", f"{path}/reopen") == (409, "tenant_erased")


def test_a_paired_number_is_logged_out(api: Api, db: Database) -> None:
    tenant = api.register()["id"]
    pair(db, tenant)
    api.delete(f"/api/v1/tenants/{tenant}")
    with db.tenant(tenant) as tx:
        (session,) = tx.scalars(select(WhatsAppSession)).all()
    assert session.desired_state == "logged_out"


def test_one_that_was_never_approved_waits_again(api: Api, shop: Business, database_url: URL) -> None:
    rows(database_url, "delete from sessions")
    api.delete(f"/api/v1/tenants/{shop.tenant_id}")
    assert api.post(f"/api/v1/tenants/{shop.tenant_id}/reopen")["data"]["status"] == "pending_approval"


def test_the_platform_stays(api: Api, app: Flask, db: Database) -> None:
    own = business(app, db, NewTenant("Juragan", "6281100000009", is_platform=True))
    assert api.refused("delete", f"/api/v1/tenants/{own.tenant_id}") == (409, "platform_tenant")


def test_data_is_exported_for_the_owner_alone(
    api: Api, shop: Business, rival: Business, db: Database, files: FileStore, clock: VirtualClock
) -> None:
    owner, stranger = shop.as_user("owner"), rival.as_user("owner")
    for business_, name in ((shop, "=Budi"), (rival, "Rahasia")):
        with db.tenant(business_.tenant_id) as tx:
            contacts.create(tx, name, name.lower())
    shop.with_key("messages:send")
    assert owner.refused("get", EXPORT) == (404, "export_unknown")
    first = owner.post(EXPORT, status=202)["data"]
    assert (first["status"], first["size"], first["download"]) == ("waiting", None, None)
    assert owner.post(EXPORT, status=202)["data"] == first
    assert owner.refused("get", f"{EXPORT}/file") == (409, "export_not_ready")
    assert put_together(db, files) == 1
    made = owner.get(EXPORT)["data"]
    assert (made["status"], made["download"]) == ("made", f"{EXPORT}/file")
    response = owner.client.get(made["download"], headers=owner.headers)
    assert (response.status_code, response.mimetype, len(response.data)) == (200, "application/zip", made["size"])
    assert response.headers["Content-Disposition"] == 'attachment; filename="toko-maju-2025-02-13.zip"'
    with ZipFile(io.BytesIO(response.data)) as archive:
        names = set(archive.namelist())
        words = {name: archive.read(name).decode("utf-8-sig") for name in names}
    assert {"README.txt", "business.json", "contacts.csv", "data/audit.jsonl", "data/users.jsonl"} <= names
    assert json.loads(words["business.json"])["slug"] == "toko-maju"
    (row,) = csv.DictReader(io.StringIO(words["contacts.csv"]))
    assert row["name"] == "'=Budi"
    everything = "".join(words.values())
    assert "Rahasia" not in everything
    for secret in ("password_hash", "refresh_hash", '"hash"', "key_hash", "jrk_"):
        assert secret not in everything
    assert stranger.refused("get", EXPORT) == (404, "export_unknown")
    assert stranger.refused("get", f"{EXPORT}/file") == (404, "export_unknown")
    for role in ("manager", "staff", "read_only"):
        for path in (EXPORT, f"{EXPORT}/file"):
            assert shop.as_user(role).refused("get", path) == (403, "forbidden")
    assert shop.with_key("usage:read").refused("get", EXPORT) == (403, "scope_required")


def test_an_export_is_kept_for_a_week_and_only_the_last_one(
    shop: Business, db: Database, files: FileStore, clock: VirtualClock
) -> None:
    hashes = []
    for _time in range(2):
        shop.as_user("owner").post(EXPORT, status=202)
        put_together(db, files)
        with db.tenant(shop.tenant_id) as tx:
            (document,) = tx.scalars(select(Document)).all()
        assert document.file_hash is not None
        hashes.append(document.file_hash)
        clock.move_to(clock.now() + timedelta(minutes=5))
    assert [files.path(each).exists() for each in hashes] == [False, True]
    clock.move_to(clock.now() + timedelta(days=7))
    assert put_together(db, files) == 2
    assert not files.path(hashes[1]).exists()
    assert shop.as_user("owner").refused("get", EXPORT) == (404, "export_unknown")


def test_what_fails_is_told_and_can_be_asked_for_again(
    shop: Business, db: Database, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = shop.as_user("owner")

    def full(_content: bytes) -> str:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "put", full)
        owner.post(EXPORT, status=202)
        put_together(db, files)
    assert owner.get(EXPORT)["data"]["status"] == "failed"
    owner.post(EXPORT, status=202)
    put_together(db, files)
    assert owner.get(EXPORT)["data"]["status"] == "made"


def test_nothing_is_exported_of_what_is_erased(shop: Business, db: Database) -> None:
    owner = shop.as_user("owner")
    with db.system() as tx:
        tx.get_one(Tenant, shop.tenant_id).erased_at = tx.now
    assert owner.refused("post", EXPORT) == (409, "tenant_erased")
