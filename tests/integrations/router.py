"""A router small enough to read: RouterOS's script language as far as our scripts use it, run in Python.

It reads a script letter by letter, so that a quote or brace too many fails, and keeps texts as bytes, as a router does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$"}
_WORD = re.compile(r"[A-Za-z0-9_./#*-]+")
Value = Any


class ScriptError(Exception):
    """The script can't be read, or fails."""


@dataclass
class Block:
    """What stands in braces."""

    commands: Sequence[Sequence[Any]]


@dataclass
class Call:
    """What stands in square brackets."""

    words: Sequence[Any]


@dataclass
class Expression:
    """What stands in round brackets."""

    words: Sequence[Any]


@dataclass
class Name:
    """A variable."""

    name: str


@dataclass
class Bare:
    """A word without quotes."""

    text: str


@dataclass
class Option:
    """`name=value`."""

    name: str
    value: Any


class Reader:
    """Reads a script into commands of words."""

    def __init__(self, script: str) -> None:
        self.script, self.at = script, 0

    def read(self) -> Block:
        block = self.block("")
        if self.at != len(self.script):
            raise ScriptError(f"something is closed that wasn't opened, at {self.at}")
        return block

    def block(self, end: str) -> Block:
        commands: list[list[Any]] = [[]]
        while self.at < len(self.script):
            letter = self.script[self.at]
            if letter == end:
                break
            if letter in "\n;\r":
                self.at += 1
                commands.append([])
            elif letter == "#" and not commands[-1]:
                self.at = (self.script + "\n").index("\n", self.at)
            elif letter in " \t":
                self.at += 1
            else:
                commands[-1].append(self.word())
        else:
            if end:
                raise ScriptError("a brace is missing")
        return Block([each for each in commands if each])

    def words(self, end: str) -> list[Any]:
        found = []
        while True:
            while self.script[self.at : self.at + 1] in (" ", "\t", "\n"):
                self.at += 1
            if self.at >= len(self.script):
                raise ScriptError(f"{end} is missing")
            if self.script[self.at] == end:
                self.at += 1
                return found
            found.append(self.word())

    def word(self) -> Any:
        letter = self.script[self.at]
        self.at += 1
        if letter == '"':
            return self.literal()
        if letter == "{":
            block = self.block("}")
            self.at += 1
            return block
        if letter == "[":
            return Call(self.words("]"))
        if letter == "(":
            return Expression(self.words(")"))
        if letter == "$":
            return Name(self.variable())
        if letter in "})]?":
            raise ScriptError(f"an unexpected {letter} at {self.at - 1}: {self.script[self.at - 60 : self.at]!r}")
        if letter in "<>=!+*/.-:%" and (self.at < 2 or letter != ":"):
            both = self.script[self.at - 1 : self.at + 1]
            if both in ("<=", ">=", "!="):
                self.at += 1
                return Bare(both)
            if letter != "/" and not self.script[self.at : self.at + 1].isalnum():
                return Bare(letter)
        return self.bare(letter)

    def bare(self, letter: str) -> Any:
        match = _WORD.match(self.script, self.at)
        word = letter + (match[0] if match else "")
        self.at = match.end() if match else self.at
        if self.script[self.at : self.at + 1] == "=" and letter not in "<>!=":
            self.at += 1
            return Option(word, self.word())
        return Bare(word)

    def variable(self) -> str:
        if self.script[self.at] == '"':
            self.at += 1
            return str(self.literal())
        match = re.compile(r"[A-Za-z0-9]+").match(self.script, self.at)
        if match is None:
            raise ScriptError("a variable without a name")
        self.at = match.end()
        return match[0]

    def literal(self) -> str:
        """The text of a literal whose quote was read."""
        found = []
        while self.at < len(self.script):
            letter = self.script[self.at]
            self.at += 1
            if letter == '"':
                return "".join(found)
            if letter == "$":
                raise ScriptError("a variable within a text")
            if letter == "\n" or letter == "?" or ord(letter) > 126:
                raise ScriptError(f"a text can't hold {letter!r}")
            found.append(letter if letter != "\\" else self.escape())
        raise ScriptError("a quote is missing")

    def escape(self) -> str:
        rest = self.script[self.at :]
        if rest.startswith("\n"):
            spaces = re.match(r"\n\s*", rest)
            assert spaces is not None
            self.at += spaces.end()
            return ""
        if rest[0] in _ESCAPES:
            self.at += 1
            return _ESCAPES[rest[0]]
        code = re.match(r"[0-9A-F]{2}", rest)
        if code is None:
            raise ScriptError(f"no such escape: {rest[:2]!r}")
        self.at += 2
        return chr(int(code[0], 16))


