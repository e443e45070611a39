"""CPU time and memory of processes, read from /proc."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from common import Bench

_TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name; none if the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def process_cpu(pid: int, *, children: bool = False) -> float:
    """CPU seconds of a process; with `children` those of its ended children as well."""
    fields = _stat(pid)
    return sum(map(int, fields[11 : 15 if children else 13])) / _TICK


def _children(parent: int) -> list[int]:
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in pids if (fields := _stat(pid)) and int(fields[1]) == parent]


def cpu_seconds(bench: Bench, workers: Sequence[subprocess.Popen[bytes]]) -> dict[str, float]:
    """What was used so far: by this process, which accepts; by the workers; by PostgreSQL with its ended backends."""
    assert bench.opened.server is not None
    server = bench.opened.server.server.get_pid()
    assert server is not None
    return {
        "Python accepting": time.process_time(),
        "Python handling and sending": sum(process_cpu(each.pid) for each in workers),
        "PostgreSQL": process_cpu(server, children=True) + sum(map(process_cpu, _children(server))),
    }


def memory(pid: int) -> dict[str, float]:
    """Megabytes of a process: resident, and its proportional share of what is shared."""
    wanted = {"Rss": "RSS", "Pss": "PSS"}
    lines = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return {wanted[name]: int(size) / 1024 for name, size, _ in ((f[0].rstrip(":"), f[1], f[2]) for f in lines)
            if name in wanted}  # fmt: skip
