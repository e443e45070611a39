"""Lists: pages, and the order in which a caller wants them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from admin_api.shapes import Line, Page
from services.errors import DomainError
from services.i18n import _


class Listing(Page):
    """Which page of a list, and in what order: `sort=name` or `sort=-createdAt`, several separated by commas."""

    sort: Annotated[Line | None, Field(description="Fields to sort by; with - before one the other way round.")] = None


Sortable = Mapping[str, InstrumentedAttribute[Any] | ColumnElement[Any]]


def order(columns: Sortable, sort: str | None, default: str) -> list[ColumnElement[Any]]:
    """The order for a statement; `columns` are those that may be sorted by. Raises `DomainError` `bad_sort`."""
    words = [word.strip() for word in (sort or default).split(",")]
    wrong = next((word for word in words if word.removeprefix("-") not in columns), None)
    if wrong is not None:
        text = _("This list can't be sorted by “{word}”, only by: {known}", word=wrong, known=", ".join(columns))
        raise DomainError("bad_sort", text, value=wrong, known=list(columns))
    return [
        columns[word[1:]].desc().nulls_last() if word.startswith("-") else columns[word].asc().nulls_last()
        for word in words
    ]
