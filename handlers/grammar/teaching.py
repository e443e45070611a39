"""Questions with their answers as an owner types them to teach a bot: one or many in a message, in one of three forms.

`Q | another wording = A`; a question that ends with `?` and its answer on the lines below; `Q: …` and `A: …`. Several
stand on lines of their own or apart by a blank line. Knows no commands and no records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """A question in one or more wordings, and its answer, if it stands there."""

    questions: tuple[str, ...]
    answer: str | None


@dataclass(frozen=True, slots=True)
class Taught:
    """What a message teaches, for the bot with that name or, where it names none, for every bot."""

    pairs: tuple[Pair, ...]
    bot: str | None = None


_BOT = re.compile(r"\s*@(?:[\"“”']([^\"“”'\n]{1,80})[\"“”']|([^\s:,]{1,80}))[:,]?\s*")
# The first sign that stands apart parts question and answer; one within a word only where no other does.
_SPACED = re.compile(r"(?<![<>!=])=(?=\s|$)|(?<=\s)=(?=[^\s=])")
_TIGHT = re.compile(r"(?<=[^\s=&<>!])=(?=[^\s=])")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_ASKS = re.compile(r"(?:q|t|p|tanya|pertanyaan|question|pregunta|pergunta)\s*[:：]\s*", re.IGNORECASE)
_ANSWERS = re.compile(r"(?:a|j|jawab|jawaban|answer|respuesta|resposta)\s*[:：]\s*", re.IGNORECASE)
# The command written anew on each line.
_AGAIN = re.compile(r"^\s*(?:kb|knowledge|pengetahuan)\s+(?:add|tambah)\s+", re.IGNORECASE | re.MULTILINE)
_QUESTION_END = ("?", "？", "؟")


def take_bot(text: str) -> tuple[str | None, str]:
    """The bot that a text begins with (`@Rina …`, `@"Rina Dua" …`), and the rest of the text."""
    match = _BOT.match(text)
    if match is None:
        return None, text.strip()
    return " ".join((match[1] or match[2]).split()), text[match.end() :].strip()


def read_taught(text: str) -> Taught:
    """What a text teaches; a last question without an answer has None, and no pairs mean that nothing stands there."""
    bot, body = take_bot(_AGAIN.sub("\n\n", text.replace("\r\n", "\n").replace("\r", "\n")))
    pairs: list[Pair] = []
    for block in re.split(r"\n\s*\n", body):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        found = _pairs(lines)
        if found and pairs and found[0].answer is None and not _is_question(lines[0]):
            pairs[-1] = _longer(pairs[-1], "\n".join(lines))
        else:
            pairs += found
    return Taught(tuple(pair for pair in pairs if pair.questions), bot)


def _longer(pair: Pair, paragraph: str) -> Pair:
    """A paragraph that asks nothing belongs to the answer before it."""
    before = f"{pair.answer}\n\n" if pair.answer else ""
    return Pair(pair.questions, before + paragraph)


def _pairs(lines: Sequence[str]) -> list[Pair]:
    if not lines:
        return []
    if split(lines[0]) is not None:
        return _by_signs(lines)
    if _is_question(lines[0]):
        return _by_lines(lines)
    asked, sign, answer = lines[0].partition("? ")
    if sign and answer.strip():
        return [_pair(f"{asked}?", [answer.strip(), *lines[1:]])]
    return [Pair(_wordings(" ".join(lines)), None)]


def _by_signs(lines: Sequence[str]) -> list[Pair]:
    """Each line with the sign begins a pair, unless those before it ask with `?` and it doesn't."""
    pairs: list[tuple[str, list[str]]] = []
    for line in lines:
        parted = split(line)
        if parted is not None and (not pairs or _asks(parted[0]) or not _asks(pairs[0][0])):
            pairs.append((parted[0], [parted[1]]))
        else:
            pairs[-1][1].append(line)
    return [_pair(question, answer) for question, answer in pairs]


def _asks(question: str) -> bool:
    """Whether one of its wordings ends as a question does."""
    return any(each.strip().endswith(_QUESTION_END) for each in question.split("|"))


