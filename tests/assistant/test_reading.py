"""Files as owners send them become entries: prices stay beside their names, and bad files end in a clear error."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.assistant.entries import Entry
from services.assistant.reading import Document, Limits, read_file
from services.assistant.reading.chunks import passages
from services.assistant.reading.layout import lines_of
from services.assistant.reading.tidy import mended
from services.assistant.reading.values import CELLS, Line, LineKind, Page
from services.errors import DomainError
from tests.assistant import documents

HOME = Path(__file__).parents[2]


def read(path: Path, kind: str, **changed: object) -> Document:
    return read_file(path, kind, **{"max_pages": 200, "progress": lambda read, pages: None, **changed})  # type: ignore[arg-type]


def all_lines(document: Document) -> list[str]:
    return [line for entry in document.entries for line in entry.answer.splitlines()]


def test_every_article_of_a_price_list_keeps_its_price(tmp_path: Path) -> None:
    document = read(documents.price_list(tmp_path / "prices.pdf", rows=130), "pdf")
    rows = [CELLS.join(row) for row in documents.price_rows(130)]
    found = all_lines(document)
    assert [line for line in found if line in set(rows)] == rows
    assert "Gratis antar" in found[-1]
    assert {entry.heading for entry in document.entries} == {"Daftar Harga Toko Maju Jaya"}
    assert all(entry.answer.startswith(CELLS.join(documents.COLUMNS)) for entry in document.entries)
    assert {entry.page for entry in document.entries} == {1, 2, 3, 4}


@pytest.mark.parametrize("align", ["TOP", "MIDDLE", "BOTTOM"])
def test_a_name_that_wraps_in_its_cell_stays_with_its_price(align: str, tmp_path: Path) -> None:
    (entry,) = read(documents.wrapped_list(tmp_path / "fees.pdf", align), "pdf").entries
    name = "Perawatan nomor {} dengan bahan komposit yang tahan lama untuk gigi geraham"
    assert entry.answer.splitlines() == [
        "Perawatan | Harga", *(f"{name.format(at)} | £{80 + at}.50" for at in range(1, 6))
    ]  # fmt: skip


def test_sixty_pages_are_read_in_time_and_told_on_the_way(tmp_path: Path) -> None:
    path = documents.policy(tmp_path / "policy.pdf")
    told: list[tuple[int, int]] = []
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    document = read(path, "pdf", progress=lambda read, pages: told.append((read, pages)))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 6
    assert told == [(page, 60) for page in range(1, 61)]
    assert document.pages == 60
    text = "\n".join(entry.answer for entry in document.entries)
    assert text.count("REF0") == 60
    assert not re.search(r"Page \d+ of 60|Bright Smile Dental Clinic", text)
    for page in (1, 30, 60):
        (entry,) = [each for each in document.entries if f"REF{page:03}" in each.answer]
        assert entry.page == page and (entry.heading or "").endswith(
            f"{page}. About {documents.SUBJECTS[page % len(documents.SUBJECTS)]}"
        )
    assert all(len(entry.answer) <= 900 for entry in document.entries)


def test_columns_of_prose_are_read_one_after_the_other(tmp_path: Path) -> None:
    document = read(documents.two_columns(tmp_path / "leaflet.pdf"), "pdf")
    text = " ".join(entry.answer for entry in document.entries)
    assert re.findall(r"Paragraph (\d+) begins", text) == [str(number) for number in range(1, 15)]
    assert CELLS not in text


def test_pages_without_text_are_named(tmp_path: Path) -> None:
    document = read(documents.scanned(tmp_path / "mixed.pdf", pages=3, text_on=2), "pdf")
    assert [entry.page for entry in document.entries] == [2]
    assert [note.render("en") for note in document.notes] == [
        "2 pages have no text that can be read (pictures, perhaps): pages 1, 3"
    ]


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_that_is_only_protected_from_changes_is_read(algorithm: str, tmp_path: Path) -> None:
    document = read(documents.encrypted(tmp_path / "protected.pdf", "", algorithm), "pdf")
    assert "Rp 65.000" in document.entries[0].answer


def test_a_word_file_gives_its_headings_and_tables(tmp_path: Path) -> None:
    document = read(documents.word(tmp_path / "leaflet.docx"), "docx")
    assert document.title == "Patient leaflet"
    assert document.entries == (
        Entry("We are open on weekdays from 9.00 to 17.30.", heading="Bright Smile Dental › Opening hours"),
        Entry(
            "Treatment | Length | Price\nCheck-up | 20 min | £45\nFilling | 40 min | £95\n"
            "Prices hold until 31 December\n- Bring your card",
            heading="Bright Smile Dental › Fees › Adults",
        ),
    )


def test_a_web_page_gives_its_article_without_menus(tmp_path: Path) -> None:
    document = read(documents.page(tmp_path / "page.html"), "web")
    assert document.title == "Opening hours – Maju Jaya"
    text = "\n".join(entry.answer for entry in document.entries)
    assert "from eight in the morning" in text and "Bekasi | Rp 40.000" in text
    assert "Basket" not in text and "secret" not in text
    assert "Visit us › Delivery" in {entry.heading for entry in document.entries}


def test_a_page_in_an_old_charset_is_read_as_its_server_says(tmp_path: Path) -> None:
    said = "<html><body><p>Пломба стоит 5000 рублей, чистка стоит 3000 рублей.</p></body></html>"
    document = read(documents.text(tmp_path / "page.html", said, "koi8-r"), "web", charset="koi8-r")
    assert "чистка стоит 3000" in document.entries[0].answer


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_text_is_read_in_any_usual_encoding(encoding: str, tmp_path: Path) -> None:
    path = documents.text(tmp_path / "a.txt", "# Café\n\nEspresso £2.50\n\n## Öffnung\n\nmontags zu\n", encoding)
    assert read(path, "text").entries == (
        Entry("Espresso £2.50", heading="Café"), Entry("montags zu", heading="Café › Öffnung"),
    )  # fmt: skip


def test_a_question_above_its_answer_is_answered_by_it(tmp_path: Path) -> None:
    said = (
        "Questions of our patients\n\nQ: How late may I cancel an appointment without paying for the\n"
        "missed time?\nA: Until 24 hours before. Later we charge a fee of 30 pounds, unless you were ill.\n"
        "Do you treat children?\nYes, from the age of three.\n"
    )
    document = read(documents.text(tmp_path / "faq.txt", said), "text")
    assert [(entry.questions, entry.answer) for entry in document.entries] == [
        (
            ("How late may I cancel an appointment without paying for the missed time?",),
            "Until 24 hours before. Later we charge a fee of 30 pounds, unless you were ill.",
        ),
        (("Do you treat children?",), "Yes, from the age of three."),
    ]


TABLES = {
    "named": ("question,answer\nJam buka?|Buka jam berapa,08.00\nAlamat?,Jl. Raya, no 3\n", "utf-8"),
    "Indonesian": ("No;Jawaban;Pertanyaan\n1;08.00;Jam buka?|Buka jam berapa\n2;Jl. Raya, no 3;Alamat?\n", "cp1252"),
    "not named": ("Jam buka?|Buka jam berapa\t08.00\nAlamat?\tJl. Raya, no 3\n", "utf-16"),
    "quoted": ('Question,Answer\n"Jam buka? | Buka jam berapa",08.00\nAlamat?,"Jl. Raya, no 3"\n,\n', "utf-8-sig"),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLES)
def test_a_table_of_questions_gives_their_answers(case: str, tmp_path: Path) -> None:
    said, encoding = TABLES[case]
    document = read(documents.text(tmp_path / "faq.csv", said, encoding), "table")
    assert document.entries == (
        Entry("08.00", ("Jam buka?", "Buka jam berapa")), Entry("Jl. Raya, no 3", ("Alamat?",)),
    )  # fmt: skip
    assert document.notes == ()


def test_of_two_answers_to_one_question_the_last_counts(tmp_path: Path) -> None:
    said = "question,answer\nJam buka?|Buka jam berapa,08.00\nAlamat?,Jl. Raya\njam  BUKA,09.00\nAlamat?,Jl. Raya\n"
    document = read(documents.text(tmp_path / "faq.csv", said), "table")
    assert document.entries == (
        Entry("08.00", ("Buka jam berapa",)), Entry("09.00", ("jam BUKA",)), Entry("Jl. Raya", ("Alamat?",)),
    )  # fmt: skip
    assert [note.render("en") for note in document.notes] == [
        "One question stands there with different answers; the last one counts: *jam BUKA*"
    ]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Nama;Isi;Rp\nSemen;50 kg;65\nCat;;9\n", "Nama: Semen | Isi: 50 kg | Rp: 65\nNama: Cat | Rp: 9"),
        ("Barang,Harga\nSemen,65000\n", "Barang: Semen | Harga: 65000"),
        ("Semen,Rp 65.000\nCat,Rp 9.000\n", "Semen | Rp 65.000\nCat | Rp 9.000"),
    ],
)  # fmt: skip
def test_another_table_keeps_the_names_of_its_columns_in_each_row(said: str, answer: str, tmp_path: Path) -> None:
    assert [entry.answer for entry in read(documents.text(tmp_path / "a.csv", said), "table").entries] == [answer]


def oversized(path: Path) -> Path:
    return documents.text(path, "one two three\n\n" * 150_000)


BAD: dict[str, tuple[str, Callable[[Path], Path], str]] = {
    "locked": ("pdf", lambda path: documents.encrypted(path, "secret"), "file_encrypted"),
    "blank": ("pdf", documents.blank, "file_empty"),
    "of no bytes": ("pdf", lambda path: documents.text(path, ""), "file_empty"),
    "long": ("pdf", lambda path: documents.blank(path, 500), "file_too_long"),
    "scanned": ("pdf", documents.scanned, "file_no_text"),
    "cut": ("pdf", documents.broken, "file_broken"),
    "no PDF": ("pdf", lambda path: documents.text(path, "hello"), "file_broken"),
    "its own branch": ("pdf", documents.endless, "file_broken"),
    "unfolding": ("pdf", documents.bomb, "file_too_slow"),
    "laborious": ("pdf", documents.laborious, "file_too_slow"),
    "unfolding Word": ("docx", documents.word_bomb, "file_too_slow"),
    "no Word": ("docx", lambda path: documents.text(path, "PK\x03\x04 hello"), "file_broken"),
    "old Word": ("docx", lambda path: documents.text(path, "ÐÏ\x11à rest", "cp1252"), "file_unreadable_type"),
    "long text": ("text", oversized, "file_too_long"),
    "binary": ("text", lambda path: documents.text(path, "\x00\x01\x02\x00" * 50), "file_unreadable_type"),
    "without letters": ("text", lambda path: documents.text(path, " \n . \n"), "file_empty"),
    "empty table": ("table", lambda path: documents.text(path, "question,answer\n"), "file_empty"),
    "empty page": ("web", lambda path: documents.text(path, "<html><body></body></html>"), "file_empty"),
    "another kind": ("zip", lambda path: documents.text(path, "hello"), "file_unreadable_type"),
    "gone": ("pdf", lambda path: path, "file_broken"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_cannot_be_taught_ends_in_a_clear_error(case: str, tmp_path: Path) -> None:
    kind, make, code = BAD[case]
    with pytest.raises(DomainError) as raised:
        read(make(tmp_path / "file"), kind, limits=Limits(memory=700_000_000, processor_seconds=2))
    assert raised.value.code == code
    for locale in ("en", "id"):
        assert "{" not in raised.value.text.render(locale)


def test_both_numbers_are_named_where_there_are_too_many_pages(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="file_too_long") as raised:
        read(documents.blank(tmp_path / "long.pdf", 500), "pdf")
    assert "500" in raised.value.text.render("en") and "200" in raised.value.text.render("en")
    assert raised.value.details == {"pages": 500, "limit": 200}


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = documents.text(tmp_path / "short.txt", "hello")
    with pytest.raises(DomainError, match="file_too_slow"):
        read(path, "text", limits=Limits(clock_seconds=0))
    assert _children() == set()


def _children() -> set[int]:
    found = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True)
    return {int(line.split()[0]) for line in found.stdout.splitlines() if "reading.child" in line}


def test_what_interrupts_the_reading_ends_the_child(tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop(read: int, pages: int) -> None:
        assert _children()
        raise StoppedError

    with pytest.raises(StoppedError):
        read(documents.policy(tmp_path / "policy.pdf", pages=8), "pdf", progress=stop)
    assert _children() == set()


def test_the_parent_imports_nothing_that_reads_documents() -> None:
    asking = (
        "import sys, services.assistant.reading; print({'pypdf', 'docx', 'trafilatura', 'lxml'} & set(sys.modules))"
    )
    asked = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, cwd=HOME, check=True)
    assert asked.stdout.strip() == "set()"


def test_words_divided_at_the_end_of_a_line_are_whole_again() -> None:
    assert mended("your appoint-", "ment is") == "your appointment is"
    assert mended("semua barang-", "barang besi") == "semua barang-barang besi"
    assert mended("pages 3-", "5 of it") == "pages 3- 5 of it"
    assert mended("Jakarta -", "bandung") == "Jakarta - bandung"
    assert mended("appoint\u00ad", "ment") == "appointment"


def test_what_repeats_on_pages_stands_once_but_rows_that_look_alike_stay() -> None:
    pages = [
        Page(number, lines_of(
            f"Toko Maju Jaya, telp 021-555\n\nNama    Harga\nPaku {number} cm    {number}.000\n"
            f"Paku {number + 50} cm    9.000\n\nHal {number + 4}"
        ), wrapped=True)
        for number in range(1, 7)
    ]  # fmt: skip
    text = "\n".join(f"{entry.heading}\n{entry.answer}" for entry in passages(pages))
    assert text.count("021-555") == 1 and "Hal" not in text
    assert text.count("Nama | Harga") == 1
    assert all(f"Paku {number} cm | {number}.000" in text for number in range(1, 7))


Drawn = tuple[LineKind, list[str], int, bool]
# Lines of all pages that differ in figures alone are page numbers, and rightly left out.
IN_LETTERS, IN_FIGURES = str.maketrans("0123456789", "ghjknopqru"), str.maketrans("ghjknopqru", "0123456789")
KINDS: st.SearchStrategy[LineKind] = st.sampled_from(["text", "text", "row", "heading", "columns"])
WORDS = st.lists(st.text("abcdefgABC.?é", min_size=1, max_size=12), min_size=1, max_size=60)
LINES = st.lists(st.tuples(KINDS, WORDS, st.integers(0, 3), st.booleans()), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=6), st.booleans())
def test_no_text_is_lost_and_no_passage_too_long(drawn: list[list[Drawn]], wrapped: bool) -> None:
    count = 0
    pages = []
    for number, lines in enumerate(drawn, 1):
        made = []
        for kind, words, level, apart in lines:
            numbered = []
            for word in words:
                count += 1
                numbered.append(f"{word}_zz{str(count).translate(IN_LETTERS)}_")
            made.append(Line((CELLS if kind in ("row", "columns") else " ").join(numbered), kind, level, apart))
        pages.append(Page(number, tuple(made), wrapped))
    found = passages(pages, smallest=150, largest=300)
    told = "\n".join(f"{entry.heading or ''}\n{entry.answer}" for entry in found)
    order = list(dict.fromkeys(int(mark.translate(IN_FIGURES)) for mark in re.findall(r"_zz([ghj-ru]+)_", told)))
    assert order == list(range(1, count + 1))
    assert all(0 < len(entry.answer) <= 300 for entry in found)
    numbers = [entry.page for entry in found if entry.page]
    assert numbers == sorted(numbers)
