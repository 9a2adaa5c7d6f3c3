"""Servers that are not what they should be."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shared.models.catalogue import Catalogue
from shared.models.tags import Model

SAYS: dict[str, bytes | None] = {}


class Handler(BaseHTTPRequestHandler):
    """Says to each path what the test wants; None breaks off."""

    def do_GET(self) -> None:
        said = SAYS.get(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(said) if said is not None else 99))
        self.end_headers()
        self.wfile.write(said or b"{")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (b"{", "not what Ollama"),
        (b"[]", "not what Ollama"),
        (b"{}", "not what Ollama"),
        (b'{"models": [7]}', "not what Ollama"),
        (b"\xff\xfe", "not what Ollama"),
        (b"[" * 100_000, "not what Ollama"),
        (None, "broke off"),
    ],
    ids=lambda said: str(said)[:20],
)
def test_nonsense_is_no_server(url: str, said: bytes | None, problem: str) -> None:
    SAYS["/api/tags"] = said
    (server,) = Catalogue().look([url])
    assert not server.models
    assert server.problem
    assert problem in server.problem


@pytest.mark.parametrize("shown", [b"{", b"[]", b'{"model_info": 7}', None])
def test_a_model_that_is_not_described_is_listed(url: str, shown: bytes | None) -> None:
    SAYS["/api/tags"] = json.dumps({"models": [{"name": "m", "digest": "d"}]}).encode()
    SAYS["/api/show"] = shown
    (server,) = Catalogue().look([url])
    assert server.problem is None
    assert server.models == [Model(name="m", digest="d")]


def test_an_entry_of_nonsense_hides_no_other(url: str) -> None:
    bad = [7, None, {}, {"name": 7}, {"name": ""}, {"digest": "d"}]
    good = [{"name": "m", "digest": 7, "details": 7}, {"model": "n", "size": "large"}]
    SAYS["/api/tags"] = json.dumps({"models": [*bad, *good]}).encode()
    SAYS["/api/show"] = None
    (server,) = Catalogue().look([url])
    assert server.problem is None
    assert server.models == [Model(name="m", digest=None), Model(name="n", digest=None)]


def test_a_server_without_models_is_fine(url: str) -> None:
    for said in (b'{"models": []}', b'{"models": null}'):
        SAYS["/api/tags"] = said
        (server,) = Catalogue().look([url])
        assert (server.models, server.problem) == ([], None)


@pytest.mark.parametrize("address", ["http://no such host", "http://127.0.0.1:0", "http://[::1"])
def test_an_address_that_is_none_is_a_problem(address: str) -> None:
    (server,) = Catalogue().look([address])
    assert server.problem


def test_a_description_is_read_whole(url: str) -> None:
    SAYS["/api/tags"] = json.dumps(
        {"models": [{"name": "m", "digest": "d", "details": {"parameter_size": "1.2B"}}]}
    ).encode()
    info = {
        "general.architecture": "llama",
        "general.basename": "Llama-3.2",
        "llama.context_length": 131072,
        "llama.embedding_length": 2048,
    }
    SAYS["/api/show"] = json.dumps({"model_info": info}).encode()
    (server,) = Catalogue().look([url])
    assert server.models == [
        Model(
            name="m",
            digest="d",
            architecture="llama",
            base_name="Llama-3.2",
            parameters="1.2B",
            context_length=131072,
            embedding_length=2048,
        )
    ]
