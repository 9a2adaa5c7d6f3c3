"""The HTTP side: tornado handlers over slots, pacing and answers."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import random
import time
from collections import Counter
from typing import Any, ClassVar

from tornado.iostream import StreamClosedError
from tornado.web import Application, RequestHandler

from deploy.sample_model import ollama
from deploy.sample_model.answer import Answer, compose
from deploy.sample_model.faults import draw_fault
from deploy.sample_model.grammar import BadFormat
from deploy.sample_model.kinds import UnknownKind
from deploy.sample_model.knobs import BadKnob, Knobs
from deploy.sample_model.pacing import count_tokens, pace
from deploy.sample_model.pools import Pools
from deploy.sample_model.slots import DEFAULT_KEEP_ALIVE, Busy, Memory, Slots

MODEL_MISSING = "model '{}' not found"
REFUSED_BY_FAULT = {
    "busy_503": (503, ollama.BUSY),
    "busy_429": (429, "too many requests"),
    "error_500": (500, "llama runner process has terminated: exit status 2"),
}
BODY_LIMIT = 16 * 1024 * 1024


class Refusal(Exception):
    """An answer that is an error from the start."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Server:
    """The state that all requests share."""

    def __init__(self, knobs: Knobs) -> None:
        self.slots = Slots(knobs.slots, knobs.queue)
        self.memory = Memory()
        self.pools = Pools()
        self.counts: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.started = time.time()
        self.knobs = knobs
        self._fault_chance = random.Random(knobs.fault_seed)

    def turn(self, changes: dict[str, Any]) -> None:
        """Change knobs while running. A fault seed restarts the sequence of faults."""
        self.knobs = self.knobs.turn(changes)
        self.slots.resize(self.knobs.slots, self.knobs.queue)
        if {"fault_seed", "fault-seed"} & changes.keys():
            self._fault_chance = random.Random(self.knobs.fault_seed)

    def next_fault(self) -> str | None:
        """The fault of the next request, counted."""
        fault = draw_fault(self.knobs.fault, self._fault_chance)
        if fault:
            self.faults[fault] += 1
        return fault

    def find_model(self, name: str) -> str:
        """The name under which a model is known here; ``:latest`` may be left out."""
        for known in self.knobs.model:
            if name.removesuffix(":latest") == known.removesuffix(":latest"):
                return known
        raise Refusal(404, MODEL_MISSING.format(name))

    def stats(self) -> dict[str, Any]:
        """The counters since the start, and the load at this moment."""
        names = ("requests", "loads", "answers", "closed_by_client", "tokens_in", "tokens_out")
        return {
            **{name: self.counts[name] for name in (*names, "values")},
            "errors": {k[6:]: n for k, n in sorted(self.counts.items()) if k.startswith("error_")},
            "faults": dict(self.faults),
            "active": self.slots.active,
            "peak_active": self.slots.peak,
            "queued": self.slots.queued,
            "uptime_seconds": round(time.time() - self.started, 3),
        }


class Base(RequestHandler):
    """Errors as JSON, and the common shapes."""

    def initialize(self, server: Server) -> None:
        self.server = server

    def set_default_headers(self) -> None:
        self.set_header("Server", "sample-faker")

    def reply(self, body: dict[str, Any], status: int = 200) -> None:
        """Finish with a JSON object."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(body, ensure_ascii=False))

    def fail(self, status: int, text: str) -> None:
        """Finish with an error as Ollama words it."""
        self.server.counts[f"error_{status}"] += 1
        self.reply({"error": text}, status)

    def body(self) -> dict[str, Any]:
        return ollama.read_body(self.request.body)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = (kwargs.get("exc_info") or (None, None))[1]
        if status_code == 405:
            self.finish("405 method not allowed")
            return
        if isinstance(error, Refusal):
            self.fail(error.status, error.text)
        elif isinstance(error, ollama.BadRequest | BadKnob | BadFormat | UnknownKind):
            self.fail(400, str(error.args[0]))
        else:
            self.fail(status_code, f"internal error: {error}" if error else "internal error")

    def log_exception(self, *error: Any) -> None:
        if not isinstance(
            error[1], Refusal | ollama.BadRequest | BadKnob | BadFormat | UnknownKind
        ):
            super().log_exception(*error)


class Missing(Base):
    """Any path that is not there."""

    def prepare(self) -> None:
        self.set_status(404)
        self.finish("404 page not found")


class Root(Base):
    """``/``: the sign of life."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("Ollama is running")

    head = get


class Version(Base):
    """``/api/version``"""

    def get(self) -> None:
        self.reply({"version": ollama.VERSION})

    head = get


class Tags(Base):
    """``/api/tags``: the models that are here."""

    def get(self) -> None:
        models = [ollama.tag_entry(m, self.server.started) for m in self.server.knobs.model]
        self.reply({"models": models})

    head = get


class Running(Base):
    """``/api/ps``: the models in memory."""

    def get(self) -> None:
        loaded = self.server.memory.loaded().items()
        self.reply({"models": [ollama.running_entry(model, expiry) for model, expiry in loaded]})


class Show(Base):
    """``/api/show``: one model, and the kinds of values that it makes."""

    def post(self) -> None:
        model = self.server.find_model(ollama.read_model(self.body()))
        self.reply(ollama.show(model, self.server.started))


class Pull(Base):
    """``/api/pull``: done at once for a known name, the registry's error for any other."""

    def post(self) -> None:
        body = self.body()
        name = ollama.read_model(body)
        missing = "pull model manifest: file does not exist"
        try:
            statuses = ollama.pull_statuses(self.server.find_model(name))
        except Refusal:
            if not ollama.read_stream(body):
                self.fail(500, missing)
                return
            statuses = [{"status": "pulling manifest"}, {"error": missing}]
        if not ollama.read_stream(body):
            self.reply(statuses[-1])
            return
        self.set_header("Content-Type", "application/x-ndjson")
        self.finish("".join(json.dumps(status) + "\n" for status in statuses))


