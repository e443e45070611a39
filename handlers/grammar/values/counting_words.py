"""The words that show a number to be no money: what it counts (`2 sak`), and what it numbers (`no 3`, `Toko 88`)."""

from __future__ import annotations

from handlers.grammar.values.word_tables import words

# What a number before these counts is not money.
COUNTED = words(
    "x kali kg kgs kilo kilogram gr gram grams g ons kwintal ton tons liter litre liters ltr lt ml cc m cm mm km meter",
    "mtr inch inci sak zak karung pcs pc pieces piece buah bh biji bj bks bungkus butir lembar lbr sheet sheets botol",
    "btl bottle bottles dus kardus karton box boxes pack packs bag bags ekor unit units set sets item items batang btg",
    "lusin kodi rim porsi gelas cup cups piring mangkok mangkuk kaleng galon tabung roll rol pasang potong helai ikat",
    "ruas truk rit kubik kantong sachet sendok slop kamar rooms tickets orang org people persons person anak",
    "persen percent pct gb mb tb watt volt hp halaman",
    "angsuran cicilan termin installment installments instalment instalments payments times",
    "jam menit detik hour hours hr hrs minute minutes min mins second seconds sec am pm wib wita wit",
    "hari minggu mgg pekan bulan bln tahun thn taun day days week weeks month months year years yr yrs",
)
# A bare number after these is the name of something.
NUMBERED = words(
    "ke no nomor nomer nmr num number nr id kode code rt rw lantai lt blok block gang gg jl jalan pasal bab hal page",
    "rek rekening norek va nik ktp npwp resi bca bni bri bsi mandiri pos kav km seri nopol hp wa telp tlp",
    "tahun thn taun year tgl tanggal nota invoice inv faktur order pesanan ticket tiket antrian",
    "aksi action versi version kelas class room",
)
# Any number after these is a time of day.
HOUR_WORDS = words("jam jm pukul pkl")
# A bare number below a thousand after these says which of them.
NUMBERED_WHEN_SMALL = words("cicilan angsuran termin installment instalment installments perjanjian agreement")
# A number below a thousand after these belongs to a firm's name if the text has another amount.
FIRM_WORDS = words(
    "pt cv ud tb pd toko tk warung wr kios studio bengkel apotek salon hotel cafe kafe kopi resto depot kedai",
    "grup group shop store bar club",
)
