"""Processes of ours that live and end with this one: session hosts, and the short-lived ones that link a number.

A child is started by exec and reads its task from standard input, which then stays open: when it ends, because we
have closed it or were killed, the child ends as well.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

# A child that is asked to end has this long before it is killed.
GRACE = 6.0
_HOME = Path(__file__).parents[1]


@dataclass
class Child:
    """A running child process. `id` is what the database knows it by."""

    id: str
    process: subprocess.Popen[bytes]
    started: float

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """Ends it at once."""
        self.process.kill()
        self.process.wait()


def start(command: str, id: str, task: Mapping[str, object]) -> Child:
    """Starts `python -m bot COMMAND`, which gets `task` as a line of JSON."""
    path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(_HOME)]))
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", command], stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    )
    assert process.stdin is not None
    with suppress(OSError):  # one that ended at once is seen by who watches it
        process.stdin.write(json.dumps({"id": id, **task}).encode() + b"\n")
        process.stdin.flush()
    log.info("child started", command=command, child=id, pid=process.pid)
    return Child(id, process, time.monotonic())


def stop(children: Iterable[Child], grace: float = GRACE) -> None:
    """Ends children: asks all of them, then kills those that haven't ended in time."""
    asked = [child for child in children if child.is_alive]
    for child in asked:
        child.process.terminate()
    deadline = time.monotonic() + grace
    for child in asked:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("child didn't end in time", child=child.id, pid=child.process.pid)
            child.kill()


class Parent:
    """The child's side: its task, and the end that the parent or its death brings."""

    def __init__(self) -> None:
        line = sys.stdin.buffer.readline()
        if not line:
            os._exit(0)
        self.task: Mapping[str, object] = json.loads(line)
        self.ending = threading.Event()

    def watch(self, end: Callable[[], None] | None = None, within: float = 5.0) -> None:
        """From now on, SIGTERM or the parent's end sets `ending` and calls `end`; the process is gone `within` seconds.

        Ctrl-C at a terminal goes to the whole group: the parent decides what it means.
        """

        def begin_to_end() -> None:
            threading.Timer(within, os._exit, [1]).start()
            self.ending.set()
            if end is not None:
                end()

        def wait_for_end() -> None:
            while sys.stdin.buffer.read(1):
                continue
            begin_to_end()

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=begin_to_end, daemon=True).start())
        threading.Thread(target=wait_for_end, name="liveness", daemon=True).start()
