"""The secret key: made once, for its user's eyes only, and never an empty one."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.security import KEY_FILE, derive, load_secret_key


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def permissive_umask() -> object:
    """Rights must not come from the umask of whoever starts the service."""
    before = os.umask(0o000)
    yield
    os.umask(before)


def test_the_key_is_made_once_and_only_its_user_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "secrets"
    key = load_secret_key(folder, None)
    assert len(key) >= 32
    assert load_secret_key(folder, None) == key
    assert (mode(folder), mode(folder / KEY_FILE)) == (0o700, 0o600)
    assert [each.name for each in folder.iterdir()] == [KEY_FILE]


def test_a_folder_that_others_may_enter_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)
    load_secret_key(folder, None)
    assert mode(folder) == 0o700


def test_a_key_from_the_settings_leaves_no_file(tmp_path: Path) -> None:
    assert load_secret_key(tmp_path / "secrets", "x" * 40) == b"x" * 40
    assert not (tmp_path / "secrets").exists()


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for attempt in range(20):
            folder = tmp_path / str(attempt)
            keys = set(pool.map(lambda _, folder=folder: load_secret_key(folder, None), range(8)))
            assert len(keys) == 1
            assert len(keys.pop()) >= 32


def test_an_emptied_key_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text("\n")
    with pytest.raises(ValueError, match=KEY_FILE):
        load_secret_key(tmp_path, None)


def test_each_purpose_has_a_secret_of_its_own() -> None:
    secrets = {derive(b"k" * 32, "one"), derive(b"k" * 32, "two"), derive(b"l" * 32, "one")}
    assert len(secrets) == 3
    assert all(secret.isalnum() and len(secret) == 64 for secret in secrets)
    assert derive(b"k" * 32, "one") in secrets
