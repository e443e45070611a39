"""Files as owners send them, made when a test needs them: price lists, policies, pages, and traps."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import docx
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageBreak,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Table,
    TableStyle,
)  # fmt: skip

STYLES = getSampleStyleSheet()
COLUMNS = ("No", "Nama Barang", "Satuan", "Harga")
SUBJECTS = ("appointments", "cancellation", "children", "payment", "insurance", "emergencies", "records", "whitening",
            "referrals", "complaints", "deposits", "anaesthetics")  # fmt: skip
_WORDS = [
    "patients", "must", "bring", "their", "card", "when", "they", "come", "to", "clinic", "and", "tell", "the",
    "nurse", "about", "any", "medicine", "that", "take", "before", "treatment", "begins", "because", "some",
    "of", "it", "may", "not", "be", "mixed", "with", "what", "our", "dentists", "use",
]  # fmt: skip


def price_rows(count: int) -> list[tuple[str, str, str, str]]:
    """Articles of a hardware shop: number, name, unit, price; no name or price stands there twice."""
    kinds = ("Semen Tiga Roda", "Cat tembok Avitex putih gading ukuran besar", "Paku beton", "Pipa PVC Wavin")
    return [
        (str(at + 1), f"{kinds[at % 4]} tipe {at + 1}", "sak", f"Rp {(65_000 + at * 500):,}".replace(",", "."))
        for at in range(count)
    ]


def price_list(path: Path, rows: int = 60) -> Path:
    """A price list with its title, a ruled table whose head stands on every page, and a note at its end."""
    table = Table([COLUMNS, *price_rows(rows)], repeatRows=1, colWidths=[30, 300, 60, 90])
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("ALIGN", (3, 0), (3, -1), "RIGHT")]))
    note = Paragraph("Harga dapat berubah sewaktu-waktu. Gratis antar untuk pembelian di atas Rp 2.000.000.")
    return _built(path, [Paragraph("Daftar Harga Toko Maju Jaya", STYLES["Title"]), table, note])


def wrapped_list(path: Path, align: str) -> Path:
    """A table whose names take three lines in their cell, with the price beside the top, middle or bottom one."""
    rows = [
        (Paragraph(f"Perawatan nomor {at} dengan bahan komposit yang tahan lama untuk gigi geraham"), f"£{80 + at}.50")
        for at in range(1, 6)
    ]
    table = Table([("Perawatan", "Harga"), *rows], colWidths=[150, 80])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), align)]))
    return _built(path, [Paragraph("Biaya", STYLES["Heading1"]), table])


def policy(path: Path, pages: int = 60) -> Path:
    """A clinic's policy: each page a section of prose with a number of its own, below a header, above page numbers."""
    chance = random.Random(7)
    story: list[Flowable] = []
    for page in range(1, pages + 1):
        subject = SUBJECTS[page % len(SUBJECTS)]
        story.append(Paragraph(f"{page}. About {subject}", STYLES["Heading1"]))
        story.append(Paragraph(f"The reference of section {page} is REF{page:03}. It is about {subject}."))
        for _each in range(7):
            sentences = (" ".join(chance.sample(_WORDS, 14)).capitalize() + "." for _sentence in range(5))
            story.append(Paragraph(" ".join(sentences), STYLES["BodyText"]))
        story.append(PageBreak())

    def frame(canvas: Canvas, _document: object) -> None:
        canvas.drawString(60, 810, "Bright Smile Dental Clinic")
        canvas.drawString(60, 30, f"Page {canvas.getPageNumber()} of {pages}")

    SimpleDocTemplate(str(path), pagesize=A4).build(story, onFirstPage=frame, onLaterPages=frame)
    return path


def two_columns(path: Path) -> Path:
    """A leaflet of prose in two columns, each paragraph with its number of words."""
    style = ParagraphStyle("body", parent=STYLES["BodyText"])
    chance = random.Random(3)
    story = [
        Paragraph(f"Paragraph {number} begins here. " + " ".join(chance.choices(_WORDS, k=60)) + ".", style)
        for number in range(1, 15)
    ]
    document = BaseDocTemplate(str(path), pagesize=A4)
    frames = [Frame(50, 50, 240, 740), Frame(310, 50, 240, 740)]
    document.addPageTemplates([PageTemplate(frames=frames)])
    document.build(story)
    return path


