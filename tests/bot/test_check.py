"""`python -m bot check`: what is misconfigured is named with its setting, nothing is changed, and no secret is told."""

from __future__ import annotations

import http.server
import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import URL

from bot.__main__ import main
from services.clock import VirtualClock
from services.db.engine import Database, make_engine
from services.policy import Policy
from services.tenants.tenants import NewTenant, register
from tests.conftest import KEY, OWNER, START, STRANGER, Server
from tests.db.asking import rows

SECRETS = {
    "SUPER_ADMIN_API_KEY": "Zx81-super-secret-key-of-the-boss", "SMTP_URL": "smtp://me:hidden-word@127.0.0.1:1",
    "OPENAI_API_KEY": "sk-hidden-model-key", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1", "ADMIN_EMAIL": "a@example.com",
}  # fmt: skip


class Checked:
    """What a check said, by name, and how it ended."""

    def __init__(self, environment: dict[str, str], *words: str) -> None:
        clean = dict.fromkeys((name for name in os.environ if name.startswith(("WHATSAPP_", "HTTP_"))), None)
        result = CliRunner().invoke(main, ["check", *words], env={**clean, **environment})
        self.code, self.output = result.exit_code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        self.lines = [line.split(None, 1) for line in result.output.splitlines()]

    def levels(self, name: str) -> set[str]:
        return {level for level, rest in self.lines if rest.startswith(f"{name}: ")}

    def problems(self) -> list[str]:
        return [rest for level, rest in self.lines if level == "problem"]


@pytest.fixture
def fitting(database_url: URL, tmp_path: Path) -> dict[str, str]:
    """The environment of an installation in which all is well."""
    return {
        "DATABASE_URL": database_url.render_as_string(hide_password=False), "SECRET_KEY": KEY.decode(),
        "DATA_DIR": str(tmp_path / "var"), "HTTP_PORT": "0",
        "SUPER_ADMIN_API_KEY": SECRETS["SUPER_ADMIN_API_KEY"],
    }  # fmt: skip


