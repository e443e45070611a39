"""Lists: pages, and the order in which a caller wants them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AliasChoices, Field
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from admin_api.shapes import LONGEST_PAGE, Line, Shape
from services.errors import DomainError
from services.i18n import _


class Listing(Shape):
    """Which page of a list, and in what order: `sort=name` or `sort=-createdAt`, several separated by commas."""

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    per_page: Annotated[
        int,
        Field(
            ge=1, le=LONGEST_PAGE, alias="per_page", validation_alias=AliasChoices("per_page", "limit"),
            description="Rows of a page; `limit` means the same.",
        ),
    ] = 20  # fmt: skip
    sort: Annotated[Line | None, Field(description="Fields to sort by; with - before one the other way round.")] = None

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


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
