"""Settings as owners write them: forgiving about the key, clear about what is no value, shown as people read them."""

from __future__ import annotations

import pytest

from services.db.models import Tenant
from tests.conftest import Chat


def kept_settings(chat: Chat) -> dict[str, object]:
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        return tx.get_one(Tenant, tx.tenant).preferences


@pytest.mark.parametrize(
    ("said", "key", "value", "answer"),
    [
        ("set takeover 2 jam", "takeover", 120, "takeover is now 120 minutes (before: 60 minutes)."),
        ("set takeover 2 hours", "takeover", 120, "120 minutes"),
        ("set reminder hour 10", "reminder_hour", 10, "reminder_hour is now 10:00 (before: 09:00)."),
        ("set reminder-hour = 08:00", "reminder_hour", 8, "08:00"),
        ("set reminder_days -3,-1,0,1,3,7,14", "reminder_days", [-3, -1, 0, 1, 3, 7, 14], "1, 3, 7, 14 days late"),
        ("set quiet hours 22-7", "quiet_hours", [22, 7], "22:00–07:00 (before: 21:00–08:00)"),
        ("set quiet_hours off", "quiet_hours", None, "is now off"),
        ("set penalty 1% daily after 3 max 50", "penalty", "1% daily after 3 max 50", "(before: off)"),
        ("set longest term 3 years", "longest_term", 36, "36 months (before: 24 months)"),
        ("set how to pay Zelle 202-555-0123", "how_to_pay", "Zelle 202-555-0123", "0123 (before: not set)"),
        ("set allocation order principal interest fee penalty", "allocation_order", "principal,interest,fee,penalty",
         "principal, interest, fee, penalty"),
        ("set auto_reminder off", "auto_reminder", False, "auto_reminder is now off (before: on)"),
        ("set reminder template Hi {name},\n{amount} is {days}", "reminder_template", "Hi {name},\n{amount} is {days}",
         "Hi {name},\n{amount} is {days}"),
    ],
)  # fmt: skip
def test_a_setting_is_kept_and_shown(english: Chat, said: str, key: str, value: object, answer: str) -> None:
    assert answer in english.owner(said)
    assert kept_settings(english) == {key: value}


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("set reminder hour 22", "quiet hours 21:00–08:00"),
        ("set quiet hours 8-10", "Reminders at 09:00"),
        ("set reminder_days soon", "Example: set reminder_days -3,-1,0,1,3,7"),
        ("set reminder template Hi {who}, pay {amount}", "There is no {who} in a reminder."),
        ("set takeover never", "Example: set takeover 2 hours"),
        ("set colour red", "There is no setting “colour”"),
    ],
)
def test_what_cannot_be_set_changes_nothing(english: Chat, said: str, answer: str) -> None:
    assert answer in english.owner(said)
    assert kept_settings(english) == {}


def test_the_list_shows_every_setting(english: Chat) -> None:
    listed = english.owner("settings")
    assert "*reminder_days*: 3, 1 days before; on the day; 1, 3, 7 days late – " in listed
    assert "*quiet_hours*: 21:00–08:00 – " in listed
    assert "*penalty*: off – " in listed
    assert "*takeover*: 60 minutes – " in listed
