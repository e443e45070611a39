"""Keeps the library from taking over a process: its lines on standard output, and what its import does to logging."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def quiet_stdout() -> None:
    """Throws standard output away for the rest of this process's life: the library prints to it, nothing of use."""
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


@contextmanager
def logging_untouched() -> Iterator[None]:
    """Leaves the root logger as it was, whatever happens inside."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        for handler in set(root.handlers) - set(handlers):
            root.removeHandler(handler)
        root.setLevel(level)
