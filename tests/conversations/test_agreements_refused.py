"""What can't be agreed, accepted or paid: a clear answer, and nothing half done."""

from __future__ import annotations

import resource

import pytest
from sqlalchemy import select

from bot.simulation import Sent
from services.db.models import Agreement, Document, LedgerEntry, Tenant
from tests.conftest import Chat
from tests.conversations.lending import AHMAD, BUDI, files, offer, signed, texts
from tests.db.asking import log_plainly

PLAN = "Ahmad 5jt 081234567890 gaji tgl 25 8jt 0"


def entries(chat: Chat) -> int:
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        return len(tx.scalars(select(LedgerEntry.id).where(LedgerEntry.tenant_id == tx.tenant)).all())


def states(chat: Chat) -> list[str]:
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        own = select(Agreement.status).where(Agreement.tenant_id == tx.tenant).order_by(Agreement.number)
        return list(tx.scalars(own))


def test_pay_day_31_keeps_to_the_end_of_short_months(chat: Chat) -> None:
    signed(chat, "Ahmad 5jt 081234567890 gaji tgl 31 8jt 0", "ubah 4x")
    rows = chat.owner("cicilan Ahmad")
    assert [day in rows for day in ("28 Feb 2025", "31 Mar 2025", "30 Apr 2025", "31 Mei 2025")] == [True] * 4


@pytest.mark.parametrize("day", ["32", "0", "-1", "kapan-kapan"])
def test_a_pay_day_that_is_none_is_asked_for_again(chat: Chat, day: str) -> None:
    chat.say("buat perjanjian Ahmad 5jt 081234567890")
    chat.say("gaji")
    assert "Tanggal berapa Ahmad gajian? (1 sampai 31)" in chat.owner(day)
    assert "penghasilan Ahmad sebulan" in chat.owner("31")


def test_no_income_is_a_heavy_burden(chat: Chat) -> None:
    chat.say("buat perjanjian Ahmad 5jt 081234567890")
    for each in ("warung", "25", "0"):
        chat.say(each)
    assert "*berat*" in chat.owner("0")


def test_other_instalments_may_eat_the_income(chat: Chat) -> None:
    assert "tidak bersisa" in chat.owner("perjanjian Ahmad 5jt 081234567890 gaji tgl 25 2jt 3jt")


def test_an_instalment_larger_than_the_loan_is_refused_and_the_plan_waits(chat: Chat) -> None:
    chat.say(f"perjanjian {PLAN}")
    assert "lebih besar dari seluruh yang harus dibayar, Rp 5.000.000" in chat.owner("ubah 6jt")
    assert "10 × Rp 500.000" in chat.owner("ubah 500rb")


@pytest.mark.parametrize("rate", ["2000% per tahun", "90% per bulan"])
def test_a_rate_beyond_reason_is_refused(chat: Chat, rate: str) -> None:
    assert "tidak mungkin benar" in chat.owner(f"perjanjian {PLAN} 10x bunga {rate}")
    assert states(chat) == []


def test_an_instalment_that_the_interest_eats_is_refused(chat: Chat) -> None:
    chat.say(f"perjanjian {PLAN}")
    assert chat.owner("ubah bunga 10% per bulan anuitas 400rb") != ""
    assert chat.owner("setuju") != ""
    assert entries(chat) == 0


def test_somebody_elses_number_is_refused(chat: Chat) -> None:
    chat.say("kontak Budi 081234567890")
    chat.say("pinjam Budi 100rb")
    chat.say("kontak Budi 081234567890")
    assert "sudah milik Budi" in chat.owner(f"perjanjian {PLAN}")
    assert "nomor Anda sendiri" in chat.owner("perjanjian Citra 5jt 081100000001 gaji tgl 25 8jt 0")


def test_consent_from_another_number_books_nothing(chat: Chat) -> None:
    offer(chat)
    assert "Tidak ada perjanjian yang menunggu" in chat.person(BUDI, "SETUJU")
    assert "Tidak ada perjanjian yang menunggu" in chat.person(BUDI, "SETUJU 1")
    assert (states(chat), entries(chat)) == (["sent"], 0)


