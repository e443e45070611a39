"""QR codes to link a number with: as a picture, for a web page, and for a terminal.

Every one is of the same kind, so that it can be compared and cached: error correction L, which is plenty on a screen
and keeps the long codes of WhatsApp coarse enough for a camera, and a quiet zone of four modules (ISO/IEC 18004).
"""

from __future__ import annotations

import io

import segno

QUIET_ZONE = 4
# White and black of the fixed part of the 256 colours, which no colour scheme changes.
_WHITE_ON_BLACK, _PLAIN = "\x1b[38;5;231;48;5;16m", "\x1b[0m"


def png(code: str, scale: int = 8) -> bytes:
    """A black and white PNG with `scale` pixels a module; raises `ValueError` if `code` is too long."""
    picture = io.BytesIO()
    _made(code).save(picture, kind="png", scale=scale, border=QUIET_ZONE, dark="black", light="white")
    return picture.getvalue()


def svg(code: str) -> str:
    """An SVG element for a page, as large as its place; raises `ValueError` as `png` does."""
    return _made(code).svg_inline(border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True)


def terminal(code: str) -> str:
    """Lines of half blocks, two modules high, dark on light whatever the terminal's colours; raises as `png` does."""
    drawn = io.StringIO()
    _made(code).terminal(drawn, border=QUIET_ZONE, compact=True)
    return "".join(f"{_WHITE_ON_BLACK}{line}{_PLAIN}\n" for line in drawn.getvalue().splitlines())


def _made(code: str) -> segno.QRCode:
    return segno.make(code, error="l", micro=False, boost_error=False)
