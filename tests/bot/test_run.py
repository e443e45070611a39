"""The platform as a process: starts, works, stops in time, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import URL

from services.clock import SystemClock
from services.db.embedded import start_embedded
from services.db.engine import Database, make_engine
from services.db.opening import migrate
from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.tenants.tenants import NewTenant, Registered, register
from tests.conftest import KEY, OWNER
from tests.db.asking import eventually, rows, value

Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts `python -m bot run`; what still runs after the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(**settings: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "DATA_DIR": str(tmp_path / "var"), "SECRET_KEY": KEY.decode(), **settings}
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], env=environment, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for_line(process: subprocess.Popen[str], word: str) -> str:
    """The next line of the log with `word`; fails when the process ends without it."""
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if word in line:
            return line
    raise AssertionError(f"ended without {word}: {''.join(seen)}")


def ends(process: subprocess.Popen[str], *signals: int) -> tuple[int, str, float]:
    """Sends signals; returns exit code, the rest of the log, and how long it took."""
    began = time.monotonic()
    for number in signals:
        process.send_signal(number)
        time.sleep(0.05)
    _, log = process.communicate(timeout=20)
    return process.returncode, log, time.monotonic() - began


def accept(database: Database, place: Registered, id_: str, text: str, number: str = OWNER) -> None:
    address = Address.phone(number)
    message = Inbound(id_, address, address, number == OWNER, text, database.clock.now())
    inbox.accept(database, place.tenant_id, place.session_id, [message])


def host_of(process: subprocess.Popen[str]) -> psutil.Process | None:
    """The session host that the platform has started, if it has."""
    for child in psutil.Process(process.pid).children():
        try:
            if child.cmdline()[-1:] == ["host"]:
                return child
        except psutil.Error:
            continue
    return None


def test_it_handles_a_message_and_stops_with_its_hosts_when_told_to(
    run: Run, database_url: URL, live: Database, linked: Callable[[int], list[Registered]]
) -> None:
    place = register(live, NewTenant("Orang Baru", OWNER))
    process = run(DATABASE_URL=database_url.render_as_string(hide_password=False), HTTP_PORT="0")
    wait_for_line(process, "event=running")
    linked(1)
    accept(live, place, "X1", "pinjam Budi 500rb")
    eventually(lambda: value(database_url, "select count(*) from messages where processed_at is not null"))
    assert value(database_url, "select count(*) from ledger_entries") == 1
    host = eventually(lambda: host_of(process))
    assert isinstance(host, psutil.Process)
    users = rows(
        database_url,
        "select distinct usename from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    )
    assert [user.usename for user in users] == ["app_login"]
    code, log, seconds = ends(process, signal.SIGTERM)
    assert (code, seconds < 10) == (0, True), log
    assert "event=stopped" in log
    assert "Budi" not in log
    assert value(database_url, "select count(*) from procrastinate_workers") == 0
    _gone, alive = psutil.wait_procs([host], timeout=10)
    assert alive == []


def test_after_a_kill_nothing_is_lost_and_its_own_database_stops_with_it_however_often_it_is_told(
    run: Run, tmp_path: Path
) -> None:
    process = run()
    wait_for_line(process, "event=running")
    process.kill()
    process.wait()
    server = start_embedded(tmp_path / "var" / "db", KEY)
    database = Database(make_engine(migrate(server.url, KEY), 2), SystemClock())
    place = register(database, NewTenant("Toko Maju", OWNER))
    accept(database, place, "X1", "pinjam Budi 500rb")
    # As if it had been killed while it handled the message.
    rows(server.url, "update procrastinate_jobs set status = 'doing'")
    again = run()
    wait_for_line(again, "event=running")
    eventually(lambda: value(server.url, "select count(*) from messages where processed_at is not null"))
    accept(database, place, "X1", "pinjam Budi 500rb")
    accept(database, place, "X2", "status Budi")
    eventually(lambda: value(server.url, "select count(*) from messages where processed_at is not null") == 2)
    assert value(server.url, "select count(*) from ledger_entries") == 1
    database.close()
    pid = server.server.get_pid()
    assert pid is not None
    # The process uses it still, and is the last to do so.
    server.stop()
    postmaster = psutil.Process(pid)
    assert postmaster.is_running()
    code, log, seconds = ends(again, signal.SIGINT, signal.SIGINT, signal.SIGTERM)
    assert (code, seconds < 10) == (0, True), log
    assert "Traceback" not in log
    assert not postmaster.is_running() or postmaster.status() == psutil.STATUS_ZOMBIE


def test_a_setting_that_makes_no_sense_stops_the_start_with_its_name(run: Run) -> None:
    process = run(WHATSAPP_SESION_TTL="1", WORKER_THREADS="many")
    code, log, _ = ends(process)
    assert code == 2
    assert "WHATSAPP_SESION_TTL" in log
    assert "WORKER_THREADS" in log
    assert "Traceback" not in log
