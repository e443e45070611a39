"""Who of the bots answers, and the rules for making, changing and removing them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.simulation import Simulation
from services.assistant import chatbots, hours
from services.assistant.chatbots import choose, closed_until
from services.db.models import AuditEntry, Chatbot
from services.errors import DomainError
from services.tenants.actors import SYSTEM
from services.tenants.tenants import NewTenant
from tests.conftest import OWNER, STRANGER

NOON = datetime(2025, 2, 13, 12, 0)  # noqa: DTZ001 - local
ONE, OTHER = 11, 12


def bot(number: int, **values: object) -> Chatbot:
    """A bot that isn't kept anywhere, with nothing special about it."""
    usual = {
        "id": number, "number": number, "name": f"B{number}", "active": True, "removed_at": None, "session_id": None,
        "starts": {}, "person_words": [], "hours": None,
    }  # fmt: skip
    return Chatbot(**{**usual, **values})


def chosen(bots: list[Chatbot], text: str = "hello", **more: object) -> int | None:
    """The number of the bot that answers on session `ONE` at noon."""
    asked = {"session_id": ONE, "moment_local": NOON, "is_borrower": False, "is_new": False, "last": None, **more}
    found = choose(bots, text=text, **asked)  # type: ignore[arg-type]
    return found.number if found is not None else None


EVENING = hours.parse("18-22")
PRICES: dict[str, object] = {"starts": {"words": ["Harga", "price list"]}}


@pytest.mark.parametrize(
    ("bots", "asked", "number"),
    [
        ([], {}, None),
        ([bot(1), bot(2)], {}, 1),
        ([bot(1, active=False), bot(2)], {}, 2),
        ([bot(1, removed_at=NOON), bot(2)], {}, 2),
        ([bot(1, hours=EVENING), bot(2)], {}, 2),
        ([bot(1, hours=EVENING)], {}, None),
        ([bot(1, session_id=OTHER), bot(2)], {}, 2),
        ([bot(1), bot(2, session_id=ONE)], {}, 2),
        ([bot(1), bot(2, **PRICES)], {}, 1),
        ([bot(1), bot(2, **PRICES)], {"text": "HARGA semen?"}, 2),
        ([bot(1), bot(2, **PRICES)], {"text": "your Price-List, please"}, 2),
        ([bot(1), bot(2, **PRICES)], {"text": "seharga berapa, pricelist"}, 1),
        ([bot(1, session_id=ONE), bot(2, **PRICES)], {"text": "harga"}, 2),
        ([bot(1, **PRICES), bot(2, session_id=ONE, **PRICES)], {"text": "harga"}, 2),
        ([bot(1, **PRICES)], {}, None),
        ([bot(1), bot(2)], {"last": 2}, 2),
        ([bot(1, session_id=ONE), bot(2)], {"last": 2}, 2),
        ([bot(1), bot(2, **PRICES)], {"last": 2}, 2),
        ([bot(1, **PRICES), bot(2)], {"last": 2, "text": "harga"}, 1),
        ([bot(1, **PRICES), bot(2, **PRICES)], {"last": 2, "text": "harga"}, 2),
        ([bot(1), bot(2, hours=EVENING)], {"last": 2}, 1),
        ([bot(1), bot(2, active=False)], {"last": 2}, 1),
        ([bot(1, starts={"who": "borrowers"}), bot(2)], {}, 2),
        ([bot(1, starts={"who": "borrowers"}), bot(2)], {"is_borrower": True}, 1),
        ([bot(1, starts={"who": "customers"})], {"is_borrower": True}, None),
        ([bot(1, starts={"who": "customers"})], {}, 1),
        ([bot(1, starts={"who": "new"}), bot(2)], {"is_new": True}, 1),
        ([bot(1, starts={"who": "new"}), bot(2)], {}, 2),
        ([bot(1, starts={"who": "new"}), bot(2)], {"last": 1}, 1),
        ([bot(1, starts={"who": "everyone"})], {"is_borrower": True}, 1),
    ],
)  # fmt: skip
def test_who_answers(bots: list[Chatbot], asked: dict[str, object], number: int | None) -> None:
    assert chosen(bots, **asked) == number  # type: ignore[arg-type]
    assert chosen(list(reversed(bots)), **asked) == number  # type: ignore[arg-type]


_bots = st.lists(
    st.builds(
        lambda active, session, hours_, starts: {"active": active, "session_id": session, "hours": hours_,
                                                 "starts": starts},
        st.booleans(), st.sampled_from([None, ONE, OTHER]), st.sampled_from([None, EVENING, hours.parse("8-17")]),
        st.sampled_from([{}, {"words": ["harga"]}, {"who": "new"}, {"who": "borrowers", "words": ["buka"]}]),
    ),
    max_size=5,
).map(lambda found: [bot(number, **values) for number, values in enumerate(found, 1)])  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    _bots, st.sampled_from(["harga", "buka", "halo"]), st.integers(0, 47), st.booleans(), st.sampled_from([None, 1, 2])
)
def test_who_answers_may_and_is_only_silent_when_nobody_may(
    bots: list[Chatbot], text: str, half_hour: int, flag: bool, last: int | None
) -> None:
    now = NOON.replace(hour=0) + timedelta(minutes=30 * half_hour)
    asked = {"session_id": ONE, "text": text, "is_borrower": flag, "is_new": not flag, "last": last}
    found = choose(bots, moment_local=now, **asked)  # type: ignore[arg-type]
    until = closed_until(bots, moment_local=now, **asked)  # type: ignore[arg-type]
    if found is not None:
        assert until is None
        assert found.active
        assert found.session_id in (None, ONE)
        assert hours.is_open(found.hours, now)
    elif until is not None:
        assert until > now
        assert choose(bots, moment_local=until, **asked) is not None  # type: ignore[arg-type]
        assert choose(bots, moment_local=until - timedelta(minutes=1), **asked) is None  # type: ignore[arg-type]


