"""The model server of tests and demonstrations, asked by the real clients; and `--demo-model`, which starts it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import openai
import psutil
import pytest
from click.testing import CliRunner
from langchain_openai import ChatOpenAI
from openai import OpenAI

from bot import demonstrating, starting
from bot.__main__ import main
from handlers.grammar.schema import schema_of
from handlers.routes import command_book
from scripts.model_server import ModelServer, Reply
from scripts.models.demo import SPOKEN
from services.settings import Settings
from tests.db.asking import eventually

TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {"query": {}}}}}
    for name in ("search_knowledge", "my_account", "ask_person")
]
SOURCES = """Rules.
<<<SOURCES
[1] Jam berapa buka?
Senin–Sabtu jam 8 sampai 17.

[2] Harga › Semen
Semen Padang Rp 63.000. Semen Tiga Roda Rp 65.000. Pasir Rp 200.000 per kubik. Batu bata Rp 900.
SOURCES>>>"""
SCHEMA = {"title": "found", "description": "d", "type": "object", "properties": {"command": {"type": "string"}}}


@pytest.fixture(scope="module")
def serving() -> Iterator[ModelServer]:
    server = ModelServer()
    yield server
    server.close()


@pytest.fixture
def model(serving: ModelServer) -> ModelServer:
    serving.reset()
    return serving


@pytest.fixture
def client(model: ModelServer) -> OpenAI:
    return OpenAI(api_key="ours", base_url=model.url, max_retries=0, timeout=5)


def chat(model: ModelServer, key: str = "ours") -> ChatOpenAI:
    return ChatOpenAI(model="demo", api_key=key, base_url=model.url, max_retries=0, timeout=5)  # type: ignore[arg-type]


def asked(client: OpenAI, *said: tuple[str, str], **more: Any) -> Any:
    messages: Any = [{"role": role, "content": text} for role, text in said]
    return client.chat.completions.create(model="demo", messages=messages, **more).choices[0].message


def test_replies_are_used_up_in_order_and_requests_kept(model: ModelServer) -> None:
    model.replies += [
        Reply("Satu"),
        lambda body: Reply(body["messages"][-1]["content"].upper()),
        Reply("", tokens=(7, 9)),
    ]
    client = chat(model)
    assert [client.invoke(text).content for text in ("a", "b", "c")] == ["Satu", "B", ""]
    assert [each["messages"][-1]["content"] for each in model.requests] == ["a", "b", "c"]
    model.replies.append(Reply("x", tokens=(7, 9)))
    used = client.invoke("d").usage_metadata
    assert used is not None
    assert (used["input_tokens"], used["output_tokens"]) == (7, 9)


def test_calls_have_ids_of_their_own_and_arguments_as_json(model: ModelServer) -> None:
    model.replies.append(
        Reply(calls=(("search_knowledge", {"query": "semen"}), ("my_account", {}), ("x", "{nonsense")))
    )
    said = chat(model).bind_tools(TOOLS).invoke("halo")
    assert isinstance(said.tool_calls, list)  # type: ignore[attr-defined]
    assert [(call["name"], call["args"]) for call in said.tool_calls] == [  # type: ignore[attr-defined]
        ("search_knowledge", {"query": "semen"}), ("my_account", {}),
    ]  # fmt: skip
    assert len({call["id"] for call in said.tool_calls}) == 2  # type: ignore[attr-defined]
    assert [call["name"] for call in said.invalid_tool_calls] == ["x"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("method", ["function_calling", "json_schema", "json_mode"])
def test_an_object_comes_in_the_form_that_is_asked_for(model: ModelServer, method: Any) -> None:
    model.replies.append(Reply({"command": "lend"}))
    assert chat(model).with_structured_output(SCHEMA, method=method).invoke("x") == {"command": "lend"}


def test_refusals_have_the_shape_of_openai(model: ModelServer, client: OpenAI) -> None:
    model.unknown_models.add("gone")
    with pytest.raises(openai.NotFoundError, match="does not exist") as missing:
        client.chat.completions.create(model="gone", messages=[{"role": "user", "content": "x"}])
    assert missing.value.code == "model_not_found"
    model.key = "theirs"
    with pytest.raises(openai.AuthenticationError) as wrong:
        client.models.list()
    assert wrong.value.code == "invalid_api_key"
    model.key = "ours"
    assert "demo" in [each.id for each in client.models.list()]
    model.replies.append(Reply("too many", status=429))
    with pytest.raises(openai.RateLimitError, match="too many"):
        asked(client, ("user", "x"))
    model.replies.append(Reply(raw=b"<html>"))
    with pytest.raises((openai.APIError, ValueError, TypeError, AttributeError)):
        asked(client, ("user", "x"))


def test_an_answer_may_drip(model: ModelServer, client: OpenAI) -> None:
    model.replies.append(Reply("Halo", trickle=0.0001))
    assert asked(client, ("user", "x")).content == "Halo"
    model.replies.append(Reply("Halo", trickle=5))
    with pytest.raises(openai.APITimeoutError):
        asked(client.with_options(timeout=0.2), ("user", "x"))


@pytest.mark.parametrize("form", ["json", "text"])
def test_recordings_become_words(model: ModelServer, client: OpenAI, form: Any) -> None:
    model.transcripts.append("Budi bayar dua ratus ribu")
    note = b"\r\n--x\r\nTRANSCRIPT?" * 3
    for recording, words in (
        (note, "Budi bayar dua ratus ribu"),
        (note, SPOKEN),
        (b"OggS\x16\x00\x00\x00TRANSCRIPT=jam berapa?more", "jam berapa?"),
    ):
        made: Any = client.audio.transcriptions.create(model="w", file=("n.ogg", recording), response_format=form)
        assert (made if isinstance(made, str) else made.text).strip() == words
        assert (model.requests[-1]["file"], model.requests[-1]["size"]) == ("n.ogg", len(recording))


def test_pictures_are_not_remembered_whole(model: ModelServer, client: OpenAI) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 100_000}}
    client.chat.completions.create(model="demo", messages=[{"role": "user", "content": [picture]}])  # type: ignore[list-item, misc]
    assert len(json.dumps(model.requests)) < 1000


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("kak bukanya jam brp?", "Senin–Sabtu jam 8 sampai 17. [1]"),
        ("what are your opening hours?", "Senin–Sabtu jam 8 sampai 17. [1]"),
        ("what is the price outside of the city?", "search_knowledge"),
        ("berapa harga semen padang?", "Semen Padang Rp 63.000. Semen Tiga Roda Rp 65.000. [2]"),
        ("hello", "Hello! What can I do for you?"),
        ("utang saya berapa ya?", "my_account"),
        ("mau bicara dengan admin", "ask_person"),
        ("jual kucing?", "search_knowledge"),
    ],
)
def test_the_demo_answers_from_sources_and_asks_where_nothing_fits(client: OpenAI, question: str, answer: str) -> None:
    said = asked(client, ("system", SOURCES), ("user", question), tools=TOOLS)
    called = [call.function.name for call in said.tool_calls or ()]
    assert (called or [said.content]) == [answer]


def test_the_demo_asks_a_person_once_nothing_was_found_and_says_so(client: OpenAI) -> None:
    messages: list[Any] = [{"role": "system", "content": SOURCES}, {"role": "user", "content": "jual kucing persia?"}]
    called = []
    for told in ("Nothing is known about that.", "Somebody will be asked."):
        said = client.chat.completions.create(model="demo", messages=messages, tools=TOOLS).choices[0].message  # type: ignore[arg-type]
        assert said.tool_calls
        called.append(said.tool_calls[0].function.name)  # type: ignore[union-attr]
        messages += [said, {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": told}]
    assert called == ["search_knowledge", "ask_person"]
    last = client.chat.completions.create(model="demo", messages=messages, tools=TOOLS).choices[0].message  # type: ignore[arg-type]
    assert last.content == "Maaf, itu belum saya ketahui. Sudah saya tanyakan, ya."


@pytest.mark.parametrize(
    ("sentence", "meant"),
    [
        ("tadi Budi minjem gocap", {"command": "lend", "name": "Budi", "amount": "50000"}),
        ("Sara took 200 till next week", {"command": "lend", "name": "Sara", "amount": "200", "due": "2025-02-20"}),
        ("kemarin Pak Hendra nyetor 1,5 juta", {"command": "paid", "name": "Hendra", "amount": "1500000"}),
        ("si Siti kuambilin 50rb dulu ya", {"command": "lend", "name": "Siti", "amount": "50000"}),
        ("I owe Toko Maju 2 million", {"command": "owe", "name": "Toko Maju", "amount": "2000000"}),
        ("who owes me money?", {"command": "status"}),
        ("Budi belum bayar 50rb", {"command": "none"}),
        ("lagu apa yang enak?", {"command": "none"}),
    ],
)
def test_the_demo_reads_an_owners_sentence(model: ModelServer, sentence: str, meant: Mapping[str, str]) -> None:
    schema = schema_of(command_book())
    given = json.dumps({"today": "2025-02-13, Thursday", "known_people": ["Budi"], "message": sentence})
    read = chat(model).with_structured_output(schema, method="function_calling").invoke(given)
    assert isinstance(read, dict)
    assert {name: value for name, value in read.items() if value} == meant


def test_who_starts_with_the_demo_model_has_it_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Settings] = []

    def start(settings: Settings) -> None:
        seen.append(settings)
        assert OpenAI(api_key="x", base_url=settings.openai_base_url).models.list().data

    monkeypatch.setattr(starting, "start", start)
    given = {"CHAT_MODEL": "gpt-4o", "OPENAI_MODEL": None, "EMBEDDING_MODEL": "spelling", "OPENAI_API_KEY": None}
    done = CliRunner().invoke(main, ["start", "--demo-model"], env=given, catch_exceptions=False)
    assert demonstrating.TOLD in done.output
    (settings,) = seen
    assert (settings.chat_model, settings.uses_vectors, settings.uses_speech) == ("demo", True, True)
    with pytest.raises(openai.APIConnectionError):
        OpenAI(api_key="x", base_url=settings.openai_base_url, max_retries=0).models.list()


def test_without_the_option_nothing_is_started() -> None:
    given = {"OPENAI_API_KEY": "x"}
    with demonstrating.model(False, given) as environment:
        assert environment == given


def test_the_demo_model_ends_when_its_user_is_killed() -> None:
    using = "import sys\nfrom bot import demonstrating\nwith demonstrating.model(True, {}) as given:\n"
    using += "    print(given['OPENAI_BASE_URL'], flush=True)\n    sys.stdin.read()\n"
    process = subprocess.Popen(
        [sys.executable, "-c", using],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    (server,) = psutil.Process(process.pid).children()
    assert OpenAI(api_key="x", base_url=url).models.list().data
    server.send_signal(signal.SIGINT)
    assert server.is_running()
    process.kill()
    process.communicate()
    eventually(lambda: not server.is_running())


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "openai_api_key_file"])
@pytest.mark.parametrize("command", ["start", "run", "simulate"])
def test_the_demo_model_is_refused_beside_a_real_one(name: str, command: str) -> None:
    done = CliRunner().invoke(main, [command, "--demo-model"], env={name: "http://127.0.0.1:1/v1"})
    assert done.exit_code == 2
    assert f"{name}: names a model server; unset it, or leave --demo-model out" in done.output
