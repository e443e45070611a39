"""The seam to the models, by the real clients: what a real server gives, and all the ways in which it can fail."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from scripts.model_server import Fault, ModelServer, Reply
from services.assistant.connections import Breaker, within
from services.assistant.models import ModelError, Models, Picture, Tokens, Trouble
from services.settings import load_settings
from tests.assistant.servers import RawServer

SCHEMA = {
    "title": "payment",
    "description": "A payment",
    "type": "object",
    "properties": {"amount": {"type": "string"}},
    "required": ["amount"],
}
KEY = "sk-very-secret"


@pytest.fixture
def server(model: ModelServer) -> ModelServer:
    return model


def models_of(url: str, **more: str) -> Models:
    given = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": KEY, "CHAT_MODEL": "first", **more}
    made = Models.from_settings(load_settings(given))
    assert made is not None
    made.pause = 0.0
    return made


@pytest.fixture
def models(server: ModelServer) -> Models:
    return models_of(server.url)


@pytest.fixture
def both(server: ModelServer) -> Models:
    """Models with another one to fall back on."""
    return models_of(server.url, FALLBACK_MODEL="second")


def asked(server: ModelServer) -> list[str]:
    return [str(each["model"]) for each in server.requests]


def trouble(call: Callable[[], object]) -> Trouble:
    with pytest.raises(ModelError) as raised:
        call()
    return raised.value.trouble


def test_an_object_is_asked_for_by_a_forced_call(models: Models, server: ModelServer) -> None:
    server.replies += [Reply({"amount": "500rb"}, tokens=(21, 5))]
    assert models.structured(SCHEMA, "Read it.", "bayar 500rb") == ({"amount": "500rb"}, Tokens("first", 21, 5))
    [request] = server.requests
    assert request["tool_choice"] == {"type": "function", "function": {"name": "payment"}}
    assert [each["role"] for each in request["messages"]] == ["system", "user"]


def test_pictures_go_along_and_to_their_own_model(server: ModelServer) -> None:
    server.replies += [Reply({"amount": "1"})] * 2
    models = models_of(server.url, VISION_MODEL="eyes")
    models.structured(SCHEMA, "Read it.", "", pictures=[Picture(b"\x89PNG", "image/png")])
    models.structured(SCHEMA, "Read it.", "Was it paid?", pictures=[Picture(b"\x89PNG", "image/png")], model="other")
    assert asked(server) == ["eyes", "other"]
    shown = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}
    assert [each["messages"][1]["content"] for each in server.requests] == [
        [shown],
        [{"type": "text", "text": "Was it paid?"}, shown],
    ]


@pytest.mark.parametrize("text", ['{"amount": "1"}', '```json\n{"amount": "1"}\n```'])
def test_a_model_without_functions_may_write_the_object(models: Models, server: ModelServer, text: str) -> None:
    message = {"role": "assistant", "content": text}
    server.replies += [Reply(raw=json.dumps({"choices": [{"index": 0, "message": message}]}))]
    given, tokens = models.structured(SCHEMA, "Read it.", "satu")
    assert given == {"amount": "1"}
    assert tokens.prompt > 0
    assert tokens.completion > 0  # estimated, since nobody counted


def test_what_no_database_can_keep_is_left_out(models: Models, server: ModelServer) -> None:
    server.replies += [Reply(calls=(("payment", '{"amount": "1\\u0000\\ud800", "n": [NaN, {"a": "\\u0000b"}]}'),))]
    assert models.structured(SCHEMA, "Read it.", "x")[0] == {"amount": "1", "n": [None, {"a": "b"}]}
    server.transcripts += ["halo\x00\ud800"]
    assert models.transcribe(b"OggS", "note.ogg")[0] == "halo"


@pytest.mark.parametrize("counted", [(0, 0), (-5, 3), (10**20, 2)])
def test_a_server_that_miscounts_is_not_believed(models: Models, server: ModelServer, counted: tuple[int, int]) -> None:
    server.replies += [Reply("Halo.", tokens=counted)]
    assert models.write("Be brief.", "halo")[1] == Tokens("first", 4, 2)


def test_a_text_is_written(models: Models, server: ModelServer) -> None:
    server.replies += [Reply("  Halo.\n", tokens=(9, 2))]
    assert models.write("Be brief.", "halo", most_tokens=50) == ("Halo.", Tokens("first", 9, 2))
    assert server.requests[0]["max_completion_tokens"] == 50


def test_speech_becomes_words(models: Models, server: ModelServer) -> None:
    server.transcripts += ["  pinjam 500rb Budi \n", ""]
    assert models.transcribe(b"OggS", "note.ogg", language="id") == ("pinjam 500rb Budi", Tokens("whisper-1"))
    assert models.transcribe(b"OggS", "note.ogg")[0] == ""
    assert (server.requests[0]["language"], server.requests[0]["file"]) == ("id", "note.ogg")


def test_a_transcript_may_come_as_plain_text() -> None:
    with RawServer(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhalo\n") as url:
        assert models_of(url).transcribe(b"OggS", "note.ogg")[0] == "halo"


WRONG = {
    "refused for its key": (Reply("no", status=401), "key"),
    "forbidden": (Reply("no", status=403), "key"),
    "no such model": (Reply("no", status=404), "unknown_model"),
    "no such model, said otherwise": (Reply("The model `x` does not exist", status=400), "unknown_model"),
    "too long": (Reply("context_length_exceeded: too long", status=400), "refused"),
    "odd": (Reply("no", status=422), "refused"),
    "no JSON": (Reply(raw="this is no JSON"), "nonsense"),
    "nothing": (Reply(raw=""), "nonsense"),
    "a web page": (Reply(raw="<html>Welcome</html>"), "nonsense"),
    "an empty object": (Reply(raw="{}"), "nonsense"),
    "a list": (Reply(raw="[]"), "nonsense"),
    "null": (Reply(raw="null"), "nonsense"),
    "no choices": (Reply(raw='{"choices": null}'), "nonsense"),
    "empty choices": (Reply(raw='{"choices": []}'), "nonsense"),
    "a choice that is none": (Reply(raw='{"choices": [5]}'), "nonsense"),
    "a message that is none": (Reply(raw='{"choices": [{"message": "halo"}]}'), "nonsense"),
    "an error as success": (Reply(raw='{"error": {"message": "oops"}}'), "nonsense"),
    "odd usage": (Reply(raw='{"choices": [{"message": {"role": "assistant"}}], "usage": "many"}'), "nonsense"),
    "arguments that are no JSON": (Reply(calls=(("payment", "{oops"),)), "nonsense"),
    "arguments that are no object": (Reply(calls=(("payment", "[1]"),)), "nonsense"),
    "words where an object was wanted": (Reply("five hundred"), "nonsense"),
}


@pytest.mark.parametrize(("reply", "expected"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_known_and_asked_once(
    models: Models, server: ModelServer, reply: Reply, expected: Trouble
) -> None:
    server.replies += [reply]
    assert trouble(lambda: models.structured(SCHEMA, "Read it.", "x")) == expected
    assert len(server.requests) == 1


@pytest.mark.parametrize("raw", ["{}", '{"text": null}', '{"text": 5}', '{"text"', "[]"])
def test_a_transcript_that_is_none(models: Models, server: ModelServer, raw: str) -> None:
    server.faults += [Fault(200, raw.encode())]
    assert trouble(lambda: models.transcribe(b"OggS", "note.ogg")) == "nonsense"


@pytest.mark.parametrize(("status", "expected"), [(500, "down"), (503, "down"), (429, "limited")])
def test_what_may_pass_is_tried_once_more(models: Models, server: ModelServer, status: int, expected: Trouble) -> None:
    server.replies += [Reply("later", status=status)] * 2
    assert trouble(lambda: models.write("Be brief.", "halo")) == expected
    assert len(server.requests) == 2
    server.replies += [Reply("later", status=status), Reply("Halo.")]
    assert models.write("Be brief.", "halo")[0] == "Halo."


def test_then_the_other_model_is_asked(both: Models, server: ModelServer) -> None:
    server.replies += [Reply("out", status=500)] * 2 + [Reply("Halo.")]
    text, tokens = both.write("Be brief.", "halo")
    assert (text, tokens.model, asked(server)) == ("Halo.", "second", ["first", "first", "second"])


def test_when_both_fail_it_is_the_first_ones_trouble(both: Models, server: ModelServer) -> None:
    server.unknown_models |= {"first"}
    server.replies += [Reply("out", status=500)]
    assert trouble(lambda: both.write("Be brief.", "halo")) == "unknown_model"
    assert asked(server) == ["first", "second"]


def test_a_wrong_key_is_wrong_for_both_and_stays_secret(both: Models, server: ModelServer) -> None:
    server.faults += [Fault(401, json.dumps({"error": {"message": f"wrong key {KEY}"}}).encode())]
    with pytest.raises(ModelError) as raised:
        both.write("Be brief.", "halo")
    assert raised.value.trouble == "key"
    assert KEY not in str(raised.value)
    assert asked(server) == ["first"]


def test_a_slow_model_leaves_time_for_the_other_one(both: Models, server: ModelServer) -> None:
    server.replies += [Reply("late", delay=30), Reply("Halo.")]
    assert both.write("Be brief.", "halo", timeout=2)[0] == "Halo."


@pytest.mark.parametrize("reply", [Reply("late", delay=30), Reply("drop by drop", trickle=0.02)])
def test_no_server_is_waited_for_longer_than_asked(models: Models, server: ModelServer, reply: Reply) -> None:
    server.replies += [reply]
    assert trouble(lambda: models.write("Be brief.", "halo", timeout=0.3)) == "slow"


def test_a_head_that_trickles_is_not_waited_for_either() -> None:
    with RawServer(b"HTTP/1.1 200 OK\r\n", then=b"x-more: 1\r\n") as url:
        assert trouble(lambda: models_of(url).write("Be brief.", "halo", timeout=0.3)) == "slow"


def test_a_reply_without_end_is_given_up() -> None:
    with RawServer(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n", then=b" " * 500_000) as url:
        assert trouble(lambda: models_of(url).write("Be brief.", "halo", timeout=20)) == "nonsense"


def test_a_name_that_is_looked_up_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_more: never.wait())
    assert trouble(lambda: models_of("http://model.invalid/v1").write("x", "y", timeout=0.3)) == "slow"
    never.set()


def test_nobody_there_is_down_and_soon_not_asked_any_more() -> None:
    gone = ModelServer()
    gone.close()
    models = models_of(gone.url)
    assert [trouble(lambda: models.write("Be brief.", "halo")) for _ in range(4)] == ["down"] * 4
    assert not models.breaker.may_try("first")


def test_what_the_server_says_is_told(models: Models, server: ModelServer) -> None:
    server.replies += [Reply("the cat sat on the cable", status=503)] * 2
    with pytest.raises(ModelError, match=r"down: .*the cat sat on the cable"):
        models.write("Be brief.", "halo")


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"])
def test_a_connection_that_is_cut_is_down(begun: bytes) -> None:
    with RawServer(begun) as url:
        assert trouble(lambda: models_of(url).write("Be brief.", "halo")) == "down"


def test_a_model_that_fails_rests_for_a_while(models: Models, server: ModelServer) -> None:
    now = [100.0]
    models.breaker = Breaker(ticks=lambda: now[0])
    server.replies += [Reply("out", status=500)] * 8
    for requests in (2, 4, 6, 6):
        assert trouble(lambda: models.write("x", "y")) == "down"
        assert len(server.requests) == requests
    now[0] += 31
    assert models.breaker.may_try("first")
    assert not models.breaker.may_try("first")  # one tries, the others wait for it
    assert models.breaker.may_try("second")
    now[0] += 31
    assert trouble(lambda: models.write("x", "y")) == "down"
    assert len(server.requests) == 8
    now[0] += 31
    assert models.write("x", "y")[0]
    assert models.write("x", "y")[0]
    assert len(server.requests) == 10


def test_one_that_hangs_rests_at_once_unless_others_get_answers_meanwhile() -> None:
    now = [115.0]
    breaker = Breaker(ticks=lambda: now[0])
    breaker.count("hangs", failed=True, began=100.0)
    assert not breaker.may_try("hangs")
    now[0] = 110.0
    breaker.count("busy", failed=False, began=109.0)
    now[0] = 115.0
    breaker.count("busy", failed=True, began=100.0)
    breaker.count("hasty", failed=True, began=114.0)
    assert breaker.may_try("busy")
    assert breaker.may_try("hasty")


def test_nonsense_is_no_reason_to_rest(models: Models, server: ModelServer) -> None:
    server.replies += [Reply(raw="{}")] * 5
    for _ in range(5):
        assert trouble(lambda: models.write("x", "y")) == "nonsense"
    assert models.write("x", "y")[0]


def test_calls_that_are_made_to_fail_ask_nobody(both: Models, server: ModelServer) -> None:
    both.failing = 2
    assert trouble(lambda: both.structured(SCHEMA, "x", "y")) == "down"
    assert trouble(lambda: both.transcribe(b"OggS", "note.ogg")) == "down"
    assert server.requests == []
    assert both.write("x", "y")[0]


def test_many_threads_get_each_their_own(models: Models, server: ModelServer) -> None:
    def echo(body: dict[str, object]) -> Reply:
        messages: list[dict[str, str]] = body["messages"]  # type: ignore[assignment]
        return Reply(messages[-1]["content"], delay=0.05)

    server.brain = echo
    texts = [f"text {number}" for number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        assert [text for text, _ in pool.map(lambda text: models.write("x", text), texts)] == texts
    assert len(models._chats) == 1
    assert server.most_at_once > 5


def test_no_time_is_no_request(models: Models, server: ModelServer) -> None:
    assert trouble(lambda: models.write("x", "y", timeout=-1)) == "slow"
    assert server.requests == []


def test_a_limit_within_a_limit_gives_back_the_outer_one() -> None:
    with within(5) as outer:
        with within(1):
            pass
        assert replace(outer).seconds(10) > 4
