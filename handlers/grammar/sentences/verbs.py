"""The verbs that matter to a debt book, each with its frame.

Read by `tokens`. A new verb is a word in a row; a verb that takes its people in a new way needs a frame of its own.
"""

from __future__ import annotations

from handlers.grammar.sentences.frames import (
    BORROW,
    BORROW_COMMAND,
    CLEAR,
    CREDIT,
    DEBT,
    GIVE,
    GRANTED,
    IOU,
    LEND,
    LEND_PLEASE,
    LOAN_NOUN,
    ON_CREDIT,
    OWE,
    OWED,
    PAY,
    PAY_FOR,
    PAYING,
    PAYMENT,
    RECEIVE,
    RECEIVE_NOUN,
    TAKEN,
    Act,
    Frame,
    request,
)
from handlers.grammar.sentences.lists import phrases, words
from handlers.grammar.sentences.regional import REGIONAL_VERBS
from handlers.grammar.sentences.words import usual

_VERBS: tuple[tuple[Frame, str], ...] = (
    (
        BORROW,
        """
        minjem minjam meminjam minjm mnjem mnjm minjemnya borrow borrows borrowed borrowing pinjemnya
        """,
    ),
    (
        ON_CREDIT,
        """
        ngutang berutang berhutang ngehutang ngebon ngekas mengutang menghutang
        """,
    ),
    (
        BORROW_COMMAND,
        """
        pinjam pinjem pnjm pnjam pjm pinjm
        """,
    ),
    (
        CREDIT,
        """
        kasbon bon kasbonan ngasbon bonan ngredit kredit
        """,
    ),
    (
        DEBT,
        """
        utang hutang htg utg utangan hutangan
        """,
    ),
    (
        OWE,
        """
        owe owes owed owing owin
        """,
    ),
    (
        LEND,
        """
        pinjamkan meminjamkan minjemin minjamin meminjami ngutangin menghutangi nalangin nalangi menalangi nombokin covered ngehutangin meminjamin minjami
        ngebonin memberipinjam lend lends lent lended lending loaned loaning advanced fronted spotted
        mengutangi
        """,
    ),
    (
        LEND_PLEASE,
        """
        pinjemin pinjamin pinjami talangin talangi hutangin utangin hutangi utangi bonin kasbonin pnjmin pinjemkan advance
        front
        """,
    ),
    (
        TAKEN,
        """
        dipinjam dipinjem dipnjm diutang dihutang
        """,
    ),
    (
        GRANTED,
        """
        dipinjamin dipinjemin dipinjami dipinjamkan dipinjemkan diutangin dihutangin diutangi dihutangi
        dibonin ditalangin ditalangi ditombokin
        """,
    ),
    (
        LOAN_NOUN,
        """
        loan pinjaman pinjeman debt tab
        """,
    ),
    (
        IOU,
        """
        iou
        """,
    ),
    (
        PAY,
        """
        bayar byr byar bayr membayar mbayar ngebayar dibayar dibayarin
        dibayarkan terbayar transfer trf tf trnsfer mentransfer ngetransfer nransfer transferin ditransfer
        kirim ngirim mengirim kirimin dikirim setor nyetor menyetor setorin setorkan disetor nyicil cicil
        mencicil ngangsur angsur mengangsur dicicil balikin ngebalikin dibalikin kembaliin ngembaliin
        kembalikan mengembalikan dikembalikan mulangin pulangin pulangkan diterima masuk nebus pay pays paid
        payed payd sent send sends repay repays repaid reimbursed returned return returns transferred wired
        venmoed venmo'd venmos zelled zelle'd paypaled paypal'd cashapped cashapp'd chipped kirimkan transferkan
        mengangsurkan deposited remitted refunded
        """,
    ),
    (
        PAY_FOR,
        """
        bayarin ngebayarin bayarkan membayarkan
        """,
    ),
    (
        PAYING,
        """
        paying repaying sending returning settling clearing transferring
        """,
    ),
    (
        RECEIVE,
        """
        terima trima nerima menerima keterima received receive receives recieved collected collect receiving
        """,
    ),
    (
        RECEIVE_NOUN,
        """
        dapat dapet dpt got get
        """,
    ),
    (
        PAYMENT,
        """
        pembayaran byaran bayaran cicilan angsuran setoran payment payments repayment transferan deposit
        """,
    ),
    (
        CLEAR,
        """
        lunas lns melunasi lunasin lunasi ngelunasin melunaskan dilunasi dilunasin pelunasan beresin
        ngeberesin settled settle
        settles cleared clears squared
        """,
    ),
    (
        GIVE,
        """
        kasih kasi ksh ngasih ngasi memberi beri memberikan kasihkan give gave gives giving given handed
        slipped let lets allow allowed
        """,
    ),
    (
        request(Act.REMIND),
        """
        tagih tagihin tagihkan nagih nagihin menagih ingatkan ingetin ingatin ngingetin mengingatkan colek
        colekin todong remind nudge chase ping dun prod pester reminder pengingat peringatan reminders followup
        """,
    ),
    (
        request(Act.FORGIVE),
        """
        ikhlasin ikhlaskan iklasin iklaskan relain relakan merelakan mengikhlaskan putihkan putihin bebaskan
        bebasin forgive forget forgave waive writeoff
        """,
    ),
    (
        request(Act.EXTEND),
        """
        undur undurin undurkan mundurin mundurkan perpanjang perpanjangin memperpanjang panjangin tunda
        tundain geser geserin majuin majukan pindah pindahin pindahkan extend postpone delay reschedule move
        push shift mundur ubah ganti change set bump gantiin ubahin update
        """,
    ),
    (
        request(Act.BLOCK),
        """
        blokir blok block ban blokirin memblokir blacklist mute
        """,
    ),
    (
        request(Act.UNBLOCK),
        """
        unblock unblok unban unblokir whitelist unmute
        """,
    ),
)

