"""The same facts give the same bytes: in this process, in another one, and whatever was drawn before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]


def drawn(seed: str, *order: str) -> dict[str, str]:
    """Hashes of the sample documents, drawn in that order by a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if seed == "1" else "UTC"}
    command = [sys.executable, "-m", "tests.documents.drawing", *order]
    done = subprocess.run(command, cwd=HOME, env=environment, capture_output=True, text=True, check=True, timeout=60)
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def first() -> dict[str, str]:
    return drawn("1")


def test_another_process_another_day_and_another_order_give_the_same_bytes(first: dict[str, str]) -> None:
    assert drawn("2", *reversed(list(first))) == first


def test_facts_are_known_without_any_drawing_library() -> None:
    asked = (
        "import sys, services.documents.facts; "
        "print(sorted({'reportlab', 'xlsxwriter', 'segno', 'num2words', 'uharfbuzz', 'bidi'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=HOME, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
