"""Sentences of owners about agreements, instalments, files and reports, and what only sounds like one."""

from __future__ import annotations

import pytest

from handlers.grammar.reading import Reading
from handlers.grammar.sentences import understand_owner
from tests.grammar.sentences.spoken import outcome

INDONESIAN = (
    ("bikin perjanjian buat Ahmad 5 juta", "agreement name=Ahmad; amount=5000000"),
    ("buatkan perjanjian Ahmad 5jt", "agreement name=Ahmad; amount=5000000"),
    (
        "tolong bikinin surat perjanjian utk Bu Siti 2jt 10x mingguan dong",
        "agreement name=Bu Siti; amount=2000000; periods=10; frequency=weeks; every=1",
    ),
    ("saya mau bikin perjanjian sama Ahmad", "agreement name=Ahmad"),
    ("bisa bikin perjanjian buat Ahmad 5jt?", "agreement name=Ahmad; amount=5000000"),
    ("buat perjanjian", "agreement"),
    ("kirim ulang perjanjian 3", "send number=3"),
    ("kirim perjanjian no 3 lagi dong", "send number=3"),
    ("batalkan perjanjian 3", "cancel number=3"),
    ("tolong batalin perjanjian #3", "cancel number=3"),
    ("cicilan Ahmad", "installments name=Ahmad"),
    ("cicilan Ahmad sudah berapa kali?", "installments name=Ahmad"),
    ("status cicilan Ahmad", "installments name=Ahmad"),
    ("cek cicilan bu siti", "installments name=Bu Siti"),
    ("cicilan pak Budi udah brp kali ya", "installments name=pak Budi"),
    ("cicilan Ahmad tinggal berapa lagi", "installments name=Ahmad"),
    ("lihat cicilan", "installments"),
    ("laporan februari", "report year=2025; month=2"),
    ("laporan Februari 2025", "report year=2025; month=2"),
    ("laporan bulan lalu", "report year=2025; month=2"),
    ("laporan bulan ini", "report year=2025; month=3"),
    ("rekening koran Budi", "statement name=Budi"),
    ("kirim statement Budi", "statement name=Budi"),
    ("kirim rekening koran ke Budi", "statement name=Budi"),
    ("export ke excel dong", "export format=excel"),
    ("download pdf", "export format=pdf"),
    ("minta excelnya", "export format=excel"),
    ("daftar perjanjian", "agreements"),
    ("lihat semua perjanjian", "agreements"),
    ("ada yang perlu saya setujui?", "actions"),
    ("daftar aksi", "actions"),
    ("siapa yang telat?", "status late=True"),
    ("yang nunggak siapa aja", "status late=True"),
    ("siapa yang belum bayar", "status"),
    ("siapa yang tidak telat", "status"),
    ("minjem Budi 500rb", "-unclear"),
    ("pinjam Budi 500rb bunga 2%", "lend name=Budi; amount=500000; note=bunga 2%"),
    ("Budi pinjam 500rb bunga 2% per bulan", "lend name=Budi; amount=500000; note=bunga 2% per bulan"),
    ("saya pinjamin Budi 500rb bunga 2%", "lend name=Budi; amount=500000; note=bunga 2%"),
    ("Budi pinjam 500rb tanpa bunga", "lend name=Budi; amount=500000; note=tanpa bunga"),
    ("Budi pinjam 500rb buat modal bunga 2%", "lend name=Budi; amount=500000; note=modal, bunga 2%"),
    ("Budi bayar cicilan 500rb", "paid name=Budi; amount=500000"),
    ("cicilan Ahmad 500rb", "paid name=Ahmad; amount=500000"),
    ("cicilan Rio masuk 100rb", "paid name=Rio; amount=100000"),
    ("Ahmad cicilan", "paid name=Ahmad"),
    ("cicilan saya berapa", "-question"),
    ("cicilan Ahmad belum dibayar", "status name=Ahmad"),
    ("jangan bikin perjanjian buat Ahmad 5jt", "-negation"),
    ("kalau bikin perjanjian buat Ahmad 5jt", "-conditional"),
    ("gimana cara bikin perjanjian", ""),
    ("belum bikin perjanjian Ahmad", ""),
    ("jangan batalkan perjanjian 3", "-negation"),
    ("batalkan perjanjian 3?", ""),
    ("kalau perjanjian 3 dibatalkan gimana", "-conditional"),
    ("sudah kirim perjanjian 3", ""),
    ("kirim perjanjian 3 juta ke Budi", "-unclear"),
    ("besok bikin perjanjian buat Ahmad 5jt", ""),
    ("Ahmad minta dibikinin perjanjian", "-future"),
    ("perjanjian Ahmad sudah jadi?", ""),
    ("rekening koran Budi 500rb", ""),
    ("nanti buat perjanjian Ahmad 5jt", "-future"),
    ("bayar cicilan Budi", "paid name=Budi"),
    (
        "bikin perjanjian 5jt buat Ahmad bunga 2% per bulan 10x",
        "agreement name=Ahmad; amount=5000000; rate=24; periods=10",
    ),
    ("bikinin perjanjian dong buat Pak Joko", "agreement name=Pak Joko"),
    ("perjanjian apa aja yang aktif", "agreements"),
    ("angsuran bu Siti sampai mana", "installments name=bu Siti"),
    ("cek angsuran Ahmad dong", "installments name=Ahmad"),
    ("unduh laporan dalam bentuk pdf", "export format=pdf"),
    ("kirim pdf", "export format=pdf"),
    ("minta rekening koran Bu Siti ya", "statement name=Bu Siti"),
    ("apa yang harus saya setujui", "actions"),
    ("Budi bayar cicilan ke-2 500rb", "paid name=Budi; amount=500000"),
    ("laporan mei", "report year=2024; month=5"),
    ("laporan 3 bulan lalu", "report year=2024; month=12"),
    ("kenapa perjanjian 3 dibatalkan", "-question"),
    ("buat perjanjian 3", ""),
    ("siapa yang paling telat", "status late=True"),
    ("Budi telat", ""),
    ("jangan kirim perjanjian 3", "-negation"),
    ("laporan Budi", ""),
    ("cicilan motor 500rb", "paid name=Motor; amount=500000"),
    ("bayar cicilan 2 Ahmad", "paid name=Ahmad"),
    ("kirim perjanjian ke Ahmad", ""),
    ("kirim rekening koran", "statement"),
    ("bikin perjanjian damai sama Budi 5jt", "agreement name=Budi; amount=5000000"),
    ("Budi bayar 500rb sesuai perjanjian", "paid name=Budi; amount=500000; note=sesuai"),
    ("Budi kirim 500rb", "paid name=Budi; amount=500000"),
    ("siapa aja yang cicilannya macet", "status late=True"),
    ("jangan lupa kirim perjanjian 3", "-negation"),
)

