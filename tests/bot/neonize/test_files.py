"""Files that come with messages: fetched, checked and kept, and what waits for them meanwhile."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import ImageMessage
from PIL import Image

from bot import fetching
from bot.transports.neonize.library import (
    Message,
)
from services.tenants.tenants import Registered
from tests.bot.neonize.events import phone, received
from tests.bot.neonize.hosting import Kept
from tests.conftest import OWNER
from tests.db.asking import eventually, rows, value


def picture(width: int = 30, height: int = 30) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(content, "png")
    return content.getvalue()


def photo(size: int) -> Message:
    return Message(imageMessage=ImageMessage(mimetype="image/png", caption="bukti", fileLength=size, directPath="/x"))


def test_a_photo_is_handled_with_its_file_and_nothing_of_its_chat_before(kept: Kept, toko: Registered) -> None:
    gate = threading.Event()
    content = picture()
    original = kept.played.DownloadAny

    def download(*asked: Any) -> bytes:
        gate.wait(5)
        return original(*asked)

    kept.played.DownloadAny = download  # type: ignore[method-assign]
    kept.played.files["/x"] = content
    kept.played.fire(OWNER, received(photo(len(content)), id="IN1"))
    kept.played.fire(OWNER, received(id="IN2"))
    kept.played.fire(OWNER, received(id="IN3", chat=phone("6281299990002"), sender=phone("6281299990002")))
    eventually(lambda: len(rows(kept.owner, "select * from messages")) == 3)
    assert waiting(kept, toko) == ["IN3"]
    gate.set()
    eventually(lambda: waiting(kept, toko) == ["IN1", "IN2", "IN3"])
    media = value(kept.owner, "select media from messages where provider_id = 'IN1'")
    assert kept.files.path(media["hash"]).read_bytes() == content
    assert (media["mime"], media["kind"], "ref" in media) == ("image/png", "image", False)


def waiting(kept: Kept, place: Registered) -> list[str]:
    from services.messaging import inbox

    with kept.db.tenant(place.tenant_id) as tx:
        ids = [id for id, _chat in inbox.waiting(tx, place.session_id)]
    found = {row.id: row.provider_id for row in rows(kept.owner, "select id, provider_id from messages")}
    return [found[id] for id in ids]


@pytest.mark.parametrize(
    ("content", "size", "fails", "error"),
    [
        (b"", 21 * 2**20, "", "file_too_large"),
        (b"MZ\x90\x00 a program", 16, "", "file_type_refused"),
        (b"", 10, "download failed with status code 404", "file_gone"),
        (b"", 10, "i/o timeout", "file_late"),
    ],
)
def test_a_file_that_is_not_kept_says_why(
    kept: Kept, toko: Registered, content: bytes, size: int, fails: str, error: str
) -> None:  # fmt: skip
    kept.played.files["/x"] = content
    for _ in range(fetching.TRIES if fails else 0):
        kept.played.fail_next("DownloadAny", fails)
    kept.played.fire(OWNER, received(photo(size), id="IN1"))
    eventually(
        lambda: [row.error for row in rows(kept.owner, "select media ->> 'error' as error from messages")] == [error]
    )
    assert waiting(kept, toko) == ["IN1"]
