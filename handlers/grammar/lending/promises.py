"""What a borrower says about paying: the day they promise, and that what they are told isn't so.

Called for messages of people who have debts. A promise books nothing and moves no due date; that is the owner's to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from handlers.grammar.reading import Reading
from handlers.grammar.sentences.lists import words
from handlers.grammar.values.calendar_rules import add_months, spaced
from handlers.grammar.values.dates import dates_in
from handlers.grammar.values.phone import phones_in
from handlers.grammar.values.plain import blanked, plain, without_addresses

_LONGEST = 300
_PAY = re.compile(
    r"\b(?:(?:di|mem?|nge?|ny)?(?:bayar|byr|byar|bayr|lunas|cicil|setor|transfer|trf|tf|angsur)(?:in|i|kan|nya"
    r"|an)?|nyetor|nyicil|ngangsur|kirim(?:in|kan)? (?:uang|duit)|(?:uang|duit)nya|pay|paying|repay|settle"
    r"|send (?:the )?money|get paid|be paid|clear it|return it|balikin|kembaliin|kembalikan)\b"
)
_ASKS = re.compile(
    r"\b(?:kapan|kpn|berapa|brp|siapa|mana|kenapa|knp|mengapa|gimana|gmn|bagaimana|when|how|why|who|what|where)\b"
)
_MUST_I = re.compile(r"\b(?:harus|hrs|kudu|wajib|must|have to|do i|due|jatuh tempo|jt tempo|deadline)\b")
_SUPPOSES = re.compile(
    r"\b(?:kalau|kalo|klo|kl|klu|jika|bila|seandainya|if|unless|mungkin|maybe|perhaps|might"
    r"|probably)\b(?! (?:bisa|boleh|bs|possible))"
)
_REGULAR = re.compile(r"\b(?:tiap|setiap|tiap2|every|each|per|rutin|biasanya|usually|sekali)\b")
_OTHER_THINGS = re.compile(
    r"\b(?:pinjam|pinjem|minjam|minjem|ngutang|ngebon|borrow|lend|beli|pesan|order|buy|bukti|struk|foto|ktp|data|barang"
    r"|berkas|dokumen|harga)\w*"
)
_NOT = re.compile(
    r"\b(?:tidak|tdk|tak|gak|ga|gk|nggak|ngga|enggak|belum|blm|blom|belom|bukan|jangan|jgn|not|never|can't|cant"
    r"|cannot|won't|wont|don't|dont|unable|lupa|gagal)\b(?! (?:apa|lupa))"
)
_PAST = re.compile(
    r"\b(?:(?:sudah|udah|udh|sdh|dah|uda|telah|already)(?: \w+){0,2}? (?:di)?(?:bayar|byr|transfer|tf|trf|lunas"
    r"|kirim|setor|sent|paid)"
    r"|tadi|td|tdi|barusan|brusan|baru saja|kemarin|kemaren|kmrn|semalam|semalem|yesterday|last night|just now"
    r"|paid|sent|transferred|yang lalu|ago)\w*"
)
_PASSIVE = re.compile(r"\b(?:be|get|getting|gets) paid\b")
_TERM_ONLY = re.compile(
    r"^\d{1,4}\s?(?:bulan|bln|tahun|thn|months?|years?|mo|yrs?|x)$|^(?:setahun|sebulan|a month|a year)$"
)
_SEVERAL_DAYS = re.compile(r"\b\d{1,2}\s?-\s?\d{1,2}$")
_CLAUSE = re.compile(r"[.!?;\n]+(?!\d)|,(?!\d)|\b(?:tapi|tp|tetapi|but|soalnya|karena|krn|because)\b")
_SMALL = words(
    """
    baru gajiannya
    ya y yaa ya2 iya iyaa pak bapak bu ibu kak bang mas mbak mba om tante bos boss min gan admin sis bro sir maaf
    mohon sorry please pls tolong ok oke okay siap sip baik insyaallah insya allah insyaalloh deh dong aja saja dulu
    lah nih sih saya sy aku gw gue kami i ill i'll will we can could bisa bs boleh kalau kalo kl klo possible nanti
    ntar akan bakal mau janji promise sure pasti gajian gaji payday tunggu sabar kasih beri minta waktu sampai sampe
    smp until till by on at in the for to is it do does that fine good pagi siang sore malam malem mundur undur
    tunda perpanjang jadi diundur dimundurin ke hingga paling lambat lagi ini itu assalamualaikum halo hai hi terima
    makasih thanks izin ijin wait me give more time usahakan diusahakan tempo ga gak apa gpp gapapa sekitar about
    around jam am pm thank you okay? later yang yg
    """
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?\d?")


def read_promise(text: str, reading: Reading) -> date | None:
    """The day on which the writer says that they will pay: today or within a year, and only one; else None."""
    if len(text) > _LONGEST:
        return None
    spoken = plain(text)
    if _ASKS.search(spoken) or _SUPPOSES.search(spoken) or _REGULAR.search(spoken):
        return None
    pays = _PAY.search(spoken) is not None
    if (_MUST_I.search(spoken) and (not pays or "?" in text)) or (
        _OTHER_THINGS.search(spoken) and not _pays_a_debt(spoken)
    ):
        return None
    days = {day for clause in _clauses(spoken) for day in _days(clause, reading, pays)}
    return days.pop() if len(days) == 1 else None


def _pays_a_debt(spoken: str) -> bool:
    """`besok saya bayar pinjamannya`: borrowing is only named."""
    without = re.sub(r"\b(?:pinjam|pinjem)an\w*", "", spoken)
    return _PAY.search(spoken) is not None and _OTHER_THINGS.search(without) is None


def _clauses(spoken: str) -> Iterator[str]:
    """The parts of a text that promise anything: not what is denied, and not what has already happened."""
    for clause in _CLAUSE.split(spoken):
        if not _NOT.search(clause) and not _PAST.search(_PASSIVE.sub("", clause)):
            yield clause


def _days(clause: str, reading: Reading, pays: bool) -> Iterator[date]:
    text = without_addresses(blanked(clause, phones_in(clause, reading)))
    claims = dates_in(text, reading)
    left = blanked(text, claims)
    if not pays and not _is_short(left):
        return
    for claim in claims:
        until = claim.value
        spelled = text[claim.start : claim.end].strip()
        if not isinstance(until, date) or _TERM_ONLY.match(spelled) or _SEVERAL_DAYS.search(spelled):
            continue
        if reading.today <= until <= _year_after(reading.today):
            yield until


def _year_after(today: date) -> date:
    return add_months(today, 12) if today.year < date.max.year else date.max


def _is_short(left: str) -> bool:
    """Whether beside the day stand only courtesies and small words: `tgl 5 ya pak`."""
    return all(word in _SMALL for word in _WORD.findall(left)) and not re.search(r"\d", left)


_DENY = r"(?:tidak|tdk|tak|gak|ga|gk|nggak|ngga|enggak|engga|bukan|belum|blm|ndak)"
_MY = r"(?:saya|sy|aku|gw|gue|kami)"
_OWING = (
    r"(?:(?:me|ber|nge?|m)?(?:pinjam|pinjem|injam|injem|hutang|utang)\w*|punya (?:h?utang|pinjaman"
    r"|tagihan)|kasbon|ngebon)"
)
_MANNER = (
    r"(?:segini|segitu|sebanyak|sebesar|banyak|gede|besar|nambah|naik|beda|lain|jadi|masih|tetap|tetep"
    r"|muncul|ditagih|nagih)"
)
_ACCOUNT = (
    r"(?:h?utang|tagihan|saldo|cicilan|angsuran|jumlah|nominal|sisa|bunga|denda|pinjaman|catatan"
    r"|hitungan|balance|debt|amount)"
)
_DISPUTES = tuple(
    re.compile(spaced(rf"(?<![\w']){each}"))
    for each in (
        rf"{_DENY} (?:pernah |prnh |ada |merasa |ngerasa |pernah merasa )?{_OWING}",
        rf"(?:{_MY} )?(?:sudah|udah|udh|sdh|dah|uda)(?: {_MY})? (?:lunas|lunasi|lunasin|beres|dilunasi)(?!\w)",
        r"(?:kan|lho|loh|lah) (?:\w+ )?(?:sudah|udah|udh|sdh)(?: \w+)? (?:bayar|byr|transfer|tf|dibayar)",
        r"(?:sudah|udah|udh|sdh)(?: \w+)? (?:bayar|byr|transfer|tf|dibayar)(?:\s\w+)? (?:kok|kan|lho|loh)(?!\w)",
        r"(?:itu|ini|jumlahnya|nominalnya|tagihannya|catatannya|hitungannya|saldonya|datanya) (?:yang "
        r"|yg )?(?:salah|slh|keliru"
        r"|ngaco)(?!\w)",
        rf"(?:salah|keliru) (?:catat|hitung|itung|tagih|orang|jumlah|jumlahnya|nominal|input|data|ini|itu"
        rf"|sambung|nomor|{_ACCOUNT})"
        r"(?!\w)",
        rf"{_ACCOUNT}(?:nya)?(?: {_MY})? (?:kok )?(?:salah|keliru|ngaco)(?!\w)",
        rf"bukan (?:segitu|segini|\d|rp|{_MY}|(?:h?utang|tagihan|pinjaman|punya) ?{_MY})",
        rf"kok (?:\w+ ){{0,3}}?(?:{_ACCOUNT}(?:nya)?|tagih\w*|ditagih|nagih)(?!\w)(?: \w+){{0,2}}? {_MANNER}(?!\w)",
        rf"kok (?:{_MANNER} )?(?:segini|segitu|nambah|naik|beda|ditagih|nagih|(?:masih|jadi) (?:ada "
        rf"|punya )?(?:{_ACCOUNT}|ditagih|\d)|banyak"
        rf"|gede)(?!\w)",
        r"kok (?:jadi |cuma )?(?:rp~\d|\d[\d.,]{0,12}~(?:rb|ribu|jt|juta|k)(?!\w)|\d{4,})",
        rf"{_ACCOUNT}(?:nya)?(?: {_MY})? kok (?:\w+ )?{_MANNER}",
        r"(?:harusnya|hrsnya|seharusnya|mestinya) (?:\w+ ){0,3}?(?:rp|\d|sudah lunas|lunas|udah lunas)",
        rf"{_DENY} (?:sesuai|cocok|benar|bener|betul)(?!\w)",
        rf"(?:cuma|cuman|hanya) (?:{_MY} )?(?:pinjam|pinjem|minjam|minjem|utang|hutang|ngutang) (?:rp )?\d",
        r"(?:that|it|this|the amount|the balance|amount|balance)(?:'s| is|s) (?:wrong|incorrect|not right"
        r"|not correct|not true|a"
        r" mistake|too (?:much|high))",
        r"(?:that|it|this) isn'?t (?:right|correct|true|mine)|not mine(?!\w)|wrong (?:amount|person|number|balance)",
        r"i (?:never|didn'?t|did not|don'?t|do not|haven'?t|have not) (?:\w+ )?(?:borrow|owe|take|took|taken"
        r"|have (?:a|any) (?:loan"
        r"|debt))",
        r"i(?:'ve| have)? (?:already )?(?:paid|settled) (?:\w+ )?(?:in full|it off|off|everything|it all|all of it)",
        r"i only (?:borrow|owe)|(?:it )?should be (?:[$]|rp )?\d|why (?:is|do) (?:\w+ ){1,3}(?:so (?:much|high)"
        r"|more|owe)",
    )
)
_NO_DISPUTE = re.compile(
    spaced(
        rf"(?:salah (?:kirim|ketik|tulis|pencet|baca|paham|satu|lihat)|{_DENY} salah|{_MY} (?:yang|yg) salah"
        rf"|kalau (?:salah|sudah lunas)"
        rf"|(?:kapan|kalau|apakah|apa|supaya|biar) (?:\w+ )?(?:{_MY} )?(?:sudah |udah )?lunas|(?:sudah"
        rf"|udah) lunas (?:belum|blm|blum)|(?:sudah|udah) (?:benar|betul|bener|sesuai))"
    )
)


def reads_dispute(text: str) -> bool:
    """Whether a borrower says that a debt isn't theirs, isn't so high or is paid: `lho saya tidak pinjam 50rb`."""
    spoken = " ".join(plain(text[:_LONGEST]).split())
    if len(text) > _LONGEST or _NO_DISPUTE.search(spoken):
        return False
    return any(pattern.search(spoken) for pattern in _DISPUTES)
