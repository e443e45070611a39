"""What can go wrong with a model, in our words, whichever library says so."""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import Literal

from services.assistant.connections import OverLimitError

_NO_SUCH_MODEL = re.compile(
    r"model\W.*(not found|not exist|unknown|no such)|(unknown|no such|invalid) model", re.I | re.S
)

Trouble = Literal["down", "slow", "limited", "key", "unknown_model", "refused", "nonsense"]


class ModelError(Exception):
    """A model gave nothing that can be used. `trouble` says why; `key`, `unknown_model` are the operator's to mend."""

    def __init__(self, trouble: Trouble, message: str) -> None:
        super().__init__(f"{trouble}: {message}"[:300])
        self.trouble = trouble


def trouble_of(error: Exception) -> Trouble:
    """What an error of openai's or langchain's clients comes from."""
    import openai

    if isinstance(error, openai.APITimeoutError):
        return "slow"
    if isinstance(error, openai.APIStatusError):
        return _trouble_of_status(error.status_code, str(error))
    if isinstance(error, OverLimitError) or isinstance(error.__cause__, OverLimitError):
        return "nonsense"
    return "down" if isinstance(error, OSError | openai.APIConnectionError | _transport_error()) else "nonsense"


@cache
def _transport_error() -> type[Exception]:
    """What the HTTP client of openai raises where a reply breaks off; openai passes that on as it is."""
    from openai import DefaultHttpxClient

    module = importlib.import_module(DefaultHttpxClient.__mro__[1].__module__.partition(".")[0])
    error: type[Exception] = module.TransportError
    return error


def _trouble_of_status(status: int, said: str) -> Trouble:
    known: dict[int, Trouble] = {401: "key", 403: "key", 404: "unknown_model", 408: "slow", 429: "limited"}
    if status >= 500:
        return "down"
    unknown = status in (400, 422) and _NO_SUCH_MODEL.search(said)
    return "unknown_model" if unknown else known.get(status, "refused")
