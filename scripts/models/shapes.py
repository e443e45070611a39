"""What an OpenAI-compatible server answers, in OpenAI's shapes: completions, transcripts, vectors, lists, refusals."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SIZE, PIECE = 256, 3

Body = dict[str, Any]


def vector(text: str) -> list[float]:
    """A vector of length one: how often each piece of three letters stands in a text."""
    counted = [0.0] * SIZE
    padded = f"  {' '.join(text.casefold().split())}  "
    for start in range(len(padded) - PIECE + 1):
        counted[zlib.crc32(padded[start : start + PIECE].encode()) % SIZE] += 1
    length = math.sqrt(sum(count * count for count in counted)) or 1.0
    return [count / length for count in counted]


@dataclass(frozen=True, slots=True)
class Fault:
    """What the next request gets instead of its answer: a status with any body, after `delay` seconds."""

    status: int = 500
    body: bytes = b'{"error": {"message": "out of order"}}'
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model says: a text (or an object, where one is asked for), or calls of tools with their arguments.

    An object comes in the form that the request wants: as a forced call, or as JSON text. Arguments given as text are
    sent as they are, JSON or not. `status` other than 200 makes it a refusal with `text` as its message; `raw` is sent
    instead of everything. It comes after `delay` seconds, with `trickle` seconds between its bytes. `tokens` are those
    of prompt and completion; None counts words.
    """

    text: str | Mapping[str, Any] | None = None
    calls: tuple[tuple[str, Mapping[str, Any] | str], ...] = ()
    status: int = 200
    delay: float = 0.0
    raw: bytes | str | None = None
    trickle: float = 0.0
    tokens: tuple[int, int] | None = None


def refusal(message: str, code: str | None = None, kind: str = "invalid_request_error") -> Body:
    """A request that isn't answered, as OpenAI says it."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def completion(body: Body, reply: Reply) -> Body:
    """A chat completion that says what `reply` says, in the form that the request wants."""
    text, calls = _in_form(body, reply)
    message: Body = {"role": "assistant", "content": text, "refusal": None}
    if calls:
        message["tool_calls"] = [
            {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for number, (name, arguments) in enumerate(calls, _calls_before(body) + 1)
        ]
    prompt, completed = reply.tokens or (_count(body.get("messages")), _count(text) + _count(calls))
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls" if calls else "stop"}
    usage = {"prompt_tokens": prompt, "completion_tokens": completed, "total_tokens": prompt + completed}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": str(body.get("model")),
        "choices": [choice], "usage": usage,
    }  # fmt: skip


def forced(body: Body) -> str | None:
    """The name of the function that the request wants called, if it wants one."""
    choice = body.get("tool_choice")
    if isinstance(choice, dict):
        return str(choice.get("function", {}).get("name"))
    tools = body.get("tools") or []
    return str(tools[0]["function"]["name"]) if choice in ("required", "any") and len(tools) == 1 else None


def wanted_schema(body: Body) -> Body | None:
    """The JSON schema of the object that the request wants, as a forced call or as its text; None for free text."""
    name = forced(body)
    for tool in body.get("tools") or []:
        if tool.get("function", {}).get("name") == name:
            return dict(tool["function"].get("parameters") or {})
    wanted = body.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        return dict(wanted["json_schema"].get("schema") or {})
    return {} if wanted.get("type") == "json_object" else None


def _in_form(body: Body, reply: Reply) -> tuple[str | None, list[tuple[str, str]]]:
    calls = [(name, given if isinstance(given, str) else json.dumps(given)) for name, given in reply.calls]
    text = reply.text if isinstance(reply.text, str | None) else json.dumps(dict(reply.text), ensure_ascii=False)
    name = forced(body)
    if name is not None and not calls and text is not None and _is_object(text):
        return None, [(name, text)]
    if calls and name is None and not body.get("tools") and wanted_schema(body) is not None:
        return calls[0][1], []
    return text, calls


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _calls_before(body: Body) -> int:
    return sum(len(each.get("tool_calls") or ()) for each in body.get("messages") or () if isinstance(each, dict))


def _count(value: object) -> int:
    """Words of everything that is said in a value; a picture counts as one."""
    if isinstance(value, str):
        return len(value.split())
    if isinstance(value, Mapping):
        return sum(_count(each) for each in value.values())
    return sum(_count(each) for each in value) if isinstance(value, list | tuple) else 0


def embeddings(body: Body) -> Body:
    """The vectors of the texts of a request."""
    given = body.get("input")
    texts = [given] if isinstance(given, str) else list(given) if isinstance(given, list) else []
    data = [{"object": "embedding", "index": index, "embedding": vector(str(text))} for index, text in enumerate(texts)]
    used = sum(len(str(text).split()) for text in texts)
    usage = {"prompt_tokens": used, "total_tokens": used}
    return {"object": "list", "model": str(body.get("model")), "data": data, "usage": usage}


def model_list(names: list[str]) -> Body:
    """The models of a server."""
    data = [{"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "juragan"} for name in names]
    return {"object": "list", "data": data}


def form(content_type: str, content: bytes) -> dict[str, tuple[str | None, bytes]]:
    """The parts of a `multipart/form-data` body: name to file name and content."""
    _, _, boundary = content_type.partition("boundary=")
    parts: dict[str, tuple[str | None, bytes]] = {}
    for part in content.split(b"--" + boundary.strip('"').encode())[1:-1]:
        head, _, value = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        about = head.decode("utf-8", "replace")
        parts[_quoted(about, "; name=") or ""] = (_quoted(about, "; filename="), value.removesuffix(b"\r\n"))
    return parts


def _quoted(head: str, before: str) -> str | None:
    _, found, rest = head.partition(f'{before}"')
    return rest.partition('"')[0] if found else None
