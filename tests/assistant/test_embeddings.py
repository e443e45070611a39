"""Vectors from an OpenAI-compatible server, by the real client: what it sends, and every way in which it can fail."""

from __future__ import annotations

import pytest

from scripts.model_server import Fault, ModelServer, vector
from services.assistant.embeddings import Embedder, UnavailableError
from services.settings import SettingsError, load_settings
from tests.assistant.servers import RawServer


def embedder(model: ModelServer, **more: str) -> Embedder:
    made = Embedder.from_settings(
        load_settings({"OPENAI_BASE_URL": model.url, "EMBEDDING_MODEL": "spelling", "EMBEDDING_TIMEOUT": "0.5", **more})
    )
    assert made is not None
    return made


def test_each_text_gets_its_vector_in_its_order(model: ModelServer) -> None:
    texts = ["jam buka?", "do you deliver?", "jam buka?"]
    assert embedder(model).embed(texts) == [pytest.approx(vector(text)) for text in texts]
    assert [(each["path"], each["model"], each["input"]) for each in model.requests] == [
        ("/v1/embeddings", "spelling", texts)
    ]


def test_many_texts_go_in_several_requests(model: ModelServer) -> None:
    texts = [f"question {number}" for number in range(130)]
    assert len(embedder(model).embed(texts)) == 130
    assert [len(list(each["input"])) for each in model.requests] == [64, 64, 2]  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500),
        Fault(401, b'{"error": {"message": "wrong key"}}'),
        Fault(404, b'{"error": {"message": "no such model"}}'),
        Fault(429, b'{"error": {"message": "slow down"}}'),
        Fault(200, b"this is no JSON"),
        Fault(200, b'{"object": "list", "data": []}'),
        Fault(200, b'{"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": []}]}'),
        Fault(200, b'{"object": "list", "data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0]}]}'),
        Fault(200, b"{}"),
        Fault(200, b"[]"),
        Fault(200, b""),
        Fault(200, b"{}", delay=2.0),
    ],
)
def test_a_server_that_fails_is_unavailable(model: ModelServer, fault: Fault) -> None:
    model.faults += [fault] * 2  # the client itself tries once more
    with pytest.raises(UnavailableError):
        embedder(model).embed(["jam buka?"])


def test_a_short_fault_is_bridged(model: ModelServer) -> None:
    model.faults.append(Fault(500))
    assert len(embedder(model).embed(["jam buka?"])) == 1


def test_nobody_there_is_unavailable() -> None:
    gone = ModelServer()
    gone.close()
    with pytest.raises(UnavailableError):
        embedder(gone).embed(["jam buka?"])


@pytest.mark.parametrize("given", [{}, {"EMBEDDING_MODEL": "m"}, {"OPENAI_API_KEY": "k"}])
def test_without_a_model_and_a_server_there_is_no_embedder(given: dict[str, str]) -> None:
    assert Embedder.from_settings(load_settings(given)) is None


def test_an_address_that_is_none_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL"):
        load_settings({"OPENAI_BASE_URL": "127.0.0.1:8000"})


@pytest.mark.parametrize(
    ("begun", "then"),
    [(b"HTTP/1.1 200 OK\r\n", b"x-more: 1\r\n"), (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{", b"")],
    ids=["trickles", "breaks off"],
)
def test_a_reply_that_never_ends_is_none(begun: bytes, then: bytes) -> None:
    with RawServer(begun, then) as url:
        given = {"OPENAI_BASE_URL": url, "EMBEDDING_MODEL": "spelling", "EMBEDDING_TIMEOUT": "0.2"}
        made = Embedder.from_settings(load_settings(given))
        assert made is not None
        with pytest.raises(UnavailableError):
            made.embed(["jam buka?"])


def test_calls_that_are_made_to_fail_ask_nobody(model: ModelServer) -> None:
    made = embedder(model)
    made.failing = 1
    with pytest.raises(UnavailableError):
        made.embed(["jam buka?"])
    assert model.requests == []
    assert len(made.embed(["jam buka?"])) == 1
