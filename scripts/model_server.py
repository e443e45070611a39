"""A small OpenAI-compatible server for tests and demos: vectors that only know spelling, and faults on demand.

`python -m scripts.model_server --port 8765` serves `http://127.0.0.1:8765/v1`. A vector counts the pieces of a text's
words, so similar words give similar vectors; of meaning it knows nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SIZE, PIECE = 256, 3


def vector(text: str) -> list[float]:
    """A vector of length one: how often each piece of three letters stands in a text."""
    counted = [0.0] * SIZE
    padded = f"  {' '.join(text.casefold().split())}  "
    for start in range(len(padded) - PIECE + 1):
        counted[zlib.crc32(padded[start : start + PIECE].encode()) % SIZE] += 1
    length = math.sqrt(sum(count * count for count in counted)) or 1.0
    return [count / length for count in counted]


@dataclass(frozen=True, slots=True)
class Fault:
    """What the next request gets instead of its answer: a status with any body, after `delay` seconds."""

    status: int = 500
    body: bytes = b'{"error": {"message": "out of order"}}'
    delay: float = 0.0


@dataclass
class ModelServer:
    """Serves on 127.0.0.1 until `close`. `requests` are the bodies that came in; `faults` are used up in order."""

    port: int = 0
    requests: list[dict[str, object]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    before: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer._answer(self)

            def log_message(self, *_given: object) -> None:
                """Requests are kept, not printed."""

        self._stopped = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def close(self) -> None:
        """Ends the server; requests that wait for their delay end at once."""
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def wait(self) -> None:
        """Serves until the process is told to end."""
        self._thread.join()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        body = json.loads(request.rfile.read(int(request.headers.get("content-length", 0))) or b"{}")
        self.requests.append({"path": request.path, **body})
        if self.before is not None:
            self.before()
        if self.faults:
            fault = self.faults.pop(0)
            self._stopped.wait(fault.delay)
            self._send(request, fault.status, fault.body)
        elif request.path.endswith("/embeddings"):
            self._send(request, 200, json.dumps(_embeddings(body)).encode())
        else:
            self._send(request, 404, b'{"error": {"message": "no such path"}}')

    def _send(self, request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        try:
            request.send_response(status)
            request.send_header("content-type", "application/json")
            request.send_header("content-length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)
        except OSError:  # whoever asked has stopped waiting
            return


def _embeddings(body: dict[str, object]) -> dict[str, object]:
    given = body.get("input")
    texts = [given] if isinstance(given, str) else list(given) if isinstance(given, list) else []
    data = [{"object": "embedding", "index": index, "embedding": vector(str(text))} for index, text in enumerate(texts)]
    used = sum(len(str(text).split()) for text in texts)
    usage = {"prompt_tokens": used, "total_tokens": used}
    return {"object": "list", "model": str(body.get("model")), "data": data, "usage": usage}


def main() -> None:
    """Serves until it is interrupted."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8765)
    server = ModelServer(options.parse_args().port)
    print(f"OPENAI_BASE_URL={server.url} EMBEDDING_MODEL=spelling")
    try:
        server.wait()
    except KeyboardInterrupt:
        server.close()


if __name__ == "__main__":
    main()
