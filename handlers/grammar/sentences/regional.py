"""Words of Javanese and Sundanese, as they slip into Indonesian chats.

Joined to the tables of `words` and `verbs`; only words that mean nothing else in Indonesian or English, and nobody's
name.
"""

from __future__ import annotations

from handlers.grammar.sentences.frames import BORROW, CLEAR, GRANTED, LEND, LEND_PLEASE, PAY, TAKEN, Frame
from handlers.grammar.sentences.kinds import Kind

REGIONAL_WORDS: dict[Kind, str] = {
    Kind.ME: "kulo kula kuring abdi",
    Kind.YOU: "kowe koen sampeyan panjenengan",
    Kind.THIRD: "dheweke deweke",
    Kind.TO: "nang menyang marang maring",
    Kind.FROM: "soko saking",
    Kind.WITH: "karo",
    Kind.FOR: "kanggo kagem",
    Kind.VIA: "liwat",
    Kind.NOT: "durung dereng ora mboten boten udu encan henteu teu",
    Kind.DONT: "ojo",
    Kind.IF: "nek yen lamun menawi menawa",
    Kind.ASK: "opo piye pripun kepriye naha kumaha",
    Kind.WHO: "sopo sinten saha",
    Kind.WHEN: "iraha",
    Kind.MUCH: "piro pinten sabaraha",
    Kind.MAY: "iso saged tiasa",
    Kind.FUTURE: "arep meh badhe bade bakale engko mengko mengke hoyong gelem njaluk nyuwun",
    Kind.HEARSAY: "jarene jare omonge cenah saurna",
    Kind.PARTICLE: "sing nggih inggih iki kuwi iku niki niku rek yo yoh tho wae mawon thok maneh meneh atuh mah euy "
    "duwe nduwe disik sek",
    Kind.DONE: "wis wes uwis uwes sampun mpun atos parantos geus isih",
    Kind.POLITE: "tulung monggo",
    Kind.THING: "duwit duwite duite dhuwit dhuwite artos arto",
    Kind.FULL: "kabeh sedoyo sadaya",
    Kind.DEBT: "utange hutange utangane",
}

REGIONAL_VERBS: tuple[tuple[Frame, str], ...] = (
    (BORROW, "nyilih nyelang nginjeum"),
    (LEND, "nyilihi nyilihake nyilihno nginjeumkeun"),
    (LEND_PLEASE, "silihi silihno"),
    (GRANTED, "disilihi"),
    (TAKEN, "disilih"),
    (PAY, "nyaur nyahur disaur mayar mbayari dibayari mbalekno mbalekake"),
    (CLEAR, "nglunasi nglunasake"),
)
