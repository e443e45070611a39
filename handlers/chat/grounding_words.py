"""The words by which an answer's figures and claims are known: money, prices, times, and what is said to be done."""

from __future__ import annotations

import re

_CURRENCY = r"(?:rp|idr|usd|eur|gbp|sgd|aud|myr|brl|rm|us\$|s\$|a\$|r\$|[$€£¥₽₹₱₫₩฿])"
_SCALE = (
    r"(?:rb|ribu|rbu|rebu|ribuan|rban|jt|juta|jutaan|jeti|k|m|mio|mn|mil|million|thousand|grand|miliar|milyar|billion|bn"
    r"|triliun|trillion|hundred|ratus)"
)
_UNIT = r"(?:rupiah|perak|dollars?|dolar|bucks?|euros?|pounds?|ringgit|reais|rubel|rubles?|yen|cents?|sen)"

MONEY_BEFORE = re.compile(rf"(?<![a-z]){_CURRENCY}\.? ?\d[\d.,]{{0,30}}", re.IGNORECASE)
MONEY_AFTER = re.compile(
    rf"(?<![\d.,])\d[\d.,]{{0,30}} ?(?:{_SCALE}|{_UNIT}|idr|usd|eur|gbp|sgd|aud|myr|brl|rp|[$€£¥₽₹])(?![a-z])"
    rf"|(?<![a-z])[a-z]+ {_UNIT}(?![a-z])",
    re.IGNORECASE,
)

# What follows a currency or goes before a scale and yet isn't read, with all that touches it.
UNREAD = re.compile(
    rf"(?<![a-z]){_CURRENCY}\.? ?\d[^\s\x00]*"
    rf"|(?<![\d.,])\d[\d.,]{{0,30}} ?(?:{_SCALE}|{_UNIT}|idr|usd|[$€£¥₽₹])(?![a-z])",
    re.IGNORECASE,
)

_CUE = r"(?:jam|jm|pukul|pkl|at|from|until|till|dari|sampai|hingga|s/d|buka|tutup|open|close[sd]?)"
_TIME = r"(?:[01]?\d|2[0-4])[.:][0-5]\d"
TIMES = re.compile(
    rf"(?P<cue>\b{_CUE}[ :]{{1,2}})?(?<![\d.,:/$€£])(?<!rp)(?<!rp )(?<!rp\.)(?<!\$ )(?<!usd )(?<!idr ){_TIME}"
    rf"(?P<until> ?(?:-|sampai|s/d|hingga|to|until) ?{_TIME})?"
    rf"(?P<half> ?(?:am|pm|a\.m|p\.m|wib|wita|wit|pagi|siang|sore|malam))?"
    rf"(?![.,:]?\d)(?! ?(?:%|persen|percent|idr|usd|eur|\$|€|(?:{_SCALE}|{_UNIT})(?![a-z])))"
)

# A small number right behind these is an amount, although nothing else says so.
PRICE_BEFORE = re.compile(
    r"(?:harga(?:nya)?|biaya(?:nya)?|tarif(?:nya)?|ongkir(?:nya)?|bayar(?:nya)?|total(?:nya)?|diskon(?:nya)?|potongan"
    r"|h?utang(?:mu|nya)?|sisa|saldo(?:nya)?|seharga|sebesar|senilai|prices?|priced|costs?|pays?|fees?|totals?|owes?"
    r"|balance|debt|discount)"
    r"(?: (?:is|are|of|at|for|only|just|now|adalah|hanya|cuma|menjadi|jadi|sekarang|anda|kamu|kakak|sebesar|to|ke|a))*"
    r" ?[:=]? ?\**\Z"
)

CONDITION_BEFORE = re.compile(
    r"\b(?:belum|blm|tidak|bukan|tdk|setelah|sesudah|kalau|kalo|jika|bila|apabila|ketika|saat|sampai|hingga|harus|wajib"
    r"|agar|supaya|akan|apakah|sebelum|untuk|yang|after|once|if|when|until|before|unless|not|never|n't|will|must|should"
    r"|can|cannot|whether|has to|have to|to be|no)\b[^.!?;\n]*$"
)

_DONE_ID = (
    r"catat(?:kan)?|bukukan|booking|pesankan|proses|konfirmasi|setujui|terima|hapus(?:kan)?|batalkan|daftarkan|lunas(?:i|kan)"
    r"|kurangi|potong|ubah|transfer(?:kan)?|kembalikan|jadwalkan|reservasi(?:kan)?|kirim(?:kan)?|refund"
)
_DONE_EN = (
    r"booked|recorded|noted|registered|confirmed|approved|cancell?ed|placed|applied|cleared|waived|deleted|refunded"
    r"|processed|scheduled|reserved|updated|removed|reduced|settled|forgiven|credited|erased|paid|received|completed"
    r"|granted|activated|disabled|enabled|shipped|sent"
)
_THING_ID = (
    r"(?:pesanan|order(?:an)?|pembayaran|h?utang|cicilan|tagihan|diskon|potongan|refund|booking|reservasi|pinjaman|saldo)"
    r"(?:nya|mu)?(?: [\w%]+){0,2}?"
)
_STATE_ID = r"dikonfirmasi|diterima|disetujui|dihapus(?:kan)?|dibatalkan|dilunasi|dicatat|dipotong|lunas"
_THING_EN = (
    r"(?:payment|order|booking|debt|loan|refund|discount|balance|reservation|appointment|instal?lment|invoice|transfer)"
)
_STATE_EN = (
    r"confirmed|approved|cleared|waived|settled|forgiven|refunded|cancell?ed|recorded|booked|paid|received|granted|erased"
    r"|deleted"
)
_HAS_BEEN = r"(?:(?:has|have) (?:\w+ )?been|was|were)"
_NOW = r"(?: (?:now|successfully|fully|hereby|already|just))*"
_END = r"(?= ?(?:[.!,;\n)]|$))"
CLAIMS = re.compile(
    rf"\b(?:sudah|telah|udah|berhasil) (?:(?:saya|kami|aku|kita) )?(?:di)?(?:{_DONE_ID})\b"
    r"|\b(?:saya|kami|aku) (?:(?:sudah|telah|berhasil) )+(?:me(?:n|m|ng|ny)?)?(?:catat|bukukan|proses|konfirmasi"
    r"|setujui|hapus|batalkan|daftarkan|kurangi|potong|ubah|nyetujui|mroses|ngonfirmasi|ngubah|motong|ngurangi)\w*"
    rf"|\b{_THING_ID} (?:(?:sudah|telah|berhasil|resmi) )+(?:{_STATE_ID}|diproses|dikirim|masuk)\b"
    rf"|\b{_THING_ID} (?:{_STATE_ID}){_END}"
    r"|\b(?:sudah|telah|dinyatakan|resmi) lunas\b"
    rf"|\bi(?:'ve| have)?{_NOW} (?:{_DONE_EN})\b|\bwe(?:'ve| have){_NOW} (?:{_DONE_EN})\b"
    rf"|\b{_THING_EN}s? {_HAS_BEEN}{_NOW} (?:{_DONE_EN})\b"
    rf"|\b{_THING_EN} is{_NOW} (?:{_STATE_EN})\b|\b{_THING_EN}{_NOW} (?:{_STATE_EN}){_END}"
    r"|\bpaid (?:off|in full)\b|\bdebt[- ]free\b"
    r"|\b(?:setengah|separuh) harga\b|\bhalf[- ](?:price|off)\b"
)
