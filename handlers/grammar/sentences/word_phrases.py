"""Small words that play one part together: `jatuh tempo`, `how much`, `tadi pagi`.

Joined to the single words by `words`. A phrase is listed once, under the spelling that `ALIASES` there calls usual.
"""

from __future__ import annotations

from handlers.grammar.sentences.kinds import Kind

PARTS_OF_PHRASES: dict[Kind, str] = {
    Kind.IF: """
        in case, as long as, as soon as, what if, even if, kapan pun, begitu udah, if and when
    """,
    Kind.ASK: """
        how come, bener gak, bener ga, benar tidak, ya gak, ya nggak, apa benar, isn't it
    """,
    Kind.MUCH: """
        how much, how many, seberapa banyak
    """,
    Kind.FUTURE: """
        going to, want to, wants to, wanted to, have to, has to, had to, need to, about to, supposed to, kind
        of, tiap minggu, tiap bulan, tiap hari, setiap minggu, setiap bulan, setiap hari, every week, every
        month, every day, each week, each month, let me know, remember to, lagi cari, mau gak, have yet to, used
        to, make sure
    """,
    Kind.HEARSAY: """
        dengar dengar, denger denger, kata orang, they say, i was told, rumor has it
    """,
    Kind.DONT: """
        do not, gak usah, ga usah, nggak usah, tidak usah, tak usah, no need, no more
    """,
    Kind.NOT: """
        gak jadi, ga jadi, nggak jadi, tidak jadi, no longer, g jadi, batal bayar, batal pinjam
    """,
    Kind.RECORD: """
        mau catat, mau nyatet, mau catet, mau input, want to record, like to record, write down, put down, note
        down, make a note, take note, mark down, jot down, tolong catat, buat catatan, mark that, i want to
        note, bikin catatan
    """,
    Kind.POLITE: """
        minta tolong, bisa tolong, boleh tolong, bisa bantu, would you please, could you please, can you please,
        bisa minta tolong, if you could, would you mind
    """,
    Kind.MAY: """
        can you, could you, would you, will you, can u, could u, can i, could i, may i
    """,
    Kind.TERM: """
        jatuh tempo, jatuh temponya, due date, tanggal bayar, batas waktu, jth tempo, pay day
    """,
    Kind.CREDIT: """
        on credit, on account, on tab, on the tab, bayar belakangan, bayar nanti, on the cuff, bayarnya nanti,
        bayarnya belakangan, on tick, pay later, bayar besok besok
    """,
    Kind.FULL: """
        in full, sampai lunas, in total, paid off-in-full, the lot
    """,
    Kind.PARTICLE: """
        tanpa bunga, no interest, without interest, interest free, no rush, no hurry, terima kasih, hari ini,
        right now, just now, tadi pagi, tadi siang, tadi sore, barusan aja, this morning, this afternoon, this
        evening, of course, as well, kurang lebih, by the way, pagi ini, siang ini, sore ini, malam ini, lagi
        lagi, oh iya, oh ya, eh iya, good morning, selamat pagi, at work, a while ago, at the shop, dalam waktu,
        tanpa jaminan, at the moment, at present, these days, so far, to date, atas nama, i forgot to mention, i
        forgot to say, abis magrib, habis magrib, abis maghrib, habis maghrib, abis isya, habis isya, abis
        subuh, habis subuh, abis ashar, abis zuhur, abis dzuhur, abis jumatan, habis jumatan, ke rumah, ke sini,
        all together, paling gede, paling besar, paling banyak, went ahead and, tadi subuh, an hour ago, waktu
        itu, sama sekali, came in, came by and, came over and, stopped by and, came in and, popped in and,
        popped by and, dropped by and, swung by and, walked in and, come in, came through, went through
    """,
    Kind.DONE: """
        baru bisa, cuma bisa, hanya bisa, was able to, were able to, managed to, could only, only managed to
    """,
    Kind.PAST: """
        tadi malam, last night, kemarin malam, kemaren malam, kmrn malam
    """,
    Kind.THING: """
        cash app, bank transfer, tanda jadi, uang muka, down payment
    """,
    Kind.NUMBER_OF: """
        no hp, no wa, no telp, nomor hp, nomor wa, phone number, nomer hp, nomer wa, cell phone
    """,
    Kind.SHOW: """
        kasih tau, kasih tahu, kasih lihat, kasi tau, tell me, give me, let me see, pengen liat
    """,
}