def test_consent_before_the_pdf_has_left_books_nothing(chat: Chat) -> None:
    chat.say(f"perjanjian {PLAN}")
    chat.simulation.faults.send = 4
    chat.say("setuju")
    chat.say("SETUJU", AHMAD)
    assert entries(chat) == 0
    pdf, explained = [each for each in chat.wait(minutes=10) if each.to == AHMAD]
    assert pdf.file is not None
    assert "belum sampai" in explained.text
    assert "telah menyetujui" in chat.person(AHMAD, "SETUJU")


def test_consent_twice_books_once(chat: Chat) -> None:
    signed(chat)
    before = entries(chat)
    assert "sudah menyetujui perjanjian 1" in chat.person(AHMAD, "SETUJU")
    assert entries(chat) == before


def test_consent_after_the_week_books_nothing_even_before_the_daily_round(chat: Chat) -> None:
    offer(chat)
    chat.wait(days=7)
    assert "kedaluwarsa" in chat.person(AHMAD, "SETUJU")
    assert (states(chat), entries(chat)) == (["expired"], 0)


def test_two_agreements_are_never_answered_by_one_bare_word(chat: Chat) -> None:
    offer(chat)
    chat.say("perjanjian Ahmad 1jt gaji tgl 25 8jt 0")
    chat.say("setuju")
    question = chat.person(AHMAD, "SETUJU")
    assert "*SETUJU 1*" in question
    assert "*SETUJU 2*" in question
    assert entries(chat) == 0
    assert "perjanjian 2: Rp 1.000.000" in chat.person(AHMAD, "SETUJU 2")
    assert states(chat) == ["sent", "active"]
    assert "menolak perjanjian 1" in chat.person(AHMAD, "tolak")


@pytest.mark.parametrize(("amount", "answer"), [("0", "lebih dari nol"), ("-5000", "lebih dari nol")])
def test_a_payment_of_nothing_is_refused(chat: Chat, amount: str, answer: str) -> None:
    signed(chat)
    before = entries(chat)
    assert answer in chat.owner(f"bayar Ahmad Rp {amount}")
    assert entries(chat) == before


def test_more_than_everything_is_kept_as_credit(chat: Chat) -> None:
    signed(chat)
    assert "Rp 1.000.000 disimpan" in chat.owner("Ahmad bayar 6jt")


def test_a_payment_on_a_cancelled_agreement_is_asked_about(chat: Chat) -> None:
    signed(chat)
    chat.say("batalkan 1")
    assert "Tidak ada utang piutang dengan Ahmad. Simpan Rp 500.000 sebagai saldo lebih?" in chat.owner(
        "Ahmad bayar 500rb"
    )
    assert "tidak punya cicilan" in chat.owner("bayar cicilan 1 Ahmad")


def test_an_agreement_with_payments_is_not_cancelled(chat: Chat) -> None:
    signed(chat)
    chat.say("bayar 1")
    assert "sudah ada pembayarannya" in chat.owner("batalkan 1")
    assert states(chat) == ["active"]
    assert "sudah ditutup" in _closed_twice(chat)


def _closed_twice(chat: Chat) -> str:
    chat.say("urungkan")
    chat.say("batalkan 1")
    return chat.owner("batalkan 1")


@pytest.mark.parametrize("name", ['O\'Neil "Si Jagur"', "Ahmad 🌸", "محمد", "Ахмед", "<b>Ahmad</b> & Co"])
def test_any_name_stands_on_paper(chat: Chat, name: str) -> None:
    with chat.simulation.platform.opened.database.system() as tx:
        tx.get_one(Tenant, chat.tenant.tenant_id).name = name
    [pdf] = files(offer(chat), AHMAD)
    assert pdf.read_bytes().startswith(b"%PDF")


def test_a_full_disk_keeps_everything_consistent_and_is_tried_again(chat: Chat) -> None:
    chat.say(f"perjanjian {PLAN}")
    sent = _without_room(chat, "setuju")
    assert "disk penuh" in texts(sent)
    assert not files(sent, AHMAD)
    assert (states(chat), entries(chat)) == (["draft"], 0)
    assert "belum sampai" in chat.person(AHMAD, "SETUJU")
    assert files(chat.wait(minutes=2), AHMAD)
    assert states(chat) == ["sent"]
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        [document] = tx.scalars(select(Document).where(Document.tenant_id == tx.tenant)).all()
        assert (document.status, document.attempts) == ("made", 1)


def _without_room(chat: Chat, text: str) -> list[Sent]:
    """Says something while this process can't write a file as large as an agreement."""
    log_plainly()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, hard))
    try:
        return chat.say(text)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