def everything(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((str(each), each.stat().st_mode, each.stat().st_mtime_ns) for each in folder.rglob("*"))


def test_all_is_well(fitting: dict[str, str], tmp_path: Path) -> None:
    before = everything(tmp_path)
    checked = Checked(fitting)
    assert (checked.code, checked.problems()) == (0, [])
    for name in ("migrations", "roles", "row-level security", "login", "pgvector", "HTTP_PORT", "disk", "SECRET_KEY"):
        assert checked.levels(name) == {"ok"}, name
    assert everything(tmp_path) == before


def test_no_secret_is_told_and_the_rest_is_told_without_a_database(fitting: dict[str, str]) -> None:
    environment = fitting | SECRETS | {"DATABASE_URL": "postgresql://owner:pass-word@127.0.0.1:1/x"}
    checked = Checked(environment, "--connect")
    assert checked.code == 1
    assert [each.partition(":")[0] for each in checked.problems()] == ["DATABASE_URL", "OPENAI_BASE_URL"]
    assert checked.levels("SMTP_URL") == {"ok", "warning"}
    for secret in ("pass-word", "hidden-word", "sk-hidden", "Zx81", KEY.decode()):
        assert secret not in checked.output


WRONG: list[tuple[str, str, str]] = [
    ("WHATSAPP_SESION_TTL", "1", "problem"),
    ("WORKER_THREADS", "many", "problem"),
    ("AI_PRICES", "[", "problem"),
    ("PLAN_PRICES", "{", "problem"),
    ("SUPER_ADMIN_NUMBERS", "the boss", "problem"),
    ("SUPER_ADMIN_API_KEY", "short", "problem"),
    ("SUPER_ADMIN_API_KEY", "password1234", "warning"),
    ("HTTP_HOST", "0.0.0.0", "warning"),
    ("HTTP_DOMAIN", "https://example.com/", "problem"),
    ("CORS_ORIGINS", "*", "problem"),
    ("CORS_ORIGINS", "http://example.com", "warning"),
    ("SMTP_URL", "mail.example.com", "problem"),
    ("ADMIN_EMAIL", "a@example.com", "warning"),
    ("EMBEDDING_MODEL", "some-model", "warning"),
    ("WHATSAPP_PROVIDER", "simulator", "warning"),
    ("WHATSAPP_STORE_URL", "mysql://x", "problem"),
]


@pytest.mark.parametrize(("name", "value", "level"), WRONG)
def test_what_is_wrong_is_named(name: str, value: str, level: str, tmp_path: Path) -> None:
    away = {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "SECRET_KEY": KEY.decode(), "DATA_DIR": str(tmp_path)}
    checked = Checked(away | {"HTTP_PORT": "0", name: value})
    assert checked.code == 1
    assert level in checked.levels(name)
    assert "Traceback" not in checked.output


def test_folders_and_secrets_that_others_may_read(fitting: dict[str, str], tmp_path: Path) -> None:
    del fitting["SECRET_KEY"]
    secrets = tmp_path / "var" / "secrets"
    secrets.mkdir(parents=True, mode=0o755)
    (secrets / "secret.key").write_text("k" * 40)
    (tmp_path / "key").write_text("a-key-of-the-super-admin-in-a-file")
    for path in (secrets, secrets / "secret.key", tmp_path / "key"):
        path.chmod(0o755)
    checked = Checked(fitting | {"SUPER_ADMIN_API_KEY_FILE": str(tmp_path / "key")})
    assert checked.levels("SECRET_KEY") == {"problem"}
    assert "problem" in checked.levels("DATA_DIR")
    assert checked.levels("SUPER_ADMIN_API_KEY_FILE") == {"warning"}
    (secrets / "secret.key").write_text("short")
    assert "holds no key" in Checked(fitting).output
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o755


def test_a_port_that_is_taken_by_another(fitting: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.settimeout(10)
        answering = threading.Thread(target=lambda: taken.accept()[0].close())
        answering.start()
        checked = Checked(fitting | {"HTTP_PORT": str(taken.getsockname()[1])})
        answering.join()
    assert checked.levels("HTTP_PORT") == {"problem"}


@pytest.fixture
def answering() -> Iterator[int]:
    """A port on which something answers as Juragan does, and as a model server without models."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"success": true, "data": {"status": "ok"}}')

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_a_port_where_juragan_runs_already(fitting: dict[str, str], answering: int) -> None:
    assert Checked(fitting | {"HTTP_PORT": str(answering)}).levels("HTTP_PORT") == {"ok"}


def test_a_schema_that_is_behind_or_open(fitting: dict[str, str], database_url: URL) -> None:
    rows(database_url, "alter table debts disable row level security")
    checked = Checked(fitting)
    assert checked.code == 1
    assert ["debts" in each for each in checked.problems()] == [True]
    rows(database_url, "update alembic_version set version_num = '0001'")
    assert Checked(fitting).levels("migrations") == {"warning"}
    rows(database_url, "update alembic_version set version_num = '9999'")
    assert Checked(fitting).levels("migrations") == {"problem"}


def test_another_secret_key_is_noticed(fitting: dict[str, str]) -> None:
    assert Checked(fitting | {"SECRET_KEY": "x" * 40}).levels("login") == {"warning"}


def test_a_single_business_that_is_several(fitting: dict[str, str], db: Database) -> None:
    register(db, NewTenant("Toko Maju", OWNER))
    assert Checked(fitting | {"WHATSAPP_MULTI_TENANT": "false", "WHATSAPP_ISOLATE_AUTH": "false"}).code == 0
    unknown = Checked(fitting | {"WHATSAPP_MULTI_TENANT": "false", "DEFAULT_COMPANY_ID": "nobody"})
    assert unknown.levels("DEFAULT_COMPANY_ID") == {"problem"}
    register(db, NewTenant("Toko Jaya", STRANGER))
    assert Checked(fitting | {"WHATSAPP_MULTI_TENANT": "false"}).levels("WHATSAPP_MULTI_TENANT") == {"problem"}
    named = {"WHATSAPP_MULTI_TENANT": "false", "DEFAULT_COMPANY_ID": "toko-jaya"}
    assert Checked(fitting | named).code == 0
    assert Checked(fitting | {"WHATSAPP_ISOLATE_AUTH": "false"}).levels("WHATSAPP_ISOLATE_AUTH") == {"problem"}
    taken = Checked(fitting | {"SUPER_ADMIN_NUMBERS": OWNER})
    assert "problem" in taken.levels("SUPER_ADMIN_NUMBERS")


def test_an_own_database_that_is_not_there_yet(tmp_path: Path) -> None:
    checked = Checked({"DATA_DIR": str(tmp_path / "var"), "HTTP_PORT": "0"})
    assert checked.code == 0
    assert "first start" in checked.output
    assert list(tmp_path.iterdir()) == []


def test_only_one_business_registers_where_there_is_to_be_one(server: Server, database_url: URL) -> None:
    engine = make_engine(server.serving.set(database=database_url.database), 2)
    single = Database(engine, VirtualClock(START), Policy(is_multi_tenant=False))
    register(single, NewTenant("Juragan", "6281100000009", is_platform=True))
    register(single, NewTenant("Toko Maju", OWNER))
    with pytest.raises(Exception, match="single_tenant"):
        register(single, NewTenant("Toko Jaya", STRANGER))
    single.close()
