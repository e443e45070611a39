"""Families of routes that describe themselves: each declares what it answers, and every failure looks the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel

from admin_api.shapes import Failure

View = TypeVar("View", bound=Callable[..., Response])
SECURITY = "apiKey"
_FAILURES = (400, 401, 404, 409, 413, 415, 422, 429, 500, 503)


class Family:
    """Routes with a common beginning and a heading in the documents."""

    def __init__(self, name: str, heading: str, about: str, prefix: str = "", *, is_open: bool = False) -> None:
        self.blueprint = APIBlueprint(
            name, __name__, url_prefix=prefix or None, abp_tags=[Tag(name=heading, description=about)],
            abp_security=[] if is_open else [{SECURITY: []}], operation_id_callback=_operation_id,
            abp_responses=cast(Any, dict.fromkeys(_FAILURES, Failure)),
        )  # fmt: skip

    def get(
        self, rule: str, answer: type[BaseModel] | dict[str, Any], *, also: dict[int, Any] | None = None
    ) -> Callable[[View], View]:
        """A route that only looks. `also` are other successes by their status."""
        return self._declared("get", rule, {200: answer, **(also or {})})

    def post(self, rule: str, answer: type[BaseModel], status: int = 200) -> Callable[[View], View]:
        """A route that changes something."""
        return self._declared("post", rule, {status: answer})

    def _declared(self, method: str, rule: str, answers: dict[int, Any]) -> Callable[[View], View]:
        declare: Callable[..., Callable[[View], View]] = getattr(self.blueprint, method)
        return declare(rule, responses=answers)


def _operation_id(*, name: str, path: str, method: str) -> str:
    return name
