"""Mail to the super admin, by a server of the test's own."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest

from services.settings import Settings, load_settings
from services.tenants import mail


class _Talk(socketserver.StreamRequestHandler):
    """As much of SMTP as one mail needs. `refuses` makes it turn the reader down."""

    server: Server

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.partition(" ")[0].upper()
            if word == "DATA":
                self._say("354 go on")
                self.server.mails.append(self._body())
                self._say("250 kept")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self.server.heard.append(line)
                refused = word == "RCPT" and self.server.refuses
                self._say("550 nobody here" if refused else "250 fine")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _body(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        return "\n".join(lines)


class Server(socketserver.ThreadingTCPServer):
    """A mail server on this machine."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.mails: list[str] = []
        self.heard: list[str] = []
        self.refuses = False


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def settings_for(address: str) -> Settings:
    return load_settings({"SMTP_URL": address, "ADMIN_EMAIL": "admin@example.com"})


def test_a_mail_arrives(server: Server) -> None:
    settings = settings_for(f"smtp://127.0.0.1:{server.server_address[1]}")
    assert mail.can_send(settings)
    mail.send(settings, "2 registrations\nwait", "🆕 Toko Maju wants to join.")
    (text,) = server.mails
    assert "Subject: 2 registrations wait" in text
    assert "To: admin@example.com" in text
    assert any(line.upper().startswith("MAIL FROM:<JURAGAN@EXAMPLE.COM>") for line in server.heard)


def test_what_is_refused_is_said_without_any_password(server: Server) -> None:
    server.refuses = True
    with pytest.raises(mail.MailError, match="nobody here"):
        mail.send(settings_for(f"smtp://127.0.0.1:{server.server_address[1]}"), "Hi", "Hi")
    assert server.mails == []
    free = socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler)
    port = free.server_address[1]
    free.server_close()
    with pytest.raises(mail.MailError) as error:
        mail.send(settings_for(f"smtp://me:s3cret@127.0.0.1:{port}"), "Hi", "Hi")
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize("address", ["http://127.0.0.1", "127.0.0.1:25", "smtp://", "smtp://127.0.0.1:x"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(mail.MailError):
        mail.send(settings_for(address), "Hi", "Hi")


def test_without_a_server_or_a_reader_there_is_no_mail() -> None:
    assert not mail.can_send(load_settings({}))
    assert not mail.can_send(load_settings({"SMTP_URL": "smtp://127.0.0.1"}))
    assert not mail.can_send(load_settings({"ADMIN_EMAIL": "admin@example.com"}))
