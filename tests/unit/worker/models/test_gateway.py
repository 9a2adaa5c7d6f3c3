"""What a failed call means for the work, by the errors of Ollama's client and of HTTP."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.support.waiting import PATIENCE
from worker.models.errors import from_status, translate
from worker.models.gateway import (
    AccessDenied,
    Call,
    GatewayBusy,
    GatewayDown,
    GatewayError,
    Misdirected,
    ModelMissing,
    PromptRefused,
    Sampling,
    ServerFailed,
)
from worker.models.ollama import OllamaGateway


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionError("refused"), GatewayDown),
        (httpx.ConnectTimeout("slow"), GatewayDown),
        (httpx.RemoteProtocolError("cut"), ServerFailed),
    ],
)
def test_errors_by_what_they_mean(error: Exception, kind: type[GatewayError]) -> None:
    assert type(translate(error)) is kind


def test_an_error_of_our_own_is_not_taken_for_the_servers() -> None:
    assert translate(KeyError("bug")) is None


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (503, "busy", GatewayBusy),
        (429, "slow down", GatewayBusy),
        (404, '{"error": "model \'m\' not found"}', ModelMissing),
        (404, "404 page not found", Misdirected),
        (405, "", Misdirected),
        (401, "who are you?", AccessDenied),
        (403, "not for you", AccessDenied),
        (500, "boom", ServerFailed),
        (400, "bad schema", PromptRefused),
        (0, "out of memory", ServerFailed),
    ],
)
def test_answers_by_what_they_mean(status: int, said: str, kind: type[GatewayError]) -> None:
    assert type(from_status(status, said)) is kind


def test_the_servers_words_are_passed_on_without_its_control_characters() -> None:
    error = from_status(500, '{"error": "no\\n\\u001b[31m room"}')
    assert str(error) == "the model server answered 500: no [31m room"


def test_a_server_that_is_not_there_is_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    gateway = OllamaGateway(
        f"http://127.0.0.1:{port}", connect_timeout=PATIENCE, sampling=Sampling(context_tokens=2048)
    )
    with pytest.raises(GatewayDown):
        gateway.models()
    gateway.close()


def test_an_interrupt_before_the_connection_shuts_it_as_soon_as_it_is_there() -> None:
    ours, theirs = socket.socketpair()
    call = Call()
    call.interrupt("enough")
    call.attach(ours)
    assert theirs.recv(1) == b""
    ours.close()
    theirs.close()


def test_a_model_tagged_latest_is_known_without_its_tag_too() -> None:
    latest = {"model": "a:latest", "details": {"parameter_size": "1.5B"}}
    tags = json.dumps({"models": [{"model": "b:1b"}, latest]}).encode()

    class Tags(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(tags)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Tags) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        gateway = OllamaGateway(
            url, connect_timeout=PATIENCE, sampling=Sampling(context_tokens=2048)
        )
        assert gateway.size("a") is None
        assert gateway.models() == ["b:1b", "a:latest", "a"]
        assert [gateway.size(name) for name in ("b:1b", "a:latest", "a", "c")] == [
            *(None, 1.5e9, 1.5e9, None)
        ]
        gateway.close()
        server.shutdown()
