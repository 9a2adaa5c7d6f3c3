"""Ollama's own client library: what reaches it of answers, and what of the environment does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from typing import Any

import httpx
import pytest

from tests.support.odd_server import OLLAMA, OddServer, Said, gateway_at
from worker.models.errors import GatewayBusy, GatewayError, Misdirected, ModelMissing, ServerFailed
from worker.models.gateway import Call


def test_a_pull_is_read_beside_what_is_odd_in_it(odd: OddServer) -> None:
    layer = {"status": "a\u2028b", "digest": "a", "total": 200, "completed": 100}
    lines = (
        b"\n \r\n: keep-alive\n",
        json.dumps(layer, ensure_ascii=False).encode() + b"\r\n",
        b'7\nnull\n{"status": null, "digest": 7, "total": "x"}\n\n',
        json.dumps({**layer, "total": "200", "completed": 150.0}).encode(),
    )
    odd.says("/api/pull", b"".join(lines))
    with closing(gateway_at(odd.url)) as gateway:
        assert list(gateway.pull("m", call=Call())) == [50, 50, 75]


@pytest.mark.parametrize(
    "error", ["no room", {"message": "no room", "code": 503}, ["no room"], {"error": "no room"}]
)
def test_a_pull_that_fails_says_why_whatever_its_error_is(odd: OddServer, error: Any) -> None:
    odd.says("/api/pull", json.dumps({"error": error}).encode() + b"\n")
    with closing(gateway_at(odd.url)) as gateway, pytest.raises(ServerFailed, match="no room"):
        list(gateway.pull("m", call=Call()))


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (Said(b'"server busy"', status=503), GatewayBusy),
        (Said(b'{"error": {"message": "overloaded", "code": 503}}'), GatewayBusy),
        (Said(b'{"error": "out of memory"}'), ServerFailed),
        (Said(b'{"error": "model \'m\' not found"}', status=404), ModelMissing),
        (Said(b"404 page not found", status=404), Misdirected),
        (Said(status=307, headers={"Location": "http://elsewhere/"}), Misdirected),
        (Said(b"[" * 100_000, status=500), ServerFailed),
    ],
)
def test_a_load_that_fails_is_told_by_what_it_means(
    odd: OddServer, said: Said, means: type[GatewayError]
) -> None:
    odd.answers[OLLAMA.chat] = said
    with closing(gateway_at(odd.url)) as gateway, pytest.raises(means):
        gateway.load("m", call=Call())


@pytest.mark.parametrize("said", [b"", b"{}", b'{"done": true}', b'{"message": null}', b"[" * 99])
def test_a_load_that_says_little_is_one(odd: OddServer, said: bytes) -> None:
    odd.says(OLLAMA.chat, said)
    with closing(gateway_at(odd.url)) as gateway:
        gateway.load("m", call=Call())


def test_a_model_is_known_by_what_it_can_do_alone(odd: OddServer) -> None:
    odd.says(OLLAMA.list, OLLAMA.models("embeds", "chats"))
    odd.answers["/api/show"] = lambda body: Said(
        json.dumps(
            {
                "modified_at": "",
                "capabilities": ["embedding", 7] if body["model"] == "embeds" else ["completion"],
            }
        ).encode()
    )
    with closing(gateway_at(odd.url)) as gateway:
        assert gateway.models() == ["chats", "embeds"]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)


#: What the library, and HTTP in it, would take; some of it stops them at once.
HOSTILE = {
    "OLLAMA_HOST": "http://[elsewhere",
    "OLLAMA_API_KEY": "swordfish",
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "https_proxy": "nonsense",
    "SSL_CERT_FILE": "/nowhere",
}


@pytest.mark.usefixtures("environment")
def test_nothing_of_the_environment_is_used(odd: OddServer) -> None:
    odd.says(OLLAMA.list, OLLAMA.models("m"))
    with closing(gateway_at(odd.url)) as gateway:
        assert gateway.models() == ["m"]
    with closing(gateway_at(odd.url.replace("http://", "http://u:p%40ss@"))) as gateway:
        assert gateway.models() == ["m"]
    shown = [httpx.Headers(dict(headers)).get("Authorization") for headers in odd.headers]
    assert shown == [None, None, "Basic dTpwQHNz", "Basic dTpwQHNz"]


def test_nothing_of_the_environment_stops_a_worker() -> None:
    script = "import os, worker.models.library; print(os.environ['ALL_PROXY'])"
    said = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **HOSTILE},
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout.strip() == HOSTILE["ALL_PROXY"]
