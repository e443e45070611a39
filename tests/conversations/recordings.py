"""Recordings made in code: real Ogg Opus and WAV files with nothing but silence in them."""

from __future__ import annotations

import io
import struct
import wave
from functools import cache

_SILENCE = b"\xf8\xff\xfe"  # 20 ms of it, as an Opus packet (RFC 6716, section 3.1)
_PACKETS, _SAMPLES = 50, 960


def opus(seconds: int, words: str = "") -> bytes:
    """A voice note as WhatsApp records it (RFC 3533, RFC 7845); `words` are what the demonstration hears in it."""
    skipped = 312
    head = struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, skipped, 16000, 0, 0)
    comments = [f"TRANSCRIPT={words}".encode()] if words else []
    tags = struct.pack("<8sI4sI", b"OpusTags", 4, b"none", len(comments))
    tags += b"".join(struct.pack("<I", len(comment)) + comment for comment in comments)
    pages = [_page(0, 2, 0, [head]), _page(1, 0, 0, [tags])]
    for second in range(1, seconds + 1):
        at = second * _PACKETS * _SAMPLES + skipped
        pages.append(_page(second + 1, 4 if second == seconds else 0, at, [_SILENCE] * _PACKETS))
    return b"".join(pages)


def wav(seconds: int) -> bytes:
    """The same as 8 kHz of plain samples."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 1, 8000, 0, "NONE", ""))
        out.writeframes(b"\x80" * 8000 * seconds)
    return file.getvalue()


def _page(number: int, flags: int, position: int, packets: list[bytes]) -> bytes:
    lengths = bytes(len(packet) for packet in packets)
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, 7, number, 0) + bytes([len(lengths)]) + lengths
    page = head + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


@cache
def _table() -> tuple[int, ...]:
    rows = []
    for byte in range(256):
        value = byte << 24
        for _bit in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        rows.append(value & 0xFFFFFFFF)
    return tuple(rows)


def _checksum(page: bytes) -> int:
    value, table = 0, _table()
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ table[value >> 24 ^ byte]
    return value
