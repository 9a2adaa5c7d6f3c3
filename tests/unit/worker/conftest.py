"""A model server that says what a test wants it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

#: A status, and JSON objects, a line each; or a stream of events as it is sent.
Answer = tuple[int, list[dict[str, Any]] | bytes]


class Scripted:
    """A server that answers each path as its script says, and notes what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[dict[str, Any]], Answer]] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.authorizations: set[str | None] = set()
        self.url = ""

    def says(self, path: str, *lines: Mapping[str, Any], status: int = 200) -> None:
        self.answers[path] = lambda _: (status, [dict(line) for line in lines])

    def streams(self, path: str, *events: Mapping[str, Any] | str) -> None:
        """Have a path answered with these as server-sent events, a text as it is."""
        stream = events_of(*events)
        self.answers[path] = lambda _: (200, stream)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        return [body for asked, body in self.asked if asked == path]


def events_of(*events: Mapping[str, Any] | str) -> bytes:
    said = (each if isinstance(each, str) else json.dumps(each) for each in events)
    return b"".join(f"data: {each}\n\n".encode() for each in said)


@pytest.fixture
def server() -> Iterator[Scripted]:
    script = Scripted()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            script.asked.append((self.path, body))
            script.authorizations.add(self.headers.get("Authorization"))
            answer = script.answers.get(self.path, lambda _: (404, [{"error": "no such path"}]))
            status, lines = answer(body)
            # Whoever asked may not have waited.
            with suppress(OSError):
                self.send_response(status)
                if isinstance(lines, bytes):
                    self.send_header("Content-Type", "text/event-stream; charset=utf-8")
                    said = lines
                else:
                    said = b"\n".join(json.dumps(line).encode() for line in lines)
                self.end_headers()
                self.wfile.write(said)
                self.wfile.flush()

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        script.url = f"http://127.0.0.1:{http.server_address[1]}"
        yield script
        http.shutdown()
