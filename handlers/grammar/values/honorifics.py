"""How people are addressed in Indonesian and English, before their names: `Pak Budi`, `Mrs Brown`, `H. Ahmad`."""

from __future__ import annotations

from handlers.grammar.values.word_tables import words

HONORIFICS = words(
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

FOR_MEN = words(
    "pak bapak bpk mas bang abang om kang mang cak gus uda koh koko tuan paklik pakde opa mr mister sir uncle"
)
FOR_WOMEN = words(
    "bu ibu ibuk buk mbak mba tante teh teteh ning uni ci cici nyonya ny nona bulik bude oma mrs ms miss aunt"
)
