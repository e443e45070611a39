"""Bodies other than small JSON objects: forms as network routers send them, and files, on the routes that take them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from flask import current_app, g, request
from waitress.parser import HTTPRequestParser

from admin_api.edge import edge
from services.errors import DomainError
from services.i18n import _

View = TypeVar("View", bound=Callable[..., Any])
UPLOADS = "/api/v1/uploads"
FORM, FILE, CSV = "form", "file", "csv"
# What surrounds a file in a body: the parts of a form, or a third more where it is written in letters.
_MORE_BYTES, _FORM_PARTS = 64 * 1024, 20
_NAME, _IN_ADDRESS = "__takes__", "__key_in_address__"


def takes(kind: str) -> Callable[[View], View]:
    """The route takes such bodies beside JSON: `form`s, a `csv`, or a `file` of whatever type."""

    def declare(view: View) -> View:
        setattr(view, _NAME, kind)
        return view

    return declare


def key_in_address(view: View) -> View:
    """A key may come as the parameter `api_key`; whether that key may, the route asks."""
    setattr(view, _IN_ADDRESS, True)
    return view


def _view() -> object:
    return current_app.view_functions.get(request.endpoint or "")


def largest(megabytes: int) -> int:
    """Bytes of the largest body that brings a file of so many megabytes, in letters too."""
    return megabytes * 1024 * 1024 * 4 // 3 + _MORE_BYTES


def is_taken() -> bool:
    """Before a request's body is looked at: whether it is one that its route takes beside JSON.

    A form becomes the JSON object that it stands for. Raises `DomainError` `bad_encoding`.
    """
    kind = getattr(_view(), _NAME, None)
    request.max_form_parts = _FORM_PARTS
    if kind == FILE:
        request.max_content_length = largest(edge().settings.whatsapp_media_max_mb)
        return not request.is_json
    if kind == CSV:
        return request.mimetype == "text/csv"
    if kind != FORM or request.mimetype != "application/x-www-form-urlencoded":
        return False
    _require_text(request.get_data())
    form = {name: value for name, value in request.form.items() if name != "api_key"}
    request._cached_json = (form, form)
    return True


def require_text_in_address() -> None:
    """Refuses (`bad_encoding`) an address whose parameters are no UTF-8, before a message is made of them."""
    _require_text(request.query_string)


def _require_text(encoded: bytes) -> None:
    try:
        unquote_to_bytes(encoded.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise DomainError("bad_encoding", _("This text isn't encoded as UTF-8.")) from None


def came_in_address() -> bool:
    """Whether the key by which this request's caller is known was the one in its address."""
    return bool(g.get("key_came_in_address", False))


def given_in_address() -> str | None:
    """The key that stands in the address, on a route that looks for one there; that it came so is remembered."""
    found = request.args.get("api_key") if getattr(_view(), _IN_ADDRESS, False) else None
    g.key_came_in_address = found is not None
    return found


def given_in_body() -> str | None:
    """The key that stands in the body, on a route that looks for one there; a body that can't be read has none."""
    if request.method != "POST" or not getattr(_view(), _IN_ADDRESS, False):
        return None
    if request.mimetype == "application/x-www-form-urlencoded":
        return request.form.get("api_key")
    try:
        body = request.get_json(silent=True) if request.is_json else None
    except RecursionError:
        return None
    found = body.get("api_key") if isinstance(body, dict) else None
    return found if isinstance(found, str) else None


def parser(largest_body: int) -> type[HTTPRequestParser]:
    """How the server reads requests: a larger body where files are uploaded, from those who show a key."""

    class Parser(HTTPRequestParser):
        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            read: Any = self
            shows_key = "X_API_KEY" in read.headers or "AUTHORIZATION" in read.headers
            if read.path == UPLOADS and read.command == "POST" and shows_key:
                self.adj = copy.copy(self.adj)
                self.adj.max_request_body_size = largest_body

    return Parser
