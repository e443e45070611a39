"""The super admin over WhatsApp: registering, listing, switching off and on, and nobody else who could."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bot.simulation import PLATFORM_NUMBER, Place, Sent, Simulation
from services.clock import VirtualClock
from services.db.engine import Database
from services.db.models import Message, Tenant, User, WhatsAppSession
from services.errors import DomainError
from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.settings import Settings
from services.tenants import pairings, platform, showing
from services.tenants.tenants import NewTenant, register
from tests.conftest import START, Chat, Opening

ADMIN, SECOND, SHOP = "6281199990001", "6281199990002", "6281199990003"


@pytest.fixture
def admin(english: Chat) -> Place:
    """The platform's own number, read in English."""
    return english.simulation.place(NewTenant("Platform", PLATFORM_NUMBER, "en", plan="enterprise", is_platform=True))


def say(chat: Chat, admin: Place, words: str) -> str:
    """What the super admin reads after writing to themselves."""
    return "\n\n".join(each.text for each in chat.say(words, "admin", place=admin))


def tenant(chat: Chat, slug: str) -> tuple[Tenant, WhatsAppSession]:
    with chat.simulation.platform.opened.database.system() as tx:
        found = tx.query(Tenant).filter_by(slug=slug).one()
        return found, tx.query(WhatsAppSession).filter_by(tenant_id=found.id).one()


def link_numbers(simulation: Simulation) -> None:
    """Has new numbers linked with WhatsApp, as outside of a simulation."""
    jobs = simulation.platform.jobs
    object.__setattr__(jobs, "settings", jobs.settings.model_copy(update={"whatsapp_provider": "neonize"}))


def test_a_played_number_needs_no_link_and_works_at_once(english: Chat, admin: Place) -> None:
    answer = say(english, admin, f"register Toko Jaya {SHOP}")
    assert answer == f"Toko Jaya is registered as *toko-jaya*, with the number +{SHOP}."
    place = english.simulation.place(NewTenant("Toko Jaya", SHOP))
    assert "Rp500,000" in english.owner("lend Budi 500000", place=place).replace(" ", "").replace("IDR", "Rp")
    assert english.say("hello", "12025550188", place=place) != []


def test_a_business_is_registered_and_waits_for_its_number(english: Chat, admin: Place) -> None:
    link_numbers(english.simulation)
    answer = say(english, admin, f"register Toko Jaya +{SHOP} jaya@example.com")
    assert answer == (
        f"Toko Jaya is registered as *toko-jaya*, with the number +{SHOP}.\n"
        f"The QR code to link +{SHOP} comes here in a moment."
    )
    assert english.understood == {
        "command": "register", "by": "rules",
        "arguments": {"name": "Toko Jaya", "number": f"+{SHOP}", "email": "jaya@example.com"},
    }  # fmt: skip
    made, session = tenant(english, "toko-jaya")
    assert (made.status, made.email, session.phone) == ("pending_qr", "jaya@example.com", SHOP)
    assert (session.state, session.desired_state, session.provider) == ("pairing", "connected", "neonize")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("register Toko Jaya 12025550123", "already linked"),
        ("register", "What is the business called?"),
        ("register Toko Jaya", "What is its owner's number?"),
        ("disable nobody", "no tenant nobody"),
        ("disable platform", "can't be switched off"),
        ("disable", "Which business?"),
    ],
)
def test_what_cannot_be_done_is_said(english: Chat, admin: Place, words: str, answer: str) -> None:
    assert answer in say(english, admin, words)


def test_a_question_about_the_number_is_answered(english: Chat, admin: Place) -> None:
    say(english, admin, "register Toko Jaya")
    assert "is registered as *toko-jaya*" in say(english, admin, f"+{SHOP}")


def test_the_businesses_are_listed_with_their_state(english: Chat, admin: Place) -> None:
    link_numbers(english.simulation)
    say(english, admin, f"register Toko Jaya +{SHOP}")
    assert say(english, admin, "tenants").splitlines() == [
        "• *orang-lain* Orang Lain: active, connected, +6281100000002",
        "• *sunny-loans* Sunny Loans: active, connected, +12025550123",
        f"• *toko-jaya* Toko Jaya: not started yet, being linked, +{SHOP}",
    ]


def test_a_long_list_ends_with_how_many_more(english: Chat, admin: Place) -> None:
    database = english.simulation.platform.opened.database
    for n in range(45):
        register(database, NewTenant(f"Shop {n}", f"6281300000{n:03d}"))
    listed = say(english, admin, "tenants").splitlines()
    assert len(listed) == 41
    assert listed[-1] == "and 7 more"


