"""The calls of `docs/api.md`, made in their order against a fresh installation: each must do what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

from flask import Flask

from admin_api.aliases import ALIASES
from tests.admin_api.conftest import KEY

PAGE = Path(__file__).parents[2] / "docs/api.md"
_BLOCKS = re.compile(r"<!-- calls -->\n```sh\n(.*?)```", re.DOTALL)
_ASSIGNED = re.compile(r"([A-Z]+)=\$\((curl .*?) \| jq -r (\S+)\)$", re.DOTALL)


class Shell:
    """As much of a shell as the page needs: variables, `curl`, and `jq -r .a.b` of its answer."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.variables = {"JURAGAN": "", "ADMIN": KEY}

    def run(self, command: str) -> Any:
        assigned = _ASSIGNED.fullmatch(command)
        answer = self._curl(assigned[2] if assigned else command)
        if assigned:
            value = answer
            for part in assigned[3].strip(".").split("."):
                value = value[int(part) if part.isdigit() else part]
            self.variables[assigned[1]] = str(value)
        return answer

    def _curl(self, command: str) -> Any:
        filled = re.sub(r"\$([A-Z]+)", lambda match: self.variables[match[1]], command)
        words = iter(shlex.split(filled)[1:])
        method, path, headers, body = None, "", {}, None
        for word in words:
            if word == "-X":
                method = next(words)
            elif word == "-H":
                name, _colon, value = next(words).partition(":")
                headers[name] = value.strip()
            elif word in ("-d", "--data-binary"):
                body = next(words)
            else:
                path = word
        verb = method or ("GET" if body is None else "POST")
        response = self.client.open(path, method=verb, headers=headers, data=body)
        assert response.status_code < 400, (command, response.text)
        return response.json if response.is_json else response.text


def commands() -> list[str]:
    """Every call of the page, its lines joined."""
    found = []
    for block in _BLOCKS.findall(PAGE.read_text(encoding="utf-8")):
        lines = [line for line in block.splitlines() if line.strip() and not line.startswith("#")]
        found += re.split(r"\n(?=(?:[A-Z]+=\$\(curl|curl) )", "\n".join(lines).replace("\\\n", " "))
    return found


def test_every_call_of_the_page_works(app: Flask) -> None:
    shell = Shell(app)
    for command in commands():
        shell.run(command)
    assert len(commands()) > 10


def test_the_page_names_every_other_address() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for alias in ALIASES:
        assert re.sub(r"<string:(\w+)>/?.*", r"{\1}", alias.rule) in text, alias.rule
