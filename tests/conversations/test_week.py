"""An owner's week, as people type it: in Indonesian, with slips, corrections and names that are nearly the same."""

from __future__ import annotations

from tests.conftest import Chat
from tests.conversations.book import ANI, BUDI, count, kept

SANTOSO = "6281311112222"


def test_a_week(chat: Chat) -> None:
    # Monday: two Budis, and a hand that slips.
    assert "Budi pinjam Rp 500.000" in chat.owner("pinjem budi 500rb 2 minggu buat semen")
    assert "(semen)" in chat.owner("status budi")
    assert "1. Budi" in chat.owner("pinjam Budi Santoso 1,5jt sebulan")
    assert "Budi Santoso pinjam Rp 1.500.000" in chat.owner("2")
    assert "Yanto pinjam Rp 75.000" in chat.owner("Yanto ngutang 75rb")
    corrected = chat.owner("salah, maksudnya 750rb")
    assert "Sudah dibetulkan" in corrected
    assert "Sisa utang Yanto ke Anda: Rp 750.000" in corrected
    assert "*Piutang Anda*: Rp 2.750.000" in chat.owner("stauts")

    # Tuesday: numbers, so that people hear of their payments.
    chat.wait(days=1)
    chat.owner(f"kontak budi 0{BUDI[2:]}")
    chat.owner("kontak Budi Santoso 0813 1111 2222")
    sent = chat.say("budi byr 200 rb")
    assert [each.to for each in sent] == ["owner", BUDI]
    assert "Apakah ini pembayaran lagi?" in chat.owner("Budi bayar 200rb")
    assert "tidak ada yang berubah" in chat.owner("tidak")
    assert "Siapa" in chat.owner("bayar 50rb")
    sent = chat.say("budi")
    assert "Sisa utang Budi ke Anda: Rp 250.000" in sent[0].text

    # Wednesday: the wrong Budi.
    chat.wait(days=1)
    sent = chat.say("bayar Budi 300rb")
    assert [each.to for each in sent] == ["owner", BUDI]
    sent = chat.say("salah, maksudnya Budi Santoso")
    assert {each.to for each in sent} == {"owner", BUDI, SANTOSO}
    assert "dibatalkan" in next(each.text for each in sent if each.to == BUDI)
    assert "Rp 1.200.000" in next(each.text for each in sent if each.to == SANTOSO)
    assert "Rp 250.000" in chat.owner("status Budi")

    # Thursday: what is owed to others, and a date that moves.
    chat.wait(days=1)
    assert "Anda berutang Rp 2.000.000 ke Toko Makmur" in chat.owner("aku punya utang 2jt ke Toko Makmur")
    assert "sekarang jatuh tempo Sel, 18 Feb 2025" in chat.owner("tempo Yanto 18/2")
    how, to_forward = chat.say("tagih Yanto")
    assert "Nomor Yanto belum ada" in how.text
    assert to_forward.text.startswith("Halo Yanto, pengingat dari Toko Maju:")

    # Friday: somebody settles everything, somebody too much, somebody never.
    chat.wait(days=1)
    assert "lunas" in chat.owner("Budi lunas")
    assert "kelebihan Rp 50.000" in chat.owner("Budi Santoso bayar 1250000")
    assert "Dihapuskan: Rp 750.000" in chat.owner("hapuskan Yanto")
    assert "Yanto" in chat.owner("urungkan")

    # Saturday: late, and everything adds up.
    chat.wait(days=5)
    status = chat.owner("rekap")
    assert status.splitlines()[:3] == [
        "*Piutang Anda*: Rp 750.000", "Lewat jatuh tempo: Rp 750.000", "⚠️ Yanto: Rp 750.000, telat 4 hari",
    ]  # fmt: skip
    assert "*Utang Anda*: Rp 2.000.000" in status
    assert "*Saldo lebih yang disimpan*: Rp 50.000" in status
    history = chat.owner("riwayat Yanto").splitlines()
    assert len(history) == 6
    assert history[-1].endswith("→ Rp 750.000")


def test_names_that_are_nearly_the_same_never_share_an_account(chat: Chat) -> None:
    for known, other in (("Rina", "Rini"), ("Sara", "Sarah"), ("Dian", "Diana"), ("Yanto", "Yanti")):
        chat.owner(f"pinjam {known} 300rb")
        # Before money moves on a name that isn't there, the owner is asked; a looked-up one is shown at once.
        assert f"Maksudnya {known}?" in chat.owner(f"bayar {other} 100rb")
        chat.owner("tidak")
        assert f"{other}, orang baru" in chat.owner(f"pinjam {other} 200rb")
        chat.owner("2")
        assert "Sisa utang" in chat.owner(f"bayar {other} 50rb")
        assert "Rp 300.000" in chat.owner(f"status {known}")
        assert "Rp 150.000" in chat.owner(f"status {other}")


def test_a_family_name_in_common_is_no_reason_to_ask(chat: Chat) -> None:
    for name in ("Eko Wijaya", "Joko Wijaya", "Hendra Wijaya", "Indra Wijaya"):
        assert f"{name} pinjam Rp 10.000" in chat.owner(f"pinjam {name} 10rb")
    assert "1. Indra Wijaya" in chat.owner("pinjam Indra Wijayo 10rb")


def test_a_slip_of_the_finger_is_the_person_who_is_there(chat: Chat) -> None:
    chat.owner("pinjam Wulandari 300rb")
    assert "Sisa utang Wulandari" in chat.owner("bayar Wulnadari 100rb")
    assert "Sisa utang Wulandari ke Anda: Rp 100.000" in chat.owner("bayar Wullandari 100.000 kemarin")


