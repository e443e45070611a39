"""How people are addressed in Indonesian and English, before their names: `Pak Budi`, `Mrs Brown`, `H. Ahmad`."""

from __future__ import annotations

from handlers.grammar.values.word_tables import words
from services.messaging.naming import HONORIFICS

__all__ = ["FOR_MEN", "FOR_WOMEN", "HONORIFICS"]

FOR_MEN = words(
    "pak bapak bpk mas bang abang om kang mang cak gus uda koh koko tuan paklik pakde opa mr mister sir uncle"
)
FOR_WOMEN = words(
    "bu ibu ibuk buk mbak mba tante teh teteh ning uni ci cici nyonya ny nona bulik bude oma mrs ms miss aunt"
)
