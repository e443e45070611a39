"""Web pages: their article and tables without menus, or all their text where no article stands out."""

from __future__ import annotations

from pathlib import Path

import trafilatura
from lxml import etree, html  # type: ignore[import-untyped]

from services.assistant.reading.text import checked_pages, markdown_lines
from services.assistant.reading.values import Page, Progress, Reading, UnreadableError

_SILENT = ("script", "style", "noscript", "template", "svg", "head", "nav", "iframe")
_BLOCKS = ("p", "div", "li", "tr", "br", "section", "article", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "table")
# A page whose article has less than this share of its words is one that has none.
_LEAST_SHARE = 0.25


def read(path: Path, max_pages: int, told: Progress, charset: str | None = None) -> Reading:
    """The text of a page as served; `charset` is what the server said. Raises `UnreadableError`."""
    tree = _parsed(path.read_bytes(), charset)
    title = " ".join((tree.findtext(".//title") or "").split())[:200] or None
    everything = _body_text(tree)
    article = (
        trafilatura.extract(
            html.tostring(tree, encoding="unicode"), output_format="markdown", include_tables=True,
            include_comments=False, include_links=False, favor_recall=True, deduplicate=False,
        ) or ""
    )  # fmt: skip
    text = article if len(article.split()) >= _LEAST_SHARE * len(everything.split()) else everything
    pages = checked_pages(text, max_pages)
    told(pages, pages)
    return Reading(pages, (Page(None, markdown_lines(text)),), title=title)


def _parsed(content: bytes, charset: str | None) -> html.HtmlElement:
    if not content.strip():
        raise UnreadableError("file_empty")
    try:
        parser = html.HTMLParser(encoding=charset or _guessed(content))
        tree = html.document_fromstring(content, parser=parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise UnreadableError("file_broken") from error
    return tree


def _guessed(content: bytes) -> str | None:
    """UTF-8 where it fits; else what the page says itself."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else None
    return "utf-8"


def _body_text(tree: html.HtmlElement) -> str:
    copied = html.document_fromstring(html.tostring(tree, encoding="unicode"))
    etree.strip_elements(copied, *_SILENT, with_tail=False)
    for element in copied.iter(*_BLOCKS):
        element.tail = f"\n{element.tail or ''}"
        element.text = f"\n{element.text or ''}"
    for cell in copied.iter("td", "th"):
        cell.tail = f" {cell.tail or ''}"
    lines = (" ".join(line.split()) for line in copied.text_content().splitlines())
    return "\n\n".join(line for line in lines if line)
