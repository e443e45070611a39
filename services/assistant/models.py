"""The models of an installation, behind any OpenAI-compatible server: the one seam to the outside.

Called while no transaction is open. Everything that can go wrong comes out as `ModelError`, with what it is, and never
later than the caller's time.
"""

from __future__ import annotations

import base64
import json
import math
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from pydantic import SecretStr

from services.assistant import connections
from services.assistant.connections import Breaker
from services.assistant.troubles import ModelError as ModelError
from services.assistant.troubles import Trouble as Trouble
from services.assistant.troubles import trouble_of
from services.settings import Settings

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage
    from langchain_openai import ChatOpenAI
    from openai import OpenAI

log = structlog.get_logger(__name__)

OPENAI = "https://api.openai.com/v1"
# Servers want a key even where they check none.
NO_KEY = SecretStr("none")
# What of its time a model may take where another one can be asked after it; seconds that a request needs at least.
_SHARE, _LEAST = 0.6, 0.2
_CHARACTERS_PER_TOKEN = 4
# A server that says that a call took more has miscounted.
_MOST_TOKENS = 2_000_000
_FENCE = re.compile(r"^```\w*\s*|\s*```$")

Result = TypeVar("Result")


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
    """The clients of the settings' models, for any number of threads; libraries load with the first use.

    `failing` is how many of the next calls fail without being made, for who plays with faults. After a server that is
    away or wants no more, `pause` seconds pass before it is asked once more.
    """

    settings: Settings
    failing: int = 0
    pause: float = 0.5
    breaker: Breaker = field(default_factory=Breaker)
    _chats: dict[tuple[object, ...], ChatOpenAI] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @staticmethod
    def from_settings(settings: Settings) -> Models | None:
        """The models that the settings name; None when they name no server."""
        return Models(settings) if settings.uses_models else None

    def chat(self, model: str, *, temperature: float | None = None, most_tokens: int | None = None) -> ChatOpenAI:
        """A chat model of langchain; to be called by way of `attempt`."""
        from langchain_openai import ChatOpenAI

        key = (model, temperature, most_tokens)
        with self._lock:
            if key not in self._chats:
                self._chats[key] = ChatOpenAI(
                    model=model, api_key=self._key, base_url=self._address, temperature=temperature, max_retries=0,
                    max_completion_tokens=most_tokens, use_responses_api=False, http_client=connections.http_client(),
                    openai_proxy=None, http_socket_options=(), streaming=False,
                )  # fmt: skip
            return self._chats[key]

    def attempt(
        self, call: Callable[[str, float], Result], model: str, seconds: float, *, may_fall_back: bool = True
    ) -> Result:
        """What `call` gives for the name of a model and the seconds that it may take, or for the fallback model's.

        Nothing is asked longer than `seconds` altogether. Raises `ModelError`: that of the first model.
        """
        self._play_fault()
        ends = time.monotonic() + seconds
        fallback = self.settings.fallback_model if may_fall_back else None
        if not fallback or fallback == model:
            return self._asked(call, model, ends, tries=2)
        try:
            return self._asked(call, model, ends - seconds * (1 - _SHARE), tries=2)
        except ModelError as error:
            if error.trouble == "key":
                raise
            log.warning("a model failed; asking the other one", model=model, error=str(error))
            try:
                return self._asked(call, fallback, ends, tries=1)
            except ModelError as second:
                raise error from second

    def _asked(self, call: Callable[[str, float], Result], model: str, ends: float, tries: int) -> Result:
        """What one model gives, asked again where that may help, unless it rests."""
        if time.monotonic() >= ends:
            raise ModelError("slow", "no time left")
        if not self.breaker.may_try(model):
            raise ModelError("down", f"{model} failed several times and rests")
        failed, began = False, self.breaker.ticks()
        try:
            while True:
                try:
                    return self._once(call, model, ends)
                except ModelError as error:
                    tries -= 1
                    passes = tries > 0 and error.trouble in ("down", "limited")
                    if not passes or time.monotonic() + self.pause + _LEAST > ends:
                        failed = error.trouble in ("down", "slow")
                        raise
                time.sleep(self.pause)
        finally:
            self.breaker.count(model, failed=failed, began=began)

    def _once(self, call: Callable[[str, float], Result], model: str, ends: float) -> Result:
        left = ends - time.monotonic()
        with connections.within(left) as limit:
            try:
                return call(model, left)
            except Exception as error:
                if limit.is_over and not isinstance(error, ModelError):
                    raise ModelError("slow", f"no answer within {left:.1f} s") from error
                raise self._understood(error) from error

    def _play_fault(self) -> None:
        with self._lock:
            if self.failing > 0:
                self.failing -= 1
                raise ModelError("down", "made to fail")

    def _understood(self, error: Exception) -> ModelError:
        """What went wrong, in our words; a key that a server repeats stays out of them."""
        if isinstance(error, ModelError):
            return error
        trouble = trouble_of(error)
        first: BaseException = error
        while trouble == "down" and first.__cause__ is not None and not hasattr(error, "status_code"):
            first = first.__cause__
        said = " ".join(f"{first.__class__.__name__}: {first}".split())
        return ModelError(trouble, said.replace(self._key.get_secret_value(), "…"))

    def structured(
        self, schema: Mapping[str, Any], system: str, text: str, *, pictures: Sequence[Picture] = (),
        model: str | None = None, timeout: float = 10.0,
    ) -> tuple[dict[str, Any], Tokens]:  # fmt: skip
        """What a model makes of a text or pictures, as an object of a JSON schema (with `title` and `description`).

        What it returns isn't trusted: callers check each value. Raises `ModelError`.
        """
        from langchain_core.utils.function_calling import convert_to_openai_tool

        tool = convert_to_openai_tool(dict(schema))
        name = tool["function"]["name"]
        shown = [{"type": "image_url", "image_url": {"url": each.url}} for each in pictures]
        words = [{"type": "text", "text": text}] if text else []
        content: Any = [*words, *shown] if shown else text
        messages = [{"role": "system", "content": system}, {"role": "user", "content": content}]

        def call(model: str, seconds: float) -> tuple[dict[str, Any], Tokens]:
            bound = self.chat(model, temperature=0).bind_tools([tool], tool_choice=name)
            reply = bound.invoke(messages, timeout=seconds)
            return _object(reply), tokens_of(reply, model, len(system) + len(text))

        usual = self.settings.vision_model if shown else None
        return self.attempt(call, model or usual or self.settings.chat_model, timeout)

    def write(
        self, system: str, text: str, *, model: str | None = None, most_tokens: int = 400, timeout: float = 30.0
    ) -> tuple[str, Tokens]:
        """What a model writes about a text, stripped; maybe nothing. Raises `ModelError`."""
        messages = [{"role": "system", "content": system}, {"role": "user", "content": text}]

        def call(model: str, seconds: float) -> tuple[str, Tokens]:
            reply = self.chat(model, temperature=0, most_tokens=most_tokens).invoke(messages, timeout=seconds)
            return text_of(reply), tokens_of(reply, model, len(system) + len(text))

        return self.attempt(call, model or self.settings.chat_model, timeout)

    def transcribe(
        self, content: bytes, name: str, *, language: str | None = None, timeout: float = 30.0
    ) -> tuple[str, Tokens]:
        """The words that are spoken in a recording (ogg, mp3, m4a, wav); empty for silence. Raises `ModelError`."""
        more = {"language": language} if language else {}

        def call(model: str, seconds: float) -> tuple[str, Tokens]:
            speech: Any = self._client.audio.transcriptions
            made = speech.create(model=model, file=(name, content), response_format="json", timeout=seconds, **more)
            words = made if isinstance(made, str) else getattr(made, "text", None)
            if not isinstance(words, str):
                raise ModelError("nonsense", "a transcript without text")
            return str(_storable(words)).strip(), Tokens(model)

        return self.attempt(call, self.settings.transcription_model, timeout, may_fall_back=False)

    @property
    def _key(self) -> SecretStr:
        return self.settings.openai_api_key or NO_KEY

    @property
    def _address(self) -> str:
        return self.settings.openai_base_url or OPENAI

    @cached_property
    def _client(self) -> OpenAI:
        from openai import OpenAI

        key = self._key.get_secret_value()
        return OpenAI(api_key=key, base_url=self._address, max_retries=0, http_client=connections.http_client())


