"""``python -m tests.other_model``: serve until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import random
import signal
from collections import Counter
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from tests.other_model.speech import Habits, Mind, split
from tests.other_model.words import SCRIPTS

MODEL = "other:3b"
NOW = "2026-01-01T00:00:00.000000001+02:00"
DETAILS = {"family": "other", "parameter_size": "3B", "quantization_level": "Q8_0"}
MODEL_INFO = {
    "general.architecture": "other",
    "general.basename": "other",
    "other.context_length": 8192,
    "other.embedding_length": 512,
}


class State:
    """What the requests share."""

    def __init__(self, habits: Habits, *, slots: int, rate: float) -> None:
        self.mind = Mind(habits)
        self.gate = asyncio.Semaphore(slots)
        self.rate = rate
        self.counts: Counter[str] = Counter()
        self.distinct: set[str] = set()

    def stats(self) -> dict[str, Any]:
        return {**self.counts, "distinct": len(self.distinct)}


class Handler(RequestHandler):
    def initialize(self, state: State) -> None:
        self.state = state


class Facts(Handler):
    """All that needs no thought."""

    def get(self, path: str) -> None:
        model = {"name": MODEL, "model": MODEL, "digest": "0" * 64, "modified_at": NOW}
        answers: dict[str, Any] = {
            "": "Ollama is running",
            "api/version": {"version": "0.9.0"},
            "api/tags": {"models": [{**model, "size": 1, "details": DETAILS}]},
            "api/ps": {"models": []},
            "stats": self.state.stats(),
        }
        if path not in answers:
            self.set_status(404)
        self.finish(answers.get(path, "404 page not found"))


class Show(Handler):
    def post(self) -> None:
        self.finish(
            {"details": DETAILS, "model_info": MODEL_INFO, "capabilities": ["completion", "tools"]}
        )


class Chat(Handler):
    """``/api/chat``; temperature, seed and `keep_alive` are nothing to it."""

    _work: asyncio.Task[None] | None = None

    async def post(self) -> None:
        body = json.loads(self.request.body)
        if body.get("model") not in (MODEL, MODEL.partition(":")[0]):
            self.set_status(404)
            self.finish({"error": f"model {body.get('model')!r} not found, try pulling it first"})
            return
        self._work = asyncio.ensure_future(self._respond(body))
        try:
            await self._work
        except (asyncio.CancelledError, StreamClosedError):
            self.state.counts["left"] += 1

    def on_connection_close(self) -> None:
        if self._work:
            self._work.cancel()

    async def _respond(self, body: dict[str, Any]) -> None:
        if not body.get("messages"):
            self._end(body, "", "load", 0)
            return
        self.state.counts["requests"] += 1
        async with self.state.gate:
            text = "\n".join(message["content"] for message in body["messages"])
            answer, values = self.state.mind.say(text, body.get("format"), random.Random())
            tokens = split(answer)
            most = (body.get("options") or {}).get("num_predict", -1)
            reason = "length" if 0 < most < len(tokens) else "stop"
            tokens = tokens[:most] if reason == "length" else tokens
            await self._stream(body, tokens)
            self.state.counts.update(answers=1, values=len(values), tokens=len(tokens))
            self.state.distinct.update(values)
            self._end(body, "".join(tokens), reason, len(tokens))

    async def _stream(self, body: dict[str, Any], tokens: list[str]) -> None:
        """One token a chunk, each at its moment."""
        clock = asyncio.get_running_loop().time
        start = clock()
        for number, token in enumerate(tokens, start=1):
            if self.state.rate:
                await asyncio.sleep(start + number / self.state.rate - clock())
            if body.get("stream") is not False:
                self._write_chunk(token, {"done": False})
                await self.flush()

    def _end(self, body: dict[str, Any], text: str, reason: str, count: int) -> None:
        rest = "" if body.get("stream") is not False else text
        end = {"done": True, "done_reason": reason, "eval_count": count}
        self._write_chunk(rest, end)
        self.finish()

    def _write_chunk(self, text: str, more: dict[str, Any]) -> None:
        self.set_header("Content-Type", "application/x-ndjson")
        message = {"role": "assistant", "content": text}
        self.write(json.dumps({"model": MODEL, "created_at": NOW, "message": message} | more))
        self.write("\n")


async def serve(habits: Habits, *, port: int, slots: int, rate: float) -> None:
    """Print the port, then serve until SIGTERM or SIGINT."""
    state = {"state": State(habits, slots=slots, rate=rate)}
    paths = [("/api/chat", Chat, state), ("/api/show", Show, state), ("/(.*)", Facts, state)]
    sockets = bind_sockets(port, "127.0.0.1")
    server = HTTPServer(Application(paths, log_function=lambda _: None))
    server.add_sockets(sockets)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    server.stop()
    await server.close_all_connections()


def main() -> None:
    """The habits are options; ``--help`` lists them."""
    parser = argparse.ArgumentParser(prog="python -m tests.other_model")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--slots", type=int, default=4)
    parser.add_argument("--tokens-per-second", type=float, default=0, dest="rate")
    choices = {"script": tuple(SCRIPTS), "favour": ("zipf", "geometric")}
    for habit in dataclasses.fields(Habits):
        parser.add_argument(
            f"--{habit.name}",
            type=type(habit.default),
            default=habit.default,
            choices=choices.get(habit.name),
        )
    given = vars(parser.parse_args())
    server = {name: given.pop(name) for name in ("port", "slots", "rate")}
    asyncio.run(serve(Habits(**given), **server))


if __name__ == "__main__":
    main()
