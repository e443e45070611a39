"""What the library's error texts mean for a message: surely not sent, to be tried again or not, or nobody knows.

The texts are those of whatsmeow as built into neonize 0.5.2. Its `SendMessage` prepares a message (asks for devices
and keys: errors begin with `failed to`), sends one frame (`failed to send message node`), and waits for the server's
answer. A connection that drops meanwhile is waited for and the frame sent once more; errors of that part come bare.

| text | meaning |
|---|---|
| `failed to send message node: websocket not connected` / `… frame socket is closed` | nothing went out; soon again |
| `failed to send message node: …` (a broken write) | the frame may have gone out: unclear |
| `the store doesn't contain a device JID`, `client is nil`, `not connected`, `not logged in` | nothing went out |
| `server returned error 463` | may not write to new people for some hours |
| `server returned error 429`, `… rate-overlimit` | too fast; again after a minute |
| `server returned error 404`, `… 479`, `no LID found for … from server` | no such recipient: permanent |
| `can't send message to unknown server`, `message recipient must …`, `sending to non-status …` | permanent |
| `server returned error N`, `info query returned status N` | refused; may be tried again |
| `failed to …` (before the frame), whatever follows | nothing went out |
| `timed out waiting for message send response`, `websocket disconnected before …`, `context …`, bare | unclear |
| `websocket not connected`, `frame socket is closed`, bare | lost after the first frame: unclear |
| anything else | unclear |
"""

from __future__ import annotations

import re

from bot.transports.base import TransportError
from bot.transports.neonize.terms import FileGone, Restricted, Unclear

SOON = 5.0
RATE_PAUSE = 60.0
RESTRICTION = 6 * 3600.0

_RATE = re.compile(r"server returned error:? 429\b|status 429\b|rate-overlimit")
_RESTRICTED = re.compile(r"server returned error:? 463\b")
_PERMANENT = re.compile(
    r"server returned error:? (404|479)\b|no LID found for .* from server|unknown server|no such recipient"
    r"|message recipient must be|sending to non-status broadcast lists|invalid inline bot ID"
    r"|failed to marshal|cannot parse invalid wire-format|only one extra parameter"
)
_DOWN = re.compile(r"websocket not connected|frame socket is closed|not connected|not logged in|client is nil")
_NO_DEVICE = re.compile(r"store doesn't contain a device JID|not logged in|client is nil|^not connected")
_REFUSED = re.compile(r"server returned error|info query returned (status|unknown error)")
_FRAME = "failed to send message node"
_BEFORE_THE_FRAME = re.compile(r"^(failed to |can't encrypt message|upload failed)")

_GONE = re.compile(r"status code (403|404|410)\b|didn't find any attachments|no url present")
_SPOILT = re.compile(r"hash of media|invalid media hmac|file length does not match|file too short|unknown media type")


def failure_of(text: str) -> TransportError | Unclear:
    """The error to raise for what `SendMessage` said; `Unclear` when the message may have been taken."""
    if _RESTRICTED.search(text):
        return Restricted(text, retry_after=RESTRICTION)
    if _RATE.search(text):
        return TransportError(text, retry_after=RATE_PAUSE)
    if _PERMANENT.search(text):
        return TransportError(text, permanent=True)
    if text.startswith(_FRAME):
        return TransportError(text, retry_after=SOON) if _DOWN.search(text) else Unclear(text)
    if _NO_DEVICE.search(text) or (_BEFORE_THE_FRAME.match(text) and _DOWN.search(text)):
        return TransportError(text, retry_after=SOON)
    if _REFUSED.search(text) or _BEFORE_THE_FRAME.match(text):
        return TransportError(text)
    return Unclear(text)


def upload_failure_of(text: str) -> TransportError:
    """The error for a file that couldn't be handed over; the message itself wasn't sent."""
    return TransportError(text, retry_after=SOON if _DOWN.search(text) else None)


def download_failure_of(text: str) -> TransportError:
    """The error for a file that couldn't be fetched."""
    if _GONE.search(text):
        return FileGone(text)
    return TransportError(text, permanent=bool(_SPOILT.search(text)), retry_after=SOON if _DOWN.search(text) else None)
