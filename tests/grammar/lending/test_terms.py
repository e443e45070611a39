"""The terms of an agreement, in any order and spelling, and changes to them."""

from __future__ import annotations

import pytest

from handlers.grammar.lending import read_agreement, read_changes
from handlers.grammar.reading import Reading
from tests.grammar.lending.shown import terms

INDONESIAN = (
    (
        "Ahmad 5jt 081234567890 gaji tgl 25 8jt 0",
        "name=Ahmad; amount=5000000; number=+6281234567890; source=gaji; pay_day=25; income=8000000; other=0",
    ),
    ("Ahmad 5000000", "name=Ahmad; amount=5000000"),
    ("Ahmad 5jt bunga 2% per bulan flat 10x", "name=Ahmad; amount=5000000; rate=24; method=flat; periods=10"),
    ("Siti Nur'aini 2,5 juta 10x mingguan", "name=Siti Nur'aini; amount=2500000; periods=10; frequency=weeks; every=1"),
    ("Budi 3jt cicilan 500rb", "name=Budi; amount=3000000; installment=500000"),
    ("Budi 3jt cicilan 500rb per bulan", "name=Budi; amount=3000000; frequency=months; every=1; installment=500000"),
    ("buat Ahmad 5 juta", "name=Ahmad; amount=5000000"),
    ("Ahmad 5jt bunga 2%", "name=Ahmad; amount=5000000; rate=24|2"),
    (
        "Ahmad 5jt bunga flat 1,5% sebulan 12 bulan",
        "name=Ahmad; amount=5000000; rate=18; method=flat; periods=12; frequency=months; every=1",
    ),
    (
        "Ahmad 5jt tanpa bunga setahun mulai 25/12",
        "name=Ahmad; amount=5000000; rate=0; periods=12; frequency=months; every=1; first_due=2025-12-25",
    ),
    (
        "Ahmad 5jt 12% p.a. anuitas 30x harian",
        "name=Ahmad; amount=5000000; rate=12; method=equal_installments; periods=30; frequency=days; every=1",
    ),
    (
        "Bunga Citra 5jt bunga 2%/bln 20 minggu",
        "name=Bunga Citra; amount=5000000; rate=24; periods=20; frequency=weeks; every=1",
    ),
    (
        "Pak Budi Santoso 10 juta gaji 8jt per bulan tgl 25 cicilan lain 500rb tenor 12 bulan",
        "name=Pak Budi Santoso; amount=10000000; source=gaji; pay_day=25; income=8000000; other=500000; "
        "periods=12; frequency=months; every=1",
    ),
    (
        "Bu Siti 2jt usaha warung 3jt tidak ada 2 mingguan",
        "name=Bu Siti; amount=2000000; source=usaha warung; income=3000000; other=0; frequency=weeks; every=2",
    ),
    (
        "Ahmad 5jt pemberi pinjaman Dani 081298765432 nomor 081234567890",
        "name=Ahmad; amount=5000000; number=+6281234567890; lender=Dani; lender_number=+6281298765432",
    ),
    ("Ahmad 5jt a.n. Dani", "name=Ahmad; amount=5000000; lender=Dani"),
    ("Ahmad 5jt 10x 500rb", "name=Ahmad; amount=5000000; periods=10; installment=500000"),
    ("Ahmad 5jt 12x @500rb", "name=Ahmad; amount=5000000; periods=12; installment=500000"),
    ("Ahmad 5jt masa tenggang 2 bulan menurun", "name=Ahmad; amount=5000000; method=equal_principal; grace=2"),
    (
        "Ahmad 5jt gajian 25 8jt tidak ada",
        "name=Ahmad; amount=5000000; source=gaji; pay_day=25; income=8000000; other=0",
    ),
    (
        "Ahmad 5jt dari jualan tiap akhir bulan 3jt",
        "name=Ahmad; amount=5000000; source=jualan; pay_day=31; income=3000000",
    ),
    ("Ahmad 5jt sebulan", "name=Ahmad; amount=5000000; periods=1; frequency=months; every=1"),
    ("Ahmad 5jt 0812345", "name=Ahmad; amount=5000000; number=0812345"),
    ("gaji 8jt tgl 25 Ahmad 5jt", "name=Ahmad; amount=5000000; source=gaji; pay_day=25; income=8000000"),
    ("Ahmad 5jt 25 8jt 0", "name=Ahmad; amount=5000000; pay_day=25; income=8000000; other=0"),
    ("Ahmad, 5jt, 10x, mulai bulan depan", "name=Ahmad; amount=5000000; periods=10; first_due=2025-04-12"),
    ("Ahmad 5jt buat modal usaha 10x", "name=Ahmad; amount=5000000; periods=10"),
    (
        "PT Maju Jaya 50jt 12 bulan bunga 12% setahun efektif",
        "name=PT Maju Jaya; amount=50000000; rate=12; method=equal_installments; periods=12; frequency=months; every=1",
    ),
    ("Ahmad 5jt penghasilan 8jt", "name=Ahmad; amount=5000000; income=8000000"),
    ("Ahmad 5jt cicilan 12", "name=Ahmad; amount=5000000; periods=12"),
    ("Toko 88 5jt 10x", "name=Toko 88; amount=5000000; periods=10"),
    ("Grace 5jt 10x grace 2", "name=Grace; amount=5000000; periods=10; grace=2"),
    ("ahmad 5jt", "name=Ahmad; amount=5000000"),
    ("5jt ahmad 10 kali", "name=Ahmad; amount=5000000; periods=10"),
    ("Ahmad 5jt tgl 25 maret", "name=Ahmad; amount=5000000; first_due=2025-03-25"),
    ("Ahmad 5jt denda 1% per hari", "name=Ahmad; amount=5000000"),
    ("Ahmad 5jt 10x tiap 2 minggu", "name=Ahmad; amount=5000000; periods=10; frequency=weeks; every=2"),
    ("usaha warung Ahmad 5jt", "name=Ahmad; amount=5000000; source=usaha warung"),
    ("AHMAD 5JT BUNGA 2% PER BULAN", "name=AHMAD; amount=5000000; rate=24"),
    (
        "ahmad 5jt bunga 2 persen sebulan 1 tahun",
        "name=Ahmad; amount=5000000; rate=24; periods=12; frequency=months; every=1",
    ),
    ("Ahmad 5jt bunganya 2%/bulan dicicil 10 kali", "name=Ahmad; amount=5000000; rate=24; periods=10"),
    ("Ahmad 5jt bunga nol 10x", "name=Ahmad; amount=5000000; rate=0; periods=10"),
    ("ahmad hp 081234567890 pinjam 5jt", "name=Ahmad; amount=5000000; number=+6281234567890"),
    ("Ahmad 5jt dua belas bulan", "name=Ahmad; amount=5000000; periods=12; frequency=months; every=1"),
    ("Ahmad 5jt setengah tahun", "name=Ahmad; amount=5000000; periods=6; frequency=months; every=1"),
    ("Ahmad 5jt 10x dalam 20 minggu", "name=Ahmad; amount=5000000; periods=10; frequency=weeks; every=2"),
    (
        "Ahmad 5jt 1,5 tahun bunga 18% setahun anuitas",
        "name=Ahmad; amount=5000000; rate=18; method=equal_installments; periods=18; frequency=months; every=1",
    ),
    (
        "Ahmad 5jt satu tahun, mulai tgl 5, cicilan 500rb",
        "name=Ahmad; amount=5000000; periods=12; frequency=months; every=1; installment=500000; first_due=2025-04-05",
    ),
    ("Ahmad 5jt 😀 10x 👍", "name=Ahmad; amount=5000000; periods=10"),
    ("(Ahmad) 5jt; 10x; flat", "name=Ahmad; amount=5000000; method=flat; periods=10"),
    ("5.000.000 Ahmad 0812-3456-7890", "name=Ahmad; amount=5000000; number=+6281234567890"),
    (
        "Ahmad Rp 5.000.000,- tenor 10 bln bunga 1.5%/bln",
        "name=Ahmad; amount=5000000; rate=18; periods=10; frequency=months; every=1",
    ),
    ("Ahmad 5jt angsuran 125rb per minggu", "name=Ahmad; amount=5000000; frequency=weeks; every=1; installment=125000"),
    ("Ahmad 5jt bayar 500rb sebulan", "name=Ahmad; amount=5000000; frequency=months; every=1; installment=500000"),
    ("Ahmad S. 5jt", "name=Ahmad S.; amount=5000000"),
    ("Ahmad bin Yusuf 5jt", "name=Ahmad bin Yusuf; amount=5000000"),
    ("H. Ahmad Dahlan 5jt 10x", "name=H. Ahmad Dahlan; amount=5000000; periods=10"),
    ("De' Yanti 500rb 5x", "name=De' Yanti; amount=500000; periods=5"),
    ("Ahmad 5jt gaji tgl 45 8jt", "name=Ahmad; amount=5000000; source=gaji; income=8000000"),
    ("Ahmad 5jt gaji 7-8jt", "name=Ahmad; amount=5000000; source=gaji; income=7000000|8000000"),
    ("Ahmad 5jt jualan bakso 3jt per bulan", "name=Ahmad; amount=5000000; source=jualan bakso; income=3000000"),
    ("Ahmad 5jt penghasilan dari jualan nasi 4jt", "name=Ahmad; amount=5000000; source=jualan nasi; income=4000000"),
    ("Ahmad 5jt sumber: gaji PNS", "name=Ahmad; amount=5000000; source=gaji PNS"),
    ("Ahmad 5jt gaji 8jt gak ada cicilan lain", "name=Ahmad; amount=5000000; source=gaji; income=8000000; other=0"),
    ("10x 5jt Ahmad", "name=Ahmad; amount=5000000; periods=10"),
    ("Ahmad 5jt tiap 3 bulan", "name=Ahmad; amount=5000000; frequency=months; every=3"),
    ("Ahmad 0", "name=Ahmad; amount=0"),
    ("Ahmad", "name=Ahmad"),
    ("bunga 2%", "rate=24|2"),
    ("Ahmad 5jt pihak pertama PT Dana Jaya", "name=Ahmad; amount=5000000; lender=PT Dana Jaya"),
    ("Ahmad 5jt seminggu sekali 10x", "name=Ahmad; amount=5000000; periods=10; frequency=weeks; every=1"),
    ("Ahmad 5jt x10", "name=Ahmad; amount=5000000; periods=10"),
    ("Ahmad 5jt mulai 3 minggu lagi", "name=Ahmad; amount=5000000; first_due=2025-04-02"),
    ("Budi&Ani 5jt", "name=Budi&Ani; amount=5000000"),
    ("nama Ahmad jumlah 5jt", "name=Ahmad; amount=5000000"),
    ("nama: Ahmad, nomor: 081234567890", "name=Ahmad; number=+6281234567890"),
    (
        "Ahmad: 5jt, bunga: 2% per bulan, tenor: 10 bulan",
        "name=Ahmad; amount=5000000; rate=24; periods=10; frequency=months; every=1",
    ),
    (
        "Ahmad 5 juta, 081234567890, gaji pabrik tiap tgl 25, 8 juta, 500rb",
        "name=Ahmad; amount=5000000; number=+6281234567890; source=gaji pabrik; pay_day=25; income=8000000; "
        "other=500000",
    ),
    ("Ahmad 5jt cicilan 550rb x 10", "name=Ahmad; amount=5000000; periods=10; installment=550000"),
    ("ahmad 5jt jaminan BPKB 10x", "name=Ahmad; amount=5000000; periods=10"),
    (
        "Agus Setiawan 2.5jt gajian 1 3,5jt",
        "name=Agus Setiawan; amount=2500000; source=gaji; pay_day=1; income=3500000",
    ),
    (
        "Ahmad 5jt gaji UMR 4jt cicilan di tempat lain 300rb",
        "name=Ahmad; amount=5000000; source=gaji UMR; income=4000000; other=300000",
    ),
)

