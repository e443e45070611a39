"""What owners may set: how values are read and shown, and what is refused with an example."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.db.models import Tenant
from services.errors import DomainError
from services.i18n import show
from services.tenants.preferences import PREFERENCES, change, value_of


@pytest.fixture
def tenant() -> Tenant:
    made = datetime(2025, 2, 13, tzinfo=UTC)
    return Tenant(
        name="Toko Maju", locale="en", currency="IDR", timezone="Asia/Jakarta", preferences={}, created_at=made
    )


def shown(tenant: Tenant, key: str) -> str:
    return show(PREFERENCES[key].shown(value_of(tenant, key)), "en")


@pytest.mark.parametrize(
    ("key", "word", "value", "reads"),
    [
        ("takeover", "2 jam", 120, "120 minutes"),
        ("takeover", "2 hours", 120, "120 minutes"),
        ("takeover", "90", 90, "90 minutes"),
        ("takeover", "45 menit", 45, "45 minutes"),
        ("auto_reminder", "mati", False, "off"),
        ("daily_summary", "off", False, "off"),
        ("reminder_template", "Friendly", "friendly", "friendly"),
        ("reminder_template", "Hi {name}: {amount}", "Hi {name}: {amount}", "Hi {name}: {amount}"),
        ("reminder_days", "-3,-1,0,1,3,7", [-3, -1, 0, 1, 3, 7], "3, 1 days before; on the day; 1, 3, 7 days late"),
        ("reminder_days", "7 0; -1 7", [-1, 0, 7], "1 day before; on the day; 7 days late"),
        ("reminder_days", "H-3, H, H+1", [-3, 0, 1], "3 days before; on the day; 1 day late"),
        ("reminder_days", "−2", [-2], "2 days before"),
        ("reminder_hour", "9", 9, "09:00"),
        ("reminder_hour", "09:00", 9, "09:00"),
        ("reminder_hour", "9am", 9, "09:00"),
        ("reminder_hour", "5 pm", 17, "17:00"),
        ("reminder_hour", "12pm", 12, "12:00"),
        ("reminder_hour", "jam 10", 10, "10:00"),
        ("reminder_hour", "8.00", 8, "08:00"),
        ("quiet_hours", "22-7", [22, 7], "22:00–07:00"),
        ("quiet_hours", "21:00 - 08:00", [21, 8], "21:00–08:00"),
        ("quiet_hours", "9pm to 8am", [21, 8], "21:00–08:00"),
        ("quiet_hours", "1-5", [1, 5], "01:00–05:00"),
        ("quiet_hours", "off", None, "off"),
        ("penalty", "1% daily after 3 max 100000", "1% daily after 3 max 100000", "1% daily after 3 max 100000"),
        ("penalty", "25000  sekali", "25000 sekali", "25000 sekali"),
        ("penalty", "off", None, "off"),
        ("overpayment", "Shorten", "shorten", "shorten"),
        ("overpayment", "berikutnya", "next", "next"),
        (
            "allocation_order", "interest, principal, fee, penalty", "interest,principal,fee,penalty",
            "interest, principal, fee, penalty",
        ),
        (
            "allocation_order", "pokok bunga biaya denda", "principal,interest,fee,penalty",
            "principal, interest, fee, penalty",
        ),
        ("longest_term", "36", 36, "36 months"),
        ("longest_term", "2 years", 24, "24 months"),
        ("longest_term", "18 bulan", 18, "18 months"),
        ("how_to_pay", "BCA 123 a/n Toko", "BCA 123 a/n Toko", "BCA 123 a/n Toko"),
        ("lender", "Siti Rahayu", "Siti Rahayu", "Siti Rahayu"),
        ("lender", "off", None, "not set"),
        ("language", "indonesia", "id", "Indonesian"),
    ],
)  # fmt: skip
def test_what_people_write_is_read(tenant: Tenant, key: str, word: str, value: object, reads: str) -> None:
    change(tenant, key, word)
    assert value_of(tenant, key) == value
    assert shown(tenant, key) == reads


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("takeover", "0"), ("takeover", "25 hours"), ("takeover", "a while"),
        ("reminder_days", ""), ("reminder_days", "-31"), ("reminder_days", "91"), ("reminder_days", "soon"),
        ("reminder_days", "1,2,3,4,5,6,7,8,9,10,11,12,13"), ("reminder_days", "1.5"),
        ("reminder_hour", "24"), ("reminder_hour", "9:30"), ("reminder_hour", "13pm"), ("reminder_hour", "-1"),
        ("quiet_hours", "21"), ("quiet_hours", "8-8"), ("quiet_hours", "21:30-8"), ("quiet_hours", "night"),
        ("penalty", "a lot"), ("penalty", "101%"), ("overpayment", "keep"),
        ("allocation_order", "interest principal"), ("allocation_order", "interest interest fee penalty"),
        ("longest_term", "0"), ("longest_term", "361"), ("how_to_pay", "x" * 201), ("lender", "x" * 81),
        ("auto_reminder", "maybe"), ("timezone", "Mars"), ("currency", "XXXX"),
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused_with_an_example(tenant: Tenant, key: str, word: str) -> None:
    with pytest.raises(DomainError) as refused:
        change(tenant, key, word)
    assert refused.value.code == "bad_setting"
    assert f"Example: set {key} {PREFERENCES[key].example}" in refused.value.text.render("en")
    assert tenant.preferences == {}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Hi {nama}, please pay {amount}", "There is no {nama} in a reminder."),
        ("Hi {name, please pay {amount}", "braces"),
        ("Hi name}, please pay {amount}", "braces"),
        ("Hi {}, please pay", "braces"),
        ("Hi {name.__class__}, please pay", "braces"),
        ("Hi {{name}}, please pay", "braces"),
        ("x" * 501, "500 characters"),
        ("pay!", "too short"),
    ],
)
def test_a_reminder_that_cannot_be_written_is_refused(tenant: Tenant, words: str, says: str) -> None:
    with pytest.raises(DomainError) as refused:
        change(tenant, "reminder_template", words)
    text = refused.value.text.render("en")
    assert says in text
    assert "Example: set reminder_template Hi {name}, {amount} is {days} ({due}). {business}" in text


@pytest.mark.parametrize(
    ("settings", "key", "word"),
    [
        ({}, "reminder_hour", "22"), ({}, "reminder_hour", "21"), ({}, "reminder_hour", "7"),
        ({"reminder_hour": 20}, "quiet_hours", "20-8"), ({}, "quiet_hours", "8-10"), ({}, "quiet_hours", "22-10"),
    ],
)  # fmt: skip
def test_no_reminders_in_quiet_hours(tenant: Tenant, settings: dict[str, object], key: str, word: str) -> None:
    tenant.preferences = settings
    with pytest.raises(DomainError) as refused:
        change(tenant, key, word)
    assert refused.value.code == "quiet_reminders"
    assert "quiet hours" in refused.value.text.render("en")
    assert tenant.preferences == settings


def test_without_quiet_hours_every_hour_will_do(tenant: Tenant) -> None:
    change(tenant, "quiet_hours", "off")
    change(tenant, "reminder_hour", "22")
    assert value_of(tenant, "reminder_hour") == 22


def test_every_setting_shows_its_default_and_reads_its_example(tenant: Tenant) -> None:
    for key, preference in PREFERENCES.items():
        assert shown(tenant, key)
        change(tenant, key, preference.example)
        assert shown(tenant, key)
    assert [shown(tenant, key) for key in ("quiet_hours", "reminder_hour")] == ["21:00–08:00", "09:00"]
