"""Requests to model servers go where the operator said, whatever servers and clients say."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shared.addresses import Access
from shared.models.catalogue import Catalogue
from tests.support.waiting import PATIENCE
from worker.models.gateway import Call, Gateway, GatewayError
from worker.models.ollama import OllamaGateway
from worker.models.openai import OpenAIGateway
from worker.models.prompt import Prompt

#: Paths asked for, of each server.
SEEN: dict[int, list[str]] = {}
#: Where each server sends its clients; None: nowhere, it is the place to be kept away from.
ELSEWHERE: dict[int, str | None] = {}
#: Paths of the other API.
OPENAI = ("/models", "/chat/completions")


class Handler(BaseHTTPRequestHandler):
    def answer(self) -> None:
        port = self.server.server_address[1]
        SEEN[port].append(self.path)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        target = ELSEWHERE[port]
        body = b'{"models": [{"model": "m", "name": "m"}]}' if target is None else b""
        self.send_response(200 if target is None else int(target[:3]))
        if target is not None:
            self.send_header("Location", target[3:])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def servers() -> Iterator[tuple[int, int]]:
    """The ports of a model server, and of one within that must not be reached."""
    made = [ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2)]
    for server in made:
        SEEN[server.server_port], ELSEWHERE[server.server_port] = [], None
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made[0].server_port, made[1].server_port
    for server in made:
        server.shutdown()
        server.server_close()


def ask(url: str, *, model: str = "m", words: str = "x") -> None:
    """Everything that the service ever asks a server of either kind."""
    Catalogue().look([url, f"openai+{url}"])
    prompt = Prompt(
        messages=[{"role": "user", "content": words}],
        schema={"type": "array"},
        num_predict=9,
        num_ctx=2048,
    )
    gateways: tuple[Gateway, ...] = (
        OllamaGateway(url, connect_timeout=PATIENCE),
        OpenAIGateway(
            f"openai+{url}", endpoint=url, connect_timeout=PATIENCE, access=Access(token="k")
        ),
    )
    for gateway in gateways:
        with suppress(GatewayError):
            gateway.models()
        with suppress(GatewayError):
            list(gateway.chat(prompt, model=model, seed=1, call=Call()))
        gateway.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(servers: tuple[int, int], status: int) -> None:
    server, within = servers
    ELSEWHERE[server] = f"{status}http://127.0.0.1:{within}/latest/meta-data"
    ask(f"http://127.0.0.1:{server}")
    assert set(SEEN[server]) == {"/api/tags", "/api/chat", *OPENAI}
    assert SEEN[within] == []


@pytest.mark.parametrize(
    "words",
    ["{within}", "../../{within}", "m?url={within}", "m#{within}", "@{within}", "m\r\nHost: x"],
)
def test_no_words_of_a_client_reach_an_address(servers: tuple[int, int], words: str) -> None:
    server, within = servers
    said = words.format(within=f"http://127.0.0.1:{within}/")
    ask(f"http://127.0.0.1:{server}", model=said, words=said)
    assert set(SEEN[server]) == {"/api/tags", "/api/show", "/api/chat", *OPENAI}
    assert SEEN[within] == []


def test_no_proxy_of_the_environment_sees_a_prompt(
    servers: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, within = servers
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{within}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    ask(f"http://127.0.0.1:{server}")
    assert "/api/chat" in SEEN[server]
    assert SEEN[within] == []
