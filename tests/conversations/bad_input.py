"""What people write that makes no sense, and what they read then: one table for both languages."""

from __future__ import annotations

from dataclasses import dataclass, field

NOBODY = {"id": "6281511110001", "en": "12025550177"}
BLOCKED = "6281511119999"
SILENCE = "(silence)"


@dataclass(frozen=True)
class Case:
    """What is said in Indonesian and in English, and what the answer says; nothing in the book may change.

    `reads` are parts of the answer, `|` between those of one language, or `SILENCE`.
    """

    name: str
    indonesian: str
    english: str
    reads: tuple[str, str]
    speaker: str = "owner"
    lines: int = 3
    more: dict[str, str] = field(default_factory=dict)


NOT_KNOWN = (
    "Zulkarnain tidak ada di buku Anda|Budi|pinjam Zulkarnain 500rb",
    "Zulkarnain isn't in your book|Budi|lend Zulkarnain 500",
)
NOT_UNDERSTOOD = ("Maaf, saya belum paham|Budi bayar 500rb|*bantuan*", "I didn't understand|Budi paid 500|*help*")
TOO_SMALL = ("lebih dari nol|500rb", "more than zero|500")
NO_NUMBER = ("bukan nomor telepon|081234567890", "isn't a phone number|081234567890")
IN_THE_PAST = ("1 Jan 2020 sudah lewat|14 hari", "1 Jan 2020 is in the past|14 days")
NOTHING_ASKED = ("tidak menunggu jawaban|*status*", "not waiting for an answer|*status*")
ONLY_TEXT = ("baru bisa membaca teks|Budi pinjam 500rb", "only read text so far|Budi borrowed 500")
ONE_AT_A_TIME = ("satu per satu|Budi pinjam 500rb", "one thing at a time|Budi borrowed 500")
NOTHING_SAID = (SILENCE, SILENCE)

