"""Objects that the demonstration fills from words: an owner's command from a sentence, a payment from a picture."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from scripts.models.shapes import Body

# The first that fits counts. What a sentence denies, supposes or only asks about is no command.
_COMMANDS = (
    ("owe", r"\b(i|we) (owe|borrowed)|\b(saya|aku|gue?|kami) ((punya |ada )?(ng|h)?utang|pinjam|minjem)"),
    ("remind", r"\b(ingatkan|ingetin|tagih\w*|remind)"),
    ("history", r"\b(riwayat|history)"),
    ("status", r"\b(siapa|who|berapa|how much|sisa|total|cek|show|lihat)\b"),
    ("paid", r"\b(di?bayar\w*|paid|pays|lunas\w*|transfer\w*|nyicil|n?y?s?etor|balikin|kembali\w*|repaid|settled)"),
    ("lend", r"\b(\w*pinj[ae]m\w*|minjem|borrowed|lent|lend|ngutang|kasbon|ngebon|talang\w*|\w*ambil(in|kan)|took)"),
)  # fmt: skip
_NOT = re.compile(r"\b(belum|jangan|nggak|gak|tidak|kalau|misal\w*|not yet|don'?t|didn'?t|hasn'?t|if|maybe)\b", re.I)
_AMOUNT = re.compile(r"(?:rp\.?\s*|\$\s*)?(\d+(?:[.,]\d+)*)\s*(rb|ribu|k|jt|juta|thousand|million)?\b", re.I)
_SLANG = {"seceng": 1000, "goceng": 5000, "ceban": 10000, "noban": 20000, "gocap": 50000, "cepek": 100, "gopek": 500}
_TIMES = {"rb": 1000, "ribu": 1000, "k": 1000, "thousand": 1000, "jt": 10**6, "juta": 10**6, "million": 10**6}
_DAYS = {
    "besok": 1, "tomorrow": 1, "lusa": 2, "seminggu": 7, "minggu depan": 7, "next week": 7, "sebulan": 30,
    "bulan depan": 30, "next month": 30,
}  # fmt: skip
_PERIOD = re.compile(r"\b(\d{1,3})\s*(hari|days?|minggu|weeks?|bulan|months?)\b", re.I)
_BEFORE_NAME = r"(?:sama|ke|dari|si|pak|bu|mas|mbak|to|from|with|by|remind|ingatkan|tagih)"
_STANDS = re.compile(rb"((?:is_payment|sure|amount|currency|date|reference|bank|sender|recipient)=[^;\x00-\x1f]+)")


def fill(schema: Body, text: str, shown: Sequence[bytes]) -> dict[str, Any]:
    """An object of a schema, filled from a text or from what is written in pictures."""
    properties: Body = schema.get("properties") or {}
    if "command" in properties:
        found: dict[str, Any] = _command(properties, text)
    else:
        found = _payment(b"".join(shown))
    return {name: found.get(name, _nothing(about)) for name, about in properties.items()}


def pictures(messages: Sequence[Body]) -> list[bytes]:
    """The pictures that came with messages."""
    parts = [part for each in messages if isinstance(each.get("content"), list) for part in each["content"]]
    urls = [part["image_url"]["url"] for part in parts if part.get("type") == "image_url"]
    return [base64.b64decode(url.partition("base64,")[2]) for url in urls if "base64," in url]


def _nothing(about: Body) -> object:
    return {"boolean": False, "array": [], "object": {}, "number": 0, "integer": 0}.get(str(about.get("type")), "")


def _payment(picture: bytes) -> dict[str, Any]:
    """What a picture says in a comment: `amount=450000; date=2025-02-12; reference=…`."""
    pairs = (part.decode("utf-8", "ignore").strip().split("=", 1) for part in _STANDS.findall(_comments(picture)))
    found: dict[str, Any] = {name: value.strip() for name, value in pairs}
    found["is_payment"] = found.get("is_payment", str("amount" in found)).casefold() == "true"
    found["sure"] = found.get("sure", "true").casefold() == "true"
    return found


def _comments(picture: bytes) -> bytes:
    """The texts in a PNG, without the checksums that follow them; of other pictures all bytes."""
    if not picture.startswith(b"\x89PNG"):
        return picture
    texts, at = [], 8
    while at + 8 <= len(picture):
        end = at + 8 + int.from_bytes(picture[at : at + 4])
        if picture[at + 4 : at + 8] in (b"tEXt", b"iTXt"):
            texts.append(picture[at + 8 : end])
        at = end + 4
    return b"\n".join(texts)


def _command(properties: Body, text: str) -> dict[str, str]:
    """The command that a sentence means by its first key word, with name, amount and day; `none` where none fits."""
    known = _known(text)
    message = known["message"]
    offered = properties["command"].get("enum") or []
    names = (name for name, words in _COMMANDS if name in offered and re.search(words, message, re.I))
    command = "none" if _NOT.search(message) else next(names, "none")
    if command == "none":
        return {"command": "none" if "none" in offered else ""}
    found = {"command": command, "name": _name(message, known.get("known_people") or [])}
    if command in ("lend", "owe", "paid"):
        found["amount"] = _amount(_PERIOD.sub(" ", message))
    if command in ("lend", "owe"):
        found["due"] = _due(message, str(known.get("today") or ""))
    return found


def _known(text: str) -> dict[str, Any]:
    """What comes with a sentence: `message`, `today`, `known_people`; a bare sentence comes alone."""
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    return {"message": text, **(given if isinstance(given, dict) else {})}


def _amount(text: str) -> str:
    slang = next((str(value) for word, value in _SLANG.items() if re.search(rf"\b{word}\b", text, re.I)), "")
    best = max((_value(*found) for found in _AMOUNT.findall(text)), default=Decimal(0))
    return f"{best.normalize():f}" if best else slang


def _value(digits: str, unit: str) -> Decimal:
    """`1.250.000`, `2,5` with `juta`, `500` with `rb`."""
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", digits):
        digits = re.sub(r"[.,]", "", digits)
    plain = Decimal(
        digits.replace(",", ".") if digits.count(",") + digits.count(".") == 1 else re.sub(r"[.,]", "", digits)
    )
    return plain * _TIMES.get(unit.casefold(), 1)


def _name(text: str, people: Sequence[str]) -> str:
    for person in people:
        if re.search(rf"\b{re.escape(person)}\b", text, re.I):
            return person
    after = re.search(rf"\b(?i:{_BEFORE_NAME})\s+([A-Z][\w'’]+(?:\s+[A-Z][\w'’]+)*)", text)
    capital = after or re.search(r"(?<!^)\b(?!I\b|Rp\b)([A-Z][\w'’]+(?:\s+[A-Z][\w'’]+)*)", text)
    capital = capital or re.search(r"^([A-Z][\w'’]+)\b", text)
    return re.sub(r"^(Pak|Bu|Mas|Mbak)\s+", "", capital[1]) if capital else ""


def _due(text: str, today: str) -> str:
    try:
        start = date.fromisoformat(today[:10])
    except ValueError:
        return ""
    for words, days in _DAYS.items():
        if re.search(rf"\b{words}\b", text, re.I):
            return (start + timedelta(days=days)).isoformat()
    period = _PERIOD.search(text)
    if period is None:
        return ""
    length = {"h": 1, "d": 1, "m": 7, "w": 7, "b": 30}[period[2][0].casefold()]
    length = 30 if period[2].casefold().startswith("month") else length
    return (start + timedelta(days=int(period[1]) * length)).isoformat()
