"""Days that no calendar knows: `habis gajian`, `sampai lebaran`, `after payday`.

Such a day becomes one token with the words that lead to it. Behind a loan it says when the money comes back, but not
on which date; anywhere else it is a day still to come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import phrases, words
from handlers.grammar.sentences.units import Token

_EVENTS = frozenset(
    tuple(event.split())
    for event in phrases(
        """
        gajian, lebaran, panen, panenan, natal, puasa, ramadhan, ramadan, idul fitri, thr, thr cair, hari raya,
        tanggal muda, tgl muda, tanggal tua, tgl tua, ada uang, ada duit, ada rejeki, ada rezeki, payday,
        pay day, paycheck, paycheque, harvest, christmas, xmas, easter, thanksgiving, tax refund, paycheck day,
        proyek cair, dana cair, nanti malam minggu
        """
    )
)
_LEADS = words(
    """
    sampai sampe smp smpe hingga until till til by on at when after before habis abis hbs setelah stlh sesudah
    nunggu menunggu tunggu pas waktu saat kalau kalo klo kl nanti ntar ntr sehabis sebelum his her their next the
    he she gets paid comes in udah sudah tempo
    """
)
_LONGEST = 2


def fold_events(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, each event and what leads to it made one."""
    folded: list[Token] = []
    at = 0
    while at < len(tokens):
        length = _event_length(tokens, at)
        if not length:
            folded.append(tokens[at])
            at += 1
            continue
        start = len(folded)
        while start and folded[start - 1].key in _LEADS:
            start -= 1
        first = (folded[start:] or [tokens[at]])[0]
        end = tokens[at + length - 1].end
        del folded[start:]
        folded.append(replace(first, key="event", kind=Kind.EVENT, end=end, frame=None, value=None))
        at += length
    return folded


def _event_length(tokens: Sequence[Token], at: int) -> int:
    keys = tuple(token.key.removesuffix("nya") for token in tokens[at : at + _LONGEST])
    known = (length for length in (2, 1) if len(keys) >= length and keys[:length] in _EVENTS)
    capital = tokens[at].capital and at > 0 and tokens[at - 1].kind in (Kind.VERB, Kind.FROM, Kind.TO)
    return 0 if capital else next(known, 0)