ENGLISH = (
    ("$1,200.50 Tom 12 months 10% p.a.", "name=Tom; amount=1200.50; rate=10; periods=12; frequency=months; every=1"),
    ("Tom 1200 500 a month", "name=Tom; amount=1200; frequency=months; every=1; installment=500"),
    ("Tom 1200 salary on the 25th 3000 0", "name=Tom; amount=1200; source=salary; pay_day=25; income=3000; other=0"),
    (
        "Tom 5000 500 a month starting next month",
        "name=Tom; amount=5000; frequency=months; every=1; installment=500; first_due=2025-04-12",
    ),
    ("Tom 1200 installments of 200", "name=Tom; amount=1200; installment=200"),
    ("Tom 1200 installment 200 biweekly", "name=Tom; amount=1200; frequency=weeks; every=2; installment=200"),
    (
        "Tom O'Brien 1200 no interest every 2 weeks 10 payments",
        "name=Tom O'Brien; amount=1200; rate=0; periods=10; frequency=weeks; every=2",
    ),
    ("Tom 1200 income 3000 a month other debts 200", "name=Tom; amount=1200; income=3000; other=200"),
    (
        "Tom 1200 weekly 10x lender Dani grace period 2 months",
        "name=Tom; amount=1200; periods=10; frequency=weeks; every=1; grace=2; lender=Dani",
    ),
    (
        "Tom 500 from freelance, paid every 25th, 3000, none",
        "name=Tom; amount=500; source=freelance; pay_day=25; income=3000; other=0",
    ),
    ("Tom 1200 2% monthly", "name=Tom; amount=1200; rate=24"),
    (
        "Tom Ford 5k salary on the 1st of each month 4k none 12 monthly",
        "name=Tom Ford; amount=5000; source=salary; pay_day=1; income=4000; other=0; periods=12; "
        "frequency=months; every=1",
    ),
    ("Tom 1200 to be paid 100 every week", "name=Tom; amount=1200; frequency=weeks; every=1; installment=100"),
    (
        "with Tom, $1200, 10 weeks, 5% interest per month, paid weekly",
        "name=Tom; amount=1200; rate=60; periods=10; frequency=weeks; every=1",
    ),
    (
        "Tom 1200 lender: Dani Smith 212-555-0123",
        "name=Tom; amount=1200; lender=Dani Smith; lender_number=+12125550123",
    ),
    ("Tom 1200 12% annual interest 12 months", "name=Tom; amount=1200; rate=12; periods=12; frequency=months; every=1"),
    ("Tom 1200 at 1.5% a month, equal installments", "name=Tom; amount=1200; rate=18; method=equal_installments"),
    (
        "Tom Brown $5,000 declining balance 10% per year 24 monthly payments",
        "name=Tom Brown; amount=5000; rate=10; method=equal_installments; periods=24; frequency=months; every=1",
    ),
    ("Tom 1200 every other week", "name=Tom; amount=1200; frequency=weeks; every=2"),
    ("Tom 1200 first payment March 25", "name=Tom; amount=1200; first_due=2025-03-25"),
    ("Tom 1200 bi-weekly 10 installments", "name=Tom; amount=1200; periods=10; frequency=weeks; every=2"),
    ("Tom 1200 interest free", "name=Tom; amount=1200; rate=0"),
    ("Tom 500 a week", "name=Tom; amount=500; periods=1; frequency=weeks; every=1"),
    (
        "Mary-Jane Watson 2k 12 months flat 10%",
        "name=Mary-Jane Watson; amount=2000; rate=120|10; method=flat; periods=12; frequency=months; every=1",
    ),
    (
        "Tom 1200 salary 3000 a month, paid at the end of the month",
        "name=Tom; amount=1200; source=salary; pay_day=31; income=3000",
    ),
    ("Tom 1200 $200 installments", "name=Tom; amount=1200; installment=200"),
    ("Tom +1 212-555-0123 1200", "name=Tom; amount=1200; number=+12125550123"),
)

