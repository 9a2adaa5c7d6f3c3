"""``python -m tests.bench.instant``: a model server that answers at once, never the same twice.

As much of Ollama's API as a worker uses, and as little work as can be, so that what is measured
is the work of everybody else. The size of an answer is that of the array in the schema.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Mapping
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

MODEL = "instant"
DEFAULT_ITEMS = 20

_SYLLABLES = [head + vowel for head in "bdfgklmnprstvz" for vowel in "aeiou"]
_numbers = itertools.count(1)


def _word() -> str:
    """A word that was not said before; a number that counts up would be refused as no value."""
    number, said = next(_numbers) * 7_919, ""
    while number or len(said) < 6:
        number, at = divmod(number, len(_SYLLABLES))
        said += _SYLLABLES[at]
    return said.capitalize()


def answer(schema: Mapping[str, Any]) -> Any:
    """Something of this JSON schema, its strings all new."""
    match schema.get("type"):
        case "array":
            size = schema.get("maxItems") or schema.get("minItems") or DEFAULT_ITEMS
            return [answer(schema.get("items", {})) for _ in range(size)]
        case "object":
            return {name: answer(part) for name, part in schema.get("properties", {}).items()}
        case _:
            return _word()


class Told(RequestHandler):
    """A question whose answer never changes."""

    def initialize(self, body: Mapping[str, Any]) -> None:
        self._body = body

    def get(self) -> None:
        self.write(dict(self._body))

    post = get


class Chat(RequestHandler):
    """``/api/chat``: the whole answer in one piece, then the end."""

    def post(self) -> None:
        body = json.loads(self.request.body)
        if not body.get("messages"):
            self._say("", done=True, done_reason="load")
            return
        schema = body.get("format")
        items = answer(schema if isinstance(schema, dict) else {"type": "array"})
        text = json.dumps(items)
        tokens = len(text) // 4
        self._say(text, done=False)
        self._say("", done=True, done_reason="stop", prompt_eval_count=100, eval_count=tokens)

    def _say(self, content: str, **fields: Any) -> None:
        self.set_header("Content-Type", "application/x-ndjson")
        message = {"role": "assistant", "content": content}
        self.write(json.dumps({"model": MODEL, "message": message, **fields}) + "\n")


def application() -> Application:
    """The paths that a worker asks."""
    listed = {"models": [{"name": MODEL, "model": MODEL}]}
    return Application(
        [
            ("/api/chat", Chat),
            ("/api/tags", Told, {"body": listed}),
            ("/api/ps", Told, {"body": listed}),
            ("/api/show", Told, {"body": {"details": {}, "model_info": {}}}),
            ("/api/version", Told, {"body": {"version": "0.12.6"}}),
        ],
        log_function=lambda _: None,
    )


async def serve() -> None:
    """Listen on a free loopback port and say which, until the process is ended."""
    sockets = bind_sockets(0, "127.0.0.1", backlog=1024)
    HTTPServer(application()).add_sockets(sockets)
    sys.stdout.write(f"instant model on http://127.0.0.1:{sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
