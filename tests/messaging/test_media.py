"""What may be kept of the files that people send."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from services.errors import DomainError
from services.messaging import media
from services.messaging.media import Checked, check, shown_name

MB = 1 << 20
OOXML = "application/vnd.openxmlformats-officedocument."
MAIN = {"docx": "wordprocessingml.document", "xlsx": "spreadsheetml.sheet", "pptx": "presentationml.presentation"}


def picture(kind: str, size: tuple[int, int] = (20, 10)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, kind)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width: int, height: int) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def film(brand: bytes, *compatible: bytes, body: bytes = bytes(64)) -> bytes:
    brands = brand + bytes(4) + b"".join(compatible)
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + body


def heic_size(width: int, height: int) -> bytes:
    return b"\0\0\0\x14ispe" + bytes(4) + struct.pack(">II", width, height)


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def office(extension: str, more: Mapping[str, bytes] | None = None, main: str = ".main+xml") -> bytes:
    types = f'<Types><Override ContentType="{OOXML}{MAIN[extension]}{main}"/></Types>'
    return zipped({"[Content_Types].xml": types.encode(), "main.xml": b"<a>halo</a>", **(more or {})})


def odf(kind: str) -> bytes:
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": b"<a/>"})


def pdf() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.drawString(50, 50, "Perjanjian")
    canvas.save()
    return file.getvalue()


def spreadsheet() -> bytes:
    file, book = io.BytesIO(), Workbook()
    book.active.append(["Budi", 500_000])
    book.save(file)
    return file.getvalue()


def ogg(head: bytes) -> bytes:
    return b"OggS\0\x02" + bytes(20) + b"\x01" + bytes([len(head)]) + head + bytes(40)


def bomb(extension: str = "docx", size: int = 1 << 30) -> bytes:
    """An office file with a member of zeros, written piece by piece."""
    file = io.BytesIO(office(extension))
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("media/zero", "w") as member,
    ):
        for _ in range(size // MB):
            member.write(bytes(MB))
    return file.getvalue()


def believing(content: bytes, declared: int) -> bytes:
    """An office file that declares another size for its last member."""
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 24] + struct.pack("<I", declared) + content[at + 28 :]


def code_of(content: bytes, mime: str | None = None, max_bytes: int = 16 * MB) -> str:
    with pytest.raises(DomainError) as raised:
        check(content, mime, max_bytes=max_bytes)
    assert raised.value.text.render("en")
    return raised.value.code


KNOWN: dict[str, tuple[Callable[[], bytes], str | None, tuple[str, str, str]]] = {
    "jpeg": (partial(picture, "JPEG"), None, ("image/jpeg", "image", "jpg")),
    "png": (partial(picture, "PNG"), "image/png", ("image/png", "image", "png")),
    "webp": (partial(picture, "WEBP"), None, ("image/webp", "image", "webp")),
    "gif": (partial(picture, "GIF"), None, ("image/gif", "image", "gif")),
    "heic": (lambda: film(b"heic", b"mif1", body=heic_size(4032, 3024)), None, ("image/heic", "image", "heic")),
    "heif": (lambda: film(b"mif1", b"heic", body=heic_size(40, 30)), None, ("image/heic", "image", "heic")),
    "mp4": (lambda: film(b"isom", b"iso2", b"mp41"), "video/mp4", ("video/mp4", "video", "mp4")),
    "mp42": (lambda: film(b"mp42"), None, ("video/mp4", "video", "mp4")),
    "mp4 of an unknown brand": (lambda: film(b"XAVC", b"mp42"), None, ("video/mp4", "video", "mp4")),
    "3gp": (lambda: film(b"3gp4", b"3gp6"), None, ("video/3gpp", "video", "3gp")),
    "m4a": (lambda: film(b"M4A ", b"isom"), None, ("audio/mp4", "audio", "m4a")),
    "sound in mp4": (lambda: film(b"isom"), "audio/mp4; codecs=mp4a", ("audio/mp4", "audio", "m4a")),
    "voice": (lambda: ogg(b"OpusHead\x01\x01"), "audio/ogg; codecs=opus", ("audio/ogg", "audio", "ogg")),
    "vorbis": (lambda: ogg(b"\x01vorbis"), None, ("audio/ogg", "audio", "ogg")),
    "mp3": (lambda: b"\xff\xfb\x90\x44" + bytes(413), None, ("audio/mpeg", "audio", "mp3")),
    "mp3 with a tag": (lambda: b"ID3\x03" + bytes(99), None, ("audio/mpeg", "audio", "mp3")),
    "amr": (lambda: b"#!AMR\n" + bytes(9), None, ("audio/amr", "audio", "amr")),
    "wav": (lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(9), None, ("audio/wav", "audio", "wav")),
    "aac": (lambda: b"\xff\xf1\x50\x80" + bytes(9), None, ("audio/aac", "audio", "aac")),
    "pdf": (pdf, None, ("application/pdf", "document", "pdf")),
    "docx": (partial(office, "docx"), None, (OOXML + MAIN["docx"], "document", "docx")),
    "xlsx": (spreadsheet, None, (OOXML + MAIN["xlsx"], "document", "xlsx")),
    "pptx": (partial(office, "pptx"), None, (OOXML + MAIN["pptx"], "document", "pptx")),
    "odt": (partial(odf, "text"), None, ("application/vnd.oasis.opendocument.text", "document", "odt")),
    "ods": (partial(odf, "spreadsheet"), None, ("application/vnd.oasis.opendocument.spreadsheet", "document", "ods")),
    "odp": (partial(odf, "presentation"), None, ("application/vnd.oasis.opendocument.presentation", "document", "odp")),
    "text": (lambda: "catatan — utang ½".encode(), None, ("text/plain", "document", "txt")),
    "utf-16": (lambda: "catatan".encode("utf-16"), None, ("text/plain", "document", "txt")),
    "latin": (lambda: "café\r\nnaïf".encode("latin-1"), None, ("text/plain", "document", "txt")),
    "chat export": (lambda: b"1/3/26 Budi: <Media omitted>", "text/plain", ("text/plain", "document", "txt")),
    "csv": (lambda: b"nama;jumlah\nBudi;500\n", "text/comma-separated-values", ("text/csv", "document", "csv")),
    "card": (lambda: b"BEGIN:VCARD\nVERSION:3.0\nFN:Budi\nEND:VCARD", None, ("text/vcard", "card", "vcf")),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_types_are_recognised_by_their_content(name: str) -> None:
    made, claimed, expected = KNOWN[name]
    assert check(made(), claimed, max_bytes=16 * MB) == Checked(*expected)  # type: ignore[arg-type]


@pytest.mark.parametrize("claimed", ["application/pdf", "application/x-msdownload", "", "nonsense", None])
def test_what_a_sender_claims_changes_nothing(claimed: str | None) -> None:
    assert check(picture("PNG"), claimed, max_bytes=MB).mime == "image/png"


@pytest.mark.parametrize(
    ("content", "claimed"),
    [
        (b"MZ\x90\0" + bytes(300), "application/pdf"),
        (b"\x7fELF" + bytes(300), "image/png"),
        (b"#!/bin/sh\nrm -r x", None),
        (b"<?php echo 1;", "text/plain"),
        (b"<!DOCTYPE html><html><body>halo", "text/plain"),
        (b"\xef\xbb\xbf  <HTML>", None),
        (b'<?xml version="1.0"?><svg xmlns="x"><script>1</script></svg>', "image/png"),
        ("<script>".encode("utf-16"), None),
        (b"alert(1)", "application/javascript"),
        (b"@echo off\ndel x", None),
        (b"{\\rtf1 halo}", None),
        (b"Rar!\x1a\x07\0" + bytes(99), None),
        (b"\x1f\x8b\x08" + bytes(99), None),
        (b"7z\xbc\xaf\x27\x1c" + bytes(99), None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "application/msword"),
        (zipped({"a.txt": b"halo"}), OOXML + MAIN["docx"]),
        (zipped({"META-INF/MANIFEST.MF": b"x", "classes.dex": b"dex\n"}), None),
        (office("docx", main=".template+xml"), None),
        (odf("text")[:-30], None),
        (picture("BMP"), "image/jpeg"),
        (picture("PNG")[:20], "image/png"),
        (b"\xff\xd8\xff" + bytes(50), "image/jpeg"),
        (film(b"heic"), None),
        (film(b"heic", body=heic_size(0, 5)), None),
        (film(b"avif", b"mif1"), None),
        (ogg(b"\x80theora"), None),
        (b"a\0b", "text/plain"),
        (b"\x81\x8d", None),
        (b"\xff\xfe\x00\xd8", None),
    ],
)
def test_other_types_and_broken_files_are_refused(content: bytes, claimed: str | None) -> None:
    assert code_of(content, claimed) == "file_type_refused"


def test_an_encrypted_member_is_refused() -> None:
    content = bytearray(office("docx"))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    assert code_of(bytes(content)) == "file_type_refused"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    "content",
    [
        png_header(60_000, 60_000),
        png_header(10_000, 9_000),
        png_header(8_000, 6_251),
        film(b"heic", body=heic_size(512, 512) + heic_size(60_000, 60_000)),
        office("docx", {"word/media/a.bin": bytes(9 * MB)}),
        office("docx", {f"a{n}": b"" for n in range(5001)}),
        office("docx", {"word/a.zip": zipped({"b": b"c"})}),
        office("docx", {"word/image.png": b"Rar!\x1a\x07\0"}),
        office("docx", {"word/vbaProject.bin": b"x"}),
        believing(office("docx", {"last": b"x" * 5000}), 100),
    ],
    ids=["huge", "large", "a little too large", "heic", "ratio", "members", "nested", "hidden", "macros", "lying"],
)
def test_what_unfolds_into_too_much_is_unsafe(content: bytes) -> None:
    assert code_of(content) == "file_unsafe"


def test_a_picture_of_fifty_megapixels_is_kept() -> None:
    assert check(png_header(8_000, 6_250), None, max_bytes=MB).kind == "image"


def test_a_gigabyte_of_zeros_is_unsafe_before_it_is_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    content = bomb()
    assert len(content) < 8 * MB
    monkeypatch.setattr(media, "_is_archive", lambda *_: pytest.fail("unfolded"))
    assert code_of(content) == "file_unsafe"


def test_a_gigabyte_that_is_declared_as_small_is_noticed() -> None:
    assert code_of(believing(bomb(size=64 * MB), 1000)) == "file_unsafe"


def test_the_table_behind_a_chart_is_no_nested_archive() -> None:
    charted = office("docx", {"word/embeddings/Sheet1.xlsx": spreadsheet()})
    assert check(charted, None, max_bytes=MB).extension == "docx"
    deeper = office("xlsx", {"xl/embeddings/a.docx": charted})
    assert code_of(office("docx", {"word/embeddings/a.xlsx": deeper})) == "file_unsafe"
    hidden = office("docx", {"word/embeddings/a.xlsx": bomb("xlsx", 250 * MB)})
    assert code_of(hidden) == "file_unsafe"


def test_an_empty_file_is_said_to_be_empty() -> None:
    assert code_of(b"", "image/png") == "file_empty"


def test_a_large_file_is_told_the_limit() -> None:
    with pytest.raises(DomainError) as raised:
        check(bytes(2 * MB + 1), None, max_bytes=2 * MB)
    assert raised.value.code == "file_too_large"
    assert raised.value.details == {"limit_mb": 2}
    assert raised.value.text.render("en") == "That file is too large. Up to 2 MB can be read here."


def tried(content: bytes, claimed: str | None = None) -> None:
    try:
        assert check(content, claimed, max_bytes=MB)
    except DomainError as error:
        assert error.code.startswith("file_")


BEGINNINGS = [made()[:40] for made, _, _ in KNOWN.values()]


@settings(deadline=None, max_examples=200)
@given(st.sampled_from([b"", *BEGINNINGS]), st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=20)))
def test_no_bytes_give_another_error(beginning: bytes, content: bytes, claimed: str | None) -> None:
    tried(beginning + content, claimed)


WHOLE = [made() for made, _, _ in KNOWN.values()]


@settings(deadline=None, max_examples=320)
@given(st.data())
def test_no_damage_to_a_file_gives_another_error(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    tried(bytes(content[: data.draw(st.integers(1, len(content)))]) if data.draw(st.booleans()) else bytes(content))


@pytest.mark.parametrize(
    ("name", "extension", "shown"),
    [
        ("Perjanjian Budi.pdf", "pdf", "Perjanjian Budi.pdf"),
        ("foto.JPEG", "jpg", "foto.jpg"),
        ("virus.exe", "pdf", "virus.pdf"),
        ("../../etc/passwd", "txt", "passwd.txt"),
        ("C:\\Users\\me\\Daftar harga.xlsx", "xlsx", "Daftar harga.xlsx"),
        ("a\x00b\nc.txt", "txt", "abc.txt"),
        ("invoice\u202efdp.exe", "pdf", "invoicefdp.pdf"),
        ("CON", "txt", "_CON.txt"),
        ("lpt1.tar.gz", "txt", "_lpt1.tar.txt"),
        ("Laporan v1.2", "pdf", "Laporan v1.2.pdf"),
        ("  .. ", "pdf", "file.pdf"),
        (".pdf", "pdf", "pdf.pdf"),
        ('<a>:"|?*', "pdf", "a.pdf"),
        (None, "ogg", "file.ogg"),
        ("\u062f\u0627\u062f\u0647\u200c\u0647\u0627.pdf", "pdf", "\u062f\u0627\u062f\u0647\u200c\u0647\u0627.pdf"),
    ],
)
def test_names_are_safe_to_keep(name: str | None, extension: str, shown: str) -> None:
    assert shown_name(name, extension) == shown


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_any_system_can_keep(name: str) -> None:
    shown = shown_name(name, "docx")
    assert shown.endswith(".docx") and 5 < len(shown) <= 120 and len(shown.encode()) <= 240
    assert not set(shown) & set('/\\<>:"|?*\0\n\r\u202e')
    assert not shown.startswith((".", " "))
    assert media._DEVICES.fullmatch(shown) is None
