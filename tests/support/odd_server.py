"""A model server that answers, byte by byte, whatever a test wants it to."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from shared.settings import Settings, parse_gateway
from tests.support.waiting import PATIENCE
from worker.models.gateway import Gateway
from worker.models.kinds import open_gateway

NOT_FOUND = "404 page not found"


@dataclass(frozen=True)
class Said:
    """An answer, as it goes over the wire."""

    body: bytes | Callable[[], Iterator[bytes]] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def pieces(self) -> Iterator[bytes]:
        if isinstance(self.body, bytes):
            yield self.body
        else:
            yield from self.body()


Answer = Said | Callable[[dict[str, Any]], Said]


class OddServer:
    """What it answers, by path, and what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[Mapping[str, str]] = []

    def says(self, path: str, body: bytes | str | Any, *, status: int = 200, **more: str) -> None:
        """Answer a path with bytes, a text, or anything else as JSON; ``more`` are headers."""
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        self.answers[path] = Said(as_bytes(body), status=status, headers=headers)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        return [body for asked, body in self.asked if asked == path]

    def answer(self, path: str, body: dict[str, Any], headers: Mapping[str, str]) -> Said:
        self.asked.append((path, body))
        self.headers.append(headers)
        found = self.answers.get(path, Said(NOT_FOUND.encode(), status=404))
        return found if isinstance(found, Said) else found(body)


def as_bytes(body: bytes | str | Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def gateway_at(url: str) -> Gateway:
    """What a worker speaks to a server by."""
    settings = Settings(
        database_url="",
        broker_url="",
        secret_key="",
        connect_timeout=PATIENCE,
        load_timeout=PATIENCE,
    )
    return open_gateway(parse_gateway(url, default_slots=1), settings)


@contextmanager
def odd_server() -> Iterator[OddServer]:
    """One that serves as long as the block runs."""
    server = OddServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            said = server.answer(self.path, body, dict(self.headers))
            # Whoever asked may not have waited.
            with suppress(OSError):
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for piece in said.pieces():
                    self.wfile.write(piece)
                self.wfile.flush()

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        server.url = f"http://127.0.0.1:{http.server_address[1]}"
        yield server
        http.shutdown()


def bomb(chunk: bytes, times: int, *, encoding: str = "gzip") -> Callable[[], Iterator[bytes]]:
    """Some bytes, so many times over, compressed to next to nothing."""

    def pieces() -> Iterator[bytes]:
        wbits = {"gzip": 31, "deflate": 15}[encoding]
        deflate = zlib.compressobj(9, wbits=wbits)
        for _ in range(times):
            if piece := deflate.compress(chunk):
                yield piece
        yield deflate.flush()

    return pieces


Thoughts = int | list[str]


def _thinking(thoughts: Thoughts) -> list[str]:
    return ["hm "] * thoughts if isinstance(thoughts, int) else thoughts


class Kind(Protocol):
    """One of the two APIs, as an odd server speaks it."""

    chat: str
    list: str

    def gateway(self, url: str) -> str:
        """The address of a gateway there."""

    def models(self, *names: Any) -> Any:
        """A list of models."""

    def stream(self, *texts: str, thoughts: Thoughts = 0, ends: str = "stop") -> Said:
        """An answer of a token a text, after so many tokens of thinking, or after these."""


class OllamaKind:
    chat, list = "/api/chat", "/api/tags"

    def gateway(self, url: str) -> str:
        return url

    def models(self, *names: Any) -> Any:
        return {"models": [{"name": name, "digest": "d"} for name in names]}

    def stream(self, *texts: str, thoughts: Thoughts = 0, ends: str = "stop") -> Said:
        thinking = _thinking(thoughts)
        records: list[dict[str, Any]] = [
            {"message": {"content": "", "thinking": thought}, "done": False} for thought in thinking
        ]
        records += [{"message": {"content": text}, "done": False} for text in texts]
        tokens = len(thinking) + len(texts)
        records.append(
            {
                "message": {"content": ""},
                "done": True,
                "done_reason": ends,
                "eval_count": tokens,
                "prompt_eval_count": 7,
            }
        )
        return Said(b"".join(json.dumps(each).encode() + b"\n" for each in records))


class OpenAIKind:
    chat, list = "/v1/chat/completions", "/v1/models"

    def gateway(self, url: str) -> str:
        return f"openai+{url}/v1"

    def models(self, *names: Any) -> Any:
        return {"data": [{"id": name} for name in names]}

    def stream(self, *texts: str, thoughts: Thoughts = 0, ends: str = "stop") -> Said:
        thinking = _thinking(thoughts)
        deltas: list[dict[str, Any]] = [{"reasoning_content": thought} for thought in thinking]
        deltas += [{"content": text} for text in texts]
        events: list[Any] = [{"choices": [{"delta": delta}]} for delta in deltas]
        usage = {"prompt_tokens": 7, "completion_tokens": len(thinking) + len(texts)}
        events += [{"choices": [{"delta": {}, "finish_reason": ends}]}, {"usage": usage}]
        body = b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in events)
        return Said(body + b"data: [DONE]\n\n", headers={"Content-Type": "text/event-stream"})


OLLAMA, OPENAI = OllamaKind(), OpenAIKind()
KINDS = {"ollama": OLLAMA, "openai": OPENAI}
