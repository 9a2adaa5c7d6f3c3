"""``/api/chat`` and ``/api/generate``."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, ClassVar

from deploy.ollama_api import replies
from deploy.ollama_api.bodies import BadRequest, read_keep_alive, read_model, read_stream
from deploy.ollama_api.host import Refusal
from deploy.ollama_api.memory import DEFAULT_KEEP_ALIVE
from deploy.ollama_api.slots import Busy
from deploy.ollama_api.streaming import Streaming
from deploy.small_model.asking import Ask, read_ask
from deploy.small_model.engine import ContextExceeded
from deploy.small_model.state import Server

#: So many equal pieces in a row are a run-away: Ollama ends the answer without a last word.
MOST_EQUAL = 30
_LOGPROB_KEYS = ("token", "logprob", "bytes", "top_logprobs")


class Speak(Streaming):
    """Wait for a slot, load, speak."""

    server: Server
    chat: ClassVar[bool]

    async def respond(self) -> None:
        begun = time.monotonic_ns()
        body = self.body()
        model = self.server.find_model(read_model(body))
        keep_alive = read_keep_alive(body, DEFAULT_KEEP_ALIVE)
        if body.get("think"):
            raise BadRequest(f'"{model}" does not support thinking')
        ask = read_ask(body, chat=self.chat, longest_context=self.server.weights.context_length)
        if ask is None:
            await self._load(model, keep_alive)
            return
        try:
            async with self.server.slots.hold():
                timing = replies.Timing(begun=begun, admitted=time.monotonic_ns())
                try:
                    async with self.server.engine.use(ask.context):
                        self.server.context = ask.context
                        self.server.memory.touch(model, None)
                        timing.loaded = time.monotonic_ns()
                        answer = _Answer(self, model, stream=read_stream(body))
                        await answer.give(ask, timing)
                finally:
                    self.server.memory.touch(model, keep_alive)
        except Busy:
            raise Refusal(503, replies.BUSY) from None

    async def _load(self, model: str, keep_alive: float | None) -> None:
        reason = "load"
        if keep_alive == 0:
            reason = "unload"
        else:
            await self.server.load()
        self.server.memory.touch(model, keep_alive)
        self.reply(replies.final(model, "", reason, None, chat=self.chat))


class _Answer:
    """An answer on its way out."""

    def __init__(self, speak: Speak, model: str, *, stream: bool) -> None:
        self._speak = speak
        self._model = model
        self._stream = stream
        self._envelope = replies.Envelope(model, chat=speak.chat)
        self._said: list[str] = []
        self._logprobs: list[Any] = []
        self._reason = "stop"
        self._last = ""
        self._equal = 0

    async def give(self, ask: Ask, timing: replies.Timing) -> None:
        """All of it, to its last chunk."""
        chunks = self._chunks(ask)
        async with aclosing(chunks):
            async for chunk in chunks:
                if not timing.prompt_read:
                    timing.prompt_read = time.monotonic_ns()
                if usage := chunk.get("usage"):
                    timing.prompt_tokens = usage["prompt_tokens"]
                    timing.tokens = usage["completion_tokens"]
                for choice in chunk.get("choices", ()):
                    self._reason = choice.get("finish_reason") or self._reason
                    await self._hear(choice)
                if self._equal > MOST_EQUAL:
                    break
        timing.done = time.monotonic_ns()
        await self._end(timing)

    async def _chunks(self, ask: Ask) -> AsyncGenerator[dict[str, Any], None]:
        shorter: Ask | None = ask
        while shorter:
            try:
                words = self._speak.server.engine.speak(shorter.request(), chat=shorter.chat)
                async with aclosing(words):
                    async for chunk in words:
                        yield chunk
                return
            except ContextExceeded as exceeded:
                shorter = shorter.shortened(exceeded.excess)
        raise BadRequest("input length exceeds the context length")

    async def _hear(self, choice: dict[str, Any]) -> None:
        text = (choice.get("delta") or {}).get("content") or choice.get("text") or ""
        if not text:
            return
        self._equal = self._equal + 1 if text.strip() == self._last else 0
        self._last = text.strip()
        logprobs = [
            {key: each[key] for key in _LOGPROB_KEYS if key in each}
            for each in (choice.get("logprobs") or {}).get("content") or ()
        ]
        if not self._stream:
            self._said.append(text)
            self._logprobs += logprobs
        elif logprobs:
            chunk = replies.piece(self._model, text, chat=self._speak.chat)
            await self._speak.send(replies.line(chunk | {"logprobs": logprobs}))
        else:
            await self._speak.send(self._envelope.piece(text))

    async def _end(self, timing: replies.Timing) -> None:
        chat = self._speak.chat
        run_away = self._equal > MOST_EQUAL
        last = (
            replies.piece(self._model, "".join(self._said), chat=chat)
            if run_away
            else replies.final(self._model, "".join(self._said), self._reason, timing, chat=chat)
        )
        if not self._stream:
            self._speak.reply(last | ({"logprobs": self._logprobs} if self._logprobs else {}))
            return
        if not run_away:
            await self._speak.send(replies.line(last))
        self._speak.finish()


class Chat(Speak):
    """``/api/chat``"""

    chat = True


class Generate(Speak):
    """``/api/generate``"""

    chat = False
