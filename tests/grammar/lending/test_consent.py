"""Consent is only what can mean nothing else; what merely sounds like it is told apart."""

from __future__ import annotations

import pytest

from handlers.grammar.lending import read_consent, sounds_like_consent

ANSWERS: tuple[tuple[str, str | None], ...] = (
    ("SETUJU", "agree"),
    ("setuju.", "agree"),
    ("Setuju 7", "agree 7"),
    ("saya setuju", "agree"),
    ("SETUJU perjanjian 7", "agree 7"),
    ("agree", "agree"),
    ("I agree", "agree"),
    ("agree 7", "agree 7"),
    ("*SETUJU*", "agree"),
    ("setuju 👍", "agree"),
    ("Setuju pak, terima kasih", "agree"),
    ("setuju no 7", "agree 7"),
    ("I agree to agreement 7", "agree 7"),
    ("setuju dengan perjanjian ini", "agree"),
    ("TOLAK", "decline"),
    ("tolak, bunganya kemahalan", "decline bunganya kemahalan"),
    ("TOLAK 7 cicilan terlalu besar", "decline 7 cicilan terlalu besar"),
    ("tidak setuju", "decline"),
    ("saya tidak setuju karena bunganya tinggi", "decline bunganya tinggi"),
    ("decline", "decline"),
    ("I decline", "decline"),
    ("reject", "decline"),
    ("I don't agree", "decline"),
    ("gak setuju, mahal", "decline mahal"),
    ("saya tolak perjanjian 7 karena mahal", "decline 7 mahal"),
    ("tolak 500rb kebanyakan", "decline 500rb kebanyakan"),
    ("maaf pak, saya tolak", "decline"),
    ("tolak angin", None),
    ("setuju?", None),
    ("setuju tapi bunganya turun", None),
    ("belum setuju", None),
    ("kalau setuju gimana", None),
    ("ok", None),
    ("ya", None),
    ("oke setuju deh pak nanti ya", None),
    ("saya setuju kalau bunganya turun", None),
    ('"setuju"', None),
    ("agreement", None),
    ("setuju...", None),
    ("ya setuju", None),
    ("setuju 500rb", None),
    ("setuju 1 2", None),
    ("tidak setuju?", None),
    ("jangan ditolak", None),
    ("tidak menolak", None),
    ("tidak tolak", None),
    ("setuju ya", None),
    ("disagree", "decline"),
    ("agreed", "agree"),
    ("setuju\n7", "agree 7"),
    ("S E T U J U", None),
    ("setujuu", None),
    ("", None),
    ("SETUJU 👍🏽", "agree"),
    ("ＳＥＴＵＪＵ", "agree"),
    ("sy setuju.", "agree"),
    ("setuju kak, makasih", "agree"),
    ("Setuju!", "agree"),
    ("setuju dong", None),
    ("ok setuju", None),
    ("setuju kok", None),
    ("setuju. tapi cicilannya kurangi", None),
    ("sudah setuju kemarin", None),
    ("siapa yang setuju", None),
    ("setuju dan mau tanya", None),
    ("bilang setuju aja", None),
    ("TOLAK!", "decline"),
    ("tdk setuju", "decline"),
    ("tolak dulu", None),
    ("tolak kalau bunganya segitu", None),
    ("tolak?", None),
    ("bisa tolak?", None),
    ("ga setuju bunganya ketinggian", "decline bunganya ketinggian"),
    ("TOLAK 7", "decline 7"),
    ("tolak no 7: kemahalan", "decline 7 kemahalan"),
    ("I disagree", "decline"),
    ("do not agree, too expensive", "decline too expensive"),
    ("> setuju", None),
    (
        "TOLAK mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali "
        "mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal "
        "sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali "
        "mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal "
        "sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali mahal sekali "
        "mahal sekali mahal sekali mahal sekali ",
        None,
    ),
    ("agree?", None),
    ("not agree", None),
    ("I agree with the agreement", "agree"),
    ("I do not agree because it's too much", "decline it's too much"),
    ("setuju 0", None),
    ("Tolak. Terima kasih", "decline"),
    ("i dont agree with 7", "decline 7"),
    ("SETUJU!!!", "agree"),
    ("setuju, tidak", None),
    ("saya tidak akan setuju", None),
    ("agree to disagree", None),
    ("Setuju.\n\nAhmad", None),
    ("tidak setuju dengan perjanjian 7 karena mahal", "decline 7 mahal"),
)

SOUNDS: tuple[tuple[str, bool], ...] = (
    ("ok", True),
    ("ya", True),
    ("oke", True),
    ("sip", True),
    ("siap", True),
    ("boleh", True),
    ("setuju tapi mahal", True),
    ("👍", True),
    ("sounds good", True),
    ("deal", True),
    ("acc", True),
    ("lanjut pak", True),
    ("mau", True),
    ("terima kasih", False),
    ("halo", False),
    ("saldo", False),
    ("besok ya", False),
    ("gimana caranya", False),
    ("tidak", True),
    ("saya terima", True),
    ("iya kak", True),
    ("500rb", False),
    ("kapan cair", False),
    ("agreement", False),
    ("perjanjian 7", False),
    ("yes please", True),
    ("gak jadi", True),
    ("ok tgl 5 ya", False),
)


def shown(text: str) -> str | None:
    """`agree 7`, `decline bunganya kemahalan`."""
    found = read_consent(text)
    parts = () if found is None else (found.word, found.number, found.reason)
    return " ".join(str(part) for part in parts if part is not None) or None


@pytest.mark.parametrize(("text", "expected"), ANSWERS)
def test_consent(text: str, expected: str | None) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(("text", "sounds"), SOUNDS)
def test_what_sounds_like_consent(text: str, sounds: bool) -> None:
    assert sounds_like_consent(text) is sounds


@pytest.mark.parametrize("text", [text for text, expected in ANSWERS if expected])
def test_consent_is_not_explained(text: str) -> None:
    assert not sounds_like_consent(text)


@pytest.mark.parametrize("text", [text for text, expected in ANSWERS if expected == "agree"])
@pytest.mark.parametrize(
    "more", ["{}?", "kalau {}", "belum {}", "{} tapi nanti", '"{}"', "{} asal bunganya turun", "jangan {}"]
)
def test_agreement_with_anything_beside_it_is_none(text: str, more: str) -> None:
    assert read_consent(more.format(text)) is None
