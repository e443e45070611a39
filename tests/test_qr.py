"""QR codes to link a number with: the same modules in each form, with their quiet zone."""

from __future__ import annotations

import io
import re

import pytest
import segno
from PIL import Image

from services import qr

CODE = "2@" + "aB3/x+Zk" * 28 + "==,Kf7uD0yq5f8=,Qm9udGFuZw==,1"


def expected(code: str = CODE) -> list[list[bool]]:
    made = segno.make(code, error="l", micro=False, boost_error=False)
    return [[bool(module) for module in row] for row in made.matrix_iter(border=4)]


def test_a_picture_shows_the_modules_at_its_scale() -> None:
    with Image.open(io.BytesIO(qr.png(CODE, scale=3))) as picture:
        modules = expected()
        assert picture.size == (3 * len(modules), 3 * len(modules))
        grey = picture.convert("L")
        drawn = [[grey.getpixel((3 * x + 1, 3 * y + 1)) == 0 for x in range(len(modules))] for y in range(len(modules))]
    assert drawn == modules
    assert not any(any(row) for row in drawn[:4])


def test_a_page_gets_an_element_with_a_light_background() -> None:
    element = qr.svg(CODE)
    side = len(expected())
    assert element.startswith("<svg") and f'viewBox="0 0 {side} {side}"' in element
    assert 'fill="#fff"' in element and "<script" not in element


def test_a_terminal_shows_dark_on_light_in_any_colours() -> None:
    lines = qr.terminal(CODE).splitlines()
    halves = {" ": (True, True), "\u2580": (False, True), "\u2584": (True, False), "\u2588": (False, False)}
    drawn: list[list[bool]] = []
    for line in lines:
        blocks = re.fullmatch(r"\x1b\[38;5;231;48;5;16m(.*)\x1b\[0m", line)
        assert blocks
        drawn += ([halves[each][half] for each in blocks[1]] for half in (0, 1))
    assert drawn[: len(expected())] == expected()


@pytest.mark.parametrize("code", ["1", "halo", CODE])
def test_every_code_is_of_the_same_kind(code: str) -> None:
    assert qr.png(code) == qr.png(code)
    assert len(expected(code)) >= 21 + 8
    assert qr._made(code).error == "L" and not qr._made(code).is_micro


def test_what_no_code_can_hold_is_an_error() -> None:
    with pytest.raises(ValueError):
        qr.png("x" * 3000)
