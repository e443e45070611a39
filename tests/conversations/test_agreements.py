"""Agreements from the first question to the last instalment, as lender and borrower live them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from bot.simulation import Simulation
from services.tenants.tenants import NewTenant
from tests.conftest import OWNER, Chat
from tests.conversations.lending import AHMAD, BUDI, files, offer, signed, texts


def test_five_questions_lead_to_a_plan(chat: Chat) -> None:
    assert "nomor WhatsApp Ahmad" in chat.owner("BUAT PERJANJIAN Ahmad 5000000")
    assert "penghasilan Ahmad" in chat.owner("081234567890")
    assert "Tanggal berapa" in chat.owner("gaji pabrik")
    assert "penghasilan Ahmad sebulan" in chat.owner("25")
    assert "cicilan lain" in chat.owner("8jt")
    plan = chat.owner("0")
    assert "3 × Rp 1.700.000 per bulan (yang terakhir Rp 1.600.000)" in plan
    assert "Sel, 25 Feb 2025 – Jum, 25 Apr 2025" in plan
    assert "21,2% dari penghasilan bersih Rp 8.000.000: *ringan*" in plan


def test_everything_in_one_message(chat: Chat) -> None:
    plan = chat.owner("perjanjian Ahmad 5jt 081234567890 gaji tgl 25 8jt 0")
    assert "3 × Rp 1.700.000" in plan
    assert chat.understood == {
        "command": "agreement", "by": "rules",
        "arguments": {
            "name": "Ahmad", "amount": "5000000", "currency": "IDR", "number": "+6281234567890", "source": "gaji",
            "pay_day": 25, "income": "8000000", "other": "0",
        },
    }  # fmt: skip


def test_going_back_asks_the_question_before_again(chat: Chat) -> None:
    chat.say("buat perjanjian Ahmad 5jt 081234567890")
    chat.say("gaji")
    assert "Tanggal berapa" in chat.owner("tidak tahu")
    assert "Dari mana penghasilan Ahmad" in chat.owner("kembali")


def test_an_unknown_income_is_said_to_be_unknown(chat: Chat) -> None:
    chat.say("buat perjanjian Ahmad 5jt 081234567890")
    for answer in ("warung", "25", "lewati"):
        chat.say(answer)
    plan = chat.owner("tidak ada")
    assert "Beban: belum diketahui" in plan
    assert "10 × Rp 500.000" in plan


def test_the_interview_goes_on_after_other_commands_and_a_restart(
    chat: Chat, fresh_simulation: Callable[[datetime], Simulation]
) -> None:
    chat.say("buat perjanjian Ahmad 5jt 081234567890")
    chat.say("gaji")
    assert "(Perjanjian dengan Ahmad masih menunggu jawaban Anda: Tanggal berapa" in chat.owner("pinjam Budi 200rb")
    assert "menunggu jawaban" not in chat.owner("status")
    chat.simulation.close()
    later = fresh_simulation(datetime.fromisoformat("2025-02-14T19:00:00+07:00"))
    tomorrow = Chat(later, later.place(NewTenant("Toko Maju", OWNER)), chat.stranger)
    assert "penghasilan Ahmad sebulan" in tomorrow.owner("25")
    assert "cicilan lain" in tomorrow.owner("8jt")
    assert "Rp 200.000" in tomorrow.owner("status Budi")
    later.close()


def test_the_interview_lapses_after_a_week(chat: Chat) -> None:
    chat.say("buat perjanjian Ahmad 5jt 081234567890")
    chat.wait(days=7, hours=1)
    assert "penghasilan" not in chat.owner("gaji")


def test_cancel_leaves_the_interview_and_nothing_is_made(chat: Chat) -> None:
    chat.say("perjanjian Ahmad 5jt 081234567890 gaji tgl 25 8jt 0")
    assert "tidak ada yang berubah" in chat.owner("batal")
    assert "Belum ada perjanjian" in chat.owner("perjanjian")
    assert "Ahmad belum ada di buku Anda" in chat.owner("kontak Ahmad")


def test_another_instalment_another_term_another_rate(chat: Chat) -> None:
    chat.say("perjanjian Ahmad 5jt 081234567890 gaji tgl 25 8jt 0")
    assert "10 × Rp 500.000" in chat.owner("UBAH 500000")
    assert "20 × Rp 250.000 per minggu" in chat.owner("ubah 20x mingguan")
    assert "per bulan atau per tahun" in chat.owner("ubah 10x bulanan bunga 2%")
    plan = chat.owner("1")
    assert "10 × Rp 600.000 per bulan" in plan
    assert "24% setahun flat = Rp 1.000.000, total dibayar Rp 6.000.000" in plan


@pytest.mark.parametrize(
    ("said", "plan"),
    [
        ("ubah jadi 20x mingguan mulai 1 maret", "20 × Rp 250.000 per minggu"),
        ("500rb", "10 × Rp 500.000"),
        ("ganti 4x", "4 × Rp 1.250.000"),
        ("ubah tgl 5", "Rab, 5 Mar 2025"),
    ],
)
def test_changes_in_other_words(chat: Chat, said: str, plan: str) -> None:
    chat.say("perjanjian Ahmad 5jt 081234567890 gaji tgl 25 8jt 0")
    answer = chat.owner(said)
    assert "Perjanjian dengan Ahmad" in answer
    assert plan in answer


def test_a_command_is_no_answer_to_the_plan(chat: Chat) -> None:
    chat.say("perjanjian Ahmad 5jt 081234567890 gaji tgl 25 8jt 0")
    assert "Budi pinjam Rp 200.000" in chat.owner("pinjam Budi 200rb")
    assert "sekarang menerima PDF-nya" in chat.owner("setuju")


def test_a_borrower_gets_the_pdf_and_accepts_with_one_word(chat: Chat) -> None:
    sent = offer(chat)
    [pdf] = files(sent, AHMAD)
    assert pdf.name.endswith("Perjanjian-1-v1.pdf")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert "*SETUJU*" in texts(sent, AHMAD)
    assert files(sent, "owner")
    assert "Tidak ada utang piutang dengan Ahmad" in chat.owner("status Ahmad")
    accepted = chat.say("Setuju.", AHMAD)
    assert "Anda telah menyetujui perjanjian 1" in texts(accepted, AHMAD)
    assert "Ahmad menyetujui perjanjian 1 dari +6281234567890 (“Setuju.”)" in texts(accepted)
    [with_evidence] = files(accepted, AHMAD)
    assert with_evidence.read_bytes() != pdf.read_bytes()
    assert "Rp 5.000.000" in chat.owner("status Ahmad")


def test_sending_again_makes_no_new_file(chat: Chat) -> None:
    [first] = files(offer(chat), AHMAD)
    [again] = files(chat.say("kirim 1"), AHMAD)
    assert again.read_bytes() == first.read_bytes()
    assert chat.command() == "send"


def test_declining_with_a_reason(chat: Chat) -> None:
    offer(chat)
    sent = chat.say("TOLAK bunganya kemahalan", AHMAD)
    assert "Anda menolak perjanjian 1" in texts(sent, AHMAD)
    assert "bunganya kemahalan" in texts(sent)
    assert "ditolak" in chat.owner("perjanjian")
    assert "sudah menolak" in chat.person(AHMAD, "SETUJU")


def test_the_reason_may_come_afterwards(chat: Chat) -> None:
    offer(chat)
    assert "tulis alasannya" in chat.person(AHMAD, "TOLAK")
    sent = chat.say("bunganya terlalu tinggi buat saya", AHMAD)
    assert "bunganya terlalu tinggi buat saya" in texts(sent)
    assert "sudah saya sampaikan" in texts(sent, AHMAD)
    assert texts(chat.say("itu saja", AHMAD)) == ""


@pytest.mark.parametrize("said", ["ok", "ya", "siap pak", "setuju tapi bunganya turunin", "👍"])
def test_what_only_sounds_like_consent_is_explained(chat: Chat, said: str) -> None:
    offer(chat)
    assert "belum terhitung sebagai jawaban" in chat.person(AHMAD, said)
    assert "menunggu jawaban" in chat.owner("perjanjian")


def test_an_answer_counts_while_a_person_has_taken_the_chat_over(chat: Chat) -> None:
    offer(chat)
    chat.say("Pak Ahmad, tolong dibaca ya", to=AHMAD)
    assert "Anda telah menyetujui" in chat.person(AHMAD, "SETUJU")


def test_new_terms_are_a_new_version_that_needs_a_new_acceptance(chat: Chat) -> None:
    offer(chat)
    assert "5 × Rp 1.000.000" in chat.owner("ubah perjanjian 1 5x")
    [pdf] = files(chat.say("setuju"), AHMAD)
    assert pdf.name.endswith("Perjanjian-1-v2.pdf")
    assert "5 × Rp 1.000.000" in chat.person(AHMAD, "SETUJU")
    assert "tidak bisa diubah lagi" in chat.owner("ubah perjanjian 1 10x")


def test_nobody_answers_and_it_expires(chat: Chat) -> None:
    offer(chat)
    reminded = chat.wait(days=6, hours=23)
    assert texts(reminded, AHMAD).count("masih menunggu jawaban Anda") == 2
    expired = chat.wait(days=1)
    assert "kedaluwarsa" in texts(expired)
    assert "kedaluwarsa" in texts(expired, AHMAD)
    assert "sudah kedaluwarsa" in chat.person(AHMAD, "SETUJU")


def test_an_agreement_may_replace_an_older_debt(chat: Chat) -> None:
    chat.say("pinjam Ahmad 500rb")
    question = chat.owner("perjanjian Ahmad 3jt 081234567890 gaji tgl 25 8jt 0")
    assert "masih berutang Rp 500.000" in question
    assert "menggantikan utang Ahmad" in chat.owner("1")
    chat.say("setuju")
    assert "sekarang berutang Rp 3.000.000" in texts(chat.say("SETUJU", AHMAD))
    assert "ditarik kembali" in chat.owner("batalkan 1")
    assert "Rp 500.000" in chat.owner("status Ahmad")


def test_or_come_on_top_of_it(chat: Chat) -> None:
    chat.say("pinjam Ahmad 500rb")
    chat.say("perjanjian Ahmad 3jt 081234567890 gaji tgl 25 8jt 0")
    chat.say("2")
    chat.say("setuju")
    assert "sekarang berutang Rp 3.500.000" in texts(chat.say("SETUJU", AHMAD))


def test_undo_takes_back_what_was_just_made(chat: Chat) -> None:
    offer(chat)
    sent = chat.say("urungkan")
    assert "perjanjian dengan Ahmad" in texts(sent)
    assert "dibatalkan" in texts(sent, AHMAD)
    assert "sudah dibatalkan" in chat.person(AHMAD, "SETUJU")


def test_undo_passes_over_an_agreement_that_is_closed(chat: Chat) -> None:
    chat.say("pinjam Budi 200rb")
    offer(chat)
    chat.say("TOLAK", AHMAD)
    assert "pinjaman Rp 200.000 ke Budi" in chat.owner("urungkan")


def test_the_lender_may_be_somebody_else(chat: Chat) -> None:
    sent = offer(chat, "Ahmad 5jt 081234567890 gaji tgl 25 8jt 0 pemberi pinjaman Dani 081299998888")
    assert "Dani menawarkan perjanjian" in texts(sent, AHMAD)


def test_the_code_on_the_paper_tells_whether_it_is_genuine(chat: Chat) -> None:
    signed(chat)
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        from services.lending import agreements

        agreement = agreements.by_number(tx, 1)
        content = agreements.version_of(tx, agreement).content_hash[:12]
    assert "dengan isi persis seperti ini" in chat.person(BUDI, f"CEK 1 {content}")
    assert "tidak punya perjanjian 1" in chat.person(BUDI, "cek 1 0123456789ab")


def test_a_strangers_business_sees_no_agreement(chat: Chat) -> None:
    signed(chat)
    assert "Belum ada perjanjian" in chat.owner("perjanjian", place=chat.stranger)
    assert "Tidak ada perjanjian 1" in chat.owner("kirim 1", place=chat.stranger)
    assert "Tidak ada perjanjian 1" in chat.owner("batalkan 1", place=chat.stranger)
    assert "Tidak ada perjanjian yang menunggu" in chat.person(AHMAD, "SETUJU", place=chat.stranger)
