"""What the library's error texts mean."""

from __future__ import annotations

import pytest

from bot.transports.base import TransportError
from bot.transports.neonize.failures import download_failure_of, failure_of, upload_failure_of
from bot.transports.neonize.terms import FileGone, Restricted, Unclear

SOON, LATER, PERMANENT = (False, 5.0), (False, None), (True, None)
SEND: dict[str, tuple[type[Exception], tuple[bool, float | None] | None]] = {
    "failed to send message node: websocket not connected": (TransportError, SOON),
    "failed to send message node: frame socket is closed": (TransportError, SOON),
    "failed to get device list: failed to send usync query: websocket not connected": (TransportError, SOON),
    "the store doesn't contain a device JID": (TransportError, SOON),
    "client is nil": (TransportError, SOON),
    "server returned error 463": (Restricted, (False, 6 * 3600.0)),
    "server returned error 429": (TransportError, (False, 60.0)),
    "failed to get device list: info query returned status 429: rate-overlimit": (TransportError, (False, 60.0)),
    "server returned error 404": (TransportError, PERMANENT),
    "server returned error 479": (TransportError, PERMANENT),
    "no LID found for 6281300000001@s.whatsapp.net from server": (TransportError, PERMANENT),
    "can't send message to unknown server xyz": (TransportError, PERMANENT),
    "message recipient must be a user JID with no device part": (TransportError, PERMANENT),
    "server returned error 400": (TransportError, LATER),
    "server returned error 4790": (TransportError, LATER),
    "server returned error 500": (TransportError, LATER),
    "failed to get group members: that group does not exist": (TransportError, LATER),
    "failed to get device list: info query timed out": (TransportError, LATER),
    "failed to get LID for PN 62@s.whatsapp.net: websocket disconnected before info query returned response": (
        TransportError,
        LATER,
    ),
    "timed out waiting for message send response": (Unclear, None),
    "websocket disconnected before message send returned response": (Unclear, None),
    "websocket disconnected before message send (retry) returned response": (Unclear, None),
    "websocket disconnected before info query returned response": (Unclear, None),
    "context deadline exceeded": (Unclear, None),
    "context canceled": (Unclear, None),
    "websocket not connected": (Unclear, None),
    "failed to send message node: failed to write frame: broken pipe": (Unclear, None),
    "something new": (Unclear, None),
    "": (Unclear, None),
}


@pytest.mark.parametrize("text", SEND)
def test_sending(text: str) -> None:
    kind, expected = SEND[text]
    error = failure_of(text)
    assert type(error) is kind
    assert str(error) == text
    if isinstance(error, TransportError):
        assert (error.permanent, error.retry_after) == expected


def test_unclear_is_no_transport_error() -> None:
    assert not issubclass(Unclear, TransportError)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("failed to refresh media connections: websocket not connected", SOON),
        ("upload failed with status code 507", LATER),
        ("failed to execute request: EOF", LATER),
    ],
)
def test_uploading(text: str, expected: tuple[bool, float | None]) -> None:
    error = upload_failure_of(text)
    assert (error.permanent, error.retry_after) == expected


@pytest.mark.parametrize(
    ("text", "kind", "permanent"),
    [
        ("download failed with status code 403", FileGone, True),
        ("failed to download media from last host: download failed with status code 404", FileGone, True),
        ("download failed with status code 410", FileGone, True),
        ("no url present", FileGone, True),
        ("didn't find any attachments in message", FileGone, True),
        ("hash of media ciphertext doesn't match", TransportError, True),
        ("invalid media hmac", TransportError, True),
        ("download failed with status code 500", TransportError, False),
        ("failed to refresh media connections: info query timed out", TransportError, False),
    ],
)
def test_downloading(text: str, kind: type[TransportError], permanent: bool) -> None:
    error = download_failure_of(text)
    assert type(error) is kind and error.permanent is permanent