_PHRASES: tuple[tuple[Frame, str], ...] = (
    (
        LEND,
        """
        kasih pinjam, kasih pinjem, kasi pinjam, kasi pinjem, ngasih pinjam, ngasih pinjem, beri pinjam, kasih
        utang, kasih hutang, kasi utang, ngasih utang, ngasih hutang, memberi pinjaman, kasih pinjaman, ngasih
        pinjaman, beri pinjaman, memberikan pinjaman, kasih kasbon, ngasih kasbon, kasih bon, memberi utang,
        tak silihi, tak utangi, tak talangi, picked up the tab, picked up my tab, memberi
        hutang, kasih kredit, kasi kasbon
        """,
    ),
    (
        BORROW,
        """
        punya utang, punya hutang, ada utang, ada hutang, pny utang, pny hutang, ambil kasbon, ambil pinjaman,
        punya pinjaman, ada pinjaman, minta bon, ambil utang, has a debt, have a debt, took a loan, have debt, has debt, take a
        loan, got a loan, took out a loan, in debt, ambil kredit, punya kasbon, masih utang, masih hutang,
        masih punya utang, masih punya hutang, ada kasbon, punya bon, ada bon, got an advance, took an
        advance, had a loan, punya tanggungan, got a cash advance, took another loan
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
        loaned, been lent, memperoleh pinjaman, menerima pinjaman, mendapat pinjaman,
        mendapatkan pinjaman, dapat utang, dapet utangan, dapet pinjeman, diberi utang, dapat pinjeman, dapat
        utangan, was given a loan, was advanced, dikasi pinjaman
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
        masuk, transfer masuk, masuk transferan, kasih balik, paid down, came through with, forked over, coughed up, ponied up, kicked in, chucked in,
        titip bayar, nitip bayar, titip bayaran, nitip bayaran, titip uang, nitip uang, handed back, bayar
        utang
        """,
    ),
    (
        request(Act.REMIND),
        """
        send reminder, kirim pengingat, kirim tagihan, kirim reminder, kirimin tagihan, kirim peringatan,
        follow up, kirimin reminder, kirimkan pengingat, kirimkan tagihan, kirimin pengingat, send a reminder, kasih peringatan
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
        kasih waktu, kasi waktu, kasih tempo, beri waktu, kasih kelonggaran, push back, kasi tempo, beri
        tempo, kasih perpanjangan, beri kelonggaran
        """,
    ),
    (
        request(Act.UNBLOCK),
        """
        buka blokir, buka blok, lepas blokir, cabut blokir, buka blokiran, hapus blokir, batal blokir
        """,
    ),
)

VERBS = {word: frame for frame, text in (*_VERBS, *REGIONAL_VERBS) for word in words(text)}
VERB_PHRASES = {tuple(map(usual, phrase.split())): frame for frame, text in _PHRASES for phrase in phrases(text)}
GIVE_AS_LOAN = words("borrow pinjam pinjem pinjaman pinjeman utang hutang utangan loan kasbon kredit bon")
