"""What the small model is asked: Ollama's options and defaults, in llama.cpp's words."""

from __future__ import annotations

import os
from typing import Any

import pytest

from deploy.ollama_api.bodies import BadRequest
from deploy.small_model.asking import Ask, read_ask
from deploy.small_model.knobs import BadKnob, read_knobs

ASK = {"messages": [{"role": "user", "content": "Names, please."}]}
LONGEST = 8192


def ask(body: dict[str, Any], *, chat: bool = True) -> Ask:
    found = read_ask(body, chat=chat, longest_context=LONGEST)
    assert found
    return found


def request(options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return ask({**ASK, "options": options, **more}).request()


def test_what_is_not_said_is_as_ollama_has_it() -> None:
    asked = request({})
    assert (asked["temperature"], asked["top_k"], asked["top_p"]) == (0.8, 40, 0.9)
    assert (asked["min_p"], asked["repeat_penalty"], asked["seed"]) == (0.0, 1.0, -1)
    assert "grammar" not in asked
    assert ask(ASK).context == 4096


def test_what_is_said_is_handed_on() -> None:
    said = {"temperature": 0, "top_k": 1, "min_p": 0.5, "seed": 3, "num_predict": 9, "stop": "x"}
    asked = request(said, format="json")
    assert {key: asked[key] for key in ("temperature", "top_k", "min_p", "seed")} == {
        **{"temperature": 0.0, "top_k": 1, "min_p": 0.5, "seed": 3}
    }
    assert (asked["max_tokens"], asked["stop"]) == (9, ["x"])
    assert "root ::= object" in asked["grammar"]
    assert asked["messages"] == [{"role": "user", "content": "Names, please."}]


@pytest.mark.parametrize("limit", [-1, 0])
def test_an_answer_without_a_limit_ends_all_the_same(limit: int) -> None:
    assert request({"num_predict": limit, "num_ctx": 512})["max_tokens"] == 5120


def test_the_context_is_no_longer_than_the_model_was_trained_for() -> None:
    assert ask({**ASK, "options": {"num_ctx": 100_000}}).context == LONGEST


@pytest.mark.parametrize(
    "options", [{"temperature": "hot"}, {"num_ctx": True}, {"stop": 3}, {"stop": [3]}, ["seed"]]
)
def test_an_option_of_another_kind_is_refused(options: Any) -> None:
    with pytest.raises(BadRequest):
        request(options)


def test_a_prompt_is_a_conversation_unless_it_is_raw() -> None:
    body = {"system": "Be brief.", "prompt": "Hello"}
    roles = [each["role"] for each in ask(body, chat=False).request()["messages"]]
    assert roles == ["system", "user"]
    raw = ask({**body, "raw": True}, chat=False)
    assert raw.request()["prompt"] == "Hello"
    assert not raw.chat


@pytest.mark.parametrize("body", [{}, {"messages": []}, {"messages": [{"role": "user"}]}])
def test_without_words_it_asks_only_to_load(body: dict[str, Any]) -> None:
    assert read_ask(body, chat=True, longest_context=LONGEST) is None


def test_a_prompt_that_is_too_long_loses_its_beginning() -> None:
    messages = [{"role": "system", "content": "s"}, {"role": "user", "content": "0123456789" * 9}]
    shorter = ask({"messages": messages}).shortened(3.0)
    assert shorter
    assert [role for role, _ in shorter.messages] == ["user"]
    shortest = shorter.shortened(3.0)
    assert shortest
    assert len(shortest.messages[0][1]) < 30
    assert messages[1]["content"].endswith(shortest.messages[0][1])
    tiny: Ask | None = shortest
    while tiny:  # it ends
        tiny = tiny.shortened(2.0)


def test_by_default_it_takes_what_the_machine_has() -> None:
    knobs = read_knobs((), {})
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert knobs.threads == cores
    assert 1 <= knobs.slots <= min(knobs.threads, 4)


def test_the_command_line_beats_the_environment() -> None:
    environment = {"SMALL_MODEL_SLOTS": "3", "SMALL_MODEL_THREADS": "1"}
    knobs = read_knobs(("--slots", "2"), environment)
    assert (knobs.slots, knobs.threads) == (2, 1)


@pytest.mark.parametrize("arguments", [("--slots", "0"), ("--threads", "-1"), ("--port", "x")])
def test_a_knob_that_cannot_be_is_refused(arguments: tuple[str, str]) -> None:
    with pytest.raises(BadKnob, match=arguments[0]):
        read_knobs((f"{arguments[0]}={arguments[1]}",), {})
