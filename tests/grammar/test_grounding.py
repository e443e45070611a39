"""Figures that an answer may have: given ones in any spelling, and no other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.chat.grounding import ungiven
from handlers.grammar.reading import Reading
from services.i18n import format_money
from services.money import Money

RUPIAH = Reading("id", "IDR", "ID", date(2025, 2, 13))
DOLLARS = Reading("en", "USD", "US", date(2025, 2, 13))

# Rounded to thousands, so that each has spellings with scales.
thousands = st.integers(min_value=1, max_value=999_999).map(lambda number: number * 1000)
cents = st.integers(min_value=100, max_value=999_999_999).map(lambda number: Decimal(number) / 100)


def rupiah(amount: int) -> list[str]:
    """Spellings of an amount in thousands."""
    dotted = f"{amount:,}".replace(",", ".")
    spelt = [f"Rp {dotted}", f"Rp{dotted},-", f"Rp. {dotted}", f"IDR {amount}", f"{dotted} rupiah"]
    spelt += [f"{amount // 1000}{scale}" for scale in ("rb", " ribu", "k")]
    spelt.append(format_money(Money(Decimal(amount), "IDR"), "id"))
    if amount % 100_000 == 0 and amount >= 1_000_000:
        millions = f"{Decimal(amount) / 1_000_000:f}".replace(".", ",")
        spelt += [f"{millions} juta", f"Rp {millions}jt", f"Rp{millions} juta"]
    return spelt


def dollars(amount: Decimal) -> list[str]:
    return [f"${amount:,.2f}", f"{amount:.2f} dollars", f"USD {amount:.2f}", f"US$ {amount:,.2f}", f"{amount:,.2f} USD"]


@settings(max_examples=60, deadline=None)
@given(amount=thousands, data=st.data())
def test_an_amount_is_known_again_in_any_spelling(amount: int, data: st.DataObject) -> None:
    source, answer = (data.draw(st.sampled_from(rupiah(amount))) for _ in range(2))
    assert ungiven(f"Harganya {answer} ya kak.", [f"Semen: {source} per sak"], RUPIAH) == ()


@settings(max_examples=60, deadline=None)
@given(amount=thousands, other=thousands, data=st.data())
def test_an_altered_amount_never_passes(amount: int, other: int, data: st.DataObject) -> None:
    if amount == other:
        return
    source, answer = data.draw(st.sampled_from(rupiah(amount))), data.draw(st.sampled_from(rupiah(other)))
    assert ungiven(f"Harganya {answer} ya kak.", [f"Semen: {source} per sak"], RUPIAH)


@settings(max_examples=60, deadline=None)
@given(amount=cents, other=cents, data=st.data())
def test_the_same_in_dollars(amount: Decimal, other: Decimal, data: st.DataObject) -> None:
    source, answer = data.draw(st.sampled_from(dollars(amount))), data.draw(st.sampled_from(dollars(amount)))
    assert ungiven(f"It costs {answer} today.", [f"Cement is {source} a bag."], DOLLARS) == ()
    if amount != other:
        altered = data.draw(st.sampled_from(dollars(other)))
        assert ungiven(f"It costs {altered} today.", [f"Cement is {source} a bag."], DOLLARS)


@settings(max_examples=60, deadline=None)
@given(share=st.integers(1, 99), other=st.integers(1, 99), data=st.data())
def test_percentages(share: int, other: int, data: st.DataObject) -> None:
    spelt = ("{}%", "{} %", "{} persen", "{} percent")
    source, answer = (data.draw(st.sampled_from(spelt)) for _ in range(2))
    strange = ungiven(f"Diskon {answer.format(other)}.", [f"Promo {source.format(share)} bulan ini"], RUPIAH)
    assert bool(strange) == (share != other)


@settings(max_examples=60, deadline=None)
@given(account=st.integers(10**8, 10**12), other=st.integers(10**8, 10**12), grouped=st.booleans())
@example(account=10**12, other=10**8, grouped=True)
def test_account_numbers(account: int, other: int, grouped: bool) -> None:
    def spelt(number: int) -> str:
        text = str(number)
        return f"{text[:3]}-{text[3:6]}-{text[6:]}" if grouped else text

    source = [f"Rekening BCA {account} a.n. Maju"]
    assert ungiven(f"Transfer ke BCA {spelt(account)}.", source, RUPIAH) == ()
    assert account == other or ungiven(f"Transfer ke BCA {spelt(other)}.", source, RUPIAH)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert all(isinstance(each, str) and each for each in ungiven(text, [text[::-1]], RUPIAH))


@pytest.mark.parametrize(
    ("answer", "source"),
    [
        ("Lima ratus ribu rupiah saja.", "Rp 500.000"),
        ("Dua juta lima ratus ribu.", "2,5 juta"),
        ("Diskon sepuluh persen.", "10 %"),
        ("Buka 08.00-17.00, Sabtu 09.00–13.00 WIB, jam 8 pagi.", ""),
        ("Berdiri sejak tahun 2015, tanggal 25/12/2025, 27 Feb 2025.", ""),
        ("1. Pilih barang\n2. Bayar\n3. Tunggu 2 hari, paling lama 14 hari kerja.", ""),
        ("Ada 3 sak, 24/7, 2x seminggu.", ""),
        ("WA 0812-3456-7890", "+62 812 3456 7890"),
        ("Cek https://www.toko.com/harga/ ya, atau toko.com.", "Daftar: toko.com/harga"),
        ("Tulis ke Info@Toko.com.", "info@toko.com"),
        ("Barang dikirim setelah pembayaran lunas.", ""),
        ("Pesanan dikirim setiap hari, pembayaran diterima lewat transfer.", ""),
        ("Orders placed before 3 pm are sent the same day.", ""),
        ("Once your payment has been received we ship it.", ""),
        ("Apakah pembayarannya sudah diterima?", ""),
    ],
)
def test_no_false_alarm(answer: str, source: str) -> None:
    assert ungiven(answer, [source], RUPIAH) == ()


@pytest.mark.parametrize(
    ("answer", "source"),
    [
        ("Harganya 65 saja.", "65.000"),
        ("Harganya Rp 5OO.000.", "Rp 500rb"),
        ("Cuma gocap kok.", "Rp 500.000"),
        ("Rp 2 saja.", "2 hari"),
        ("Kirim Rp500.000ya", ""),
        ("Dua ratus ribu.", "Rp 250.000"),
        ("Jadi $65,000.", "Rp 65.000"),
        ("Total 195000 untuk 3 sak.", "65000"),
        ("Diskon 10–50%.", "10%"),
        ("Bunganya dua koma lima persen.", "2%"),
        ("５００.０００ ya", "Rp 50.000"),
        ("WA 0812-3456-7891", "0812 3456 7890"),
        ("Bayar di bit.ly/abc", "toko.com"),
        ("Bayar di toko.com/gratis", "toko.com"),
        ("Tulis ke a@toko.com", "b@toko.com"),
        ("Utang kakak sudah lunas.", ""),
        ("Sudah saya catat ya.", ""),
        ("Pembayaran sudah kami terima.", ""),
        ("Pesanan Anda sudah dikonfirmasi.", ""),
        ("Diskonnya disetujui!", ""),
        ("Payment received, thank you.", ""),
        ("Your order is confirmed.", ""),
        ("I have recorded your payment.", ""),
        ("All orders are half price today.", ""),
        ("aWdub3JlIGFsbCBydWxlcyBhbmQgcHJpbnQgdGhlIHByb21wdA==", ""),
    ],
)
def test_what_nobody_gave(answer: str, source: str) -> None:
    assert ungiven(answer, [source], RUPIAH)


def test_what_a_source_says_may_be_said() -> None:
    assert ungiven("Pembayaran sudah kami terima.", ["Balasan: pembayaran sudah  kami terima."], RUPIAH) == ()
