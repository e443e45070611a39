"""Settings: nonsense stops the start, and the message names the variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.settings import SettingsError, load_settings


def problem(**environment: str) -> str:
    with pytest.raises(SettingsError) as error:
        load_settings(environment)
    return str(error.value)


def test_without_any_variable_there_are_defaults() -> None:
    settings = load_settings({})
    assert (settings.debounce_seconds, settings.whatsapp_log_level, settings.database_url) == (3, "info", None)


@pytest.mark.parametrize(
    "name", ["WHATSAPP_SESION_TTL", "whatsapp_unknown", "JURAGAN_X", "ENABLE_EVERYTHING", "DATABASE_ULR"]
)
def test_a_misspelt_variable_is_named(name: str) -> None:
    assert problem(**{name: "1"}) == f"{name.upper()}: no such setting"


def test_variables_of_other_programs_are_none_of_its_business() -> None:
    load_settings({"PATH": "/bin", "LANG": "C", "HOME": "/", "PGHOST": "x", "UNKNOWN": "1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKER_THREADS", "many"),
        ("WORKER_THREADS", "0"),
        ("WORKER_THREADS", ""),
        ("DEBOUNCE_SECONDS", "-1"),
        ("DEBOUNCE_SECONDS", "nan"),
        ("DATABASE_POOL", "1"),
        ("SECRET_KEY", "short"),
        ("WHATSAPP_PROVIDER", "baileys"),
        ("WHATSAPP_LOG_LEVEL", "loud"),
        ("WHATSAPP_LOG_TO_FILE", "perhaps"),
        ("RETENTION_DAYS", "0"),
        ("DATABASE_URL", "mysql://u:p@h/d"),
        ("DATABASE_URL", "nonsense"),
    ],
)
def test_an_unreadable_value_is_named(name: str, value: str) -> None:
    assert problem(**{name: value}).startswith(f"{name}: ")


def test_every_problem_is_told_at_once() -> None:
    told = problem(WHATSAPP_X="1", WORKER_THREADS="many", DATABASE_POOL="1000").splitlines()
    assert [line.partition(":")[0] for line in told] == ["WHATSAPP_X", "DATABASE_POOL", "WORKER_THREADS"]


def test_a_problem_never_shows_a_secret() -> None:
    assert "hunter2" not in problem(SECRET_KEY="hunter2")
    assert "hunter2" not in problem(DATABASE_URL="mysql://u:hunter2@h/d")
    settings = load_settings({"SECRET_KEY": "hunter2" * 6, "DATABASE_URL": "postgresql://u:hunter2@h/d"})
    assert "hunter2" not in repr(settings)


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("k" * 40 + "\n")
    settings = load_settings({"SECRET_KEY_FILE": str(file)})
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == "k" * 40


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\xff")
    for path in (tmp_path / "missing", tmp_path, binary):
        told = problem(SECRET_KEY_FILE=str(path))
        assert told.startswith(f"SECRET_KEY_FILE: {path} can't be read")
    assert problem(WHATSAPP_UNKNOWN_FILE="/x") == "WHATSAPP_UNKNOWN_FILE: no such setting"


@pytest.mark.parametrize("level", ["debug", "DEBUG", "Debug"])
def test_an_alias_means_the_same_and_the_name_itself_wins(level: str) -> None:
    assert load_settings({"LOG_LEVEL": level}).whatsapp_log_level == "debug"
    assert load_settings({"WHATSAPP_LOG_LEVEL": level}).whatsapp_log_level == "debug"
    assert load_settings({"LOG_LEVEL": level, "WHATSAPP_LOG_LEVEL": "error"}).whatsapp_log_level == "error"


def test_an_unreadable_alias_is_named_as_it_was_written() -> None:
    assert problem(LOG_LEVEL="loud").startswith("LOG_LEVEL: ")


def test_only_the_given_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBOUNCE_SECONDS", "9")
    assert load_settings({}).debounce_seconds == 3
    assert load_settings().debounce_seconds == 9


def test_blocked_numbers_are_read_in_any_spelling() -> None:
    settings = load_settings({"WHATSAPP_BLOCKED_NUMBERS": "+62 811-222, 6281333,, "})
    assert settings.blocked_numbers == {"62811222", "6281333"}


def test_settings_stay_as_they_are() -> None:
    with pytest.raises(Exception, match="frozen"):
        load_settings({}).debounce_seconds = 1  # type: ignore[misc]
