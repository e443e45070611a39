"""`--demo-model`: a model server for trying things out, as a child process that ends with this one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from services.settings import SettingsError

# It is started by name: the program itself uses nothing of the scripts.
_SERVER = "scripts.model_server"
_HOME = Path(__file__).parents[1]
_REAL = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE")
TOLD = "The demo model answers. It only knows words, and nothing that it reads leaves this machine."


@contextmanager
def model(wanted: bool, environment: Mapping[str, str] | None = None) -> Iterator[Mapping[str, str]]:
    """The environment (the process's own if None) with the demo model as its server, as long as it is used.

    Not `wanted`, it stays as it is. Raises `SettingsError` where it names another server, and when ours can't start.
    """
    environment = os.environ if environment is None else environment
    if not wanted:
        yield environment
        return
    given = [name for name in environment if name.upper().removesuffix("_FILE") in _REAL]
    if given:
        raise SettingsError(f"{', '.join(given)}: names a model server; unset it, or leave --demo-model out")
    path = os.pathsep.join(filter(None, [environment.get("PYTHONPATH"), str(_HOME)]))
    server = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", _SERVER, "--port", "0", "--attached"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**environment, "PYTHONPATH": path},
    )  # fmt: skip
    try:
        url = _address(server)
        click.echo(TOLD, err=True)
        without = {
            name: value for name, value in environment.items() if name.upper() not in ("CHAT_MODEL", "OPENAI_MODEL")
        }
        yield {**without, "OPENAI_BASE_URL": url, "CHAT_MODEL": "demo"}
    finally:
        _end(server)


def _address(server: subprocess.Popen[bytes]) -> str:
    """Where it listens: it says so in its first line, once it does."""
    assert server.stdout is not None
    name, _, address = server.stdout.readline().decode().split(" ")[0].strip().partition("=")
    if name != "OPENAI_BASE_URL":
        raise SettingsError("--demo-model: the model server didn't start")
    return address


def _end(server: subprocess.Popen[bytes]) -> None:
    """Ends it as the end of its standard input does, which our own death brings as well."""
    assert server.stdin is not None and server.stdout is not None
    server.stdin.close()
    server.stdout.close()
    with suppress(subprocess.TimeoutExpired):
        server.wait(5)
        return
    server.kill()
    server.wait()
