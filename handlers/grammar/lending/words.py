"""The words of an agreement's terms in both languages, as expressions; and those that are never part of a name.

Tables for the modules of this package. Holds no rules.
"""

from __future__ import annotations

from handlers.grammar.values.word_tables import one_of, words

WAGES = r"(?:gaji(?:an|nya|han)?|upah(?:nya)?|honor(?:nya|arium)?|salary|salaries|wages?|pensiun(?:an)?|pension)"
"""What is earned by working for others; an amount beside it is always an income."""

EARNINGS = (
    rf"(?:{WAGES}|komisi|usaha(?:nya)?|bisnis|business|jualan|dagang(?:an)?|berdagang|freelance|ojek|ojol"
    rf"|bertani|tani|nelayan|ternak"
    r"|karyawan|pegawai|buruh|pns|asn|wiraswasta|self-employed|hasil (?:panen|kebun|tani|jualan|usaha|warung"
    r"|toko|sewa))"
)
"""What people live on. Such a word begins a source of income."""

INCOME = (
    r"(?:penghasilan(?:nya)?|pendapatan(?:nya)?|pemasukan(?:nya)?|omzet|omset|income|earnings|earns?|earning|makes)"
)
"""What people call an income without saying where it comes from."""

LENDER = (
    r"(?:pemberi pinjaman|pihak pertama|pihak pemberi pinjaman|kreditur|pemodal|lender(?:'s name)?|creditor|atas nama"
    r"|a\.n\.?|an\.|a/n|on behalf of)"
)
START = (
    r"(?:mulai(?:nya)?|dimulai|mulainya|start(?:s|ing|ed)?|begin(?:s|ning)?|first (?:payment|due"
    r"|instal?lment)(?: date)?|(?:cicilan|angsuran|bayar|pembayaran|jatuh tempo) pertama(?:nya)?|tempo pertama)"
)
INSTALLMENT = (
    r"(?:cicilan|cicilannya|angsuran|angsurannya|nyicil|cicil|instal?lments?|setoran|bayar|pay(?:s|ing|ments?)?)"
)
OTHER = (
    r"(?:(?:cicilan|angsuran|utang|hutang|pinjaman|tanggungan|kewajiban) (?:di )?(?:lain(?:nya)?|tempat lain|lain-lain)"
    r"|(?:other|existing) (?:instal?lments?|debts?|loans?|payments?|obligations?))"
)
PRINCIPAL = (
    r"(?:pinjam(?:an|annya)?|pinjem(?:an)?|pokok|pokoknya|plafon|plafond|modal|loan|principal|amount|jumlah|sebesar)"
)
NOTHING = (
    r"(?:(?:tidak|tdk|tak|gak|ga|gk|nggak|ngga|enggak|engga|belum|blm|gada) (?:ada|punya|pny)(?: sama sekali)?"
    r"(?! (?:jaminan|agunan|bunga|gaji|penghasilan|income))|gada|gaada|nihil|kosong|nol|zero|nothing|none|nil"
    r"|(?:i )?(?:don't|dont|do not) have any|no(?:ne)? other(?:s)?)"
)
NUMBER_OF = r"(?:no|nomor|nomer|nmr|nr|hp|wa|telp|tlp|telpon|telepon|phone|number|whatsapp|mobile|kontak)"

FILLING = words(
    "nama namanya name named borrower peminjam",
    "dengan dgn dg sama selama slm lama lamanya tenor tempo jangka waktu per tiap setiap tgl tanggal tggl tgal",
    "mulai dimulai start starts starting begin begins cicilan angsuran cicil nyicil dicicil diangsur cicilannya",
    "angsurannya bayar bayarnya flat tetap anuitas annuity efektif effective declining menurun sliding gajian",
    "gaji gajinya income salary penghasilan pendapatan wage wages earns makes earning x kali times no nomor",
    "nomer hp wa telp phone number rp idr usd pinjam pinjaman pinjem pinjamannya sebesar sebanyak sejumlah",
    "plafon pokok uang duit yg tolong tlg pls please dong donk ya yaa kak gan min nih deh aja saja interest",
    "rate jasa percent persen persennya pct bulan bln minggu mgg hari tahun thn bulanan mingguan harian tahunan",
    "month months monthly week weeks weekly day days daily year years yearly biweekly grace tenggang masa",
    "lender kreditur pemodal setahun sebulan seminggu sehari other others lain lainnya utang hutang tidak ada",
    "gak ga nggak none nihil nothing installment installments instalment instalments payment payments pay pays",
    "sumber source dari from at with of over the to for untuk utk buat bwt ke kepada kpd every each on in akhir",
    "awal end is are jumlah jumlahnya amount method metode sistem pembayaran setoran p.a pa pm annum an a",
    "perbulan pertahun perminggu perhari kurang lebih sekitar about jadi bisnis menjadi ubah ganti change baru",
    "new tanpa dan and serta di via first pertama lagi rb ribu jt juta k jutaan suku",
)
"""Words of the terms, and small ones around them; a name neither begins nor ends with them, nor goes on past them."""

FIRST_NAMES = words("bunga grace an")
"""Words of the terms that are given names too; with a capital they may begin one."""

ENDS_LENDER = one_of(
    words(
        "gaji gajian usaha bunga cicilan angsuran mulai starting start tgl tanggal tenor selama flat anuitas",
        "menurun no nomor hp wa income salary interest rate installment installments grace masa tenggang pay",
        "weekly monthly for buat untuk dengan with pinjam pinjaman peminjam borrower jualan penghasilan dari",
        "from x per tiap setiap every telp",
    )
)