def _by_lines(lines: Sequence[str]) -> list[Pair]:
    """Lines that ask, then lines that answer; a question at the very end belongs to the answer."""
    pairs: list[tuple[list[str], list[str]]] = []
    for at, line in enumerate(lines):
        asks = _is_question(line) and (not pairs or not pairs[-1][1] or not all(map(_is_question, lines[at:])))
        if not asks:
            pairs[-1][1].append(_ANSWERS.sub("", line, count=1) if _ANSWERS.match(line) else line)
        elif pairs and not pairs[-1][1]:
            pairs[-1][0].append(line)
        else:
            pairs.append(([line], []))
    return [_pair(" | ".join(_bare(each) for each in asked), answer) for asked, answer in pairs]


def _is_question(line: str) -> bool:
    """By its end, its beginning, or because its first wording asks: `Bisa antar? | ongkir berapa`."""
    first, sign, _rest = line.partition("|")
    return line.endswith(_QUESTION_END) or _ASKS.match(line) is not None or (bool(sign) and _asks(first.strip()))


def _bare(question: str) -> str:
    return _ASKS.sub("", question, count=1) if _ASKS.match(question) else question


def _pair(question: str, answer: Sequence[str]) -> Pair:
    text = "\n".join(answer).strip()
    return Pair(_wordings(question), text or None)


def split(line: str) -> tuple[str, str] | None:
    """A line as what stands before and after its sign `=`; None where it has none or nothing stands before it."""
    hidden = _ADDRESS.sub(lambda found: "x" * len(found.group()), line)
    match = _SPACED.search(hidden) or _TIGHT.search(hidden)
    if match is None or not line[: match.start()].strip(" |"):
        return None
    return line[: match.start()].strip(), line[match.end() :].strip()


def _wordings(question: str) -> tuple[str, ...]:
    """The wordings of a question, each once."""
    found = [" ".join(each.split()) for each in question.split("|")]
    return _once(each for each in found if any(character.isalnum() for character in each))


def _once(questions: Iterable[str]) -> tuple[str, ...]:
    """Each of some texts once, whatever the case, in their order."""
    found: dict[str, str] = {}
    for each in questions:
        found.setdefault(each.casefold(), each)
    return tuple(found.values())


_NUMBERED = re.compile(r"(?:no\.?|#)?\s*(\d{1,9})(?:\s*[=)]\s*|\s*[:.](?!\d)\s*|\s+|$)(.*)", re.DOTALL | re.IGNORECASE)


def read_numbered(text: str) -> tuple[int, str] | None:
    """`2 = We open at 8`, `2 We open at 8`, `#2: no`; the text is empty where only the number stands there."""
    match = _NUMBERED.fullmatch(text.strip())
    return None if match is None else (int(match[1]), match[2].strip())


def read_all_numbered(text: str) -> tuple[tuple[int, str], ...]:
    """Several such lines; a line without a number goes on with the text before it. Empty if the first one has none."""
    found: list[tuple[int, str]] = []
    for line in text.strip().split("\n"):
        numbered = read_numbered(line) if not found or re.match(r"\s*#?\d{1,9}\s*=", line) else None
        if numbered is not None:
            found.append(numbered)
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{line}".strip())
        else:
            return ()
    return tuple(found)


def read_numbers(text: str) -> tuple[int, ...]:
    """`3`, `3 5 7`, `3, 5 dan 7`, `3-5`: the numbers, or none where anything else stands there. At most a hundred."""
    found: list[int] = []
    for word in re.split(r"[\s,;&#]+|\b(?:dan|and)\b", text.strip().rstrip(".!"), flags=re.IGNORECASE):
        match = re.fullmatch(r"(\d{1,9})(?:[-–](\d{1,9}))?", word)
        if word and match is None:
            return ()
        if match is not None:
            first, last = int(match[1]), int(match[2] or match[1])
            found += range(first, min(last, first + 99) + 1)
    return tuple(dict.fromkeys(found))[:100]
