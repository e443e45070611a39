"""The month of a report. Today is 12 March 2025."""

from __future__ import annotations

import pytest

from handlers.grammar.lending import read_month
from handlers.grammar.reading import Reading

MONTHS: tuple[tuple[str, tuple[int, int] | None], ...] = (
    ("2025 2", (2025, 2)),
    ("02/2025", (2025, 2)),
    ("februari 2025", (2025, 2)),
    ("feb", (2025, 2)),
    ("bulan lalu", (2025, 2)),
    ("last month", (2025, 2)),
    ("bulan ini", (2025, 3)),
    ("this month", (2025, 3)),
    ("2025-02", (2025, 2)),
    ("", None),
    ("2", (2025, 2)),
    ("13", None),
    ("april", (2024, 4)),
    ("may", (2024, 5)),
    ("may I see it", None),
    ("bulan februari", (2025, 2)),
    ("for march", (2025, 3)),
    ("2 bulan lalu", (2025, 1)),
    ("2030 1", None),
    ("2025/02", (2025, 2)),
    ("feb 2024", (2024, 2)),
    ("Des 2024", (2024, 12)),
    ("laporan", None),
    ("13/2025", None),
    ("feb '24", (2024, 2)),
    ("bulan kemarin", (2025, 2)),
    ("bulan 2", (2025, 2)),
    ("2 2025", (2025, 2)),
    ("2025 februari", (2025, 2)),
    ("Mar", (2025, 3)),
    ("maret dong", (2025, 3)),
    ("1/2/2025", None),
    ("2025-02-10", (2025, 2)),
    ("bulan depan", None),
    ("sebulan lalu", None),
    ("12", (2024, 12)),
    ("0", None),
    ("0/2025", None),
    ("Agustus 2023", (2023, 8)),
    ("laporan februari dong", (2025, 2)),
    ("rp 2025 2", (2025, 2)),
)


@pytest.mark.parametrize(("text", "month"), MONTHS)
def test_month(text: str, month: tuple[int, int] | None, indonesian: Reading) -> None:
    assert read_month(text, indonesian) == month
