"""Mail to the super admin, by the server that the settings name (`SMTP_URL`); without one there is none.

Called by jobs, never while a transaction is open: a server may take its time.
"""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from services.settings import Settings

TIMEOUT = 20.0
"""Seconds that a server may keep us waiting at each step."""
_PORTS = {"smtp": 587, "smtps": 465}
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class MailError(Exception):
    """The mail couldn't be handed over; the text says why, without any password."""


def can_send(settings: Settings) -> bool:
    """Whether there is a server, and somebody who reads."""
    return settings.smtp_url is not None and bool(settings.admin_email)


def send(settings: Settings, subject: str, text: str) -> None:
    """Hands a mail to the server for `ADMIN_EMAIL`; raises `MailError`."""
    assert settings.smtp_url is not None
    try:
        _hand_over(settings.smtp_url.get_secret_value(), _message(settings, subject, text))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise MailError(f"{error.__class__.__name__}: {str(error)[:200]}") from None


def _message(settings: Settings, subject: str, text: str) -> EmailMessage:
    to = settings.admin_email or ""
    _name, _at, domain = to.rpartition("@")
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = Address("Juragan", "juragan", settings.http_domain or domain)
    message["To"] = to
    message.set_content(text)
    return message


def _hand_over(address: str, message: EmailMessage) -> None:
    """`smtp://` begins in the open and is secured as soon as the server can; `smtps://` is secure from the beginning.

    A password never goes over a line that isn't secured, but for one within this machine.
    """
    parts = urlsplit(address)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("SMTP_URL isn't an address such as smtp://user:password@host:587")
    port = parts.port or _PORTS[parts.scheme]
    with _connected(parts.scheme, parts.hostname, port) as server:
        if parts.username:
            if not isinstance(server.sock, ssl.SSLSocket) and parts.hostname not in _LOCAL:
                raise ValueError("the mail server offers no secured line for the password")
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _connected(scheme: str, host: str, port: int) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
    server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=context)
    return server
