"""Businesses that register themselves: who is told, what the super admin decides from their number, who reads why."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.simulation import Place, Sent
from services.db.models import Notification, Tenant
from services.settings import Settings
from services.tenants import applications, closing, mail
from services.tenants.actors import SYSTEM
from services.tenants.tenants import NewTenant
from tests.conftest import Chat
from tests.conversations.test_platform import SHOP, admin, say, tenant

__all__ = ["admin"]


def join(chat: Chat, name: str, phone: str) -> None:
    """A business registers itself."""
    new = NewTenant(name, phone, "en", owner="Siti", status=applications.PENDING)
    with chat.simulation.platform.opened.database.system() as tx:
        applications.apply(tx, new, "a hash", None)


def read_by(sent: list[Sent], number: str) -> list[str]:
    return [each.text for each in sent if each.to.lstrip("+") == number]


def at_once(chat: Chat) -> list[str]:
    """What is sent without waiting any longer."""
    chat.simulation.sent.clear()
    chat.simulation.settle()
    return [each.text for each in chat.simulation.sent]


def notes(chat: Chat, kind: str) -> list[Notification]:
    with chat.simulation.platform.opened.database.system() as tx:
        return tx.query(Notification).filter_by(kind=kind).order_by(Notification.id).all()


def test_who_wants_to_join_is_told_of_and_let_in(english: Chat, admin: Place) -> None:
    join(english, "Warung Siti", SHOP)
    (told,) = [each.text for each in english.wait(minutes=4)]
    assert told == (
        f"🆕 *Warung Siti* wants to join (Siti, +{SHOP}).\nTo let it in: approve warung-siti\n"
        "To turn it down: reject warung-siti REASON"
    )
    sent = english.say("approve warung-siti", "admin", place=admin)
    assert [each.text for each in sent if each.to == "owner"] == [
        "Warung Siti is approved; its owner is told how to go on."
    ]
    (welcome,) = read_by(sent, SHOP)
    assert welcome.splitlines()[:2] == [
        "🎉 *Warung Siti* is approved. Welcome to Juragan!", "You may try the plan basic until 20 Feb 2025, for free.",
    ]  # fmt: skip
    assert f"link +{SHOP} with WhatsApp" in welcome
    made, session = tenant(english, "warung-siti")
    assert (made.status, session.phone) == ("trial", SHOP)
    assert say(english, admin, "approve warung-siti") == "Warung Siti was approved already."
    assert notes(english, "approved")[0].delivered_at is not None
    assert english.wait(minutes=10) == []


def test_several_who_come_together_are_told_of_together(english: Chat, admin: Place) -> None:
    for n in range(25):
        join(english, f"Warung {n}", f"62813000000{n:02d}")
    (told,) = [each.text for each in english.wait(minutes=4)]
    lines = told.splitlines()
    assert lines[0] == "🆕 25 registrations wait:"
    assert lines[1] == "• *warung-0*: Warung 0 (Siti, +6281300000000)"
    assert lines[21:] == ["and 5 more", "To let one in: approve TENANT. To turn one down: reject TENANT REASON"]
    join(english, "Warung Lagi", SHOP)
    (told,) = [each.text for each in english.wait(minutes=4)]
    assert told.startswith("🆕 *Warung Lagi*")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("reject warung-siti We need your address", "We need your address"),
        ("TOLAK Warung Siti: alamat tidak jelas", "alamat tidak jelas"),
        ("reject *warung-siti*", None),
    ],
)
def test_who_is_turned_down_reads_why(english: Chat, admin: Place, words: str, reason: str | None) -> None:
    join(english, "Warung Siti", SHOP)
    sent = english.say(words, "admin", place=admin)
    (read,) = read_by(sent, SHOP)
    assert read.splitlines() == [
        "Your registration of *Warung Siti* was not accepted.", *([f"The reason: {reason}"] if reason else [])
    ]  # fmt: skip
    with english.simulation.platform.opened.database.system() as tx:
        found = tx.query(Tenant).filter_by(slug="warung-siti").one()
    assert (found.status, found.status_reason) == ("rejected", reason)
    assert "turned down already" in say(english, admin, "reject warung-siti")
    assert english.wait(minutes=10) == []


@pytest.mark.parametrize(
    "words", ["approve sunny-loans", "reject nobody at all", "enable warung-siti", "approve", "reject"]
)
def test_decisions_that_cannot_be(english: Chat, admin: Place, words: str) -> None:
    join(english, "Warung Siti", SHOP)
    answers = {
        "approve sunny-loans": "Sunny Loans was approved already.", "reject nobody at all": "There is no tenant",
        "enable warung-siti": "Warung Siti has to be approved first: approve warung-siti",
        "approve": "Which business?", "reject": "Which business?",
    }  # fmt: skip
    assert answers[words] in say(english, admin, words)
    with english.simulation.platform.opened.database.system() as tx:
        assert tx.query(Tenant).filter_by(slug="warung-siti").one().status == "pending_approval"


@pytest.mark.parametrize("words", ["approve warung-siti", "reject warung-siti", "SETUJUI warung-siti"])
def test_nobody_else_decides(english: Chat, admin: Place, words: str) -> None:
    join(english, "Warung Siti", SHOP)
    for speaker in ("owner", "12025550188"):
        english.say(words, speaker)
    with english.simulation.platform.opened.database.system() as tx:
        assert tx.query(Tenant).filter_by(slug="warung-siti").one().status == "pending_approval"


def test_a_number_that_is_known_is_told_instead(english: Chat, admin: Place) -> None:
    join(english, "Another name", "12025550123")
    (told,) = at_once(english)
    assert told.startswith("Somebody wanted to register with your number")
    assert "*Sunny Loans*" in told
    assert notes(english, "registration") == []


def test_without_the_platforms_number_it_is_only_listed(english: Chat) -> None:
    join(english, "Warung Siti", SHOP)
    assert english.wait(minutes=4) == []
    (note,) = notes(english, "registration")
    assert (note.delivered_at, note.data["name"]) == (None, "Warung Siti")


@pytest.mark.parametrize("fails", [False, True])
def test_it_is_mailed_where_there_is_a_server(english: Chat, monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    jobs = english.simulation.platform.jobs
    written = {"smtp_url": SecretStr("smtp://127.0.0.1:9"), "admin_email": "admin@example.com"}
    object.__setattr__(jobs, "settings", jobs.settings.model_copy(update=written))
    mails: list[tuple[str, str]] = []

    def send(_settings: Settings, subject: str, words: str) -> None:
        if fails:
            raise mail.MailError("ConnectionRefusedError: nobody there")
        mails.append((subject, words))

    monkeypatch.setattr(mail, "send", send)
    join(english, "Warung Siti", SHOP)
    english.wait(minutes=4)
    (note,) = notes(english, "registration")
    assert [subject for subject, _words in mails] == ([] if fails else ["1 registration waits"])
    assert (note.delivered_at is None, note.data.get("mail")) == (
        fails, "ConnectionRefusedError: nobody there" if fails else None
    )  # fmt: skip


def test_the_owner_reads_that_the_business_is_closed(english: Chat, admin: Place) -> None:
    database = english.simulation.platform.opened.database
    with database.tenant(english.tenant.tenant_id) as tx:
        closing.close(tx, SYSTEM)
    (told,) = at_once(english)
    assert told.splitlines()[0] == "*Sunny Loans* is closed, and its WhatsApp numbers are unlinked."
    assert "Until 14 Mar 2025" in told
    with database.tenant(english.tenant.tenant_id) as tx:
        closing.reopen(tx, SYSTEM)
    (told,) = at_once(english)
    assert told.startswith("*Sunny Loans* is open again.")
