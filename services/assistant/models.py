"""The models of an installation, behind any OpenAI-compatible server: the one seam to the outside.

Called while no transaction is open. Everything that can go wrong comes out as `ModelError`, with what it is.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pydantic import SecretStr

from services.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from openai import OpenAI

# Servers want a key even where they check none.
_NO_KEY = SecretStr("none")

Trouble = Literal["down", "slow", "limited", "key", "unknown_model", "refused", "nonsense"]


class ModelError(Exception):
    """A model gave nothing that can be used. `trouble` says why; `key`, `unknown_model` are the operator's to mend."""

    def __init__(self, trouble: Trouble, message: str) -> None:
        super().__init__(f"{trouble}: {message}"[:300])
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one call took."""

    model: str
    prompt: int = 0
    completion: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a model to look at."""

    content: bytes
    mime: str

    @property
    def url(self) -> str:
        """The picture as an address that carries it."""
        return f"data:{self.mime};base64,{base64.b64encode(self.content).decode()}"


@dataclass
class Models:
    """The clients of the settings' models; libraries load with the first use.

    `failing` is how many of the next calls fail without being made, for who plays with faults.
    """

    settings: Settings
    failing: int = 0
    _chats: dict[tuple[object, ...], BaseChatModel] = field(default_factory=dict)

    @staticmethod
    def from_settings(settings: Settings) -> Models | None:
        """The models that the settings name; None when they name no server."""
        return Models(settings) if settings.uses_models else None

    def chat(self, model: str, *, temperature: float | None = None, timeout: float = 10.0) -> BaseChatModel:
        """A chat model of langchain, whose requests take at most `timeout` seconds."""
        from langchain_openai import ChatOpenAI

        settings, key = self.settings, (model, temperature, timeout)
        if key not in self._chats:
            self._chats[key] = ChatOpenAI(
                model=model, api_key=settings.openai_api_key or _NO_KEY, base_url=settings.openai_base_url,
                temperature=temperature, timeout=timeout, max_retries=0,
            )  # fmt: skip
        return self._chats[key]

    def structured(
        self, schema: Mapping[str, Any], system: str, text: str, *, pictures: Sequence[Picture] = (),
        model: str | None = None, timeout: float = 10.0,
    ) -> tuple[dict[str, Any], Tokens]:  # fmt: skip
        """What a model makes of a text or pictures, as an object of a JSON schema (with `title` and `description`).

        What it returns isn't trusted: callers check each value. Raises `ModelError`.
        """
        raise NotImplementedError

    def transcribe(
        self, content: bytes, name: str, *, language: str | None = None, timeout: float = 30.0
    ) -> tuple[str, Tokens]:
        """The words that are spoken in a recording (ogg, mp3, m4a, wav); empty for silence. Raises `ModelError`."""
        raise NotImplementedError

    def _client(self, timeout: float) -> OpenAI:
        from openai import OpenAI

        key = self.settings.openai_api_key or _NO_KEY
        return OpenAI(
            api_key=key.get_secret_value(), base_url=self.settings.openai_base_url, timeout=timeout, max_retries=0
        )
