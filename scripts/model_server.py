"""A small OpenAI-compatible server for tests and demos: it chats, transcribes, makes vectors, and fails on demand.

`python -m scripts.model_server --port 8765` serves `http://127.0.0.1:8765/v1`. What it says comes from `replies`, else
from its brain: by default that of `scripts/models/demo.py`, which only knows words. A vector counts the pieces of a
text's words, so similar words give similar vectors; of meaning it knows nothing.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from scripts.models import demo
from scripts.models.shapes import (
    Body,
    Fault,
    Reply,
    completion,
    embeddings,
    form,
    model_list,
    refusal,
    vector,
)

__all__ = ["Fault", "ModelServer", "Reply", "vector"]

# Requests that are remembered, and the letters of a picture's address that are.
KEPT, SHOWN = 2000, 80


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


@dataclass
class ModelServer:
    """Serves on 127.0.0.1 until `close`; may be asked by many at once.

    `requests` are the bodies that came in, each with its `path`, and for a recording its `file` and `size`: the newest
    of them, without the bytes of pictures. `faults` are used up in order, whatever is asked. `replies` are used up in
    order by chats, `transcripts` by recordings; then `brain` says what a chat gets. `before` runs once a request has
    been noted. `key`: any other is refused; models of `unknown_models` are refused too. `most_at_once` is how many
    requests were being answered at the same time.
    """

    port: int = 0
    requests: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    before: Callable[[], None] | None = None
    replies: list[Reply | Callable[[Body], Reply]] = field(default_factory=list)
    brain: Callable[[Body], Reply] = demo.brain
    transcripts: list[str] = field(default_factory=list)
    unknown_models: set[str] = field(default_factory=set)
    key: str | None = None
    most_at_once: int = 0

    def __post_init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer._answer(self)

            def do_GET(self) -> None:
                outer._answer(self)

            def log_message(self, *_given: object) -> None:
                """Requests are kept, not printed."""

        self._lock = threading.Lock()
        self._at_once = 0
        self._stopped = threading.Event()
        self._server = _Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def reset(self) -> None:
        """Forgets what came in and what was planned; for tests that share a server."""
        with self._lock:
            for planned in (self.requests, self.faults, self.replies, self.transcripts, self.unknown_models):
                planned.clear()
            self.before, self.key, self.brain, self.most_at_once = None, None, demo.brain, 0

    def close(self) -> None:
        """Ends the server; requests that wait for their delay end at once."""
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def wait(self) -> None:
        """Serves until the process is told to end."""
        self._thread.join()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        content = request.rfile.read(int(request.headers.get("content-length", 0)))
        body, recording = _read(request, content)
        with self._lock:
            self.requests.append({"path": request.path, **_noted(body)})
            del self.requests[:-KEPT]
            fault = self.faults.pop(0) if self.faults else None
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            if self.before is not None:
                self.before()
            reply = _as_reply(fault) if fault else self._reply(request, body, recording)
            self._stopped.wait(reply.delay)
        finally:
            with self._lock:
                self._at_once -= 1
        self._send(request, reply)

    def _reply(self, request: BaseHTTPRequestHandler, body: Body, recording: bytes) -> Reply:
        """The whole answer, with its bytes as `raw`."""
        given = (request.headers.get("authorization") or "").removeprefix("Bearer ")
        if self.key is not None and given != self.key:
            return _said(refusal(f"Incorrect API key provided: {given[:4]}***.", "invalid_api_key"), 401)
        if body.get("model") in self.unknown_models:
            message = f"The model `{body['model']}` does not exist or you do not have access to it."
            return _said(refusal(message, "model_not_found"), 404)
        match request.path.rstrip("/").rpartition("/v1/")[2]:
            case "chat/completions":
                return self._chat(body)
            case "audio/transcriptions":
                return self._transcript(body, recording)
            case "embeddings":
                return _said(embeddings(body))
            case "models":
                return _said(model_list(["demo", "spelling", "whisper-1"]))
        return _said(refusal("no such path"), 404)

    def _chat(self, body: Body) -> Reply:
        with self._lock:
            planned = self.replies.pop(0) if self.replies else self.brain
        reply = planned(body) if callable(planned) else planned
        if reply.raw is not None:
            return reply
        told = completion(body, reply) if reply.status == 200 else refusal(str(reply.text or "out of order"))
        return _said(told, reply.status, reply.delay, reply.trickle)

    def _transcript(self, body: Body, recording: bytes) -> Reply:
        with self._lock:
            words = self.transcripts.pop(0) if self.transcripts else demo.transcript(recording)
        if body.get("response_format") == "text":
            return Reply(raw=f"{words}\n")
        return _said({"text": words, "usage": {"type": "duration", "seconds": max(1, len(words.split()) // 2)}})

    def _send(self, request: BaseHTTPRequestHandler, reply: Reply) -> None:
        raw = reply.raw or b""
        content = raw.encode() if isinstance(raw, str) else raw
        try:
            request.send_response(reply.status)
            request.send_header("content-type", "application/json")
            request.send_header("content-length", str(len(content)))
            request.end_headers()
            if not reply.trickle:
                request.wfile.write(content)
                return
            for place in range(len(content)):
                request.wfile.write(content[place : place + 1])
                if self._stopped.wait(reply.trickle):
                    return
        except OSError:  # whoever asked has stopped waiting
            return


def _as_reply(fault: Fault) -> Reply:
    return Reply(status=fault.status, raw=fault.body, delay=fault.delay)


def _said(body: Body, status: int = 200, delay: float = 0.0, trickle: float = 0.0) -> Reply:
    return Reply(raw=json.dumps(body), status=status, delay=delay, trickle=trickle)


def _read(request: BaseHTTPRequestHandler, content: bytes) -> tuple[Body, bytes]:
    """The body of a request, and the recording that came with it."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        read = json.loads(content or b"{}")
        return (read if isinstance(read, dict) else {"body": read}), b""
    parts = form(kind, content)
    name, recording = parts.pop("file", (None, b""))
    body = {key: value.decode("utf-8", "replace") for key, (_, value) in parts.items()}
    return {**body, "file": name, "size": len(recording)}, recording


def _noted(value: Any) -> Any:
    """A body as it is remembered: the bytes of pictures are left out."""
    if isinstance(value, dict):
        return {key: _noted(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_noted(each) for each in value]
    if isinstance(value, str) and value.startswith("data:"):
        return value[:SHOWN]
    return value


def main() -> None:
    """Serves until it is interrupted, or until its standard input ends."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--port", type=int, default=8765, help="0 takes any free one")
    options.add_argument("--attached", action="store_true", help="end with standard input, and not by Ctrl-C")
    given = options.parse_args()
    server = ModelServer(given.port)
    print(f"OPENAI_BASE_URL={server.url} CHAT_MODEL=demo EMBEDDING_MODEL=spelling", flush=True)
    try:
        if given.attached:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            sys.stdin.buffer.read()
        else:
            server.wait()
    except KeyboardInterrupt:
        print()
    server.close()


if __name__ == "__main__":
    main()
