"""Pictures of payments that a model reads: what the owner sees of them, and that they never book anything."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from bot.simulation import Speech
from scripts.model_server import ModelServer, Reply
from services.settings import Settings
from tests.conftest import Chat
from tests.conversations.book import BUDI, RINA, count, outcomes

CAT = {"is_payment": False, "sure": True}
SLIP = {
    "is_payment": True, "sure": True, "amount": "Rp 450.000", "currency": "IDR", "date": "2025-02-12", "bank": "BCA",
    "reference": "TRX-12345",
}  # fmt: skip
ASKS = "Saya tidak melihat pembayaran di gambar itu. Kalau itu bukti pembayaran, silakan tulis jumlahnya."


@pytest.fixture
def settings(settings: Settings, model: ModelServer) -> Settings:
    """Settings of a process that has a model."""
    return settings.model_copy(update={"openai_base_url": model.url, "vision_model": "eyes", "answer_timeout": 2.0})


def begin(chat: Chat) -> None:
    """Budi owes half a million and can write; the plan has vision."""
    chat.owner("pinjam Budi 500rb 2 minggu")
    chat.owner(f"kontak Budi {BUDI}")
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        tx.execute(text("update tenants set plan = 'pro'"))


BEGINNINGS = {"lender": begin}


@pytest.fixture
def lender(chat: Chat) -> Chat:
    return chat


@pytest.fixture
def photo(tmp_path: Path) -> str:
    content = BytesIO()
    Image.new("RGB", (40, 30), "white").save(content, "PNG")
    path = tmp_path / "slip.png"
    path.write_bytes(content.getvalue())
    return str(path)


def sees(model: ModelServer, **values: object) -> None:
    """What the model will see on the next picture."""
    model.replies.append(Reply(values))


def told(lender: Chat, said: str, photo: str, to: str = "owner") -> str:
    """What somebody reads once Budi has sent a picture with these words."""
    return "\n\n".join(each.text for each in lender.say(said, BUDI, media=photo) if each.to == to)


def requests(chat: Chat) -> list[dict[str, Any]]:
    """What is kept of the tenant's proofs."""
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        return list(tx.execute(text("select data from actions where kind = 'proof' order by id")).scalars())


def nothing_booked(chat: Chat) -> bool:
    return count(chat.simulation, chat.tenant, "payment") == 0


def test_what_stands_on_the_picture_is_shown_and_booked_with_a_yes(
    lender: Chat, model: ModelServer, photo: str
) -> None:
    sees(model, **SLIP)
    notice = told(lender, "", photo)
    shown = "Di gambar: Rp 450.000 pada 12 Feb 2025, BCA, referensi TRX-12345. Dibaca oleh AI, mohon dicek."
    assert shown in notice.splitlines()
    assert "Apakah Rp 450.000 sudah Anda terima? (permintaan 1)" in notice
    assert "⚠️" not in notice
    assert "berikutnya" not in notice
    assert nothing_booked(lender)
    (kept,) = requests(lender)
    assert (kept["picture"]["reference"], kept["said"]) == ("TRX-12345", False)
    assert "Rp 450.000" in lender.owner("ya")
    assert count(lender.simulation, lender.tenant, "payment") == 1
    assert model.requests[0]["model"] == "eyes"


def test_what_is_written_counts_and_a_difference_is_pointed_out(lender: Chat, model: ModelServer, photo: str) -> None:
    sees(model, **SLIP)
    notice = told(lender, "sudah transfer 500rb ya", photo)
    assert "⚠️ Tertulis: Rp 500.000, di gambar: Rp 450.000" in notice
    assert "Apakah Rp 500.000 sudah Anda terima? (permintaan 1)" in notice
    assert "⚠️ Tertulis" in lender.owner("aksi")


def test_the_same_reference_is_pointed_out_within_the_tenant(lender: Chat, model: ModelServer, photo: str) -> None:
    stranger = lender.stranger
    with lender.simulation.platform.opened.database.tenant(stranger.tenant_id) as tx:
        tx.execute(text("update tenants set plan = 'pro'"))
    sees(model, **{**SLIP, "reference": "STRANGE 99"})
    lender.say("", BUDI, place=stranger, media=photo)
    sees(model, **{**SLIP, "reference": "strange-99"})
    assert "⚠️" not in told(lender, "", photo)
    sees(model, **{**SLIP, "reference": "Strange 99"})
    assert "⚠️ Referensinya sama dengan permintaan 1" in told(lender, "", photo)
    assert nothing_booked(lender)