ENGLISH = (
    ("make an agreement with Tom for 1200", "agreement name=Tom; amount=1200"),
    (
        "can you make an agreement for Tom 1200 10 months",
        "agreement name=Tom; amount=1200; periods=10; frequency=months; every=1",
    ),
    ("resend agreement 3", "send number=3"),
    ("send agreement 3 again please", "send number=3"),
    ("cancel agreement 3", "cancel number=3"),
    ("don't cancel agreement 3", "-negation"),
    ("who is late?", "status late=True"),
    ("statement for Tom", "statement name=Tom"),
    ("Tom's statement", "statement name=Tom"),
    ("send Tom a statement", "statement name=Tom"),
    ("report for last month", "report year=2025; month=2"),
    ("show me the report for march", "report year=2025; month=3"),
    ("may I see the report", "report"),
    ("list agreements", "agreements"),
    ("pending approvals", "actions"),
    ("anything waiting for me?", "actions"),
    ("export to excel", "export format=excel"),
    ("Tom's installments", "installments name=Tom"),
    ("installments", ""),
    ("show installments", "installments"),
    ("lent Tom 200 at 10% interest", "lend name=Tom; amount=200; note=at 10% interest"),
    ("lend Tom 200 interest 5% a month", "lend name=Tom; amount=200; note=interest 5% a month"),
    ("if I make an agreement with Tom for 1200", "-conditional"),
    ("monthly report please", "report"),
    ("create a new agreement for Mary Jane 2000", "agreement name=Mary Jane; amount=2000"),
    ("never make an agreement with Tom", ""),
    ("should I make an agreement with Tom?", ""),
    ("what's Tom's installment progress", ""),
    ("export everything as pdf please", "export format=pdf"),
    ("what needs my approval?", "actions"),
    ("cancel the agreement", ""),
    ("agreement with Tom", ""),
    ("report for february 2024", "report year=2024; month=2"),
    ("list all agreements", "agreements"),
    ("did I send agreement 3", "-question"),
    ("Tom agreed to pay 50", "-future"),
)


@pytest.mark.parametrize(("text", "expected"), INDONESIAN)
def test_requests_in_indonesian(text: str, expected: str, indonesian: Reading) -> None:
    assert outcome(understand_owner(text, indonesian)) == expected


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_requests_in_english(text: str, expected: str, english: Reading) -> None:
    assert outcome(understand_owner(text, english)) == expected


@pytest.mark.parametrize("opening", ["kalau", "jangan", "gimana kalau", "kapan saya", "mungkin", "katanya", "belum"])
@pytest.mark.parametrize(
    "text", ["bikin perjanjian buat Ahmad 5 juta", "batalkan perjanjian 3", "kirim ulang perjanjian 3"]
)
def test_supposing_changes_nothing(opening: str, text: str, indonesian: Reading) -> None:
    found = outcome(understand_owner(f"{opening} {text}", indonesian))
    assert not found or found.startswith("-")