def test_words_for_a_person() -> None:
    careful = bot(1, person_words=["refund", "uang kembali"])
    assert chatbots.is_for_person(careful, "I want a REFUND!")
    assert chatbots.is_for_person(careful, "minta uang  kembali dong")
    assert not chatbots.is_for_person(careful, "refunding uang")
    assert not chatbots.is_for_person(bot(2), "refund")


def test_a_business_gets_a_bot_of_its_name_and_keeps_one(simulation: Simulation) -> None:
    mine, strangers = simulation.place(NewTenant("Toko Maju", OWNER)), simulation.place(NewTenant("X", STRANGER))
    database = simulation.platform.opened.database
    with database.tenant(strangers.tenant_id) as tx:
        assert chatbots.default(tx).name == "Juragan"
        strangers_bot = chatbots.create(tx, SYSTEM, "Siti")
        assert (strangers_bot.number, strangers_bot.active) == (2, True)
    with database.tenant(mine.tenant_id) as tx:
        assert chatbots.all_of(tx) == []
        first = chatbots.default(tx)
        assert (first.name, first.number, first.active) == ("Toko Maju", 1, True)
        assert chatbots.default(tx) is first
        refused(tx, "last_bot", lambda: chatbots.remove(tx, SYSTEM, first))
        siti = chatbots.create(tx, SYSTEM, " Siti\n Rahmá ")
        assert siti.name == "Siti Rahmá"
        chatbots.change(tx, SYSTEM, first, active=False)
        assert chatbots.default(tx) is siti
        assert chatbots.by_name(tx, "SITI rahma") is siti
        error = refused(tx, "unknown_bot", lambda: chatbots.by_name(tx, "Sari"))
        assert error.text.render("en") == (
            "There is no bot called “Sari”. Your bots: Toko Maju, Siti Rahmá. Make one with: bot new Siti"
        )
        chatbots.remove(tx, SYSTEM, siti)
        assert chatbots.all_of(tx) == [first]
        assert chatbots.default(tx) is first
        again = chatbots.create(tx, SYSTEM, "siti rahma")
        assert again.number > siti.number
    with database.tenant(strangers.tenant_id) as tx:
        assert [each.name for each in chatbots.all_of(tx)] == ["Juragan", "Siti"]


def refused(tx: object, code: str, act: object) -> DomainError:
    with pytest.raises(DomainError) as caught:
        act()  # type: ignore[operator]
    assert caught.value.code == code
    return caught.value


def test_changes_are_checked_and_recorded(simulation: Simulation) -> None:
    place = simulation.place(NewTenant("Toko Maju", OWNER))
    with simulation.platform.opened.database.tenant(place.tenant_id) as tx:
        siti = chatbots.create(tx, SYSTEM, "Siti")
        for values, code in (
            ({"name": "S"}, "bad_bot_name"), ({"name": "x" * 41}, "bad_bot_name"), ({"name": "🤖🤖"}, "bad_bot_name"),
            ({"name": "12"}, "bad_bot_name"), ({"persona": "x" * 1001}, "bad_bot_persona"),
            ({"greeting": "x" * 501}, "bad_bot_greeting"), ({"model": "x" * 81}, "bad_bot_model"),
            ({"temperature": Decimal("2.1")}, "bad_bot_temperature"), ({"temperature": "NaN"}, "bad_bot_temperature"),
            ({"starts": {"who": "cats"}}, "bad_bot_starts"), ({"starts": {"words": ["?!"]}}, "bad_bot_words"),
            ({"person_words": ["w"] * 21}, "bad_bot_words"), ({"person_words": ["w" * 41]}, "bad_bot_words"),
        ):  # fmt: skip
            refused(tx, code, lambda values=values: chatbots.change(tx, SYSTEM, siti, active=False, **values))
            assert siti.active
        with pytest.raises(ValueError, match="tenant_id"):
            chatbots.change(tx, SYSTEM, siti, tenant_id=7)
        chatbots.change(tx, SYSTEM, siti, name="SITI", temperature=Decimal("0.456"), persona="  ")
        assert (siti.name, siti.temperature, siti.persona) == ("SITI", Decimal("0.46"), None)
        chatbots.change(tx, SYSTEM, siti, name="SITI", persona=None)
        tx.flush()
        kept = tx.scalars(select(AuditEntry).where(AuditEntry.subject == "chatbots").order_by(AuditEntry.id)).all()
        assert [(each.action, each.before, each.after) for each in kept] == [
            ("bot.create", None, {"name": "Siti"}),
            ("bot.change", {"name": "Siti", "temperature": None}, {"name": "SITI", "temperature": "0.46"}),
        ]
        refused(tx, "bot_exists", lambda: chatbots.create(tx, SYSTEM, "sITI"))
        for number in range(chatbots.MOST - 1):
            chatbots.create(tx, SYSTEM, f"Bot {number}")
        refused(tx, "bot_limit", lambda: chatbots.create(tx, SYSTEM, "Rina"))
