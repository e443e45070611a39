"""What the platform needs when nothing happens, and how soon it is there.

    .venv/bin/python scripts/bench/idle.py [--settle 10] [--seconds 20] [--json]

Starts the platform as `scripts/run` does without a terminal, on a throw-away data folder, twice: the first start makes
the database. Reports the time until it runs, the memory of the second without PostgreSQL, its CPU time while idle, and
the time of an empty `simulate`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import ROOT, stop, table, until
from cpu import memory, process_cpu


def start(folder: Path) -> tuple[subprocess.Popen[bytes], float]:
    """The platform on the data of `folder`, and the seconds until it ran."""
    log = folder / "log"
    log.unlink(missing_ok=True)
    began = time.monotonic()
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "start"], cwd=ROOT, stdin=subprocess.DEVNULL, stderr=errors,
            env={**os.environ, "DATA_DIR": str(folder / "data")},
        )  # fmt: skip
    if not until(lambda: "event=running" in log.read_text(), 60, 0.02):
        raise TimeoutError(log.read_text())
    return process, time.monotonic() - began


def simulated() -> float:
    """Seconds of a simulation in which nobody writes anything."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "bot", "simulate", "--json"], cwd=ROOT, stdin=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def measure(settle: float, seconds: float) -> dict[str, object]:
    """Everything that this benchmark reports."""
    with tempfile.TemporaryDirectory(prefix="juragan-bench-") as name:
        process, first = start(Path(name))
        stop(process)
        process, second = start(Path(name))
        try:
            time.sleep(settle)
            used = process_cpu(process.pid)
            time.sleep(seconds)
            used = process_cpu(process.pid) - used
            sizes = memory(process.pid)
        finally:
            stop(process)
    return {
        "seconds to running, first start": first,
        "seconds to running, second start": second,
        "seconds of an empty simulation": simulated(),
        **{f"{kind} in MB, without PostgreSQL": size for kind, size in sizes.items()},
        "CPU in percent of a core, idle": used / seconds * 100,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--settle", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args()
    figures = measure(options.settle, options.seconds)
    if options.as_json:
        print(json.dumps(figures))
    else:
        table(figures)


if __name__ == "__main__":
    main()
