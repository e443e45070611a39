"""RouterOS's scripting language: how texts are written in it, and its own encoder for the web.

Neither RouterOS 6 nor every 7 can encode a text for an address, so scripts bring a loop that can: it looks each byte
up in a table. Strings hold only printable ASCII here; all else, and what means something in any of the places where a
script is pasted, is written as its code.
"""

from __future__ import annotations

from urllib.parse import quote

SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
HEX = "0123456789ABCDEF"
# Every byte but zero, which no text there can hold.
TABLE = bytes(range(1, 256))

_BY_NAME = {'"': '\\"', "\\": "\\\\", "$": "\\$"}
_CONTINUED = "\\\n    "


def text(value: str) -> str:
    """A string literal. A question mark would open the help of version 6's terminal, so that it is a code too."""
    return f'"{escaped(value)}"'


def escaped(value: str) -> str:
    """The inside of a string literal, in one line."""
    return "".join(_escaped(byte) for byte in value.encode())


def _escaped(byte: int) -> str:
    letter = chr(byte)
    if letter in _BY_NAME:
        return _BY_NAME[letter]
    return letter if 32 <= byte < 127 and letter != "?" else f"\\{byte:02X}"


def long_text(value: str) -> str:
    """A string literal over several lines as the router's own export writes it: spaces after a break are skipped."""
    lines = value.split("\n")
    return '"' + f"\\r{_CONTINUED}\\n".join(escaped(line) for line in lines) + '"'


def web(value: str) -> str:
    """What a part of an address or a form looks like there: nothing but letters, digits, `-_.~` and codes."""
    return quote(value, safe="-_.~")


def encoder(name: str) -> str:
    """The declaration of a function `[$name text]` that does the same on the router."""
    table = "".join(f"\\{byte:02X}" for byte in TABLE)
    return "\n".join((
        f":local {name} do={{",
        f'  :local safe "{SAFE}"',
        f'  :local hex "{HEX}"',
        f'  :local table "{table}"',
        '  :local given [:tostr $1]',
        '  :local out ""',
        '  :local i 0',
        '  :local n [:len $given]',
        '  :while ($i < $n) do={',
        '    :local c [:pick $given $i ($i + 1)]',
        '    :if ([:typeof [:find $safe $c -1]] = "num") do={',
        '      :set out ($out . $c)',
        '    } else={',
        '      :local at [:find $table $c -1]',
        '      :if ([:typeof $at] = "num") do={',
        '        :local code ($at + 1)',
        '        :local high ($code / 16)',
        '        :local low ($code - ($high * 16))',
        '        :set out ($out . "%" . [:pick $hex $high ($high + 1)] . [:pick $hex $low ($low + 1)])',
        '      }',
        '    }',
        '    :set i ($i + 1)',
        '  }',
        '  :return $out',
        '}',
    ))  # fmt: skip