def test_switching_on_brings_the_code_of_a_number_that_was_never_linked(english: Chat, admin: Place) -> None:
    link_numbers(english.simulation)
    say(english, admin, f"register Toko Jaya {SHOP}")
    say(english, admin, "disable toko-jaya")
    assert tenant(english, "toko-jaya")[1].state == "stopped"
    assert "QR code" in say(english, admin, "enable toko-jaya")
    assert tenant(english, "toko-jaya")[1].state == "pairing"


@pytest.mark.parametrize("reference", ["sunny-loans", "Sunny Loans", "*sunny-loans*"])
def test_a_business_is_switched_off_and_on(english: Chat, admin: Place, reference: str) -> None:
    off = say(english, admin, f"disable {reference}")
    assert off == "Sunny Loans is switched off; nothing of it is lost.\nTo switch it on again: enable sunny-loans"
    found, session = tenant(english, "sunny-loans")
    assert (found.status, session.desired_state) == ("inactive", "stopped")
    assert english.say("hello", "12025550188") == []
    assert say(english, admin, f"enable {reference}") == "Sunny Loans is switched on."
    found, session = tenant(english, "sunny-loans")
    assert (found.status, session.desired_state, session.state) == ("active", "connected", "new")
    assert english.say("hello", "12025550188") != []


@pytest.mark.parametrize(
    "words", [f"register Toko Jaya +{SHOP}", "tenants", "disable sunny-loans", "enable sunny-loans"]
)
@pytest.mark.parametrize("speaker", ["owner", "12025550188", "staff:12025550177"])
def test_a_business_knows_no_such_commands(english: Chat, admin: Place, words: str, speaker: str) -> None:
    say(english, admin, "help")
    for place in (english.tenant, english.stranger):
        sent = english.say(words, speaker, place=place)
        assert english.command() is None or english.command() == "contact"
        assert not any("registered" in each.text or "sunny-loans" in each.text for each in sent)
        assert "register" not in english.owner("help", place=place)
    with english.simulation.platform.opened.database.system() as tx:
        assert tx.query(Tenant).count() == 3
        assert {row.status for row in tx.query(Tenant)} == {"active"}


def test_the_platform_shows_its_commands(english: Chat, admin: Place) -> None:
    shown = say(english, admin, "help")
    assert "*Super admin*" in shown
    assert "• register NAME NUMBER [EMAIL]" in shown


def test_a_job_that_is_run_again_registers_and_answers_once(english: Chat, admin: Place) -> None:
    say(english, admin, f"register Toko Jaya +{SHOP}")
    jobs, database = english.simulation.platform.jobs, english.simulation.platform.opened.database
    with database.tenant(admin.tenant_id) as tx:
        message = tx.query(Message).filter_by(tenant_id=admin.tenant_id).one().id
    arguments: dict[str, object] = {"name": "Toko Jaya", "number": f"+{SHOP}"}
    english.simulation.sent.clear()
    jobs.platform(admin.tenant_id, message, "register", arguments)
    # As after a crash between the registration and the answer:
    with database.tenant(admin.tenant_id) as tx:
        tx.execute(text("update outbox set dedup_key = 'gone' where tenant_id = :tenant"), {"tenant": tx.tenant})
    jobs.platform(admin.tenant_id, message, "register", arguments)
    english.simulation.settle()
    assert ["is registered as *toko-jaya*" in each.text for each in english.simulation.sent] == [True]
    with database.system() as tx:
        assert tx.query(Tenant).filter_by(name="Toko Jaya").count() == 1
        assert tx.query(WhatsAppSession).filter_by(phone=SHOP).count() == 1


def test_a_job_of_a_business_does_nothing(english: Chat, admin: Place) -> None:
    english.owner("hello")
    database = english.simulation.platform.opened.database
    with database.tenant(english.tenant.tenant_id) as tx:
        message = tx.query(Message).filter_by(tenant_id=tx.tenant).first()
        assert message is not None
    english.simulation.platform.jobs.platform(english.tenant.tenant_id, message.id, "disable", {"tenant": "orang-lain"})
    assert tenant(english, "orang-lain")[0].status == "active"


def with_admins(settings: Settings, *numbers: str) -> Settings:
    return settings.model_copy(update={"super_admin_numbers": ", ".join(f"+{number}" for number in numbers)})


@pytest.fixture
def installation(opening: Opening, settings: Settings, clock: VirtualClock) -> Iterator[Simulation]:
    """An installation with two super admins, the platform's tenant made at its start."""
    simulation = opening(with_admins(settings, ADMIN, SECOND), clock)
    yield simulation
    simulation.close()


