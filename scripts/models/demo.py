"""The brain of the demonstration: it answers by words alone, the same each time, so that all can be tried.

It reads prompts as loosely as a model would: what stands between `<<<SOURCES` and `SOURCES>>>`, what tools returned,
and the last message of the customer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from scripts.models import filling
from scripts.models.shapes import Body, Reply, wanted_schema

SPOKEN = "Halo, jam berapa buka?"
MOST_WORDS = 60
# What of a question's words a source has to hold; letters by which two words count as one.
ENOUGH, STEM = 0.4, 5

_LITTLE = """
    a ada adalah aku anda and apa apakah are at bang bisa boleh buat can dan dari deh di do does dong for gak ga gan i
    in ini is it itu juga kah kak kakak kalau kami kamu kan ke ku lah mas mau mbak me min my nih of or our pada pak
    permisi please saya si sih the this to tolong untuk want we what when where which with ya yang you your how much
    many berapa gimana bagaimana kapan dimana mana siapa jam tanya jadi jadinya sama terus total people three
"""
_ENGLISH_WORDS = """
    a and are can could do does for hello hey how i is may me much my of please sell thanks thank the there to want what
    when where which who with would you your
"""
_SMALL, _ENGLISH = frozenset(_LITTLE.split()), frozenset(_ENGLISH_WORDS.split())
# So that a question in English finds an answer in Indonesian.
_SAME = {
    "open": "buka", "openi": "buka", "opens": "buka", "hours": "buka", "deliv": "antar", "price": "harga",
    "cost": "harga", "costs": "harga", "pay": "bayar", "payme": "bayar", "addre": "alama", "locat": "alama",
    "stock": "stok", "cemen": "semen", "order": "pesan", "outsi": "luar", "city": "kota", "free": "grati",
}  # fmt: skip
_PREFIX = re.compile(r"^(di|meng|mem|men|me|ber|ter|nge)(?=\w{4})")
_PERSON = re.compile(r"\b(admin|cs|manusia|orang asli|pemilik|human|real person|someone|agent|komplain|complain)", re.I)
_ACCOUNT = re.compile(r"\b(h?utang|saldo|cicilan|tagihan|jatuh tempo|owe|debts?|balance|instal+ments?)", re.I)
_GREETING = re.compile(
    r"\W*((halo+|hai|hi|hello|hey|pagi|siang|sore|malam|selamat|good|morning|assalam\S*|permisi|kak|min|p)\W*)+", re.I
)
_THANKS = re.compile(r"\W*(terima ?kasih|makasih|thanks?|thank you|ok(e|ay)?|sip)\b", re.I)
_SAID = {
    "hello": ("Halo! Ada yang bisa saya bantu?", "Hello! What can I do for you?"),
    "thanks": ("Sama-sama!", "You're welcome!"),
    "asked": (
        "Maaf, itu belum saya ketahui. Sudah saya tanyakan, ya.",
        "Sorry, I don't know that yet. I have asked somebody.",
    ),
    "unknown": ("Maaf, itu belum saya ketahui.", "Sorry, I don't know that yet."),
    "person": ("Baik, saya panggilkan orangnya.", "Sure, I'll get somebody for you."),
}


def transcript(recording: bytes) -> str:
    """The words of a recording: those of its comment `TRANSCRIPT=`, else always the same sentence."""
    place = recording.find(b"TRANSCRIPT=")
    if place < 4:
        return SPOKEN
    length = int.from_bytes(recording[place - 4 : place], "little")
    return recording[place : place + length].decode("utf-8", "ignore").partition("=")[2].strip()


_COUNT = re.compile(r"(?<![\d.,])([2-9]|[1-9]\d{1,3})(?![\d.,]|\s*(?:am|pm|:))")
_PRICE = re.compile(r"(?:Rp|\$)\s?[\d.,]+")


def brain(body: Body) -> Reply:
    """What the demonstration says to a chat."""
    messages: list[Body] = list(body.get("messages") or [])
    schema = wanted_schema(body)
    if schema is not None:
        return Reply(filling.fill(schema, text_of(messages[-1]) if messages else "", filling.pictures(messages)))
    system = "\n".join(text_of(each) for each in messages if each.get("role") in ("system", "developer"))
    if "SOURCES" not in system and not body.get("tools"):
        return Reply(_summary(text_of(messages[-1]) if messages else ""))
    return _answer(messages, system, _tools(body))


def text_of(message: Body) -> str:
    """The words of a message, of whatever parts it is made."""
    content = message.get("content") or ""
    return content if isinstance(content, str) else " ".join(str(part.get("text") or "") for part in content)


def _tools(body: Body) -> dict[str, list[str]]:
    """The names of the tools that may be called, with those of their arguments."""
    if body.get("tool_choice") == "none":
        return {}
    functions = [tool["function"] for tool in body.get("tools") or []]
    return {each["name"]: list((each.get("parameters") or {}).get("properties") or {}) for each in functions}


def _answer(messages: Sequence[Body], system: str, tools: dict[str, list[str]]) -> Reply:
    question, told = _question(messages)
    called = [call["function"]["name"] for each in told for call in each.get("tool_calls") or ()]

    def call(name: str) -> Reply | None:
        if name not in tools or name in called:
            return None
        return Reply(calls=((name, dict.fromkeys(tools[name], question[:300])),))

    if called and called[-1] in ("my_account", "work_out"):
        return Reply(text_of(told[-1]).strip() or _say("unknown", question))
    if "ask_person" in called:
        return Reply(_say("person" if _PERSON.search(question) else "asked", question))
    if _PERSON.search(question) and (asking := call("ask_person")):
        return asking
    if _GREETING.fullmatch(question):
        return Reply(_say("hello", question))
    if _THANKS.match(question):
        return Reply(_say("thanks", question))
    if _ACCOUNT.search(question) and (looking := call("my_account")):
        return looking
    sources = [*_sources(system), *(text_of(each) for each in told if each.get("role") == "tool")]
    parts = (question, question.rpartition("\n")[2], *re.split(r"[?!.,\n]+", question))
    found = list(dict.fromkeys(filter(None, (_best(part, sources) for part in parts))))
    count, price = _COUNT.search(question), _PRICE.search(found[0]) if found else None
    if count and price and "work_out" in tools and "work_out" not in called:
        return Reply(calls=(("work_out", {"calculation": f"{count[1]} x {price[0].strip(' .,')}"}),))
    if found:
        return Reply(" ".join(found[:2]))
    return call("search_knowledge") or call("ask_person") or Reply(_say("unknown", question))


def _question(messages: Sequence[Body]) -> tuple[str, Sequence[Body]]:
    """What the customer wrote last, and what came after it; notes of the system aren't the customer's."""
    for place in range(len(messages) - 1, -1, -1):
        text = text_of(messages[place])
        if messages[place].get("role") == "user" and not text.startswith("(A note of the system"):
            return text.strip(), messages[place + 1 :]
    return "", []


def _sources(system: str) -> list[str]:
    """The sources of a prompt, each with its number before it."""
    block = system.rpartition("<<<SOURCES")[2].partition("SOURCES>>>")[0]
    return [each.strip() for each in re.split(r"\n(?=\[\d+\])", block) if each.strip().startswith("[")]


def _best(question: str, sources: Sequence[str]) -> str | None:
    """The lines of the source that shares most words with the question; None where none shares enough."""
    wanted = _stems(question)
    scored = [(len(wanted & _stems(source)), -place) for place, source in enumerate(sources)]
    score, place = max(scored, default=(0, 0))
    if not wanted or score < ENOUGH * len(wanted):
        return None
    number, _, rest = re.sub(r"^(\[\d+\])?\s*", r"\1\n", sources[-place], count=1).partition("\n")
    title, _, answer = rest.partition("\n")
    lines = [line.strip() for line in re.split(r"(?<=[.!?])\s+|\n", answer or title) if line.strip()]
    chosen = lines if len(lines) <= 3 else sorted(_closest(wanted, lines, 2), key=lines.index)
    return f"{' '.join(chosen)} {number}".strip()


def _closest(wanted: frozenset[str], lines: Sequence[str], most: int) -> list[str]:
    return sorted(lines, key=lambda line: -len(wanted & _stems(line)))[:most]


def _stems(text: str) -> frozenset[str]:
    words = [word for word in re.findall(r"\w+", text.casefold()) if word not in _SMALL]
    stems = (_PREFIX.sub("", word.removesuffix("nya"))[:STEM] for word in words)
    return frozenset(_SAME.get(stem, stem) for stem in stems)


def _say(name: str, question: str) -> str:
    indonesian, english = _SAID[name]
    words = set(re.findall(r"\w+", question.casefold()))
    return english if words & _ENGLISH else indonesian


def _summary(text: str) -> str:
    """The first sentences of a text, without marks."""
    plain = re.sub(r"<<<\w+|\w+>>>|\(none\)", " ", text)
    words: list[Any] = plain.split()
    return " ".join(words[:MOST_WORDS]) or "-"