def test_a_correction_reaches_whoever_heard_of_the_mistake(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.owner(f"kontak Budi {BUDI}")
    chat.say("Budi bayar 50rb")
    sent = chat.say("eh salah, 150rb")
    assert [each.to for each in sent] == ["owner", BUDI]
    assert sent[1].text.startswith("Ralat: mohon abaikan pesan kami sebelumnya.")
    assert "Rp 350.000" in sent[1].text
    assert "Rp 350.000" in chat.person(BUDI, "saldo")


def test_undo_tells_whom_it_told(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    assert [each.to for each in chat.say("urungkan")] == ["owner"]
    chat.owner("pinjam Budi 500rb")
    chat.owner(f"kontak Budi {BUDI}")
    for command, theirs in (
        ("pinjam Budi 100rb", "Rp 100.000 yang kami kabarkan sudah dibatalkan"),
        ("Budi bayar 200rb", "Rp 200.000 yang kami kabarkan sudah dibatalkan"),
        ("tempo Budi 1 tahun", "jatuh temponya kembali Kam, 27 Feb 2025"),
        ("hapuskan Budi", "Rp 500.000 yang kami kabarkan sudah dibatalkan"),
    ):
        assert BUDI in [each.to for each in chat.say(command)]
        owner, told = chat.say("urungkan")
        assert (owner.to, told.to) == ("owner", BUDI)
        assert "Budi sudah dikabari" in owner.text
        assert theirs in told.text
        assert "Rp 500.000" in owner.text or "27 Feb 2025" in owner.text
    assert "Rp 500.000" in chat.person(BUDI, "saldo")


def test_notify_off_keeps_entries_between_the_owner_and_the_book(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.owner(f"kontak Budi {BUDI}")
    assert "nonaktif" in chat.owner("atur notify off")
    for command in ("pinjam Budi 100rb", "Budi bayar 50rb", "salah, maksudnya 60rb", "urungkan", "hapuskan Budi"):
        assert [each.to for each in chat.say(command)] == ["owner"]
    chat.owner("urungkan")
    # What they ask is answered, and a reminder is sent when the owner says so.
    assert "Rp 600.000" in chat.person(BUDI, "saldo")
    assert [each.to for each in chat.say("ingatkan Budi")] == ["owner", BUDI]
    chat.owner("atur notify on")
    assert [each.to for each in chat.say("Budi bayar 100rb")] == ["owner", BUDI]


def test_staff_book_but_do_not_rule(chat: Chat) -> None:
    staff = f"staff:{ANI}"
    chat.owner("pinjam Budi 500rb")
    chat.owner(f"kontak Budi {BUDI}")
    told = chat.say("Budi bayar 100rb", staff)
    assert [each.to for each in told] == [ANI, BUDI]
    before = kept(chat.simulation, chat.tenant)
    for words in ("atur notify off", "atur name Toko Saya", "bahasa english", "bahasa Budi english"):
        sent = chat.say(words, staff)
        assert [each.to for each in sent] == [ANI]
        assert "tidak punya izin" in sent[0].text
        assert "pemilik Toko Maju" in sent[0].text
    # Everybody takes back their own: the owner's loan has been paid on, the staff's payment is theirs.
    assert "sudah ada pembayaran" in chat.owner("urungkan")
    assert kept(chat.simulation, chat.tenant) == before
    assert "• atur" not in chat.say("bantuan", staff)[0].text
    assert "Dibatalkan: pembayaran Rp 100.000" in chat.say("urungkan", staff)[0].text
    assert "Tidak ada yang bisa dibatalkan" in chat.say("urungkan", staff)[0].text
    assert "Rp 500.000" in chat.owner("status Budi")


def test_a_question_to_one_is_not_answered_by_another(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.owner("bayar Budi")
    assert "atas nama siapa?" in chat.say("200rb", f"staff:{ANI}")[0].text
    assert "tidak menunggu jawaban" in chat.say("ya", f"staff:{ANI}")[0].text
    assert "Sisa utang Budi ke Anda: Rp 300.000" in chat.owner("200rb")
    assert count(chat.simulation, chat.tenant, "payment") == 1


def test_only_the_part_that_is_late_is_called_late(chat: Chat) -> None:
    chat.owner("pinjam Budi 100rb 3 hari")
    chat.owner("pinjam Budi 350rb 2 minggu")
    chat.wait(days=5)
    assert chat.owner("status").splitlines() == [
        "*Piutang Anda*: Rp 450.000", "Lewat jatuh tempo: Rp 100.000",
        "⚠️ Budi: Rp 450.000, Rp 100.000 di antaranya telat 2 hari",
    ]  # fmt: skip


def test_a_correction_means_the_last_entry_or_nothing(chat: Chat) -> None:
    chat.owner("pinjam Budi 100rb")
    chat.owner("pinjam Rina 200rb")
    chat.owner("urungkan")
    before = kept(chat.simulation, chat.tenant)
    assert "*urungkan*" in chat.owner("salah, maksudnya 300rb")
    assert kept(chat.simulation, chat.tenant) == before


def test_a_correction_of_what_the_entry_does_not_have_changes_nothing(chat: Chat) -> None:
    chat.owner("pinjam Budi 100rb")
    for command in ("tempo Budi 1 tahun", "hapuskan Budi"):
        chat.owner(command)
        before = kept(chat.simulation, chat.tenant)
        assert "*urungkan*" in chat.owner("salah, maksudnya 300rb")
        assert kept(chat.simulation, chat.tenant) == before