def write(simulation: Simulation, number: str, words: str) -> list[Sent]:
    """Somebody writes to the platform's number."""
    database = simulation.platform.opened.database
    found = platform.ensure(database, simulation.platform.settings, "simulator")
    assert found is not None
    simulation.sent.clear()
    address, n = Address.phone(number), simulation.clock.now().timestamp()
    said = Inbound(f"P{number}{words}{n}", address, address, number == ADMIN, words, simulation.clock.now())
    inbox.accept(database, found.tenant_id, found.session_id, [said])
    simulation.settle()
    return list(simulation.sent)


def test_the_platform_is_made_on_the_first_number_of_the_setting(db: Database, settings: Settings) -> None:
    assert platform.ensure(db, settings, "neonize") is None
    several = with_admins(settings, "6281199990009", ADMIN, SECOND)
    made = platform.ensure(db, several, "neonize")
    assert made == platform.ensure(db, several, "neonize")
    assert made is not None
    with db.tenant(made.tenant_id) as tx:
        kept, session = tx.get_one(Tenant, made.tenant_id), tx.query(WhatsAppSession).one()
        assert (kept.slug, kept.name, kept.is_platform, kept.status) == ("platform", "Juragan", True, "active")
        assert (session.phone, session.provider) == ("6281199990009", "neonize")


def test_who_is_struck_from_the_setting_commands_no_more(db: Database, settings: Settings) -> None:
    def active() -> dict[str, bool]:
        with db.tenant(made.tenant_id) as tx:
            return {user.phone: user.active for user in tx.query(User).filter_by(tenant_id=tx.tenant)}

    made = platform.ensure(db, with_admins(settings, ADMIN, SECOND), "simulator")
    assert made is not None
    assert active() == {ADMIN: True, SECOND: True}
    platform.ensure(db, with_admins(settings, SECOND, SHOP), "simulator")
    assert active() == {ADMIN: False, SECOND: True, SHOP: True}
    platform.ensure(db, with_admins(settings, ADMIN), "simulator")
    assert active() == {ADMIN: True, SECOND: False, SHOP: False}


def test_a_businesss_number_cannot_be_the_platforms(db: Database, settings: Settings) -> None:
    register(db, NewTenant("Toko Maju", ADMIN))
    with pytest.raises(DomainError) as refusal:
        platform.ensure(db, with_admins(settings, ADMIN), "simulator")
    assert refusal.value.code == "number_taken"
    with db.system() as tx:
        assert tx.query(Tenant).count() == 1


def test_every_listed_number_commands_and_no_other(installation: Simulation) -> None:
    place = register(installation.platform.opened.database, NewTenant("Toko Maju", SHOP))
    for number in (ADMIN, SECOND):
        (answer,) = write(installation, number, "tenants")
        assert "toko-maju" in answer.text
    assert not any("toko-maju" in each.text for each in write(installation, SHOP, "tenants"))
    assert not any("toko-maju" in each.text for each in write(installation, "6281199990008", "disable toko-maju"))
    with installation.platform.opened.database.system() as tx:
        assert tx.get_one(Tenant, place.tenant_id).status == "active"


def test_a_qr_code_is_shown_once_where_it_was_asked_for(installation: Simulation, clock: VirtualClock) -> None:
    link_numbers(installation)
    write(installation, SECOND, f"register Toko Jaya {SHOP}")
    database, files = installation.platform.opened.database, installation.platform.jobs.files
    with database.system() as tx:
        session = tx.query(WhatsAppSession).filter_by(phone=SHOP).one()
        tx.execute(text("update pairings set holder = 'host'"))
    installation.sent.clear()
    with database.tenant(session.tenant_id) as tx:
        assert pairings.offer(tx, session.id, "host", "2@first", 60)
    installation.settle()
    showing.show_qr(database, files, session.tenant_id, session.id)
    installation.settle()
    (shown,) = installation.sent
    assert (shown.kind, shown.to) == ("image", SECOND)
    assert shown.file is not None
    assert shown.file.read_bytes().startswith(b"\x89PNG")
    assert SHOP in shown.text
    assert "60" in shown.text
    with database.tenant(session.tenant_id) as tx:
        pairings.offer(tx, session.id, "host", "2@second", 20)
    clock.move_to(START.replace(hour=23))
    showing.show_qr(database, files, session.tenant_id, session.id)
    installation.settle()
    assert len(installation.sent) == 1
