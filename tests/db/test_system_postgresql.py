"""The same on a PostgreSQL of the system, 15 or later, where one is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from bot.simulation import Simulation, Speech
from bot.worker import Worker
from services import queue
from services.clock import SystemClock, VirtualClock
from services.db.engine import Database, make_engine
from services.db.opening import migrate
from services.settings import load_settings
from services.tenants.tenants import NewTenant, register
from tests.conftest import KEY, START
from tests.db import catalogue
from tests.db.asking import connected, eventually, rows, tenant_tables, value
from tests.db.test_migrations import differences

INSTALLED = Path("/usr/lib/postgresql")


def oldest_installed() -> Path | None:
    """The folder with the programs of the oldest version that Juragan promises to work with."""
    versions = sorted(int(each.name) for each in INSTALLED.glob("*") if each.name.isdecimal() and int(each.name) >= 15)
    found = [INSTALLED / str(version) / "bin" for version in versions]
    return next((folder for folder in found if (folder / "initdb").exists()), None)


@pytest.fixture(scope="module")
def system_url() -> Iterator[URL]:
    """The owner's address of a fresh database in a cluster of the system's PostgreSQL."""
    programs = oldest_installed()
    if programs is None:
        pytest.skip("no PostgreSQL 15 or later below /usr/lib/postgresql")
    as_user: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.getuid() == 0:
        as_user = ["runuser", "-u", "postgres", "--"]
        try:
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        except KeyError:
            pytest.skip("PostgreSQL doesn't run as root, and there is no user postgres")

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*as_user, str(programs / program), "-D", str(folder / "data"), *arguments],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, timeout=60,
        )  # fmt: skip

    run("initdb", "--auth=trust", "--username=owner", "--no-sync", "--encoding=utf8")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
    yield URL.create("postgresql+psycopg2", "owner", database="postgres", query={"host": str(folder)})
    run("pg_ctl", "-w", "-m", "fast", "stop")
    shutil.rmtree(folder)


def test_an_older_server_gets_the_same_schema_and_keeps_tenants_apart(system_url: URL) -> None:
    migrate(system_url, KEY)
    migrate(system_url, KEY)
    assert int(value(system_url, "show server_version_num")) >= 150000
    assert differences(system_url) == []
    with connected(system_url) as owner:
        assert catalogue.every_exception(owner, tenant_tables(owner)) == []


def test_a_message_is_handled_there_and_a_stranger_sees_nothing(system_url: URL, tmp_path: Path) -> None:
    settings = load_settings(
        {
            "DATABASE_URL": system_url.render_as_string(hide_password=False),
            "SECRET_KEY": KEY.decode(),
            "DATA_DIR": str(tmp_path),
        }
    )
    simulation = Simulation.open(settings, VirtualClock(START))
    try:
        tenant = simulation.place(NewTenant("Toko Maju", "6281100000001"))
        stranger = simulation.place(NewTenant("Orang Lain", "6281100000002"))
        simulation.say(tenant, Speech("owner", "pinjam Budi 500rb"))
        simulation.say(tenant, Speech("owner", "kontak Budi 081234567890"))
        simulation.say(tenant, Speech("6281234567890", "saldo"))
        assert [sent.to for sent in simulation.sent] == ["owner", "owner", "6281234567890"]
        assert "500.000" in simulation.sent[-1].text
        with simulation.platform.opened.database.tenant(stranger.tenant_id) as tx:
            for table in ("contacts", "debts", "ledger_entries", "messages", "outbox"):
                assert tx.scalar(text(f"select count(*) from {table}")) == 0, table
    finally:
        simulation.close()


def test_the_queue_works_there(system_url: URL) -> None:
    url = migrate(system_url, KEY)
    database = Database(make_engine(url, 4), SystemClock())
    made = register(database, NewTenant("Toko Antre", "6281100000003"))
    done: list[int] = []
    worker = Worker(url, {"probe": lambda tenant_id, n: done.append(n)}, 2)
    running = threading.Thread(target=worker.run)
    running.start()
    try:
        with database.tenant(made.tenant_id) as tx:
            queue.defer(tx, "probe", "probe:1", n=1)
            queue.defer(tx, "probe", "probe:1", n=1)
            queue.defer(tx, "probe", "probe:later", at=tx.now + timedelta(seconds=0.3), n=2)
        eventually(lambda: len(done) == 2)
        assert done == [1, 2]
    finally:
        worker.stop()
        running.join(10)
        database.close()
    assert not running.is_alive()
    assert rows(system_url, "select * from procrastinate_jobs") == []
