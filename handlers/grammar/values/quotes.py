"""The quoted note of a command: `PINJAM Budi 500rb "buat modal"`.

Called before a command's other values are looked for, so that nothing inside a note is taken for one.
"""

from __future__ import annotations

import re

# A single quote is an apostrophe wherever a letter or digit stands on the side that a quotation leaves open.
_QUOTED = re.compile(
    r'["“”„«＂](?P<double>[^"“”„«»＂]*)["“”»＂]'
    r"|(?<![\w'’])['‘](?P<single>[^\s'’](?:[^'’]|(?<=\w)['’](?=\w))*)(?<!\s)['’](?!\w)"
)


def take_note(text: str) -> tuple[str | None, str]:
    """The first quoted note, without its quotes, and the text without it; an empty note is none."""
    quoted = _QUOTED.search(text)
    if quoted is None:
        return None, text
    note = (quoted["double"] or quoted["single"] or "").strip()
    around = (text[: quoted.start()].strip(), text[quoted.end() :].strip())
    return note or None, " ".join(filter(None, around))