def text_of(reply: AIMessage) -> str:
    """What a model wrote, stripped."""
    content = reply.content
    if isinstance(content, str):
        return str(_storable(content)).strip()
    parts = (part if isinstance(part, str) else part.get("text") for part in content)
    return str(_storable("".join(part for part in parts if isinstance(part, str)))).strip()


def tokens_of(reply: AIMessage, model: str, sent: int) -> Tokens:
    """What a call took; estimated from `sent` characters and the reply where the server doesn't count."""
    used = reply.usage_metadata
    counted = (used["input_tokens"], used["output_tokens"]) if used else (0, 0)
    if any(counted) and all(isinstance(count, int) and 0 <= count <= _MOST_TOKENS for count in counted):
        return Tokens(model, *counted)
    written = len(text_of(reply)) + len(json.dumps([call["args"] for call in reply.tool_calls]))
    return Tokens(model, sent // _CHARACTERS_PER_TOKEN + 1, written // _CHARACTERS_PER_TOKEN + 1)


def _object(reply: AIMessage) -> dict[str, Any]:
    """The object that a model gave: as the function's arguments, or written out by one that knows no functions."""
    if reply.tool_calls:
        return {str(name): _storable(value) for name, value in reply.tool_calls[0]["args"].items()}
    try:
        given = json.loads(_FENCE.sub("", text_of(reply)))
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ModelError("nonsense", f"no object, but {text_of(reply)[:100]!r}")
    return {name: _storable(value) for name, value in given.items()}


def _storable(value: Any) -> Any:
    """A value of JSON without what a database can't keep: half characters, NUL, and numbers that are none."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode(errors="ignore").decode()
    if isinstance(value, dict):
        return {_storable(name): _storable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
