"""Owners teach their bots by chat: questions, files, links, and what customers asked in vain."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.simulation import Place
from services import web
from services.assistant import gaps, words
from services.db.models import User
from tests.assistant import documents
from tests.conftest import Chat

OTHERS = "staff:6281100000009"
SEMEN = "Harga semen | semen berapa = Rp 65.000 per sak = 50 kg"


def asked(chat: Chat, *questions: str, place: Place | None = None) -> None:
    """Customers ask what no bot knows."""
    there = place or chat.tenant
    with chat.simulation.platform.opened.database.tenant(there.tenant_id) as tx:
        for question in questions:
            gaps.record(tx, question, words.gap_key(question))


def test_a_shop_teaches_its_bot_in_indonesian(chat: Chat) -> None:
    assert "Bot Anda belum tahu apa-apa." in chat.owner("kb")
    taught = chat.owner(f"kb tambah {SEMEN}")
    assert taught == (
        "1 pertanyaan sudah diajarkan:\n1. *Harga semen*\n≈ semen berapa\n→ Rp 65.000 per sak = 50 kg\n"
        "Untuk menghapusnya lagi: kb hapus 1\n"
        "Saya buatkan bot, Toko Maju, yang menjawab pelanggan Anda dengan ini. *daftar bot* menampilkannya."
    )
    assert chat.command() == "kb_add"
    assert "1. Harga semen (yakin, " in chat.owner("kb cari semen brp")
    assert "Itu sudah saya ketahui (nomor 1)." in chat.owner(f"KB TAMBAH {SEMEN}")
    assert "(sebelumnya: Rp 65.000 per sak = 50 kg)" in chat.owner("kb ubah 1 = Rp 70.000")
    assert "≈ semen berapa | pc berapa" in chat.owner("kb tambah ke 1 = pc berapa | semen berapa")
    shown = chat.owner("kb lihat 1")
    assert "Versi 3, Kam, 13 Feb 2025, oleh Toko Maju\n*Sebelumnya:*\nVersi 2, Kam, 13 Feb 2025" in shown
    assert shown.index("semen berapa → Rp 70.000") < shown.index("→ Rp 65.000 per sak = 50 kg")
    assert "1. Harga semen → Rp 70.000 (+2)" in chat.owner("pengetahuan")
    assert "Tidak ada nomor 1." in chat.owner("kb hapus 1", place=chat.stranger)
    assert "belum tahu apa-apa" in chat.owner("kb", place=chat.stranger)
    gone = chat.owner("kb hapus 1")
    assert gone.endswith("Untuk menambahkannya lagi: kb tambah Harga semen | semen berapa | pc berapa = Rp 70.000")
    assert "Harga semen" in chat.owner(gone.rpartition(": ")[2])


def test_a_clinic_teaches_several_at_once_in_english(english: Chat) -> None:
    lesson = "kb add When do you open?\nFrom 8 to 5\n\nDo you take children?\nYes, from 3 years.\nParking? = Behind us"
    assert english.owner(lesson).startswith("Taught 2 questions:\n1. *When do you open?*\n→ From 8 to 5\n2. *Do")
    assert "Taken out: 1. When do you open?" in english.owner("kb remove 1, 2")
    assert english.owner("kb 7").startswith("Your bots know nothing yet.")
    assert "What shall I teach?" in english.owner("kb add")
    assert "3. *Where are you?*" in english.owner("Where are you? = In Depok = near the station")
    assert "3. Where are you? → In Depok = near the station" in english.owner("kb")


def test_the_missing_answer_is_asked_for_and_taken_as_it_is_written(chat: Chat) -> None:
    assert chat.owner("kb tambah Bisa utang? ") == "Apa jawaban untuk “Bisa utang?”?"
    said = "Bayar di kasir 500rb, atau transfer ke BCA 123456 atas nama Budi"
    assert f"→ {said}" in chat.owner(said)
    assert "Belum ada utang piutang" in chat.owner("status")
    chat.owner("kb tambah Bisa DP?")
    chat.owner("batal")
    assert "Bisa DP" not in chat.owner("kb")
    chat.owner("kb tambah Buka hari Minggu?")
    assert "→ Ya" in chat.owner("Ya")


def test_an_answer_may_repeat_what_it_answers(english: Chat) -> None:
    english.owner("kb add Parking?")
    assert "1. *Parking?*\n→ Behind us" in english.owner("parking = Behind us")
    assert "What is the new answer to “Parking?”?" in english.owner("kb edit 1")
    assert "→ Before us\n(before: Behind us)" in english.owner("1 = Before us")
    asked(english, "Do you deliver?")
    assert "What shall I answer to “Do you deliver?”?" in english.owner("kb gap 1")
    assert "2. *Do you deliver?*\n→ Yes, 20 dollars" in english.owner("1 = Yes, 20 dollars")


def test_an_open_question_takes_no_other_command_for_its_answer(chat: Chat) -> None:
    chat.owner("pinjam Budi")
    assert "Harga semen" in chat.owner(f"kb tambah {SEMEN}")
    assert "Belum ada utang piutang" in chat.owner("status")
    chat.owner("kb tambah Bisa kirim?")
    assert "Rp 500.000" in chat.owner("pinjam Budi 500rb")
    assert chat.command() == "lend"
    chat.owner("kb tambah Bisa kirim?")
    chat.owner("bantuan")
    assert chat.command() == "help"
    assert "Bisa kirim" not in chat.owner("kb")


def test_contradictions_are_asked_about(english: Chat) -> None:
    english.owner("kb add Opening hours | when do you open = 8 to 5")
    question = english.owner("kb add When do you OPEN? = 9 to 6")
    assert question == (
        "I know another answer to “When do you OPEN?” (number 1):\n→ 8 to 5\nWhich one holds?\n"
        "1. replace it: “9 to 6”\n2. only for this wording; “Opening hours” keeps the old answer\n"
        "3. leave the old answer"
    )
    assert "keeps its answer" in english.owner("3")
    english.owner("kb add When do you OPEN? = 9 to 6\nParking? = Behind us")
    both = english.owner("2")
    assert "2. *When do you OPEN?*\n→ 9 to 6" in both
    assert "3. *Parking?*" in both
    assert "1. Opening hours → 8 to 5" in english.owner("kb")
    assert "1. replace it: “7 to 4”\n2. leave the old answer" in english.owner("kb Opening hours? = 7 to 4")
    assert "→ 7 to 4\n(before: 8 to 5)" in english.owner("yes")
    assert "≈ where do I park" in english.owner("kb add to 3 = where do I park")
    assert "That is a wording of number 2 already" in english.owner("kb add to 3 = when do you open")


def test_gaps_are_taught_by_replying(chat: Chat) -> None:
    assert "Semua pertanyaan sudah bisa dijawab" in chat.owner("kb celah")
    asked(chat, "Parkir ada?", "Bisa antar ke Depok?", "ada parkir kak", "Jual cat?", "Halo apa kabarnya ya")
    asked(chat, "Rahasia orang lain?", place=chat.stranger)
    assert "4 pertanyaan menunggu jawaban Anda: *kb celah*" in chat.owner(f"kb tambah {SEMEN}") + chat.owner("kb")
    listed = chat.owner("kb belum terjawab")
    assert listed.startswith("Pelanggan bertanya dan bot Anda tidak tahu jawabannya:\n1. Parkir ada? (2×)\n")
    assert "Rahasia" not in listed
    answered = chat.owner("1 = Ada, 500rb sebulan bayar ke Budi")
    assert "2. *Parkir ada?*\n→ Ada, 500rb sebulan bayar ke Budi" in answered
    assert "Masih ada 3 pertanyaan. Berikutnya:\n2. Bisa antar ke Depok? (1×)" in answered
    assert "Rp 500.000" not in chat.owner("status Budi")
    chat.owner("kb celah")
    several = chat.owner("2 Bisa, ongkir 20rb\n4 = tidak")
    assert "3. *Bisa antar ke Depok?*\n→ Bisa, ongkir 20rb\n" in several
    assert "Ditutup: “Halo apa kabarnya ya” tidak perlu dijawab." in several
    assert "4. *Jual cat?*\n→ Jual semua merek" in chat.owner("kb jawab 3 = Jual semua merek")
    assert "Semua pertanyaan sudah bisa dijawab" in chat.owner("kb celah")
    assert "Tidak ada pertanyaan belum terjawab nomor 1." in chat.owner("kb jawab 1 = Ada")
    assert "2. Parkir ada?" in chat.owner("kb cari parkir")


def test_who_only_reads_may_look_but_not_teach(chat: Chat) -> None:
    chat.owner(f"kb tambah {SEMEN}")
    assert "Jam buka" in "".join(sent.text for sent in chat.say("kb tambah Jam buka = 8", OTHERS))
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        tx.query(User).filter_by(phone=OTHERS.removeprefix("staff:")).update({"role": "read_only"})
    for text in ("kb tambah Parkir = ada", "kb Parkir = ada", "kb hapus 1", "kb https://toko.id", "kb celah"):
        assert "tidak punya izin" in "".join(sent.text for sent in chat.say(text, OTHERS)), text
    assert "Harga semen" in "".join(sent.text for sent in chat.say("kb", OTHERS))
    assert "Harga semen" not in chat.person("6285511110001", "kb")


def test_one_bot_may_know_what_others_do_not(english: Chat) -> None:
    assert "no bot called" in english.owner("kb add @Rina Parking? = Behind us")
    english.owner("bot new Rina")
    english.owner("bot new Sara")
    taught = english.owner("kb add @rina: Parking? = Behind us")
    assert "1. *Parking?* (only Rina)\n→ Behind us" in taught
    english.owner("kb add @Rina")
    assert "2. *Toilet?* (only Rina)" in english.owner("Toilet? = Upstairs")
    assert "Nothing that your bots know fits" in english.owner("kb find parking")
    assert "1. Parking?" in english.owner("kb find @Rina parking")
    assert 'kb add @"Rina" Parking? = Behind us' in english.owner("kb remove 1")


def test_a_price_list_is_learnt_from_its_pdf(chat: Chat, tmp_path: Path) -> None:
    prices = documents.price_list(tmp_path / "Daftar harga.pdf", rows=30)
    said = chat.owner("", media=str(prices))
    assert "Balas berkas itu dengan *kb*" in said
    first, second = (sent.text for sent in chat.say("kb", media=str(prices)))
    assert first.startswith("Daftar harga.pdf (nomor 1) sedang saya baca. Saya kabari kalau bot Anda sudah menguasai")
    assert "Saya buatkan bot, Toko Maju" in first
    assert second.startswith("Daftar harga.pdf (nomor 1) sudah dipelajari: ")
    assert "1. Daftar harga.pdf, halaman " in chat.owner("kb cari paku beton tipe 3")
    assert "isinya tidak berubah" in chat.owner("kb", media=str(prices))
    documents.price_list(prices, rows=31)
    newer = chat.owner("kb", media=str(prices))
    assert "yang lama tetap menjawab" in newer
    assert "sudah dipelajari" in newer
    assert "Versi 2" in chat.owner("kb lihat 1")
    again = chat.owner("kb baca ulang")
    assert "saya baca ulang" in again
    assert "sudah dipelajari" in again
    assert "Hapus 1. Daftar harga.pdf?" in chat.owner("kb hapus 1")
    assert "Dihapus: 1. Daftar harga.pdf" in chat.owner("ya")
    assert "Tidak ada yang cocok" in chat.owner("kb cari paku beton tipe 3")


def test_a_reply_to_a_file_teaches_it(english: Chat, tmp_path: Path) -> None:
    english.say("", media=str(documents.text(tmp_path / "Policy.txt", "Parking is behind the shop.")), id="FILE")
    assert "Learnt House rules (number 1): 1 entry." in english.owner("kb House rules", quote="FILE")


UNREADABLE = (
    ("menu.jpg", None, "no AI model is set up"),
    ("voice.ogg", b"OggS\0\2" + b"\0" * 20 + b"\1\x13OpusHead", "can't learn from recordings"),
    ("empty.pdf", b"", "That file is empty"),
    ("blank.txt", b" \n", "I couldn't learn blank.txt (number 1).\nThere is no text in that file."),
    ("broken.pdf", b"%PDF-1.4 nothing", "I couldn't learn broken.pdf (number 2)."),
)


def test_what_cannot_be_learnt_is_told(english: Chat, tmp_path: Path) -> None:
    for name, content, answer in UNREADABLE:
        path = tmp_path / name
        if content is None:
            documents.Image.new("RGB", (40, 30), "white").save(path)
        else:
            path.write_bytes(content)
        assert answer in english.owner("kb", media=str(path)), name
    listed = english.owner("kb")
    assert "2. 📄 broken.pdf (PDF, couldn't be read)\n1. 📄 blank.txt (text, couldn't be read)" in listed


def test_a_link_is_learnt_wherever_the_word_stands(english: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    page = b"<html><head><title>Toko Maju</title></head><body><p>Parking is behind the shop.</p></body></html>"
    monkeypatch.setattr(web, "fetch", lambda address: web.Fetched(address, "text/html", page, None))
    assert "Learnt Toko Maju (number 1): 1 entry." in english.owner("https://toko.id/parkir kb")
    assert "Learnt Our rules (number 2)" in english.owner("kb add https://toko.id/rules Our rules")
    assert "Link? → https://toko.id/?a=b" in english.owner("kb add Link? = https://toko.id/?a=b") + english.owner("kb")


def test_long_lessons_are_read_and_other_long_texts_are_not(english: Chat) -> None:
    lesson = "kb add " + "\n".join(f"What is article {number}? = It costs {number} dollars" for number in range(60))
    assert len(lesson) > 2000
    assert "Taught 60 questions:" in english.owner(lesson)
    assert "too long; 3,000 characters fit" in english.owner("kb add Long? = " + "a" * 3001)
    assert "100 questions fit" in english.owner("kb add " + "\n".join(f"q{n} = {n}" for n in range(101)))
    english.owner("kb edit 1")
    assert "It costs nothing" in english.owner("It costs nothing. " * 150)
    assert "too long for me" in english.owner("status " * 400)