CHANGES: tuple[tuple[str, str | None], ...] = (
    ("UBAH 500000", "installment=500000"),
    ("ubah 500rb", "installment=500000"),
    ("change 500k", "installment=500000"),
    ("ubah 10x", "periods=10"),
    ("ubah bunga 1% per bulan", "rate=12"),
    ("ubah tgl 5", "pay_day=5"),
    ("ubah", ""),
    ("setuju", None),
    ("ubah cicilan jadi 600rb", "installment=600000"),
    ("ubah dari 500rb ke 600rb", "installment=600000"),
    ("ubah alamat", ""),
    ("UBAH: 500rb dong", "installment=500000"),
    ("ubah 10", ""),
    ("ubah nama Ahmad Yani", "name=Ahmad Yani"),
    ("ubah gaji 9jt", "source=gaji; income=9000000"),
    ("ubah pinjaman 4jt", "amount=4000000"),
    ("ubah jadi 12 bulan", "periods=12; frequency=months; every=1"),
    ("ubahan 5", None),
    ("ganti jadi 750 ribu", "installment=750000"),
    ("Ubah 2 mingguan", "frequency=weeks; every=2"),
    ("ubah ke bunga flat 2% sebulan", "rate=24; method=flat"),
    ("UBAH", ""),
    ("tolong ubah 500rb", None),
    ("change to 12 months", "periods=12; frequency=months; every=1"),
    ("ubah nomor 081234567890", "number=+6281234567890"),
    ("ubah 500rb mulai tgl 10", "installment=500000; first_due=2025-04-10"),
    ("ubah tanpa bunga", "rate=0"),
    ("ubah grace 2 bulan", "grace=2"),
    ("ubah sumber gaji", "source=gaji"),
    ("rubah 600rb", "installment=600000"),
)


@pytest.mark.parametrize(("text", "expected"), INDONESIAN)
def test_terms_in_indonesian(text: str, expected: str, indonesian: Reading) -> None:
    assert terms(read_agreement(text, indonesian)) == expected


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_terms_in_english(text: str, expected: str, english: Reading) -> None:
    assert terms(read_agreement(text, english)) == expected


@pytest.mark.parametrize(("text", "expected"), CHANGES)
def test_changes_to_a_plan(text: str, expected: str | None, indonesian: Reading) -> None:
    assert terms(read_changes(text, indonesian)) == expected


def test_nothing_is_said_where_nothing_stands(indonesian: Reading) -> None:
    assert read_agreement("", indonesian) == {}
    assert read_agreement(" 👍 ", indonesian) == {}