class _Return(Exception):  # noqa: N818 - it isn't an error
    def __init__(self, value: Value) -> None:
        self.value = value


@dataclass
class Router:
    """Runs scripts over `secrets` (name, profile, disabled) and `active` names. Texts are bytes in Latin-1 letters."""

    secrets: Sequence[tuple[str, str, bool]] = ()
    active: Sequence[str] = ()
    date: str = "2025-02-13"
    offline: bool = False
    fetched: list[dict[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    profiles: dict[str, dict[str, str]] = field(default_factory=dict)

    def run(self, script: str, **given: str) -> None:
        """Runs a script with the variables that the router gives it."""
        variables = {name.replace("_", "-"): value.encode().decode("latin-1") for name, value in given.items()}
        self.block(Reader(script).read(), [variables])

    def block(self, block: Block, scopes: list[dict[str, Value]]) -> None:
        inner = [*scopes, {}]
        for words in block.commands:
            self.command(words, inner)

    def command(self, words: Sequence[Any], scopes: list[dict[str, Value]]) -> Value:
        head = words[0]
        if isinstance(head, Name):
            body = self.value(head, scopes)
            given = {str(n): self.value(each, scopes) for n, each in enumerate(words[1:], 1)}
            try:
                self.block(body, [given])
            except _Return as found:
                return found.value
            return None
        name = head.text
        options = {each.name: each.value for each in words if isinstance(each, Option)}
        rest = [each for each in words[1:] if not isinstance(each, Option)]
        if name.startswith(":"):
            act: Callable[..., Value] = getattr(self, f"_{name[1:]}")
            return act(rest, options, scopes)
        return self.menu(
            [name.lstrip("/"), *(each.text for each in rest if isinstance(each, Bare))], rest, options, scopes
        )

    def value(self, word: Any, scopes: list[dict[str, Value]]) -> Value:
        match word:
            case str() | Block():
                return word
            case Name():
                for scope in reversed(scopes):
                    if word.name in scope:
                        return scope[word.name]
                raise ScriptError(f"no variable {word.name}")
            case Call():
                return self.command(word.words, scopes)
            case Expression():
                return self.expression([self.value(each, scopes) for each in word.words])
            case Bare():
                return int(word.text) if re.fullmatch(r"-?\d+", word.text) else word.text
        raise ScriptError(f"no value: {word!r}")

    def expression(self, values: list[Value]) -> Value:
        result = values[0]
        for operator, right in zip(values[1::2], values[2::2], strict=True):
            result = _OPERATORS[operator](result, right)
        return result

    def _local(self, rest: Sequence[Any], options: dict[str, Any], scopes: list[dict[str, Value]]) -> None:
        if "do" in options:
            scopes[-1][rest[0].text] = options["do"]
        else:
            scopes[-1][rest[0].text] = self.value(rest[1], scopes)

    def _set(self, rest: Sequence[Any], _options: dict[str, Any], scopes: list[dict[str, Value]]) -> None:
        name = rest[0].text
        scope = next((each for each in reversed(scopes) if name in each), None)
        if scope is None:
            raise ScriptError(f"no variable {name}")
        scope[name] = self.value(rest[1], scopes)

    def _do(self, rest: Sequence[Any], options: dict[str, Any], scopes: list[dict[str, Value]]) -> None:
        try:
            self.block(rest[0], scopes)
        except ScriptError:
            if "on-error" not in options:
                raise
            self.block(options["on-error"], scopes)

    def _if(self, rest: Sequence[Any], options: dict[str, Any], scopes: list[dict[str, Value]]) -> None:
        chosen = "do" if self.value(rest[0], scopes) else "else"
        if chosen in options:
            self.block(options[chosen], scopes)

    def _while(self, rest: Sequence[Any], options: dict[str, Any], scopes: list[dict[str, Value]]) -> None:
        while self.value(rest[0], scopes):
            self.block(options["do"], scopes)

    def _foreach(self, rest: Sequence[Any], options: dict[str, Any], scopes: list[dict[str, Value]]) -> None:
        for each in self.value(options["in"], scopes):
            self.block(options["do"], [*scopes, {rest[0].text: each}])

    def _return(self, rest: Sequence[Any], _options: dict[str, Any], scopes: list[dict[str, Value]]) -> None:
        raise _Return(self.value(rest[0], scopes))

    def _len(self, rest: Sequence[Any], _options: dict[str, Any], scopes: list[dict[str, Value]]) -> int:
        return len(str(self.value(rest[0], scopes)))

    def _tostr(self, rest: Sequence[Any], _options: dict[str, Any], scopes: list[dict[str, Value]]) -> str:
        return str(self.value(rest[0], scopes))

    def _typeof(self, rest: Sequence[Any], _options: dict[str, Any], scopes: list[dict[str, Value]]) -> str:
        value = self.value(rest[0], scopes)
        return "num" if isinstance(value, int) else "nil" if value is None else "str"

    def _find(self, rest: Sequence[Any], _options: dict[str, Any], scopes: list[dict[str, Value]]) -> int | None:
        where, what, start = (self.value(each, scopes) for each in rest)
        assert start == -1
        found = where.find(what)
        return found if found >= 0 else None

    def _pick(self, rest: Sequence[Any], _options: dict[str, Any], scopes: list[dict[str, Value]]) -> str:
        text, start, end = (self.value(each, scopes) for each in rest)
        return str(text)[start:end]

    def _delay(self, *_given: Any) -> None:
        return None

    def _log(self, rest: Sequence[Any], _options: dict[str, Any], scopes: list[dict[str, Value]]) -> None:
        self.warnings.append(self.value(rest[1], scopes))

    def menu(
        self, path: list[str], rest: Sequence[Any], options: dict[str, Any], scopes: list[dict[str, Value]]
    ) -> Value:
        """A command of the router's menus."""
        given = {name: self.value(each, scopes) for name, each in options.items()}
        match path:
            case ["tool", "fetch"]:
                if self.offline:
                    raise ScriptError("connection refused")
                self.fetched.append({name: str(each) for name, each in given.items()})
                return None
            case ["ppp", "secret", "find", "where"] if "name" in given:
                return [n for n, each in enumerate(self.secrets) if _bytes(each[0]) == given["name"]]
            case ["ppp", "secret", "find", "where"]:
                assert given == {"disabled": "no"}
                return [n for n, each in enumerate(self.secrets) if not each[2]]
            case ["ppp", "active", "find"]:
                return list(range(len(self.active) + 1))
            case ["ppp", "secret", "get", wanted]:
                found = self.secrets[self.value(rest[2], scopes)]
                return _bytes(found[0] if wanted == "name" else found[1])
            case ["ppp", "active", "get", "name"]:
                n = self.value(rest[2], scopes)
                if n == len(self.active):
                    raise ScriptError("no such item: gone meanwhile")
                return _bytes(self.active[n])
            case ["system", "clock", "get", "date"]:
                return self.date
            case ["system", "clock", "get", "time"]:
                return "10:05:00"
            case ["ppp", "profile", "set"]:
                (call,) = [each for each in rest if isinstance(each, Call)]
                (name,) = [each.value for each in call.words if isinstance(each, Option)]
                self.profiles[name] = given
                return None
        raise ScriptError(f"no such command: {path}")


def _bytes(text: str) -> str:
    return text.encode().decode("latin-1")


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    ".": lambda a, b: f"{a}{b}", "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
    "/": lambda a, b: a // b, "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    ">": lambda a, b: a > b, "<=": lambda a, b: a <= b,
}  # fmt: skip
