"""Has a benchmark run in the project's own environment, whichever Python began it; makes it if it isn't there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def enter() -> None:
    """Goes on in `.venv`; returns at once where this is it."""
    own = ROOT / ".venv"
    if Path(sys.prefix).resolve() != own.resolve():
        subprocess.run([ROOT / "scripts" / "setup"], check=True)
        os.execv(own / "bin" / "python", [str(own / "bin" / "python"), *sys.argv])
