"""Reads a file in a child process, so that its size, its faults and its tricks stay away from whoever answers."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import cast

import structlog

from services.assistant.entries import Entry
from services.assistant.reading.problems import note, problem
from services.assistant.reading.values import Document

log = structlog.get_logger(__name__)

_HOME = Path(__file__).resolve().parents[3]
_CHILD = "services.assistant.reading.child"
# What a child may write at the most: every passage in JSON, with room to spare.
_MOST_OUTPUT = 64_000_000
_STOPPED = {-signal.SIGXCPU, -signal.SIGALRM, -signal.SIGKILL}


def run(task: Mapping[str, object], seconds: int, progress: Callable[[int, int], None]) -> Document:
    """Has a child do a task (see `child`) within seconds of the clock; what it is to do, `read_file` says."""
    child = _started(task)
    try:
        return _understood(_said(child, seconds), progress)
    except EOFError:
        child.wait()
        log.info("reading a file failed", kind=task["kind"], exit=child.returncode)
        code = "file_too_slow" if child.returncode in _STOPPED else "file_broken"
        raise problem(code, {}) from None
    except TimeoutError:
        log.info("reading a file took too long", kind=task["kind"])
        raise problem("file_too_slow", {}) from None
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _started(task: Mapping[str, object]) -> subprocess.Popen[bytes]:
    """The child with its task; it gets nothing of our environment but the way to Python."""
    kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    child = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", _CHILD],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**environment, "PYTHONPATH": str(_HOME), "OMP_NUM_THREADS": "1"}, cwd=_HOME,
    )  # fmt: skip
    assert child.stdin is not None
    with suppress(OSError):  # one that ended at once is seen by its silence
        child.stdin.write(json.dumps(task).encode() + b"\n")
        child.stdin.flush()
    return child


def _said(child: subprocess.Popen[bytes], seconds: float) -> Iterator[Mapping[str, object]]:
    """What the child says, line by line; raises `TimeoutError` at the limit and `EOFError` at its end."""
    assert child.stdout is not None
    deadline = time.monotonic() + seconds
    held, size = b"", 0
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while size < _MOST_OUTPUT:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TimeoutError
            piece = os.read(child.stdout.fileno(), 1 << 16)
            if not piece:
                raise EOFError
            size += len(piece)
            *whole, held = (held + piece).split(b"\n")
            for line in whole:
                yield json.loads(line)
    raise TimeoutError


def _understood(said: Iterator[Mapping[str, object]], progress: Callable[[int, int], None]) -> Document:
    entries: list[Entry] = []
    for line in said:
        if "error" in line:
            raise problem(str(line["error"]), cast("Mapping[str, object]", line["details"]))
        if "read" in line:
            progress(cast(int, line["read"]), cast(int, line["of"]))
        elif "entry" in line:
            answer, questions, page, heading = cast("tuple[str, list[str], int | None, str | None]", line["entry"])
            entries.append(Entry(answer, tuple(questions), page, heading))
        else:
            notes = cast("list[tuple[str, Mapping[str, object]]]", line["notes"])
            title = cast("str | None", line["title"])
            return Document(title, cast(int, line["pages"]), tuple(entries), tuple(note(*each) for each in notes))
    raise EOFError
