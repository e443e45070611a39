"""Why a file can't be taught, and what was noticed while it was read, in words for its owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.errors import DomainError
from services.i18n import Renderable, _, _n


def problem(code: str, details: Mapping[str, object]) -> DomainError:
    """The error for a code of `UnreadableError`; one that isn't known is a broken file."""
    if code == "file_too_long":
        return _too_long(details)
    texts: Mapping[str, Renderable] = {
        "file_encrypted": _(
            "That document is locked with a password, so it can't be read. Save it once without a password and send "
            "it again."
        ),
        "file_no_text": _(
            "That document holds only pictures of text, as from a scanner or a camera, and no text that can be read. "
            "Send the file it was made from (Word, Excel saved as CSV, or PDF), or send the text as a message."
        ),
        "file_empty": _("There is no text in that file. Please look into it and send the right one."),
        "file_too_slow": _(
            "Reading that file takes too much time or memory, so it was stopped. Save it once more as a simple PDF, or "
            "send it in parts."
        ),
        "file_unreadable_type": _(
            "That type of file can't be learnt from. Send a PDF, a Word file (DOCX), a text, a table as CSV, or the "
            "link of a web page."
        ),
    }
    broken = _("That file is damaged and can't be read. Open it once, save it anew, and send it again.")
    return DomainError(code if code in texts else "file_broken", texts.get(code, broken))


def _too_long(details: Mapping[str, object]) -> DomainError:
    advice = _("Send it in parts, or only the part that customers ask about.")
    if "pages" in details:
        pages, limit = int(str(details["pages"])), int(str(details["limit"]))
        text = _("That document has {pages} pages; up to {limit} can be learnt at once. {advice}",
                 pages=pages, limit=limit, advice=advice)  # fmt: skip
        return DomainError("file_too_long", text, pages=pages, limit=limit)
    if "passages" in details:
        limit = int(str(details["passages"]))
        text = _("That file holds more than {limit} passages, which is more than can be learnt at once. {advice}",
                 limit=limit, advice=advice)  # fmt: skip
        return DomainError("file_too_long", text, limit=limit)
    limit = int(str(details["characters"]))
    text = _("That file holds more than {limit} characters of text, which is more than can be learnt at once. {advice}",
             limit=limit, advice=advice)  # fmt: skip
    return DomainError("file_too_long", text, limit=limit)


def note(code: str, details: Mapping[str, object]) -> Renderable:
    """What its owner should know of a file that was read."""
    count = int(str(details["count"]))
    if code == "answers_differ":
        examples = ", ".join(f"*{each}*" for each in _list(details["examples"]))
        return _n(
            "One question stands there with different answers; the last one counts: {examples}",
            "{n} questions stand there with different answers; the last one counts: {examples}",
            count, examples=examples,
        )  # fmt: skip
    pages = ", ".join(map(str, _list(details["pages"])))
    more = " …" if count > len(_list(details["pages"])) else ""
    return _n(
        "One page has no text that can be read (a picture, perhaps): page {pages}",
        "{n} pages have no text that can be read (pictures, perhaps): pages {pages}",
        count, pages=pages + more,
    )  # fmt: skip


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
