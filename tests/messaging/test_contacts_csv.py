"""Contacts as CSV: every way in which people write them, and back again without a change."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.grammar.values import name_key as chat_key
from services.db.engine import Database
from services.errors import DomainError
from services.messaging import contact_csv, contact_imports, contact_lists, contacts, naming
from services.messaging.addresses import Address
from services.messaging.contact_csv import Row
from services.messaging.contact_imports import Outcome
from services.messaging.sending import NumberRule
from services.phone import normalise_phone
from services.tenants.actors import SYSTEM
from services.tenants.tenants import Registered
from tests.messaging.conftest import ANI, BUDI

RULE = NumberRule(r"^\d{10,15}$", frozenset({"6281399999999"}))


def number(written: str) -> str:
    return RULE.read(written, "ID")


def read(text: str) -> contact_csv.Sheet:
    return contact_csv.read(text, number)


def problems(text: str) -> list[tuple[int, str]]:
    return [(each.line, each.column) for each in read(text).problems]


@pytest.mark.parametrize(
    "text",
    [
        "name,phone,email,tags,note,language\nBudi,081234567890,b@example.com,vip,Semen,id\n",
        "NAMA;No. HP;E-mail;Tag;Catatan;Bahasa\r\nBudi;0812-3456-7890;b@example.com;#VIP;Semen;Indonesia\r\n",
        "catatan\tbahasa\tnomor\tnama\temail\ttag\nSemen\tid\t+62 812 3456 7890\tBudi\tb@example.com\tVip\n",
        '\ufeffName,Telepon,Email,Tags,Notes,Lang\n\n"Budi","6281234567890","b@example.com","vip","Semen","id"\n\n',
    ],
)
def test_headings_in_both_languages_in_any_order(text: str) -> None:
    (row,) = read(text).rows
    assert row.name == "Budi"
    assert (row.phone, row.email, list(row.tags), row.note, row.language) == (
        "6281234567890", "b@example.com", ["vip"], "Semen", "id",
    )  # fmt: skip


def test_lines_are_counted_as_an_editor_does() -> None:
    text = 'name,note\nBudi,"one\ntwo"\n\nAni,ok\n,nobody\nCitra,a,b\n'
    sheet = read(text)
    assert [(row.line, row.name, row.note) for row in sheet.rows] == [(2, "Budi", "one\ntwo"), (5, "Ani", "ok")]
    assert problems(text) == [(6, "name"), (7, "")]
    assert sheet.lines == 4


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("Budi,12,,,,", "phone"), ("Budi,6.28123E+12,,,,", "phone"), ("Budi,081399999999,,,,", "phone"),
        ("Budi,,nobody,,,", "email"), ("Budi,,,a/b,,", "tags"),
        (f"Budi,,,{'|'.join(string.ascii_lowercase)},,", "tags"),
        ("Budi,,,,klingon,", "language"), (f"{'x' * 81},,,,,", "name"), ("…,,,,,", "name"),
        (f"Budi,,,,,{'x' * 2001}", "note"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_told_and_its_line_left_out(cells: str, column: str) -> None:
    text = f"name,phone,email,tags,language,note\n{cells}\nAni,,,,,\n"
    assert problems(text) == [(2, column)]
    assert [row.name for row in read(text).rows] == ["Ani"]


@pytest.mark.parametrize("text", ["", "\n\n", "a,b,c\n1,2,3\n", "Budi,081234567890\n"])
def test_what_has_no_headings_is_no_table(text: str) -> None:
    with pytest.raises(DomainError) as refusal:
        read(text)
    assert refusal.value.code == "bad_csv"


def test_too_many_lines_and_unknown_columns() -> None:
    with pytest.raises(DomainError) as refusal:
        read("name\n" + "Budi\n" * 10_001)
    assert refusal.value.code == "too_many_lines"
    assert len(read("name\n" + "Budi\n" * 10_000).rows) == 10_000
    assert problems("name,colour\nBudi,red\n") == [(1, "colour")]


def test_old_spreadsheets_are_read_too() -> None:
    assert contact_csv.decode("name\nBudi’s Café\n".encode("cp1252")) == "name\nBudi’s Café\n"
    assert contact_csv.decode("\ufeffname\nCafé\n".encode()) == "name\nCafé\n"


@pytest.mark.parametrize("name", ["=cmd()", "@sum", "-1+1", "'=x", "+62"])
def test_nothing_that_goes_out_is_a_formula(name: str) -> None:
    text = contact_csv.write([Row(1, name=name, note=name)], lambda _: True, headings=True)
    line = text.splitlines()[1]
    assert not any(cell.strip('"').startswith(("=", "+", "-", "@")) for cell in line.split(","))
    assert contact_csv._plain(line.split(",")[0].strip('"')) == name


@pytest.mark.parametrize("name", ["Pak Budi", "Pak Haji", "H. Ahmad", "Ma’ruf Amin", "Bu  ANI", "José", "PT. Maju"])
def test_names_are_compared_as_in_a_chat(name: str) -> None:
    assert naming.name_key(name) == chat_key(name)


_WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30).map(contact_csv.clean)
_NAMES = (
    st.text(st.sampled_from("=+-@'\"; ,\tBudiÉ5"), min_size=1, max_size=20)
    .filter(lambda name: bool(naming.name_key(name)))
    .map(naming.tidy)
)
_ROWS = st.builds(
    Row,
    line=st.just(0),
    name=_NAMES,
    phone=st.none() | st.sampled_from(["6281234567890", "12025550123", "4915112345678", "6591234567", "447400123456"]),
    email=st.none() | st.just("=a@b.example"),
    tags=st.lists(st.sampled_from(["vip", "old-customer", "-x", "é_1"]), unique=True).map(tuple),
    language=st.none() | st.sampled_from(["id", "en"]),
    note=st.none() | _WORDS.filter(bool) | st.sampled_from(["=1", "'-x", 'a "b"\nc', "one,two;three"]),
)


@given(st.lists(_ROWS, max_size=5))
def test_what_is_written_is_read_the_same(rows: list[Row]) -> None:
    text = contact_csv.write(rows, lambda n: normalise_phone(n, "ID") == f"+{n}", headings=True)
    sheet = read(contact_csv.decode(text.encode()))
    assert list(sheet.problems) == []
    found = [(r.name, r.phone, r.email, tuple(r.tags), r.language, r.note) for r in sheet.rows]
    assert found == [(r.name, r.phone, r.email, tuple(r.tags), r.language, r.note) for r in rows]


def take_in(db: Database, tenant: Registered, text: str, *, dry: bool = False) -> Outcome:
    with db.tenant(tenant.tenant_id) as tx:
        return contact_imports.take_in(tx, SYSTEM, read(text).rows, dry=dry)


def counts(outcome: Outcome) -> tuple[int, int, int]:
    return outcome.added, outcome.changed, outcome.unchanged


def everybody(db: Database, tenant: Registered) -> list[tuple[str | None, list[str], list[str], str | None]]:
    with db.tenant(tenant.tenant_id) as tx:
        found = contact_lists.after(tx, 0, 1000)
        return [(each.contact.name, list(each.phones), list(each.tags), each.contact.note) for each in found]


def test_known_contacts_are_completed_and_never_changed(db: Database, tenant: Registered, stranger: Registered) -> None:
    with db.tenant(tenant.tenant_id) as tx:
        contacts.link_number(tx, SYSTEM, contacts.create(tx, "Budi", "budi"), f"+{BUDI}")
        contacts.create(tx, "Ani", "ani").note = "old"
        contacts.by_address(tx, Address.phone("6281211110000"), "dewi")
        contacts.by_address(tx, Address.phone("6281211110001"), "somebody")
    text = (
        f"name,phone,note,tags\nBudianto,{BUDI},Semen,vip\nani,{ANI},new,vip\nDewi,6281211110000,,\n"
        f"Citra,,,new\nCitra,,x,\nBudi,6281211110001,,\nEko,6281211110002,,\nEko,6281211110002,,a\n"
    )
    before = everybody(db, tenant)
    dry = take_in(db, tenant, text, dry=True)
    assert everybody(db, tenant) == before
    outcome = take_in(db, tenant, text)
    assert counts(outcome) == counts(dry) == (2, 3, 1)
    assert [(each.line, each.column) for each in outcome.problems] == [(2, "name"), (7, "name")]
    assert everybody(db, tenant) == [
        ("Budi", [f"+{BUDI}"], ["vip"], "Semen"),
        ("Ani", [f"+{ANI}"], ["vip"], "old"),
        ("Dewi", ["+6281211110000"], [], None),
        (None, ["+6281211110001"], [], None),
        ("Citra", [], ["new"], "x"),
        ("Eko", ["+6281211110002"], ["a"], None),
    ]
    again = take_in(db, tenant, text)
    assert counts(again) == (0, 0, 6)
    assert everybody(db, stranger) == []


def test_an_export_taken_in_again_changes_nothing(db: Database, tenant: Registered) -> None:
    take_in(db, tenant, f'name,phone,note,tags\n=Budi,{BUDI},"a\n""b""",vip\nAni,,-1,\n,{ANI},,\n')
    with db.tenant(tenant.tenant_id) as tx:
        rows = contact_lists.rows_of(contact_lists.after(tx, 0, 100))
    before = everybody(db, tenant)
    outcome = take_in(db, tenant, contact_csv.write(rows, lambda _: True, headings=True))
    assert counts(outcome) == (0, 0, 3)
    assert list(outcome.problems) == []
    assert everybody(db, tenant) == before


def test_names_that_several_have_need_a_number(db: Database, tenant: Registered) -> None:
    take_in(db, tenant, f"name,phone\nBudi,{BUDI}\nBudi,{ANI}\n")
    assert len(everybody(db, tenant)) == 2
    outcome = take_in(db, tenant, "name,tags\nBudi,vip\n")
    assert counts(outcome) == (0, 0, 0)
    assert [each.column for each in outcome.problems] == ["name"]


def test_more_tags_than_a_contact_may_have_are_left_out(db: Database, tenant: Registered) -> None:
    many = "|".join(f"t{n}" for n in range(15))
    take_in(db, tenant, f"name,tags\nBudi,{many}\n")
    outcome = take_in(db, tenant, "name,tags,note\nBudi," + many.replace("t", "u") + ",Semen\n")
    assert [each.column for each in outcome.problems] == ["tags"]
    assert everybody(db, tenant)[0][3] == "Semen"
    assert len(everybody(db, tenant)[0][2]) == 15