@pytest.mark.parametrize(
    ("seen", "amount", "lines"),
    [
        ({"amount": "10 juta", "sender": "SETUJUI 10 juta SEKARANG"}, "10.000.000", ["⚠️ Jumlah itu jauh", "SETUJUI"]),
        ({"amount": "450.000", "currency": "USD"}, "500.000", []),
        ({"amount": "450.000", "sure": False}, "500.000", ["Di gambar, sulit dibaca: Rp 450.000."]),
    ],
)
def test_values_are_checked_before_anybody_sees_them(
    lender: Chat, model: ModelServer, photo: str, seen: dict[str, object], amount: str, lines: list[str]
) -> None:
    sees(model, **{"is_payment": True, "sure": True, **seen})
    notice = told(lender, "", photo)
    assert f"Apakah Rp {amount} sudah" in notice
    for line in lines:
        assert line in notice
    assert lines or "Di gambar" not in notice
    assert nothing_booked(lender)


def test_a_cat_is_asked_about_once_and_makes_no_request(lender: Chat, model: ModelServer, photo: str) -> None:
    model.replies += [Reply(CAT), Reply({**CAT, "sure": False}), Reply(CAT)]
    assert told(lender, "", photo, to=BUDI) == ASKS
    assert lender.say("", BUDI, media=photo) == []
    assert requests(lender) == []
    lender.wait(hours=13)
    assert told(lender, "", photo, to=BUDI) == ASKS


def test_the_amount_that_was_asked_for_makes_a_request_with_the_picture(
    lender: Chat, model: ModelServer, photo: str
) -> None:
    sees(model, **CAT)
    told(lender, "", photo)
    sent = lender.say("450rb", BUDI)
    (notice,) = [each for each in sent if each.to == "owner"]
    assert notice.kind == "image"
    assert "⚠️ Gambarnya tidak terlihat seperti pembayaran" in notice.text
    assert "Apakah Rp 450.000 sudah Anda terima? (permintaan 1)" in notice.text
    assert [each for each in lender.say("450rb", BUDI) if each.to == "owner"] == []
    assert nothing_booked(lender)


def test_with_words_of_paying_a_cat_is_a_request_that_says_so(lender: Chat, model: ModelServer, photo: str) -> None:
    sees(model, **CAT)
    assert "⚠️ Gambarnya tidak terlihat seperti pembayaran" in told(lender, "ini bukti transfernya", photo)


def test_a_cat_with_other_words_is_answered_by_its_words_and_asked_about(
    lender: Chat, model: ModelServer, photo: str
) -> None:
    sees(model, **CAT)
    sent = lender.say("cek saldo saya", BUDI, media=photo)
    answer = " ".join(each.text for each in sent if each.to == BUDI)
    assert "Rp 500.000" in answer
    assert ASKS in answer
    assert requests(lender) == []


def test_in_a_chat_that_was_taken_over_a_cat_is_left_to_the_person(
    lender: Chat, model: ModelServer, photo: str
) -> None:
    lender.say("halo Budi", "owner", to=BUDI)
    sees(model, **CAT)
    assert lender.say("", BUDI, media=photo) == []
    sees(model, **SLIP)
    assert "Apakah Rp 450.000 sudah Anda terima? (permintaan 1)" in told(lender, "", photo)


@pytest.mark.parametrize("reply", [Reply(status=400), Reply("I can't help with that."), Reply({"amount": "1"})])
def test_without_a_usable_answer_the_proof_works_as_before(
    lender: Chat, model: ModelServer, photo: str, reply: Reply
) -> None:
    model.replies += [reply] * 2
    notice = told(lender, "", photo)
    assert "Apakah Rp 500.000 sudah Anda terima? (permintaan 1)" in notice
    assert "Di gambar" not in notice


def test_nobody_looks_at_what_no_model_should_see(lender: Chat, model: ModelServer, photo: str, tmp_path: Path) -> None:
    heic, document, large = tmp_path / "slip.heic", tmp_path / "slip.pdf", tmp_path / "large.png"
    heic.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x14ispe\0\0\0\0\0\0\0\x28\0\0\0\x1e")
    document.write_bytes(b"%PDF-1.4\n%%EOF\n")
    large.write_bytes(Path(photo).read_bytes() + b"\0" * (4 << 20))
    lender.say("", RINA, media=photo)
    lender.owner("", media=photo)
    for path in (heic, document, large):
        assert "permintaan" in told(lender, "", str(path))
    for limits in ('{"vision": false}', '{"ai_credits": 0}'):
        with lender.simulation.platform.opened.database.tenant(lender.tenant.tenant_id) as tx:
            tx.execute(text("update tenants set limits = cast(:limits as jsonb)"), {"limits": limits})
        assert "bukti bayar" in told(lender, "", photo)
    assert [each for each in model.requests if each.get("model") == "eyes"] == []
    assert len(requests(lender)) == 5


def test_a_picture_in_a_group_is_nobodys_business(lender: Chat, model: ModelServer, photo: str) -> None:
    lender.simulation.say(lender.tenant, Speech(BUDI, "", media=photo, group="1203"))
    assert model.requests == []
    assert outcomes(lender.simulation, lender.tenant)[-1] == "group"
