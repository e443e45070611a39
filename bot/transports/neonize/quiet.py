"""Keeps the library from taking over a process: its lines on standard output, and what its import does to logging."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def quiet_stdout() -> None:
    """Sends standard output to standard error for the rest of this process's life: the library prints to it."""
    sys.stdout.flush()
    os.dup2(2, 1)


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
