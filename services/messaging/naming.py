"""Names as programs and files bring them: tidied for showing, and reduced to the key by which they are compared.

The key is the one by which a name in a chat finds its contact.
"""

from __future__ import annotations

import unicodedata
from itertools import dropwhile

from services.errors import DomainError
from services.i18n import _

LONGEST_NAME = 80

HONORIFICS = frozenset(
    word
    for row in (
        # Indonesian
        "pak bapak bpk bp bapa bu ibu ibuk buk mas mbak mba mbk bang abang bg kak kakak kk om tante adik adek dik dek",
        "sdr sdri saudara saudari tuan tn nyonya ny nona nn pakde pakdhe bude budhe paklik bulik eyang mbah oma opa",
        "lek lik",
        # of its regions and communities
        "kang akang mang teh teteh aa neng cak ning gus bli mbok uda uni daeng koh koko engkoh ci cici cik encik",
        # of faith and learning
        "haji hajah hajjah h hj kh kyai kiai ustad ustadz ustaz ust ustadzah habib ir drs dra prof dr drg",
        # English
        "mr mrs ms miss mx mister missus sir madam mme uncle aunt auntie aunty",
    )
    for word in row.split()
)
APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´＇", "'"))


def visible(text: str) -> str:
    """A text without control, format, private and broken characters; every blank is a space."""
    shown = (" " if character.isspace() else character for character in text)
    return "".join(character for character in shown if unicodedata.category(character)[0] != "C")


def tidy(name: str) -> str:
    """A name on one line; raises `DomainError` `bad_name` for one that has no letter or figure, or is too long."""
    found = " ".join(unicodedata.normalize("NFC", visible(name)).translate(APOSTROPHES).split())
    if len(found) > LONGEST_NAME or not name_key(found):
        raise DomainError("bad_name", _("A name has letters and at most {most} characters.", most=LONGEST_NAME))
    return found


def name_key(name: str) -> str:
    """What two spellings of one name share: no case, accents, punctuation or leading honorifics.

    A name of honorifics alone (`Pak Haji`) keeps them all.
    """
    spelled = visible(name).translate(APOSTROPHES).replace("'", "")
    decomposed = unicodedata.normalize("NFKD", spelled).casefold()
    letters = (character for character in decomposed if unicodedata.category(character) != "Mn")
    parts = "".join(character if character.isalnum() else " " for character in letters).split()
    return " ".join(list(dropwhile(HONORIFICS.__contains__, parts)) or parts)
