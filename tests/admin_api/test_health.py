"""How the installation is: little for strangers, everything with a key, figures for Prometheus."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import URL

from admin_api import VERSION
from admin_api.app import create_app
from admin_api.auth import KeyChecker
from services import queue
from services.clock import VirtualClock
from services.db.engine import Database
from services.settings import Settings
from services.tenants.tenants import NewTenant, register
from tests.admin_api.conftest import KEY, Api, counted
from tests.db.asking import rows


def test_a_stranger_hears_only_the_status(api: Api) -> None:
    api.headers = {}
    assert api.get("/health") == {"success": True, "data": {"status": "ok"}}


def test_details_with_a_key(db: Database, settings: Settings) -> None:
    register(db, NewTenant("Toko Maju", "6281100000001"))
    app = create_app(db, settings, keys=KeyChecker(db, (KEY,)), work=lambda: {"worker": "busy"})
    data = Api(app, db).get("/health")["data"]
    assert data["database"]["ok"] is True
    assert (data["status"], data["version"], data["sessions"]) == ("ok", VERSION, {"new": 1})
    assert (data["queue"], data["work"]) == ({"waiting": 0, "oldestSeconds": 0.0}, {"worker": "busy"})


def test_work_that_waits_for_long_is_trouble(api: Api, db: Database, clock: VirtualClock) -> None:
    with db.system() as tx:
        queue.defer(tx, "sweep", "sweep", at=tx.now)
        queue.defer(tx, "sweep", "later", at=tx.now + timedelta(hours=1))
    assert api.get("/health")["data"]["queue"] == {"waiting": 1, "oldestSeconds": 0.0}
    clock.move_to(clock.now() + timedelta(minutes=2))
    data = api.get("/health")["data"]
    assert (data["status"], data["queue"]) == ("degraded", {"waiting": 1, "oldestSeconds": 120.0})


def test_a_job_without_a_time_counts_from_when_it_came(api: Api, db: Database, database_url: URL) -> None:
    with db.system() as tx:
        queue.defer(tx, "sweep", "sweep")
    rows(database_url, "update procrastinate_events set at = '2025-02-13 02:59:30Z'")
    assert api.get("/health")["data"]["queue"] == {"waiting": 1, "oldestSeconds": 30.0}


def test_a_number_that_was_lost_is_trouble(api: Api, db: Database, database_url: URL) -> None:
    register(db, NewTenant("Toko Maju", "6281100000001"))
    rows(database_url, "update sessions set state = 'banned'")
    assert api.get("/health")["data"]["status"] == "degraded"


def test_metrics_are_read_in_few_statements(api: Api, db: Database) -> None:
    register(db, NewTenant("Toko Maju", "6281100000001"))
    api.get("/nothing", 404)
    with counted(db) as statements:
        api.get("/metrics")
    assert len(statements) <= 6
    assert api.last.mimetype == "text/plain"
    families = {family.name: family for family in text_string_to_metric_families(api.last.text)}
    assert {
        "juragan_database_up", "juragan_sessions", "juragan_outbox_messages", "juragan_queue_waiting",
        "juragan_queue_oldest_seconds", "juragan_inbox_waiting", "juragan_messages_handled",
        "juragan_http_request_seconds", "process_resident_memory_bytes",
    } <= families.keys()  # fmt: skip
    (sample,) = families["juragan_sessions"].samples
    assert (sample.labels, sample.value) == ({"state": "new"}, 1.0)
    labels = [sample.labels for sample in families["juragan_http_request_seconds"].samples]
    assert any(label.get("route") == "none" and label["status"] == "404" for label in labels)


def test_each_application_has_its_own_figures(make_app: Callable[..., Flask], db: Database) -> None:
    first, second = Api(make_app(), db), Api(make_app(), db)
    first.get("/admin/stats")
    second.get("/metrics")
    assert 'route="/admin/stats"' not in second.last.text


def test_what_passed_through_is_counted(api: Api, db: Database, database_url: URL) -> None:
    made = register(db, NewTenant("Toko Maju", "6281100000001"))
    for n, done in enumerate(("null", "now()")):
        rows(
            database_url,
            "insert into messages (tenant_id, session_id, provider_id, chat, sender, from_me, kind, body, sent_at,"
            f" received_at, processed_at) values ({made.tenant_id}, {made.session_id}, 'X{n}', 'phone:1', 'phone:1',"
            f" false, 'text', '', '2025-02-13 02:59Z', '2025-02-13 02:59Z', {done})",
        )
    api.get("/metrics")
    lines = api.last.text.splitlines()
    for line in (
        "juragan_inbox_waiting 1.0",
        "juragan_inbox_oldest_seconds 60.0",
        "juragan_messages_handled_total 1.0",
    ):
        assert line in lines