def blank(path: Path, pages: int = 1) -> Path:
    """Pages with nothing on them."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(width=595, height=842)
    writer.write(path)
    return path


def scanned(path: Path, pages: int = 2, text_on: int | None = None) -> Path:
    """Pages that are pictures, but for one with text."""
    picture = io.BytesIO()
    Image.effect_noise((200, 280), 60).save(picture, "JPEG")
    canvas = Canvas(str(path), pagesize=A4)
    for page in range(1, pages + 1):
        if page == text_on:
            canvas.drawString(60, 700, "The clinic is open from Monday to Friday, from 9.00 until 17.00 o'clock.")
        else:
            canvas.drawImage(ImageReader(io.BytesIO(picture.getvalue())), 0, 0, width=595, height=842)
        canvas.showPage()
    canvas.save()
    return path


def encrypted(path: Path, password: str, algorithm: str = "AES-256") -> Path:
    """A price list that a password opens; an empty one only forbids changes."""
    plain = price_list(path.with_suffix(".plain"), rows=3)
    writer = PdfWriter(clone_from=PdfReader(plain))
    writer.encrypt(user_password=password, owner_password="of the owner", algorithm=algorithm)
    writer.write(path)
    return path


def broken(path: Path) -> Path:
    """A PDF whose first half never arrived but for its first line."""
    whole = price_list(path, rows=30).read_bytes()
    path.write_bytes(whole[:20] + whole[len(whole) // 2 : -200])
    return path


def one_stream(path: Path, stream: bytes, filters: str) -> Path:
    """A PDF of one page that is drawn by a stream, packed by filters (`/FlateDecode /FlateDecode`)."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(stream), filters.encode(), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    return _objects(path, objects)


def bomb(path: Path) -> Path:
    """A page that unfolds, twice, to 200 MB."""
    packer = zlib.compressobj(1)
    once = b"".join([*(packer.compress(bytes(1 << 20)) for _each in range(200)), packer.flush()])
    return one_stream(path, zlib.compress(once, 9), "/FlateDecode /FlateDecode")


def endless(path: Path) -> Path:
    """A tree of pages that is its own branch, deeper than it can count."""
    return _objects(path, [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2/Parent 2 0 R>>"])


def laborious(path: Path) -> Path:
    """A page of millions of drawing steps, small when packed."""
    return one_stream(path, zlib.compress(b"BT /F1 1 Tf (a) Tj ET\n" * 3_000_000, 9), "/FlateDecode")


def word(path: Path) -> Path:
    """A clinic's leaflet in Word: title, headings of two levels, a list, a table of fees with a spanning cell."""
    document = docx.Document()
    document.add_heading("Bright Smile Dental", 0)
    document.add_heading("Opening hours", 1)
    document.add_paragraph("We are open on weekdays from 9.00 to 17.30.")
    document.add_heading("Fees", 1)
    document.add_heading("Adults", 2)
    table = document.add_table(rows=0, cols=3)
    for row in (("Treatment", "Length", "Price"), ("Check-up", "20 min", "£45"), ("Filling", "40 min", "£95")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    spanning = table.add_row().cells
    spanning[0].merge(spanning[2]).text = "Prices hold until 31 December"
    document.add_paragraph("Bring your card", style="List Bullet")
    document.core_properties.title = "Patient leaflet"
    document.save(str(path))
    return path


def word_bomb(path: Path) -> Path:
    """A Word file whose text unfolds to 80 MB."""
    word(path)
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            with after.open(part.filename, "w") as written:
                if part.filename != "word/document.xml":
                    written.write(before.read(part))
                    continue
                for _each in range(8):
                    written.write(b" " * 10_000_000)
    path.write_bytes(changed.getvalue())
    return path


def page(path: Path) -> Path:
    """A shop's web page with menu, article, table and footer."""
    path.write_text(
        """<!doctype html><html><head><title>Opening hours – Maju Jaya</title><script>var secret = 1;</script></head>
        <body><nav><a href="/">Home</a><a href="/basket">Basket</a></nav><main><article><h1>Visit us</h1>
        <p>Our shop in Jalan Raya Bogor is open from Monday to Saturday, from eight in the morning until five in the
        afternoon. On Sundays and holidays it is closed, but orders are taken at any time.</p>
        <h2>Delivery</h2><p>We deliver within Jakarta on the same day if the order comes before noon. Further away it
        takes two days, and orders above two million rupiah travel free of charge.</p>
        <table><tr><th>Zone</th><th>Fee</th></tr><tr><td>Jakarta</td><td>Rp 25.000</td></tr>
        <tr><td>Bekasi</td><td>Rp 40.000</td></tr></table></article></main>
        <footer>Copyright 2025 Maju Jaya</footer></body></html>""",
        encoding="utf-8",
    )
    return path


def text(path: Path, said: str, encoding: str = "utf-8") -> Path:
    """A text file."""
    path.write_bytes(said.encode(encoding))
    return path


def _built(path: Path, story: Sequence[Flowable]) -> Path:
    SimpleDocTemplate(str(path), pagesize=A4).build(list(story))
    return path


def _objects(path: Path, objects: Sequence[bytes]) -> Path:
    """A PDF of numbered objects, the first its catalogue."""
    content, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj%s\nendobj\n" % (number, each)
    table = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table)
    path.write_bytes(content)
    return path
