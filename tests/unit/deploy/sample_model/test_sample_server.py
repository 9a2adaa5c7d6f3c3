"""The server itself, in a process of its own, spoken to by Ollama's client library."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import ollama
import pytest

from tests.support.waiting import PATIENCE, wait_until

MODEL = "sample-faker"
ASK = [{"role": "user", "content": "Give me 20 Italian first names. Gender: female"}]
FORM: dict[str, Any] = {
    "type": "array",
    "items": {"type": "string", "maxLength": 30},
    "minItems": 20,
    "maxItems": 20,
}
PLAIN: dict[str, Any] = {
    "slots": 4,
    "queue": 512,
    "fault": {},
    "tokens_per_second": 0,
    "load_seconds": 0,
}


def start(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.sample_model", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, line
    return process, found.group()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    process, address = start("--model", MODEL, "--model", "second:7b")
    yield address
    process.terminate()
    assert process.wait(PATIENCE) == 0


@pytest.fixture
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False) as client:
        client.post("/_sample/knobs", json=PLAIN).raise_for_status()
        yield client


@pytest.fixture
def client(url: str, http: httpx.Client) -> ollama.Client:
    return ollama.Client(host=url, trust_env=False, timeout=PATIENCE)


def turn(http: httpx.Client, **knobs: Any) -> None:
    http.post("/_sample/knobs", json=knobs).raise_for_status()


def stats(http: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = http.get("/_sample/stats").json()
    return found


def body(**more: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": ASK, "format": FORM, **more}


# --- shapes ----------------------------------------------------------------------------------


def test_it_streams_a_conforming_answer_with_its_measurements(client: ollama.Client) -> None:
    chunks = list(client.chat(MODEL, ASK, format=FORM, stream=True))
    names = json.loads("".join(chunk.message.content or "" for chunk in chunks))
    assert len(set(names)) == 20
    assert [chunk.done for chunk in chunks[:-1]] == [False] * (len(chunks) - 1)
    last = chunks[-1]
    assert (last.done, last.done_reason, last.model) == (True, "stop", MODEL)
    assert (last.eval_count or 0) > 40
    assert (last.prompt_eval_count or 0) > 8
    parts = (last.load_duration or 0) + (last.prompt_eval_duration or 0) + (last.eval_duration or 0)
    assert (last.total_duration or 0) >= parts > 0


def test_whole_answers_and_generate(client: ollama.Client) -> None:
    whole = client.chat(MODEL, ASK, format=FORM, options={"seed": 3}, think=False)
    again = client.chat(MODEL, ASK, format=FORM, options={"seed": 3}, think=False)
    assert whole.message.content == again.message.content
    assert len(json.loads(whole.message.content or "")) == 20
    generated = client.generate(MODEL, "5 French cities, one per line")
    assert (generated.done_reason, len(generated.response.splitlines())) == ("stop", 5)


def test_num_predict_cuts_the_answer(client: ollama.Client) -> None:
    cut = client.chat(MODEL, ASK, format=FORM, options={"num_predict": 9})
    assert (cut.done_reason, cut.eval_count) == ("length", 9)


def test_the_lists_and_details(client: ollama.Client, http: httpx.Client) -> None:
    assert http.get("/").text == "Ollama is running"
    assert http.head("/").status_code == 200
    assert http.get("/api/version").json()["version"]
    models = client.list().models
    assert [model.model for model in models] == [MODEL, "second:7b"]
    assert all(re.fullmatch("[0-9a-f]{64}", model.digest or "") for model in models)
    show = client.show(MODEL)
    info = show.modelinfo or {}
    family = info["general.architecture"]
    assert {f"{family}.context_length", f"{family}.embedding_length"} <= info.keys()
    assert show.details
    assert show.details.family == "sample-faker"
    kinds = http.post("/api/show", json={"model": MODEL}).json()["sample_kinds"]
    assert "first names" in kinds
    assert len(kinds) >= 60


def test_pulling(client: ollama.Client, http: httpx.Client) -> None:
    assert [step.status for step in client.pull("second:7b", stream=True)][-1] == "success"
    assert client.pull(MODEL).status == "success"
    with pytest.raises(ollama.ResponseError, match="file does not exist"):
        client.pull("nowhere")
    lines = http.post("/api/pull", json={"model": "nowhere"}).text.splitlines()
    assert json.loads(lines[-1]) == {"error": "pull model manifest: file does not exist"}


def test_loading_and_unloading(client: ollama.Client, http: httpx.Client) -> None:
    assert client.generate(MODEL, "").done_reason == "load"
    assert client.chat(MODEL, []).done_reason == "load"
    assert MODEL in [model.model for model in client.ps().models]
    assert client.generate(MODEL, "", keep_alive=0).done_reason == "unload"
    assert client.ps().models == []
    turn(http, load_seconds=0.2)
    assert (client.chat(MODEL, ASK).load_duration or 0) >= 200_000_000
    client.chat(MODEL, ASK, keep_alive=0)
    assert client.ps().models == []
    for keep_alive, expiry in ((-1, "23"), ("10m", "20")):
        client.chat(MODEL, ASK, keep_alive=keep_alive)
        assert str(client.ps().models[0].expires_at).startswith(expiry)


@pytest.mark.parametrize(
    ("request_body", "status", "words"),
    [
        ({"model": "x", "messages": ASK}, 404, "model 'x' not found"),
        (body(format="xml"), 400, "invalid format"),
        (body(format={"type": "string", "maxLength": 2000}), 400, "repetitions"),
        (body(format={"type": "string", "pattern": "abc"}), 400, "must start with"),
        (body(messages=[{"role": "user", "content": "9 zorkmid codes"}]), 400, "'zorkmid codes'"),
        (body(messages="hello"), 400, "messages"),
        (body(options={"seed": "one"}), 400, "seed"),
        (body(keep_alive="soon"), 400, "duration"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_errors_come_before_any_stream(
    http: httpx.Client, request_body: dict[str, Any], status: int, words: str, stream: bool
) -> None:
    answer = http.post("/api/chat", json={**request_body, "stream": stream})
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_broken_bodies_paths_and_methods(http: httpx.Client) -> None:
    for broken in (b"{", b"", b"[1]"):
        answer = http.post("/api/chat", content=broken)
        assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert http.get("/api/nothing").status_code == 404
    assert http.get("/api/chat").status_code == 405
    assert http.post("/_sample/knobs", json={"slotz": 1}).status_code == 400


# --- slots -----------------------------------------------------------------------------------


def test_slots_queue_and_a_client_that_leaves(http: httpx.Client, url: str) -> None:
    turn(http, slots=1, queue=1, tokens_per_second=5)
    answers: list[int] = []

    def ask() -> None:
        sent = httpx.post(f"{url}/api/chat", json=body(), timeout=PATIENCE, trust_env=False)
        answers.append(sent.status_code)

    with http.stream("POST", "/api/chat", json=body()) as first:
        lines = first.iter_lines()
        assert json.loads(next(lines))["done"] is False
        waiting = threading.Thread(target=ask)
        waiting.start()
        wait_until(lambda: stats(http)["queued"] == 1)
        full = http.post("/api/chat", json=body())
        assert full.status_code == 503
        assert full.json()["error"].startswith("server busy, please try again.")
        closed = stats(http)["closed_by_client"]
        turn(http, tokens_per_second=0)
    wait_until(lambda: stats(http)["closed_by_client"] == closed + 1)
    waiting.join(PATIENCE)
    assert answers == [200]
    assert (stats(http)["active"], stats(http)["queued"]) == (0, 0)


def test_the_wait_for_a_slot_is_no_part_of_loading_or_speaking(
    client: ollama.Client, http: httpx.Client
) -> None:
    turn(http, slots=1, fault={"hang_before": 1})
    client.generate(MODEL, "")  # it is loaded
    holder = send_raw(str(http.base_url))
    wait_until(lambda: stats(http)["active"] == 1)
    turn(http, fault={})
    measured: list[ollama.ChatResponse] = []
    waiting = threading.Thread(target=lambda: measured.append(client.chat(MODEL, ASK)))
    waiting.start()
    wait_until(lambda: stats(http)["queued"] == 1)
    time.sleep(0.5)
    holder.close()
    waiting.join(PATIENCE)
    last = measured[0]
    parts = (last.load_duration or 0) + (last.prompt_eval_duration or 0) + (last.eval_duration or 0)
    assert (last.total_duration or 0) - parts >= 500_000_000


def test_more_slots_let_the_waiting_in(http: httpx.Client, url: str) -> None:
    turn(http, slots=1, fault={"hang_before": 1})
    clients = [send_raw(url) for _ in range(3)]
    wait_until(lambda: (stats(http)["active"], stats(http)["queued"]) == (1, 2))
    turn(http, slots=3)
    wait_until(lambda: (stats(http)["active"], stats(http)["queued"]) == (3, 0))
    for client in clients:
        client.close()
    wait_until(lambda: stats(http)["active"] == 0)
    assert stats(http)["peak_active"] >= 3


def test_one_who_leaves_the_queue_takes_no_slot(http: httpx.Client, url: str) -> None:
    turn(http, slots=1, fault={"hang_before": 1})
    holder, waiter = send_raw(url), send_raw(url)
    wait_until(lambda: stats(http)["queued"] == 1)
    waiter.close()
    wait_until(lambda: stats(http)["queued"] == 0)
    assert stats(http)["active"] == 1
    holder.close()
    wait_until(lambda: stats(http)["active"] == 0)


def send_raw(url: str) -> socket.socket:
    """A request whose answer nobody reads yet."""
    host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
    content = json.dumps(body()).encode()
    sent = socket.create_connection((host, int(port)))
    head = f"POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: {len(content)}\r\n\r\n"
    sent.sendall(head.encode() + content)
    return sent


def test_sixty_four_streams_at_once(http: httpx.Client, url: str) -> None:
    turn(http, slots=64, tokens_per_second=400)
    answers: list[Any] = []

    def ask() -> None:
        sent = httpx.post(
            f"{url}/api/chat", json=body(stream=False), timeout=PATIENCE, trust_env=False
        )
        answers.append(json.loads(sent.json()["message"]["content"]))

    threads = [threading.Thread(target=ask) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert [len(set(names)) for names in answers] == [20] * 64


def test_tokens_never_come_before_their_moment(client: ollama.Client, http: httpx.Client) -> None:
    turn(http, tokens_per_second=500)
    last = client.chat(MODEL, ASK, format=FORM)
    assert (last.eval_duration or 0) >= (last.eval_count or 0) / 500 * 1e9


# --- faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "status"),
    [("busy_503", 503), ("busy_429", 429), ("missing_404", 404), ("error_500", 500)],
)
def test_faults_with_a_status(http: httpx.Client, fault: str, status: int) -> None:
    before = stats(http)["faults"].get(fault, 0)
    turn(http, fault={fault: 1})
    answer = http.post("/api/chat", json=body())
    assert answer.status_code == status
    assert answer.json()["error"]
    assert stats(http)["faults"][fault] == before + 1


def test_a_cut_stream_ends_without_its_end(http: httpx.Client) -> None:
    turn(http, fault={"cut": 1})
    chunks: list[Any] = []
    with http.stream("POST", "/api/chat", json=body()) as answer:
        lines = map(json.loads, answer.iter_lines())
        with pytest.raises(httpx.RemoteProtocolError):
            chunks.extend(lines)
    assert [chunk["done"] for chunk in chunks] == [False] * len(chunks)
    wait_until(lambda: stats(http)["active"] == 0)


def test_a_hang_midway_holds_its_slot_until_the_client_leaves(http: httpx.Client) -> None:
    turn(http, fault={"hang_midway": 1})
    with http.stream("POST", "/api/chat", json=body()) as answer:
        lines = answer.iter_lines()  # held, or the answer would be closed with it
        assert json.loads(next(lines))["message"]["content"]
        assert stats(http)["active"] == 1
    wait_until(lambda: stats(http)["active"] == 0)


def test_faults_in_the_text_reach_the_client(client: ollama.Client, http: httpx.Client) -> None:
    turn(http, fault={"broken_json": 1})
    assert (client.chat(MODEL, ASK, format=FORM).message.content or "").count('"') <= 1
    turn(http, fault={"empty": 1})
    assert json.loads(client.chat(MODEL, ASK, format=FORM).message.content or "") == [""] * 20


def test_a_fault_seed_repeats_the_sequence(http: httpx.Client) -> None:
    def sequence() -> list[int]:
        turn(http, fault={"busy_503": 0.5}, fault_seed=11)
        return [http.post("/api/chat", json=body(stream=False)).status_code for _ in range(20)]

    first = sequence()
    assert set(first) == {200, 503}
    assert sequence() == first


# --- the process -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_though_an_answer_is_under_way(number: signal.Signals) -> None:
    process, address = start("--fault", "hang_midway=1")
    with httpx.stream("POST", f"{address}/api/chat", json=body(), trust_env=False) as answer:
        lines = answer.iter_lines()
        next(lines)
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0


def test_bad_knobs_end_it_with_a_reason() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "deploy.sample_model", "--fault", "nonsense=1"],
        capture_output=True,
        text=True,
        env={**os.environ, "SAMPLE_MODEL_PORT": "0"},
        check=False,
    )
    assert ended.returncode == 1
    assert "no fault is called 'nonsense'" in ended.stderr
