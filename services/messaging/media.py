"""What may be kept of the files that people send: known types, of a bearable size, that unfold into nothing huge.

The type is what the content shows; a name proves nothing, and the type that a sender claims only tells apart what looks
the same: sound and video in one container, a table and a text. No picture is decoded and no archive unpacked to disk.
"""

from __future__ import annotations

import codecs
import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from services.errors import DomainError
from services.i18n import _

Kind = Literal["image", "video", "audio", "document", "card"]

MOST_PIXELS = 50_000_000
MOST_INFLATED = 200_000_000
MOST_RATIO = 200
MOST_MEMBERS = 5_000
LONGEST_NAME = 120

_CHUNK = 1 << 16
# What Pillow and zipfile stumble over in a broken file.
_BROKEN = (
    OSError, SyntaxError, ValueError, LookupError, TypeError, EOFError, ArithmeticError, RuntimeError, AttributeError,
    MemoryError, struct.error, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """The type of a file that may be kept; `extension` is without a dot."""

    mime: str
    kind: Kind
    extension: str


_PDF = Checked("application/pdf", "document", "pdf")
_TEXT = Checked("text/plain", "document", "txt")
_CSV = Checked("text/csv", "document", "csv")
_CARD = Checked("text/vcard", "card", "vcf")
_HEIC = Checked("image/heic", "image", "heic")
_M4A = Checked("audio/mp4", "audio", "m4a")
_MP4 = Checked("video/mp4", "video", "mp4")
_3GP = Checked("video/3gpp", "video", "3gp")
_PICTURES = {
    "JPEG": Checked("image/jpeg", "image", "jpg"),
    "MPO": Checked("image/jpeg", "image", "jpg"),
    "PNG": Checked("image/png", "image", "png"),
    "WEBP": Checked("image/webp", "image", "webp"),
    "GIF": Checked("image/gif", "image", "gif"),
}
_BEGINNINGS = (
    (rb"\s*%PDF-", _PDF),
    # The first page holds the head alone (RFC 7845, section 3).
    (rb"OggS.{22}\x01.(OpusHead|\x01vorbis)", Checked("audio/ogg", "audio", "ogg")),
    (rb"RIFF.{4}WAVE", Checked("audio/wav", "audio", "wav")),
    (rb"#!AMR(-WB)?\n", Checked("audio/amr", "audio", "amr")),
    (rb"\xff[\xf1\xf9]", Checked("audio/aac", "audio", "aac")),
    (rb"ID3[\x02-\x04]|\xff[\xfa\xfb\xf2\xf3\xe2\xe3]", Checked("audio/mpeg", "audio", "mp3")),
)
# Four letters at the beginning of an ISO base media file (ISO/IEC 14496-12), registered at mp4ra.org.
_BRANDS = (
    (rb"hei[cxms]|hev[cmsx]", _HEIC),
    (rb"M4[AB] ", _M4A),
    (rb"3g[pegrs2][0-9a-z]", _3GP),
    (rb"iso[m2-9]|mp4[12]|avc1|dash|M4V |MSNV|mmp4", _MP4),
)
_PICTURE_BEGINNING = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF.{4}WEBP", re.DOTALL)
_HEIC_SIZE = re.compile(rb"\0\0\0\x14ispe\0{4}(.{4})(.{4})", re.DOTALL)

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_OFFICE = {
    f"{_OOXML}wordprocessingml.document": "docx",
    f"{_OOXML}spreadsheetml.sheet": "xlsx",
    f"{_OOXML}presentationml.presentation": "pptx",
    f"{_ODF}text": "odt",
    f"{_ODF}spreadsheet": "ods",
    f"{_ODF}presentation": "odp",
}
# Tables behind the charts of a document are office files themselves; they are looked into once.
_EMBEDDED = re.compile(r"(word|xl|ppt)/embeddings/[^/]+\.(docx|xlsx|pptx)", re.IGNORECASE)
_ARCHIVE_BEGINNING = re.compile(rb"PK\x03\x04|Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ|MSCF")

_ACTIVE_BEGINNING = re.compile(r"\s*(#!|<\?php|\{\\rtf|%!PS|@echo\b)", re.IGNORECASE)
_ACTIVE_TAG = re.compile(r"<\s*(!doctype|html|svg|script|iframe|object|embed)\b", re.IGNORECASE)
_ACTIVE_TYPES = re.compile(r"html|svg|script|x-sh|x-msdos|x-msdownload|x-bat|php|executable", re.IGNORECASE)
_TABLE_TYPES = {"text/csv", "text/comma-separated-values", "application/csv", "application/vnd.ms-excel"}

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[a-z][a-z0-9]{0,4}$", re.IGNORECASE)
# Joiners shape letters in Persian and Hindi; the other invisible characters may turn a name around.
_JOINERS = "\u200c\u200d"


def check(content: bytes, claimed_mime: str | None, *, max_bytes: int) -> Checked:
    """The type of a file that may be kept.

    Raises `DomainError`: `file_empty`, `file_too_large` (with `limit_mb`), `file_type_refused` or `file_unsafe`.
    """
    if not content:
        raise DomainError("file_empty", _("That file is empty. Please send it once more."))
    if len(content) > max_bytes:
        limit = max(1, max_bytes >> 20)
        text = _("That file is too large. Up to {limit} MB can be read here.", limit=limit)
        raise DomainError("file_too_large", text, limit_mb=limit)
    return _recognised(content, (claimed_mime or "").partition(";")[0].strip().lower())


def shown_name(name: str | None, extension: str) -> str:
    """A file name that any system can keep: no folders, nothing invisible, and the extension of what the file is.

    At most 120 characters and 240 bytes; `file` where nothing is left of the name.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    visible = "".join(each for each in last if each in _JOINERS or unicodedata.category(each)[0] != "C")
    stem = _EXTENSION.sub("", _NOT_IN_NAMES.sub("", " ".join(visible.split())).strip(" ."))
    if _DEVICES.fullmatch(stem):
        stem = f"_{stem}"
    room = LONGEST_NAME - len(extension) - 1
    stem = stem[:room].encode()[: 2 * room].decode(errors="ignore").strip(" ." + _JOINERS)
    return f"{stem or 'file'}.{extension}"


def _recognised(content: bytes, claimed: str) -> Checked:
    if _PICTURE_BEGINNING.match(content):
        return _picture(content)
    if content.startswith(b"PK\x03\x04"):
        return _office_file(content)
    if content[4:8] == b"ftyp":
        return _film(content, claimed)
    for beginning, checked in _BEGINNINGS:
        if re.match(beginning, content, re.DOTALL):
            return checked
    return _text(content, claimed)


def _picture(content: bytes) -> Checked:
    """Pillow reads the header when it opens a picture, and warns of large ones or refuses them by itself."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP", "GIF")) as picture:
            size, checked = picture.size, _PICTURES[picture.format or ""]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _unsafe() from error
    except _BROKEN as error:
        raise _refused() from error
    _bearable(*size)
    return checked


