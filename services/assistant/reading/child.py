"""The process that reads one file: `python -m services.assistant.reading.child`, started by `reader`.

Its task is a line of JSON on standard input, which then stays open: its end ends this process. What it finds goes to
standard output as lines of JSON. Only here are the libraries that read documents imported, and only the one needed.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from services.assistant.entries import Entry
from services.assistant.reading.chunks import passages
from services.assistant.reading.values import MAX_PASSAGES, Progress, Reading, UnreadableError

# Nothing is written but what Python keeps of compiled modules.
MOST_WRITTEN = 10_000_000


def main() -> None:
    """Reads the file that the task names, within the limits that it sets."""
    task = json.loads(sys.stdin.buffer.readline())
    _limit(int(task["memory"]), int(task["seconds"]), int(task["clock_seconds"]))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        reading = _read(task)
        entries = reading.entries or passages(reading.lines)
        if not entries:
            raise UnreadableError("file_empty")
        if len(entries) > MAX_PASSAGES:
            raise UnreadableError("file_too_long", passages=MAX_PASSAGES)
    except UnreadableError as error:
        _say(error=error.code, details=error.details)
    except (MemoryError, RecursionError):
        _say(error="file_too_slow", details={})
    else:
        for entry in entries:
            _say(entry=_written(entry))
        _say(title=reading.title, pages=reading.pages, notes=reading.notes)
    sys.stdout.flush()
    os._exit(0)


def _limit(memory: int, seconds: int, clock_seconds: int) -> None:
    """Bytes of address space, and seconds of the processor and of the clock; reading gives way to answering."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.alarm(clock_seconds + 5)
    os.nice(5)


def _end_with_parent() -> None:
    sys.stdin.buffer.read(1)
    os._exit(1)


def _read(task: Mapping[str, object]) -> Reading:
    path, kind, max_pages = Path(str(task["path"])), task["kind"], int(str(task["max_pages"]))
    if path.stat().st_size == 0:
        raise UnreadableError("file_empty")
    told: Progress = lambda read, pages: _say(read=read, of=pages)  # noqa: E731
    if kind == "pdf":
        from services.assistant.reading import pdf

        return pdf.read(path, max_pages, told)
    if kind == "docx":
        from services.assistant.reading import word

        return word.read(path, max_pages, told)
    if kind == "web":
        from services.assistant.reading import webpage

        charset = task.get("charset")
        return webpage.read(path, max_pages, told, str(charset) if charset else None)
    if kind == "text":
        from services.assistant.reading import text

        return text.read(path, max_pages, told)
    if kind == "table":
        from services.assistant.reading import table

        return table.read(path, max_pages, told)
    raise UnreadableError("file_unreadable_type")


def _written(entry: Entry) -> list[object]:
    return [entry.answer, entry.questions, entry.page, entry.heading]


def _say(**said: object) -> None:
    sys.stdout.write(json.dumps(said, ensure_ascii=True) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
