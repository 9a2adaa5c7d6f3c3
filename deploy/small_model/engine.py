"""llama.cpp, spoken to from an event loop.

Its Python functions block, and call back for each piece of an answer; so every answer has a thread
of its own, which a piece leaves again when nobody wants the next. The size of the context belongs
to the loaded model, as it does in Ollama: a request for another one waits until the model is idle,
and loads it again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

from deploy.ollama_api.host import Refusal

#: Tokens of a prompt that are read in one go. Between two, others get their turn, and one whose
#: client has left is given up.
BATCH = 64


class ContextExceeded(Exception):
    """The prompt does not fit into the context; `excess` is how many tokens there are for each
    that would fit."""

    def __init__(self, excess: float) -> None:
        super().__init__(f"the prompt is {excess:.2f} times what the context holds")
        self.excess = excess


class Engine:
    """One model, of which so many answers are made at once on so many threads."""

    def __init__(self, llama: ModuleType, weights: Path, *, slots: int, threads: int) -> None:
        self._llama = llama
        self._weights = weights
        self._slots = slots
        self._threads = threads
        self._server: Any = None
        self._context = 0
        self._active = 0
        self._door = asyncio.Lock()
        self._idle = asyncio.Event()
        self._idle.set()

    @asynccontextmanager
    async def use(self, context: int) -> AsyncIterator[None]:
        """Have the model in memory with a context of so many tokens for each answer."""
        async with self._door:  # first come, first served, so that nobody starves
            if self._context != context:
                await self._idle.wait()
                await self._load(context)
            self._active += 1
            self._idle.clear()
        try:
            yield
        finally:
            self._active -= 1
            if not self._active:
                self._idle.set()

    async def unload(self) -> None:
        """Free the memory, unless somebody uses it."""
        async with self._door:
            if not self._active:
                self._drop()

    async def speak(
        self, request: dict[str, Any], *, chat: bool
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The chunks of an answer, as llama.cpp streams them to clients of OpenAI's API.

        Ends the generation when it is closed, and comes back when that has ended. Raises
        `ContextExceeded`, and `Refusal` with the words of llama.cpp.
        """
        # In a context of its own, so that whoever stops to listen waits for the thread.
        async with aclosing(self._listen(request, chat=chat)) as chunks:
            async for chunk in chunks:
                if "error" in chunk:
                    raise _translate(chunk["error"])
                yield chunk

    async def _listen(
        self, request: dict[str, Any], *, chat: bool
    ) -> AsyncGenerator[dict[str, Any], None]:
        loop = asyncio.get_running_loop()
        said: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        ended = asyncio.Event()
        stopped = False
        server = self._server
        handle = server.handle_chat_completions if chat else server.handle_completions

        def hear(chunk: dict[str, Any]) -> bool:
            if "prompt_progress" not in chunk:
                loop.call_soon_threadsafe(said.put_nowait, chunk)
            return stopped

        def generate() -> None:
            try:
                # It tells how far it is with a long prompt, too, and so can be stopped there.
                handle({**request, "stream": True, "return_progress": True}, hear)
            except Exception as error:  # of whatever kind: it is the answer
                code = 400 if isinstance(error, ValueError) else 500
                said_error = {"error": {"code": code, "message": str(error)}}
                loop.call_soon_threadsafe(said.put_nowait, said_error)
            finally:
                loop.call_soon_threadsafe(said.put_nowait, None)
                loop.call_soon_threadsafe(ended.set)

        Thread(target=generate, daemon=True).start()
        try:
            while (chunk := await said.get()) is not None:
                yield chunk
        finally:
            stopped = True
            await ended.wait()

    async def _load(self, context: int) -> None:
        self._drop()
        self._server = await asyncio.to_thread(self._make, context)
        self._context = context

    def _make(self, context: int) -> Any:
        params = self._llama.CommonParams()
        params.model.path = str(self._weights)
        params.n_parallel = self._slots
        params.n_ctx = context * self._slots
        params.n_batch = params.n_ubatch = BATCH
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self._threads
        params.ctx_shift = True  # an answer that outgrows the context goes on
        params.cache_ram_mib = 0
        params.fit_params = False
        params.force_pure_content_parser = True
        params.verbosity = -1
        # It always listens too, on a loopback port that it chooses: for nobody.
        params.api_keys = [secrets.token_hex(16)]
        params.ui = False
        return self._llama.Server(params)

    def _drop(self) -> None:
        self._server = None
        self._context = 0


def _translate(error: dict[str, Any]) -> Exception:
    if error.get("type") == "exceed_context_size_error":
        return ContextExceeded(error["n_prompt_tokens"] / error["n_ctx"])
    code = int(error.get("code", 500))
    return Refusal(code if code < 500 else 500, str(error.get("message")))