class Stats(Base):
    """``/_sample/stats``: ours, for tests and benchmarks."""

    def get(self) -> None:
        self.reply(self.server.stats())


class Turn(Base):
    """``/_sample/knobs``: ours; GET shows the knobs, POST changes some."""

    def get(self) -> None:
        self.reply(dataclasses.asdict(self.server.knobs))

    def post(self) -> None:
        self.server.turn(self.body())
        self.get()


class Speak(Base):
    """``/api/chat`` and ``/api/generate``."""

    chat: ClassVar[bool]
    _work: asyncio.Future[None] | None = None

    async def post(self) -> None:
        work = self._work = asyncio.ensure_future(self._answer())
        try:
            await work
        except (asyncio.CancelledError, StreamClosedError):
            self.server.counts["closed_by_client"] += 1

    def on_connection_close(self) -> None:
        """The client has gone: the model falls silent and its slot is free."""
        if self._work:
            self._work.cancel()

    async def _answer(self) -> None:
        begun = time.monotonic_ns()
        body = self.body()
        asked = ollama.read_model(body)
        model = self.server.find_model(asked)
        keep_alive = ollama.read_keep_alive(body, DEFAULT_KEEP_ALIVE)
        found = ollama.read_question(body, chat=self.chat)
        if found is None:
            await self._load(asked, model, keep_alive)
            return
        question, whole = found
        self.server.counts["requests"] += 1
        fault = self.server.next_fault()
        if fault == "missing_404":
            raise Refusal(404, MODEL_MISSING.format(asked))
        if fault in REFUSED_BY_FAULT:
            raise Refusal(*REFUSED_BY_FAULT[fault])
        try:
            async with self.server.slots.hold():
                await self.server.memory.load(model, seconds=self.server.knobs.load_seconds)
                loaded = time.monotonic_ns()
                answer = compose(question, self.server.knobs, self.server.pools, fault=fault)
                prompt_tokens = count_tokens(whole)
                await self._read_prompt(prompt_tokens)
                moments = (begun, loaded, time.monotonic_ns(), prompt_tokens)
                try:
                    await self._say(asked, answer, fault, moments, ollama.read_stream(body))
                finally:
                    self.server.memory.touch(model, keep_alive)
        except Busy:
            raise Refusal(503, ollama.BUSY) from None

    async def _load(self, asked: str, model: str, keep_alive: float | None) -> None:
        self.server.counts["loads"] += 1
        reason = "load"
        if keep_alive == 0:
            reason = "unload"
        else:
            await self.server.memory.load(model, seconds=self.server.knobs.load_seconds)
        self.server.memory.touch(model, keep_alive)
        self.reply(ollama.final(asked, "", reason, None, chat=self.chat))

    async def _read_prompt(self, tokens: int) -> None:
        self.server.counts["tokens_in"] += tokens
        rate = self.server.knobs.prompt_tokens_per_second
        if rate > 0:
            await asyncio.sleep(tokens / rate)

    async def _say(
        self,
        asked: str,
        answer: Answer,
        fault: str | None,
        moments: tuple[int, int, int, int],
        stream: bool,
    ) -> None:
        if fault == "hang_before":
            await asyncio.Event().wait()
        tokens = answer.tokens
        if fault in ("hang_midway", "cut"):
            tokens = tokens[: max(1, len(tokens) // 2)]
        whole = []
        async for group in pace(tokens, rate=self.server.knobs.tokens_per_second):
            self.server.counts["tokens_out"] += len(group)
            text = "".join(group)
            if stream:
                await self._send(ollama.piece(asked, text, chat=self.chat))
            else:
                whole.append(text)
        if fault == "hang_midway":
            await asyncio.Event().wait()
        if fault == "cut":
            self._cut()
            return
        begun, loaded, prompt_read, prompt_tokens = moments
        timing = ollama.Timing(
            begun=begun,
            loaded=loaded,
            prompt_read=prompt_read,
            done=time.monotonic_ns(),
            prompt_tokens=prompt_tokens,
            tokens=len(tokens),
        )
        self.server.counts["answers"] += 1
        self.server.counts["values"] += answer.values
        last = ollama.final(asked, "".join(whole), answer.done_reason, timing, chat=self.chat)
        if not stream:
            self.reply(last)
            return
        await self._send(last)
        self.finish()

    async def _send(self, chunk: dict[str, Any]) -> None:
        if not self._headers_written:
            self.set_header("Content-Type", "application/x-ndjson")
        self.write(json.dumps(chunk, ensure_ascii=False) + "\n")
        await self.flush()

    def _cut(self) -> None:
        self._work = None  # it is not the client who closes
        connection: Any = self.request.connection
        connection.stream.close()


class Chat(Speak):
    """``/api/chat``"""

    chat = True


class Generate(Speak):
    """``/api/generate``"""

    chat = False


def create_application(server: Server) -> Application:
    """All paths, over one shared state."""
    state = {"server": server}
    paths: list[tuple[str, type[Base]]] = [
        ("/", Root),
        ("/api/version", Version),
        ("/api/tags", Tags),
        ("/api/ps", Running),
        ("/api/show", Show),
        ("/api/pull", Pull),
        ("/api/chat", Chat),
        ("/api/generate", Generate),
        ("/_sample/stats", Stats),
        ("/_sample/knobs", Turn),
    ]
    return Application(
        [(path, handler, state) for path, handler in paths],
        default_handler_class=Missing,
        default_handler_args=state,
        log_function=lambda _: None,
    )
