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
from handlers.grammar.sentences.verb_phrases import VERBS_OF_SEVERAL_WORDS
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
        pinjamkan meminjamkan minjemin minjamin meminjami ngutangin menghutangi nalangin nalangi menalangi
        nombokin covered ngehutangin meminjamin minjami ngebonin memberipinjam lend lends lent lended lending
        loaned loaning advanced fronted spotted mengutangi
        """,
    ),
    (
        LEND_PLEASE,
        """
        pinjemin pinjamin pinjami talangin talangi hutangin utangin hutangi utangi bonin kasbonin pnjmin
        pinjemkan advance front
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
        dipinjamin dipinjemin dipinjami dipinjamkan dipinjemkan diutangin dihutangin diutangi dihutangi dibonin
        ditalangin ditalangi ditombokin
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
        bayar byr byar bayr membayar mbayar ngebayar dibayar dibayarin dibayarkan terbayar transfer trf tf
        trnsfer mentransfer ngetransfer nransfer transferin ditransfer kirim ngirim mengirim kirimin dikirim
        setor nyetor menyetor setorin setorkan disetor nyicil cicil mencicil ngangsur angsur mengangsur dicicil
        balikin ngebalikin dibalikin kembaliin ngembaliin kembalikan mengembalikan dikembalikan mulangin
        pulangin pulangkan diterima masuk nebus pay pays paid payed payd sent send sends repay repays repaid
        reimbursed returned return returns transferred wired venmoed venmo'd venmos zelled zelle'd paypaled
        paypal'd cashapped cashapp'd chipped kirimkan transferkan mengangsurkan deposited remitted refunded
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
        lunas lns melunasi lunasin lunasi ngelunasin melunaskan dilunasi dilunasin pelunasan beresin ngeberesin
        settled settle settles cleared clears squared
        """,
    ),
    (
        GIVE,
        """
        kasih kasi ksh ngasih ngasi memberi beri memberikan kasihkan give gave gives giving given handed slipped
        let lets allow allowed
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
        undur undurin undurkan mundurin mundurkan perpanjang perpanjangin memperpanjang panjangin tunda tundain
        geser geserin majuin majukan pindah pindahin pindahkan extend postpone delay reschedule move push shift
        mundur ubah ganti change set bump gantiin ubahin update
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

VERBS = {word: frame for frame, text in (*_VERBS, *REGIONAL_VERBS) for word in words(text)}
VERB_PHRASES = {
    tuple(map(usual, phrase.split())): frame for frame, text in VERBS_OF_SEVERAL_WORDS for phrase in phrases(text)
}
GIVE_AS_LOAN = words("borrow pinjam pinjem pinjaman pinjeman utang hutang utangan loan kasbon kredit bon")
