"""Whatever somebody writes: a clear, short answer in their language, and nothing is half done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import URL
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from services.clock import VirtualClock
from services.db.engine import is_outage
from services.messaging import inbox
from services.messaging.addresses import Address
from services.messaging.inbox import Inbound
from tests.conftest import (
    OWNER,
    START,
    TEMPLATE,
    Chat,
    Opening,
    Server,
    english_lender,
    indonesian_lender,
    settings_for,
)  # fmt: skip
from tests.conversations.bad_input import BLOCKED, CASES, NOBODY, SILENCE, Case
from tests.conversations.book import ANI, BUDI, count, kept
from tests.conversations.conftest import nothing_crossed_over, strangers_book


@pytest.fixture(scope="module")
def books(server: Server, opening: Opening, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Chat]]:
    """An Indonesian and an English book, which no case may change, so that all of them can share these."""
    name = f"bad_input_{tmp_path_factory.getbasetemp().name.replace('-', '_')}"
    server.copy(TEMPLATE, name)
    settings = settings_for(server.owner.set(database=name), tmp_path_factory.mktemp("data"))
    simulation = opening(settings.model_copy(update={"whatsapp_blocked_numbers": BLOCKED}), VirtualClock(START))
    found = {"en": english_lender(simulation), "id": indonesian_lender(simulation)}
    strangers_book(found["id"])
    for text in ("pinjam Budi 500rb", "kontak Budi 081511110000", "pinjam Ani 100rb", "bayar Ani 100rb"):
        found["id"].owner(text)
    for text in ("lend Budi 500", "contact Budi +1 202 555 0155", "lend Ani 100", "paid Ani 100"):
        found["en"].owner(text)
    simulation.advance(VirtualClock(START).now().replace(hour=5) - START)
    yield found
    for chat in found.values():
        nothing_crossed_over(chat)
    simulation.close()
    server.execute(f"drop database {name} with (force)")


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_makes_no_sense(books: dict[str, Chat], case: Case, language: str) -> None:
    chat = books[language]
    speaker = NOBODY[language] if case.speaker == "nobody" else case.speaker
    before = kept(chat.simulation, chat.tenant)
    sent = chat.say(case.indonesian if language == "id" else case.english, speaker, **case.more)
    wanted = case.reads[language == "en"]
    assert {each.to for each in sent} == ({speaker} if wanted != SILENCE else set())
    answer = "\n".join(each.text for each in sent)
    for part in wanted.split("|") if wanted != SILENCE else ():
        assert part in answer
    assert len(answer.splitlines()) <= case.lines
    assert kept(chat.simulation, chat.tenant) == before
    chat.owner("batal")
    assert kept(chat.simulation, chat.tenant) == before


@pytest.mark.parametrize(
    "name",
    [
        "Robert'); DROP TABLE debts",
        "Budi; select pg_sleep",
        "Joko</b><script>Susilo",
        "Siti %s {amount} Dewi",
        "محمد علي",
        "O'Brien",
        "小明",
        "Nguyễn Văn Đức",
    ],
)
def test_a_name_is_only_a_name(chat: Chat, name: str) -> None:
    assert name in chat.owner(f"pinjam {name} 100rb")
    assert "Rp 100.000" in chat.owner(f"status {name}")
    assert name in chat.owner("status")
    chat.owner(f"kontak {name} {BUDI}")
    assert name in chat.say(f"bayar {name} 40rb")[-1].text
    assert "Rp 60.000" in chat.person(BUDI, "saldo")


def test_control_characters_in_a_name_are_dropped(chat: Chat) -> None:
    answer = chat.owner("pinjam \x07Bu\x00di\u202e 100rb")
    assert "Budi pinjam Rp 100.000" in answer
    assert "Rp 100.000" in chat.owner("status Budi")


def test_the_same_message_twice_books_once(chat: Chat) -> None:
    first = chat.say("pinjam Budi 500rb", id="SAME")
    assert [each.to for each in first] == ["owner"]
    assert chat.say("pinjam Budi 500rb", id="SAME") == []
    assert chat.say("bayar Budi 500rb", id="SAME") == []
    assert "Rp 500.000" in chat.owner("status Budi")
    assert count(chat.simulation, chat.tenant, "disbursement") == 1


def test_two_who_act_for_the_business_book_on_one_person_at_the_same_time(chat: Chat) -> None:
    chat.owner("pinjam Budi 1jt")
    chat.say("status", f"staff:{ANI}")
    simulation, place = chat.simulation, chat.tenant
    numbers = [OWNER, ANI]
    said = {number: [f"Budi bayar {20 + 2 * n + at}rb" for n in range(10)] for at, number in enumerate(numbers)}
    ids: dict[str, list[int]] = {}
    for number in numbers:
        address = Address.phone(number)
        inbox.accept(
            simulation.platform.opened.database, place.tenant_id, place.session_id,
            [
                Inbound(f"{number}-{n}", address, address, number == OWNER, words, simulation.clock.now())
                for n, words in enumerate(said[number])
            ],
        )  # fmt: skip
        with simulation.platform.opened.database.tenant(place.tenant_id) as tx:
            chat_of = f"phone:{number}"
            ids[number] = [each for each, where in inbox.waiting(tx, place.session_id) if where == chat_of]
    begin = threading.Barrier(2)

    def handle(number: str) -> None:
        begin.wait()
        for message in ids[number]:
            simulation.platform.jobs.handler.handle(place.tenant_id, place.session_id, message, f"phone:{number}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(handle, numbers))
    simulation.settle()
    assert count(simulation, place, "payment") == 20
    assert "Rp 410.000" in chat.owner("status Budi")  # 1,000 - (20 + 21 + … + 39)


def test_a_borrower_is_no_owner_whatever_they_type(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.owner("pinjam Rina 900rb")
    chat.owner(f"kontak Budi {BUDI}")
    before = kept(chat.simulation, chat.tenant)
    for words in (
        "pinjam Budi 500rb", "undo", "urungkan", "set notify off", "atur notify off", "hapuskan Budi", "status",
        "status Rina", "riwayat Rina", "ingatkan Rina", "tempo Budi 1 tahun", f"kontak Rina {BUDI}", "blokir Rina",
        "bahasa Rina english", "akun", "ya", "1", "batal", "salah, maksudnya 1 rupiah",
    ):  # fmt: skip
        for sent in chat.say(words, BUDI):
            assert sent.to == BUDI
            assert "900.000" not in sent.text
            assert len(sent.text.splitlines()) <= 3
        assert chat.understood is None
        assert kept(chat.simulation, chat.tenant) == before
    assert "hanya bisa dilakukan Toko Maju" in chat.person(BUDI, "pinjam Budi 1jt")
    assert "Rp 500.000" in chat.person(BUDI, "saldo")


def test_nothing_to_undo_and_undo_twice(chat: Chat) -> None:
    assert "Tidak ada yang bisa dibatalkan" in chat.owner("urungkan")
    chat.owner("pinjam Budi 500rb")
    assert "Dibatalkan: pinjaman Rp 500.000 ke Budi" in chat.owner("urungkan")
    before = kept(chat.simulation, chat.tenant)
    assert "Tidak ada yang bisa dibatalkan" in chat.owner("urungkan")
    assert kept(chat.simulation, chat.tenant) == before


def test_undo_after_a_day_is_too_late(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.wait(hours=24, minutes=1)
    assert "24 jam" in chat.owner("urungkan")
    assert "Rp 500.000" in chat.owner("status Budi")


def test_a_loan_that_was_paid_on_is_not_undone_before_the_payment(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.say("Budi bayar 200rb", f"staff:{ANI}")
    before = kept(chat.simulation, chat.tenant)
    assert "sudah ada pembayaran" in chat.owner("urungkan")
    assert kept(chat.simulation, chat.tenant) == before
    assert "Dibatalkan" in chat.say("urungkan", f"staff:{ANI}")[0].text
    assert "Dibatalkan: pinjaman Rp 500.000" in chat.owner("urungkan")
    assert "Belum ada" in chat.owner("status")


def test_cancel_means_a_booking_only_right_after_it(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    assert "Dibatalkan: pinjaman Rp 500.000" in chat.owner("batal")
    chat.owner("pinjam Budi 500rb")
    chat.owner("pinjam Budi 100rb 200rb")
    before = kept(chat.simulation, chat.tenant)
    assert "tidak ada yang dibatalkan" in chat.owner("batal")
    chat.wait(hours=20)
    assert "tidak ada yang dibatalkan" in chat.owner("gak jadi")
    assert kept(chat.simulation, chat.tenant) == before
    assert "Dibatalkan: pinjaman Rp 500.000" in chat.owner("urungkan")


def test_a_full_plan_says_what_to_do_and_goes_on_once_a_debt_is_settled(chat: Chat) -> None:
    first = ("Agus", "Bambang", "Cahyo", "Dedi", "Eko", "Fajar", "Gilang", "Hendra", "Indra", "Joko")
    for name in (f"{one} {other}" for one in first for other in ("Wijaya", "Susilo", "Hartono", "Pratama", "Kurnia")):
        assert "Dicatat" in chat.owner(f"pinjam {name} 10rb")
    before = kept(chat.simulation, chat.tenant)
    answer = chat.owner("pinjam Sri Wahyuni 100rb")
    assert "50" in answer
    assert len(answer.splitlines()) <= 3
    assert kept(chat.simulation, chat.tenant) == before
    assert "Sri Wahyuni tidak ada di buku" in chat.owner("status Sri Wahyuni")
    assert "lunas" in chat.owner("bayar Agus Wijaya 10rb")
    assert "Dicatat: Sri Wahyuni pinjam Rp 100.000" in chat.owner("pinjam Sri Wahyuni 100rb")
    assert "50" in chat.owner("pinjam Kartika 100rb")
    assert "50 dari 50" in chat.owner("akun")
    assert "Dibatalkan: pinjaman Rp 100.000 ke Sri Wahyuni" in chat.owner("urungkan")
    # A settled debt that opens again takes a place of its own.
    assert "Dibatalkan: pembayaran Rp 10.000 dengan Agus Wijaya" in chat.owner("urungkan")
    assert "50 dari 50" in chat.owner("akun")


def test_cancel_and_back_inside_a_question(chat: Chat) -> None:
    assert "Siapa" in chat.owner("pinjam")
    assert "Berapa" in chat.owner("Budi")
    assert "Siapa" in chat.owner("kembali")
    first = chat.owner("kembali")
    assert "Siapa" in first
    assert "*batal*" in first
    before = kept(chat.simulation, chat.tenant)
    assert "tidak ada yang berubah" in chat.owner("batal")
    assert "atas nama siapa?" in chat.owner("500rb")
    assert kept(chat.simulation, chat.tenant) == before
    chat.owner("pinjam")
    chat.owner("Budi")
    chat.owner("kembali")
    assert "Berapa" in chat.owner("Ani")
    assert "Ani pinjam Rp 500.000" in chat.owner("500rb")


@pytest.mark.parametrize("late", ["500rb", "ya", "tidak", "kembali"])
def test_a_question_lapses_after_half_an_hour_and_that_is_said(chat: Chat, late: str) -> None:
    chat.owner("pinjam Budi")
    chat.wait(minutes=29)
    assert "Berapa" in chat.owner("kembali")
    chat.wait(minutes=31)
    before = kept(chat.simulation, chat.tenant)
    answer = chat.owner(late)
    assert "setengah jam" in answer
    assert "Berapa jumlahnya?" in answer
    assert kept(chat.simulation, chat.tenant) == before
    assert "setengah jam" not in chat.owner(late)
    assert "Dicatat" in chat.owner("pinjam Budi 500rb")


def test_cancelling_a_question_that_has_lapsed_takes_nothing_back(chat: Chat) -> None:
    chat.owner("pinjam Ani 100rb")
    chat.owner("pinjam Budi")
    chat.wait(minutes=31)
    before = kept(chat.simulation, chat.tenant)
    assert "tidak ada yang berubah" in chat.owner("batal")
    assert kept(chat.simulation, chat.tenant) == before


def test_a_new_command_tells_what_was_left_undone(chat: Chat) -> None:
    chat.owner("pinjam Budi 100rb")
    assert "Maksudnya siapa?" in chat.owner("pinjam Budi Santoso 250rb")
    answer = chat.owner("pinjam Rina 300rb")
    assert answer.splitlines()[0].endswith("pinjam Budi Santoso Rp 250.000")
    assert "Rina pinjam Rp 300.000" in answer
    assert "Santoso" not in chat.owner("status")


def test_a_refused_answer_leaves_the_question_open(chat: Chat) -> None:
    chat.owner("pinjam Budi 500rb")
    chat.owner("riwayat")
    assert "Zulkarnain tidak ada" in chat.owner("Zulkarnain")
    assert "Rp 500.000" in chat.owner("Budi")


def test_a_message_waits_while_the_database_is_away(chat: Chat, server: Server, database_url: URL) -> None:
    chat.owner("pinjam Budi 500rb")
    simulation, place = chat.simulation, chat.tenant
    database, address = simulation.platform.opened.database, Address.phone(OWNER)
    said = Inbound("LATER", address, address, True, "Budi bayar 200rb", simulation.clock.now())
    inbox.accept(database, place.tenant_id, place.session_id, [said])
    with away(server, database_url):
        with capture_logs() as log, pytest.raises(OperationalError) as outage:
            simulation.platform.jobs.inbound(place.tenant_id, place.session_id)
        assert is_outage(outage.value)
        with pytest.raises(OperationalError):
            inbox.accept(database, place.tenant_id, place.session_id, [replace(said, provider_id="REFUSED")])
        # It isn't the message's fault, so that no try is counted against it.
        assert not [line for line in log if line["event"] == "message failed"]
    simulation.sent.clear()
    simulation.settle()
    assert [sent.to for sent in simulation.sent] == ["owner"]
    assert "Sisa utang Budi ke Anda: Rp 300.000" in simulation.sent[0].text
    inbox.accept(database, place.tenant_id, place.session_id, [said])
    simulation.settle()
    assert count(simulation, place, "payment") == 1


@contextmanager
def away(server: Server, database_url: URL) -> Iterator[None]:
    """The database lets nobody in, and ends what there is."""
    name = database_url.database
    server.execute(f"alter database {name} with allow_connections false")
    server.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
    yield
    server.execute(f"alter database {name} with allow_connections true")
