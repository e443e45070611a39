"""What a bot says: the answer, a choice, or that it doesn't know; and which lines of a document."""

from __future__ import annotations

import pytest

from services.assistant import retrieval
from services.assistant.deciding import Decision, decide
from services.assistant.entries import Entry
from services.db.engine import Database
from services.tenants.tenants import NewTenant, register
from tests.assistant.teaching import HOURS, POLICY, PRICES, SHOP, teach


@pytest.fixture
def shop(db: Database) -> int:
    """A tenant with five answers and a price list."""
    tenant_id = register(db, NewTenant("Toko", "6281100000011")).tenant_id
    with db.tenant(tenant_id) as tx:
        teach(tx, 1, SHOP)
        teach(tx, 2, [PRICES, POLICY])
    return tenant_id


def decision(db: Database, tenant_id: int, question: str) -> Decision:
    with db.tenant(tenant_id) as tx:
        return decide(question, retrieval.search(tx, question, chatbot_id=None))


PARKING = (
    Entry("Gratis.", ("Biaya parkir mobil?",)), Entry("Gratis.", ("Parkir motor berapa?",)),
    Entry("Di belakang.", ("Tempat parkir di mana?",)),
)  # fmt: skip
NOTHING = (
    "cuaca besok gimana", "what's the weather like", "i love you", "aku cinta kamu", "siapa yang menang bola semalam",
    "who won the football", "goblok", "anjing lu", "fuck off", "you are useless", "siapa presiden indonesia", "halo",
    "ok", "berapa 17 kali 23", "tell me a joke", "resep nasi goreng", "are you a robot", "jual iphone ga",
)  # fmt: skip


def test_what_has_nothing_to_do_with_anything_taught_is_unknown(db: Database, shop: int) -> None:
    assert {each: decision(db, shop, each).kind for each in NOTHING} == dict.fromkeys(NOTHING, "unknown")


def test_a_clear_question_gets_the_stored_answer(db: Database, shop: int) -> None:
    made = decision(db, shop, "buka jam brp?")
    assert (made.kind, made.text, len(made.found)) == ("answer", HOURS.answer, 1)


def test_a_near_one_is_offered_each_answer_once(db: Database, shop: int) -> None:
    with db.tenant(shop) as tx:
        teach(
            tx,
            3,
            [
                Entry("Gratis.", ("Biaya parkir mobil?",)),
                Entry("Gratis.", ("Parkir motor berapa?",)),
                Entry("Di belakang.", ("Tempat parkir di mana?",)),
            ],
        )
    assert decision(db, shop, "parkir").kind == "offer"
    made = decision(db, shop, "soal parkir dong")
    assert made.kind == "offer"
    assert 1 <= len(made.found) <= 3
    assert len({each.answer for each in made.found}) == len(made.found)
    assert made.text is None


def test_nothing_taught_is_unknown(db: Database, shop: int) -> None:
    assert decide("jam buka", ()) == Decision("unknown", (), None, 0.0)


SAID = {
    "harga semen 50kg": "*DAFTAR HARGA*\n• Semen Tiga Roda 50kg – Rp 65.000\n• Semen Padang 50kg – Rp 63.000",
    "hrg semen padang brp": "*DAFTAR HARGA*\n• Semen Padang 50kg – Rp 63.000",
    "harga semen gresik dan tiga roda":
        "*DAFTAR HARGA*\n• Semen Tiga Roda 50kg – Rp 65.000\n• Semen Gresik 40kg – Rp 52.000",
    "how long do refunds take": "Refunds are paid within 5 working days to the card you used.",
    "are you closed on bank holidays": "The clinic is closed on bank holidays.",
}  # fmt: skip


def test_of_a_document_the_lines_that_answer_are_said(db: Database, shop: int) -> None:
    assert {each: decision(db, shop, each).text for each in SAID} == SAID


@pytest.mark.parametrize(
    "question", ["harga semen 25kg", "cat dulux 10kg berapa", "harga semen holcim", "harga besi 10mm"]
)
def test_what_is_not_in_the_list_is_not_answered_with_something_else(db: Database, shop: int, question: str) -> None:
    assert decision(db, shop, question).kind != "answer"


def test_a_long_list_is_cut_at_eight_rows_in_their_order(db: Database, shop: int) -> None:
    rows = [f"Pipa PVC {size} inci\tRp {size}0.000" for size in range(1, 13)]
    with db.tenant(shop) as tx:
        teach(tx, 3, [Entry("\n".join(rows), heading="PIPA")])
    said = [f"• {row}".replace("\t", " – ") for row in rows[:8]]
    assert decision(db, shop, "harga pipa pvc").text == "\n".join(["*PIPA*", *said])


def test_words_are_never_invented(db: Database, shop: int) -> None:
    with db.tenant(shop) as tx:
        teach(tx, 3, [Entry("Kebijakan garansi: " + "garansi bor berlaku satu tahun penuh " * 40, page=1)])
    said = decision(db, shop, "garansi bor").text
    assert said is not None
    assert len(said) <= 502
    assert "garansi bor berlaku satu tahun penuh " * 8 in said
