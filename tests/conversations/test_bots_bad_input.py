"""What owners and customers send to bots that can't work, and the clear answer that each of them gets: one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from PIL import Image

from services.clock import VirtualClock
from services.tenants.tenants import NewTenant
from tests.assistant import documents
from tests.conftest import START, Chat, Opening, Server, indonesian_lender, settings_for
from tests.conversations.conftest import nothing_crossed_over, strangers_book

SITI, STAFF = "6281300000001", "staff:6281399999999"
PDF = "application/pdf"
Play = Callable[[Chat, Path], str]


@dataclass(frozen=True)
class Case:
    """What is played in the Indonesian shop, and what the last answer says, `|` between its parts."""

    name: str
    play: Play
    reads: str


def sent(make: Callable[[Path], Path], name: str, mime: str = PDF) -> Play:
    """The owner sends a file with the caption `kb`; what they read in the end."""
    return lambda chat, folder: chat.owner("kb", media=str(make(folder / name)), mime=mime)


def said(*texts: str) -> Play:
    """The owner writes; what they read to the last."""
    return lambda chat, _folder: [chat.owner(text) for text in texts][-1]


def big(path: Path) -> Path:
    path.write_bytes(b"%PDF-1.7\n" + b"0" * (101 << 20))
    return path


def empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def sheet(path: Path) -> Path:
    path.write_bytes(b"GIF89a" + b"\x00" * 40)
    return path


def picture(path: Path) -> Path:
    Image.new("RGB", (40, 40), "white").save(path)
    return path


def many_questions(chat: Chat, _folder: Path) -> str:
    chat.owner("kb tambah Jam berapa buka? = Jam 8")
    read = [chat.person(SITI, f"jam berapa buka? ke-{number}", burst=True) for number in range(200)]
    read += [message.text for message in chat.wait(minutes=1) if message.to == SITI]
    answers = [text for text in read if text]
    assert len(answers) <= 4, answers
    return "\n".join(answers)


def answered_twice(second: str) -> Play:
    def play(chat: Chat, _folder: Path) -> str:
        chat.owner("kb tambah Jam berapa buka? = Jam 8")
        chat.person(SITI, "minta diskon dong")
        chat.owner("aksi 1 10%")
        told = [message for message in chat.say("aksi 1 tidak", second) if message.to == SITI]
        assert told == []
        return "\n".join(message.text for message in chat.simulation.sent)

    return play


def removed_meanwhile(chat: Chat, _folder: Path) -> str:
    chat.owner("kb tambah Ada garansi toko? = Setahun")
    chat.owner("kb tambah Ada garansi pabrik? = Dua tahun")
    offered = chat.person(SITI, "garansi")
    assert "garansi" in offered.casefold()
    chat.owner("kb hapus 1 2")
    return chat.person(SITI, "1")


CASES = (
    Case("an encrypted document", sent(lambda path: documents.encrypted(path, "rahasia"), "a.pdf"), "kata sandi"),
    Case("an empty file", sent(empty, "a.pdf"), "kosong"),
    Case("a document without anything", sent(documents.blank, "a.pdf"), "tidak ada teks"),
    Case("500 pages", sent(lambda path: documents.blank(path, 500), "a.pdf"), "500|300"),
    Case("100 MB", sent(big, "a.pdf"), "terlalu besar|20 MB"),
    Case("a scan", sent(documents.scanned, "a.pdf"), "gambar"),
    Case("a broken document", sent(documents.broken, "a.pdf"), "rusak"),
    Case("a wrong type", sent(sheet, "a.gif", "image/gif"), "tidak bisa dibaca|PDF"),
    Case("a picture", sent(picture, "a.png", "image/png"), "gambar"),
    Case("an unknown type", sent(lambda path: documents.text(path, "MZ\x00\x01"), "a.exe", "application/x-msdownload"),
         "PDF"),
    Case("a private address", said("kb http://192.168.1.1/harga"), "tidak dibuka|publik"),
    Case("the machine itself", said("kb http://localhost:5432/"), "tidak"),
    Case("an address with a password in it", said("kb https://siti:rahasia@toko.com/"), "kata sandi"),
    Case("200 questions in a minute", many_questions, "Jam 8|pelan"),
    Case("an action answered twice", answered_twice("owner"), "sudah"),
    Case("an action answered by two people", answered_twice(STAFF), "sudah"),
    Case("an unknown action", said("aksi 77 ya"), "Tidak ada permintaan 77"),
    Case("an unknown bot", said("bot Zul off"), "Zul"),
    Case("an unknown bot is taught", said("bot baru Rina", "kb tambah @Zul Jam buka? = 8"), "Zul|Rina"),
    Case("a contradicting answer", said("kb tambah Jam buka? = Jam 8", "kb tambah Jam buka? = Jam 9"), "Jam 8|Jam 9"),
    Case("the same again", said("kb tambah Jam buka? = Jam 8", "kb tambah Jam buka? = Jam 8"), "sudah"),
    Case("a question without an answer", said("kb tambah Jam buka?"), "Jawab"),
    Case("nothing to teach", said("kb tambah = "), "kb tambah"),
    Case("an entry that isn't there", said("kb hapus 99"), "99"),
    Case("a choice that is gone", removed_meanwhile, "belum tahu"),
    Case("hours that are none", said("bot baru Rina", "bot Rina jam kadang-kadang"), "8-17"),
    Case("a temperature of 5", said("bot baru Rina", "bot Rina suhu 5"), "0|2"),
)  # fmt: skip


_numbers = count(6281188800001)


@pytest.fixture(scope="module")
def town(server: Server, opening: Opening, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """A simulation in which every case has a shop of its own; a stranger keeps a book beside them."""
    with server.fresh() as url:
        simulation = opening(settings_for(url, tmp_path_factory.mktemp("data")), VirtualClock(START))
        chat = indonesian_lender(simulation)
        strangers_book(chat)
        yield chat
        nothing_crossed_over(chat)
        simulation.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_gets_a_clear_answer(town: Chat, tmp_path: Path, case: Case) -> None:
    number = next(_numbers)
    shop = Chat(town.simulation, town.simulation.place(NewTenant(f"Toko {number}", str(number))), town.stranger)
    answer = case.play(shop, tmp_path)
    for part in case.reads.split("|"):
        assert part.casefold() in answer.casefold()
    nothing_crossed_over(shop)
