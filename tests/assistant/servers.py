"""Servers that do on a connection what no web server would."""

from __future__ import annotations

import socket
import threading


class RawServer:
    """A server on a socket, that answers every connection with some bytes, and then with others without end."""

    def __init__(self, first: bytes, then: bytes = b"") -> None:
        self._first, self._then = first, then
        self._stopped = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> str:
        threading.Thread(target=self._serve, daemon=True).start()
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}/v1"

    def __exit__(self, *_raised: object) -> None:
        self._stopped.set()
        self._listening.close()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        try:
            connection.recv(65536)
            connection.sendall(self._first)
            while self._then and not self._stopped.is_set():
                connection.sendall(self._then)
                self._stopped.wait(0.0 if len(self._then) > 1000 else 0.02)
        except OSError:
            return
