"""A model that answers customers: what it is told, what becomes of what it says, and all that it may do wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from scripts.model_server import Fault, ModelServer, Reply
from services.assistant import agent, prompts, wording
from services.assistant.briefs import Brief, Written
from services.assistant.models import Models
from services.assistant.tools import Told, Tool
from services.clock import VirtualClock
from services.db.engine import Database, Tx
from services.db.models import Tenant
from services.settings import load_settings
from services.tenants.tenants import NewTenant, register
from tests.assistant.sources import CEMENT, HOURS, RULES
from tests.conftest import START, Server


@dataclass
class Shop:
    """A tenant that may use models, and a stranger beside it."""

    db: Database
    tenant_id: int
    stranger_id: int


@pytest.fixture(scope="module")
def shop(server: Server) -> Iterator[Shop]:
    """Shared by the tests: an answer leaves nothing but its price."""
    with server.fresh() as url:
        db = Database(server.engine(url.database, 4), VirtualClock(START))
        tenant_id, stranger_id = (
            register(db, NewTenant(name, phone, plan="enterprise")).tenant_id
            for name, phone in (("Toko Maju", "6281100000001"), ("Orang Lain", "6281100000002"))
        )
        yield Shop(db, tenant_id, stranger_id)
        db.close()


def models_of(model: ModelServer, **more: str) -> Models:
    given = {"OPENAI_BASE_URL": model.url, "CHAT_MODEL": "first", **more}
    made = Models.from_settings(load_settings(given))
    assert made is not None
    made.pause = 0.0
    return made


def own_name(tx: Tx, arguments: Mapping[str, Any]) -> Told:
    """A tool that looks at all tenants, and so at its own."""
    names = ", ".join(tx.scalars(select(Tenant.name).order_by(Tenant.id)))
    return Told(f"{names}; asked for {arguments['query']}", (HOURS,))


TOOLS = (
    Tool("search", "Looks something up.", own_name, {"query": "What for."}),
    Tool(
        "ask_person", "Asks a person.", lambda _tx, given: Told("Passed on.", asks_person=given["why"]), {"why": "Why."}
    ),
)
BRIEF = Brief("berapa harga semen?", RULES, TOOLS, sources=(CEMENT, HOURS))


@dataclass
class Asking:
    """Has a model answer."""

    shop: Shop
    model: ModelServer

    def __call__(
        self, *replies: Reply, brief: Brief = BRIEF, check: agent.Check | None = None, seconds: float = 10,
        **settings: str,
    ) -> Written:  # fmt: skip
        self.model.replies += replies
        models = models_of(self.model, **settings)
        return agent.answer(self.shop.db, models, self.shop.tenant_id, brief, check, seconds=seconds)

    @property
    def told(self) -> list[dict[str, Any]]:
        """The messages of the last request."""
        messages: list[dict[str, Any]] = self.model.requests[-1]["messages"]
        return messages


@pytest.fixture
def ask(shop: Shop, model: ModelServer) -> Asking:
    return Asking(shop, model)


def test_a_model_answers_with_what_was_found(ask: Asking) -> None:
    written = ask(Reply("Harganya **Rp 65.000** per sak, kak [1].", tokens=(30, 12)))
    assert (written.text, written.problem) == ("Harganya *Rp 65.000* per sak, kak.", None)
    assert written.sources == (CEMENT,)
    spent = written.spent
    assert (spent.model, spent.prompt_tokens, spent.completion_tokens) == ("first", 30, 12)
    assert isinstance(spent.credits, Decimal)
    [request] = ask.model.requests
    assert [each["role"] for each in request["messages"]] == ["system", "user"]
    assert request["messages"][-1]["content"] == "berapa harga semen?"
    assert request["max_completion_tokens"] == agent.MOST_TOKENS
    assert "temperature" not in request
    assert [each["function"]["name"] for each in request["tools"]] == ["search", "ask_person"]


def test_model_and_temperature_are_the_bots(ask: Asking) -> None:
    ask(Reply("Halo."), brief=replace(BRIEF, model="own", temperature=Decimal("0.3")))
    assert (ask.model.requests[0]["model"], ask.model.requests[0]["temperature"]) == ("own", 0.3)


def test_a_tool_tells_of_its_own_tenant_only(ask: Asking) -> None:
    written = ask(Reply(calls=(("search", {"query": "x" * 900}),)), Reply("Buka jam 8 pagi."))
    assert written.given == (f"Toko Maju; asked for {'x' * 300}",)
    assert ask.told[-1]["role"] == "tool"
    assert ask.told[-1]["content"] == written.given[0]
    assert written.sources == (HOURS,)


def test_two_tools_in_one_step_are_both_answered(ask: Asking) -> None:
    calls = (("search", {"query": "semen"}), ("ask_person", {"why": "price of a truck"}))
    written = ask(Reply(calls=calls), Reply("Saya tanyakan ya."))
    assert written.asks_person == "price of a truck"
    assert [each["role"] for each in ask.told[-3:]] == ["assistant", "tool", "tool"]
    assert len({each["tool_call_id"] for each in ask.told[-2:]}) == 2


def test_who_only_asks_for_a_person_needs_no_words(ask: Asking) -> None:
    written = ask(Reply(calls=(("ask_person", {"why": "a refund"}),)), Reply(""))
    assert (written.text, written.problem, written.asks_person) == (None, None, "a refund")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("delete_everything", {"query": "x"}), "There is no such tool. There are only: search, ask_person."),
        (("search", {}), "Toko Maju; asked for"),
        (("search", {"query": None}), "Toko Maju; asked for"),
        (("search", {"query": ["a", 1], "tenant_id": 2}), 'Toko Maju; asked for ["a", 1]'),
        (("search", {"query": "a\x00\ud800b"}), "Toko Maju; asked for ab"),
    ],
)
def test_odd_calls_are_answered_and_harm_nobody(ask: Asking, call: tuple[str, Any], told: str) -> None:
    assert ask(Reply(calls=(call,)), Reply("Halo.")).text == "Halo."
    assert ask.told[-1]["content"] == told


def test_arguments_that_cannot_be_read_are_given_back(ask: Asking) -> None:
    assert ask(Reply(calls=(("search", "{oops"),)), Reply("Halo.")).text == "Halo."


def breaks(_tx: Tx, _arguments: Mapping[str, Any]) -> Told:
    raise RuntimeError("secret detail")


def writes(tx: Tx, _arguments: Mapping[str, Any]) -> Told:
    tx.execute(text("update tenants set name = 'mine now'"))
    return Told("Done.")


@pytest.mark.parametrize("run", [breaks, writes])
def test_a_tool_that_fails_or_writes_is_an_error_to_the_model_only(
    ask: Asking, run: Callable[[Tx, Mapping[str, Any]], Told]
) -> None:
    brief = replace(BRIEF, tools=(Tool("search", "Looks something up.", run),))
    with capture_logs() as logs:
        written = ask(Reply(calls=(("search", {}),)), Reply("Maaf, saya belum tahu."), brief=brief)
    assert [(each["event"], each["tool"]) for each in logs] == [("a tool failed", "search")]
    assert (written.text, written.given) == ("Maaf, saya belum tahu.", ())
    assert ask.told[-1]["content"] == "That can't be looked up at the moment. Answer without it."
    with ask.shop.db.tenant(ask.shop.tenant_id) as tx:
        assert tx.scalars(select(Tenant.name)).all() == ["Toko Maju"]


CALL = Reply(calls=(("search", {"query": "semen"}),))


def test_a_loop_ends_with_the_steps(ask: Asking) -> None:
    written = ask(*[CALL] * 9, ANSWER_STEPS="4")
    assert (written.text, written.problem) == (None, "failed")
    assert len(ask.model.requests) == 4
    assert [each.get("tool_choice") for each in ask.model.requests] == [None, None, None, "none"]


def test_in_the_last_step_words_count_and_calls_do_not(ask: Asking) -> None:
    written = ask(CALL, Reply("Harganya Rp 65.000.", calls=CALL.calls), ANSWER_STEPS="2")
    assert written.text == "Harganya Rp 65.000."


def test_a_hundred_calls_at_once_are_a_few(ask: Asking) -> None:
    ask(Reply(calls=CALL.calls * 100), Reply("Halo."))
    assert sum(each["role"] == "tool" for each in ask.told) == agent.MOST_AT_ONCE


FAILING: dict[str, tuple[list[Reply], dict[str, str]]] = {
    "down": ([Reply("out", status=500)] * 9, {}),
    "limited": ([Reply("later", status=429)] * 9, {}),
    "wrong key": ([Reply("no", status=401)], {}),
    "unknown model": ([Reply("no", status=404)], {}),
    "nonsense": ([Reply(raw="{}")], {}),
    "no JSON": ([Reply(raw="<html>")], {}),
    "arguments that are none": ([Reply(calls=(("search", "[1, 2]"),))], {}),
    "down after a step": ([CALL, *[Reply("out", status=500)] * 9], {}),
    "both models down": ([Reply("out", status=500)] * 9, {"FALLBACK_MODEL": "second"}),
}


@pytest.mark.parametrize(("replies", "settings"), FAILING.values(), ids=FAILING.keys())
def test_a_server_that_fails_is_a_problem_and_no_error(
    ask: Asking, replies: Sequence[Reply], settings: dict[str, str]
) -> None:
    written = ask(*replies, **settings)
    assert (written.text, written.problem) == (None, "failed")


@pytest.mark.parametrize("reply", [Reply("late", delay=30), Reply("drop by drop", trickle=0.02)])
def test_no_answer_takes_longer_than_it_may(ask: Asking, reply: Reply) -> None:
    assert ask(reply, seconds=0.4).problem == "failed"


def test_without_time_nothing_is_asked(ask: Asking) -> None:
    assert ask(seconds=0).problem == "failed"
    assert ask.model.requests == []


def called(**changed: object) -> dict[str, object]:
    function = {"name": "search", "arguments": "{}"}
    call = {"id": "c", "type": "function", "function": function, **changed}
    return {"role": "assistant", "tool_calls": [call, call]}


ODD: tuple[object, ...] = (
    {"role": "assistant", "content": 5}, {"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
    {"role": "assistant", "content": None, "refusal": "no"}, {"role": "assistant", "content": "\x00"},
    {"role": "assistant", "content": "x", "tool_calls": "y"}, {"role": "assistant", "tool_calls": [{}]},
    {"role": "user", "content": "x"}, {"content": "x"}, None, called(), called(id=None), called(id=5),
    called(function=None), called(function={"name": None, "arguments": "{}"}),
    called(function={"name": "x" * 5000, "arguments": "{}"}), called(function={"name": "\ud800", "arguments": "{}"}),
    called(function={"name": "search", "arguments": "[" * 5000}), called(function={"name": "search"}),
    called(function={"name": "search", "arguments": '{"query":' * 900 + "1" + "}" * 900}), called(type="custom"),
)  # fmt: skip


def test_no_message_however_odd_is_an_error(ask: Asking) -> None:
    problems = set()
    for message in ODD:
        ask.model.replies.clear()
        problems.add(ask(Reply(raw=json.dumps({"choices": [{"message": message}]})), Reply("Halo.")).problem)
    assert problems == {None, "failed"}


def test_what_passes_is_bridged(ask: Asking) -> None:
    assert ask(Reply("later", status=429), CALL, Reply("out", status=503), Reply("Halo.")).text == "Halo."


def test_the_other_model_answers_and_goes_on(ask: Asking) -> None:
    written = ask(*[Reply("out", status=500)] * 2, CALL, Reply("Halo."), FALLBACK_MODEL="second")
    assert (written.text, written.spent.model) == ("Halo.", "second")
    assert [each["model"] for each in ask.model.requests] == ["first", "first", "second", "second"]


def test_an_empty_answer_is_asked_for_again(ask: Asking) -> None:
    assert ask(Reply(" \n"), Reply("Halo.")).text == "Halo."
    assert ask(Reply(""), Reply("<think>nothing to say</think>")).problem == "empty"
    assert len(ask.model.requests) == 4


def test_an_endless_answer_is_cut_at_a_sentence(ask: Asking) -> None:
    written = ask(Reply("Ini satu kalimat. " * 1200))
    assert written.text is not None
    assert 1000 < len(written.text) <= wording.MOST
    assert written.text.endswith("kalimat.")


def test_a_usage_that_nobody_counted_is_estimated(ask: Asking) -> None:
    raw = '{"choices": [{"index": 0, "message": {"role": "assistant", "content": "Halo."}}]}'
    spent = ask(Reply(raw=raw)).spent
    assert spent.prompt_tokens > 300
    assert spent.completion_tokens > 0


def nobody_gave(answer: str, given: Sequence[str]) -> Sequence[str]:
    return [word for word in answer.split() if word.isdigit() and not any(word in each for each in given)]


def test_figures_that_nobody_gave_are_asked_for_again(ask: Asking) -> None:
    written = ask(Reply("Harganya 70 ribu."), Reply("Harganya Rp 65.000."), check=nobody_gave)
    assert written.text == "Harganya Rp 65.000."
    assert "nobody gave you 70" in ask.told[-1]["content"]
    assert ask(Reply("Cuma 70 ribu."), Reply("Jadi 71 ribu."), check=nobody_gave).problem == "ungrounded"


def test_who_gives_the_rules_away_says_nothing(ask: Asking) -> None:
    leaked = " ".join(prompts.FIXED.split()[20:50])
    written = ask(Reply(f"Tentu! Aturan saya: {leaked.upper()}"))
    assert (written.text, written.problem) == (None, "ungrounded")


def test_twenty_at_once_get_each_their_own(ask: Asking) -> None:
    def echo(body: dict[str, Any]) -> Reply:
        return Reply(str(body["messages"][-1]["content"]), delay=0.05)

    ask.model.brain = echo
    models = models_of(ask.model)
    briefs = [replace(BRIEF, question=f"pertanyaan {number}") for number in range(20)]

    def answered(brief: Brief) -> str | None:
        return agent.answer(ask.shop.db, models, ask.shop.tenant_id, brief, seconds=30).text

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(answered, briefs)) == [brief.question for brief in briefs]
    assert ask.model.most_at_once > 3


def test_a_fault_that_was_asked_for_fails_once(ask: Asking) -> None:
    models = models_of(ask.model, FALLBACK_MODEL="second")
    models.failing = 1
    answers = [agent.answer(ask.shop.db, models, ask.shop.tenant_id, BRIEF, seconds=10).problem for _ in range(2)]
    assert answers == ["failed", None]


def test_without_credits_nothing_is_asked(ask: Asking) -> None:
    with ask.shop.db.system() as tx:
        tx.get_one(Tenant, ask.shop.stranger_id).limits = {"ai_credits": 0}
        tx.flush()
    written = agent.answer(ask.shop.db, models_of(ask.model), ask.shop.stranger_id, BRIEF)
    assert written.problem == "credits"
    assert ask.model.requests == []


def test_faults_of_the_server_leave_nothing_behind(ask: Asking) -> None:
    ask.model.faults += [Fault(200, b"")]
    assert ask().problem == "failed"
    assert ask(Reply("Halo.")).text == "Halo."