def _film(content: bytes, claimed: str) -> Checked:
    """By the first known brand: its own one, then those that it is compatible with."""
    brands = [content[8:12], *(content[at : at + 4] for at in range(16, min(int.from_bytes(content[:4]), 256), 4))]
    known = (checked for brand in brands for pattern, checked in _BRANDS if re.fullmatch(pattern, brand))
    checked = next(known, None)
    if checked is None:
        raise _refused()
    if checked is _HEIC:
        sizes = [struct.unpack(">II", b"".join(found.groups())) for found in _HEIC_SIZE.finditer(content)]
        if not sizes:
            raise _refused()
        for size in sizes:
            _bearable(*size)
    return _M4A if checked.kind == "video" and claimed.startswith("audio/") else checked


def _bearable(width: int, height: int) -> None:
    if not width or not height:
        raise _refused()
    if width * height > MOST_PIXELS:
        raise _unsafe()


def _office_file(content: bytes) -> Checked:
    try:
        return _weighed(content, MOST_INFLATED, embedded=False)[0]
    except _BROKEN as error:
        raise _refused() from error


def _weighed(content: bytes, room: int, *, embedded: bool) -> tuple[Checked, int]:
    """The type of an office file and the bytes it unfolds to, at most `room`; raises what `check` and zipfile raise."""
    if content.count(b"PK\x01\x02") > MOST_MEMBERS:
        raise _unsafe()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        checked = _office_type(archive)
        members = archive.infolist()
        weight = sum(member.file_size for member in members)
        packed = sum(member.compress_size for member in members)
        if weight > room or weight > MOST_RATIO * packed:
            raise _unsafe()
        for member in members:
            if not _is_archive(content, member):
                continue
            if embedded or not _EMBEDDED.fullmatch(member.filename):
                raise _unsafe()
            weight += _weighed(archive.read(member), room - weight, embedded=True)[1]
    return checked, weight


