"""Paying instalments: by their number, in parts, too late, too much, taken back, paid off; receipts and limits."""

from __future__ import annotations

from tests.conftest import Chat
from tests.conversations.lending import AHMAD, BUDI, files, signed, texts

PLAN = "Ahmad 5jt 081234567890 gaji tgl 25 8jt 0"


def test_an_instalment_by_its_number(chat: Chat) -> None:
    signed(chat, PLAN, "ubah 500rb")
    sent = chat.say("BAYAR 1")
    assert "Cicilan 1 perjanjian 1, jatuh tempo 25 Feb 2025: Rp 500.000 – lunas" in texts(sent)
    assert "Total utang Anda Rp 4.500.000; jatuh tempo terdekat: Sel, 25 Mar 2025" in texts(sent, AHMAD)
    [receipt] = files(sent, AHMAD)
    assert receipt.name.endswith(".pdf")
    assert "1 dari 10 lunas" in chat.owner("cicilan")


def test_every_way_to_say_it(chat: Chat) -> None:
    signed(chat, PLAN, "ubah 500rb")
    for number, said in enumerate(
        ("BAYAR 1", "BAYAR CICILAN 2 Ahmad", "Ahmad bayar cicilan ke-3", "paid installment 4 Ahmad", "bayar Ahmad 5"), 1
    ):
        chat.wait(days=1)
        assert f"Cicilan {number} perjanjian 1" in chat.owner(said), said
        assert chat.understood is not None
        assert chat.understood["arguments"] == {
            "name": "Ahmad", "amount": "500000", "currency": "IDR", "installment": number,
        }  # fmt: skip


def test_a_payment_goes_to_what_is_due_first_debts_and_instalments_together(chat: Chat) -> None:
    signed(chat, PLAN, "ubah 500rb")
    chat.say("pinjam Ahmad 100rb 30 hari")
    reply = chat.owner("Ahmad bayar 700rb")
    assert "Cicilan 1 perjanjian 1, jatuh tempo 25 Feb 2025: Rp 500.000 – lunas" in reply
    assert "Pinjaman jatuh tempo 15 Mar 2025: Rp 100.000 – lunas" in reply
    assert "Cicilan 2 perjanjian 1, jatuh tempo 25 Mar 2025: Rp 100.000 – sisa Rp 400.000" in reply


def test_interest_is_paid_before_principal(chat: Chat) -> None:
    signed(chat, f"{PLAN} 10x bunga 2% per bulan flat")
    reply = chat.owner("Ahmad bayar 150rb")
    assert "(bunga Rp 100.000, pokok Rp 50.000) – sisa Rp 450.000" in reply


def test_a_payment_taken_back_leaves_everything_as_before(chat: Chat) -> None:
    signed(chat, PLAN, "ubah 500rb")
    before = chat.owner("cicilan Ahmad")
    chat.say("Ahmad bayar 5jt")
    assert "lunas" in chat.owner("perjanjian")
    sent = chat.say("urungkan")
    assert "sudah dibatalkan" in texts(sent, AHMAD)
    assert chat.owner("cicilan Ahmad") == before
    assert "aktif" in chat.owner("perjanjian")


def test_the_last_payment_says_paid_off(chat: Chat) -> None:
    signed(chat, PLAN, "ubah 500rb")
    sent = chat.say("Ahmad bayar 5.200.000")
    assert "🎉 Perjanjian 1 lunas." in texts(sent)
    assert "Rp 200.000 disimpan" in texts(sent)
    assert "*Lunas.*" in texts(sent, AHMAD)


def test_an_instalment_that_isnt_open_is_refused(chat: Chat) -> None:
    signed(chat, PLAN, "ubah 500rb")
    chat.say("bayar 1")
    assert "Cicilan 1 Ahmad tidak terbuka. Yang berikutnya cicilan 2" in chat.owner("bayar cicilan 1 Ahmad")
    assert "Tidak ada perjanjian dengan cicilan 1" in chat.owner("bayar 1")
    assert "Budi tidak ada di buku" in chat.owner("bayar cicilan 1 Budi")


def test_whose_instalment_is_asked_when_several_have_it(chat: Chat) -> None:
    signed(chat, PLAN, "ubah 500rb")
    chat.say("perjanjian Budi 1jt 081234567891 gaji tgl 5 8jt 0")
    chat.say("setuju")
    chat.say("SETUJU", BUDI)
    question = chat.owner("bayar 1")
    assert "1. Ahmad" in question
    assert "2. Budi" in question
    assert "Budi bayar" in chat.owner("2")


def test_the_same_payment_twice_a_day_is_asked_about(chat: Chat) -> None:
    signed(chat, PLAN, "ubah 500rb")
    chat.say("bayar 1")
    assert "sudah tercatat" in chat.owner("bayar 2")
    assert "Cicilan 2" in chat.owner("ya")


def test_without_pdfs_left_the_receipt_is_a_text(chat: Chat) -> None:
    signed(chat, PLAN, "ubah 500rb")
    for number in range(1, 5):
        chat.wait(days=1)
        assert files(chat.say(f"bayar {number}"), AHMAD), number
    chat.wait(days=1)
    sent = chat.say("bayar 5")
    assert not files(sent, AHMAD)
    assert "Cicilan 5 perjanjian 1" in texts(sent, AHMAD)
    assert "jatah PDF bulan ini sudah habis" in texts(sent)
    refused = chat.owner("ekspor pdf")
    assert "5 PDF per bulan" in refused
    chat.wait(days=20)
    assert files(chat.say("bayar 6"), AHMAD)


def test_agreements_beyond_the_plan_are_refused(chat: Chat) -> None:
    chat.simulation.place(_with_many_pdfs(chat))
    for number, name in enumerate(("Ani", "Badu", "Citra", "Dewi", "Eko")):
        chat.say(f"perjanjian {name} 1jt 0812345678{number}1 gaji tgl 5 8jt 0")
        assert "sekarang menerima PDF-nya" in chat.owner("setuju")
    chat.say("perjanjian Fajar 1jt 081234567999 gaji tgl 5 8jt 0")
    assert "5 perjanjian terbuka" in chat.owner("setuju")
    chat.say("batal")
    assert "Fajar" not in chat.owner("perjanjian")
    chat.say("batalkan 1")
    chat.say("perjanjian Fajar 1jt 081234567999 gaji tgl 5 8jt 0")
    assert "sekarang menerima PDF-nya" in chat.owner("setuju")


def _with_many_pdfs(chat: Chat):  # type: ignore[no-untyped-def]
    from services.db.models import Tenant
    from services.tenants.tenants import NewTenant
    from tests.conftest import OWNER

    with chat.simulation.platform.opened.database.system() as tx:
        tx.get_one(Tenant, chat.tenant.tenant_id).limits = {"pdfs": 100}
    return NewTenant("Toko Maju", OWNER)


def test_a_stranger_sees_no_instalment(chat: Chat) -> None:
    signed(chat, PLAN, "ubah 500rb")
    assert "Tidak ada perjanjian" in chat.owner("cicilan", place=chat.stranger)
    assert "Tidak ada perjanjian dengan cicilan 1" in chat.owner("bayar 1", place=chat.stranger)
    assert "0 perjanjian berlaku" in chat.owner("statistik", place=chat.stranger)
