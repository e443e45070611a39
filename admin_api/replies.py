"""What every answer looks like: success with data, lists with their pages, failures with a code and a text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from flask import Response, current_app, g, request

from admin_api.shapes import Answer, Paged, Pages, Shape
from services.i18n import SOURCE_LANGUAGE, Renderable, languages

JSON = "application/json"


def locale() -> str:
    """The reader's language, as they ask for it in `Accept-Language`."""
    spoken = {language.replace("_", "-"): language for language in languages()}
    return spoken[request.accept_languages.best_match(spoken, default=SOURCE_LANGUAGE)]


def ok(data: Shape, status: int = 200) -> Response:
    """A success."""
    return made(Answer[Shape](data=data).model_dump_json(by_alias=True, serialize_as_any=True), status)


def paged(rows: Sequence[Shape], total: int, page: int, per_page: int) -> Response:
    """One page of a list."""
    pages = Pages(page=page, per_page=per_page, total=total, pages=math.ceil(total / per_page))
    answer = Paged[Shape](data=list(rows), pagination=pages)
    return made(answer.model_dump_json(by_alias=True, serialize_as_any=True), 200)


def failure(
    status: int, code: str, text: Renderable, details: Mapping[str, object], more: Mapping[str, object] | None = None
) -> Response:
    """A failure, in the reader's language; `more` stands beside it."""
    error = {"code": code, "message": text.render(locale()), "details": dict(details)}
    body = {"success": False, "error": error, "request_id": g.get("request_id", ""), **(more or {})}
    return made(json.dumps(body, default=str), status)


def made(body: str, status: int, mimetype: str = JSON) -> Response:
    """An answer of this text; none is kept by anybody on the way."""
    response = current_app.response_class(body, status=status, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-store"
    return response
