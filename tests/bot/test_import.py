"""`python -m bot import-single`: an installation of a single business becomes the first tenant here, once."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import URL, event
from sqlalchemy.engine import Engine

from bot.__main__ import main
from services.db.engine import Database
from services.tenants.tenants import NewTenant, register
from tests.conftest import KEY, STRANGER
from tests.db.asking import rows, value

PHONE = "6281234500001"
INSTALLATION = {
    "name": "Toko Lama", "phone": "081234500001", "language": "id", "timezone": "Asia/Makassar", "currency": "IDR",
    "country": "ID", "email": "dani@example.com", "owner": "Pak Dani", "apiKey": "old-secret-key", "theme": "dark",
}  # fmt: skip
CONTACTS = """id,contact_number,contact_name,notes,tags,is_blocked
1,081200000001,Budi,"suka tunai, bayar tepat",vip;Pelanggan Lama,0
2,+62 812-0000-0002,Siti,,,1
3,12,Salah,,,0
4,,Tanpa Nomor,,,0
5,081200000001,Budi Lagi,,,0
,,,,,
6,081234500001,Saya Sendiri,,,0
7,6281200000009@s.whatsapp.net,,,,0
"""
MESSAGES: list[Any] = [
    {"phone": "081200000001", "direction": "in", "text": "Masih buka?", "at": "2025-01-05T10:00:00"},
    {"phone": "081200000001", "direction": "out", "text": "Masih, sampai jam 9", "at": "2025-01-05T10:01:00"},
    {"phone": "081299999999", "direction": "incoming", "message": "Halo", "timestamp": 1736000000, "id": "WA1"},
    {"phone": "081299999999", "direction": "incoming", "message": "Halo", "timestamp": 1736000000, "id": "WA1"},
    {"phone": "081299999999", "direction": "sideways", "text": "?", "at": "2025-01-05"},
    {"phone": "081299999999", "direction": "in", "text": "besok", "at": "2999-01-05"},
    {"phone": "081299999999", "direction": "in", "text": "kapan", "at": "kemarin"},
    [],
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    there = tmp_path / "old"
    there.mkdir()
    (there / "installation.json").write_text(json.dumps(INSTALLATION))
    (there / "contacts.csv").write_text(CONTACTS)
    (there / "messages.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in MESSAGES) + '{"half\n')
    return there


class Import:
    """The command, run against the test's database."""

    def __init__(self, url: URL, folder: Path, data: Path) -> None:
        self.folder, self.data = folder, data
        self.environment = {
            "DATABASE_URL": url.render_as_string(hide_password=False), "SECRET_KEY": KEY.decode(),
            "DATA_DIR": str(data),
        }  # fmt: skip

    def __call__(self, *words: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["import-single", str(self.folder), *words], env=self.environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output


@pytest.fixture
def run(database_url: URL, folder: Path, tmp_path: Path) -> Import:
    return Import(database_url, folder, tmp_path / "var")


def kept(url: URL) -> dict[str, Any]:
    tables = (
        "tenants",
        "users",
        "contacts",
        "contact_identities",
        "contact_tags",
        "conversations",
        "messages",
        "outbox",
    )
    return {
        table: [str(row) for row in rows(url, f"select t::text from {table} t order by 1")]
        for table in [*tables, "outbox"]
    }


def test_it_becomes_the_first_tenant_once(run: Import, database_url: URL, folder: Path) -> None:
    before = kept(database_url)
    code, told = run("--dry-run")
    assert (code, kept(database_url)) == (0, before)
    assert "4 contacts, 2 messages received and 1 sent" in told
    code, told = run()
    assert code == 0
    assert "4 contacts, 2 messages received and 1 sent" in told
    for said in ("contacts.csv, line 4", "messages.jsonl, line 5", "line 6", "line 7", "line 8", "line 9", "theme"):
        assert said in told, said
    assert "API key ends" in told
    assert "old-secret-key" not in told
    tenant = rows(database_url, "select id, slug, name, status, phone, timezone, email from tenants")
    assert tenant == [(1, "toko-lama", "Toko Lama", "active", PHONE, "Asia/Makassar", "dani@example.com")]
    assert rows(database_url, "select name, phone, role from users") == [("Pak Dani", PHONE, "owner")]
    after = kept(database_url)
    assert run()[0] == 0
    assert kept(database_url) == after
    with (folder / "contacts.csv").open("a") as more:
        more.write("8,081200000077,Baru,,,0\n")
    assert "1 contacts, 0 messages received and 0 sent (7 were here already)" in run()[1]


def test_what_comes_is_what_was_there(run: Import, database_url: URL) -> None:
    run()
    people = rows(
        database_url,
        "select c.name, c.note, c.blocked_at is not null as blocked, i.value, (select string_agg(tag, ' ' order by tag)"
        " from contact_tags t where t.contact_id = c.id) as tags from contacts c"
        " left join contact_identities i on i.contact_id = c.id order by c.id",
    )
    assert people == [
        ("Budi", "suka tunai, bayar tepat", False, "6281200000001", "pelanggan-lama vip"),
        ("Siti", None, True, "6281200000002", None),
        ("Tanpa Nomor", None, False, None, None),
        (None, None, False, "6281200000009", None),
        (None, None, False, "6281299999999", None),
    ]
    assert rows(database_url, "select body, chat, outcome, sent_at::text, processed_at is not null from messages") == [
        ("Halo", "phone:6281299999999", "imported", "2025-01-04 14:13:20+00", True),
        ("Masih buka?", "phone:6281200000001", "imported", "2025-01-05 02:00:00+00", True),
    ]
    assert rows(database_url, "select body, status from outbox") == [("Masih, sampai jam 9", "sent")]
    assert value(database_url, "select count(*) from conversations where contact_id is not null") == 2
    assert rows(database_url, "select * from procrastinate_jobs") == []


def test_only_where_no_other_business_is(run: Import, database_url: URL, db: Database) -> None:
    register(db, NewTenant("Juragan", "6281100000009", is_platform=True))
    register(db, NewTenant("Toko Jaya", STRANGER))
    before = kept(database_url)
    for words in ((), ("--dry-run",)):
        code, told = run(*words)
        assert code == 2
        assert "business here already" in told
    assert kept(database_url) == before


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (None, "there is no"), ("{", "can't be read"), ("[]", "no JSON object"), ("{}", "name and phone missing"),
        ('{"name": "Toko", "phone": "12"}', "no phone number"),
        ('{"name": "Toko", "phone": "081234500001", "currency": "XYZ"}', "XYZ"),
        ('{"name": "Toko", "phone": "081234500001", "timezone": "Mars"}', "Mars"),
        ("[" * 100_000, "can't be read"),
    ],
)  # fmt: skip
def test_an_installation_that_cannot_be_read(run: Import, folder: Path, written: str | None, says: str) -> None:
    (folder / "installation.json").unlink()
    if written is not None:
        (folder / "installation.json").write_text(written)
    code, told = run("--dry-run")
    assert code == 2
    assert says in told
    assert "Traceback" not in told


