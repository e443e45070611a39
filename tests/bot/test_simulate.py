"""`python -m bot simulate` as a program: lines in, lines out, and a book that goes on where it stopped."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner

from bot.__main__ import main

NOW = "2025-02-13T10:00:00+07:00"


def simulate(*options: str, lines: list[dict[str, Any]]) -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, the answers, and what was written to standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "simulate", *options],
        input="".join(json.dumps(line) + "\n" for line in lines),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def servers_below(folder: str) -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter(["name", "cmdline"])
        if process.info["name"] == "postgres" and any(folder in part for part in process.info["cmdline"] or ())
    ]


def test_with_a_folder_the_book_and_the_clock_go_on(tmp_path: Path) -> None:
    options = ("--json", "--data", str(tmp_path / "data"), "--tenant", "Toko Maju")
    code, first, log = simulate(
        *options, "--now", NOW,
        lines=[{"from": "owner", "text": "pinjam Budi 500rb", "id": "A1"}, {"advance": "3d"}],
    )  # fmt: skip
    assert (code, log) == (0, "")
    assert [answer["error"] for answer in first] == [None, None]
    assert first[-1]["at"] == "2025-02-16T10:00:00+07:00"
    assert servers_below(str(tmp_path)) == []
    code, second, log = simulate(
        *options, "--now", NOW,
        lines=[{"from": "owner", "text": "pinjam Budi 500rb", "id": "A1"}, {"from": "owner", "text": "status Budi"}],
    )  # fmt: skip
    assert (code, log) == (0, "")
    assert second[0]["sent"] == []
    assert second[0]["at"] == "2025-02-16T10:00:00+07:00"
    assert "500.000" in second[1]["sent"][0]["text"]


def test_without_a_folder_nothing_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # PostgreSQL's own user must get in there, and the path must be short enough for a socket.
    with tempfile.TemporaryDirectory(prefix="t") as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setenv("TMPDIR", folder)
        code, answers, log = simulate(
            "--json", "--now", NOW, "--locale", "en", "--currency", "USD", "--timezone", "America/New_York",
            "--owner", "12025550123", "--plan", "basic",
            lines=[{"from": "owner", "text": "lend Sara 200"}, {"from": "owner"}, {"fault": "fire"}],
        )  # fmt: skip
        assert (code, log) == (0, "")
        assert answers[0]["at"] == "2025-02-12T22:00:00-05:00"
        assert "$200" in answers[0]["sent"][0]["text"]
        assert answers[2]["error"]
        # What may stay is the user's own folder for sockets and locks, named by their number.
        left = [each.name for each in Path(folder).iterdir() if each.name.startswith("juragan-")]
        assert [name for name in left if not name.removeprefix("juragan-").isdecimal()] == []
        assert servers_below(folder) == []


@pytest.mark.parametrize(
    ("option", "given"),
    [("--timezone", "Mars/Base"), ("--currency", "XXQ"), ("--now", "soon"), ("--owner", "me"), ("--plan", "gold")],
)
def test_an_option_that_makes_no_sense_is_named(option: str, given: str) -> None:
    result = CliRunner().invoke(main, ["simulate", "--json", option, given], input="")
    assert result.exit_code == 2
    assert given in result.output
