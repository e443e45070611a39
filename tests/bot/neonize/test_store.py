"""Where sessions are kept, read without the library."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import URL

from bot.transports.base import TransportError
from bot.transports.neonize import store
from bot.transports.neonize.terms import Own, Paired
from tests.bot.neonize.events import OWN
from tests.bot.neonize.stores import add_device


def test_each_session_has_a_file_that_others_cant_open(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    name = store.store_name(folder, None, 3, 14)
    assert name == str(folder / "3" / "14.db")
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder, folder / "3")] == [0o700, 0o700]
    assert store.store_name(folder, None, 3, 14) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgres://u:p@h/db", "postgres://u:p@h/db"),
        ("postgresql://u:p@h/db?sslmode=disable", "postgresql://u:p@h/db?sslmode=disable"),
        ("postgresql+psycopg://u:p@h/db", "postgresql://u:p@h/db"),
    ],
)
def test_on_a_server_sessions_share_a_database(tmp_path: Path, url: str, name: str) -> None:
    assert store.store_name(tmp_path / "x", url, 3, 14) == name
    assert not (tmp_path / "x").exists()


def test_a_device_is_found_by_number_and_device(store_path: Path) -> None:
    name = str(store_path)
    assert store.has_device(name, OWN)
    assert not store.has_device(name, Own(OWN.phone, OWN.device + 1))
    assert not store.has_device(name, Own("6281200000009", OWN.device))
    assert store.devices(name) == [Paired(OWN, "Toko, Maju")]


def test_several_devices(store_path: Path) -> None:
    add_device(store_path, Own("6281200000000", 0), "Lain")
    assert store.devices(str(store_path)) == [Paired(Own("6281200000000", 0), "Lain"), Paired(OWN, "Toko, Maju")]


def test_a_missing_file_has_no_device_and_isnt_made(tmp_path: Path) -> None:
    assert not store.has_device(str(tmp_path / "no.db"), OWN)
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_the_table_has_no_device(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    assert store.devices(str(tmp_path / "empty.db")) == []


def test_a_spoilt_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(TransportError, match="can't be read"):
        store.has_device(str(tmp_path / "x.db"), OWN)


def test_forgetting_removes_all_files(store_path: Path) -> None:
    for end in ("-wal", "-shm", "-journal"):
        Path(f"{store_path}{end}").touch()
    store.forget(str(store_path), OWN)
    assert list(store_path.parent.iterdir()) == []
    store.forget(str(store_path), OWN)


def test_devices_on_a_server(database_url: URL, tmp_path: Path) -> None:
    name = store.store_name(tmp_path, database_url.render_as_string(hide_password=False), 1, 1)
    assert store.devices(name) == []
    other = Own("6281200000002", 1)
    with closing(psycopg2.connect(name)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("create table whatsmeow_device (jid text primary key, lid text, push_name text not null)")
        cursor.execute(
            "insert into whatsmeow_device values (%s, %s, %s), (%s, null, '')",
            (f"{OWN.phone}:7@s.whatsapp.net", f"{OWN.lid}:7@lid", "Toko", f"{other.phone}:1@s.whatsapp.net"),
        )
    assert store.devices(name) == [Paired(OWN, "Toko"), Paired(other, "")]
    store.forget(name, OWN)
    assert not store.has_device(name, OWN) and store.has_device(name, other)


def test_a_server_that_is_away_is_an_error() -> None:
    with pytest.raises(TransportError) as failed:
        store.has_device("postgresql://nobody@127.0.0.1:1/none", OWN)
    assert failed.value.retry_after is not None


KILLED = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("pragma cache_size = 1")
connection.execute("pragma cache_spill = 1")
connection.execute("create table if not exists filler (x)")
connection.commit()
connection.execute("delete from whatsmeow_device")
for _ in range(3000):
    connection.execute("insert into filler values (randomblob(400))")
os._exit(9)
"""


def test_what_a_killed_process_left_half_done_is_undone(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_SETTLE_SECONDS", 0.2)
    subprocess.run([sys.executable, "-c", KILLED, str(store_path)], check=False)
    assert Path(f"{store_path}-journal").exists()
    assert store.has_device(str(store_path), OWN)
    assert not Path(f"{store_path}-journal").exists()


def test_a_change_that_another_process_is_making_doesnt_disturb(store_path: Path) -> None:
    with sqlite3.connect(store_path) as writing:
        writing.execute("begin immediate")
        asked = "import sys; from bot.transports.neonize import store; print(len(store.devices(sys.argv[1])))"
        found = subprocess.run(
            [sys.executable, "-c", asked, str(store_path)], check=True, capture_output=True, text=True
        )
    writing.close()
    assert found.stdout.split()[-1] == "1"


def test_the_librarys_own_table_has_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "real.db"
    make = "import sys; from neonize.client import ClientFactory; ClientFactory.get_all_devices_from_db(sys.argv[1])"
    subprocess.run([sys.executable, "-c", make, str(path)], check=True, capture_output=True)
    assert path.exists()
    assert store.devices(str(path)) == []
    with sqlite3.connect(path) as connection:
        columns = {row[1] for row in connection.execute("pragma table_info(whatsmeow_device)")}
    connection.close()
    assert columns >= {"jid", "lid", "push_name"}