def _office_type(archive: zipfile.ZipFile) -> Checked:
    """By what the file says of its main part; one with macros is unsafe, an archive of anything else is refused."""
    names = archive.namelist()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _unsafe()
    if "mimetype" in names:
        found = {_beginning(archive, "mimetype").decode("ascii").strip()}
    else:
        types = _beginning(archive, "[Content_Types].xml")
        found = {mime for mime in _OFFICE if f"{mime}.main+xml".encode() in types}
    for mime, extension in _OFFICE.items():
        if mime in found:
            return Checked(mime, "document", extension)
    raise _refused()


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(1 << 20)


def _is_archive(content: bytes, member: zipfile.ZipInfo) -> bool:
    """Unfolds a member piece by piece: zipfile would believe the size that it declares."""
    beginning, size = b"", 0
    for piece in _unfolded(content, member):
        beginning = beginning if len(beginning) >= 8 else beginning + piece[:8]
        size += len(piece)
        if size > member.file_size:
            raise _unsafe()
    return _ARCHIVE_BEGINNING.match(beginning) is not None


def _unfolded(content: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a member, stored or deflated as in every office file; raises `ValueError` and `zlib.error`."""
    signature, name, extra = struct.unpack_from("<4s22xHH", content, member.header_offset)
    if signature != b"PK\x03\x04" or member.flag_bits & 1 or member.compress_type not in (0, zipfile.ZIP_DEFLATED):
        raise ValueError("an unusual member")
    start = member.header_offset + 30 + name + extra
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    for at in range(start, start + member.compress_size, _CHUNK):
        packed = content[at : min(at + _CHUNK, start + member.compress_size)]
        if member.compress_type == zipfile.ZIP_STORED:
            yield packed
            continue
        while packed and not inflating.eof:
            yield inflating.decompress(packed, _CHUNK)
            packed = inflating.unconsumed_tail


def _text(content: bytes, claimed: str) -> Checked:
    text = _decoded(content)
    if _CONTROLS.search(text) or _ACTIVE_BEGINNING.match(text) or _ACTIVE_TAG.search(text):
        raise _refused()
    if _ACTIVE_TYPES.search(claimed):
        raise _refused()
    if re.match(r"\s*BEGIN:VCARD\b", text, re.IGNORECASE):
        return _CARD
    return _CSV if claimed in _TABLE_TYPES else _TEXT


def _decoded(content: bytes) -> str:
    """As UTF-16 where a mark says so, as UTF-8, or as the Latin letters of old spreadsheets."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        text = _as(content, encoding)
        if text is not None:
            return text
    raise _refused()


def _as(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _refused() -> DomainError:
    return DomainError(
        "file_type_refused",
        _("That type of file can't be read here. Send a photo, a PDF, a Word or Excel file, a text, audio or a video."),
    )


def _unsafe() -> DomainError:
    return DomainError(
        "file_unsafe",
        _("That file isn't safe to open, so it was not kept. Send it as a PDF, or as a photo of an ordinary size."),
    )
