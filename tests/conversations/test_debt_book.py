"""The debt book as people use it: whole conversations."""

from __future__ import annotations

import pytest

from tests.conftest import Chat

BUDI = "6281234567890"


def test_a_loan_is_booked_paid_and_taken_back(chat: Chat) -> None:
    assert "Rp 500.000" in chat.owner("PINJAM Budi 500000 14hari")
    assert chat.understood == {
        "command": "lend",
        "arguments": {"name": "Budi", "amount": "500000", "currency": "IDR", "due": "2025-02-27"},
        "by": "rules",
    }
    assert "Rp 300.000" in chat.owner("bayar Budi 200rb")
    assert "Dibatalkan" in chat.owner("urungkan")
    assert "Rp 500.000" in chat.owner("status Budi")


def test_the_borrower_hears_of_entries_and_sees_only_their_own(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.owner("pinjam Ani 900rb")
    chat.owner(f"kontak Budi {BUDI}")
    sent = chat.say("Budi bayar 100rb")
    assert [each.to for each in sent] == ["owner", BUDI]
    answer = chat.person(BUDI, "hutang saya berapa ya?")
    assert "Rp 400.000" in answer
    assert "900.000" not in answer


def test_a_sentence_that_begins_like_a_command_is_read_as_a_sentence(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.owner("utang Budi 500rb lunas")
    assert chat.command() == "paid"
    chat.owner("utang Budi nambah 75rb")
    assert chat.understood is not None
    assert chat.understood["command"] == "lend"
    assert "Rp 75.000" in chat.owner("status Budi")


@pytest.mark.parametrize("period", ["1 tahun", "12 bulan", "setahun", "1 year"])
def test_a_whole_year_is_a_year(chat: Chat, period: str) -> None:
    chat.say(f"pinjam Budi 500rb {period}")
    assert chat.understood is not None
    assert chat.understood["arguments"]["due"] == "2026-02-13"  # type: ignore[index]