def test_files_that_are_none(run: Import, folder: Path, database_url: URL) -> None:
    (folder / "contacts.csv").write_bytes(b"\xff\xfe\x00name")
    (folder / "contacts.json").write_text('[{"name": "Siti", "tags": 5}, 7, {"name": "Budi", "tags": ["vip", "#"]}]')
    (folder / "messages.jsonl").write_text("")
    code, told = run()
    assert code == 0
    for said in ("contacts.csv, line 1", "contacts.json, line 2", "contacts.json, line 3"):
        assert said in told, said
    assert [row[0] for row in rows(database_url, "select name from contacts")] == ["Siti"]


def session_file(path: Path, phone: str) -> None:
    """A store of linked devices as the library writes it, as far as it is looked at here."""
    with closing(sqlite3.connect(path)) as store:
        store.execute("create table whatsmeow_device (jid text, lid text, push_name text)")
        store.execute("insert into whatsmeow_device values (?, '99:7@lid', 'Toko')", (f"{phone}:7@s.whatsapp.net",))
        store.commit()


def test_its_whatsapp_session_goes_on(run: Import, folder: Path, database_url: URL) -> None:
    session_file(folder / "session.sqlite3", PHONE)
    assert f"would go on as +{PHONE}" in run("--dry-run")[1]
    assert f"goes on as +{PHONE}" in run()[1]
    session = rows(database_url, "select id, device, lid, state, desired_state from sessions")
    assert session == [(1, 7, "99", "reconnecting", "connected")]
    copy = run.data / "whatsapp" / "1" / "1.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as store:
        assert store.execute("select jid from whatsmeow_device").fetchall() == [(f"{PHONE}:7@s.whatsapp.net",)]
    assert "linked already" in run()[1]


@pytest.mark.parametrize("what", ["another number", "no database", "nothing"])
def test_a_session_that_is_not_its_own_is_linked_again(
    run: Import, folder: Path, database_url: URL, what: str
) -> None:  # fmt: skip
    if what == "another number":
        session_file(folder / "session.sqlite3", STRANGER)
    elif what == "no database":
        (folder / "session.sqlite3").write_bytes(b"nothing of the kind" * 100)
    code, told = run()
    assert code == 0
    assert "link the number again" in told
    assert rows(database_url, "select device, state from sessions") == [(None, "new")]
    assert not (run.data / "whatsapp" / "1").exists()


def test_many_lines_take_few_statements(run: Import, folder: Path) -> None:
    lines = "".join(f"{n},0813{n:08d},Orang {n},,vip,0\n" for n in range(600))
    (folder / "contacts.csv").write_text(CONTACTS.splitlines()[0] + "\n" + lines)
    said = (
        {"phone": f"0813{n % 300:08d}", "direction": "in" if n % 2 else "out", "text": str(n), "at": 1736000000 + n}
        for n in range(600)
    )
    (folder / "messages.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in said))
    inserts: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "INSERT" in statement.upper().split("(")[0]:
            inserts.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert "600 contacts, 300 messages received and 300 sent" in run()[1]
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(inserts) < 20
