"""Teaching a tenant's index directly, as the tests of retrieval do."""

from __future__ import annotations

from collections.abc import Sequence

from services.assistant import index
from services.assistant.entries import Entry
from services.db.engine import Tx
from services.db.models import KnowledgeSource

HOURS = Entry("Buka Senin-Sabtu 08.00-17.00.", ("Jam buka toko?", "Buka jam berapa?"))
FEE = Entry("Ongkir Rp 20.000 se-Jakarta.", ("Berapa ongkos kirim?", "Ongkir ke Depok berapa?"))
PAYING = Entry("Bisa tunai, transfer BCA atau QRIS.", ("Bisa bayar pakai apa?", "Cara pembayarannya bagaimana?"))
RETURNS = Entry("Bisa ditukar dalam 7 hari dengan nota.", ("Bisa retur barang?", "Barang salah bisa ditukar?"))
PLACE = Entry("Jalan Raya Bogor 12.", ("Alamat tokonya di mana?", "Lokasi toko?"))
SHOP = (HOURS, FEE, PAYING, RETURNS, PLACE)

PRICES = Entry(
    "Semen Tiga Roda 50kg\tRp 65.000\nSemen Padang 50kg\tRp 63.000\nSemen Gresik 40kg\tRp 52.000\n"
    "Pasir cor per truk\tRp 1.250.000\nCat Dulux putih 5kg\tRp 185.000",
    page=1,
    heading="DAFTAR HARGA",
)
POLICY = Entry(
    "Refunds are paid within 5 working days to the card you used. Missed appointments are charged at £25 unless you"
    " cancel 24 hours before. Children under 12 must come with a parent. The clinic is closed on bank holidays.",
    page=3,
)


def teach(tx: Tx, number: int, entries: Sequence[Entry], *, chatbot_id: int | None = None) -> KnowledgeSource:
    """A source with these entries, in the index."""
    source = KnowledgeSource(
        tenant_id=tx.tenant, number=number, kind="qa" if entries and entries[0].questions else "pdf",
        title=f"source {number}", chatbot_id=chatbot_id, status="ready", created_at=tx.now, created_by="test",
        changed_at=tx.now,
    )  # fmt: skip
    tx.add(source)
    tx.flush()
    index.put(tx, source, entries)
    return source
