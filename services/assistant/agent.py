"""A model answers a customer: with what was found, with tools that look up more, within limits of steps and time.

langchain's agent runs the loop; its graph is built once for each set of tools, and knows no tenant. What belongs to an
answer, its tenant above all, is a `_Run` that goes with the invocation: it asks the models, and it uses the tools.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import text as sql

from services.assistant import prompts, wording
from services.assistant.briefs import Brief, Problem, Written, as_given
from services.assistant.models import ModelError, Models, text_of, tokens_of
from services.assistant.paying import Bill, CreditsUsedUpError, paid
from services.assistant.records import Spent
from services.assistant.retrieval import Found
from services.assistant.tools import Tool
from services.db.engine import Database

if TYPE_CHECKING:
    from langchain.agents.middleware import ModelRequest, ModelResponse
    from langchain_core.messages import AIMessage

log = structlog.get_logger(__name__)

# Tokens of one reply; tools in one step, and altogether; characters of an argument, and of what a tool tells.
MOST_TOKENS, MOST_AT_ONCE, MOST_TOOLS, MOST_ARGUMENT, MOST_TOLD = 600, 4, 12, 300, 6_000
# Seconds that a second try needs at least.
_ANOTHER_TRY = 1.0
_MOST_ARGUMENTS = 10

# Gives the figures of an answer that none of the given texts holds.
Check = Callable[[str, Sequence[str]], Sequence[str]]

_EMPTY = "(A note of the system, not of the customer: your answer was empty. Answer the customer's last message now.)"
_UNGROUNDED = (
    "(A note of the system, not of the customer: nobody gave you {figures}. Write the answer again with only what the"
    " sources and tools give, word for word; what they don't give, say that you don't know. Don't mention this note.)"
)


def answer(
    db: Database, models: Models, tenant_id: int, brief: Brief, check: Check | None = None,
    *, seconds: float | None = None,
) -> Written:  # fmt: skip
    """What the model answers, or why there is nothing to send; called while no transaction is open.

    `seconds` are those that are left of the time for an answer, all of it if None. Whatever a model or its server
    does, it comes out as `Written.problem`; only the database's own outages are raised.
    """
    began = monotonic()
    ends = began + (models.settings.answer_timeout if seconds is None else seconds)
    bill, written = Bill("chat"), Written(problem="failed")
    try:
        with paid(db, tenant_id, "chat", chatbot_id=brief.chatbot_id, message_id=brief.message_id) as bill:
            run = _Run(db, models, tenant_id, brief, bill, ends)
            written = run.written(check)
    except CreditsUsedUpError:
        written = Written(problem="credits")
    except ModelError as error:
        log.warning("a model gave no answer", tenant=tenant_id, error=str(error))
    return _with(written, bill, round((monotonic() - began) * 1000))


def _with(written: Written, bill: Bill, took: int) -> Written:
    spent = Spent(took, bill.model, bill.prompt_tokens, bill.completion_tokens, bill.credits)
    return Written(
        written.text, written.problem, written.asks_person, written.sources, written.given, spent
    )  # fmt: skip


@dataclass
class _Run:
    """One answer while it is made: whose it is, what is left of time and steps, and what tools told."""

    db: Database
    models: Models
    tenant_id: int
    brief: Brief
    bill: Bill
    ends: float
    given: list[str] = field(default_factory=list)
    sources: list[Found] = field(default_factory=list)
    asks_person: str | None = None
    steps_left: int = 0
    tools_left: int = MOST_TOOLS
    model: str = ""

    def __post_init__(self) -> None:
        self.steps_left = self.models.settings.answer_steps
        self.model = self.brief.model or self.models.settings.chat_model

    def written(self, check: Check | None) -> Written:
        """The answer, or the problem with it, after a second try where that may help."""
        said: list[Any] = [{"role": line.role, "content": line.text} for line in prompts.messages(self.brief)]
        draft, note, problem = self._draft(said, check)
        if note and self.steps_left > 0 and self.ends - monotonic() > _ANOTHER_TRY:
            said.append({"role": "user", "content": note})
            draft, _, problem = self._draft(said, check)
        text, cited = draft
        if not text and self.asks_person is not None:
            return Written(asks_person=self.asks_person, given=tuple(self.given))
        if problem is not None:
            return Written(problem=problem, asks_person=self.asks_person, given=tuple(self.given))
        rests = wording.rests_on(text, cited, self.brief.sources, self.sources)
        return Written(text, None, self.asks_person, rests, tuple(self.given))

    def _draft(
        self, said: list[Any], check: Check | None
    ) -> tuple[tuple[str, tuple[int, ...]], str | None, Problem | None]:
        """What the model says now, added to `said`; what to tell it about that, and what the problem is."""
        said[:] = self._invoke(said)
        text, cited = wording.without_citations(wording.plain(text_of(said[-1])))
        draft = wording.cut(text), cited
        if not text:
            said.pop()
            note = _EMPTY if self.asks_person is None else None
            return draft, note, "empty" if self.steps_left > 0 else "failed"
        if wording.repeats(text, prompts.FIXED):
            log.warning("a model gave its rules away", tenant=self.tenant_id)
            return draft, None, "ungrounded"
        wrong = check(draft[0], as_given(self.brief, self.given)) if check else ()
        if wrong:
            log.info("a model said what nobody gave it", tenant=self.tenant_id, figures=len(wrong))
            return draft, _UNGROUNDED.format(figures=", ".join(wrong)[:200]), "ungrounded"
        return draft, None, None

    def _invoke(self, said: list[Any]) -> list[Any]:
        shapes = tuple((tool.name, tool.description, tuple(tool.arguments.items())) for tool in self.brief.tools)
        config = {"max_concurrency": 1, "recursion_limit": 4 * self.models.settings.answer_steps + 10}
        try:
            messages: list[Any] = _graph(shapes).invoke({"messages": said}, config, context=self)["messages"]
        except ModelError:
            raise
        except Exception as error:
            raise ModelError("nonsense", f"the loop can't go on: {error!r}") from error
        return messages

    def step(self, request: ModelRequest[Any], ask: Callable[[Any], ModelResponse[Any]]) -> AIMessage:
        """Asks the model once; in the last step it can't call tools any more."""
        self.steps_left -= 1
        is_last = self.steps_left <= 0 or not self.brief.tools
        temperature = None if self.brief.temperature is None else float(self.brief.temperature)
        sent = sum(len(str(message.content)) for message in request.messages)

        def call(model: str, seconds: float) -> AIMessage:
            chosen = request.override(
                model=self.models.chat(model, temperature=temperature, most_tokens=MOST_TOKENS),
                model_settings={"timeout": seconds},
                tool_choice="none" if is_last and self.brief.tools else None,
            )
            message: Any = ask(chosen).result[0]
            self.bill.add(tokens_of(message, model, sent))
            self.model = model
            return _without_calls(message) if is_last else _repeatable(message)

        return self.models.attempt(call, self.model, self.ends - monotonic())

    def use(self, name: str, arguments: Mapping[str, Any]) -> str:
        """What a tool tells the model: of its own tenant, or what went wrong."""
        tool = next((each for each in self.brief.tools if each.name == name), None)
        if tool is None:
            names = ", ".join(each.name for each in self.brief.tools)
            return f"There is no such tool. There are only: {names}."
        self.tools_left -= 1
        if self.tools_left < 0 or self.ends <= monotonic():
            return "Nothing more can be looked up now. Answer with what you have."
        return self._run(tool, {key: str(arguments.get(key, "")) for key in tool.arguments})

    def _run(self, tool: Tool, arguments: Mapping[str, str]) -> str:
        try:
            with self.db.tenant(self.tenant_id) as tx:
                tx.execute(sql("set transaction read only"))
                told = tool.run(tx, arguments)
        except Exception:
            log.exception("a tool failed", tenant=self.tenant_id, tool=tool.name)
            return "That can't be looked up at the moment. Answer without it."
        self.given.append(told.text)
        self.sources.extend(told.sources)
        self.asks_person = told.asks_person or self.asks_person
        return prompts.harmless(told.text, MOST_TOLD) or "(nothing)"


