"""``/api/chat`` and ``/api/generate``."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import ClassVar

from deploy.ollama_api import replies
from deploy.ollama_api.bodies import read_keep_alive, read_model, read_stream
from deploy.ollama_api.host import Refusal
from deploy.ollama_api.memory import DEFAULT_KEEP_ALIVE
from deploy.ollama_api.slots import Busy
from deploy.ollama_api.streaming import Streaming
from deploy.sample_model.answer import Answer, compose
from deploy.sample_model.asking import read_question
from deploy.sample_model.pacing import count_tokens, pace
from deploy.sample_model.state import Server

REFUSED_BY_FAULT = {
    "busy_503": (503, replies.BUSY),
    "busy_429": (429, "too many requests"),
    "error_500": (500, "llama runner process has terminated: exit status 2"),
}


@dataclass(frozen=True, kw_only=True)
class _Task:
    """An answer on its way out."""

    asked: str
    answer: Answer
    fault: str | None
    stream: bool


class Speak(Streaming):
    """Wait for a slot, load, speak."""

    server: Server
    chat: ClassVar[bool]

    async def respond(self) -> None:
        begun = time.monotonic_ns()
        body = self.body()
        asked = read_model(body)
        model = self.server.find_model(asked)
        keep_alive = read_keep_alive(body, DEFAULT_KEEP_ALIVE)
        found = read_question(body, chat=self.chat)
        if found is None:
            await self._load(asked, model, keep_alive)
            return
        question, whole = found
        self.server.counts["requests"] += 1
        fault = self._fault(asked)
        try:
            async with self.server.slots.hold():
                timing = replies.Timing(begun=begun, admitted=time.monotonic_ns())
                await self.server.load(model)
                timing.loaded = time.monotonic_ns()
                answer = compose(question, self.server.knobs, fault=fault)
                timing.prompt_tokens = count_tokens(whole)
                self.server.counts["tokens_in"] += timing.prompt_tokens
                timing.prompt_read = time.monotonic_ns()
                stream = read_stream(body)
                try:
                    await self._say(
                        _Task(asked=asked, answer=answer, fault=fault, stream=stream), timing
                    )
                finally:
                    self.server.memory.touch(model, keep_alive)
        except Busy:
            raise Refusal(503, replies.BUSY) from None

    def _fault(self, asked: str) -> str | None:
        """The fault that strikes this request, if it is not one that refuses it."""
        fault = self.server.next_fault()
        if fault == "missing_404":
            raise Refusal(404, replies.MODEL_MISSING.format(asked))
        if fault in REFUSED_BY_FAULT:
            raise Refusal(*REFUSED_BY_FAULT[fault])
        return fault

    async def _load(self, asked: str, model: str, keep_alive: float | None) -> None:
        self.server.counts["loads"] += 1
        reason = "load"
        if keep_alive == 0:
            reason = "unload"
        else:
            await self.server.load(model)
        self.server.memory.touch(model, keep_alive)
        self.reply(replies.final(asked, "", reason, None, chat=self.chat))

    async def _say(self, task: _Task, timing: replies.Timing) -> None:
        if task.fault == "hang_before":
            await asyncio.Event().wait()
        broken = task.fault in ("hang_midway", "cut")
        tokens = task.answer.tokens
        if broken:
            tokens = tokens[: max(1, len(tokens) // 2)]
        envelope = replies.Envelope(task.asked, chat=self.chat)
        rate = self.server.knobs.tokens_per_second
        said = 0
        end = ""
        async for group in pace(tokens, rate=rate, beat=self.server.beat):
            said += len(group)
            self.server.counts["tokens_out"] += len(group)
            if task.stream and (said < len(tokens) or broken):
                await self.send(envelope.piece("".join(group)))
            elif task.stream:
                end = envelope.piece("".join(group))  # goes out with the measurements
        if task.fault == "hang_midway":
            await asyncio.Event().wait()
        if task.fault == "cut":
            self.cut()
            return
        timing.done = time.monotonic_ns()
        timing.tokens = len(tokens)
        await self._end(task, end, timing)

    async def _end(self, task: _Task, end: str, timing: replies.Timing) -> None:
        self.server.counts["answers"] += 1
        self.server.counts["values"] += task.answer.values
        text = "" if task.stream else "".join(task.answer.tokens)
        last = replies.final(task.asked, text, task.answer.done_reason, timing, chat=self.chat)
        if not task.stream:
            self.reply(last)
            return
        await self.send(end + replies.line(last))
        self.finish()


class Chat(Speak):
    """``/api/chat``"""

    chat = True


class Generate(Speak):
    """``/api/generate``"""

    chat = False
