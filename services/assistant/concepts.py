"""Words that mean the same to whoever asks a small business, in both languages: a second, coarser kind of term.

A question in English finds an Indonesian answer because both have the same concepts. A group may hold phrases; in
`how_much` the line stands for a space.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.assistant.words import stem, words

_GROUPS = """
price: price cost how_much harga tarif pricelist berapa_uang berapa_harga berapa_duit expensive mahal murah cheap
hours: open jam_buka buka opening_hours operasional operational jadwal schedule business_hours
close: close tutup libur holiday shut
deliver: deliver ship shipping antar kirim ongkos_kirim courier kurir pengantaran ekspedisi expedition delivery_fee
pay: pay bayar settle lunas checkout
cash: cash tunai money uang
transfer: transfer remit rekening nomor_rekening
refund: refund kembali_uang uang_kembali money_back reimburse get_my_money_back
return: return kembali retur exchange_item tukar
guarantee: guarantee warranty garansi jaminan
lost: lose missing misplace hilang find_not not_find vanish disappear
stolen: steal theft thief curi dicuri maling rob copet
fail: fail decline reject refuse deny gagal tolak unsuccessful not_go_through not_work error bounce
broken: break rusak damage defective cacat faulty crack not_function
arrive: arrive datang sampai come receive terima get_here show_up
fee: fee charge biaya admin_fee surcharge extra_cost commission potongan
exchange: exchange convert tukar_uang conversion
currency: currency kurs valas mata_uang forex foreign
topup: top_up isi_saldo reload load_money topping_up topped_up add_money isi_ulang
verify: verify identity verifikasi proof_of_identity id_check ktp passport document dokumen kyc
withdraw: withdraw atm tarik_tunai tarik cash_machine cashpoint take_out_money
cancel: cancel batal revert undo call_off stop
appointment: appointment book booking janji reservasi reserve reservation jadwal_temu janji_temu
reschedule: reschedule postpone tunda jadwal_ulang ubah_jadwal change_my_appointment move_my_appointment
discount: discount diskon promo potongan_harga sale voucher coupon kupon offer
stock: stock available availability ready stok sedia
order: order pesan purchase beli buy
location: address location located alamat lokasi where_is where_are directions di_mana branch cabang maps letak find_us
location: toko_di_mana find_you how_get get_to_you postcode
shop: shop store toko warung kedai
register: register sign_up daftar join enroll
checkup: checkup check_up examination periksa
parking: park parkir
limit: limit maximum batas maksimal max maksimum
minimum: minimum min_order minimal paling_sedikit
card: card kartu
account: account akun rekening
loan: loan borrow lend pinjam kredit debt hutang utang
installment: instalment installment cicil angsur angsuran
interest: interest bunga
late: late overdue telat lambat delay tunggak jatuh_tempo
fine: fine penalty denda
password: password passcode sandi kata_sandi pin
phone: phone telepon hp handphone mobile telpon wa whatsapp
change: change edit update ubah ganti modify
old: age umur usia how_old child year_old anak
where: where mana
when: when kapan what_time jam_berapa
duration: how_long berapa_lama lama
why: why kenapa reason
who: who siapa
how: how bagaimana cara
staff: staff person human orang agent cs representative operator manusia
doctor: doctor dentist dokter dr gigi_dokter
tooth: tooth teeth gigi dental
pain: pain hurt ache sakit sore nyeri killing_me
clean: clean cleaning scale scaling bersih karang
insurance: insurance asuransi bpjs insured
invoice: invoice bill nota faktur kuitansi kwitansi receipt struk
wrong: wrong incorrect salah mistake keliru
twice: twice double duplicate dua_kali dobel
wait: wait tunggu pending process
virtual: virtual disposable
cement: cement semen
paint: paint cat
size: size ukuran
color: color colour warna
repair: repair fix service servis perbaiki betul
install: install pasang pemasangan installation
home: home house rumah
food: food makan makanan meal
today: today hari_ini
tomorrow: tomorrow besok
sunday: sunday minggu hari_minggu
saturday: saturday sabtu
week: week weekly pekan
month: month bulan monthly
day: day hari
contactless: contactless nirsentuh tap
trace: track tracking lacak resi trace
allergy: allergy alergi allergic
swelling: swell swollen bengkak abses abscess
emergency: emergency urgent darurat gawat severe
amex: amex american_express
pregnant: pregnant hamil pregnancy
wholesale: wholesale bulk grosir partai
""".strip()


def _table() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Stems of a word or phrase → its concepts; what stands in several groups has several."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for line in _GROUPS.splitlines():
        name, _colon, members = line.partition(":")
        for member in members.split():
            stemmed = tuple(stem(word) for word in words(member.replace("_", " ")))
            found[stemmed] = (*found.get(stemmed, ()), "~" + name)
    return found


_CONCEPTS = _table()
# The first words of phrases, with the length of the longest.
_BEGINS: dict[str, int] = {}
for _phrase in _CONCEPTS:
    _BEGINS[_phrase[0]] = max(len(_phrase), _BEGINS.get(_phrase[0], 1))


def concepts(stems: Sequence[str]) -> list[str]:
    """The concepts that a text names, each once, in their order; a longer phrase goes before its words."""
    found: dict[str, None] = {}
    for _phrase, named in _parts(stems):
        found |= dict.fromkeys(named)
    return list(found)


def concepts_of(stem: str) -> tuple[str, ...]:
    """The concepts of one word."""
    return _CONCEPTS.get((stem,), ())


def phrases(stems: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """The words and phrases of a text in order: a word with None, a phrase of several words with its concept."""
    for phrase, named in _parts(stems):
        yield " ".join(phrase), named[0] if named and len(phrase) > 1 else None


def _parts(stems: Sequence[str]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """A text cut into known phrases, the longest first, and single words; each with its concepts."""
    at = 0
    while at < len(stems):
        longest = min(_BEGINS.get(stems[at], 1), len(stems) - at)
        for length in range(longest, 0, -1):
            phrase = tuple(stems[at : at + length])
            if phrase in _CONCEPTS or length == 1:
                yield phrase, _CONCEPTS.get(phrase, ())
                at += length
                break
