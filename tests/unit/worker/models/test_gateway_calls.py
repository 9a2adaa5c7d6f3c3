"""What is sent to a model server, and what is made of its answers, over real connections."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.support.waiting import PATIENCE
from tests.unit.worker.conftest import Answer, Scripted
from worker.models.gateway import (
    Call,
    Gateway,
    GatewayBusy,
    Interrupted,
    Piece,
    PromptRefused,
    Sampling,
    ServerFailed,
)
from worker.models.ollama import OllamaGateway
from worker.models.prompt import Prompt

PROMPT = Prompt(
    messages=[{"role": "user", "content": "hi"}], schema={}, num_predict=64, num_ctx=4096
)
LAST = {
    "message": {"role": "assistant", "content": "!"},
    "done": True,
    "prompt_eval_count": 7,
    "prompt_eval_duration": 1000,
    "eval_count": 3,
    "eval_duration": 2000,
}


@pytest.fixture
def gateway(server: Scripted) -> Iterator[Gateway]:
    sampling = Sampling(temperature=0.7, min_p=0.1, context_tokens=1234, keep_alive=60, base_seed=5)
    gateway = OllamaGateway(server.url, connect_timeout=PATIENCE, sampling=sampling)
    yield gateway
    gateway.close()


def chat(gateway: Gateway) -> list[Piece]:
    return list(gateway.chat(PROMPT, model="m", seed=gateway.sampling.seed(37), call=Call()))


def test_a_prompt_is_sent_with_all_that_is_set(server: Scripted, gateway: Gateway) -> None:
    server.says("/api/chat", LAST)
    chat(gateway)
    (body,) = server.bodies("/api/chat")
    assert (body["think"], body["keep_alive"]) == (False, 60)
    assert body["options"] == {
        "seed": 42,
        "temperature": 0.7,
        "min_p": 0.1,
        "num_ctx": 4096,
        "num_predict": 64,
    }


def test_seeds_are_drawn_unless_one_is_set() -> None:
    assert len({Sampling().seed(1) for _ in range(20)}) > 1
    assert [Sampling(base_seed=2**31 - 1).seed(n) for n in (1, 2)] == [0, 1]


def test_the_last_piece_has_counts_and_timing(server: Scripted, gateway: Gateway) -> None:
    first = {"message": {"role": "assistant", "content": "["}, "done": False}
    server.says("/api/chat", first, LAST)
    begun, ended = chat(gateway)
    assert (begun.text, begun.timing) == ("[", None)
    assert (ended.prompt_tokens, ended.output_tokens) == (7, 3)
    assert ended.timing is not None
    assert (ended.timing.prompt_seconds, ended.timing.output_seconds) == (1e-6, 2e-6)
    assert 0 < ended.timing.first_token <= ended.timing.whole


def test_a_model_that_knows_no_thinking_is_asked_without_from_then_on(
    server: Scripted, gateway: Gateway
) -> None:
    def answer(body: dict[str, Any]) -> Answer:
        if "think" in body:
            return 400, [{"error": '"m" does not support thinking'}]
        return 200, [LAST]

    server.answers["/api/chat"] = answer
    assert [piece.text for piece in chat(gateway) + chat(gateway)] == ["!", "!"]
    assert ["think" in body for body in server.bodies("/api/chat")] == [True, False, False]


def test_another_refusal_is_not_asked_again(server: Scripted, gateway: Gateway) -> None:
    server.says("/api/chat", {"error": "no such format"}, status=400)
    with pytest.raises(PromptRefused, match="no such format"):
        chat(gateway)
    assert len(server.asked) == 1


def test_an_answer_without_an_end_is_the_servers_failure(
    server: Scripted, gateway: Gateway
) -> None:
    server.says("/api/chat", {"message": {"role": "assistant", "content": "["}, "done": False})
    with pytest.raises(ServerFailed, match="broke off"):
        chat(gateway)
    server.says("/api/chat", {"error": "out of memory"})
    with pytest.raises(ServerFailed, match="out of memory"):
        chat(gateway)


def test_models_that_cannot_chat_come_last_and_are_asked_once(
    server: Scripted, gateway: Gateway
) -> None:
    tags = [{"model": name, "digest": name[0]} for name in ("embed:latest", "old:1b", "chat:7b")]
    can = {"embed:latest": ["embedding"], "chat:7b": ["completion", "tools"]}
    server.says("/api/tags", {"models": tags})
    server.answers["/api/show"] = lambda body: (
        200,
        [{"model_info": {}, "capabilities": can.get(body["model"])}],
    )
    for _ in range(2):
        assert gateway.models() == ["old:1b", "chat:7b", "embed:latest", "embed"]
    assert len(server.bodies("/api/show")) == 3
    tags[2]["digest"] = "changed"
    gateway.models()
    assert len(server.bodies("/api/show")) == 4


def test_a_server_that_does_not_describe_its_models_keeps_them(
    server: Scripted, gateway: Gateway
) -> None:
    # An entry of nonsense hides no other.
    server.says("/api/tags", {"models": [7, {"digest": "d"}, {"model": "m"}]})
    assert gateway.models() == ["m"]
    assert gateway.loaded() is None
    server.says("/api/ps", {"models": [{"model": "m:latest"}]})
    assert gateway.loaded() == ["m:latest", "m"]


def test_a_load_is_a_chat_without_words(server: Scripted, gateway: Gateway) -> None:
    server.says("/api/chat", {"message": {"role": "assistant", "content": ""}, "done": True})
    gateway.load("m", call=Call())
    (body,) = server.bodies("/api/chat")
    assert (body["model"], body["messages"], body["keep_alive"]) == ("m", [], 60)


def test_a_load_that_takes_too_long_or_is_ended_says_so(server: Scripted, gateway: Gateway) -> None:
    going_on = threading.Event()

    def answer(_: dict[str, Any]) -> Answer:
        going_on.wait(PATIENCE)
        return 200, []

    server.answers["/api/chat"] = answer
    with (
        closing(OllamaGateway(server.url, connect_timeout=PATIENCE, load_timeout=0.2)) as hasty,
        pytest.raises(GatewayBusy, match="VALUEMILL_LOAD_TIMEOUT"),
    ):
        hasty.load("m", call=Call())
    call = Call()
    threading.Timer(0.2, call.interrupt, ["enough"]).start()
    with pytest.raises(Interrupted, match="enough"):
        gateway.load("m", call=call)
    going_on.set()


def test_a_pull_is_told_in_percent_of_all_its_layers(server: Scripted, gateway: Gateway) -> None:
    server.says(
        "/api/pull",
        {"status": "pulling manifest"},
        {"status": "pulling a", "digest": "a", "total": 300, "completed": 150},
        {"status": "pulling a", "digest": "a", "total": 300, "completed": 300},
        {"status": "pulling b", "digest": "b", "total": 100},
        {"status": "pulling b", "digest": "b", "total": 100, "completed": 100},
        {"status": "success"},
    )
    assert list(gateway.pull("m", call=Call())) == [0, 50, 100, 75, 100, 100]


def test_a_pull_that_fails_gives_the_servers_words(server: Scripted, gateway: Gateway) -> None:
    server.says(
        "/api/pull",
        {"status": "pulling manifest"},
        {"error": "pull model manifest: file does not exist"},
    )
    with pytest.raises(ServerFailed, match="file does not exist"):
        list(gateway.pull("m", call=Call()))


def test_a_line_that_does_not_end_is_cut_off(
    server: Scripted, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.models.transport.LONGEST_LINE", 100_000)
    endless = {"message": {"role": "assistant", "content": "x" * 200_000}, "done": False}
    server.says("/api/chat", endless, LAST)
    with pytest.raises(ServerFailed):
        chat(gateway)
    # The bound is on a line, not on an answer.
    piece = {"message": {"role": "assistant", "content": "x" * 50_000}, "done": False}
    server.says("/api/chat", *[piece] * 10, LAST)
    assert len(chat(gateway)) == 11
