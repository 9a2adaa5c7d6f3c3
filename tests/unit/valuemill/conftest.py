"""An API that says what a test tells it to say, over real sockets."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support.waiting import PATIENCE
from valuemill import Valuemill

KEY = "1.secret"


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Answer:
    """``cut`` leaves the body unfinished; ``dropped`` closes the connection without a word."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    chunked: bool = False
    dropped: bool = False

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Script:
    """Answers requests one after another; the last answer is given for ever."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.requests: list[Request] = []
        self.url = ""

    def say(self, *answers: Answer) -> None:
        self.answers.extend(answers)

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def count(self) -> int:
        return len(self.requests)


def handler_of(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            query = dict(parse_qsl(url.query))
            script.requests.append(Request(self.command, url.path, query, self.headers, body))
            answer = script.next()
            self.close_connection = answer.cut or answer.dropped
            if not answer.dropped:
                self.give(answer)

        do_POST = do_GET

        def give(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            content = answer.content
            if answer.chunked:
                self.send_header("Transfer-Encoding", "chunked")
                end = b"" if answer.cut else b"0\r\n\r\n"
                content = b"%x\r\n%s\r\n" % (len(content), content) + end
            elif answer.cut:
                self.send_header("Content-Length", str(len(content) + 1000))
            elif answer.headers.get("Connection") != "close":
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(script))
    script.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield script
    server.shutdown()
    server.server_close()


@pytest.fixture
def answer() -> type[Answer]:
    return Answer


@pytest.fixture
def connect(script: Script) -> Iterator[Callable[..., Valuemill]]:
    """Make a client of the script."""
    made: list[Valuemill] = []

    def connect(**options: Any) -> Valuemill:
        made.append(Valuemill(script.url, KEY, trust_env=False, verify=False, **options))
        return made[-1]

    yield connect
    for client in made:
        client.close()


@pytest.fixture
def mill(connect: Callable[..., Valuemill]) -> Valuemill:
    """A client that does not give up soon."""
    return connect(timeout=PATIENCE, patience=PATIENCE)