def _argument(value: object) -> str:
    written = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return "".join(char for char in written[:MOST_ARGUMENT] if char.isprintable() or char == "\n").strip()


def _without_calls(message: AIMessage) -> AIMessage:
    return message.model_copy(update={"tool_calls": [], "invalid_tool_calls": []})


def _repeatable(message: AIMessage) -> AIMessage:
    """A message that can be sent back: few calls of tools with short texts, and with ids, which servers forget."""
    calls = [
        {
            **call,
            "id": f"{message.id or 'call'}-{number}",
            "name": _argument(call["name"]),
            "args": _arguments(call["args"]),
        }
        for number, call in enumerate(message.tool_calls[:MOST_AT_ONCE])
    ]
    return message.model_copy(update={"tool_calls": calls, "content": text_of(message)})


def _arguments(given: Mapping[str, object]) -> dict[str, str]:
    return {_argument(name): _argument(given[name]) for name in list(given)[:_MOST_ARGUMENTS]}


Shape = tuple[str, str, tuple[tuple[str, str], ...]]


@lru_cache(maxsize=64)
def _graph(shapes: tuple[Shape, ...]) -> Any:
    """langchain's agent with tools of these names, descriptions and arguments; whose they are comes with each run."""
    from langchain.agents import create_agent
    from langchain.agents.middleware import AgentMiddleware
    from langchain_core.language_models import FakeListChatModel
    from langchain_core.messages import ToolMessage
    from langchain_core.tools import StructuredTool

    class Limits(AgentMiddleware):
        """Has the run ask the models and use the tools."""

        def wrap_model_call(self, request: Any, handler: Any) -> Any:
            return request.runtime.context.step(request, handler)

        def wrap_tool_call(self, request: Any, handler: Any) -> Any:
            del handler
            call, run = request.tool_call, request.runtime.context
            return ToolMessage(run.use(call["name"], call["args"]), tool_call_id=call["id"], name=call["name"])

    def never(**_arguments: object) -> str:
        raise AssertionError("a tool is used by the run")

    tools = [
        StructuredTool(name=name, description=description, args_schema=_schema(arguments), func=never)
        for name, description, arguments in shapes
    ]
    # The model of a run takes the place of this one, which says nothing.
    return create_agent(FakeListChatModel(responses=[]), tools, middleware=[Limits()])


def _schema(arguments: Sequence[tuple[str, str]]) -> dict[str, Any]:
    properties = {name: {"type": "string", "description": description} for name, description in arguments}
    return {"type": "object", "properties": properties, "required": [name for name, _ in arguments]}
