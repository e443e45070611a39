"""Verbs of several words, each with its frame: `kasih pinjam`, `took a loan`, `write off`.

Joined to the single verbs by `verbs`; a phrase is listed once, in the spelling of `words.usual`.
"""

from __future__ import annotations

from handlers.grammar.sentences.frames import (
    BORROW,
    BORROW_COMMAND,
    CLEAR,
    GRANTED,
    LEND,
    OWE,
    OWED,
    PAY,
    Act,
    Frame,
    request,
)

VERBS_OF_SEVERAL_WORDS: tuple[tuple[Frame, str], ...] = (
    (
        LEND,
        """
        kasih pinjam, kasih pinjem, kasi pinjam, kasi pinjem, ngasih pinjam, ngasih pinjem, beri pinjam, kasih
        utang, kasih hutang, kasi utang, ngasih utang, ngasih hutang, memberi pinjaman, kasih pinjaman, ngasih
        pinjaman, beri pinjaman, memberikan pinjaman, kasih kasbon, ngasih kasbon, kasih bon, memberi utang, tak
        silihi, tak utangi, tak talangi, picked up the tab, picked up my tab, memberi hutang, kasih kredit, kasi
        kasbon
        """,
    ),
    (
        BORROW,
        """
        punya utang, punya hutang, ada utang, ada hutang, pny utang, pny hutang, ambil kasbon, ambil pinjaman,
        punya pinjaman, ada pinjaman, minta bon, ambil utang, has a debt, have a debt, took a loan, have debt,
        has debt, take a loan, got a loan, took out a loan, in debt, ambil kredit, punya kasbon, masih utang,
        masih hutang, masih punya utang, masih punya hutang, ada kasbon, punya bon, ada bon, got an advance,
        took an advance, had a loan, punya tanggungan, got a cash advance, took another loan
        """,
    ),
    (
        BORROW_COMMAND,
        """
        tambah utang, nambah utang, nambah hutang, tambah hutang, tambah bon, nambah bon
        """,
    ),
    (
        OWE,
        """
        is owing, am owing, are owing
        """,
    ),
    (
        OWED,
        """
        is owed, am owed, are owed, was owed, were owed, 's owed
        """,
    ),
    (
        GRANTED,
        """
        dikasih pinjam, dikasih pinjem, dikasi pinjam, dikasi pinjem, dikasih utang, dikasih hutang, dikasih
        pinjaman, diberi pinjaman, dikasi utang, dapat pinjaman, dapet pinjaman, was lent, were lent, was
        loaned, been lent, memperoleh pinjaman, menerima pinjaman, mendapat pinjaman, mendapatkan pinjaman,
        dapat utang, dapet utangan, dapet pinjeman, diberi utang, dapat pinjeman, dapat utangan, was given a
        loan, was advanced, dikasi pinjaman
        """,
    ),
    (
        CLEAR,
        """
        paid off, paid up, paid in full, settled up, squared up, all paid, fully paid, all settled, paid
        everything, bayar lunas, bayar semua, bayar semuanya, byr lunas, square with, all square, udah beres,
        sudah beres, dibayar lunas, paid it all
        """,
    ),
    (
        PAY,
        """
        made a payment, makes a payment, paid back, pay back, gave back, sent back, chipped in, uang masuk, duit
        masuk, transfer masuk, masuk transferan, kasih balik, paid down, came through with, forked over, coughed
        up, ponied up, kicked in, chucked in, titip bayar, nitip bayar, titip bayaran, nitip bayaran, titip
        uang, nitip uang, handed back, bayar utang
        """,
    ),
    (
        request(Act.REMIND),
        """
        send reminder, kirim pengingat, kirim tagihan, kirim reminder, kirimin tagihan, kirim peringatan, follow
        up, kirimin reminder, kirimkan pengingat, kirimkan tagihan, kirimin pengingat, send a reminder, kasih
        peringatan
        """,
    ),
    (
        request(Act.FORGIVE),
        """
        write off, written off, anggap lunas, dianggap lunas, anggep lunas, anggap selesai, wipe out, hapus
        utang, hapus hutang, hapusin utang, hapuskan utang, hapusin hutang, hapuskan hutang, wrote off, hapus
        piutang, hapus buku, hapuskan piutang, wipe clean, anggap beres
        """,
    ),
    (
        request(Act.EXTEND),
        """
        kasih waktu, kasi waktu, kasih tempo, beri waktu, kasih kelonggaran, push back, kasi tempo, beri tempo,
        kasih perpanjangan, beri kelonggaran
        """,
    ),
    (
        request(Act.UNBLOCK),
        """
        buka blokir, buka blok, lepas blokir, cabut blokir, buka blokiran, hapus blokir, batal blokir
        """,
    ),
)