CASES = (
    Case("less than nothing", "pinjam Budi -500000", "lend Budi -500000", TOO_SMALL),
    Case("nothing at all", "pinjam Budi 0", "lend Budi 0", TOO_SMALL),
    Case("a payment of nothing", "bayar Budi 0", "paid Budi 0", TOO_SMALL),
    Case(
        "more than there is", "pinjam Budi 9999999999999", "lend Budi 9999999999999",
        ("terlalu besar|999.999.999.999", "more than I can book|999,999,999,999"),
    ),
    Case(
        "an amount alone", "500000", "500000",
        ("Budi pinjam Rp 500.000|Budi bayar Rp 500.000", "Budi borrowed $500,000|Budi paid $500,000"),
    ),
    Case("a command alone", "pinjam", "lend", ("Siapa namanya?", "Who is it?")),
    Case("no amount", "pinjam Budi", "lend Budi", ("Berapa jumlahnya?|500rb", "How much is it?|500")),
    Case("a payment without an amount", "bayar Budi", "paid Budi", ("Sisanya Rp 500.000", "$500.00 is open")),
    Case("who pays and isn't known", "bayar Zulkarnain 100rb", "paid Zulkarnain 100", NOT_KNOWN),
    Case("whose status isn't known", "status Zulkarnain", "status Zulkarnain", NOT_KNOWN),
    Case("whose history isn't known", "riwayat Zulkarnain", "history Zulkarnain", NOT_KNOWN),
    Case("who is reminded and isn't known", "ingatkan Zulkarnain", "remind Zulkarnain", NOT_KNOWN),
    Case("whose date isn't known", "tempo Zulkarnain besok", "due Zulkarnain tomorrow", NOT_KNOWN),
    Case("whose debt isn't known", "hapuskan Zulkarnain", "write off Zulkarnain", NOT_KNOWN),
    Case("who is blocked and isn't known", "blokir Zulkarnain", "block Zulkarnain", NOT_KNOWN),
    Case(
        "a letter of difference", "bayar Budu 100rb", "paid Budu 100",
        ("Budu tidak ada di buku Anda. Maksudnya Budi?", "Budu isn't in your book. Do you mean Budi?"),
    ),
    Case(
        "a longer name", "hapuskan Budi Santoso", "write off Budi Santoso",
        ("Budi Santoso tidak ada di buku Anda. Maksudnya Budi?", "Budi Santoso isn't in your book. Do you mean Budi?"),
    ),
    Case("due in the past", "pinjam Budi 500rb 1/1/2020", "lend Budi 500 1/1/2020", IN_THE_PAST),
    Case("moved into the past", "tempo Budi 1/1/2020", "due Budi 1/1/2020", IN_THE_PAST),
    Case(
        "paid in the future", "Budi bayar 100rb besok", "Budi pays 100 tomorrow",
        ("Belum saya catat|sudah terjadi", "changed nothing yet|has happened"),
    ),
    Case("5,000 characters", "pinjam " + "Budi " * 1000, "lend " + "Budi " * 1000, ("terlalu panjang", "too long")),
    Case(
        "a name of 90 letters", f"pinjam {'Budi' * 23} 500rb", f"lend {'Budi' * 23} 500",
        ("Namanya terlalu panjang|80", "name is too long|80"),
    ),
    Case("a name without letters", "pinjam *** 500rb", "lend *** 500", ("Siapa namanya?", "Budi borrowed 500")),
    Case("a smile", "😀😀😀", "😀😀😀", ("👍", "👍")),
    Case("from right to left", "مرحبا كيف حالك", "مرحبا كيف حالك", NOT_UNDERSTOOD, lines=5),
    Case("control characters", "\x01\x02\x1b[31m", "\x01\x02\x1b[31m", NOT_UNDERSTOOD, lines=5),
    Case("a zero byte alone", "\x00", "\x00", ONLY_TEXT),
    Case("invisible characters", "\u200b\u200e\u2060", "\u200b\u200e\u2060", NOT_UNDERSTOOD, lines=5),
    Case("a film", "", "", ONLY_TEXT, more={"mime": "video/mp4", "media": "film.mp4"}),
    Case("a picture", "", "", ONLY_TEXT, more={"mime": "image/jpeg", "media": "picture.jpg"}),
    Case(
        "foreign money", "pinjam Budi 100 USD", "lend Budi 100 IDR",
        ("Buku Anda memakai IDR, bukan USD|500rb", "Your book is kept in USD, not in IDR|500"),
    ),
    Case(
        "a foreign sign", "pinjam Budi $100", "lend Budi Rp 100",
        ("memakai IDR, bukan USD|500rb", "kept in USD, not in IDR|500"),
    ),
    Case("parts of a rupiah", "pinjam Budi 500,50", "lend Budi 500 IDR", ("pecahan|500rb", "kept in USD|500")),
    Case("parts of a cent", "pinjam Budi 1000,5", "lend Budi 10.1234", ("pecahan|500rb", "How much is it?|500")),
    Case(
        "several amounts", "pinjam Budi 100rb atau 200rb", "lend Budi 100 or 200",
        ("satu per satu|Budi pinjam 500rb", "one thing at a time|Budi borrowed 500"),
    ),
    Case(
        "several people", "pinjam Budi 100rb\npinjam Ani 200rb", "lend Budi 100\nlend Ani 200", ONE_AT_A_TIME
    ),
    Case("too few figures in a number", "kontak Budi 123456789", "contact Budi 123456789", NO_NUMBER),
    Case("too many figures in a number", "kontak Budi 1234567890123456", "contact Budi 1234567890123456", NO_NUMBER),
    Case(
        "somebody else's number", "kontak Ani 081511110000", "contact Ani +1 202 555 0155",
        ("+6281511110000 sudah|Budi", "+12025550155 already belongs to Budi"),
    ),
    Case(
        "no such setting", "atur warna merah", "set colour red",
        ("Tidak ada pengaturan “warna”|notify", "no setting “colour”|notify"),
    ),
    Case("no such value", "atur notify mungkin", "set notify maybe", ("atur notify off", "set notify off")),
    Case("a setting alone", "atur", "set", ("Pengaturan apa", "Which setting")),
    Case(
        "no such language", "bahasa klingon", "language klingon",
        ("belum bisa “klingon”|*english*", "don't speak “klingon”|*english*"),
    ),
    Case(
        "another currency too late", "atur currency USD", "set currency IDR",
        ("tidak bisa diubah", "can't change any more"),
    ),
    Case(
        "written off when nothing is open", "hapuskan Ani", "write off Ani",
        ("Ani tidak punya utang", "Ani owes you nothing"),
    ),
    Case("reminded of nothing", "ingatkan Ani", "remind Ani", ("Ani tidak punya utang", "Ani owes you nothing")),
    Case(
        "another date for nothing", "tempo Ani besok", "due Ani tomorrow",
        ("Tidak ada utang piutang dengan Ani", "Nothing is open with Ani"),
    ),
    Case(
        "paid when nothing is open", "bayar Ani 100rb", "paid Ani 100",
        ("Simpan Rp 100.000 sebagai saldo lebih?|*ya*", "Shall I keep $100.00 as credit?|*yes*"),
    ),
    Case("cancel out of the blue", "batal", "cancel", ("tidak ada yang dibatalkan|*urungkan*", "nothing was|*undo*")),
    Case("back out of the blue", "kembali", "back", NOTHING_ASKED),
    Case("yes out of the blue", "ya", "yes", NOTHING_ASKED),
    Case("no out of the blue", "tidak", "no", NOTHING_ASKED),
    Case(
        "corrected out of the blue", "salah, maksudnya 1 juta", "wrong, I meant 1000",
        ("setengah jam terakhir|*urungkan*", "nothing from the last half hour|*undo*"),
    ),
    Case("only a question", "Budi sudah bayar 500rb?", "did Budi pay 500?", ("", "")),
    Case("that didn't happen", "Budi belum bayar 500rb", "Budi didn't pay 500", ("", "")),
    Case("only if", "kalau Budi bayar 500rb", "if Budi pays 500", ("", "")),
    Case("gibberish", "asdf qwer zxcv", "asdf qwer zxcv", NOT_UNDERSTOOD, lines=5),
    Case(
        "help for what there isn't", "bantuan xyzzy", "help xyzzy",
        ("pinjam NAMA JUMLAH", "lend NAME AMOUNT"), lines=80,
    ),
    Case(
        "a stranger lends", "pinjam Budi 500rb", "lend Budi 500",
        ("Itu hanya bisa dilakukan Toko Maju|*saldo*", "Only Sunny Loans can do that here|*balance*"), speaker="nobody",
    ),
    Case("a stranger asks", "saldo", "balance", ("tidak punya utang", "nothing"), speaker="nobody"),
    Case("somebody blocked asks", "saldo", "balance", NOTHING_SAID, speaker=BLOCKED),
    Case("somebody blocked opts out", "STOP", "STOP", NOTHING_SAID, speaker=BLOCKED),
    Case("somebody blocked pays", "sudah bayar 500rb", "I paid 500", NOTHING_SAID, speaker=BLOCKED),
)  # fmt: skip
