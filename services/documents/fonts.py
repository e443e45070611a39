"""Fonts for every name: Noto Sans for texts and figures, FiraGO for scripts that it lacks, and viewers' own for CJK.

Fonts are registered once, when the first document is drawn. A word is drawn in the first font that has all its
letters; what no font has, such as emoji, is left out. Arabic letters are joined and right-to-left words put in order.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

from bidi import get_base_level
from pymupdf_fonts import fontbuffers
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Sans", "Sans-Bold"

_FILES = {REGULAR: "notos", BOLD: "notosbo", "World": "figo", "World-Bold": "figbo"}
# Fonts that viewers bring along, and the character set that each of them covers.
_VIEWERS_OWN = {"STSong-Light": "gbk", "HYSMyeongJo-Medium": "cp949"}
# From Hebrew to Tibetan: scripts whose letters change with their neighbours.
_SHAPED = range(0x0590, 0x1000)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


@dataclass(frozen=True, slots=True)
class Marked:
    """A text as a paragraph takes it: escaped, with fonts named where they differ; whether letters must be shaped."""

    markup: str
    shaped: bool


@lru_cache(maxsize=1)
def register() -> None:
    """Makes the two fonts of every document known; the others follow when a name needs them."""
    _load(REGULAR)
    _load(BOLD)
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


@lru_cache(maxsize=8)
def _load(name: str) -> Any:
    if name in _VIEWERS_OWN:
        font = UnicodeCIDFont(name)
    else:
        font = TTFont(name, io.BytesIO(fontbuffers[_FILES[name]]()))
        _number_all_glyphs(font)
    pdfmetrics.registerFont(font)
    return font


def _number_all_glyphs(font: Any) -> None:
    """Gives each glyph without a character its private one now.

    Left to itself, the shaper numbers them as they occur, and a document would depend on those drawn before it.
    """
    shaper = font.hbFont()
    for glyph in range(font.hbFace.glyph_count):
        if glyph not in font.face.glyphToChar:
            font.hbAddPrivate(shaper.glyph_to_string(glyph), glyph, shaper.get_glyph_h_advance(glyph))


@lru_cache(maxsize=1024)
def plain(text: str) -> bool:
    """Whether the text font has every character of a text."""
    known = _load(REGULAR).face.charToGlyph
    return all(ord(letter) in known and not _is_private(letter) for letter in text)


def mark(text: str, bold: bool = False) -> Marked:
    """A text of any script, ready for a paragraph in the text font."""
    if plain(text):
        return Marked(escape(text), False)
    words = [_in_font(word, bold) for word in _words(text)]
    words = [word for word in words if word[1]]
    shaped = any(ord(letter) in _SHAPED for _font, word in words for letter in word)
    shown = (
        escape(word) if font == "" else f'<font name="{font}">{escape(word)}</font>' for font, word in _visual(words)
    )
    return Marked(" ".join(shown), shaped)


def drawable(text: str) -> str:
    """A text without the characters that no font has."""
    if plain(text):
        return text
    return " ".join(word for _font, word in (_in_font(each, False) for each in _words(text)) if word)


def _words(text: str) -> list[str]:
    """The words of a text; a no-break space doesn't part them."""
    return re.split(r"[ \t\r\n]+", unicodedata.normalize("NFC", text).strip())


def _in_font(word: str, bold: bool) -> tuple[str, str]:
    """The font for a word, `""` for the text font, and of the word what that font can draw."""
    best = ("", "")
    for name, has in _choices(bold):
        drawn = "".join(letter for letter in word if has(letter))
        if len(drawn) > len(best[1]):
            best = (name, drawn)
        if len(drawn) == len(word):
            break
    return best


def _choices(bold: bool) -> list[tuple[str, Callable[[str], bool]]]:
    world = "World-Bold" if bold else "World"
    return [
        ("", lambda letter: _has(REGULAR, letter)),
        (world, lambda letter: _has(world, letter)),
        *((name, lambda letter, charset=charset: _encodes(charset, letter)) for name, charset in _VIEWERS_OWN.items()),
    ]


def _has(font: str, letter: str) -> bool:
    return ord(letter) in _load(font).face.charToGlyph and not _is_private(letter)


def _encodes(charset: str, letter: str) -> bool:
    if unicodedata.category(letter) in _INVISIBLE:
        return False
    try:
        letter.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _is_private(letter: str) -> bool:
    return "\ue000" <= letter <= "\uf8ff"


def _visual(words: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Words from left to right as they are seen; the shaper orders the letters within each."""
    ordered: list[tuple[str, str]] = []
    for backwards, run in groupby(words, key=lambda word: get_base_level(word[1]) == 1):
        words_in_run = list(run)
        ordered += words_in_run[::-1] if backwards else words_in_run
    for font, _word in ordered:
        if font:
            _load(font)
    return ordered
