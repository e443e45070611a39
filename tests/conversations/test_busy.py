"""When many wait for a model: who has to wait hears so once, and all get their answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.model_server import ModelServer, Reply
from services import queue
from services.clock import VirtualClock
from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from services.settings import Settings
from tests.conftest import Chat, Opening
from tests.conversations.modelled import SITI, asked, shop_with_model, transaction

MOMENT, MOMENT_EN = "Mohon tunggu sebentar ya, segera saya jawab.", "One moment please, I'll answer you right away."
QUESTION, ANSWER = "kalian jual genteng metal warna hijau?", "Gentengnya habis, kak."
THRESHOLD = 2


@pytest.fixture
def shop(taught: None, opening: Opening, settings: Settings, clock: VirtualClock, model: ModelServer) -> Iterator[Chat]:
    with shop_with_model(opening, settings, clock, model, busy_threshold=THRESHOLD) as chat:
        model.brain = lambda _body: Reply(ANSWER)
        yield chat


def heard(chat: Chat, waiting: int, *texts: str, speaker: str = SITI, **more: object) -> list[str]:
    """What somebody gets for a burst that is answered while so many others wait."""
    sent: list[str] = []
    jobs = chat.simulation.platform.jobs
    answer = jobs.handler.answer_burst

    def busy(tenant_id: int, conversation_id: int) -> None:
        _others_wait(chat, waiting)
        answer(tenant_id, conversation_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs.handler, "answer_burst", busy)
        for each in texts:
            is_last = each == texts[-1]
            sent += [one.text for one in chat.say(each, speaker, burst=not is_last, **more) if one.to != "owner"]
    return sent


def _others_wait(chat: Chat, count: int) -> None:
    """Puts jobs of others into the models' queue; they find nothing to do, and come after ours."""
    with transaction(chat) as tx:
        for number in range(count):
            queue.defer(tx, "read", f"other:{number}", priority=-1, message_id=1_000_000 + number, wants="speech")


def test_who_waits_for_many_hears_so_once(shop: Chat, model: ModelServer) -> None:
    assert heard(shop, THRESHOLD + 1, "halo kak", "mau tanya dulu ya", QUESTION) == [MOMENT, ANSWER]
    assert heard(shop, THRESHOLD + 1, "do you sell green metal roofs for a house?") == [MOMENT_EN, ANSWER]
    assert len(asked(model)) == 2


def test_nobody_is_asked_to_wait_for_few(shop: Chat) -> None:
    assert heard(shop, THRESHOLD, QUESTION) == [ANSWER]


def test_who_needs_no_model_and_groups_hear_nothing_of_it(shop: Chat) -> None:
    shop.owner("bot on", group="rumpi")
    assert heard(shop, THRESHOLD + 5, "jam berapa buka?") == ["Kami buka jam 8 pagi."]
    assert MOMENT not in heard(shop, THRESHOLD + 5, QUESTION, group="rumpi", mentioned=True)


def test_the_language_of_the_person_is_kept(shop: Chat) -> None:
    shop.person(SITI, "english")
    assert heard(shop, THRESHOLD + 1, QUESTION) == [MOMENT_EN, ANSWER]


def test_what_comes_meanwhile_belongs_to_the_burst(shop: Chat, model: ModelServer) -> None:
    """Who goes on writing while their answer is thought about isn't asked for a moment again."""
    platform, place = shop.simulation.platform, shop.tenant

    def write_more() -> None:
        model.before = None
        person = Address.phone(SITI)
        late = Inbound("late", person, person, False, "yang hijau ya", platform.clock.now(), "text")
        inbox.accept(platform.opened.database, place.tenant_id, place.session_id, [late])
        platform.jobs.inbound(place.tenant_id, place.session_id)

    model.before = write_more
    said = heard(shop, THRESHOLD + 1, QUESTION)
    said += [each.text for each in shop.wait(minutes=1) if each.to == SITI]
    assert said == [MOMENT, ANSWER]
