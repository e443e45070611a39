"""Families of routes that describe themselves: each declares what it answers, and every failure looks the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel

from admin_api.access import access_of

View = TypeVar("View", bound=Callable[..., Response])
SECURITY, BEARER = "apiKey", "bearer"
SAME_AS = "x-same-as"


class Family:
    """Routes with a common beginning and a heading in the documents."""

    def __init__(self, name: str, heading: str, about: str, prefix: str = "") -> None:
        self.declared: dict[Callable[..., Response], tuple[str, str, dict[int, Any]]] = {}
        self.prefix = prefix
        self._name, self._tag = name, Tag(name=heading, description=about)
        self._routes: list[tuple[str, str, Callable[..., Response], dict[str, Any]]] = []
        self.blueprint = self._made(doc_ui=False)

    def _made(self, *, doc_ui: bool) -> APIBlueprint:
        return APIBlueprint(
            self._name, __name__, url_prefix=self.prefix or None, abp_tags=[self._tag], doc_ui=doc_ui,
            operation_id_callback=_operation_id,
        )  # fmt: skip

    def described(self) -> APIBlueprint:
        """The same routes with their descriptions, which take a while to be made and are seldom asked for."""
        blueprint = self._made(doc_ui=True)
        for method, rule, view, options in self._routes:
            getattr(blueprint, method)(rule, **options)(view)
        return blueprint

    def get(
        self, rule: str, answer: type[BaseModel] | dict[str, Any], *, also: dict[int, Any] | None = None
    ) -> Callable[[View], View]:
        """A route that only looks. `also` are other successes by their status."""
        return self._declared("get", rule, {200: answer, **(also or {})})

    def post(
        self, rule: str, answer: type[BaseModel], status: int = 200, *, also: dict[int, Any] | None = None
    ) -> Callable[[View], View]:
        """A route that changes something."""
        return self._declared("post", rule, {status: answer, **(also or {})})

    def put(self, rule: str, answer: type[BaseModel]) -> Callable[[View], View]:
        """A route that puts something in the place of what is there."""
        return self._declared("put", rule, {200: answer})

    def patch(self, rule: str, answer: type[BaseModel]) -> Callable[[View], View]:
        """A route that changes some fields."""
        return self._declared("patch", rule, {200: answer})

    def delete(self, rule: str, answer: type[BaseModel]) -> Callable[[View], View]:
        """A route that takes something away."""
        return self._declared("delete", rule, {200: answer})

    def _declared(self, method: str, rule: str, answers: dict[int, Any]) -> Callable[[View], View]:
        def declare(view: View) -> View:
            self.declared[view] = (method, rule, answers)
            return self._register(method, rule, answers, view, {})

        return declare

    def also_at(self, method: str, rule: str, of: Family, view: Callable[..., Response]) -> None:
        """Serves a view of another family at one more address, as another system has called it."""
        first_method, first_rule, answers = of.declared[view]
        name = f"{method}_{_WORD.sub('_', rule).strip('_')}"
        first_path = of.prefix + _PARAMETER.sub(r"{\1}", first_rule)
        about = f"The same as `{first_method.upper()} {first_path}`."
        self._register(
            method, rule, answers, view,
            {"endpoint": name, "operation_id": name, "description": about, "summary": about,
             "openapi_extensions": {SAME_AS: view.__name__}},
        )  # fmt: skip

    def _register(self, method: str, rule: str, answers: dict[int, Any], view: View, more: dict[str, Any]) -> View:
        access = access_of(view)
        if access is None:
            raise TypeError(f"{method} {rule}: nothing says who may call it")
        told = more.pop("description", None) or " ".join((view.__doc__ or "").split())
        security: list[dict[str, list[Any]]] = [] if access.role is None else [{SECURITY: []}, {BEARER: []}]
        options = {"responses": answers, "security": security, "description": f"{told} {access.words}", **more}
        self._routes.append((method, rule, view, options))
        declare: Callable[..., Callable[[View], View]] = getattr(self.blueprint, method)
        return declare(rule, **options)(view)


_WORD, _PARAMETER = re.compile(r"[^a-zA-Z0-9]+"), re.compile(r"<(?:\w+:)?(\w+)>")


def _operation_id(*, name: str, path: str, method: str) -> str:
    return name
