"""What a model is given in tests: a shop's rules, and two things that were found."""

from __future__ import annotations

from datetime import date

from services.assistant import prompts
from services.assistant.retrieval import Found

RULES = prompts.rules("Toko Maju", "Rina", "Warm.", ["We close at 3 today."], "id", date(2025, 2, 13))


def found(number: int, question: str, answer: str) -> Found:
    return Found(number, number, number, "price list", "qa", None, None, question, answer, 0.8)


CEMENT, HOURS = (
    found(1, "Harga semen?", "Semen Tiga Roda Rp 65.000 per sak."),
    found(2, "Jam buka?", "Buka jam 8 pagi."),
)
